"""Scatters: points in groups, and where each group is, in Bokeh."""

import numpy as np
from bokeh.models import (
    CategoricalColorMapper,
    CategoricalMarkerMapper,
    ColumnDataSource,
    GlyphRenderer,
    Grid,
    HoverTool,
    MultiLine,
    Text,
)
from bokeh.models import Scatter as Points

from workbench.core.pictures import Scatter
from workbench.view.drawing.axes import (
    SHORT_LETTERS,
    Span,
    bare_plot,
    number_axis,
    paint_axes,
    plain,
)
from workbench.view.drawing.legend import dot, legend
from workbench.view.drawing.theme import MARKERS, Theme


class ScatterArt:
    """Points, a colour and a marker for each group, and the group's name at its centre."""

    def __init__(self, picture: Scatter):
        self.names = _group_names(picture)
        self.source = ColumnDataSource({name: [] for name in ("x", "y", "group")})
        self.centres = ColumnDataSource({name: [] for name in ("x", "y", "group", "name")})
        self.x = Span(floor=False, air=0.12)
        self.y = Span(floor=False, air=0.12)
        self.spans = [self.x, self.y]
        self.legend = ""
        self.group = None
        self.outline = None
        self.points = GlyphRenderer(data_source=self.source, glyph=self._glyph())
        self.axes = [number_axis(picture.x_label), number_axis(picture.y_label)]
        self.model = bare_plot(
            self.x.range,
            self.y.range,
            [self.points],
            dict(zip(("below", "left"), self.axes, strict=True)),
            center=[Grid(axis=axis, dimension=i) for i, axis in enumerate(self.axes)],
            height=310,
            max_width=560,
        )
        if picture.outlines:  # the axes follow the points: a component may reach far beyond
            self.outlines = ColumnDataSource({"xs": [], "ys": []})
            self.outline = MultiLine(xs="xs", ys="ys", line_width=1.6, line_alpha=0.9)
            self.model.renderers.append(
                GlyphRenderer(data_source=self.outlines, glyph=self.outline)
            )
        self._name_groups()

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
        self.model.add_tools(HoverTool(renderers=[self.points], tooltips=tips))
        if max(map(len, self.names)) <= SHORT_LETTERS:  # longer ones would hide the points
            self.model.renderers.append(GlyphRenderer(data_source=self.centres, glyph=self.text))

    def paint(self, theme: Theme):
        paint_axes(self.model, theme)
        palette = theme.classes if self.names else theme.lines
        self.colours.palette = [palette[i % len(palette)] for i in range(len(self.names) or 1)]
        if self.names:
            self.text.update(text_color=theme.text, background_fill_color=theme.page)
        if self.outline:
            self.outline.line_color = theme.text
        self._make_legend()

    def patch(self, picture: Scatter, x_end: float | None):
        xy = np.asarray(picture.xy, float).reshape(-1, 2)
        x, y = np.where(np.isfinite(xy), xy, np.nan).T
        group = picture.group if self.names else np.zeros(len(x))
        group = np.asarray(group, int)
        if self.group is not None and np.array_equal(group, self.group):
            self.source.data.update(x=x, y=y)
        else:
            self._regroup(x, y, group)
        if self.names:
            self._centre(x, y, group)
        for axis, label in zip(self.axes, (picture.x_label, picture.y_label), strict=True):
            if axis.axis_label != (plain(label) or None):  # which latents are shown may change
                axis.axis_label = plain(label) or None
        if self.outline:
            across, up = zip(*(line.T for line in picture.outlines), strict=True)
            self.outlines.data = {"xs": list(across), "ys": list(up)}
        self.x.cover(x)
        self.y.cover(y)

    def _regroup(self, x, y, group):
        self.group = group
        factors = np.array(self.colours.factors, object)
        columns = {"x": x, "y": y, "group": list(factors[group])}
        if self.names:
            columns["name"] = list(np.array(self.names, object)[group])
        self.source.data = columns
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
        self.centres.data = {"x": x, "y": y, "group": self.colours.factors, "name": names}


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
