"""SVG drawings: well-formed, inside their axes, and saying what they show."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from doubles import shortest

from workbench.chapters import NAMES, find
from workbench.core.palette import LIGHT
from workbench.core.pictures import Bars, Curves, Field, HeatMap, Images, Line, Scatter, Table
from workbench.results.svg import (
    LEFT,
    NORMAL,
    WIDE,
    WIDTH,
    extent,
    locate,
    svg,
    ticks,
    union,
)

X = np.array([1.0, 10.0, 100.0])
CURVES = Curves("<loss & all>", (Line("a", X, X, "dashed", X - 0.5, X + 0.5),), log_x=True)
FIELD = Field("D(x)", np.array([[0.0, 0.0, 1.0], [0.5, 0.5, 0.5]]), -2, 2, -1, 1)
PICTURES = [
    CURVES,
    Curves("two", (Line("a", X, X, "dots"), Line("b", X, X * np.nan)), log_y=True),
    Curves("nothing", (), log_x=True, log_y=True),
    Curves("one point", (Line("a", X[:1], X[:1]),), log_x=True),
    Scatter("points", np.eye(2), np.array([0, 1]), ("<a>", "b"), outlines=(np.eye(2),)),
    Scatter("no points", np.zeros((0, 2))),
    Scatter("field", np.eye(2), np.array([0, 1]), ("real", "forged"), field=FIELD),
    Images("grid", np.zeros((2, 3, 4, 4)), ("r<", "s"), ("", "b", "c")),
    Bars("bars", ("a", "b"), np.array([-1.0, 2.0])),
    HeatMap("heat", np.array([[1.0, np.nan], [3.0, 1.0]]), ("a", "b"), ("c", "d")),
    HeatMap("flat", np.ones((1, 1)), ("a",), ("b",)),
    Table("table", ("a", "b"), (("<x>", 1.5),)),
]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.title)
def test_every_picture_is_a_well_formed_drawing_with_its_summary(picture):
    drawn = ET.fromstring(svg(picture))
    assert drawn[0].text == picture.summary()
    assert "nan" not in svg(picture).replace(picture.summary(), "") or "heat" in picture.title


@pytest.mark.parametrize("name", NAMES)
def test_every_chapters_pictures_can_be_drawn(name):
    frames = shortest(name)
    pictures = [*frames[0].pictures.values(), *frames[-1].pictures.values()]
    pictures += [trace.curves(frames) for trace in find(name).traces]
    for picture in pictures:
        ET.fromstring(svg(picture))


def test_points_lie_where_their_numbers_say():
    low, high = extent(CURVES)[:2]
    assert low < 1 and high > 100
    first, middle, last = (locate(CURVES, x) for x in X)
    assert LEFT < first < middle < last < WIDTH
    assert middle - first == pytest.approx(last - middle)  # a logarithmic axis
    assert locate(CURVES, 10, (1, 100, 0, 1)) == pytest.approx((LEFT + WIDTH - 14) / 2)
    drawn = svg(Bars("b", ("x", "y"), np.array([1.0, 2.0])), (-0.5, 1.5, 0, 2))
    heights = [float(word.split('"')[1]) for word in drawn.split(" height=")[3:5]]
    assert heights[1] == pytest.approx(2 * heights[0])


def test_limits_join_and_nothing_has_none():
    assert union([(0, 1, 5, 6), None, (-1, 0.5, 7, 8)]) == (-1, 1, 5, 8)
    assert union([None]) is None
    assert extent(PICTURES[2]) is None and extent(PICTURES[-1]) is None


def test_ticks_are_round_and_inside():
    assert ticks(0, 10) == [0, 2, 4, 6, 8, 10]
    assert ticks(0.9, 1100, log=True) == [1, 10, 100, 1000]
    assert all(0.13 <= tick <= 0.18 for tick in ticks(0.13, 0.18))


def test_a_field_is_drawn_in_the_colours_of_its_groups_and_its_middle_is_clear():
    """Two cells of a row that are alike are one shape; the axes end with the field."""
    picture = next(each for each in PICTURES if each.title == "field")
    drawn = svg(picture)
    shapes = re.findall(r'<path d="([^"]*z)" fill="([^"]*)" fill-opacity="([^"]*)"', drawn)
    assert [(path.count("M"), colour, opacity) for path, colour, opacity in shapes] == [
        (1, LIGHT.classes[1], "0.45"),
        (1, LIGHT.classes[0], "0.45"),
    ]
    assert extent(picture) == extent(replace(picture, xy=np.array([[50.0, 50.0], [0.0, 0.0]])))


def texts_of(drawing: str) -> list[tuple[float, str]]:
    """Where each text stands that is level, and what it says."""
    found = ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")
    return [(float(each.get("x", "nan")), each.text) for each in found]


@pytest.mark.parametrize("size", [NORMAL, WIDE])
def test_a_drawing_is_as_wide_as_asked_and_cuts_no_name_of_a_line(size):
    names = ("RAD", "Optimal selection", "RAD's label model alone")
    lines = tuple(Line(name, X, X) for name in names)
    drawing = svg(Curves("T", lines), size=size)
    root = ET.fromstring(drawing)
    assert int(root.get("width")) == size.width and root.get("font-size") == "12.5"
    assert set(names) <= {text for _, text in texts_of(drawing)}
    ends = {text: x + 7 * len(text) for x, text in texts_of(drawing) if text in names}
    assert max(ends.values()) <= size.width + 2
    assert int(root.get("height")) >= size.height


def test_names_of_bars_that_have_no_room_are_turned_and_whole():
    names = ("kept, label right", "dropped, label wrong", "asked", "relabelled wrongly")
    drawing = svg(Bars("T", names, np.arange(4.0), x_label="outcome"))
    assert set(names) <= {text for _, text in texts_of(drawing)}
    assert drawing.count("rotate(-50)") == 4 and drawing.count(">outcome<") == 1
    assert "rotate(-50)" not in svg(Bars("T", ("a", "b"), np.arange(2.0)))


def test_numbers_above_many_columns_do_not_lie_on_each_other():
    steps = tuple(str(step) for step in range(1000, 1040))
    map_ = HeatMap("T", np.zeros((2, 40)), ("a", "b"), steps)
    above = sorted((x, text) for x, text in texts_of(svg(map_)) if text in steps)
    assert len(above) >= 5
    assert all(b - a >= 7 * 4 for (a, _), (b, _) in zip(above, above[1:], strict=False))
