"""Columns of plots, put into their sources without Bokeh's checks, which cost more than drawing."""

from collections.abc import Mapping, Sequence

import numpy as np
from bokeh.models import ColumnDataSource

from workbench.view.patches.quick_change import set_columns

Columns = Mapping[str, np.ndarray | Sequence]


def put(source: ColumnDataSource, columns: Columns) -> None:
    """Replaces all columns of the source, unless it has these already.

    They are arrays or lists of our own, of one length; an image is an array in a list.
    """
    if not _equal(source.data, columns):
        set_columns(source, dict(columns))


def put_some(source: ColumnDataSource, columns: Columns) -> None:
    """Replaces these columns of the source, which are as long as its others, and sends no other."""
    set_columns(source, {**source.data, **columns}, tuple(columns))


def _equal(old: Columns, new: Columns) -> bool:
    """Whether both are the same; it ends at the first difference, so it costs next to nothing."""
    return old.keys() == new.keys() and all(_same(old[name], new[name]) for name in new)


def _same(old: np.ndarray | Sequence, new: np.ndarray | Sequence) -> bool:
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        return np.array_equal(old, new)
    return len(old) == len(new) and all(map(_same_item, old, new))


def _same_item(old: object, new: object) -> bool:
    """Whether two entries of a list are alike: numbers, texts, or arrays of a line or an image."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return old.dtype == new.dtype and np.array_equal(old, new)
    return type(old) is type(new) and old == new
