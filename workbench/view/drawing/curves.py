"""Curves: lines, bands and markers over one axis, in Bokeh."""

import numpy as np
from bokeh.models import (
    CDSView,
    ColumnDataSource,
    GlyphRenderer,
    Grid,
    HoverTool,
    LinearScale,
    LogScale,
    Plot,
    VArea,
)
from bokeh.models import Line as LineGlyph
from bokeh.models import Scatter as Points

from workbench.core.pictures import Curves
from workbench.view.drawing.axes import (
    Span,
    bare_plot,
    drawable,
    log_ticks,
    number_axis,
    paint_axes,
    short,
)
from workbench.view.drawing.legend import dot, legend, stroke
from workbench.view.drawing.theme import DASHES, MARKERS, Theme


class CurveArt:
    """Lines over one axis: solid with markers, or dashed where they are a reference."""

    def __init__(self, picture: Curves):
        self.source = ColumnDataSource(_curve_columns(picture, None))
        view = CDSView()
        self.x = Span(picture.log_x, air=0.03)
        self.y = Span(picture.log_y)
        self.spans = [self.x, self.y]

        def renderer(glyph, line):
            name = short(line.name, 34)
            return GlyphRenderer(data_source=self.source, glyph=glyph, view=view, name=name)

        self.parts = [
            [renderer(glyph, line) for glyph in _line_glyphs(i, line, picture.lines[:i])]
            for i, line in enumerate(picture.lines)
        ]
        self.model = self._plot(picture)
        self.model.add_tools(self._hover(picture.x_label))
        self.names = [line.name for line in picture.lines]
        self.legend = ""

    def _plot(self, picture: Curves) -> Plot:
        left = number_axis(picture.y_label, picture.log_y)
        return bare_plot(
            self.x.range,
            self.y.range,
            sum(self.parts, []),
            {"below": number_axis(picture.x_label, picture.log_x), "left": left},
            x_scale=LogScale() if picture.log_x else LinearScale(),
            y_scale=LogScale() if picture.log_y else LinearScale(),
            center=[Grid(axis=left, dimension=1)],
        )

    def _hover(self, x_label: str) -> HoverTool:
        tips = [
            ("line", "$name"),
            (x_label or "x", "$snap_x{%.5g}"),
            ("value", "$snap_y{%.4g}"),
        ]
        shown = [r for part in self.parts for r in part if not isinstance(r.glyph, VArea)]
        printf = {"$snap_x": "printf", "$snap_y": "printf"}
        return HoverTool(renderers=shown, tooltips=tips, formatters=printf)

    def paint(self, theme: Theme):
        paint_axes(self.model, theme)
        for i, part in enumerate(self.parts):
            for renderer in part:
                _paint_line(renderer.glyph, theme.lines[i % len(theme.lines)])
        if len(self.parts) > 1:
            self.legend = legend(zip(map(_sample, self.parts), self.names, strict=True))

    def patch(self, picture: Curves, x_end: float | None):
        self.source.data = _curve_columns(picture, x_end)
        xs = [line.x for line in picture.lines]
        if x_end is not None and not picture.log_x:
            self.x.air = 0
            xs.append(np.array([0.0, 1.02 * x_end]))
        elif not picture.log_x and any(len(x) and 0 <= x.min() < x.max() / 3 for x in xs):
            xs.append(np.zeros(1))
        self.x.cover(*xs)
        edges = [(line.y, line.low, line.high) for line in picture.lines]
        self.y.cover(*(y for edge in edges for y in edge if y is not None))
        for axis, span in ((self.model.below[0], self.x), (self.model.left[0], self.y)):
            if span.log and span.low < span.high:
                ticks, names = log_ticks(span.low, span.high)
                if ticks != axis.ticker.ticks:
                    axis.ticker.ticks = ticks
                    axis.major_label_overrides = names


def _line_glyphs(i: int, line, before):
    """The band, the line and its markers: a second sign beside colour for each line."""
    marker = MARKERS[i % len(MARKERS)]
    glyphs = []
    if line.low is not None:
        glyphs.append(VArea(x=f"bx{i}", y1=f"low{i}", y2=f"high{i}", fill_alpha=0.2))
    if line.style == "dots":
        return [*glyphs, Points(x=f"x{i}", y=f"y{i}", marker=marker, size=7)]
    dashed = line.style == "dashed"
    earlier = sum(each.style == "dashed" for each in before)
    dash = DASHES[earlier % len(DASHES)] if dashed else []
    glyphs.append(LineGlyph(x=f"x{i}", y=f"y{i}", line_width=2, line_dash=dash, line_join="round"))
    return glyphs if dashed else [*glyphs, Points(x=f"x{i}", y=f"m{i}", marker=marker, size=8)]


def _paint_line(glyph, colour: str):
    if not isinstance(glyph, VArea):
        glyph.line_color = colour
    if not isinstance(glyph, LineGlyph):
        glyph.fill_color = colour


def _sample(part: list[GlyphRenderer]) -> str:
    """How a line looks, for the legend."""
    glyphs = [renderer.glyph for renderer in part]
    marker = next((glyph.marker for glyph in glyphs if isinstance(glyph, Points)), None)
    for glyph in glyphs:
        if isinstance(glyph, LineGlyph):
            return stroke(glyph.line_color, glyph.line_dash, marker)
    return dot(glyphs[-1].line_color, marker)


def _curve_columns(picture: Curves, x_end: float | None) -> dict[str, np.ndarray]:
    """Every line's numbers side by side; the shorter ones are filled up with NaN."""
    columns = {}
    for i, line in enumerate(picture.lines):
        x, y = drawable(line.x, picture.log_x), drawable(line.y, picture.log_y)
        columns |= {f"x{i}": x, f"y{i}": y}
        if line.style == "solid":
            columns[f"m{i}"] = np.where(_marked(x, y, i, x_end, picture.log_x), y, np.nan)
        if line.low is not None:
            low, high = drawable(line.low, picture.log_y), drawable(line.high, picture.log_y)
            finite = np.isfinite(x + low + high)
            band = {"bx": x, "low": low, "high": high}
            columns |= {f"{name}{i}": edge[finite] for name, edge in band.items()}
    length = max([1, *map(len, columns.values())])
    return {name: _padded(c, length, name[0] in "blh") for name, c in columns.items()}


def _padded(column: np.ndarray, length: int, repeat: bool) -> np.ndarray:
    """An area must not meet a NaN: it repeats its last edge instead."""
    last = column[-1] if repeat and len(column) else np.nan
    return np.append(column, np.full(length - len(column), last))


def _marked(x, y, i: int, x_end: float | None, log: bool) -> np.ndarray:
    """Where line i carries a marker: eight places or so that stay put while the line grows."""
    at = np.log10(x) if log else x
    good = np.flatnonzero(np.isfinite(at) & np.isfinite(y))
    marked = np.zeros(len(x), bool)
    if not len(good):
        return marked
    end = np.log10(x_end) if log and x_end else x_end
    reach = (at[good].max() if end is None else end) - (at[good].min() if log else 0)
    place = np.floor(8 * at[good] / (reach or 1) + 0.3 * i)
    marked[good[np.flatnonzero(np.diff(place)) + 1]] = True
    marked[good[-1]] |= not marked.any()
    return marked
