"""Points that a reader puts on the plane, as a text that fits into a link."""

import math
import re

EDGE, MOST_POINTS = 3.0, 24
LONGEST_TEXT = 400
PAIR = re.compile(r"(-?\d{1,2}(?:\.\d{0,3})?),(-?\d{1,2}(?:\.\d{0,3})?)")
WANTED = f"Write points as x,y pairs from {-EDGE:g} to {EDGE:g}, such as 1,0 0,1 -1,0"
Points = tuple[tuple[float, float], ...]


def read_points(text: str) -> Points:
    """The points that a text names. Raises ValueError with a sentence for the reader."""
    words = text.split()
    if len(words) > MOST_POINTS:
        raise ValueError(f"There is room for {MOST_POINTS} points, and these are {len(words)}.")
    points = []
    for word in words:
        pair = PAIR.fullmatch(word)
        if pair is None or max(abs(float(part)) for part in pair.groups()) > EDGE:
            raise ValueError(f"{WANTED}; {word[:20]!r} is none.")
        points.append((float(pair[1]), float(pair[2])))
    return tuple(points)


def check_points(text: str) -> None:
    """Raises ValueError with a sentence for a text that names no points."""
    read_points(text)


def write_points(points: Points) -> str:
    """The text that names these points, to two decimals."""
    return " ".join(",".join(f"{round(part, 2) + 0.0:g}" for part in point) for point in points)


def suggest_points() -> str:
    """A ring of twelve points."""
    turns = [2 * math.pi * i / 12 for i in range(12)]
    return write_points(tuple((1.8 * math.cos(turn), 1.8 * math.sin(turn)) for turn in turns))
