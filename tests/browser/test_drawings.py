"""Every picture of every chapter as a browser draws it: square pixels, texts apart, no residue."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import panel as pn
import pytest
from bokeh.resources import INLINE
from doubles import shortest

from workbench.chapters import NAMES, find
from workbench.chapters.clustering.em_lab import EmStepper
from workbench.chapters.gan.forger_lab import ForgerLab
from workbench.chapters.selfsup.seam_lab import SeamLab
from workbench.chapters.two_learners.picks_lab import PicksLab
from workbench.chapters.words.pair_lab import PairLab
from workbench.core.pictures import Scatter
from workbench.view.page.cards import Cards
from workbench.view.page.gallery import pictures_of

pytestmark = pytest.mark.browser
SPY = Path(__file__).with_name("text_boxes.js").read_text()
WIDTHS = {1440: 1100, 1024: 674, 390: 370}  # of a window, and of the cards in it
REDRAWN = 100  # times
PATIENT = 180_000  # ms that a busy machine may take to draw them all


def every_picture() -> dict:
    """The pictures of the last frame of all chapters, and those of labs that need no training."""
    pictures = {}
    for name in NAMES:
        shown = pictures_of(find(name), shortest(name))
        pictures |= {f"{name} {key}": shown[key] for key in shown}
    labs = EmStepper("kmeans"), SeamLab(), PicksLab(), ForgerLab(), PairLab()
    labs[0].step()
    for lab in labs:
        shown = lab.state().pictures
        pictures |= {f"{type(lab).__name__} {key}": shown[key] for key in shown}
    return pictures


def save(file: Path) -> int:
    """Saves the page, in a process of its own: another's imports would add scripts to it.

    How many of its pictures have a circle for a circle.
    """
    cards, pictures = Cards(dark=False), every_picture()
    cards.show(pictures)
    pn.Column(cards.pane, sizing_mode="stretch_width").save(file, resources=INLINE)
    return sum(isinstance(each, Scatter) and each.equal for each in pictures.values())


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    """A page with all of them, and nothing else."""
    file = tmp_path_factory.mktemp("drawings") / "all.html"
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        round_ones = process.submit(save, file).result()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    page = context.new_page()
    page.add_init_script(SPY)
    page.set_default_timeout(PATIENT)
    page.goto(f"file://{file}")
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && window.drawings().length")
    page.round_ones = round_ones
    yield page
    context.close()


@pytest.fixture(scope="module", params=WIDTHS)
def drawings(page, request) -> list[dict]:
    """What is drawn where the cards have as much room as in a window of this width."""
    page.set_viewport_size({"width": WIDTHS[request.param] + 16, "height": 900})
    page.wait_for_timeout(1000)
    drawings = page.evaluate("window.drawings()")
    assert len(drawings) > 40 and sum(len(each["texts"]) for each in drawings) > 400
    return drawings


def test_pixels_are_square_and_whole_where_there_is_room(drawings):
    tiles = [each for each in drawings if each["glyph"].startswith("Image")]
    # the cells of a heat map need not be square
    mosaics = [each for each in tiles if each["wide"] > 17 and not each["bar"]]
    assert len(mosaics) > 10
    for each in mosaics:
        assert each["across"] == pytest.approx(each["up"], abs=1e-3), each
        assert each["across"] < 1 or each["across"] == pytest.approx(round(each["across"])), each


def test_no_two_texts_overlap_and_none_is_cut(drawings):
    assert [each["overlapping"] for each in drawings if each["overlapping"]] == []
    assert [each["cut"] for each in drawings if each["cut"]] == []


def test_no_row_is_without_its_label(drawings):
    for each in drawings:
        if each["glyph"].startswith("Image"):
            assert [row for row in each["rows"] if row not in each["texts"]] == []


def test_circles_are_round(drawings, page):
    drawn = [each for each in drawings if each["glyph"] == "Scatter"]
    drawn = [each for each in drawn if each["linear"]]
    equal = [each for each in drawn if abs(each["across"] / each["up"] - 1) < 0.01]
    assert len(equal) >= page.round_ones > 5


def test_nothing_is_left_in_the_corner_after_a_hundred_redraws(page):
    """Bokeh may leave paint in the first row and column of a canvas: no page shows them."""
    page.evaluate(
        """times => {
            const isImage = ({model}) => model.renderers[0]?.glyph.type === "Image"
            const {model} = window.plots().find(isImage)
            for (let i = 0; i < times; i++) model.renderers[0].data_source.change.emit()
        }""",
        REDRAWN,
    )
    corners = page.evaluate("window.corners()")
    assert len(corners) > 40
    assert not [each for each in corners if not each["hidden"]]
