"""Colours: one light and one dark theme, readable in both and by colour-blind readers.

Text keeps a contrast of 4.5 with its page, lines and points keep 3 (WCAG 2.2, AA).
"""

from dataclasses import dataclass

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
CLASS10 = (*OKABE_ITO[:6], "#6F6F6F", "#8C5A2B", "#7A3FBF", "#8FA300")


MARKERS = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "inverted_triangle",
    "plus",
    "x",
    "star",
    "hex",
    "asterisk",
)
DASHES = ([7, 4], [2, 3], [10, 3, 2, 3], [14, 4])


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of '#rrggbb', 0 to 255."""
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it: 0 is black, 1 is white."""
    parts = (c / 255 for c in channels(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours: 1 to 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def visible(colour: str, page: str, least: float = 3.0) -> str:
    """The colour, mixed with the page's opposite just far enough to stand out from it."""
    end = 0 if luminance(page) > 0.5 else 255
    for mix in range(0, 101, 2):
        parts = (round(c + (end - c) * mix / 100) for c in channels(colour))
        mixed = "#" + "".join(f"{part:02x}" for part in parts)
        if contrast(mixed, page) >= least:
            return mixed
    return mixed


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


def _theme(page: str, least: float, **colours: str) -> Theme:
    def shown(palette):
        return tuple(visible(colour, page, least) for colour in palette)

    return Theme(page, lines=shown(OKABE_ITO), classes=shown(CLASS10), **colours)


LIGHT = _theme("#ffffff", 3, text="#1f2328", muted="#57606a", grid="#e4e7eb", border="#8c959f")


# Points are half transparent, which takes more from colours on a dark page.
DARK = _theme("#181a1f", 4.5, text="#e8eaed", muted="#b4bac2", grid="#33373e", border="#7d848d")
