"""What a drawing has beside its colours: markers and dashes, a second sign for each line."""

from workbench.core.palette import DARK, LIGHT, Theme

__all__ = ["COVERING", "DARK", "DASHES", "LIGHT", "MARKERS", "Theme"]

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
COVERING = [9, 7]  # of a line that would hide another
