"""Scatters: points in groups, and where each group is, in Bokeh."""

import numpy as np
from bokeh.models import (
    CategoricalColorMapper,
    CategoricalMarkerMapper,
    Column,
    ColumnDataSource,
    GlyphRenderer,
    Grid,
    HoverTool,
    MultiLine,
    Plot,
    Text,
)
from bokeh.models import Scatter as Points

from workbench.core.pictures import Scatter
from workbench.core.quantity import is_bounded, is_share
from workbench.view.drawing.axes import (
    HEIGHTS,
    LARGE,
    LETTER_WIDTH,
    NO_RESIDUE,
    SHORT_LETTERS,
    SMALL,
    bare_plot,
    number_axis,
    paint_axes,
    plain,
)
from workbench.view.drawing.columns import put, put_some
from workbench.view.drawing.field import FieldArt
from workbench.view.drawing.legend import dot, legend
from workbench.view.drawing.point_names import LEAST_FRAME, PointNames, move_apart
from workbench.view.drawing.spans import Span, equalise
from workbench.view.drawing.theme import MARKERS, Theme
from workbench.view.drawing.ticks import Ticks

SHAPE = 0.8  # height of a frame with equal scales, as a share of its width
BORDER_LEFT, BORDER_BOTTOM = 78, 50  # pixels, enough for -0.005 and the name of an axis
WIDEST_FRAME = 420  # pixels
FRAMES = {LARGE: 480, SMALL: 230}  # the widest of other sizes


class ScatterArt:
    """Points, a colour and a marker for each group, and the group's name at its centre.

    With equal scales the plot has a fixed shape, and lies in a column that gives it its size.
    """

    def __init__(self, picture: Scatter):
        self.equal = picture.equal
        self.names = _group_names(picture)
        self.source = ColumnDataSource({name: [] for name in ("x", "y", "group")})
        self.centres = ColumnDataSource({name: [] for name in ("x", "y", "group", "name")})
        air = 0.0 if picture.field else 0.12  # a field ends with the axes
        self.x = Span(floor=False, air=air, bounded=is_bounded(picture.x_label))
        self.y = Span(floor=False, air=air, bounded=is_bounded(picture.y_label))
        self.spans = [self.x, self.y]
        self.legend = ""
        self.group = None
        self.outline = None
        self.field = FieldArt() if picture.field else None
        self.points = GlyphRenderer(data_source=self.source, glyph=self._glyph())
        self.axes = [number_axis(picture.x_label), number_axis(picture.y_label)]
        self.ticks = [
            Ticks(axis, span, is_share(label))
            for axis, span, label in zip(
                self.axes, self.spans, (picture.x_label, picture.y_label), strict=True
            )
        ]
        self.plot = self.model = bare_plot(
            self.x.range,
            self.y.range,
            [*([self.field.renderer] if self.field else []), self.points],
            dict(zip(("below", "left"), self.axes, strict=True)),
            center=[Grid(axis=axis, dimension=i) for i, axis in enumerate(self.axes)],
            height=310,
            max_width=560,
        )
        if picture.outlines:  # the axes follow the points: a component may reach far beyond
            self.outlines = ColumnDataSource({"xs": [], "ys": []})
            self.outline = MultiLine(xs="xs", ys="ys", line_width=1.6, line_alpha=0.9)
            self.plot.renderers.append(GlyphRenderer(data_source=self.outlines, glyph=self.outline))
        self.names_beside = PointNames(self.plot) if picture.names else None
        self._name_groups()
        if self.equal:
            self.model = _of_fixed_shape(self.plot)

    def _glyph(self) -> Points:
        """Colour and marker are looked up by the browser: only names travel, when they change."""
        factors = list(map(str, range(len(self.names)))) or [""]
        markers = [MARKERS[(i + i // 10) % 10] for i in range(len(factors))]
        shapes = CategoricalMarkerMapper(factors=factors, markers=markers)
        self.colours = CategoricalColorMapper(factors=factors, palette=["#000000"] * len(factors))
        self.colour = {"field": "group", "transform": self.colours}
        return Points(
            x="x",
            y="y",
            marker={"field": "group", "transform": shapes},
            size=6,
            fill_color=self.colour,
            line_color=self.colour,
            fill_alpha=0.55,
            line_alpha=0.8,
        )

    def _name_groups(self):
        if not self.names:
            return
        self.text = _centre_text(self.colour)
        tips = [("group", "@name"), ("at", "@x{0.00}, @y{0.00}")]
        self.plot.add_tools(HoverTool(renderers=[self.points], tooltips=tips))
        if max(map(len, self.names)) <= SHORT_LETTERS:  # longer ones would hide the points
            self.plot.renderers.append(GlyphRenderer(data_source=self.centres, glyph=self.text))

    def resize(self, size: str):
        """Makes it LARGE or SMALL."""
        if self.equal:
            self.plot.stylesheets = [NO_RESIDUE, _shaped(FRAMES[size])]
        else:
            self.plot.update(height=HEIGHTS[size], max_width=900)

    def paint(self, theme: Theme):
        paint_axes(self.plot, theme)
        palette = theme.classes if self.names else theme.lines
        self.colours.palette = [palette[i % len(palette)] for i in range(len(self.names) or 1)]
        if self.names:
            self.text.update(text_color=theme.text, background_fill_color=theme.page)
        if self.outline:
            self.outline.line_color = theme.text
        if self.field:
            self.field.paint(theme)
        if self.names_beside:
            self.names_beside.paint(theme)
        self._make_legend()

    def patch(self, picture: Scatter, x_end: float | None):
        xy = np.asarray(picture.xy, float).reshape(-1, 2)
        x, y = np.where(np.isfinite(xy), xy, np.nan).T
        group = picture.group if self.names else np.zeros(len(x))
        group = np.asarray(group, int)
        if self.group is not None and np.array_equal(group, self.group):
            put_some(self.source, {"x": x, "y": y})
        else:
            self._regroup(x, y, group)
        for axis, label in zip(self.axes, (picture.x_label, picture.y_label), strict=True):
            if axis.axis_label != (plain(label) or None):  # which latents are shown may change
                axis.axis_label = plain(label) or None
        if self.outline:
            across, up = zip(*(line.T for line in picture.outlines), strict=True)
            put(self.outlines, {"xs": list(across), "ys": list(up)})
        if self.field and picture.field:
            self.field.patch(picture.field)
        for span, reach in zip(self.spans, np.asarray(picture.reach, float).T, strict=True):
            span.cover(reach, show=not self.equal)
        if self.equal:
            equalise(self.x, self.y, SHAPE)
        for ticks in self.ticks:
            ticks.follow()
        if self.names:
            self._centre(x, y, group)
        if self.names_beside:
            self.names_beside.patch(picture, self.x.range, self.y.range)

    def _regroup(self, x, y, group):
        self.group = group
        factors = np.array(self.colours.factors, object)
        columns = {"x": x, "y": y, "group": list(factors[group])}
        if self.names:
            columns["name"] = list(np.array(self.names, object)[group])
        put(self.source, columns)
        self._make_legend()

    def _make_legend(self):
        """Names the groups that are shown in a legend, where the plot has no room for names."""
        if not self.names or max(map(len, self.names)) <= SHORT_LETTERS or self.group is None:
            return
        self.legend = legend(
            (dot(self.colours.palette[i], MARKERS[(i + i // 10) % 10]), self.names[i])
            for i in np.unique(self.group)
        )

    def _centre(self, x, y, group):
        good = np.isfinite(x + y)
        count = np.bincount(group[good], minlength=len(self.names))
        with np.errstate(invalid="ignore"):
            x, y = (np.bincount(group[good], v[good], len(self.names)) / count for v in (x, y))
        names = list(map(plain, self.names))
        if max(map(len, self.names)) <= SHORT_LETTERS:
            x, y = self._spread(x, y)
        put(self.centres, {"x": x, "y": y, "group": self.colours.factors, "name": names})

    def _spread(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The places of the names, moved until no two of them overlap on a small screen."""
        across, up = self.x.range, self.y.range
        ends = np.array([[across.start, up.start], [across.end, up.end]])
        scale = (ends[1] - ends[0]) / np.array(LEAST_FRAME)
        box = np.array([LETTER_WIDTH * 1.2 * max(map(len, self.names)) + 10, 24.0])
        places = move_apart((np.stack([x, y], 1) - ends[0]) / scale, box, np.array(LEAST_FRAME))
        x, y = (ends[0] + places * scale).T
        return x, y


def _of_fixed_shape(plot: Plot) -> Column:
    """The plot in a column that gives it its size, so that its frame has the shape SHAPE.

    Bokeh can fix the shape of a plot but not that of its frame.
    """
    plot.update(min_border_left=BORDER_LEFT, min_border_bottom=BORDER_BOTTOM)
    plot.update(min_border_top=6, min_border_right=14)
    plot.left[0].axis_label_standoff = 0
    plot.update(sizing_mode=None, width=None, height=None, min_width=None, max_width=None)
    plot.stylesheets = [NO_RESIDUE, _shaped(WIDEST_FRAME)]
    box = ":host { container-type: inline-size; }"
    return Column(children=[plot], sizing_mode="stretch_width", stylesheets=[box])


def _shaped(widest: int) -> str:
    """The size of a plot as CSS: a frame of the shape SHAPE, at most `widest` pixels wide."""
    left, low = BORDER_LEFT + 14, BORDER_BOTTOM + 6
    wide = f"min(100cqw - {left}px, {widest}px)"
    return (
        f":host {{ width: calc({left}px + {wide}) !important;"
        f" height: calc({low}px + {SHAPE} * {wide}) !important; }}"
    )


def _group_names(picture: Scatter) -> tuple[str, ...]:
    if picture.groups or picture.group is None or not len(picture.group):
        return picture.groups
    return tuple(map(str, range(int(np.max(picture.group)) + 1)))


def _centre_text(colour) -> Text:
    return Text(
        x="x",
        y="y",
        text="name",
        text_align="center",
        text_baseline="middle",
        text_font_size="14px",
        text_font_style="bold",
        border_line_color=colour,
        padding=3,
        border_radius=5,
        background_fill_alpha=0.82,
        border_line_width=1.5,
    )
