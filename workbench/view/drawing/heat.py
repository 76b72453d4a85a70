"""Heat maps: a matrix as coloured cells, in Bokeh."""

import numpy as np
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    GlyphRenderer,
    Image,
    LinearColorMapper,
    Range1d,
    Text,
)

from workbench.core.palette import heat_colours, ink
from workbench.core.pictures import HeatMap
from workbench.view.drawing.axes import (
    LARGE,
    SMALL,
    bare_plot,
    drawable,
    head_room,
    name_axis,
    paint_axes,
    put_names,
)
from workbench.view.drawing.columns import put
from workbench.view.drawing.spans import Span
from workbench.view.drawing.theme import Theme

# pixels that a row takes, and all rows at most
ROWS = {"": (30, 420), LARGE: (40, 480), SMALL: (20, 200)}


class HeatArt:
    """A matrix as coloured cells, their values in them where there is room."""

    def __init__(self, picture: HeatMap):
        self.written = shows_values(picture)
        self.shown = None
        self.resize("")
        self.source = ColumnDataSource({"image": [np.zeros(picture.values.shape)]})
        self.cells = ColumnDataSource({"x": [], "y": [], "text": [], "colour": []})
        self.z = Span(zero=True, air=0.0)
        self.spans = [self.z]
        self.mapper = LinearColorMapper(palette=list(heat_colours()), low=0, high=1)
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
        self.below = name_axis(picture.x_label + unit)
        self.left = name_axis(picture.y_label)
        x, y = Range1d(-0.5, 1), Range1d(1, -0.5)
        self.model = bare_plot(x, y, parts, {"below": self.below, "left": self.left})
        self.bar = None if self.written else _colour_bar(self.mapper)
        if self.bar:
            self.model.add_layout(self.bar, "right")

    def resize(self, size: str):
        """Makes it LARGE or SMALL."""
        self.row, self.tallest = ROWS[size]

    def _fit(self, picture: HeatMap):
        """Room for so many cells, and for the names beside them."""
        rows, columns = picture.values.shape
        put_names(self.below, range(columns), picture.columns)
        put_names(self.left, range(rows), picture.rows)
        room = head_room(self.below, picture.columns) + 20 * (self.below.axis_label is not None)
        self.glyph.update(dw=columns, dh=rows)
        self.model.x_range.end = columns - 0.5
        self.model.y_range.start = rows - 0.5
        self.model.height = min(self.tallest, max(4 * self.row, self.row * rows)) + room + 12
        self.model.max_width = max(320, round(2.13 * self.row) * columns + 200)

    def paint(self, theme: Theme):
        paint_axes(self.model, theme)
        if self.bar:
            self.bar.major_label_text_color = theme.muted

    def patch(self, picture: HeatMap, x_end: float | None):
        shown = picture.values.shape, picture.rows, picture.columns
        if shown != self.shown:
            self.shown = shown
            self._fit(picture)
        values = drawable(picture.values, False)
        self.z.cover(values)
        self.mapper.update(low=self.z.range.start, high=self.z.range.end)
        put(self.source, {"image": [values]})
        if self.written:
            put(self.cells, _cells(values, self.mapper))


def shows_values(picture: HeatMap) -> bool:
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


INK = np.array([ink(colour) for colour in heat_colours()])
