"""Where the items of a run come from: pictures, comments, texts and tables of one's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling import features as features_of
from workbench.chapters.labelling.evaluate import Features
from workbench.chapters.labelling.knobs import VIDEOS, Settings
from workbench.core.settings import SettingsError
from workbench.data import DataError, catalog, tables, texts
from workbench.data.inventory import NO_FILES
from workbench.data.own.table import read_table
from workbench.data.report import Report
from workbench.data.source import Source

MOST_ITEMS = 4000  # of a large set, drawn by the seed
LOOPS = "0689"  # the digits with a closed loop


@dataclass(frozen=True, eq=False)
class Pool:
    """Items before the split.

    x [n, d] is what a classifier learns from, None for texts; `tiles` [n, height, width] and
    `texts` are what a reader sees; `test` [n] marks a given split, None leaves it to the seed.
    """

    title: str
    classes: tuple[str, ...]
    y: NDArray
    features: Features
    x: NDArray | None = None
    tiles: NDArray | None = None
    texts: tuple[str, ...] = ()
    test: NDArray | None = None

    def take(self, rows: NDArray) -> dict[str, Any]:
        """What there is of these rows: features, x, tiles and texts."""
        return {
            "features": {name: values[rows] for name, values in self.features.items()},
            "x": None if self.x is None else self.x[rows],
            "tiles": None if self.tiles is None else self.tiles[rows],
            "texts": tuple(self.texts[i] for i in rows) if self.texts else (),
        }


def source(run: Settings) -> Source:
    """What asks for the files of the items, and how they were read."""
    if run.items == "votes":
        drawn = Report(name="votes", kind="table", source="drawn by the seed", fingerprint="votes")
        return Source(lambda: ("votes", None, NO_FILES), lambda: drawn)
    if run.items == "comments":
        return Source(lambda: ("comments", None, NO_FILES), lambda: describe(texts.load_comments()))
    try:
        path = own_file(run)
    except DataError:  # the run says it
        path = None
    if path is None:
        return catalog.source(run.data)
    if texts.has_texts(path):
        return Source(lambda: catalog.locate(run.data), lambda: describe(texts.read_texts(path)))
    return tables.source_of_rows(run.data)


def describe(own: texts.TextSet) -> Report:
    """How texts were read."""
    counts = np.bincount(own.y, minlength=len(own.classes))
    return Report(
        name=own.name,
        kind="table",
        source=own.source,
        size=f"{len(own.texts)} texts",
        classes=dict(zip(own.classes, map(int, counts), strict=True)),
        notes=("Markup, entities and invisible letters were removed.", *own.notes),
        fingerprint=own.fingerprint(),
    )


def own_file(run: Settings) -> Path | None:
    """Where the .csv of one's own lies, or None."""
    if run.items != "pictures":
        return None
    kind, path, _ = catalog.locate(run.data)
    return path if kind == "" and path is not None and path.suffix.lower() == ".csv" else None


def open_pool(run: Settings) -> Pool:
    """The items of a run. Raises DataError."""
    if run.items == "comments":
        comments = texts.load_comments()
        return pool_of_texts(comments, comments.part == VIDEOS.index(run.video))
    path = own_file(run)
    if path is None:
        return pool_of_pictures(run)
    if texts.has_texts(path):
        return pool_of_texts(texts.read_texts(path))
    return pool_of_table(path)


def pool_of_texts(own: texts.TextSet, test: NDArray | None = None) -> Pool:
    """Texts, with the test items marked where they are given."""
    numbers = features_of.of_texts(own.texts)
    return Pool(own.title, own.classes, own.y, numbers, texts=own.texts, test=test)


def pool_of_table(path: Path) -> Pool:
    """A table of numbers of one's own, whose columns are the features. Raises DataError."""
    table, raw = tables.own_table(path), read_table(path)  # the first has scaled its columns
    classes, y = np.unique(raw.label, return_inverse=True)
    x = raw.x
    scaled = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
    low, high = scaled.min(), scaled.max()
    tiles = np.zeros((len(x), int(np.prod(table.shape))))
    tiles[:, : x.shape[1]] = (scaled - low) / max(high - low, 1e-9)
    own = features_of.of_table(list(raw.columns), x)
    tiles = tiles.reshape(len(x), *table.shape)
    return Pool(table.title, tuple(map(str, classes)), y, own, scaled, tiles)


def pool_of_pictures(run: Settings) -> Pool:
    """Pictures, and the question about them. Raises DataError and SettingsError."""
    table = tables.rows_of(run.data)
    x = np.concatenate([table.x_train, table.x_test])
    tiles = np.concatenate([table.pictures_train, table.pictures_test])
    rows, y, classes = ask(run.question, np.concatenate([table.y_train, table.y_test]), table)
    if len(rows) > MOST_ITEMS:
        rows = np.sort(np.random.default_rng([run.seed, 5]).permutation(rows)[:MOST_ITEMS])
    own = features_of.of_pictures(tiles[rows])
    title = f"{table.title}: {' or '.join(classes) if len(classes) == 2 else 'all classes'}"
    return Pool(title, classes, y[rows], own, x[rows], tiles[rows])


def ask(question: str, y: NDArray, table) -> tuple[NDArray, NDArray, tuple[str, ...]]:
    """The rows that the question is about, the answers y [all rows], and the classes."""
    names = table.classes
    if question == "all classes":
        return np.arange(len(y)), y, names
    if question == "loop or none":
        if names != tuple("0123456789"):
            raise SettingsError("Loops are a question about the digits 0 to 9; choose another.")
        return np.arange(len(y)), np.isin(y, [int(c) for c in LOOPS]) * 1, ("none", "loop")
    pair = tuple(question.split(" or "))
    if not set(pair) <= set(names):
        pair = names[:2]
    codes = [names.index(word) for word in pair]
    return np.flatnonzero(np.isin(y, codes)), (y == codes[1]) * 1, pair
