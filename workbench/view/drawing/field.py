"""A field behind the points of a scatter, as tinted cells, in Bokeh."""

import numpy as np
from bokeh.models import ColumnDataSource, GlyphRenderer, Image, LinearColorMapper

from workbench.core.palette import TINTS, tint_steps, tints
from workbench.core.pictures import Field
from workbench.view.drawing.columns import put
from workbench.view.drawing.theme import Theme


class FieldArt:
    """Cells in the colour of the first group where the field is near 1, of the second near 0."""

    def __init__(self):
        self.source = ColumnDataSource({"image": [np.zeros((1, 1), np.uint8)]})
        self.mapper = LinearColorMapper(palette=["#00000000"] * TINTS, low=-0.5, high=TINTS - 0.5)
        self.glyph = Image(image="image", x=0, y=0, dw=1, dh=1, color_mapper=self.mapper)
        self.renderer = GlyphRenderer(data_source=self.source, glyph=self.glyph, level="image")

    def paint(self, theme: Theme):
        self.mapper.palette = [
            f"{colour}{round(255 * opacity):02x}" for colour, opacity in tints(theme.classes)
        ]

    def patch(self, field: Field):
        wide, tall = field.right - field.left, field.high - field.low
        self.glyph.update(x=field.left, y=field.low, dw=wide, dh=tall)
        put(self.source, {"image": [tint_steps(field.values).astype(np.uint8)]})
