"""A picture under a grid of cells, on which a reader draws a hole."""

from collections.abc import Iterable

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    FreehandDrawTool,
    GlyphRenderer,
    Image,
    LinearColorMapper,
    MultiLine,
    Range1d,
    Rect,
    Toolbar,
)
from bokeh.palettes import Greys256
from numpy.typing import NDArray

from workbench.chapters.gan.holes import SIDE
from workbench.view.drawing.axes import bare_plot, name_axis, paint_axes, put_names
from workbench.view.drawing.theme import DARK, LIGHT

PIXELS = 300  # a side


class Canvas:
    """The plot: one held-out picture, the cells that are missing, and the stroke being drawn.

    stroke: a source of "xs" and "ys", which a stroke is written to when it ends.
    """

    def __init__(self, stroke: ColumnDataSource, dark: bool):
        theme = DARK if dark else LIGHT
        colour = theme.classes[1]
        self.picture = ColumnDataSource({"image": []})
        self.cells = ColumnDataSource({"x": [], "y": []})
        grey = LinearColorMapper(palette=Greys256, low=0, high=1)
        picture = Image(image="image", x=0, y=0, dw=SIDE, dh=SIDE, color_mapper=grey)
        cell = Rect(x="x", y="y", width=1, height=1, fill_color=colour, line_color=colour)
        line = MultiLine(xs="xs", ys="ys", line_color=colour, line_width=8)
        strokes = GlyphRenderer(data_source=stroke, glyph=line)
        renderers = [
            GlyphRenderer(data_source=self.picture, glyph=picture),
            GlyphRenderer(data_source=self.cells, glyph=cell),
            strokes,
        ]
        axes = {"below": name_axis("column"), "left": name_axis("row")}
        for axis in axes.values():
            put_names(axis, np.arange(SIDE) + 0.5, [str(i + 1) for i in range(SIDE)])
        self.plot = bare_plot(Range1d(0, SIDE), Range1d(SIDE, 0), renderers, axes)
        self.plot.update(sizing_mode=None, width=PIXELS, height=PIXELS)
        self.plot.outline_line_color = theme.border
        pen = FreehandDrawTool(renderers=[strokes], num_objects=1)
        self.plot.toolbar = Toolbar(tools=[pen], active_drag=pen)
        paint_axes(self.plot, theme)

    def show_cells(self, cells: Iterable[int]) -> None:
        """Covers these cells."""
        row, column = np.divmod(np.array(sorted(cells), int), SIDE)
        self.cells.data = {"x": column + 0.5, "y": row + 0.5}

    def show_picture(self, picture: NDArray) -> None:
        """Shows this picture [height, width] under the cells."""
        self.picture.data = {"image": [picture]}
