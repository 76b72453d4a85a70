"""Colours, once for the page, the notebook and the file; colour-blind readers can tell them apart.

Text has a contrast of at least 4.5 with its page, a line or a point at least 3 (WCAG 2.2, AA).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

# Okabe and Ito (2008)
OKABE_ITO = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#F0E442",
)
# its sky blue and its yellow, made dark enough for a white page, are hard to tell from its blue and
# its orange, so others take their places
PURPLE, BROWN, TEAL = "#7A3FBF", "#8C5A2B", "#00A5B5"
LINE8 = (*OKABE_ITO[:5], PURPLE, "#000000", BROWN)
CLASS10 = (*OKABE_ITO[:5], TEAL, "#6F6F6F", BROWN, PURPLE, "#8FA300")

# every 15th colour of cividis (Nunez et al. 2018), whose brightness rises evenly
CIVIDIS18 = (
    "#00204C",
    "#002A66",
    "#00346E",
    "#273F6C",
    "#3C4A6B",
    "#4C556B",
    "#5B5F6D",
    "#686A70",
    "#757575",
    "#838178",
    "#928C78",
    "#A19876",
    "#B0A572",
    "#C0B16D",
    "#D1BF66",
    "#E1CC5C",
    "#F3DB4F",
    "#FFE945",
)
INK_LIMIT = 0.18  # luminance of a cell above which dark text is read better than bright text


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of '#rrggbb', 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with a share of the other in it, 0 to 1."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it: 0 is black, 1 is white."""
    parts = (c / 255 for c in channels(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio of two colours: 1 to 21."""
    dim, bright = sorted((luminance(first), luminance(second)))
    return (bright + 0.05) / (dim + 0.05)


def visible(colour: str, page: str, least: float = 3.0) -> str:
    """The colour, mixed with the page's opposite just far enough to stand out from it."""
    end = "#000000" if luminance(page) > 0.5 else "#ffffff"
    tries = (mixed(colour, end, percent / 100) for percent in range(0, 101, 2))
    return next((each for each in tries if contrast(each, page) >= least), end)


def ink(cell: str) -> str:
    """Black or white, whichever can be read on a cell of this colour."""
    return "#000000" if luminance(cell) > INK_LIMIT else "#ffffff"


@cache
def heat_colours(count: int = 256) -> tuple[str, ...]:
    """Colours for values from low to high: cividis in so many steps."""
    last = len(CIVIDIS18) - 1
    places = [i * last / (count - 1) for i in range(count)]
    below = [min(int(place), last - 1) for place in places]
    return tuple(
        mixed(CIVIDIS18[i], CIVIDIS18[i + 1], place - i)
        for i, place in zip(below, places, strict=True)
    )


TINTS = 17  # steps of a field, an odd number: the one in the middle has no colour
DEEPEST_TINT = 0.45  # how opaque the first and the last of them are


def tint_steps(values: np.ndarray) -> np.ndarray:
    """The step, 0 to TINTS - 1, of each number from 0 to 1."""
    return np.clip(np.round(np.nan_to_num(values, nan=0.5) * (TINTS - 1)), 0, TINTS - 1).astype(int)


def tints(classes: Sequence[str]) -> list[tuple[str, float]]:
    """The colour and the opacity of each step: of the second class below the middle, of the first
    above."""
    middle = TINTS // 2
    return [
        (classes[step < middle], DEEPEST_TINT * abs(step - middle) / middle)
        for step in range(TINTS)
    ]


@dataclass(frozen=True)
class Theme:
    """What a drawing needs to know of the page that it lies on."""

    page: str
    text: str
    muted: str
    grid: str
    border: str
    lines: tuple[str, ...]
    classes: tuple[str, ...]


def _readable(palette: Sequence[str], page: str, least: float) -> tuple[str, ...]:
    return tuple(visible(colour, page, least) for colour in palette)


LIGHT = Theme(
    page="#ffffff",
    text="#1f2328",
    muted="#57606a",
    grid="#e4e7eb",
    border="#8c959f",
    lines=_readable(LINE8, "#ffffff", 3),
    classes=_readable(CLASS10, "#ffffff", 3),
)
# points are half transparent, which takes more from colours on a dark page
DARK = Theme(
    page="#181a1f",
    text="#e8eaed",
    muted="#b4bac2",
    grid="#33373e",
    border="#7d848d",
    lines=_readable(LINE8, "#181a1f", 4.5),
    classes=_readable(CLASS10, "#181a1f", 4.5),
)
