"""The table of a picture: the same numbers as the picture, in rows with names."""

import numpy as np
import pytest
from doubles import shortest

from workbench.chapters import NAMES, find
from workbench.core.pictures import Bars, Curves, Field, HeatMap, Images, Line, Scatter, Table
from workbench.results.picture_table import in_words, rows

X = np.array([1.0, 2.0, 4.0])


def test_curves_have_a_row_for_every_place_and_a_band_its_two_ends():
    lines = (Line("a", X, 10 * X), Line("b", X[1:], X[1:], "dashed", X[1:] - 1, X[1:] + 1))
    columns, cells = rows(Curves("T", lines, y_label="accuracy", x_ticks=((4.0, "four"),)))
    assert columns == ("step", "a", "b", "b, low", "b, high")
    assert cells == [(1, 10, None, None, None), (2, 20, 2, 1, 3), ("four", 40, 4, 3, 5)]
    shares = Curves("T", (Line("a", X, X / 8),), y_label="accuracy")
    assert in_words(shares)[1] == [("1", "12.5\u00a0%"), ("2", "25\u00a0%"), ("4", "50\u00a0%")]


def test_a_line_that_turns_back_keeps_its_order():
    path = Curves("T", (Line("a", np.array([3.0, 1.0, 3.0]), X),), x_label="rate", y_label="nats")
    assert rows(path) == (("line", "rate", "nats"), [("a", 3, 1), ("a", 1, 2), ("a", 3, 4)])


def test_a_field_has_a_row_for_each_cell():
    field = Field("D(x)", np.array([[0.0, 0.25], [0.5, 1.0]]), -1, 1, 0, 4)
    picture = Scatter("T", np.zeros((1, 2)), np.array([0]), ("a",), field=field)
    _, cells = rows(picture)
    assert cells[1:] == [
        (-0.5, 1.0, "D(x) 0.00"),
        (0.5, 1.0, "D(x) 0.25"),
        (-0.5, 3.0, "D(x) 0.50"),
        (0.5, 3.0, "D(x) 1.00"),
    ]


def test_points_and_outlines_have_their_group():
    xy = np.array([[1.0, 2.0], [3.0, 4.0]])
    picture = Scatter("T", xy, np.array([1, 0]), ("a", "b"), "east", "", outlines=(xy[:1],))
    columns, cells = rows(picture)
    assert columns == ("east", "y", "group")
    assert cells == [(1, 2, "b"), (3, 4, "a"), (1, 2, "outline 1")]


def test_bars_matrices_and_tables_are_themselves():
    bars = Bars("T", ("a", "b"), np.array([0.25, 1.0]), "digit", "share right")
    assert rows(bars) == (("digit", "share right"), [("a", 0.25), ("b", 1.0)])
    assert in_words(bars)[1] == [("a", "25\u00a0%"), ("b", "100\u00a0%")]
    heat = HeatMap("T", np.array([[1.5, np.nan]]), ("r",), ("c", "d"), "guess", "digit", "nats")
    assert rows(heat)[0] == ("digit / guess", "c (nats)", "d (nats)")
    assert in_words(heat)[1] == [("r", "1.500", "-")]
    assert rows(Table("T", ("a", "b"), (("x", 2),))) == (("a", "b"), [("x", 2)])


def test_small_pictures_have_their_labels_and_brightness():
    tiles = np.zeros((2, 2, 3, 3))
    tiles[0, 1] = 1
    columns, cells = rows(Images("T", tiles, ("before",), ("", "x")))
    assert columns == ("mean brightness of", "column 1", "x")
    assert cells == [("before", 0, 1), ("row 2", 0, 0)]


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_of_a_chapter_has_a_table_of_all_its_numbers(name):
    frames = shortest(name)
    pictures = [*frames[0].pictures.values(), *frames[-1].pictures.values()]
    pictures += [trace.curves(frames) for trace in find(name).traces]
    for picture in pictures:
        columns, cells = rows(picture)
        assert all(columns) or isinstance(picture, Table), picture.title
        assert {len(row) for row in cells} <= {len(columns)}, picture.title
        assert len(in_words(picture)[1]) == len(cells)
        numbers = [cell for row in cells for cell in row if isinstance(cell, float)]
        values = _values(picture)
        assert len(numbers) >= len(values), picture.title
        assert np.isin(values[np.isfinite(values)], numbers).all(), picture.title


def _values(picture) -> np.ndarray:
    """All numbers that are drawn, of small pictures none."""
    match picture:
        case Curves():
            return np.concatenate([np.zeros(0), *(line.y for line in picture.lines)])
        case Scatter():
            return picture.xy.astype(float).ravel()
        case Bars() | HeatMap():
            return picture.values.astype(float).ravel()
    return np.zeros(0)
