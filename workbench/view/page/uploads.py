"""A reader's own file on one page: it is checked in another process, and gone with the page."""

import secrets
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from weakref import WeakValueDictionary

from workbench import data
from workbench.data import own, uploads
from workbench.running.errors import WorkerDied
from workbench.running.lab_process import LabProcess
from workbench.view.page.session import close_with_page, in_page_time

CHECK_SECONDS = 10.0  # of CPU that reading a file may take
UNPACKED = 8  # times the largest file that its pictures may take in memory
PAGES: "WeakValueDictionary[str, Uploads]" = WeakValueDictionary()  # by their token
limit = 0  # bytes of a file; 0: nobody may bring any. `workbench serve --uploads` sets it


@cache
def checker() -> LabProcess:
    """The process that reads files that nobody has looked at."""
    return LabProcess(CHECK_SECONDS)


def check(path: Path, most: int) -> str:
    """What the file holds, in words. Raises DataError. Call it in another process."""
    images = own.read(path)
    unpacked = sum(array.nbytes for array in (images.x_train, images.x_test))
    if unpacked > most:
        raise data.DataError(
            f"{path.name}: its pictures take {unpacked / 1e6:.0f} MB in memory: "
            f"bring at most {most / 1e6:.0f} MB"
        )
    return images.describe().size


class Uploads:
    """The file of one page: `show(name, title)` is called in the page's time when it can be used.

    token: by which the page's own script proves that the file is for it.
    """

    def __init__(self, show: Callable[[str, str], None]):
        self.token = secrets.token_hex(16)
        self.name = ""  # of the set that is there now
        self.title = ""
        self.busy = False
        self.closed = False
        self._show = show
        self._tell = in_page_time(self.tell)
        PAGES[self.token] = self
        close_with_page(self)

    def take(self, name: str, path: Path) -> str:
        """Checks a file that has come, and uses it in the place of the one before.

        Returns what it holds in words. Raises ValueError, in one sentence, for what cannot be
        used; then the file is deleted. Call it in a thread: it may take seconds.
        """
        try:
            size = checker()(partial(check, path, UNPACKED * limit))
        except (ValueError, OSError, WorkerDied) as error:
            uploads.delete(name)
            raise ValueError(f"{error}") from None
        old, self.name, self.title = self.name, name, f"yours: {path.name}"
        uploads.delete(old)
        if self.closed:  # the reader has gone meanwhile
            self.close()
        self._tell()
        return size

    def tell(self) -> None:
        """Shows the file on the page."""
        if self.name:
            self._show(self.name, self.title)

    def close(self) -> None:
        """Deletes the file: the page is gone."""
        self.closed = True
        uploads.delete(self.name)
        self.name = ""
