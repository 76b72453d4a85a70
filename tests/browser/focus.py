"""What browser tests share: where the focus is, what axe finds, and how much a page has moved."""

from axe_playwright_python.sync_playwright import Axe

WATCH_SHIFTS = """
window.shifts = []
new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe(
  {type: "layout-shift", buffered: true})
"""
MOST_SHIFT = 0.1  # "good" for web.dev/cls; nobody has touched the page yet
GRAVE = ("serious", "critical")

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


def assert_open_to_all(page) -> None:
    """Asserts that axe finds nothing serious on the page as it stands."""
    found = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in Axe().run(page).response["violations"]
        if each["impact"] in GRAVE
    ]
    assert found == []


def shift(page) -> float:
    """How much of the page has moved without being asked to, as web.dev/cls counts it."""
    return page.evaluate(
        "shifts.filter(each => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)"
    )
