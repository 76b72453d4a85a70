"""Where a run's data come from, whichever kind of data they are."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from workbench.data.report import Report


class Source(NamedTuple):
    """Two questions about a set of pictures, a table or bags; both raise DataError.

    locate() looks at the files and opens none: equal answers mean that nothing has changed.
    report() says how the set was read, and has its fingerprint.
    """

    locate: Callable[[], Hashable]
    report: Callable[[], Report]
