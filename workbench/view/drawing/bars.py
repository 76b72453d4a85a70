"""Bars: one a name, with its value above it, in Bokeh."""

import numpy as np
from bokeh.models import ColumnDataSource, GlyphRenderer, Grid, Range1d, Text, VBar

from workbench.core.pictures import Bars
from workbench.core.quantity import PERCENT, digits, is_bounded, is_share
from workbench.view.drawing.axes import (
    HEIGHT,
    HEIGHTS,
    NAMES_WIDTH,
    SMALL,
    bare_plot,
    drawable,
    head_room,
    name_axis,
    number_axis,
    paint_axes,
    put_names,
    take_label,
    width_of,
)
from workbench.view.drawing.columns import put
from workbench.view.drawing.ghost import Ghost
from workbench.view.drawing.legend import legend
from workbench.view.drawing.spans import Span
from workbench.view.drawing.theme import Theme
from workbench.view.drawing.ticks import Ticks

HEAD, SMALL_HEAD = 0.1, 0.35  # room over the highest bar for its number, in bars


class BarArt:
    """One bar a name, with its value above it where there are few."""

    def __init__(self, picture: Bars):
        self.percent = picture.y_unit == PERCENT or is_share(picture.y_label)
        self.source = ColumnDataSource({"x": [], "top": [], "text": [], "lift": []})
        bounded = is_bounded(picture.y_label, picture.y_unit)
        self.y = Span(zero=True, air=0.04, bounded=bounded, head=HEAD)
        self.spans = [self.y]
        self.shown = None
        self.height = HEIGHT
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
        left = number_axis(picture.y_label)
        self.ticks = Ticks(left, self.y, self.percent)
        self.below = name_axis(picture.x_label)
        self.model = bare_plot(
            Range1d(-0.6, 1),
            self.y.range,
            [
                GlyphRenderer(data_source=self.source, glyph=glyph)
                for glyph in (self.bar, self.text)
            ],
            {"below": self.below, "left": left},
            center=[Grid(axis=left, dimension=1)],
        )
        self.ghost = Ghost(self.model)
        self.legend = ""

    def resize(self, size: str):
        """Makes it LARGE or SMALL."""
        self.height = HEIGHTS[size]
        self.y.head = SMALL_HEAD if size == SMALL else HEAD
        self.y_label = take_label(self.model.left[0], size)

    def paint(self, theme: Theme):
        paint_axes(self.model, theme)
        self.ghost.paint(theme)
        self.bar.update(fill_color=theme.lines[0], line_color=theme.lines[0])
        self.text.text_color = theme.text

    def haunt(self, picture: Bars | None, name: str):
        """Shows outlines of the bars of the run before in grey."""
        self.ghost.show(picture, name)
        self.legend = legend((), self.ghost.sample) if self.ghost.name else ""

    def patch(self, picture: Bars, x_end: float | None):
        if picture.names != self.shown:
            self.shown = picture.names
            put_names(self.below, range(len(picture.names)), picture.names)
            self.model.height = self.height + head_room(self.below, picture.names) - 28
            self.model.x_range.end = len(picture.names) - 0.4
        values = drawable(picture.values, False)
        put(
            self.source,
            {
                "x": np.arange(len(values), dtype=float),
                "top": values,
                "text": self._numbers(values),
                "lift": np.where(values < 0, 10.0, -10.0),
            },
        )
        # with room for the number on it, also where the axis stays
        lift = 1 if self.y.bounded else 1 + self.y.head
        self.y.cover(*(lift * y for y in (values, *self.ghost.y)))
        self.ticks.follow()

    def _numbers(self, values: np.ndarray) -> list[str]:
        """What stands over the bars; nothing where they are too narrow for it on a telephone."""
        texts = [_brief(value, self.percent) for value in values]
        if width_of(texts) + 4 > NAMES_WIDTH / len(texts):
            return [""] * len(texts)
        least = 0.04 * np.nanmax(abs(values))
        return [t if abs(v) > least else "" for t, v in zip(texts, values, strict=True)]


def _brief(value: float, percent: bool) -> str:
    """The number in at most six signs or so, as it fits over a narrow bar."""
    if np.isnan(value):
        return ""
    if percent:
        return f"{100 * value:.0f}\u00a0%"
    return digits(value, 2)
