"""Drawings are built once and patched, their axes do not jump, and nothing in them is HTML."""

import math
import re

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent, ModelChangedEvent
from bokeh.model import Model
from bokeh.models import Axis, Column, Div, LinearColorMapper, Range1d
from bokeh.models import Scatter as Points
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.core.palette import CLASS10, DARK, LIGHT, LINE8, TINTS, contrast, visible
from workbench.core.pictures import Bars, Curves, Field, HeatMap, Images, Line, Scatter, Table
from workbench.results.svg.still import still
from workbench.view.drawing.drawing import ARTS, draw
from workbench.view.drawing.legend import dot
from workbench.view.drawing.spans import Span
from workbench.view.drawing.theme import MARKERS
from workbench.view.drawing.ticks import log_ticks
from workbench.view.page.cards import columns_taken

BAD = '<img src=x onerror="alert(1)">'


def picture_of(kind: str, seed: int = 0, n: int = 12, name: str = "loss"):
    rng = np.random.default_rng(seed)
    x, y = np.arange(1.0, n + 1), 0.9 * rng.random(n) + 0.1
    if kind == "curves":
        band = Line(name, x, y, low=y - 0.05, high=y + 0.05)
        return Curves(
            "T", (band, Line("PCA", x, y + 1, "dashed"), Line("b", x[:-1], y[1:], "dots"))
        )
    if kind == "scatter":
        return Scatter("T", rng.random((n, 2)), np.arange(n) % 3, (name, "1", "2"), "a", "b")
    if kind == "images":
        return Images("T", rng.random((2, 3, 4, 5)), (name, "out"), ("0", "1", "2"))
    if kind == "bars":
        return Bars("T", (name, "b", "c"), y[:3], "model", "accuracy")
    if kind == "heat map":
        return HeatMap("T", rng.random((2, 3)), (name, "b"), ("0", "1", "2"), "x", "y", "nats")
    return Table("T", ("method", "ACC"), ((name, float(y[0])), ("b", 3)))


KINDS = ["curves", "scatter", "images", "bars", "heat map", "table"]


def ids(model) -> set[str]:
    return {each.id for each in model.references()}


def changes(model, act) -> list:
    """The document's events while `act` runs."""
    document, events = Document(), []
    document.add_root(model)
    document.on_change(events.append)
    act()
    return events


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_patches_data_and_ranges_and_makes_no_model(kind):
    drawing = draw(picture_of(kind), x_end=40)
    before = ids(drawing.model)
    later = [picture_of(kind, seed, n=12 + seed) for seed in range(1, 5)]
    events = changes(drawing.model, lambda: [drawing.update(picture) for picture in later])
    assert ids(drawing.model) == before
    assert events
    for event in events:
        data = isinstance(event, ColumnDataChangedEvent) or event.attr == "data"
        ranges = isinstance(event, ModelChangedEvent) and isinstance(
            event.model, Range1d | LinearColorMapper
        )
        text = kind == "table" and isinstance(event.model, Div) and event.attr == "text"
        assert data or ranges or text, event


@pytest.mark.parametrize("kind", KINDS)
def test_the_model_is_built_when_asked_for_and_only_once(kind, monkeypatch):
    art, built = ARTS[type(picture_of(kind))], []
    monkeypatch.setitem(ARTS, type(picture_of(kind)), lambda p: built.append(p) or art(p))
    drawing = draw(picture_of(kind))
    drawing.update(picture_of(kind, 1))
    drawing.restyle(dark=True)
    drawing.fade()
    drawing.reset()
    assert not built
    assert drawing.model is drawing.model
    drawing.update(picture_of(kind, 2))
    assert len(built) == 1


def test_fits_tells_structure_from_data():
    for kind in KINDS:
        drawing = draw(picture_of(kind))
        assert drawing.fits(picture_of(kind, 1, n=20))
        assert [other for other in KINDS if drawing.fits(picture_of(other))] == [kind]
    curves = picture_of("curves")
    assert not draw(curves).fits(Curves("T", curves.lines[:2]))
    assert not draw(curves).fits(Curves("T", curves.lines, log_y=True))
    assert not draw(curves).fits(picture_of("curves", name="another"))
    coloured = np.zeros((2, 3, 4, 5, 3), np.uint8)
    assert not draw(picture_of("images")).fits(Images("T", coloured[..., 0], colours=coloured))
    assert not draw(picture_of("heat map")).fits(HeatMap("T", np.eye(2), ("a", "b"), ("0", "1")))
    large = np.zeros((2, 13)), ("a", "b"), tuple(map(str, range(13))), "x", "y", "nats"
    assert not draw(picture_of("heat map")).fits(HeatMap("T", *large))  # no room for numbers


LONG = tuple(f"a rather long name {i}" for i in range(14))
RESIZED = {
    "bars": (
        Bars("T", LONG, np.arange(14.0), "model", "accuracy"),
        Bars("T", ("a",), np.ones(1), "model", "accuracy"),
    ),
    "images": (
        Images("T", np.zeros((1, 14, 8, 8)), ("one",), LONG),
        Images("T", np.zeros((6, 2, 3, 3)), tuple("abcdef"), ("x", "y")),
        Images("T", np.zeros((1, 2, 3, 3))),
    ),
    "heat map": (
        HeatMap("T", np.ones((10, 4)), LONG[:10], tuple("abcd"), "x", "y", "nats"),
        HeatMap("T", np.ones((1, 8)), ("a",), LONG[:8], "x", "y", "nats"),
    ),
}


def looks(model, seen=None):
    """Everything that decides how a model looks, without its id."""
    if not isinstance(model, Model):
        arrays = isinstance(model, np.ndarray)
        return (
            model.tolist()
            if arrays
            else (
                [looks(each, seen) for each in model]
                if isinstance(model, list | tuple)
                else {key: looks(each, seen) for key, each in model.items()}
                if isinstance(model, dict)
                else str(model)
            )
        )
    seen = seen or set()
    if model.id in seen:
        return type(model).__name__
    values = model.properties_with_values(include_defaults=True)
    return type(model).__name__, looks(values, seen | {model.id})


@pytest.mark.parametrize("kind", RESIZED)
def test_more_or_fewer_names_fit_in_place_and_look_as_if_drawn_anew(kind):
    drawing = draw(picture_of(kind))
    before = ids(drawing.model)
    for picture in (*RESIZED[kind], picture_of(kind)):
        assert drawing.fits(picture)
        drawing.reset()
        drawing.update(picture)
        assert looks(drawing.model) == looks(draw(picture).model)
    assert len(ids(drawing.model) - before) <= 4  # how labels are thinned out, and no more


numbers = st.floats(-1e12, 1e12) | st.floats(1e-300, 1e-6) | st.sampled_from([0, np.nan, np.inf])
some = arrays(float, st.integers(0, 8), elements=numbers)


@pytest.fixture(scope="module")
def growing():
    """A drawing with a linear and one with a logarithmic y axis."""
    empty = (Line("a", np.zeros(0), np.zeros(0)),)
    return {log: draw(Curves("T", empty, log_y=log)) for log in (False, True)}


@given(st.lists(some, min_size=1, max_size=6), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_y_range_holds_all_finite_data_and_never_shrinks(growing, series, log):
    drawing = growing[log]
    drawing.reset()
    shown, last = drawing.model.y_range, None
    for i, y in enumerate(series):
        drawing.update(Curves("T", (Line("a", np.arange(len(y)), y),), log_y=log))
        seen = np.concatenate(series[: i + 1])
        seen = seen[np.isfinite(seen) & ((seen >= 1e-300) | (not log))]
        assert np.isfinite([shown.start, shown.end]).all() and shown.start < shown.end
        assert not log or shown.start > 0
        if len(seen):
            assert shown.start <= seen.min() and seen.max() <= shown.end
            assert last is None or (shown.start <= last[0] and shown.end >= last[1])
            last = shown.start, shown.end


def test_small_changes_leave_the_axis_alone_and_a_new_run_resets_it():
    span = Span()
    span.cover([0.0, 100.0])
    assert (span.range.start, span.range.end) == (0, 108)
    span.cover([103.0])
    assert span.range.end == 108
    span.cover([109.0])
    assert span.range.end > 115
    drawing = draw(Curves("T", (Line("a", np.arange(2), np.array([0.0, 500.0])),)))
    assert drawing.model.y_range.end > 500
    drawing.update(Curves("T", (Line("a", np.arange(2), np.array([0.0, 1.0])),)))
    assert drawing.model.y_range.end > 500
    drawing.reset()
    drawing.update(Curves("T", (Line("a", np.arange(2), np.array([0.0, 1.0])),)))
    assert drawing.model.y_range.end < 2


def test_the_x_axis_spans_all_steps_from_the_first_frame_on():
    drawing = draw(picture_of("curves"), x_end=3000)
    first = drawing.model.x_range.start, drawing.model.x_range.end
    assert first[0] == 0 and 3000 <= first[1] < 3100
    drawing.update(picture_of("curves", n=400))
    assert first == (drawing.model.x_range.start, drawing.model.x_range.end)


def test_nan_and_empty_pictures_draw():
    gap = np.array([1.0, np.nan, np.inf, 2.0])
    drawing = draw(Curves("T", (Line("a", np.arange(4), gap, low=gap, high=gap),)))
    column = drawing.model.renderers[0].data_source.data
    assert np.isnan(column["y0"][1:3]).all() and column["y0"][3] == 2
    assert np.isfinite(column["low0"]).all(), "an area with a NaN is not drawn"
    assert 2 <= drawing.model.y_range.end < 3
    draw(Curves("T", ())).model  # noqa: B018
    empty = draw(Scatter("T", np.zeros((0, 2)), np.zeros(0, int), ("a", "b")))
    assert isinstance(empty.model.x_range, Range1d)
    empty.update(Scatter("T", np.array([[np.nan, 1], [2, 3]]), np.array([0, 1]), ("a", "b")))
    assert (empty.model.x_range.start, empty.model.x_range.end) != (0, 1)
    bars = draw(Bars("T", ("a", "b"), np.array([np.nan, 1.0])))
    assert bars.model.renderers[0].data_source.data["text"][0] == ""
    alone = draw(Scatter("T", np.zeros((1, 2)))).model.x_range
    assert alone.start < 0 < alone.end
    draw(HeatMap("T", np.array([[np.nan, 1.0]]), ("a",), ("b", "c"))).model  # noqa: B018


def test_no_range_is_left_to_the_browser():
    """Bokeh warns "could not set initial ranges" when an automatic range finds no data."""
    for kind in KINDS[:-1]:
        model = draw(picture_of(kind)).model
        plot = model.children[0] if isinstance(model, Column) else model
        assert isinstance(plot.x_range, Range1d) and isinstance(plot.y_range, Range1d)


def test_the_first_tile_is_top_left_and_pixels_are_square():
    tiles = np.zeros((2, 3, 4, 5))
    tiles[0, 0, 0, 0] = 1.0  # the top left corner of the whole mosaic
    drawing = draw(Images("T", tiles, ("in", "out"), ("a", "b", "c")))
    plot = drawing.model.children[0]
    glyph, data = plot.renderers[0].glyph, plot.renderers[0].data_source.data
    image = data["image"][0]
    assert image.dtype == np.uint8 and image.shape == (9, 17)
    assert image[0, 0] == 255 and not image[1:4, :5].any() and not image[0, 1:5].any()
    # Bokeh puts row 0 at y = 0, and this axis runs downwards: y = 0 is the upper edge.
    assert (glyph.y, glyph.dh, glyph.origin) == (0, 9, "bottom_left")
    assert (plot.y_range.start, plot.y_range.end) == (9, 0)
    assert (plot.x_range.start, plot.x_range.end) == (0, 17)
    assert (glyph.color_mapper.low, glyph.color_mapper.high) == (0, 255)
    assert glyph.color_mapper.palette[0] == "#000000"
    assert glyph.color_mapper.palette[-1] == "#ffffff"
    width, height = re.search(
        r"width: calc\((.*?)\) !.*?height: calc\((.*?)\) !", plot.stylesheets[1]
    ).groups()
    assert width.split(" + 17 * ")[1] == height.split(" + 9 * ")[1], "the same scale both ways"


def test_row_labels_stand_beside_their_rows():
    drawing = draw(Images("T", np.zeros((2, 1, 4, 5)), ("in", "out")))
    left = drawing.model.children[0].left[0]
    assert left.major_label_overrides == {2.0: "in", 7.0: "out"}
    drawing.update(Images("T", np.zeros((2, 1, 4, 5)), ("in", "reconstruction")))
    assert left.major_label_overrides[7.0] == "reconstruction"


def test_a_field_lies_behind_the_points_and_follows_them_in_place():
    def picture(values, x=0.5):
        field = Field("D(x)", np.array(values), -2, 2, -1, 1)
        return Scatter("T", np.full((2, 2), x), np.arange(2), ("real", "forged"), field=field)

    drawing = draw(picture([[0.0, 1.0]]))
    image, points = (each.glyph for each in drawing.model.renderers[:2])
    assert (image.x, image.y, image.dw, image.dh) == (-2, -1, 4, 2)
    assert isinstance(points, Points)
    source = drawing.model.renderers[0].data_source
    assert source.data["image"][0].tolist() == [[0, TINTS - 1]]
    palette = image.color_mapper.palette
    assert palette[0][:7] == LIGHT.classes[1] and palette[-1][:7] == LIGHT.classes[0]
    assert palette[TINTS // 2].endswith("00")  # the middle is clear
    before, ends = ids(drawing.model), (drawing.model.x_range.start, drawing.model.x_range.end)
    drawing.update(picture([[0.5, 0.5]], x=90.0))  # a point far outside moves no axis
    assert (
        source.data["image"][0].tolist() == [[TINTS // 2, TINTS // 2]]
        and ids(drawing.model) == before
    )
    assert (drawing.model.x_range.start, drawing.model.x_range.end) == ends
    assert not drawing.fits(Scatter("T", np.eye(2), np.arange(2), ("real", "forged")))


def test_scatter_sends_groups_only_when_they_change():
    groups, xy = np.arange(6) % 2, np.random.default_rng(0).random((6, 2))
    drawing = draw(Scatter("T", xy, groups, ("a", "b")))
    source = drawing.model.renderers[0].data_source
    events = changes(
        drawing.model, lambda: drawing.update(Scatter("T", xy + 1, groups, ("a", "b")))
    )
    moved = [e for e in events if getattr(e, "model", None) is source]
    assert [set(event.cols) for event in moved] == [{"x", "y"}]
    drawing.update(Scatter("T", xy, 1 - groups, ("a", "b")))
    assert source.data["group"] == ["1", "0"] * 3
    centres = drawing.model.renderers[1].data_source.data
    assert np.allclose(centres["x"], [xy[1::2, 0].mean(), xy[::2, 0].mean()])


def test_every_line_and_group_has_a_sign_beside_its_colour():
    x = np.arange(9.0)
    solid = [Line(f"s{i}", x, x + i) for i in range(6)]
    dashed = [Line(f"d{i}", x, x - i, "dashed") for i in range(3)]
    renderers = draw(Curves("T", (*solid, *dashed))).model.renderers
    markers = [str(r.glyph.marker) for r in renderers if hasattr(r.glyph, "marker")]
    dashes = [tuple(r.glyph.line_dash) for r in renderers if not hasattr(r.glyph, "marker")]
    assert len(set(markers)) == 6 and len(set(dashes)) == 4
    groups = tuple("0123456789")
    points = draw(Scatter("T", np.zeros((10, 2)), np.arange(10), groups)).model.renderers[0].glyph
    assert len(set(points.marker.transform.markers)) == 10


def test_markers_stay_where_they_are_while_a_line_grows():
    x = np.unique(np.round(3000 * (np.arange(1, 61) / 60) ** 2))

    def marked(n):
        drawing = draw(Curves("T", (Line("a", x[:n], x[:n]),)), x_end=3000)
        y = drawing.model.renderers[0].data_source.data["m0"]
        return set(y[np.isfinite(y)])

    assert marked(1) and len(marked(60)) <= 9
    assert marked(30) <= marked(45) <= marked(60)


def test_text_is_escaped_and_never_tex():
    table = draw(picture_of("table", name=BAD))
    table.update(Table(BAD, (BAD, BAD), ((BAD, 1.0), (BAD, BAD))))
    assert "<img" not in table.model.text and table.model.text.count("&lt;img") == 6
    assert table.model.disable_math
    images = draw(Images("T", np.zeros((1, 1, 4, 4)), ("$$x$$",), (r"\(x\)",)))
    plot = images.model.children[0]
    texts = [t for a in (plot.left[0], plot.above[0]) for t in a.major_label_overrides.values()]
    assert not any("$$" in text or r"\(" in text for text in texts)
    for kind in KINDS:
        drawn = still(picture_of(kind, name=BAD))
        assert BAD not in drawn and "<img src=x" not in drawn


def text_colours(plot) -> set[str]:
    axes = [side for side in (*plot.below, *plot.left, *plot.above)]
    return {axis.major_label_text_color for axis in axes if isinstance(axis, Axis)}


@pytest.mark.parametrize("kind", KINDS)
def test_restyle_changes_colours_in_place(kind):
    drawing = draw(picture_of(kind))
    plot, before = drawing.model, ids(drawing.model)
    plot = plot.children[0] if isinstance(plot, Column) else plot
    for dark in (False, True, False):
        drawing.restyle(dark)
        theme = DARK if dark else LIGHT
        if kind == "table":
            assert theme.text in drawing.model.stylesheets[0]
        else:
            assert text_colours(plot) <= {theme.text, theme.muted}
        if kind == "curves":
            assert plot.renderers[1].glyph.line_color == theme.lines[0]
            assert plot.renderers[0].glyph.fill_color == theme.lines[0]
    assert ids(drawing.model) == before
    assert draw(picture_of(kind), dark=True).model is not None


def test_fading_lasts_until_the_next_update():
    drawing = draw(picture_of("curves"))
    drawing.model  # noqa: B018
    drawing.fade()
    assert drawing.model.styles == {"opacity": "0.4"}
    drawing.update(picture_of("curves", 1))
    assert drawing.model.styles == {"opacity": "1.0"}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_and_lines_can_be_read(theme):
    for text in (theme.text, theme.muted):
        assert contrast(text, theme.page) >= 4.5
    for colour in (theme.border, *theme.lines, *theme.classes):
        assert contrast(colour, theme.page) >= 3
    assert len(set(theme.lines)) == len(LINE8) and len(set(theme.classes)) == 10
    assert len(CLASS10) == len(set(MARKERS)) == 10


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.00, abs=0.01)
    assert visible("#0072B2", "#ffffff") == "#0072b2"


def test_values_in_cells_can_be_read():
    values = np.linspace(0, 1, 12).reshape(1, -1)
    drawing = draw(HeatMap("T", values, ("a",), tuple("0123456789ab")))
    mapper = drawing.model.renderers[0].glyph.color_mapper
    inks = drawing.model.renderers[1].data_source.data["colour"]
    for value, ink in zip(values[0], inks, strict=True):
        cell = mapper.palette[int(255 * value / mapper.high)].lower()
        assert contrast(ink, cell) >= 4.5
    assert mapper.low == 0


# --- axes


@pytest.mark.parametrize(
    "low, high, ticks",
    [
        (0.006, 0.3, [0.01, 0.02, 0.05, 0.1, 0.2]),
        (0.9, 60, [1, 2, 5, 10, 20, 50]),
        (0.03, 0.045, [0.03, 0.035, 0.04, 0.045]),
        (1e-4, 0.2, [1e-4, 1e-3, 1e-2, 0.1]),
        (1e-9, 1e9, [1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9]),
    ],
)
def test_a_logarithmic_axis_has_ticks_all_along(low, high, ticks):
    found, names = log_ticks(math.log10(low) - 1e-9, math.log10(high) + 1e-9)
    assert found == pytest.approx(ticks)
    assert list(names.values()) == ([f"{t:g}" for t in ticks] if low > 1e-9 else [])


def test_the_ticks_follow_the_range_and_make_no_model():
    def curve(*y):
        return Curves("x", (Line("a", np.arange(1.0, 1 + len(y)), np.array(y)),), log_y=True)

    drawing = draw(curve(0.2, 0.01))
    ticker = drawing.model.left[0].ticker
    assert ticker.ticks == [0.01, 0.02, 0.05, 0.1, 0.2]
    drawing.update(curve(0.2, 0.01, 1e-4))
    assert drawing.model.left[0].ticker is ticker and ticker.ticks == [1e-4, 1e-3, 1e-2, 0.1]
    assert list(drawing.model.left[0].major_label_overrides.values())[:2] == ["0.0001", "0.001"]


def test_a_bar_that_grows_keeps_room_for_its_number():
    drawing = draw(Bars("x", ("a", "b"), np.array([0.86, 0.5])))
    for value in (0.86, 0.9, 0.93, 0.97, 0.98):
        drawing.update(Bars("x", ("a", "b"), np.array([value, 0.5])))
        assert drawing.model.y_range.end >= 1.09 * value


@pytest.mark.parametrize("log", [False, True])
def test_what_is_drawn_at_the_edge_is_not_cut(log):
    span, rng = Span(log, floor=False), np.random.default_rng(0)
    values = [1.0, 2.0]
    for _ in range(300):
        values.append(float(rng.uniform(min(values) / 1.01, max(values) * 1.01)))
        span.cover(np.array(values))
        ends = np.array([span.range.start, min(values), max(values), span.range.end])
        gaps = np.diff(np.log10(ends) if log else ends)
        assert gaps[[0, 2]].min() > 0.03 * gaps.sum()


# --- legends


def samples(drawing) -> list[tuple[str, str]]:
    """(sample, name) of every entry of the legend."""
    return re.findall(r"<span>(<svg.*?</svg>)(.*?)</span>", drawing.legend)


def test_a_legend_shows_every_line_as_it_is_drawn():
    drawing = draw(picture_of("curves", name=BAD))
    (mean, dashed, dots) = samples(drawing)
    assert [name for _, name in (mean, dashed, dots)] == [
        BAD.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"),
        "PCA",
        "b",
    ]
    assert "<path" in mean[0] and "<polygon" in mean[0] and "dasharray" not in mean[0]
    assert 'stroke-dasharray="7 4"' in dashed[0] and "<polygon" not in dashed[0]
    assert "<path" not in dots[0] and "<polygon" in dots[0]
    for i, (sample, _) in enumerate((mean, dashed, dots)):
        assert LIGHT.lines[i] in sample
    drawing.restyle(True)
    assert all(DARK.lines[i] in sample for i, (sample, _) in enumerate(samples(drawing)))
    one = Curves("T", picture_of("curves").lines[:1])
    assert draw(one).legend == "" and draw(picture_of("bars")).legend == ""


def test_a_legend_names_the_groups_that_are_there():
    def cloud(*group):
        names = ("chosen by doubt", "believed", "waiting")
        return Scatter("T", np.zeros((len(group), 2)), np.array(group), names)

    drawing = draw(cloud(0, 2))
    assert [name for _, name in samples(drawing)] == ["chosen by doubt", "waiting"]
    drawing.update(cloud(1, 1))
    assert [name for _, name in samples(drawing)] == ["believed"]
    assert draw(picture_of("scatter")).legend == ""  # short names stand among the points


@pytest.mark.parametrize("marker", MARKERS)
def test_every_marker_has_a_sample_inside_its_place(marker):
    sample = dot("#123456", marker)
    numbers = [float(n) for n in re.findall(r"-?[0-9]+\.[0-9]", sample.split(">", 1)[1])]
    assert len(numbers) >= 6 and min(numbers) >= 1 and max(numbers) <= 11


def test_a_wide_table_takes_two_columns_and_so_does_one_of_long_texts():
    narrow = Table("t", ("a", "b"), (("x" * 20, 1),))
    assert columns_taken(narrow) == columns_taken(Table("t", ("a",), ())) == 1
    assert columns_taken(Table("t", (), ())) == 1
    assert columns_taken(Table("t", tuple("abcdefgh"), ())) == 1  # many, and narrow
    assert columns_taken(Table("t", ("a",), (("x" * 70,),))) == 2
    names = "made by", "Frechet", "precision", "recall", "nearest", "classes"
    rows = (("a copier that adds noise", "0.03", "99 %", "99 %", "0.6", "10"),)
    assert columns_taken(Table("t", names, rows)) == 2  # 62 letters
    assert columns_taken(Table("t", names[:3], (rows[0][:3],))) == 1
