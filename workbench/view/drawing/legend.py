"""The legend of a drawing as HTML: a stroke and a marker as they are drawn, and the name as text.

Bokeh's own legend draws each sample anew at every change of the data that its line shows, which
costs a browser more than the lines; this one is text that is read aloud and wraps on a telephone.
"""

import math
from collections.abc import Iterable
from html import escape

CORNERS = {  # of a marker, and where the first of them is, in degrees
    "circle": (24, 0),
    "square": (4, 45),
    "diamond": (4, 0),
    "triangle": (3, -90),
    "inverted_triangle": (3, 90),
    "hex": (6, 0),
}
STROKES = {"plus": (0, 90), "x": (45, 135), "asterisk": (0, 45, 90, 135)}
RADIUS = 4.5


STYLE = """
.key { display: flex; flex-wrap: wrap; gap: 1px 14px; margin: 0 0 4px; font-size: 13px; }
.key svg { vertical-align: -2px; margin-right: 5px; }
"""


def legend(entries: Iterable[tuple[str, str]], before: Iterable[tuple[str, str]] = ()) -> str:
    """HTML of (sample, name) after (sample, name), and of the run before, for which a page has
    room from the start."""
    items = "".join(f"<span>{sample}{escape(name)}</span>" for sample, name in entries)
    last = "".join(f'<span class="before">{sample}{escape(name)}</span>' for sample, name in before)
    return f'<div class="key">{items}{last}</div>'


def stroke(colour: str, dash: Iterable[int] = (), marker: str | None = None) -> str:
    """A piece of a line as SVG, with its marker if it has one."""
    dashes = f' stroke-dasharray="{" ".join(map(str, dash))}"' if dash else ""
    line = f'<path d="M0 6H28" fill="none" stroke="{colour}" stroke-width="2.5"{dashes}/>'
    return _svg(28, line + (_marker(marker, colour, 14) if marker else ""))


def dot(colour: str, marker: str) -> str:
    """A marker alone as SVG."""
    return _svg(12, _marker(marker, colour, 6))


def _svg(width: int, inside: str) -> str:
    return f'<svg width="{width}" height="12" aria-hidden="true">{inside}</svg>'


def _marker(name: str, colour: str, x: float) -> str:
    def at(degrees: float, radius: float = RADIUS) -> str:
        turn = math.radians(degrees)
        return f"{x + radius * math.cos(turn):.1f},{6 + radius * math.sin(turn):.1f}"

    if name in STROKES:
        path = "".join(f"M{at(turn)}L{at(turn + 180)}" for turn in STROKES[name])
        return f'<path d="{path}" stroke="{colour}" stroke-width="1.5"/>'
    if name == "star":
        corners = [at(36 * i - 90, RADIUS * (1 if i % 2 == 0 else 0.45)) for i in range(10)]
    else:
        count, first = CORNERS[name]
        corners = [at(first + 360 * i / count) for i in range(count)]
    return f'<polygon points="{" ".join(corners)}" fill="{colour}"/>'
