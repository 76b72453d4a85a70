"""The room that a drawing will take, so that nothing on a page moves when it comes."""

from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter, Table
from workbench.view.drawing.axes import HEIGHT, HEIGHTS
from workbench.view.drawing.heat import ROWS
from workbench.view.drawing.images import TILES, least_pixel, narrow
from workbench.view.drawing.scatter import BORDER_BOTTOM, BORDER_LEFT, FRAMES, SHAPE, WIDEST_FRAME

NAMES = 22  # pixels of a row of names, about
CELL = 30  # pixels of a row of a table, about


def room_of(picture: Picture, size: str = "") -> str:
    """The height as CSS, in a container of the drawing's width; about, where texts decide."""
    match picture:
        case Images():
            return _images(picture, size)
        case Scatter(equal=True):
            wide = f"min(100cqw - {BORDER_LEFT + 14}px, {FRAMES.get(size, WIDEST_FRAME)}px)"
            return f"calc({BORDER_BOTTOM + 6}px + {SHAPE} * {wide})"
        case HeatMap():
            row, tallest = ROWS[size]
            rows = len(picture.values)
            return f"{min(tallest, max(4 * row, row * rows)) + 2 * NAMES}px"
        case Table():
            return f"{CELL * (1 + len(picture.rows))}px"
        case Curves() | Bars() | Scatter():
            return f"{HEIGHTS.get(size, HEIGHT)}px"


def _images(picture: Images, size: str) -> str:
    _rows, _columns, height, width = picture.tiles.shape
    tall, wide = picture.mosaic().shape
    tile, most, tallest = TILES[size]
    scale = max(1, min(most, tile // max(height, width), tallest // tall))
    left, top = (NAMES * 3 if any(picture.rows) else 4), (NAMES if any(picture.columns) else 4)
    pixel = (
        f"max(min((100cqw - {left}px) / {wide}, {scale}px), {narrow(least_pixel(picture, scale))})"
    )
    return f"calc({top}px + {tall} * {pixel})"
