"""Where a run's data come from, whichever kind of data they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from workbench.data.imageset import DataError
from workbench.data.inventory import Place
from workbench.data.report import Report


class Source(NamedTuple):
    """Two questions about a set of pictures, a table or bags; both raise DataError.

    locate() says the name ("" for your own), the place and the state of the files, and opens none:
    equal answers mean that nothing has changed. report() says how the set was read.
    """

    locate: Callable[[], Place]
    report: Callable[[], Report]

    @property
    def own(self) -> bool:
        """Whether these are a reader's own data; False where they cannot be found."""
        with suppress(DataError):
            return self.locate()[0] == ""
        return False
