"""Cases of what people bring: how each is written, and in which words it is read or refused."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import own_files as own


class Case(NamedTuple):
    """Something that people bring.

    make(folder) writes it and returns its place; before: what the workbench did with it before it
    had a report; after: what it does, which begins with "read" or "refused"; words: of the report,
    or of the sentence.
    """

    make: Callable[[Path], Path]
    before: str
    after: str
    words: tuple[str, ...] = ()


def table(*args, name="t.csv", **kw):
    return lambda folder: own.write_table(folder / name, *args, **kw)


def raw(content, name="t.csv"):
    def make(folder):
        (folder / name).write_bytes(content)
        return folder / name

    return make


def arrays(name="t.npz", **keys):
    def make(folder):
        np.savez(folder / name, **keys)
        return folder / name

    return make


def classes(*args, **kw):
    return lambda folder: own.save_classes(folder / "set", *args, **kw)


def also(first, then):
    """Makes a set and does something to its folder."""

    def make(folder):
        place = first(folder)
        then(place)
        return place

    return make


def bag_table(rows=own.BAG_ROWS, names=own.BAG_NAMES, **kw):
    return table(names, rows, **kw)


INDEX = "refused: it tells the place of a row and perhaps its label; remove or rename it"
COUNT = range(60)
ORDER = np.random.default_rng(1).permutation(60)
LINES = "\n".join(["a,b,label", *map(",".join, own.ROWS)])
DARK = "black pictures, not a word"
MISSING = "refused: the column, how many fields, and the first row"
NO_LABEL = "no labels: the label became a pixel, five clusters of K-means the classes"
UNKNOWN = "refused as 'damaged or of another format'"
TEXT = "refused: 'holds text'"
LEAK = "an input, not a word; in a sorted file it told the label, and noise was learnt"
