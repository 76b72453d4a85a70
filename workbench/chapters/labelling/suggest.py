"""Functions made from a few labelled items, for data that the chapter does not know.

The labels of the development set choose features, thresholds and words; nothing else is looked at.
"""

import keyword
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.evaluate import Features
from workbench.chapters.labelling.language import LARGEST, TEXT

MOST_PAIRS, EACH_CLASS = 8, 2  # functions for two classes; for each of more
WORDS_EACH = 4  # words a class
LONGEST_WORD = 30


def write_class(name: str) -> str:
    """The class as the language reads it: bare where it can be, else within quotes."""
    number = name.isascii() and name.isdigit() and str(int(name)) == name
    if number or (name.isidentifier() and not keyword.iskeyword(name)):
        return name
    return f'"{name}"' if "'" in name else f"'{name}'"


def suggest(features: Features, y: NDArray, classes: tuple[str, ...]) -> str:
    """Functions for items with these features and classes y [n], one a line."""
    if TEXT in features:
        return "\n".join(of_words(features[TEXT], y, classes))
    numbers = {name: v for name, v in features.items() if np.abs(v).max(initial=0) < LARGEST}
    if len(classes) == 2:
        return "\n".join(two_sided(numbers, y, classes))
    return "\n".join(one_sided(numbers, y, classes))


def two_sided(features: Features, y: NDArray, classes: tuple[str, ...]) -> list[str]:
    """`A if f < low else B if f > high`, for the features that tell the two classes apart best."""
    lines = {}
    for name, values in features.items():
        apart, middle = separation(values, y == 1)
        low, high = sorted(middle)
        below, above = classes if apart > 0 else classes[::-1]
        condition = f"{name} < {number(low)} else {write_class(above)} if {name} > {number(high)}"
        lines[f"{write_class(below)} if {condition}"] = abs(apart)
    return sorted(lines, key=lines.get, reverse=True)[:MOST_PAIRS]


def one_sided(features: Features, y: NDArray, classes: tuple[str, ...]) -> list[str]:
    """`A if f > high`, for the features that tell a class from the rest best."""
    chosen = []
    for c, word in enumerate(classes):
        lines = {}
        for name, values in features.items():
            apart, (_, far) = separation(values, y == c)
            sign = ">" if apart > 0 else "<"
            lines[f"{write_class(word)} if {name} {sign} {number(far)}"] = abs(apart)
        chosen += sorted(lines, key=lines.get, reverse=True)[:EACH_CLASS]
    return chosen[:40]


def separation(values: NDArray, inside: NDArray) -> tuple[float, tuple[float, float]]:
    """How far apart the medians of two groups are, in units of the spread, with two points between
    them: nearer to the rest, and nearer to the group `inside` [n]."""
    if inside.all() or not inside.any():
        return 0.0, (float(np.median(values)), float(np.median(values)))
    group, rest = np.median(values[inside]), np.median(values[~inside])
    spread = np.subtract(*np.quantile(values, [0.9, 0.1])) + 1e-6
    gap = group - rest
    return float(gap / spread), (float(rest + gap / 3), float(rest + 2 * gap / 3))


def number(value: float) -> str:
    """The number as the language reads it: without an exponent."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.0f}"


def of_words(texts: NDArray, y: NDArray, classes: tuple[str, ...]) -> list[str]:
    """`A if 'word' in text`, for the words that a class has and the others have not."""
    words = [{w for w in text.split() if w.isalnum() and len(w) <= LONGEST_WORD} for text in texts]
    lines = []
    for c, name in enumerate(classes):
        inside, outside = (
            Counter(w for own, here in zip(words, y == c, strict=True) if here == side for w in own)
            for side in (True, False)
        )
        count = max(1, int((y == c).sum())), max(1, int((y != c).sum()))
        gain = {w: n / count[0] - outside[w] / count[1] for w, n in inside.items() if n > 1}
        best = sorted(gain, key=lambda w: (-gain[w], w))[:WORDS_EACH]
        lines += [f"{write_class(name)} if '{word}' in text" for word in best]
    return lines or [f"{write_class(classes[0])} if length > 0"]
