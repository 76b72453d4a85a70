"""No text of somebody else's becomes markup: every source of text, at every place that shows it.

Each text is an attack that would leave an element with `onerror` and set `window.hit`. A test
first waits for the text itself on the page, then sees that it is nothing but text.
"""

import io
import json
import zipfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

import numpy as np
import panel as pn
import panel_material_ui
import pytest
from bokeh.resources import INLINE
from playwright.sync_api import expect
from served import serving

from workbench.chapters import find
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Scatter, Table
from workbench.results.run_zip import run_zip
from workbench.results.svg import svg
from workbench.results.svg.still import still
from workbench.results.sweep import Sweep
from workbench.results.sweep_page import sweep_html
from workbench.running.players import Here
from workbench.running.runner import Runner
from workbench.view.page.cards import Card
from workbench.view.page.widgets import Sentence, button

pytestmark = pytest.mark.browser
IMAGE = "<img src onerror=hit=1>"  # no longer than a pseudonym may be
ATTACK = f"'\"></script>{IMAGE}"  # nor this than a note repeats
PASSWORD, INSTRUCTOR = "open sesame", "let-me-in"
# a saved page of Panel's asks the network for one script, whether it needs it or not
BUNDLE = Path(panel_material_ui.__file__).parent / "dist" / "panel-material-ui.bundle.js"
OPEN = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
QUICK = {"chapter": "beta-vae", "steps": 100}
LOOK = """() => {
    const all = root => [...root.querySelectorAll("*")].flatMap(e =>
        [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
    const shown = all(document).filter(e => !["SCRIPT", "STYLE"].includes(e.tagName))
    return {
        planted: shown.filter(e => e.hasAttribute("onerror")).map(e => e.outerHTML),
        hit: window.hit ?? null,
        words: shown.flatMap(e => [...e.childNodes].filter(n => n.nodeType == 3))
            .map(n => n.data).join(" "),
    }
}"""


def words(page) -> str:
    """All text of the page, in which nothing has become an element."""
    found = page.evaluate(LOOK)
    assert found["planted"] == [] and found["hit"] is None
    return found["words"]


def shows(page, text: str = IMAGE) -> None:
    """Waits until the text stands on the page, and nothing but text."""
    page.wait_for_function(f"text => ({LOOK})().words.includes(text)", arg=text)
    page.wait_for_timeout(200)  # what was planted has failed to load by then
    assert text in words(page)


def points_at(page, what, text: str) -> None:
    """Moves the mouse over it until a tooltip with this text comes."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    for i in range(400):
        x, y = (0.2 + 0.7 * (i * step % 1) for step in (0.618, 0.755))  # all over it
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if text in words(page):
            return
    raise AssertionError(f"no tooltip said {text}")


# --- on the page of a class


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A class with a password, an instructor, and a data folder that somebody has filled."""
    folder = tmp_path_factory.mktemp("class")
    fill(folder / "data")
    known = dict(
        WORKBENCH_PASSWORD=PASSWORD,
        WORKBENCH_INSTRUCTOR=INSTRUCTOR,
        WORKBENCH_DATA=str(folder / "data"),
    )
    with serving(folder / "log.txt", **known) as server:
        yield server


def fill(folder) -> None:
    """Hostile labels, a hostile column, hostile names of classes, of pictures, and of a set."""
    folder.mkdir()
    for name in ("labels", IMAGE):
        np.savez(folder / f"{name}.npz", **labelled())
    (folder / "column.csv").write_text(f"a,{IMAGE}\n" + "1,word\n" * 30)
    for name in (f"{IMAGE}a", f"{IMAGE}b"):
        (folder / "damaged" / name).mkdir(parents=True)
        for i in range(20):
            (folder / "damaged" / name / f"{IMAGE}{i}.png").write_bytes(b"no picture")


def labelled() -> dict[str, np.ndarray]:
    names = np.array([f"{IMAGE}{i}" for i in range(3)])
    pictures = np.random.default_rng(0).random((90, 8, 8), np.float32)
    return {"x": pictures, "y": names[np.arange(90) % 3]}


@pytest.fixture
def reader(tab, server):
    """A tab of a reader who has logged in; `reader.at(query)` opens a page."""
    tab.goto(server.page())
    log_in(tab, PASSWORD)
    expect(tab.locator(".chapter-card").first).to_be_visible()
    yield tab
    words(tab)


def log_in(page, password: str) -> None:
    page.get_by_label("password").fill(password)
    page.get_by_role("button", name="Enter").click()


def every_key() -> dict[str, str]:
    """An attack for every knob, for the theme, and as a key of its own."""
    knobs = find("beta-vae").Settings.knobs()
    return QUICK | {name: ATTACK for name in [*knobs, ATTACK, "theme"] if name != "steps"}


@pytest.mark.parametrize(
    "query, place",
    [
        ({"chapter": ATTACK}, ".complaint"),
        (every_key(), ".note"),
        (QUICK | {"data": "column"}, ".alert"),
        (QUICK | {"data": "damaged"}, ".alert"),
        (QUICK | {"data": "labels"}, ".key"),
    ],
    ids=["chapter", "every other key", "a column's name", "a picture's name", "labels in a legend"],
)
def test_an_address_and_what_lies_in_the_data_folder(reader, query, place):
    reader.open(urlencode(query))
    if place == ".key":
        reader.get_by_role("heading", name="All pictures").click()
    expect(reader.locator(place, has_text=IMAGE).first).to_be_visible()
    shows(reader)
    if place == ".key":
        card = reader.locator(".bk-Column", has=reader.locator(".key", has_text=IMAGE)).last
        points_at(reader, card.locator("canvas").first, "group:")


def test_an_error_in_a_sweep_and_in_a_pair(reader):
    reader.open(urlencode(QUICK | {"data": "column"}))
    expect(reader.locator(".alert")).to_contain_text(IMAGE)
    reader.locator("summary", has_text="Sweep:").click()
    reader.get_by_role("button", name="Train the sweep").click()
    expect(reader.locator(".alert")).to_have_count(2)
    reader.locator("summary", has_text="Compare").click()
    reader.get_by_role("heading", name="All knobs").click()
    for key in ("Home", "End"):
        slider = reader.get_by_role("slider", name="Latents")
        slider.focus()
        slider.press(key)
        expect(reader.locator(".alert").first).to_contain_text(IMAGE)
        reader.get_by_role("button", name="Pin this run").click()
        expect(reader.get_by_text(f"{1 + (key == 'End')} run")).to_be_visible()
    reader.get_by_role("button", name="Train the pairs").click()
    expect(reader.locator(".alert")).to_have_count(3)
    for i in range(3):
        expect(reader.locator(".alert").nth(i)).to_contain_text(IMAGE)
    shows(reader)


def test_a_pseudonym_and_what_the_instructor_shows(reader, server):
    reader.open(urlencode(QUICK))
    reader.locator("summary", has_text="In class").click()
    reader.get_by_label("Name for the instructor").fill(IMAGE)
    reader.get_by_label("Name for the instructor").press("Enter")
    reader.get_by_label("Raise my hand").click()
    reader.get_by_label("Follow the instructor").click()
    instructor = reader.context.new_page()
    instructor.goto(f"{server.url}/instructor")
    instructor.get_by_label("The instructor's password").fill(INSTRUCTOR)
    instructor.keyboard.press("Enter")
    expect(instructor.get_by_role("button", name=IMAGE)).to_be_visible()
    shows(instructor)
    knobs = instructor.get_by_label("Knobs, or a page's address")
    show = instructor.get_by_role("button", name="Show to all who follow")
    knobs.fill(f"data=labels&beta={quote(ATTACK)}&{quote(ATTACK)}=1")
    knobs.press("Enter")
    show.click()
    expect(instructor.get_by_text("Nothing was shown.")).to_contain_text(IMAGE)
    shows(instructor)
    knobs.fill("data=labels")
    knobs.press("Enter")
    show.click()
    expect(instructor.get_by_text("Shown to 0 pages; 1 on")).to_be_visible()
    link = reader.get_by_text("The instructor shows").locator("a").first.get_attribute("href")
    assert link.startswith("?chapter=autoencoder&data=labels")


def test_the_way_in_and_what_is_not_there(chromium, server):
    places = [
        f"/{quote(ATTACK)}",
        f"/app/{quote(ATTACK)}",
        f"/static/{quote(ATTACK)}",
        f"/login?error={quote(ATTACK)}",
        f"/login?next={quote(ATTACK)}",
        "/login?next=javascript:hit=1",
    ]
    with chromium.new_context() as context:
        page = context.new_page()
        for place in places:
            page.goto(server.url + place)
            words(page)
        wanted = "/app?" + urlencode({"chapter": ATTACK})
        page.goto(f"{server.url}/login?next={quote(wanted)}")
        log_in(page, ATTACK)
        expect(page.get_by_role("alert")).to_have_text("That is not the password.")
        words(page)
        log_in(page, PASSWORD)
        expect(page.locator(".complaint")).to_contain_text(IMAGE)
        shows(page)


# --- in a picture, and in what is taken home


def spoilt(value, name: str = ""):
    """The same picture with an attack in front of each of its texts."""
    if is_dataclass(value):
        return replace(
            value,
            **{f.name: spoilt(getattr(value, f.name), f.name) for f in fields(value) if f.init},
        )
    if isinstance(value, tuple):
        return tuple(map(spoilt, value))
    return ATTACK + value if isinstance(value, str) and name != "style" else value


X, ABC = np.linspace(0, 1, 20), ("a", "b", "c")
PICTURES = [
    spoilt(picture)
    for picture in [
        Curves("curves", (Line("a", X, X), Line("b", X, 1 - X, "dashed", X - 1, X)), "x", "y"),
        Scatter(
            "points", np.random.default_rng(0).random((90, 2)), np.arange(90) % 3, ABC, "x", "y"
        ),
        Images("tiles", np.random.default_rng(0).random((2, 3, 8, 8)), ("r", "s"), ABC),
        Bars("bars", ABC, np.arange(3.0), "x", "y"),
        HeatMap("matrix", np.eye(3), ABC, ABC, "x", "y", "unit"),
        Table("table", ABC, (("r", 1.0, "s"),)),
    ]
]


@pytest.fixture
def page(chromium):
    """A tab for a file, without a network."""
    with chromium.new_context(viewport={"width": 1400, "height": 900}, offline=True) as context:
        page = context.new_page()
        page.route("https://**/*.bundle.js", lambda route: route.fulfill(path=BUNDLE, headers=OPEN))
        yield page


def test_every_text_of_every_picture(page, tmp_path):
    cards = [pn.pane.Bokeh(Card(picture, dark=False).model) for picture in PICTURES]
    pressed = button(ATTACK, None, ATTACK)
    file = tmp_path / "pictures.html"
    pn.Column(Sentence(ATTACK), pressed, *cards).save(file, resources=INLINE)
    page.goto(f"file://{file}")
    for picture in PICTURES:
        expect(page.get_by_role("heading", name=picture.title)).to_be_visible()
    shows(page, ATTACK)
    before = words(page).count(ATTACK)
    page.get_by_role("button", name=ATTACK).hover()
    until_more = f"count => ({LOOK})().words.split({json.dumps(ATTACK)}).length - 1 > count"
    page.wait_for_function(until_more, arg=before)  # its tooltip
    for place, text in ((0, "line:"), (2, "group:")):  # each plot has two
        points_at(page, page.locator("canvas").nth(place), text)
    page.set_content("".join([*map(svg, PICTURES), *map(still, PICTURES)]))
    shows(page, PICTURES[0].title)


def test_what_is_taken_home(page, tmp_path):
    data = tmp_path / f"{IMAGE}.npz"
    np.savez(data, **labelled())
    runner = Runner([Here("cpu")])
    sweep = Sweep("beta-vae", {"beta": [0, 4]}, 1, runner, steps=100, data=str(data)).wait()
    (tmp_path / "sweep.html").write_bytes(sweep_html(sweep))
    runner.close()
    page.goto(f"file://{tmp_path}/sweep.html")
    expect(page.locator("#about")).to_contain_text(IMAGE)
    shows(page)
    run = sweep.runs[0]
    with zipfile.ZipFile(io.BytesIO(run_zip(*run.key, run.frames[:]))) as taken:
        drawings = [taken.read(name).decode() for name in taken.namelist() if "svg" in name]
    for drawing in drawings:  # each stands for a file of its own
        (tmp_path / "drawing.svg").write_text(drawing)
        page.goto(f"file://{tmp_path}/drawing.svg")
        words(page)
    assert any("&lt;img" in drawing for drawing in drawings)
