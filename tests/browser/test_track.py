"""Dragging the docked slider looks up at once, letting go trains; links and saved figures."""

import csv
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from focus import done
from playwright.sync_api import expect

from workbench.chapters import find
from workbench.results.kept import kept

pytestmark = pytest.mark.browser
NAME = "beta-vae"
THUMB = 22  # pixels
# what is said above a kept picture, each time that one is shown
LABELS = """
window.labels = []
addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  const sheet = document.querySelector(".kept")
  if (sheet && !sheet.hidden) labels.push(document.querySelector(".kept-label").textContent)
}).observe(document, {subtree: true, attributes: true, attributeFilter: ["hidden"]}))
"""
STRIP_AT = """x => {
  const box = document.querySelector(".track-curve svg").getBoundingClientRect()
  return box.left + x * box.width
}"""
MARK_AT = """() => {
  const curve = document.querySelector(".track-curve"), box = curve.getBoundingClientRect()
  return box.left + parseFloat(getComputedStyle(curve, "::after").left)
}"""


def address(page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def open_chapter(tab, query: str = "") -> list[str]:
    """Opens the chapter; what it asks the server for from then on."""
    asked: list[str] = []
    tab.on(
        "websocket", lambda socket: socket.on("framesent", lambda _frame: asked.append("socket"))
    )
    tab.on("request", lambda request: asked.append(request.url))
    tab.open(f"chapter={NAME}{query}")
    done(tab)
    return asked


def slider(tab):
    return tab.get_by_label("Beta", exact=True)


def place_of(tab, share: float) -> tuple[float, float]:
    """Where the middle of the thumb is when the slider stands at this share of its way."""
    box = slider(tab).bounding_box()
    return box["x"] + THUMB / 2 + share * (box["width"] - THUMB), box["y"] + box["height"] / 2


def take(tab):
    """Takes the thumb and moves it a little, so that the browser knows that it is dragged."""
    share = slider(tab).evaluate("each => each.value / each.max")
    tab.mouse.move(*place_of(tab, share))
    tab.mouse.down()


def index_of(value) -> int:
    return find(NAME).Settings.knobs()["beta"].stops.index(value)


def drag(tab, value) -> None:
    stops = find(NAME).Settings.knobs()["beta"].stops
    tab.mouse.move(*place_of(tab, index_of(value) / (len(stops) - 1)), steps=8)


def test_a_drag_asks_the_server_nothing_and_letting_go_trains(tab):
    asked = open_chapter(tab)
    expect(tab.locator(".track-ready")).to_be_visible()
    sheet, before = tab.locator(".kept"), tab.locator("#finding").inner_text()
    frame = kept(NAME).frame(find(NAME).Settings(beta=4)).scalars
    take(tab)
    del asked[:]
    drag(tab, 4)
    expect(sheet).to_be_visible()
    expect(tab.locator(".kept-label")).to_have_text("Kept: Beta 4, seed 0; let go to train.")
    expect(tab.locator("p.kept-words.finding")).to_have_text(
        find(NAME).teaching.finding(find(NAME).Settings(beta=4), frame)
    )
    expect(tab.locator("#finding")).to_be_hidden()
    assert tab.locator(".kept-still:visible svg").count() == 1
    first = tab.locator(".kept-still:visible").inner_html()
    drag(tab, 0.5)
    assert tab.locator(".kept-still:visible").inner_html() != first
    assert "Beta 0.5" in tab.locator(".kept-label").inner_text()
    assert asked == []
    drag(tab, 4)
    tab.mouse.up()
    expect(sheet).to_be_hidden()
    done(tab)
    assert address(tab)["beta"] == "4" and asked.count("socket") > 0
    expect(tab.locator("#finding")).not_to_have_text(before)


def test_a_drag_that_comes_back_trains_nothing(tab):
    asked = open_chapter(tab)
    expect(tab.locator(".track-ready")).to_be_visible()
    take(tab)
    del asked[:]
    drag(tab, 8)
    expect(tab.locator(".kept")).to_be_visible()
    drag(tab, 1)
    tab.mouse.up()
    expect(tab.locator(".kept")).to_be_hidden()
    tab.wait_for_timeout(500)
    assert asked == [] and address(tab)["beta"] == "1"


def test_keys_look_up_as_a_drag_does_and_train_when_they_rest(tab):
    asked = open_chapter(tab)
    expect(tab.locator(".track-ready")).to_be_visible()
    slider(tab).focus()
    del asked[:]
    for key in ("End", "ArrowLeft", "ArrowLeft"):
        tab.keyboard.press(key)
    expect(tab.locator(".kept")).to_be_visible()
    stop = find(NAME).Settings.knobs()["beta"].stops[-3]
    assert slider(tab).get_attribute("aria-valuetext").startswith(f"{stop:g}. At beta")
    assert asked == []
    expect(tab.locator(".kept")).to_be_hidden()
    done(tab)
    assert address(tab)["beta"] == f"{stop:g}"
    assert tab.evaluate("document.activeElement.id") == "knob-beta"


def test_the_curve_the_thumb_and_the_mark_have_one_scale(tab):
    open_chapter(tab)
    expect(tab.locator(".track-ready")).to_be_visible()
    stops = find(NAME).Settings.knobs()["beta"].stops
    dots = tab.locator(".track-seeds").get_attribute("d")
    look = tab.locator(".track-seeds").evaluate("each => getComputedStyle(each).display")
    assert look != "none"  # whatever style sheets of others say
    places = [float(x) for x in re.findall(r"M([\d.]+)", dots)]
    values = kept(NAME).track.values
    assert places == pytest.approx(
        [stops.index(value) / (len(stops) - 1) for value in values for _seed in range(5)], abs=1e-4
    )
    for value in (values[0], values[-1], 4):
        slider(tab).evaluate(
            """(each, i) => {
                each.value = i
                each.dispatchEvent(new Event("input", {bubbles: true}))
            }""",
            index_of(value),
        )
        share = index_of(value) / (len(stops) - 1)
        thumb, _ = place_of(tab, share)
        assert tab.evaluate(STRIP_AT, share) == pytest.approx(thumb, abs=1)
        assert tab.evaluate(MARK_AT) == pytest.approx(thumb, abs=1)


def test_what_is_kept_is_not_shown_for_other_knobs(tab):
    open_chapter(tab, "&steps=100")
    expect(tab.locator(".track.track-ready.track-other")).to_be_visible()
    expect(tab.locator(".track-label")).to_contain_text("kept with other knobs")
    take(tab)
    drag(tab, 4)
    assert tab.locator(".kept").is_hidden()
    tab.mouse.up()
    tab.wait_for_url(re.compile("beta=4&"))


def test_while_a_task_covers_pictures_nothing_is_fetched_or_shown(tab):
    asked = open_chapter(tab, "&task=silent")
    expect(tab.locator("html[data-covered]")).to_be_attached()
    tab.wait_for_timeout(800)
    take(tab)
    drag(tab, 4)
    assert not [url for url in asked if "/kept/" in url]
    assert tab.locator(".kept").count() == 0
    drag(tab, 1)
    tab.mouse.up()
    tab.get_by_role("button", name="Skip").click()
    expect(tab.locator(".track-ready")).to_be_visible()
    assert len([url for url in asked if "/kept/" in url]) == 1
    tab.evaluate("document.documentElement.dataset.covered = '[\"reconstructions\"]'")
    expect(tab.locator(".track-covered")).to_be_hidden()


def test_a_reveal_lays_what_is_kept_of_its_run_over_the_picture(tab, server):
    tab.add_init_script(LABELS)
    tab.open(f"chapter={NAME}&task=sharper")  # whose run no test before has trained
    expect(tab.locator(".ask")).not_to_contain_text("…")
    assert tab.evaluate("labels") == []
    server.get("/spy/pause/1")  # so that the run does not come first
    try:
        tab.get_by_role("button", name="Skip").click()
        tab.wait_for_function("labels.length")
    finally:
        server.get("/spy/pause/0")
    assert set(tab.evaluate("labels")) == {"Kept: Beta 0.25, seed 0. The new run comes."}
    expect(tab.locator(".kept")).to_be_hidden()
    done(tab)
    expect(tab.locator("#finding")).to_contain_text("At beta 0.25")


def test_a_telephone_has_slider_and_picture_together(tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    open_chapter(tab)
    expect(tab.locator(".track-ready")).to_be_visible()
    slider(tab).scroll_into_view_if_needed()
    picture, knob = tab.locator(".main-picture").bounding_box(), slider(tab).bounding_box()
    assert knob["y"] + knob["height"] - picture["y"] < 844 and knob["height"] >= 24
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_play_step_and_new_seed(tab):
    open_chapter(tab, "&steps=400")
    replay, status = tab.locator("#replay"), tab.locator("#status")
    step = tab.get_by_role("button", name="Step", exact=True)
    step.click()
    expect(status).to_contain_text("Replay: step 1 of 400")
    step.click()
    expect(replay).to_have_value("2")
    tab.get_by_role("button", name="Play again").click()
    expect(status).to_contain_text("Nothing trains")
    expect(status).to_contain_text("Replay: step")
    expect(status).to_contain_text("Done: 400 steps")  # it plays to the end
    tab.get_by_role("button", name="New seed").click()
    expect(status).to_contain_text("This trains anew with seed 1")
    done(tab)
    assert address(tab)["seed"] == "1"


def test_the_run_before_is_shown_while_its_button_is_pressed(tab):
    open_chapter(tab, "&steps=400")
    before = tab.get_by_role("button", name="Show before")
    assert before.is_hidden()
    old = tab.locator("#numbers").inner_text()
    tab.get_by_role("button", name="New seed").click()
    done(tab)
    expect(tab.locator(".legend", has_text="before: Seed 0").first).to_be_visible()
    new = tab.locator("#numbers").inner_text()
    before.click()
    expect(tab.locator("#numbers")).to_have_text(re.sub(r"\s+", " ", old), use_inner_text=True)
    tab.get_by_role("button", name="before: Seed 0").click()
    expect(tab.locator("#numbers")).to_have_text(re.sub(r"\s+", " ", new), use_inner_text=True)


def test_the_link_is_copied_and_has_a_code_for_a_telephone(tab):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_chapter(tab, "&steps=100&theme=dark")
    tab.get_by_role("button", name="Share").click()
    link = tab.get_by_label("Link to this experiment").input_value()
    assert "theme" not in link and "beta=1" in link and "steps=100" in link
    tab.get_by_role("button", name="Copy link").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    assert tab.evaluate("navigator.clipboard.readText()") == link
    code = tab.get_by_alt_text("The link as a QR code")
    expect(code).to_be_visible()
    assert code.evaluate("each => each.naturalWidth") > 0
    tab.keyboard.press("Escape")
    expect(tab.locator("#share-dialog")).to_be_hidden()


def saved(tab, menu, form: str):
    menu.locator("summary").click()
    with tab.expect_download() as download:
        menu.get_by_role("button", name=form).click()
    assert menu.get_attribute("open") is None
    return download.value


def test_every_picture_is_saved_in_every_form(tab, tmp_path):
    open_chapter(tab, "&steps=100&seed=3")
    for form in ("SVG", "PNG", "CSV"):
        download = saved(tab, tab.locator('[data-picture="1"] .save'), form)
        name = f"beta-vae_rate-per-latent_steps-100_seed-3.{form.lower()}"
        assert download.suggested_filename == name
        download.save_as(tmp_path / form)
    assert (tmp_path / "SVG").read_bytes().startswith(b"<svg")
    assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")
    assert all((tmp_path / form).stat().st_size > 2000 for form in ("SVG", "PNG"))
    with (tmp_path / "CSV").open() as file:
        _head, *rows = csv.reader(file)
    assert len(rows) == 10 and all(float(row[1]) >= 0 for row in rows)
    tab.get_by_text("All pictures").click()
    download = saved(tab, tab.locator(".all-pictures .save").first, "CSV")
    assert download.suggested_filename.endswith("_steps-100_seed-3.csv")


def test_a_choice_in_a_menu_shows_what_is_kept_of_it_until_its_run_is_drawn(tab):
    """Every kind is kept with the other knobs as they come; with others the run shows alone."""
    tab.add_init_script(LABELS)
    tab.open("chapter=autoencoder")
    done(tab)
    expect(tab.locator(".track-ready")).to_be_attached()
    menu = tab.locator(".dock").get_by_label("Kind", exact=True)
    text = menu.locator("option[value=linear]").inner_text()
    menu.select_option("linear")
    tab.wait_for_function("labels.length")
    said = [f"Kept: Kind {text}, seed 0. The new run comes."]
    assert tab.evaluate("[...new Set(labels)]") == said
    expect(tab.locator(".kept")).to_be_hidden()  # when the run is drawn
    assert address(tab)["kind"] == "linear"
    tab.open("chapter=autoencoder&lr=0.02")
    done(tab)
    expect(tab.locator(".track-ready")).to_be_attached()
    menu.select_option("hashing")
    expect(tab).to_have_url(re.compile("kind=hashing"))
    assert tab.evaluate("labels") == []


SLIDER_AT = (
    "name => Math.round(scrollY + document.getElementById(name).getBoundingClientRect().top)"
)


def test_the_slider_stays_under_the_hand_while_kept_and_new_pictures_come(tab):
    """On a telephone, where captions and findings take several lines."""
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.open("chapter=mil")
    done(tab)
    expect(tab.locator(".track-ready")).to_be_visible()
    knob = tab.get_by_label("Training bags", exact=True)
    at = tab.evaluate(SLIDER_AT, "knob-bags")
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    height = box["y"] + box["height"] / 2
    stops = find("mil").Settings.knobs()["bags"].stops
    share = stops.index(200) / (len(stops) - 1)
    tab.mouse.move(box["x"] + THUMB / 2 + share * (box["width"] - THUMB), height)
    tab.mouse.down()
    tab.mouse.move(box["x"] + THUMB / 2, height, steps=8)
    expect(tab.locator(".kept-label")).to_have_text(re.compile("Kept: Training bags 10"))
    assert tab.evaluate(SLIDER_AT, "knob-bags") == at
    tab.mouse.up()
    expect(tab.locator(".kept")).to_be_hidden()
    tab.wait_for_function("document.querySelector('#status').textContent.startsWith('Done')")
    done(tab)
    assert tab.evaluate(SLIDER_AT, "knob-bags") == at
