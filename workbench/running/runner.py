"""Runs and the Runner: the one owner of what trains now.

A Run is the growing list of frames of one (chapter, settings). Views pull from it and never push.
Moving a slider opens another run and leaves the old one; a run that nobody reads is abandoned at
once. Equal settings share one run, and a finished run is its own cache entry.
"""

import atexit
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import Diverged, Frame
from workbench.core.settings import Settings
from workbench.running.errors import KNOWN, Interrupted, NeverBegan, WorkerDied
from workbench.running.run import Kept, Player, Run, RunFailed

KEEP_BYTES = 48 * 2**20  # finished runs kept in memory, oldest dropped first; the store keeps more
DEATHS = 2  # so many processes may one run cost


TICK = 0.5  # seconds between two looks at what runs have spent
PARTING = 4.0  # seconds for all players to end when the runner closes


class Runner:
    """Opens, shares, trains and abandons runs; one thread drives each player.

    Everything that decides a run's fate happens under one lock, so nobody opens a run in the
    moment in which it is abandoned: whoever comes later gets a new one.
    """

    def __init__(
        self,
        players: Sequence[Player],
        keep_bytes: int = KEEP_BYTES,
        store: Kept | None = None,
        budget: float | None = None,
    ):
        self.players, self.keep_bytes = list(players), keep_bytes
        own = any(getattr(player, "fit", None) for player in self.players)
        self.store = None if own else store  # it keeps what the chapters' own loops have trained
        self.budget = budget  # seconds of training for each run; None: as long as it takes
        self.on_end: list[Callable[[Run], None]] = []  # told of every run that has ended; be quick
        self._paused = False
        self._deaths: Counter = Counter()  # processes that a run has cost
        self._pace: dict[str, float] = {}  # seconds that a run of a chapter took lately
        self._seeker, self._keeper = ThreadPoolExecutor(1), ThreadPoolExecutor(1)  # of the store
        self._lock = threading.RLock()
        self._idle: dict[Player, SimpleQueue] = {}  # where each awaits the runs it shall train
        self._busy: Counter = Counter()  # runs that a process trains, by its places' home
        self._runs: dict[tuple[str, Settings], Run] = {}  # waiting, training and done, oldest first
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._drive, args=(player,), daemon=True)
            for player in self.players
        ] + [threading.Thread(target=self._keep_time, daemon=True)]
        for thread in self._threads:
            thread.start()
        # a daemon thread inside torch at exit aborts the interpreter: stop it before
        atexit.register(_close, weakref.ref(self))

    def open(self, name: str, settings: Settings, reader: object) -> Run:
        """The run of these settings, new or shared, with `reader` among its readers."""
        with self._lock:
            run = self._open(name, settings, reader)
            self._assign()
            return run

    def _open(self, name: str, settings: Settings, reader: object) -> Run:
        """The run, which nobody trains yet."""
        find(name)
        if self._closing.is_set():
            raise RunFailed("The runner is closed.")
        run = self._runs.get((name, settings))
        if run is None:
            run = self._new(name, settings)
            run.session, run.owner = getattr(reader, "session", ""), id(reader)
        run.background = False
        run.readers.add(id(reader))
        if run.status == "done":  # moved to the end: used last
            self._runs[run.key] = self._runs.pop(run.key)
        return run

    def move(self, before: Run | None, name: str, settings: Settings, reader: object) -> Run:
        """Opens the run of these settings and leaves the one before.

        If that one was still waiting, the new one waits in its place: the newest wish counts, and
        who goes on wishing loses no turn.
        """
        with self._lock:
            order = list(self._runs)
            run = self._open(name, settings, reader)
            if before is None or before is run:
                self._assign()
                return run
            if before.status == run.status == "waiting" and before.readers == {id(reader)}:
                places = [order.index(each.key) for each in (before, run) if each.key in order]
                order = [key for key in order if key != run.key]
                order.insert(min(places), run.key)
                self._runs = {key: self._runs[key] for key in order}
            self.leave(before, reader)
            self._assign()
            return run

    def _new(self, name: str, settings: Settings) -> Run:
        run = Run(name, settings)
        if self._deaths[run.key] >= DEATHS:
            self._end(
                run,
                "failed",
                "These settings have ended the training process "
                f"{DEATHS} times, so they are not tried again; change a knob.",
            )
            return run
        self._runs[run.key] = run
        run.sought = self.store is None
        if self.store is not None:
            self._seeker.submit(self._seek, run)
        return run

    def _seek(self, run: Run) -> None:
        """Takes a run from the store, or lets it be trained."""
        try:
            found = self.store.get(*run.key) if run.live else None
        except Exception:  # what is wrong with its data, training will say better
            found = None
        with self._lock:
            run.sought = True
            if found and run.status == "waiting":
                run.frames = found
                self._end(run, "done")
                self._drop_oldest()
            self._assign()

    def open_together(
        self, name: str, settings: Sequence[Settings], reader: object, most: int = 64
    ) -> list[Run]:
        """The runs of all these settings; those that are new train in stacks of at most `most`.

        Runs share a stack when they differ in the chapter's stackable knobs only. There are at
        least as many stacks as players that take them, so that none of those idles.
        """
        chapter = find(name)
        with self._lock:
            known = {each for each in settings if (name, each) in self._runs}
            runs = [self._open(name, each, reader) for each in settings]
            for run in runs:
                run.background = run.settings not in known
            stacks: dict[Settings, list[Run]] = {}
            for run in dict.fromkeys(runs):
                if run.status == "waiting" and len(run.group) == 1:
                    stacks.setdefault(shape(chapter, run.settings), []).append(run)
            takers = sum(getattr(player, "takes", "all") != "runs" for player in self.players)
            share = -(-sum(map(len, stacks.values())) // max(1, takers))
            for stack in stacks.values():
                size = max(1, min(most, share))
                for start in range(0, len(stack), size):
                    group = stack[start : start + size]
                    for run in group:
                        run.group = group
            self._assign()
            return runs

    def leave(self, run: Run, reader: object) -> None:
        """`reader` has lost interest; a live run without readers is abandoned."""
        with self._lock:
            run.readers.discard(id(reader))
            if not run.readers:
                self._abandon(run)

    def waiting_before(self, run: Run) -> int:
        """How many runs will be trained before this one."""
        with self._lock:
            queue = [
                r
                for r in self._runs.values()
                if r.status == "waiting" and r.background == run.background
            ]
            return queue.index(run) if run in queue else 0

    def seconds_before(self, run: Run) -> float | None:
        """About how long a waiting run will wait, by what runs took lately; None: unknown yet."""
        with self._lock:
            if run.status != "waiting" or not self._pace:
                return None
            usual = sum(self._pace.values()) / len(self._pace)
            now = time.monotonic()
            left = 0.0
            for other in self._runs.values():
                if other is run:
                    break
                takes = self._pace.get(other.name, usual)
                if other.status == "waiting" and other.background == run.background:
                    left += takes
                elif other.status == "training" and other.background == run.background:
                    left += max(0.0, takes - (now - other.begun))
            return left / max(1, sum(_takes(player, run) for player in self.players))

    def sweeps_beside(self, run: Run) -> int:
        """How many runs of others' sweeps wait or train."""
        with self._lock:
            return sum(
                each.live and each.background and each.owner != run.owner
                for each in self._runs.values()
            )

    def in_turn_with(self, run: Run) -> int:
        """How many other runs its process trains by turns."""
        with self._lock:
            return max(0, self._busy[_home(run.player)] - 1) if run.player is not None else 0

    @property
    def processes(self) -> int:
        """How many processes train."""
        return len(set(map(_home, self.players)))

    @property
    def paused(self) -> bool:
        """Whether no new training begins; what has begun goes on, and what is kept is shown."""
        return self._paused

    @paused.setter
    def paused(self, yes: bool) -> None:
        with self._lock:
            self._paused = yes
            self._assign()

    def runs(self) -> list[Run]:
        """All that wait, train or are done."""
        with self._lock:
            return list(self._runs.values())

    def close(self) -> None:
        """Ends every run and every player, within a few seconds."""
        with self._lock:
            self._closing.set()
            for run in list(self._runs.values()):
                self._abandon(run)
            for mine in self._idle.values():
                mine.put(None)
            self._idle.clear()
        end = time.monotonic() + PARTING
        for thread in self._threads:
            thread.join(max(0, end - time.monotonic()))
        for player in self.players:
            player.close()
        self._seeker.shutdown(cancel_futures=True)
        self._keeper.shutdown()  # when all that is finished has been kept

    def _drive(self, player: Player) -> None:
        while group := self._next(player):
            name, settings = group[0].name, [run.settings for run in group]
            frames = player.frames(name, settings)
            try:
                for shots in frames:
                    kept = [self._append(*pair) for pair in zip(group, shots, strict=True)]
                    if not any(kept):
                        break
                else:
                    self._finish(group, "done")
            except Interrupted:
                self._wait_again(group)
            except NeverBegan as error:
                self._finish(group, "failed", str(error))
            except (Diverged, WorkerDied) as error:
                self._split(group, error)
            except KNOWN as error:
                self._finish(group, "failed", str(error))
            except Exception as error:  # a bug in a chapter fails its run, not the class
                self._finish(group, "failed", f"{type(error).__name__}: {error}")
            finally:
                with suppress(Exception):  # failing to leave a run must not cost its player
                    frames.close()
                with self._lock:
                    self._busy[_home(player)] -= 1

    def _next(self, player: Player) -> list[Run] | None:
        """Waits for the runs that this player shall train as one stack; None: for ever."""
        with self._lock:
            if self._closing.is_set():
                return None
            mine = self._idle[player] = SimpleQueue()
            self._assign()
        return mine.get()

    def _assign(self) -> None:
        """Gives the oldest waiting runs, each with its stack, to players that have nothing to do.

        Of several, the one whose process has least to do.
        """
        for run in [] if self._paused or not self._idle else self._in_turn():
            if not self._idle:
                return
            group = [
                each
                for each in run.group
                if each.status == "waiting" and each.background == run.background
            ]
            able = [player for player in self._idle if _takes(player, run)]
            if group and able and all(each.sought for each in group):
                player = min(able, key=lambda player: self._busy[_home(player)])
                for each in group:
                    each.status, each.player, each.group = "training", player, group
                    each.begun = time.monotonic()
                self._busy[_home(player)] += 1
                self._idle.pop(player).put(group)

    def _in_turn(self) -> list[Run]:
        """All runs, oldest first; but sweeps take turns, a stack each, so none waits for another's
        end."""
        runs, last = list(self._runs.values()), {}
        for run in runs:
            if run.background and run.begun is not None:
                last[run.owner] = max(run.begun, last.get(run.owner, 0.0))
        return sorted(runs, key=lambda run: last.get(run.owner, 0.0) if run.background else 0.0)

    def _keep_time(self) -> None:
        """Ends runs whose time is up: their own, not the turns of others. A stack shares it."""
        while not self._closing.wait(TICK):
            with self._lock:
                for run in list(self._runs.values()) if self.budget is not None else ():
                    if run.status == "training" and _spent(run) > self.budget * len(run.group):
                        self._end_late(run.group, run.player)

    def _end_late(self, group: list[Run], player: Player) -> None:
        for run in group:
            if run.live:
                self._end(
                    run,
                    "abandoned",
                    f"A run has {self.budget:g} seconds here, and they "
                    "are over: you see how far it came. Ask for fewer steps.",
                )
        player.stop()

    def _split(self, group: list[Run], error: Exception) -> None:
        """One run diverged or ended its process: in a stack nobody knows which, so its halves try
        again."""
        if len(group) == 1:
            if isinstance(error, WorkerDied) and group[0].live:
                self._deaths[group[0].key] += 1
            return self._finish(group, "failed", str(error))
        with self._lock:
            middle = len(group) // 2
            for half in (group[:middle], group[middle:]):
                for run in half:
                    run.group = half
        self._wait_again(group)

    def _wait_again(self, group: list[Run]) -> None:
        """Trains these runs anew, from their first frame."""
        with self._lock:
            for run in group:
                if run.live:
                    run.status, run.player, run.frames = "waiting", None, []
            self._assign()

    def _append(self, run: Run, frame: Frame) -> bool:
        """Keeps the frame, unless the run was abandoned meanwhile."""
        with self._lock:
            if run.live:
                run.frames.append(frame)
            return run.live

    def _abandon(self, run: Run) -> None:
        """Ends a live run now; its player hears of it and looks for the next."""
        if run.live:
            player, group = run.player, run.group
            self._end(run, "abandoned")
            if player is not None and not any(each.live for each in group):
                player.stop()

    def _finish(self, group: list[Run], status: str, error: str = "") -> None:
        with self._lock:
            for run in group:
                if run.live:
                    self._end(run, status, error)
                    if status == "done":
                        took, before = time.monotonic() - run.begun, self._pace.get(run.name)
                        took /= len(group)
                        self._pace[run.name] = took if before is None else (took + before) / 2
                    if status == "done" and self.store is not None:
                        self._keeper.submit(self.store.put, *run.key, run.frames)
            self._drop_oldest()

    def _end(self, run: Run, status: str, error: str = "") -> None:
        run.error, run.status, run.player = error, status, None
        if status != "done":  # only whole results are kept: the same settings train anew
            self._runs.pop(run.key, None)
        run.ended.set()
        for tell in self.on_end:
            with suppress(Exception):  # a listener's fault is not the run's
                tell(run)

    def _drop_oldest(self) -> None:
        kept = [r for r in self._runs.values() if r.status == "done"]
        total = sum(map(_bytes, kept))
        for run in kept[:-1]:
            if total <= self.keep_bytes:
                return
            if not run.readers:
                total -= _bytes(run)
                self._runs.pop(run.key)


def _close(runner: "weakref.ref[Runner]") -> None:
    if (alive := runner()) is not None:
        alive.close()


def _takes(player: Player, run: Run) -> bool:
    """Whether it is this player's to train: a sweep never stands before a reader who waits."""
    takes = getattr(player, "takes", "all")
    return takes == "all" or takes == ("sweeps" if run.background else "runs")


def _home(player: Player) -> object:
    """The process whose turns a player shares with others."""
    return getattr(player, "home", player)


def _spent(run: Run) -> float:
    """Seconds of training that a run has had."""
    if hasattr(run.player, "spent"):
        return run.player.spent()
    return time.monotonic() - run.begun


def shape(chapter: Chapter, settings: Settings) -> Settings:
    """What the runs of a stack have in common; without stacks, everything."""
    defaults = chapter.Settings().values_by_name()
    return settings.replace(**{knob: defaults[knob] for knob in chapter.stackable})


def _bytes(run: Run) -> int:
    """About how much memory the run's pictures take."""
    pictures = (p for frame in run.frames for p in frame.pictures.values())
    arrays = (a for p in pictures for a in vars(p).values())
    return sum(getattr(a, "nbytes", 0) for a in arrays)
