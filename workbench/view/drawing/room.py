"""The room that a drawing will take, so that nothing on a page moves when it comes."""

from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter, Table
from workbench.view.drawing.axes import HEIGHT, HEIGHTS, NAMES_WIDTH, head_room, name_axis
from workbench.view.drawing.heat import ROWS
from workbench.view.drawing.images import largest_pixel, pixel_of, whole
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
    """As high as the drawing itself: less would let the page move, and more be an empty strip."""
    tall, wide = picture.mosaic().shape
    room = min(NAMES_WIDTH, largest_pixel(picture, size) * wide)
    top = head_room(name_axis(), picture.columns, room) + 2
    return f"calc({top}px + {tall} * {whole(pixel_of(picture, size))})"
