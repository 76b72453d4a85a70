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
from bokeh.models import Span as BokehSpan

from workbench.core.covered import covering
from workbench.core.pictures import Curves
from workbench.core.quantity import PERCENT, is_bounded, is_share
from workbench.view.drawing.axes import (
    HEIGHTS,
    bare_plot,
    drawable,
    number_axis,
    paint_axes,
    short,
    take_label,
)
from workbench.view.drawing.columns import put
from workbench.view.drawing.ghost import Ghost
from workbench.view.drawing.legend import dot, legend, stroke
from workbench.view.drawing.spans import Span
from workbench.view.drawing.theme import COVERING, DASHES, MARKERS, Theme
from workbench.view.drawing.ticks import Ticks

POINTS_MARKED = 20  # of a line that does not grow: every one of them


class CurveArt:
    """Lines over one axis: solid with markers, or dashed where they are a reference, or where they
    would hide an earlier line."""

    def __init__(self, picture: Curves):
        self.source = ColumnDataSource(_curve_columns(picture, None))
        view = CDSView()
        self.x = Span(picture.log_x, air=0.03, bounded=is_bounded(picture.x_label))
        self.y = Span(picture.log_y, bounded=is_bounded(picture.y_label, picture.y_unit))
        self.spans = [self.x, self.y]
        self.dashed: set[int] = set()
        self.place = None

        def renderer(glyph, line):
            name = short(line.name, 34)
            return GlyphRenderer(data_source=self.source, glyph=glyph, view=view, name=name)

        self.parts = [
            [renderer(glyph, line) for glyph in _line_glyphs(i, line, picture.lines[:i])]
            for i, line in enumerate(picture.lines)
        ]
        self.model = self._plot(picture)
        self.model.add_tools(self._hover(picture.x_label))
        self.ghost = Ghost(self.model)
        self.names = [line.name for line in picture.lines]
        self.legend = ""

    def _plot(self, picture: Curves) -> Plot:
        below = number_axis(picture.x_label, picture.log_x)
        left = number_axis(picture.y_label, picture.log_y)
        percent = picture.y_unit == PERCENT or is_share(picture.y_label)
        self.x_ticks = Ticks(below, self.x, is_share(picture.x_label))
        self.y_ticks = Ticks(left, self.y, percent)
        center: list = [Grid(axis=left, dimension=1)]
        if picture.place is not None:
            self.place = BokehSpan(dimension="height", location=0, line_width=2, line_alpha=0.7)
            center.append(self.place)
        return bare_plot(
            self.x.range,
            self.y.range,
            sum(self.parts, []),
            {"below": below, "left": left},
            x_scale=LogScale() if picture.log_x else LinearScale(),
            y_scale=LogScale() if picture.log_y else LinearScale(),
            center=center,
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

    def resize(self, size: str):
        """Makes it LARGE or SMALL."""
        self.model.height = HEIGHTS[size]
        self.y_label = take_label(self.model.left[0], size)

    def paint(self, theme: Theme):
        paint_axes(self.model, theme)
        self.ghost.paint(theme)
        if self.place is not None:
            self.place.line_color = theme.muted
        for i, part in enumerate(self.parts):
            for renderer in part:
                _paint_line(renderer.glyph, theme.lines[i % len(theme.lines)])
        self._make_legend()

    def _make_legend(self):
        before = self.ghost.sample
        self.legend = ""
        if len(self.parts) > 1 or before:
            self.legend = legend(zip(map(_sample, self.parts), self.names, strict=True), before)

    def haunt(self, picture: Curves | None, name: str):
        """Shows the lines of the run before in grey."""
        self.ghost.show(picture, name)
        self._make_legend()

    def _uncover(self, picture: Curves):
        """Dashes lines that would hide others; they stay so for the run, or they would flicker."""
        more = covering(picture) - self.dashed
        for i in more:
            for renderer in self.parts[i]:
                if isinstance(renderer.glyph, LineGlyph):
                    renderer.glyph.line_dash = COVERING
        if more:
            self.dashed |= more
            self._make_legend()

    def reset(self):
        """Another run: its lines may lie elsewhere."""
        for i in self.dashed:
            for renderer in self.parts[i]:
                if isinstance(renderer.glyph, LineGlyph):
                    renderer.glyph.line_dash = []
        if self.dashed:
            self.dashed = set()
            self._make_legend()

    def patch(self, picture: Curves, x_end: float | None):
        put(self.source, _curve_columns(picture, x_end))
        xs = [line.x for line in picture.lines]
        if x_end is not None and not picture.log_x:
            self.x.air = 0
            xs.append(np.array([0.0, np.ceil(1.02 * x_end)]))
        elif not picture.log_x and any(len(x) and 0 <= x.min() < x.max() / 3 for x in xs):
            xs.append(np.zeros(1))
        self.x.cover(*xs, *self.ghost.x)
        edges = [(line.y, line.low, line.high) for line in picture.lines]
        self.y.cover(*(y for edge in edges for y in edge if y is not None), *self.ghost.y)
        self.x_ticks.follow(picture.x_ticks)
        self.y_ticks.follow()
        if len(self.parts) > 1:
            self._uncover(picture)
        if self.place is not None and picture.place is not None:
            self.place.location = picture.place


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
    markers = [Points(x=f"x{i}", y=f"m{i}", marker=marker, size=8)] if _has_markers(line) else []
    return glyphs + markers


def _has_markers(line) -> bool:
    """Dashed references have none, but a band of measured means has."""
    return line.style == "solid" or (line.style == "dashed" and line.low is not None)


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
        if _has_markers(line):
            few = x_end is None and len(x) <= POINTS_MARKED  # each was measured or trained
            marked = few | _marked(x, y, i, x_end, picture.log_x)
            columns[f"m{i}"] = np.where(marked, y, np.nan)
        if line.low is not None:
            low, high = drawable(line.low, picture.log_y), drawable(line.high, picture.log_y)
            finite = np.isfinite(x + low + high)
            band = {"bx": x, "low": low, "high": high}
            columns |= {f"{name}{i}": edge[finite] for name, edge in band.items()}
    length = max([1, *map(len, columns.values())])
    return {name: _padded(c, length, name[0] in "blh") for name, c in columns.items()}


def _padded(column: np.ndarray, length: int, repeat: bool) -> np.ndarray:
    """An area must not meet a NaN: it repeats its last edge instead."""
    if len(column) == length:
        return column
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
