"""The Runner: the one owner of what trains now.

A Run is the growing list of frames of one (chapter, settings). Views pull from it and never push.
Moving a slider opens another run and leaves the old one; a run that nobody reads is abandoned at
once. Equal settings share one run, and a finished run is its own cache entry.
"""

import atexit
import threading
import weakref
from collections.abc import Sequence

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.data import looking_once
from workbench.running.answers import Answers
from workbench.running.drivers import Drivers
from workbench.running.memory import KEEP_BYTES, Memory
from workbench.running.outcomes import Outcomes
from workbench.running.queue import Queue, stack
from workbench.running.run import Player, Run, RunFailed, RunStore


class Runner(Answers):
    """Opens, shares, trains and abandons runs; one thread drives each player.

    Everything that decides a run's fate happens under one lock, so nobody opens a run in the
    moment in which it is abandoned: a later reader gets a new one.
    """

    def __init__(
        self,
        players: Sequence[Player],
        keep_bytes: int = KEEP_BYTES,
        store: RunStore | None = None,
        budget: float | None = None,
    ):
        self.players = list(players)
        self.budget = budget  # CPU seconds of training for each run; None: as long as it takes
        own_fit = any(getattr(player, "fit", None) for player in self.players)
        # the store keeps what the chapters' own loops have trained, never a reader's
        self.store = None if own_fit else store
        self.lock = threading.RLock()
        self.memory = Memory(keep_bytes, self.store)
        self.queue = Queue(self.memory)
        self.outcomes = Outcomes(self.memory, self.queue, self.lock)
        self.on_end = self.outcomes.on_end  # called with every run that has ended; be quick
        self._paused = False
        self._drivers = Drivers(self)
        self._drivers.start()
        # a daemon thread inside torch at exit aborts the interpreter: stop it before
        atexit.register(_close, weakref.ref(self))

    def open(self, name: str, settings: Settings, reader: object) -> Run:
        """The run of these settings, new or shared, with `reader` among its readers."""
        with self.lock, looking_once():
            run = self._open(name, settings, reader)
            self._drivers.assign()
            return run

    def move(self, before: Run | None, name: str, settings: Settings, reader: object) -> Run:
        """Opens the run of these settings and leaves the one before.

        If that one was still waiting, the new one waits in its place: a reader who moves a knob
        again loses no turn.
        """
        with self.lock, looking_once():
            runs = self.memory.runs
            run = self._open(name, settings, reader)
            if before is not None and before is not run:
                if before.status == run.status == "waiting" and before.readers == {id(reader)}:
                    self.queue.exchange(before, run, runs)
                self.leave(before, reader)
            self._drivers.assign()
            return run

    def open_together(
        self, name: str, settings: Sequence[Settings], reader: object, most: int = 64
    ) -> list[Run]:
        """The runs of all these settings; those that are new train in stacks of at most `most`.

        Runs share a stack when they differ in the chapter's stackable knobs only.
        """
        with self.lock, looking_once():
            known = {each for each in settings if self.memory.find(name, each) is not None}
            runs = [self._open(name, each, reader) for each in settings]
            for run in runs:
                run.background = run.settings not in known
                run.swept = True
                self.outcomes.go_on(run)  # what a reader has let stand would be waited for
            stack(find(name), runs, most, self.players)
            self._drivers.assign()
            return runs

    def go_on(self, run: Run, reader: object) -> Run:
        """Lets a run that has spent its budget spend as much again, from where it stands.

        A run that was halted and has had to make room for others begins anew instead, and may
        spend as much: equal settings make equal frames.
        """
        with self.lock:
            if self.outcomes.go_on(run):
                return run
            new = self.move(run, *run.key, reader)
            new.budgets = max(new.budgets, run.budgets + 1)
            return new

    def leave(self, run: Run, reader: object) -> None:
        """`reader` has lost interest; a run that has not ended and has no readers is abandoned.

        One with a text of its reader's is forgotten, too.
        """
        with self.lock:
            run.readers.discard(id(reader))
            if not run.readers:
                self.outcomes.abandon(run)
                if run.settings.personal:
                    self.memory.remove(run)
                    self.outcomes.deaths.pop(run.key, None)

    def _open(self, name: str, settings: Settings, reader: object) -> Run:
        """The run, which nobody trains yet."""
        find(name)
        if self._drivers.closed:
            raise RunFailed("The runner is closed.")
        run = self.memory.find(name, settings)
        if run is None:
            run = Run(name, settings)
            run.session = getattr(reader, "session", "")
            run.owner = id(reader)
            self._begin(run)
        run.background = False
        run.readers.add(id(reader))
        if run.status == "done" and self.memory.find(*run.key) is run:
            self.memory.make_newest(run)
        return run

    def _begin(self, run: Run) -> None:
        """Asks the store for a new run, if there is one."""
        if self.outcomes.refuse_deadly(run):
            return
        self.memory.add(run)
        run.searched = self.store is None
        if self.store is not None:
            self.memory.search_store(run, self._answer)

    def _answer(self, run: Run, frames: list[Frame] | None) -> None:
        """Takes a run from the store, or lets it be trained."""
        with self.lock:
            self.outcomes.take_kept(run, frames)
            self._drivers.assign()

    @property
    def paused(self) -> bool:
        """True while new runs must wait.

        Runs that have started continue, and kept runs are still shown.
        """
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        with self.lock:
            self._paused = paused
            self._drivers.assign()

    def close(self) -> None:
        """Ends every run and every player, within a few seconds."""
        self._drivers.close()
        self.memory.close()


def _close(runner: "weakref.ref[Runner]") -> None:
    if (alive := runner()) is not None:
        alive.close()
