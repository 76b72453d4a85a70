"""A run: the growing list of frames of one experiment, and how it stands."""

import threading
from collections.abc import Hashable, Iterator, Sequence
from typing import Protocol

from workbench.core.frames import Frame
from workbench.core.settings import Settings


class RunFailed(RuntimeError):
    """Waiting for a run that failed. Its text is the run's error."""


class Player(Protocol):
    """Trains one run, or one stack of runs, at a time.

    It may have more: `takes` ("runs" that a reader waits for, "sweeps", or "all", which is the
    default), and, where several take turns in a process, that `process`, `spent()`, the CPU seconds
    that a run has had of it, and `halt()` and `go_on()`, between which a run has no turn. Without
    these, a player is alone, the clock tells, and a run that has spent its budget ends.
    """

    def frames(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]: ...

    def stop(self) -> None:
        """Asks for the end of the frames that are being made. Called from other threads."""

    def close(self) -> None: ...


class RunStore(Protocol):
    """Where finished runs outlive the process."""

    def get(self, name: str, settings: Settings) -> list[Frame] | None: ...

    def put(self, name: str, settings: Settings, frames: Sequence[Frame]) -> None: ...


class Run:
    """The frames of one experiment so far, and how it stands.

    status: waiting, training, halted, done, failed or abandoned; `error` says why in one sentence,
    unless nobody read it any more. A halted run has spent its budget, and goes on from there when
    its reader asks for more (`Runner.go_on`).
    """

    def __init__(self, name: str, settings: Settings):
        self.name = name
        self.settings = settings
        self.files: Hashable = None  # the state of the files that it reads, when it was opened
        self.frames: list[Frame] = []
        self.status = "waiting"
        self.error = ""
        self.searched = False  # whether the store has been asked for it
        self.readers: set[int] = set()
        self.swept = False  # part of a sweep, which waits for its end
        self.background = False  # and nobody looks at it alone
        self.session = ""  # of the reader who asked first
        self.owner = 0  # who that is
        self.begun_at: float | None = None  # when its training began, by time.monotonic()
        self.player: Player | None = None
        self.group: list[Run] = [self]  # what trains in one stack with it
        self.budgets = 1  # how many times the Runner's budget it may spend
        self.asked_on = threading.Event()  # while halted: that it goes on, or ends
        self.ended = threading.Event()

    @property
    def live(self) -> bool:
        """Whether more frames may come by themselves."""
        return self.status in ("waiting", "training")

    @property
    def key(self) -> tuple[str, Settings]:
        return self.name, self.settings

    def wait(self, timeout: float | None = None) -> "Run":
        """Blocks until the run has ended. Raises RunFailed unless it is done."""
        if not self.ended.wait(timeout):
            raise TimeoutError(f"The run has not ended within {timeout:g} s.")
        if self.status != "done":
            raise RunFailed(self.error or f"The run was {self.status}.")
        return self

    def __repr__(self):
        return f"<Run {self.name} {self.status}, {len(self.frames)} frames, {self.settings}>"
