"""The runs that a Runner holds: those that wait, train or are done, and what the store has."""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor

from workbench import data
from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.run import Run, RunStore

KEEP_BYTES = 48 * 2**20  # finished runs in memory, oldest dropped first; the store keeps more
Key = tuple[str, Settings, Hashable]


class Memory:
    """Runs by what they are, the oldest first. Its Runner's lock guards all but the store."""

    def __init__(self, keep_bytes: int, store: RunStore | None):
        self.keep_bytes = keep_bytes
        self.store = store
        self._runs: dict[Key, Run] = {}
        self._reading = ThreadPoolExecutor(1)  # of the store
        self._writing = ThreadPoolExecutor(1)

    @property
    def runs(self) -> list[Run]:
        """All of them, the oldest first."""
        return list(self._runs.values())

    def find(self, name: str, settings: Settings) -> Run | None:
        """The run of these settings, if there is one that is not over or is done.

        A run whose data have changed on disk since is another run.
        """
        return self._runs.get((name, settings, files_of(name, settings)))

    def add(self, run: Run) -> None:
        run.files = files_of(*run.key)
        self._runs[_key(run)] = run

    def remove(self, run: Run) -> None:
        self._runs.pop(_key(run), None)

    def make_newest(self, run: Run) -> None:
        """Counts a run as the one that was used last."""
        self._runs[_key(run)] = self._runs.pop(_key(run))

    def order(self, runs: Sequence[Run]) -> None:
        """Brings all runs into this order."""
        self._runs = {_key(run): run for run in runs}

    def drop_oldest(self) -> None:
        """Drops finished runs that nobody reads until the others fit; the newest stays."""
        done = [run for run in self._runs.values() if run.status == "done"]
        total = sum(map(count_bytes, done))
        for run in done[:-1]:
            if total <= self.keep_bytes:
                return
            if not run.readers:
                total -= count_bytes(run)
                self.remove(run)

    def search_store(self, run: Run, answer: Callable[[Run, list[Frame] | None], None]) -> None:
        """Asks the store for a run, in another thread, which calls `answer`."""
        self._reading.submit(self._search, run, answer)

    def _search(self, run: Run, answer: Callable[[Run, list[Frame] | None], None]) -> None:
        store = None if run.settings.personal else self.store
        try:
            frames = store.get(*run.key) if store is not None and run.live else None
        except Exception:  # what is wrong with its data, training will say better
            frames = None
        answer(run, frames)

    def write_store(self, run: Run) -> None:
        """Keeps a finished run, in another thread; never one with a text of its reader's."""
        if self.store is not None and not run.settings.personal:
            self._writing.submit(self.store.put, *run.key, run.frames)

    def close(self) -> None:
        """Returns when all that is finished has been kept."""
        self._reading.shutdown(cancel_futures=True)
        self._writing.shutdown()


def _key(run: Run) -> Key:
    return run.name, run.settings, run.files


def files_of(name: str, settings: Settings) -> Hashable:
    """The state of the files that a run reads; None where they cannot be: training says why."""
    try:
        return data.source_of(find(name), settings).locate()
    except data.DataError:
        return None


def count_bytes(run: Run) -> int:
    """About how much memory the run's pictures take."""
    pictures = (p for frame in run.frames for p in frame.pictures.values())
    arrays = (a for p in pictures for a in vars(p).values())
    return sum(getattr(a, "nbytes", 0) for a in arrays)
