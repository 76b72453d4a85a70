"""Images: a mosaic of tiles whose pixels stay square, in Bokeh."""

import math
from collections.abc import Sequence

import numpy as np
from bokeh.models import (
    Column,
    ColumnDataSource,
    GlyphRenderer,
    Image,
    ImageRGBA,
    LinearColorMapper,
    Range1d,
)
from bokeh.palettes import Greys256

from workbench.core.pictures import Images
from workbench.view.drawing.axes import (
    LARGE,
    LETTER_WIDTH,
    NAMES_WIDTH,
    NO_RESIDUE,
    SLANT,
    SMALL,
    bare_plot,
    head_room,
    is_level,
    name_axis,
    paint_axes,
    put_names,
    short,
    width_of,
)
from workbench.view.drawing.columns import put
from workbench.view.drawing.theme import Theme

ROW_HEIGHT = 13  # pixels that a name needs
FEWEST_LETTERS = 6  # that a name is shortened to
# pixels of the screen that a tile, a pixel of it and all tiles above each other take at most
TILES = {"": (72, 12, 520), LARGE: (112, 20, 520), SMALL: (56, 8, 260)}
LEAST_TILE = 44  # pixels, on a telephone: fewer tiles are shown there, and the others scrolled to


class ImageArt:
    """All tiles as one 8-bit image; its pixels are square and whole wherever there is room."""

    def __init__(self, picture: Images):
        self.spans = []
        self.shape = None
        self.resize("")
        self.source = ColumnDataSource({"image": [_pixels(picture)]})
        self.names = name_axis()
        self.rows = name_axis()
        place = dict(image="image", x=0, y=0)
        greys = LinearColorMapper(palette=Greys256, low=0, high=255)
        self.glyph = (
            Image(**place, color_mapper=greys) if picture.colours is None else ImageRGBA(**place)
        )
        self.plot = bare_plot(
            Range1d(0, 1),
            Range1d(1, 0),
            [GlyphRenderer(data_source=self.source, glyph=self.glyph)],
            {"left": self.rows, "above": self.names},
        )
        self.plot.update(min_border=0, min_border_right=2, min_border_bottom=2)
        self.plot.update(sizing_mode=None, width=None, height=None, min_width=None)
        box = ":host { container-type: inline-size; }"
        self.model = Column(children=[self.plot], sizing_mode="stretch_width", stylesheets=[box])

    def resize(self, size: str):
        """Makes it LARGE or SMALL."""
        self.size = size

    def paint(self, theme: Theme):
        paint_axes(self.plot, theme)

    def patch(self, picture: Images, x_end: float | None):
        shape = picture.tiles.shape, picture.rows, picture.columns
        if shape != self.shape:
            self.shape = shape
            self._fit(picture)
        put(self.source, {"image": [_pixels(picture)]})

    def _fit(self, picture: Images):
        """Room for so many tiles of this size, and for the names beside them."""
        rows, columns, height, width = picture.tiles.shape
        tall, wide = picture.mosaic().shape
        names = short_enough(picture)
        put_names(self.rows, np.arange(rows) * (height + 1) + height / 2, names)
        put_names(self.names, np.arange(columns) * (width + 1) + width / 2, picture.columns)
        self.rows.visible, self.names.visible = any(picture.rows), any(picture.columns)
        left, most = left_of(names), largest_pixel(picture, self.size)
        top = head_room(self.names, picture.columns, min(NAMES_WIDTH, most * wide))
        self.glyph.update(dw=wide, dh=tall)
        self.plot.x_range.end = wide
        self.plot.y_range.start = tall
        right = right_of(picture, most)
        self.plot.update(min_border_left=left, min_border_top=top, min_border_right=right)
        size = _whole_pixels(wide, tall, left + right, top + 2, pixel_of(picture, self.size))
        self.plot.stylesheets = [NO_RESIDUE, size]


def left_of(names: Sequence[str]) -> int:
    """Pixels of the screen that names of rows take beside the tiles."""
    return 14 + width_of(names) if any(names) else 2


def right_of(picture: Images, most: int) -> int:
    """Pixels of the screen beside the last tile: its name, where it is turned, ends there."""
    if is_level(picture.columns, min(NAMES_WIDTH, most * picture.mosaic().shape[1])):
        return 2
    return max(2, round(math.cos(SLANT) * width_of(map(short, picture.columns[-1:]))) - 8)


def largest_pixel(picture: Images, size: str) -> int:
    """Pixels of the screen that a pixel of these tiles takes where there is room; a tile that
    stands alone is large."""
    rows, columns, height, width = picture.tiles.shape
    tile, most, tallest = TILES[size if rows * columns > 1 else LARGE]
    return max(1, min(most, tile // max(height, width), tallest // len(picture.mosaic())))


def pixel_of(picture: Images, size: str) -> str:
    """Pixels of the screen that a pixel of these tiles takes, as CSS in a container as wide as the
    drawing."""
    most, wide = largest_pixel(picture, size), picture.mosaic().shape[1]
    beside = left_of(short_enough(picture)) + right_of(picture, most)
    least = narrow(least_pixel(picture, most))
    return f"max(min((100cqw - {beside}px) / {wide}, {most}px), {least})"


def whole(pixel: str) -> str:
    """These pixels as a whole number, where they are more than one."""
    return f"max(round(down, {pixel}, 1px), min({pixel}, 1px))"


def least_pixel(picture: Images, most: int) -> int:
    """Pixels of a telephone that a pixel of these tiles takes at least; 0 for a map, which is seen
    as a whole."""
    rows, columns, height, width = picture.tiles.shape
    return min(most, math.ceil(LEAST_TILE / max(height, width))) if columns > rows else 0


def narrow(least: int) -> str:
    """These pixels as CSS where a page sets --wb-narrow to 1, as on a telephone; else 0."""
    return f"{least}px * var(--wb-narrow, 0)"


def short_enough(picture: Images) -> list[str]:
    """The names of its rows, so short that on a telephone the rows stay as high as letters, where
    that can be had."""
    height, wide = picture.tiles.shape[2], picture.mosaic().shape[1]
    names = [short(name) for name in picture.rows]
    needed = math.ceil(ROW_HEIGHT / (height + 1)) * wide
    letters = int((NAMES_WIDTH + 44 - needed) / LETTER_WIDTH)
    return [short(name, letters) for name in names] if letters >= FEWEST_LETTERS else names


def _pixels(picture: Images) -> np.ndarray:
    """What Bokeh draws: 8-bit greys, or RGBA in 32 bits where there are colours."""
    if picture.colours is None:
        return picture.mosaic()
    board = picture.colour_mosaic()
    opaque = np.full((*board.shape[:2], 1), 255, np.uint8)
    return np.concatenate([board, opaque], -1).view(np.uint32)[..., 0]


def _whole_pixels(wide: int, tall: int, left: int, top: int, scale: str) -> str:
    """The size of a plot as CSS: each pixel of the mosaic a whole number of the screen's pixels.

    Bokeh can fix the ratio of a plot but not that of its frame, and labels do not scale.
    """
    return "".join(
        f":host {{ width: calc({left}px + {wide} * {s}) !important;"
        f" height: calc({top}px + {tall} * {s}) !important; max-width: none; }}"
        for s in (scale, whole(scale))
    )
