"""The run before, in grey behind the new one, and axes that keep their room."""

import numpy as np
import pytest

from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Scatter
from workbench.view.drawing.drawing import draw


def curves(*heights: float, names=("loss",)) -> Curves:
    x = np.arange(1.0, len(heights) + 1)
    return Curves("T", tuple(Line(name, x, np.array(heights)) for name in names))


def lines_behind(drawing) -> dict:
    (ghost, *_) = drawing.model.renderers
    return {name: [list(line) for line in lines] for name, lines in ghost.data_source.data.items()}


def test_lines_of_the_run_before_stand_in_grey_behind_the_new_ones():
    drawing = draw(curves(1.0, 2.0))
    own = list(drawing.model.renderers)
    drawing.haunt(curves(5.0, 9.0), "before: Beta 1")
    assert drawing.model.renderers[1:] == own
    assert lines_behind(drawing) == {"x": [[1.0, 2.0]], "y": [[5.0, 9.0]]}
    assert "before: Beta 1" in drawing.legend and "loss" in drawing.legend
    drawing.update(curves(1.0, 2.0, 3.0))
    assert drawing.model.y_range.end > 9  # both have room
    drawing.haunt(None, "")
    assert lines_behind(drawing) == {"x": [], "y": []} and drawing.legend == ""


def test_a_drawing_that_is_built_later_has_the_run_before_too():
    drawing = draw(curves(1.0, 2.0))
    drawing.haunt(curves(5.0), "before")
    assert lines_behind(drawing)["y"] == [[5.0]] and "before" in drawing.legend


def test_references_of_the_run_before_are_not_drawn_twice():
    reference = Line("PCA", np.ones(1), np.ones(1), "dashed")
    drawing = draw(curves(1.0))
    drawing.haunt(Curves("T", (*curves(2.0).lines, reference)), "before")
    assert lines_behind(drawing)["y"] == [[2.0]]


def test_bars_of_the_run_before_are_outlines_if_they_have_the_same_names():
    names = ("a", "b")
    drawing = draw(Bars("T", names, np.array([1.0, 2.0])))
    drawing.haunt(Bars("T", names, np.array([3.0, 4.0])), "before")
    (ghost, *_) = drawing.model.renderers
    assert list(ghost.data_source.data["y"]) == [3.0, 4.0] and ghost.glyph.fill_color is None
    drawing.haunt(Bars("T", ("a", "c"), np.array([3.0, 4.0])), "before")
    assert len(ghost.data_source.data["y"]) == 0 and drawing.legend == ""


@pytest.mark.parametrize(
    "picture",
    [Images("T", np.zeros((1, 1, 2, 2))), Scatter("T", np.eye(2))],
    ids=["tiles", "points"],
)
def test_a_picture_without_lines_has_no_ghost(picture):
    drawing = draw(picture)
    before = len(drawing.model.references())
    drawing.haunt(picture, "before")
    drawing.update(picture)
    assert len(drawing.model.references()) == before


def end_of(drawing) -> float:
    art = drawing._art
    return art.mapper.high if hasattr(art, "mapper") else drawing.model.y_range.end


@pytest.mark.parametrize("kind", ["curves", "bars", "heat map", "points"])
def test_what_collapses_looks_small_and_the_axis_stays(kind):
    def picture(scale: float):
        numbers = scale * np.array([[1.0, 2.0], [3.0, 4.0]])
        return {
            "curves": curves(*numbers.ravel()),
            "bars": Bars("T", tuple("abcd"), numbers.ravel()),
            "heat map": HeatMap("T", numbers, ("a", "b"), ("c", "d")),
            "points": Scatter("T", numbers),
        }[kind]

    drawing = draw(picture(1.0))
    drawing.reserve([picture(1.0), picture(10.0)])
    drawing.update(picture(1.0))
    large = end_of(drawing)
    assert large >= 40
    for scale in (0.01, 10.0):
        drawing.reset()  # another run
        drawing.update(picture(scale))
        assert end_of(drawing) == pytest.approx(large, rel=0.12)  # bars make room for a number
