"""What browser tests share: where the focus is, what axe finds, how much a page has moved, and
when a run has ended."""

import re
from collections.abc import Iterable
from itertools import pairwise

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

WATCH_SHIFTS = """
window.shifts = []
new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe(
  {type: "layout-shift", buffered: true})
"""
# whether a kept picture has stood for another at any moment since
WATCH_FAINT = """() => {
    const look = () => { window.faint ||= document.querySelector(".looking-up") !== null }
    window.faint = false
    look()
    window.faintWatch ||= new MutationObserver(look)
    faintWatch.observe(document, {subtree: true, attributeFilter: ["class"]})
}"""
MOST_SHIFT = 0.1  # "good" for web.dev/cls; nobody has touched the page yet
GRAVE = ("serious", "critical")
# axe leaves the rules of WCAG 2.2 off unless they are asked for
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

LEAST_TARGET = 24  # CSS pixels: WCAG 2.2, 2.5.8
FOCUSED = """() => {
    let at = document.activeElement
    while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement
    const labelled = (at.getAttribute("aria-labelledby") || "").split(" ").filter(id => id)
        .map(id => at.getRootNode().getElementById(id)?.textContent || "").join(" ")
    const label = [...(at.labels || [])].map(each => each.textContent).join(" ")
    const plain = {
        A: "link", BUTTON: "button", SELECT: "combobox", SUMMARY: "summary", BODY: "body",
        TEXTAREA: "textbox"}
    const kinds = {range: "slider", text: "textbox"}
    const kind = at.tagName == "INPUT" ? kinds[at.type] || at.type : plain[at.tagName]
    if (kind == "body") return [kind, ""]
    const name = at.getAttribute("aria-label") || labelled || label || at.textContent || ""
    return [at.getAttribute("role") || kind || "", name.trim().slice(0, 60)]
}"""


def focused(page) -> tuple[str, str]:
    """Role and name of what has the focus. A plain element has no role."""
    role, name = page.evaluate(FOCUSED)
    return role, name


# Of what has the focus: is any of it on the screen and uncovered, and how large is it? A link
# within a text may be as small as its line.
PLACE = """() => {
    let at = document.activeElement
    while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement
    const {left, top, width, height} = at.getBoundingClientRect()
    const seen = [0.1, 0.5, 0.9].some(x => [0.2, 0.5, 0.8].some(y => {
        const place = [left + x * width, top + y * height]
        let hit = null, inner = document.elementFromPoint(...place)
        while (inner && inner !== hit)
            [hit, inner] = [inner, inner.shadowRoot?.elementFromPoint(...place)]
        return hit && (at.contains(hit) || hit.contains(at))
    }))
    const inText = at.tagName === "A" && getComputedStyle(at).display === "inline"
    const track = at.closest(".MuiSlider-root") || at.labels?.[0]  // a press on it counts as well
    const reach = track?.getBoundingClientRect() || {width: 0, height: 0}
    const least = Math.min(Math.max(width, reach.width), Math.max(height, reach.height))
    return [seen, inText ? 99 : least]
}"""


TO_BEGINNING = """() => {
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute("tabindex")
}"""


def pass_through(page, presses: int = 300) -> list[str]:
    """Presses Tab from the page's beginning to its end. Every stop has a role and a name, is at
    least 24 px large and not covered; gives the names."""
    names, faults = [], []
    page.evaluate(TO_BEGINNING)
    for _ in range(presses):
        page.keyboard.press("Tab")
        role, name = focused(page)
        if role == "body":
            break
        names.append(name)
        seen, least = page.evaluate(PLACE)
        if not (role and name and seen and least >= LEAST_TARGET):
            faults.append((role, name, "covered" if not seen else f"{least:.1f} px", names[-2:]))
    assert faults == [], faults
    return names


def tab_to(page, role: str, name: str, presses: int = 200) -> None:
    """Presses Tab until what has this role, and this name at the beginning of its own, has the
    focus; after the page's end it begins anew."""
    passed = []
    for _ in range(presses):
        page.keyboard.press("Tab")
        now = focused(page)
        if now[0] == role and now[1].startswith(name):
            return
        passed.append(now)
    raise AssertionError(f"Tab never came to the {role} {name!r}, but to {passed}")


LEVELS = """() => {
  const levels = [], add = root => root.querySelectorAll("*").forEach(each => {
    if (/^H[1-6]$/.test(each.tagName) && each.checkVisibility()) levels.push(+each.tagName[1])
    if (each.shadowRoot) add(each.shadowRoot)
  })
  add(document)
  return levels
}"""  # of the headings that are seen, in their order


def assert_headings_in_order(page) -> None:
    """Asserts that no heading is more than one level below the heading before it."""
    levels = page.evaluate(LEVELS)
    jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
    assert levels and not jumps, (jumps, levels)


BAR = "place => document.querySelectorAll('.decide').forEach(bar => bar.style.position = place)"


def assert_open_to_all(page) -> None:
    """Asserts that axe finds nothing serious on the page as it stands, and its headings in order.

    While a kept picture stands for one that is still being trained, what is older than it is faint;
    that may begin, and end, while axe looks. The bar of a task's buttons stays in view; axe takes
    an answer that lies under it, to be scrolled to, for one that is too close to them.
    """
    found = ["nothing was looked at"]
    page.evaluate(BAR, "static")
    for _ in range(5):
        page.wait_for_function("!document.querySelector('.looking-up')")
        page.evaluate(WATCH_FAINT)
        found = [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in Axe().run(page, options=RULES).response["violations"]
            if each["impact"] in GRAVE
        ]
        if found == [] or not page.evaluate("window.faint"):
            break
    page.evaluate(BAR, "")
    assert found == [], "\n".join(found)
    assert_headings_in_order(page)


def pieces(texts: Iterable[str]) -> list[str]:
    """A plain piece of each text, too long to stand in packed data by chance."""
    found = [max(re.split(r"[^\w ,.]", text), key=len)[:30] for text in texts]
    assert min(map(len, found)) > 12, found
    return found


def shift(page) -> float:
    """How much of the page has moved without being asked to, as web.dev/cls counts it."""
    return page.evaluate(
        "shifts.filter(each => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)"
    )


def done(page) -> None:
    """Waits for the end of the run and for its pictures: a page may know how a run ended first."""
    expect(page.get_by_text("Done:", exact=False)).to_be_visible()
    page.wait_for_function("window.Bokeh?.documents[0]?.is_idle")


def play_freely(page) -> None:
    """Opens all knobs of a chapter's page, as a reader does."""
    page.locator("summary", has_text="All knobs").click()


def all_numbers(page) -> dict[str, str]:
    """All numbers of a chapter's page: label -> text."""
    places = page.locator("[data-number]:not([hidden])")
    labels, values = (places.locator(each).all_text_contents() for each in ("dt", "b"))
    return dict(zip(labels, values, strict=True))
