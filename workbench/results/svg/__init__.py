"""Pictures as SVG, shapes without a screen: for what is taken home and opened elsewhere.

    svg(frame.pictures["rates"])       # one whole file

A drawing needs no fonts, styles or scripts from elsewhere; images lie in it as PNG.
"""

from html import escape
from typing import NamedTuple

from workbench.core.palette import LIGHT, Theme
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter
from workbench.results.svg.around import draw_with_axes
from workbench.results.svg.axes import Axes, Limits, extent, place_axes, ticks, union
from workbench.results.svg.cells import draw_heat_map, draw_images, draw_table, shares_of_range
from workbench.results.svg.marks import place_marks
from workbench.results.svg.style import HEIGHT, LEFT, LETTER_HEIGHT, NORMAL, WIDE, WIDTH, Size

__all__ = [
    "Drawing",
    "HEIGHT",
    "LEFT",
    "LETTER_HEIGHT",
    "Limits",
    "NORMAL",
    "Size",
    "WIDE",
    "WIDTH",
    "draw",
    "draw_marks",
    "extent",
    "locate",
    "shares_of_range",
    "svg",
    "ticks",
    "union",
]


TITLE_HEIGHT = 22


class Drawing(NamedTuple):
    """A drawing with its size: `text` is a whole SVG file."""

    text: str
    width: int
    height: int


def svg(
    picture: Picture,
    limits: Limits | None = None,
    theme: Theme = LIGHT,
    titled: bool = True,
    size: Size = NORMAL,
) -> str:
    """The picture as an SVG file. `limits`: of the axes, instead of those that it needs itself;
    titled: whether its title stands above it; size: as it has room, with letters of one size."""
    return draw(picture, limits, theme, titled, size).text


def draw(
    picture: Picture,
    limits: Limits | None = None,
    theme: Theme = LIGHT,
    titled: bool = True,
    size: Size = NORMAL,
) -> Drawing:
    """The same with its size, for a page that puts several beside each other."""
    taken: tuple[float, float]
    if isinstance(picture, Curves | Scatter | Bars):
        taken, inside = draw_with_axes(picture, limits or extent(picture), theme, size)
    elif isinstance(picture, Images):
        taken, inside = draw_images(picture, size.width)
    elif isinstance(picture, HeatMap):
        taken, inside = draw_heat_map(picture, limits, size.width)
    else:
        taken, inside = draw_table(picture, size.width)
    width, height = round(taken[0]), round(taken[1])
    title = f'<text x="4" y="18" font-size="14">{escape(picture.title)}</text>' if titled else ""
    above = 0 if titled else TITLE_HEIGHT
    height -= above
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {above} {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="sans-serif" '
        f'font-size="{LETTER_HEIGHT}" fill="{theme.text}">'
        f"<title>{escape(picture.summary())}</title>"
        f"{title}{''.join(inside)}</svg>"
    )
    return Drawing(text, width, height)


def draw_marks(picture: Curves | Scatter | Bars, width: int, height: int) -> str:
    """The lines, points or bars alone, as they lie in axes of this size."""
    shapes, _ = place_marks(picture, Axes(picture, extent(picture), width, height))
    return "".join(shapes)


def locate(picture: Curves, x: float, limits: Limits | None = None) -> float:
    """Where x lies on the drawing, in its own units: for a mark that follows a slider."""
    return LEFT + float(place_axes(picture, limits or extent(picture)).across(x))
