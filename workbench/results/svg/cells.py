"""Pictures without axes: tiles, heat maps and tables."""

import math
from collections.abc import Sequence

import numpy as np

from workbench.core.palette import heat_colours, ink
from workbench.core.pictures import HeatMap, Images, Table
from workbench.results.png import data_url
from workbench.results.svg.axes import Limits
from workbench.results.svg.style import LETTER_WIDTH, WIDTH, shorten, write_text

ROW_LETTERS = 24  # of a name beside a row of tiles
MOST_HIGH = 420  # of a mosaic of tiles
LONGEST_THINNED = 6  # letters of a name above a column where not every column has one
NUMBERS_IN_CELLS = 120  # numbers in a heat map above which they are colours only
Parts = tuple[tuple[float, float], list[str]]  # width and height, and what is drawn


def draw_images(picture: Images, width: int = WIDTH) -> Parts:
    """Tiles beside each other, with names of rows and columns."""
    board = picture.mosaic() if picture.colours is None else picture.colour_mosaic()
    high, wide = board.shape[:2]
    rows, columns = picture.tiles.shape[:2]
    longest = min(ROW_LETTERS, max(map(len, picture.rows), default=0))
    left, top = round(10 + LETTER_WIDTH * longest), (44 if any(picture.columns) else 28)
    scale = min((width - left - 4) / wide, MOST_HIGH * width / WIDTH / high)
    size = width, top + scale * high + 4
    inside = [
        f'<image x="{left}" y="{top}" width="{scale * wide:.1f}" height="{scale * high:.1f}" '
        f'style="image-rendering:pixelated" href="{data_url(board)}"/>'
    ]
    for i, name in enumerate(picture.rows):
        y = top + scale * high * (i + 0.5) / rows + 4
        inside.append(write_text(left - 6, y, shorten(name, ROW_LETTERS), "end"))
    for i, name in enumerate(picture.columns):
        x = left + scale * wide * (i + 0.5) / columns
        most = max(2, int(scale * wide / columns / LETTER_WIDTH))
        inside.append(write_text(x, top - 5, shorten(name, most), "middle"))
    return size, inside


def draw_heat_map(picture: HeatMap, limits: Limits | None = None, width: int = WIDTH) -> Parts:
    """Coloured cells, with numbers in them where they are few. `limits`: see `axes.extent`."""
    rows, columns = picture.values.shape
    left, top, tall = 96, 44, 20
    wide = (width - left - 8) / max(1, columns)
    shares = shares_of_range(picture.values, limits[2:] if limits else None)
    inside = [
        write_text(left - 6, top + tall * (i + 0.7), shorten(name), "end")
        for i, name in enumerate(picture.rows)
    ]
    step = _every(picture.columns, wide)
    letters = int(wide / LETTER_WIDTH) if step == 1 else LONGEST_THINNED
    inside += [
        write_text(left + wide * (j + 0.5), top - 5, shorten(name, letters), "middle")
        for j, name in enumerate(picture.columns)
        if j % step == 0
    ]
    for (i, j), value in np.ndenumerate(picture.values):
        cell = heat_colour(shares[i, j])
        corner = f'x="{left + wide * j:.1f}" y="{top + tall * i}"'
        inside.append(f'<rect {corner} width="{wide:.1f}" height="{tall}" fill="{cell}"/>')
        if picture.values.size <= NUMBERS_IN_CELLS:
            x, y = left + wide * (j + 0.5), top + tall * (i + 0.7)
            number = write_text(x, y, _brief(value), "middle")
            inside.append(f'<g fill="{ink(cell)}">{number}</g>')
    return (width, top + tall * rows + 6), inside


def _every(names: Sequence[str], wide: float) -> int:
    """Every how manieth name of columns so wide is written: each where columns are wide or names
    are words, which are shortened; of many numbers, such as steps, as many as have room."""
    longest = LETTER_WIDTH * max(map(len, names), default=0) + 4
    if longest <= wide or not all(name.isdigit() for name in names):
        return 1
    return math.ceil(longest / wide)


def _brief(value: float) -> str:
    """The number in few letters, as a cell is narrow: 1200, not 1.2e+03; 0.03, not 0.028."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{float(f'{value:.2f}'):.2g}"


def heat_colour(share: float) -> str:
    """The colour of a cell whose value lies at this share of the range."""
    return heat_colours()[round(255 * share)]


def shares_of_range(values: np.ndarray, ends: tuple[float, float] | None = None) -> np.ndarray:
    """Where each value lies between the lowest, 0, and the highest, 1, or between these ends."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.zeros(values.shape)
    low, high = ends or (finite.min(), finite.max())
    if low == high:
        return np.zeros(values.shape)
    return np.clip(np.nan_to_num((values - low) / (high - low)), 0, 1)


def draw_table(picture: Table, width: int = WIDTH) -> Parts:
    """Words and numbers in columns."""
    wide = (width - 8) / max(1, len(picture.columns))
    inside = []
    for i, row in enumerate((picture.columns, *picture.rows)):
        bold = ' font-weight="bold"' if i == 0 else ""
        cells = [
            write_text(8 + wide * j, 44 + 20 * i, shorten(cell, int(wide / LETTER_WIDTH)))
            for j, cell in enumerate(row)
        ]
        inside.append(f"<g{bold}>{''.join(cells)}</g>")
    return (width, 56 + 20 * len(picture.rows)), inside
