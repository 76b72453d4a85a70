"""The run before, in grey behind the lines or bars of the run that is shown.

Its models are made when there is a run before, for each costs the server half a millisecond.
"""

import numpy as np
from bokeh.models import ColumnDataSource, GlyphRenderer, MultiLine, Plot, VBar

from workbench.core.pictures import Bars, Curves
from workbench.view.drawing.axes import drawable
from workbench.view.drawing.columns import put
from workbench.view.drawing.legend import stroke
from workbench.view.drawing.theme import Theme

SHARE = 0.55  # of the border's colour


class Ghost:
    """Grey lines or outlines of bars in one plot."""

    def __init__(self, plot: Plot):
        self.plot = plot
        self.name = ""  # "" while there is none
        self.x: list[np.ndarray] = []
        self.y: list[np.ndarray] = []
        self._source = ColumnDataSource()
        self._glyph: MultiLine | VBar | None = None
        self._theme: Theme | None = None

    def paint(self, theme: Theme) -> None:
        self._theme = theme
        if self._glyph is not None:
            self._glyph.line_color = theme.border

    def show(self, picture: Curves | Bars | None, name: str) -> None:
        """Shows this picture from now on, or none. `name` is what the legend calls it."""
        self.name = name if picture is not None else ""
        self.x, self.y = ([], []) if picture is None else _places(picture)
        if picture is not None and self._glyph is None:
            self._build(picture)
        if isinstance(self._glyph, MultiLine):
            put(self._source, {"x": self.x, "y": self.y})
        elif self._glyph is not None:
            x, y = (self.x[0], self.y[0]) if self.x else (np.zeros(0), np.zeros(0))
            put(self._source, {"x": x, "y": y})

    def _build(self, picture: Curves | Bars) -> None:
        colour = self._theme.border if self._theme is not None else "#8c959f"
        look = dict(line_color=colour, line_alpha=SHARE, line_width=2)
        if isinstance(picture, Curves):
            self._glyph = MultiLine(xs="x", ys="y", line_join="round", **look)
        else:
            self._glyph = VBar(x="x", top="y", bottom=0, width=0.82, fill_color=None, **look)
        renderer = GlyphRenderer(data_source=self._source, glyph=self._glyph)
        self.plot.renderers = [renderer, *self.plot.renderers]

    @property
    def sample(self) -> tuple[tuple[str, str], ...]:
        """Its entry of the legend, if there is something to explain."""
        if not self.name or self._theme is None:
            return ()
        return ((stroke(self._theme.border), self.name),)


def _places(picture: Curves | Bars) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """x and y of each line, or of the tops of the bars."""
    if isinstance(picture, Bars):
        values = drawable(picture.values, False)
        return [np.arange(len(values), dtype=float)], [values]
    shown = [line for line in picture.lines if line.style != "dashed"]  # references stay the same
    x = [drawable(line.x, picture.log_x) for line in shown]
    return x, [drawable(line.y, picture.log_y) for line in shown]
