"""An exploration that was saved: opened from a file by a browser that has no network, no kernel."""

from itertools import product

import holoviews as hv
import numpy as np
import pandas as pd
import pytest

from workbench.view.notebook import explore

pytestmark = pytest.mark.browser

# of every scatter of the page: what is selected, and the second number of its points
POINTS = """() => {
    const models = [...Bokeh.documents[0]._all_models.values()]
    const scatters = models.filter((each) => each.glyph?.type == "Scatter")
    return scatters.map(({data_source}) => ({
        selected: [...data_source.selected.indices], rates: [...data_source.data["rate"]],
    }))
}"""


@pytest.fixture
def saved(tmp_path):
    """Three values of beta with two seeds at three steps; the rate is beta + step / 1000."""
    cells = [(*cell, cell[0] + cell[2] / 1000) for cell in product((0, 1, 4), (0, 1), (1, 10, 100))]
    table = pd.DataFrame(cells, columns=["beta", "seed", "step", "rate"])
    table["distortion"] = np.linspace(0, 1, len(table))
    path = tmp_path / "sweep.html"
    hv.save(explore(table, "rate", "distortion"), path, resources="inline")
    return path


def drag(page, plot, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drags from one place of the plot to another; a place is a share of its width and height."""
    box = plot.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=8)
    page.mouse.up()


def test_sliders_and_selection_work_from_a_file(offline, saved):
    offline.goto(saved.as_uri())
    steps = offline.locator(".noUi-handle").nth(1)
    steps.wait_for()
    before = offline.evaluate(POINTS)
    assert len(before) == 2 and before[0] == before[1]
    assert max(before[0]["rates"]) == pytest.approx(4.1)  # at the end of training
    steps.focus()
    offline.keyboard.press("ArrowLeft")
    offline.wait_for_function(f"({POINTS})()[0].rates.every((rate) => rate < 4.02)")
    offline.get_by_text("step: 10").first.wait_for()
    offline.evaluate(
        """() => Bokeh.documents[0]._all_models.values().filter(
            (each) => each.type == "BoxSelectTool").forEach((each) => { each.active = true })"""
    )
    across = offline.locator(".bk-Figure").nth(1)
    drag(offline, across, (0.2, 0.5), (0.55, 0.95))
    offline.wait_for_function(f"({POINTS})()[1].selected.length > 0")
    first, second = offline.evaluate(POINTS)
    assert first["selected"] == second["selected"] and len(first["selected"]) < 6
