"""One image set as a value, the way it is split, and the two errors of this package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.data.report import Report, choose_pictures, count_classes


class DataError(ValueError):
    """Data that cannot be used. The message is one sentence: which file, why, what to do."""


class DataMissing(DataError):
    """Data that is not there. The message says how to bring it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ImageSet:
    """Images with what is known about them, split once and for all into train and test.

    x_train, x_test: float32 in [0, 1], (n, height, width), or (n, height, width, 3) in colour.
    y_train, y_test: int64 (n,), the index into `classes`, or None without labels.
    factors_train, factors_test: int64 (n, K), the class of each known generative factor, or None;
        `factor_names` and `factor_sizes` describe the K columns.
    source: one line with origin and licence. report: how your own set was read.

    The arrays are read-only, because every run in the process shares them.
    """

    name: str
    title: str
    source: str
    x_train: np.ndarray
    x_test: np.ndarray
    y_train: np.ndarray | None = None
    y_test: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    factors_train: np.ndarray | None = None
    factors_test: np.ndarray | None = None
    factor_names: tuple[str, ...] = ()
    factor_sizes: tuple[int, ...] = ()
    report: Report | None = None

    def __post_init__(self):
        for array in self.arrays:
            array.setflags(write=False)

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """Every array of the set that is not None, in the order of the fields."""
        return tuple(value for value in vars(self).values() if isinstance(value, np.ndarray))

    @property
    def height(self) -> int:
        return self.x_train.shape[1]

    @property
    def width(self) -> int:
        return self.x_train.shape[2]

    @property
    def pixels(self) -> int:
        """Numbers per image: height x width, times 3 in colour."""
        return int(np.prod(self.x_train.shape[1:]))

    def describe(self) -> Report:
        """How the set was read; of a known set, what it holds."""
        if self.report is not None:
            return self.report
        labels = None if self.y_train is None else np.concatenate([self.y_train, self.y_test])
        return Report(
            name=self.name,
            kind="pictures",
            source=self.source,
            size=f"{len(self.x_train)} + {len(self.x_test)} images of {self.height} x {self.width}",
            label="none" if labels is None else "comes with the set",
            scaling="as this set is always read",
            low=float(min(self.x_train.min(), self.x_test.min())),
            high=float(max(self.x_train.max(), self.x_test.max())),
            classes=count_classes(labels, self.classes),
            pictures=choose_pictures(self.x_train, self.y_train),
        )

    def __repr__(self) -> str:
        count = f"{len(self.x_train)} + {len(self.x_test)}"
        return f"ImageSet({self.name!r}, {count} images of {self.height} x {self.width})"


def split(n: int, share: float, labels: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers (train, test), shuffled with seed 0, `share` of the n rows in test.

    With labels, every class gives its share to within one row: rows are lined up class by class,
    in random order within a class, and every (1/share)-th goes to test.
    """
    rng = np.random.default_rng(0)
    line = rng.permutation(n)
    if labels is not None:
        line = line[np.argsort(labels[line], kind="stable")]
    filled = np.floor(np.arange(n + 1) * share)
    test = np.diff(filled) > 0
    return rng.permutation(line[~test]), rng.permutation(line[test])


def split_with_factors(
    images: np.ndarray, factors: np.ndarray, test_share: float, **about: Any
) -> ImageSet:
    """A set of pictures [n, height, width] with known factors [n, f], split into two parts.

    The label is the first factor; `about` holds the other fields of ImageSet.
    """
    train, test = split(len(images), test_share)
    return ImageSet(
        x_train=images[train],
        x_test=images[test],
        y_train=factors[train, 0],
        y_test=factors[test, 0],
        factors_train=factors[train],
        factors_test=factors[test],
        **about,
    )
