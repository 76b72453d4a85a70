"""Drawings: pictures as plain Bokeh models, built once and patched afterwards.

Building costs ten to thirty milliseconds of the server's time, a patch about one. So a Board
keeps a Drawing while pictures of the same structure come, and only its data and ranges change:

    drawing = draw(picture)         # pn.pane.Bokeh(drawing.model)
    if drawing.fits(picture):
        drawing.update(picture)     # else: draw(picture) again
"""

import base64
import math
import struct
import zlib
from functools import cached_property
from html import escape

import numpy as np
from bokeh.models import (
    AllLabels,
    CategoricalColorMapper,
    CategoricalMarkerMapper,
    CDSView,
    ColorBar,
    Column,
    ColumnDataSource,
    Div,
    FixedTicker,
    GlyphRenderer,
    Grid,
    HoverTool,
    Image,
    ImageRGBA,
    LinearAxis,
    LinearColorMapper,
    LinearScale,
    LogAxis,
    LogScale,
    MultiLine,
    NoOverlap,
    Plot,
    Range1d,
    Text,
    VArea,
    VBar,
)
from bokeh.models import Line as LineGlyph
from bokeh.models import Scatter as Points
from bokeh.palettes import Cividis256, Greys256

from workbench.frames import Bars, Curves, HeatMap, Images, Picture, Scatter, Table
from workbench.view.legend import dot, legend, stroke
from workbench.view.theme import CLASS10, DARK, DASHES, LIGHT, MARKERS, Theme, luminance

HEIGHT = 280
SLANT = 0.8
SHORT = 4  # letters that fit among the points of a scatter
NARROW = 270  # what a card or a telephone of 390 pixels leaves for names beside each other


class Drawing:
    """One picture on the page. Its Bokeh model is built when first asked for."""

    def __init__(self, picture: Picture, dark: bool = False, x_end: float | None = None):
        self._picture, self._x_end, self._dark, self._faded = picture, x_end, dark, False

    @cached_property
    def _art(self):
        art = ARTS[type(self._picture)](self._picture)
        art.paint(DARK if self._dark else LIGHT)
        art.patch(self._picture, self._x_end)
        return art

    @property
    def _built(self) -> bool:
        return "_art" in self.__dict__

    @property
    def model(self):
        """The Bokeh model to put on the page: always the same one."""
        return self._art.model

    @property
    def legend(self) -> str:
        """What its colours, dashes and markers mean, as HTML; empty where there is nothing to say.

        It follows the picture, and has a place of its own on the page.
        """
        return getattr(self._art, "legend", "")

    def fits(self, picture: Picture) -> bool:
        """Whether `update` can show this picture; if not, another drawing must be made."""
        return structure(picture) == structure(self._picture)

    def update(self, picture: Picture, x_end: float | None = None):
        """Show this picture in place. `x_end` is where the x axis of curves ends: the steps."""
        before = self._picture, self._x_end
        self._picture, self._x_end = picture, x_end if x_end is not None else self._x_end
        if not self._built:
            return
        if before[0] is not picture or before[1] != self._x_end:
            self._art.patch(picture, self._x_end)
        self._show(1.0)

    def restyle(self, dark: bool):
        """Change to the dark or the light colours in place."""
        if dark != self._dark:
            self._dark = dark
            if self._built:
                self._art.paint(DARK if dark else LIGHT)

    def reset(self):
        """A new run begins: the next update may shrink the axes."""
        self._x_end = None
        if self._built:
            for span in self._art.spans:
                span.reset()

    def fade(self):
        """What is shown belongs to earlier settings: pale until the next update."""
        self._show(0.4)

    def _show(self, opacity: float):
        if self._built and self._faded != (opacity < 1):
            self._faded = opacity < 1
            self.model.styles = {"opacity": str(opacity)}


def draw(picture: Picture, dark: bool = False, x_end: float | None = None) -> Drawing:
    """A drawing of this picture."""
    return Drawing(picture, dark, x_end)


def structure(picture: Picture) -> tuple:
    """What a drawing cannot change in place."""
    match picture:
        case Curves():
            lines = tuple((line.name, line.style, line.low is not None) for line in picture.lines)
            labels = picture.x_label, picture.y_label
            return "curves", lines, labels, picture.log_x, picture.log_y
        case Scatter():
            return "scatter", picture.groups, bool(picture.outlines)
        case Images():
            return "images", picture.colours is not None
        case Bars():
            return "bars", picture.x_label, picture.y_label
        case HeatMap():
            return "heat map", _written(picture), picture.x_label, picture.y_label, picture.unit
        case Table():
            return ("table",)


class Span:
    """The range of an axis. Within a run it only grows, so curves move and axes do not."""

    def __init__(self, log=False, zero=False, floor=True, air=0.08):
        self.range = Range1d(0.1 if log else 0, 1)
        self.log, self.zero, self.air = log, zero, air
        self.floor = floor and not log  # no air below 0 where nothing is negative
        self.reset()

    def reset(self):
        self.low, self.high = np.inf, -np.inf

    def cover(self, *arrays):
        """Grow until every finite number lies inside, with some air where it had to grow."""
        values = np.concatenate([np.ravel(a) for a in arrays] + [[0.0] * self.zero])
        values = values[np.isfinite(values)]
        values = np.log10(values[values > 0]) if self.log else values
        if not len(values):
            return
        edge = (-300.0, 300.0) if self.log else (-1e300, 1e300)
        least, most = np.clip((values.min(), values.max()), *edge)
        low, high = min(least, self.low), max(most, self.high)
        air = self.air * (high - low)
        if low == high:
            air = 0.5 if self.log else 0.1 * abs(high) or 0.5
        air = max(air, 1e-6 * abs(low), 1e-6 * abs(high))
        floor = 0.0 if self.floor and low >= 0 else edge[0]
        # half of the air stays, or what is drawn at the very edge would be cut
        if least - air / 2 < self.low:
            self.low = max(least - air, floor)
        if most + air / 2 > self.high:
            self.high = min(most + air, edge[1])
        self._show()

    def _show(self):
        low, high = (10.0**self.low, 10.0**self.high) if self.log else (self.low, self.high)
        self.range.update(start=float(low), end=float(high))


def plain(text: object) -> str:
    """The text as it stands: Bokeh would hand what looks like TeX to MathJax."""
    return str(text).replace("$$", "$\u200b$").replace("\\", "\\\u200b")


def short(text: object, most: int = 22) -> str:
    text = plain(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def width_of(texts) -> int:
    """About how many pixels the longest of these short texts needs at 12 to 13 pixels."""
    return round(max((6.8 * len(text) for text in texts), default=0))


def _plot(x: Range1d, y: Range1d, renderers, axes, **kw) -> Plot:
    """A bare plot: figure() makes twice as many models, and each costs half a millisecond."""
    sides = {side: [axis] for side, axis in axes.items()}
    options = {"height": HEIGHT, "sizing_mode": "stretch_width", "min_width": 200} | sides | kw
    return Plot(
        x_range=x,
        y_range=y,
        renderers=renderers,
        title=None,
        toolbar_location=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border=6,
        min_border_right=14,
        **options,
    )


def _axis(label: str = "", log: bool = False):
    kind = LogAxis if log else LinearAxis
    axis = kind(
        axis_label=plain(label) or None,
        axis_label_text_font_size="13px",
        axis_label_text_font_style="normal",
        major_label_text_font_size="12px",
        minor_tick_line_color=None,
        major_tick_in=0,
    )
    if log:
        axis.update(ticker=FixedTicker(ticks=[]), major_label_policy=NoOverlap())
    return axis


def _log_ticks(low: float, high: float) -> tuple[list[float], dict[float, str]]:
    """The ticks of a logarithmic axis from 10**low to 10**high, and what they read where that is
    not a power of ten. Below two decades Bokeh's own are all at the upper end."""
    if high - low >= 2:
        every = max(1, round((high - low) / 6))
        return [10.0**k for k in range(math.ceil(low), math.floor(high) + 1, every)], {}
    start, end = 10.0**low, 10.0**high
    if high - low >= 0.7:
        powers = range(math.floor(low), math.ceil(high))
        ticks = [m * 10.0**k for k in powers for m in (1, 2, 5, 10) if start <= m * 10.0**k <= end]
    else:
        fine = 10.0 ** math.floor(math.log10((end - start) / 4))
        step = next(m * fine for m in (1, 2, 5, 10) if (end - start) / (m * fine) <= 6)
        ticks = [n * step for n in range(math.ceil(start / step), math.floor(end / step) + 1)]
    return sorted(set(ticks)), {tick: f"{tick:.4g}" for tick in ticks}


def _named_axis(label: str = ""):
    """An axis for names at certain places, with neither line nor ticks: see `_name`."""
    axis = _axis(label)
    axis.update(axis_line_color=None, major_tick_line_color=None, major_label_standoff=4)
    axis.ticker = FixedTicker()
    axis.major_label_policy = NoOverlap()
    return axis


def _name(axis, centres, names):
    """A name at each centre, which may be more than there are names."""
    ticks = list(map(float, centres))
    if ticks != axis.ticker.ticks:
        axis.ticker.ticks = ticks
    names = {tick: short(name) for tick, name in zip(ticks, names, strict=False)}
    overrides = {tick: names.get(tick, " ") for tick in ticks}
    if overrides != axis.major_label_overrides:
        axis.major_label_overrides = overrides


def _paint_axes(plot: Plot, theme: Theme):
    for axis in (*plot.below, *plot.left, *plot.above):
        axis.axis_label_text_color = theme.text
        axis.major_label_text_color = theme.muted
        if axis.axis_line_color is not None:
            axis.axis_line_color = axis.major_tick_line_color = theme.border
    for grid in plot.center:
        grid.grid_line_color = theme.grid


class CurveArt:
    """Lines over one axis: solid with markers, or dashed where they are a reference."""

    def __init__(self, picture: Curves):
        self.source, view = ColumnDataSource(_curve_columns(picture, None)), CDSView()
        self.x, self.y = Span(picture.log_x, air=0.03), Span(picture.log_y)
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
        self.names, self.legend = [line.name for line in picture.lines], ""

    def _plot(self, picture: Curves) -> Plot:
        left = _axis(picture.y_label, picture.log_y)
        return _plot(
            self.x.range,
            self.y.range,
            sum(self.parts, []),
            {"below": _axis(picture.x_label, picture.log_x), "left": left},
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
        _paint_axes(self.model, theme)
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
        self.y.cover(*(a for li in picture.lines for a in (li.y, li.low, li.high) if a is not None))
        for axis, span in ((self.model.below[0], self.x), (self.model.left[0], self.y)):
            if span.log and span.low < span.high:
                ticks, names = _log_ticks(span.low, span.high)
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
    dash = DASHES[sum(li.style == "dashed" for li in before) % len(DASHES)] if dashed else []
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
        x, y = _drawable(line.x, picture.log_x), _drawable(line.y, picture.log_y)
        columns |= {f"x{i}": x, f"y{i}": y}
        if line.style == "solid":
            columns[f"m{i}"] = np.where(_marked(x, y, i, x_end, picture.log_x), y, np.nan)
        if line.low is not None:
            low, high = _drawable(line.low, picture.log_y), _drawable(line.high, picture.log_y)
            kept = np.isfinite(x + low + high)
            columns |= {f"bx{i}": x[kept], f"low{i}": low[kept], f"high{i}": high[kept]}
    length = max([1, *map(len, columns.values())])
    return {name: _padded(c, length, name[0] in "blh") for name, c in columns.items()}


def _drawable(values, log: bool) -> np.ndarray:
    values = np.asarray(values, float)
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


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


class ScatterArt:
    """Points, a colour and a marker for each group, and the group's name at its centre."""

    def __init__(self, picture: Scatter):
        self.names = _group_names(picture)
        self.source = ColumnDataSource({name: [] for name in ("x", "y", "group")})
        self.centres = ColumnDataSource({name: [] for name in ("x", "y", "group", "name")})
        self.x, self.y = Span(floor=False, air=0.12), Span(floor=False, air=0.12)
        self.spans, self.legend, self.group = [self.x, self.y], "", None
        self.outline = None
        self.points = GlyphRenderer(data_source=self.source, glyph=self._glyph())
        self.axes = [_axis(picture.x_label), _axis(picture.y_label)]
        self.model = _plot(
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
        self._say_groups()

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

    def _say_groups(self):
        if not self.names:
            return
        self.text = _centre_text(self.colour)
        tips = [("group", "@name"), ("at", "@x{0.00}, @y{0.00}")]
        self.model.add_tools(HoverTool(renderers=[self.points], tooltips=tips))
        if max(map(len, self.names)) <= SHORT:  # longer ones would hide the points
            self.model.renderers.append(GlyphRenderer(data_source=self.centres, glyph=self.text))

    def paint(self, theme: Theme):
        _paint_axes(self.model, theme)
        palette = theme.classes if self.names else theme.lines
        self.colours.palette = [palette[i % len(palette)] for i in range(len(self.names) or 1)]
        if self.names:
            self.text.update(text_color=theme.text, background_fill_color=theme.page)
        if self.outline:
            self.outline.line_color = theme.text
        self._key()

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
        self._key()

    def _key(self):
        """A legend of the groups that are there, where their names are too long for the plot."""
        if not self.names or max(map(len, self.names)) <= SHORT or self.group is None:
            return
        there = np.unique(self.group)
        self.legend = legend(
            (dot(self.colours.palette[i], MARKERS[(i + i // 10) % 10]), self.names[i])
            for i in there
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


class ImageArt:
    """All tiles as one 8-bit image; its pixels are square and whole wherever there is room."""

    def __init__(self, picture: Images):
        self.spans, self.shape = [], None
        self.source = ColumnDataSource({"image": [_pixels(picture)]})
        self.names, self.rows = _named_axis(), _named_axis()
        place = dict(image="image", x=0, y=0)
        greys = LinearColorMapper(palette=Greys256, low=0, high=255)
        self.glyph = (
            Image(**place, color_mapper=greys) if picture.colours is None else ImageRGBA(**place)
        )
        self.plot = _plot(
            Range1d(0, 1),
            Range1d(1, 0),
            [GlyphRenderer(data_source=self.source, glyph=self.glyph)],
            {"left": self.rows, "above": self.names},
        )
        self.plot.update(min_border=0, min_border_right=2, min_border_bottom=2)
        self.plot.update(sizing_mode=None, width=None, height=None, min_width=None)
        box = ":host { container-type: inline-size; }"
        self.model = Column(children=[self.plot], sizing_mode="stretch_width", stylesheets=[box])

    def paint(self, theme: Theme):
        _paint_axes(self.plot, theme)

    def patch(self, picture: Images, x_end: float | None):
        shape = picture.tiles.shape, picture.rows, picture.columns
        if shape != self.shape:
            self.shape = shape
            self._fit(picture)
        self.source.data = {"image": [_pixels(picture)]}

    def _fit(self, picture: Images):
        """Room for so many tiles of this size, and for the names beside them."""
        rows, columns, height, width = picture.tiles.shape
        tall, wide = picture.mosaic().shape
        _name(self.rows, np.arange(rows) * (height + 1) + height / 2, picture.rows)
        _name(self.names, np.arange(columns) * (width + 1) + width / 2, picture.columns)
        left = 10 + width_of(map(short, picture.rows)) if picture.rows else 2
        top = _head_room(self.names, picture.columns)
        self.glyph.update(dw=wide, dh=tall)
        self.plot.x_range.end, self.plot.y_range.start = wide, tall
        self.plot.update(min_border_left=left, min_border_top=top)
        most = max(1, min(12, 72 // max(height, width), 520 // tall))
        self.plot.stylesheets = [_whole_pixels(wide, tall, left + 2, top + 2, most)]


def _pixels(picture: Images) -> np.ndarray:
    """What Bokeh draws: 8-bit greys, or RGBA in 32 bits where there are colours."""
    if picture.colours is None:
        return picture.mosaic()
    board = picture.colour_mosaic()
    opaque = np.full((*board.shape[:2], 1), 255, np.uint8)
    return np.concatenate([board, opaque], -1).view(np.uint32)[..., 0]


def _head_room(axis, names) -> int:
    """Turn the names if a telephone's columns are too narrow for them; the room they need."""
    policy = AllLabels if any(names) and len(names) <= 16 else NoOverlap
    if type(axis.major_label_policy) is not policy:
        axis.major_label_policy = policy()
    if not any(names):
        return 2
    longest = width_of(map(short, names))
    level = longest <= NARROW * 0.85 / sum(map(bool, names))
    axis.major_label_orientation = "horizontal" if level else SLANT
    return 22 if level else round(longest * math.sin(SLANT)) + 20


def _whole_pixels(wide: int, tall: int, left: int, top: int, most: int) -> str:
    """The size of a plot as CSS: each pixel of the mosaic a whole number of the screen's pixels.

    Bokeh can fix the ratio of a plot but not that of its frame, and labels do not scale.
    """
    scale = f"min((100cqw - {left}px) / {wide}, {most}px)"
    whole = f"max(round(down, {scale}, 1px), min({scale}, 1px))"
    return "".join(
        f":host {{ width: calc({left}px + {wide} * {s}) !important;"
        f" height: calc({top}px + {tall} * {s}) !important; }}"
        for s in (scale, whole)
    )


class BarArt:
    """One bar a name, with its value above it where there are few."""

    def __init__(self, picture: Bars):
        self.source = ColumnDataSource({"x": [], "top": [], "text": [], "lift": []})
        self.y = Span(zero=True, air=0.04)
        self.spans, self.shown = [self.y], None
        self.bar = VBar(x="x", top="top", bottom=0, width=0.7)
        self.text = Text(
            x="x",
            y="top",
            text="text",
            text_align="center",
            text_font_size="12px",
            y_offset="lift",
            text_baseline="middle",
        )
        left, self.below = _axis(picture.y_label), _named_axis(picture.x_label)
        self.model = _plot(
            Range1d(-0.6, 1),
            self.y.range,
            [
                GlyphRenderer(data_source=self.source, glyph=glyph)
                for glyph in (self.bar, self.text)
            ],
            {"below": self.below, "left": left},
            center=[Grid(axis=left, dimension=1)],
        )

    def paint(self, theme: Theme):
        _paint_axes(self.model, theme)
        self.bar.update(fill_color=theme.lines[0], line_color=theme.lines[0])
        self.text.text_color = theme.text

    def patch(self, picture: Bars, x_end: float | None):
        if picture.names != self.shown:
            self.shown = picture.names
            _name(self.below, range(len(picture.names)), picture.names)
            self.model.height = HEIGHT + _head_room(self.below, picture.names) - 22
            self.model.x_range.end = len(picture.names) - 0.4
        values = _drawable(picture.values, False)
        least = 0.04 * np.nanmax(abs(values)) if len(values) <= 12 else np.inf
        self.source.data = {
            "x": np.arange(len(values), dtype=float),
            "top": values,
            "text": [_brief(v) if abs(v) > least else "" for v in values],
            "lift": np.where(values < 0, 10.0, -10.0),
        }
        self.y.cover(1.1 * values)  # with room for the number on it, also where the axis stays


class HeatArt:
    """A matrix as coloured cells, their values in them where there is room."""

    def __init__(self, picture: HeatMap):
        self.written, self.shown = _written(picture), None
        self.source = ColumnDataSource({"image": [np.zeros(picture.values.shape)]})
        self.cells = ColumnDataSource({"x": [], "y": [], "text": [], "colour": []})
        self.z = Span(zero=True, air=0.0)
        self.spans = [self.z]
        self.mapper = LinearColorMapper(palette=Cividis256, low=0, high=1)
        self.glyph = Image(image="image", x=-0.5, y=-0.5, color_mapper=self.mapper)
        text = Text(
            x="x",
            y="y",
            text="text",
            text_color="colour",
            text_align="center",
            text_baseline="middle",
            text_font_size="12px",
        )
        parts = [GlyphRenderer(data_source=self.source, glyph=self.glyph)]
        if self.written:
            parts.append(GlyphRenderer(data_source=self.cells, glyph=text))
        unit = f" (values: {picture.unit})" if picture.unit else ""
        self.below, self.left = _named_axis(picture.x_label + unit), _named_axis(picture.y_label)
        x, y = Range1d(-0.5, 1), Range1d(1, -0.5)
        self.model = _plot(x, y, parts, {"below": self.below, "left": self.left})
        self.bar = None if self.written else _colour_bar(self.mapper)
        if self.bar:
            self.model.add_layout(self.bar, "right")

    def _fit(self, picture: HeatMap):
        """Room for so many cells, and for the names beside them."""
        rows, columns = picture.values.shape
        _name(self.below, range(columns), picture.columns)
        _name(self.left, range(rows), picture.rows)
        room = _head_room(self.below, picture.columns) + 20 * (self.below.axis_label is not None)
        self.glyph.update(dw=columns, dh=rows)
        self.model.x_range.end, self.model.y_range.start = columns - 0.5, rows - 0.5
        self.model.height = min(420, max(120, 30 * rows)) + room + 12
        self.model.max_width = max(320, 64 * columns + 200)

    def paint(self, theme: Theme):
        _paint_axes(self.model, theme)
        if self.bar:
            self.bar.major_label_text_color = theme.muted

    def patch(self, picture: HeatMap, x_end: float | None):
        shown = picture.values.shape, picture.rows, picture.columns
        if shown != self.shown:
            self.shown = shown
            self._fit(picture)
        values = _drawable(picture.values, False)
        self.z.cover(values)
        self.mapper.update(low=self.z.range.start, high=self.z.range.end)
        self.source.data = {"image": [values]}
        if self.written:
            self.cells.data = _cells(values, self.mapper)


def _written(picture: HeatMap) -> bool:
    """Whether every cell has room for its value."""
    rows, columns = picture.values.shape
    return columns <= 12 and rows <= 16


def _colour_bar(mapper: LinearColorMapper) -> ColorBar:
    return ColorBar(
        color_mapper=mapper,
        width=14,
        padding=4,
        margin=0,
        background_fill_color=None,
        major_label_text_font_size="12px",
        bar_line_color=None,
        major_tick_line_color=None,
    )


def _cells(values: np.ndarray, mapper: LinearColorMapper) -> dict:
    """The value of every cell as text, dark on bright cells and bright on dark ones."""
    rows, columns = values.shape
    y, x = np.divmod(np.arange(values.size, dtype=float), columns)
    flat = values.ravel()
    part = (np.nan_to_num(flat) - mapper.low) / (mapper.high - mapper.low)
    ink = INK[np.clip(255 * part, 0, 255).astype(int)]
    digits = 2 if mapper.high <= 2 else 1 if mapper.high <= 20 else 0
    text = ["" if np.isnan(v) else f"{v:.{digits}f}" for v in flat]
    if columns > 8:
        text = [t.replace("0.", ".", 1) if t.startswith(("0.", "-0.")) else t for t in text]
    return {"x": x, "y": y, "text": text, "colour": list(ink)}


def _brief(value: float) -> str:
    """The number in at most six signs or so, as it fits over a narrow bar."""
    size = abs(value)
    if np.isnan(value):
        return ""
    if 0.1 <= size < 1:
        return f"{value:.2f}"
    return f"{value:.0f}" if 100 <= size < 1e5 else f"{value:.{2 if size >= 1 else 1}g}"


INK = np.array(["#000000" if luminance(c.lower()) > 0.18 else "#ffffff" for c in Cividis256])


class TableArt:
    """A plain HTML table: it wraps, it is read aloud, and all of it is escaped."""

    def __init__(self, picture: Table):
        self.spans = []
        self.model = Div(disable_math=True, sizing_mode="stretch_width")

    def paint(self, theme: Theme):
        self.model.stylesheets = [
            f":host {{ color: {theme.text}; font: 14px/1.5 system-ui, sans-serif;"
            " overflow-x: auto; }"
            "table { border-collapse: collapse; }"
            "th, td { padding: 4px 14px 4px 4px; text-align: left; }"
            "td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }"
            f"th {{ border-bottom: 2px solid {theme.border}; }}"
            f"td {{ border-bottom: 1px solid {theme.grid}; }}"
        ]

    def patch(self, picture: Table, x_end: float | None):
        first = picture.rows[0] if picture.rows else ("",) * len(picture.columns)
        head = "".join(
            f'<th scope="col"{_side(value)}>{escape(str(column))}</th>'
            for column, value in zip(picture.columns, first, strict=False)
        )
        body = "".join(f"<tr>{''.join(map(_table_cell, row))}</tr>" for row in picture.rows)
        self.model.text = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _side(value) -> str:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return ' class="number"' if number else ""


def _table_cell(value) -> str:
    text = f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)
    return f"<td{_side(value)}>{escape(text)}</td>"


ARTS = {
    Curves: CurveArt,
    Scatter: ScatterArt,
    Images: ImageArt,
    Bars: BarArt,
    HeatMap: HeatArt,
    Table: TableArt,
}


def thumbnail(picture: Picture, width: int = 260) -> str:
    """A small still of the picture as HTML, for cards: an image or a drawing without labels."""
    label = escape(picture.summary())
    match picture:
        case Images():
            mosaic = picture.mosaic() if picture.colours is None else picture.colour_mosaic()
            return _still(mosaic[: max(1, mosaic.shape[1] * 5 // 8)], label, width)
        case HeatMap():
            values = np.nan_to_num(_drawable(picture.values, False))
            part = values / (np.abs(values).max() or 1)
            return _still((255 * np.clip(part, 0, 1)).astype(np.uint8), label, width, CIVIDIS)
        case Curves():
            marks = _curve_marks(picture)
        case Scatter():
            marks = _point_marks(picture)
        case Bars():
            marks = _bar_marks(picture)
        case _:
            return ""
    return (
        f'<svg role="img" aria-label="{label}" viewBox="-2 -2 104 64" width="{width}"'
        f' style="max-width:100%">{marks}</svg>'
    )


def _still(pixels: np.ndarray, label: str, width: int, palette: bytes = b"") -> str:
    code = base64.b64encode(_png(pixels, palette)).decode()
    tall, wide = pixels.shape[:2]
    shape = f"aspect-ratio:{wide}/{min(tall, wide * 5 / 8)};height:auto;max-width:100%"
    source = f'src="data:image/png;base64,{code}"'
    return f'<img alt="{label}" width="{width}" style="{shape};image-rendering:pixelated" {source}>'


CIVIDIS = bytes.fromhex("".join(colour[1:] for colour in Cividis256))


def _png(pixels: np.ndarray, palette: bytes = b"") -> bytes:
    """An 8-bit PNG: grey, of 256 colours, or RGB. The format is short enough to need no library."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    height, width = pixels.shape[:2]
    kind = 2 if pixels.ndim == 3 else 3 if palette else 0
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    rows = np.pad(
        pixels.reshape(height, -1), ((0, 0), (1, 0))
    ).tobytes()  # each row begins with filter 0
    parts = [chunk(b"IHDR", head), chunk(b"PLTE", palette) if palette else b""]
    parts += [chunk(b"IDAT", zlib.compress(rows, 6)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _curve_marks(picture: Curves) -> str:
    kept = [slice(None, None, len(line.x) // 100 + 1) for line in picture.lines]
    xs = [line.x[some] for line, some in zip(picture.lines, kept, strict=True)]
    ys = [line.y[some] for line, some in zip(picture.lines, kept, strict=True)]
    x, y = _scaled(xs, picture.log_x), 60 - 0.6 * _scaled(ys, picture.log_y)
    marks, start = "", 0
    for i, line in enumerate(picture.lines):
        part = slice(start, start := start + len(xs[i]))
        points = " ".join(
            f"{a:.1f},{b:.1f}" for a, b in zip(x[part], y[part], strict=True) if a + b == a + b
        )
        dash = ' stroke-dasharray="5 3"' if line.style == "dashed" else ""
        colour = CLASS10[i % 10]
        marks += (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        )
    return marks


def _point_marks(picture: Scatter, most: int = 300) -> str:
    xy = np.asarray(picture.xy, float).reshape(-1, 2)
    every = slice(None, None, -(-len(xy) // most) or 1)
    x, y = _scaled([xy[every, 0]]), 60 - 0.6 * _scaled([xy[every, 1]])
    group = np.zeros(len(xy), int) if picture.group is None else np.asarray(picture.group)
    return "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="1.2" fill="{CLASS10[g % 10]}"/>'
        for a, b, g in zip(x, y, group[every], strict=True)
        if a + b == a + b
    )


def _bar_marks(picture: Bars) -> str:
    heights = 0.6 * _scaled([picture.values, [0.0]])
    pitch, ground = 100 / max(1, len(picture.values)), heights[-1]
    return "".join(
        f'<rect x="{i * pitch:.1f}" y="{60 - max(h, ground):.1f}" width="{pitch * 0.7:.1f}"'
        f' height="{abs(h - ground):.1f}" fill="{CLASS10[0]}"/>'
        for i, h in enumerate(heights[:-1])
        if h == h
    )


def _scaled(arrays, log: bool = False) -> np.ndarray:
    """All the numbers in one row, 0 to 100; NaN stays."""
    values = np.concatenate([_drawable(a, log) for a in arrays] or [np.zeros(0)])
    values = np.log10(values) if log else values
    good = values[np.isfinite(values)]
    return 100 * (values - good.min()) / (np.ptp(good) or 1) if len(good) else values
