"""Axes that are possible: shares within 0 and 1, whole counts, one scale, names apart."""

import itertools
import re

import numpy as np
import pytest
from bokeh.models import FixedTicker, NumeralTickFormatter
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.chapters import NAMES, find
from workbench.chapters.selfsup.cielab import to_lab
from workbench.core.palette import DARK, LIGHT, channels
from workbench.core.pictures import Bars, Curves, Images, Line, Scatter
from workbench.results.kept import kept
from workbench.view.drawing.axes import LARGE, SMALL, number_axis
from workbench.view.drawing.drawing import draw
from workbench.view.drawing.images import (
    FEWEST_LETTERS,
    LEAST_TILE,
    largest_pixel,
    least_pixel,
    pixel_of,
)
from workbench.view.drawing.room import room_of
from workbench.view.drawing.scatter import LEAST_FRAME, SHAPE, move_apart
from workbench.view.drawing.spans import Span
from workbench.view.drawing.theme import COVERING

X = np.arange(1.0, 31)
LONGEST_NAME = 38  # letters of 12 pixels along an axis in a card


def curve(y, label="accuracy", **kw) -> Curves:
    return Curves("T", (Line("a", X[: len(y)], np.asarray(y, float)),), y_label=label, **kw)


@pytest.mark.parametrize("share", [0.0, 0.003, 0.5, 0.97, 1.0])
def test_an_axis_of_shares_stays_within_0_and_1(share):
    drawing = draw(curve([share, share, min(1.0, share + 0.001)]))
    axis, shown = drawing.model.left[0], drawing.model.y_range
    assert axis.bounds == (0.0, 1.0)  # its line and ticks end there
    assert -0.02 < shown.start < share + 0.001 <= shown.end < 1.02  # room for half a line
    assert isinstance(axis.formatter, NumeralTickFormatter)
    drawing.update(curve([share, 0.2, 0.9]))
    assert drawing.model.y_range.start > -0.02 and drawing.model.y_range.end < 1.02


def test_what_is_no_share_after_all_is_not_cut():
    drawing = draw(curve([0.2, 0.9], "agreement, 1 is perfect"))
    assert drawing.model.left[0].bounds == (0.0, 1.0)
    drawing.update(curve([0.2, -0.4], "agreement, 1 is perfect"))
    assert drawing.model.left[0].bounds == "auto" and drawing.model.y_range.start < -0.4
    sweep = draw(curve([0.1, 0.2], "No selection", y_unit="%"))
    assert sweep.model.left[0].bounds == (0.0, 1.0)


def test_bars_of_shares_have_room_for_their_numbers_but_no_ticks_above():
    drawing = draw(Bars("T", ("a", "b"), np.array([1.0, 0.5]), y_label="share right"))
    assert drawing.model.y_range.end >= 1.09 and drawing.model.left[0].bounds == (0.0, 1.0)
    texts = drawing.model.renderers[1].data_source.data["text"]
    assert texts == ["100\u00a0%", "50\u00a0%"]


def test_bars_too_narrow_for_their_numbers_have_none():
    names = tuple(map(str, range(12)))
    values = np.linspace(0.5, 1, 12)
    narrow = draw(Bars("T", names, values)).model.renderers[1].data_source.data["text"]
    assert set(narrow) == {""}
    whole = draw(Bars("T", names, np.arange(12.0))).model.renderers[1].data_source.data["text"]
    assert whole[5] == "5"


def test_counts_have_whole_ticks_and_other_numbers_do_not():
    drawing = draw(curve([0, 1, 1], "questions so far"))
    assert drawing.model.left[0].ticker.min_interval == 1
    drawing.update(curve([0, 1.5, 1], "questions so far"))
    assert drawing.model.left[0].ticker.min_interval == 0
    assert drawing.model.below[0].ticker.min_interval == 1  # steps
    assert draw(curve([0, 1, 1])).model.left[0].ticker.min_interval == 0  # shares
    span = Span()
    span.cover([3.0])
    assert (span.range.start, span.range.end) == (2.5, 3.5)


def test_given_ticks_are_the_only_ones_and_the_place_is_marked():
    ticks = ((0.1, "0"), (1.0, "1"), (10.0, "10"))
    drawing = draw(curve([1, 2, 3], "nats", log_x=True, x_ticks=ticks, place=1.0))
    axis = drawing.model.below[0]
    assert isinstance(axis.ticker, FixedTicker) and axis.ticker.ticks == [0.1, 1.0, 10.0]
    assert axis.major_label_overrides == {0.1: "0", 1.0: "1", 10.0: "10"}
    mark = drawing.model.center[-1]
    assert mark.location == 1.0 and mark.dimension == "height"
    drawing.update(curve([1, 2, 3], "nats", log_x=True, x_ticks=ticks, place=10.0))
    assert mark.location == 10.0


def test_every_measured_place_of_a_line_that_does_not_grow_is_marked():
    band = Line("a", X[:9], X[:9], "dashed", X[:9] - 1, X[:9] + 1)
    for line in (Line("a", X[:9], X[:9]), band):
        data = draw(Curves("T", (line,))).model.renderers[0].data_source.data
        assert np.isfinite(data["m0"]).sum() == 9
    growing = draw(curve(X, "nats"), x_end=30).model.renderers[0].data_source.data["m0"]
    assert np.isfinite(growing).sum() < 12


def test_a_line_that_would_hide_another_is_dashed_until_the_next_run():
    def pair(apart):
        return Curves("T", (Line("a", X, X), Line("b", X, X + apart)))

    drawing = draw(pair(0))
    (_, marks), (line, _) = ((r.glyph for r in part) for part in drawing._art.parts)
    assert line.line_dash == COVERING and "dasharray" in drawing.legend
    drawing.update(pair(9))
    assert line.line_dash == COVERING  # it does not flicker within a run
    drawing.reset()
    drawing.update(pair(9))
    assert line.line_dash == [] and "dasharray" not in drawing.legend and marks.size == 8


@given(st.lists(st.tuples(*[st.floats(-1e4, 1e4)] * 2), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_equal_scales_are_equal_and_hold_every_point(points):
    drawing = draw(Scatter("T", np.array(points), equal=True))
    plot = drawing.model.children[0]
    x, y = plot.x_range, plot.y_range
    assert (y.end - y.start) / (x.end - x.start) == pytest.approx(SHAPE, rel=1e-6)
    xy = np.array(points)
    assert x.start <= xy[:, 0].min() and xy[:, 0].max() <= x.end
    assert y.start <= xy[:, 1].min() and xy[:, 1].max() <= y.end


places = st.tuples(st.floats(-20, 260), st.floats(-20, 200))


@given(st.lists(places, min_size=1, max_size=10))
@settings(max_examples=100, deadline=None)
def test_names_among_points_do_not_overlap(centres):
    box, frame = np.array([19.0, 24.0]), np.array(LEAST_FRAME)
    moved = move_apart(np.array(centres), box, frame)
    assert (moved >= box / 2 - 1e-6).all() and (moved <= frame - box / 2 + 1e-6).all()
    for a, b in itertools.combinations(moved, 2):
        assert (np.abs(a - b) >= box - 2).any()


def test_names_that_are_apart_stay_and_one_without_points_is_left_alone():
    apart = np.array([[50.0, 50.0], [100.0, 100.0], [np.nan, np.nan]])
    moved = move_apart(apart, np.array([19.0, 24.0]), np.array(LEAST_FRAME))
    assert np.array_equal(moved, apart, equal_nan=True)


def test_axes_of_tiles_are_there_only_for_names():
    tiles = np.zeros((2, 3, 4, 5))
    plot = draw(Images("T", tiles)).model.children[0]
    assert not plot.left[0].visible and not plot.above[0].visible
    named = draw(Images("T", tiles, ("a", "b"), ("", "x", ""))).model.children[0]
    assert named.left[0].visible and named.above[0].visible


def test_names_of_rows_are_short_where_they_would_take_the_rows_their_height():
    long = tuple(f"a rather long name {i}" for i in range(4))
    wide = draw(Images("T", np.zeros((4, 25, 8, 8)), long)).model.children[0].left[0]
    few = draw(Images("T", np.zeros((4, 3, 28, 28)), long)).model.children[0].left[0]
    assert set(few.major_label_overrides.values()) == set(long)
    assert all(len(name) >= FEWEST_LETTERS for name in wide.major_label_overrides.values())
    assert len(wide.major_label_overrides) == 4


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["lines", "classes"])
def test_any_two_colours_are_told_apart(theme, kind):
    colours = [to_lab(np.array(channels(each)) / 255) for each in getattr(theme, kind)]
    for a, b in itertools.combinations(colours, 2):
        assert np.linalg.norm(a - b) > 25  # CIE 1976; about 2 can just be seen side by side


def test_the_label_of_an_axis_is_no_larger_than_its_numbers():
    """A size that is Bokeh's own default would be left to the theme, which has another."""
    own = number_axis("step").properties_with_values(include_defaults=False)
    assert own["axis_label_text_font_size"] == own["major_label_text_font_size"] == "12px"


@pytest.mark.parametrize(
    ("rows", "columns", "side", "pixel"),
    [(2, 10, 8, 6), (1, 12, 28, 2), (5, 30, 8, 6), (10, 10, 8, 0), (4, 2, 28, 0)],
)
def test_a_row_of_pictures_keeps_its_size_on_a_telephone_and_a_map_shrinks(
    rows, columns, side, pixel
):
    tiles = np.zeros((rows, columns, side, side), np.uint8)
    assert least_pixel(Images("T", tiles), 12) == pixel
    assert pixel == 0 or pixel * side >= LEAST_TILE
    assert f"{pixel}px * var(--wb-narrow, 0)" in str(
        draw(Images("T", tiles)).model.children[0].stylesheets
    )


@pytest.mark.parametrize("size, room", [("", 0.09), (SMALL, 0.3)])
def test_the_number_of_the_highest_bar_has_room_above_it_in_a_small_drawing_too(size, room):
    for label in ("probability", "error"):
        drawing = draw(Bars("T", ("a", "b"), np.array([0.6, 0.3]), y_label=label), size=size)
        assert drawing.model.y_range.end >= (1 + room) * 0.6


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_y_axis_is_no_longer_than_the_axis(name):
    labels = [trace.y_label for trace in find(name).traces]
    for state in kept(name).states:
        shown = kept(name).frame(state).pictures.values()
        labels += [picture.y_label for picture in shown if isinstance(picture, Curves | Bars)]
    assert max(map(len, labels), default=0) <= LONGEST_NAME


@pytest.mark.parametrize("size", ["", LARGE, SMALL])
@pytest.mark.parametrize("rows, columns", [((), ()), (("one", "no adversary"), ("1", "2", "3"))])
def test_the_room_that_is_held_for_tiles_is_what_they_take(size, rows, columns):
    picture = Images("T", np.zeros((2, 3, 8, 8)), rows, columns)
    drawing = draw(picture, size=size)
    (_, css) = drawing.model.children[0].stylesheets
    height = re.findall(r"height: (.*?) !important", css)[-1]
    assert room_of(picture, size) == height


def test_a_tile_that_stands_alone_is_large():
    lone, pair = (Images("T", np.zeros((1, count, 8, 8))) for count in (1, 2))
    assert largest_pixel(lone, "") == largest_pixel(pair, LARGE) > largest_pixel(pair, "")


def test_a_turned_last_name_has_room_beside_the_last_tile():
    names = ("neutral to angry", "happy to angry", "sad to angry", "sad to neutral")
    turned = Images("T", np.zeros((1, 4, 8, 8)), (), names)
    level = Images("T", np.zeros((1, 4, 8, 8)), (), ("a", "b", "c", "d"))
    rights = [draw(each, size=SMALL).model.children[0].min_border_right for each in (turned, level)]
    assert rights[0] > 50 and rights[1] == 2
    assert f"- {2 + rights[0]}px" in pixel_of(turned, SMALL)  # the tiles leave that room
