"""Runs and the Runner: the one owner of what trains now.

A Run is the growing list of frames of one (chapter, settings). Views pull from it and never push.
Moving a slider opens another run and leaves the old one; a run that nobody reads is abandoned at
once. Equal settings share one run, and a finished run is its own cache entry.
"""

import atexit
import os
import threading
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Protocol

from workbench import cluster
from workbench.chapters import Chapter, find
from workbench.frames import Diverged, Frame
from workbench.players import KNOWN, Here, Worker, WorkerDied, pick_device
from workbench.settings import Settings
from workbench.store import Store, folder

KEEP_BYTES = 256 * 2**20  # finished runs kept for replay, oldest dropped first


class RunFailed(RuntimeError):
    """Waiting for a run that failed. Its text is the run's error."""


class Player(Protocol):
    """Something that trains one run at a time."""

    def frames(self, name: str, settings: Settings) -> Iterator[Frame]: ...

    def frames_together(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]: ...

    def stop(self) -> None:
        """Asks for the end of the frames that are being made. Called from other threads."""

    def close(self) -> None: ...


class Kept(Protocol):
    """Where finished runs outlive the process."""

    def get(self, name: str, settings: Settings) -> list[Frame] | None: ...

    def put(self, name: str, settings: Settings, shown: Sequence[Frame]) -> None: ...


class Run:
    """The frames of one experiment so far, and how it stands.

    status: waiting, training, done, failed (see `error`) or abandoned (nobody read it).
    """

    def __init__(self, name: str, settings: Settings):
        self.name, self.settings = name, settings
        self.frames: list[Frame] = []
        self.status, self.error = "waiting", ""
        self.sought = False  # whether the store has been asked for it
        self.readers: set[int] = set()
        self.player: Player | None = None
        self.group: list[Run] = [self]  # what trains in one stack with it
        self.ended = threading.Event()

    @property
    def live(self) -> bool:
        """Whether more frames may come."""
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
    ):
        self.players, self.keep_bytes, self.store = list(players), keep_bytes, store
        self._seeker, self._keeper = ThreadPoolExecutor(1), ThreadPoolExecutor(1)  # of the store
        self._change = (
            threading.Condition()
        )  # its lock may be taken again by the thread that has it
        self._runs: dict[tuple[str, Settings], Run] = {}  # waiting, training and done, oldest first
        self._closed = False
        self._threads = [
            threading.Thread(target=self._drive, args=(player,), daemon=True)
            for player in self.players
        ]
        for thread in self._threads:
            thread.start()
        # a daemon thread inside torch at exit aborts the interpreter: stop it before
        atexit.register(_close, weakref.ref(self))

    def open(self, name: str, settings: Settings, reader: object) -> Run:
        """The run of these settings, new or shared, with `reader` among its readers."""
        find(name)
        with self._change:
            if self._closed:
                raise RunFailed("The runner is closed.")
            run = self._runs.pop((name, settings), None) or self._new(name, settings)
            self._runs[run.key] = run  # moved to the end: used last
            run.readers.add(id(reader))
            self._change.notify_all()
            return run

    def _new(self, name: str, settings: Settings) -> Run:
        run = Run(name, settings)
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
        with self._change:
            run.sought = True
            if found and run.status == "waiting":
                run.frames = found
                self._end(run, "done")
                self._drop_oldest()
            self._change.notify_all()

    def open_together(
        self, name: str, settings: Sequence[Settings], reader: object, most: int = 64
    ) -> list[Run]:
        """The runs of all these settings; those that are new train in stacks of at most `most`.

        Runs share a stack when they differ in the chapter's stackable knobs only. There are at
        least as many stacks as players, so that none of them idles.
        """
        chapter = find(name)
        with self._change:
            runs = [self.open(name, each, reader) for each in settings]
            stacks: dict[Settings, list[Run]] = {}
            for run in dict.fromkeys(runs):
                if run.status == "waiting" and len(run.group) == 1:
                    stacks.setdefault(shape(chapter, run.settings), []).append(run)
            share = -(-sum(map(len, stacks.values())) // len(self.players))
            for stack in stacks.values():
                size = max(1, min(most, share))
                for start in range(0, len(stack), size):
                    group = stack[start : start + size]
                    for run in group:
                        run.group = group
            return runs

    def leave(self, run: Run, reader: object) -> None:
        """`reader` has lost interest; a live run without readers is abandoned."""
        with self._change:
            run.readers.discard(id(reader))
            if not run.readers:
                self._abandon(run)

    def waiting_before(self, run: Run) -> int:
        """How many runs will be trained before this one."""
        with self._change:
            queue = [r for r in self._runs.values() if r.status == "waiting"]
            return queue.index(run) if run in queue else 0

    def close(self) -> None:
        """Ends every run and every player."""
        with self._change:
            self._closed = True
            for run in list(self._runs.values()):
                self._abandon(run)
            self._change.notify_all()
        for thread in self._threads:
            thread.join(5)
        for player in self.players:
            player.close()
        self._seeker.shutdown(cancel_futures=True)
        self._keeper.shutdown()  # when all that is finished has been kept

    def _drive(self, player: Player) -> None:
        while group := self._next(player):
            name, settings = group[0].name, [run.settings for run in group]
            if len(group) == 1:
                frames = player.frames(name, settings[0])
            else:
                frames = player.frames_together(name, settings)
            try:
                for shots in frames:
                    shots = shots if isinstance(shots, list) else [shots]
                    kept = [self._append(*pair) for pair in zip(group, shots, strict=True)]
                    if not any(kept):
                        break
                else:
                    self._finish(group, "done")
            except Diverged as error:
                self._diverged(group, str(error))
            except (*KNOWN, WorkerDied) as error:
                self._finish(group, "failed", str(error))
            except Exception as error:  # a bug in a chapter fails its run, not the class
                self._finish(group, "failed", f"{type(error).__name__}: {error}")
            finally:
                with suppress(Exception):  # failing to leave a run must not cost its player
                    frames.close()

    def _next(self, player: Player) -> list[Run] | None:
        """The oldest waiting run with those that train in its stack."""
        with self._change:
            while not self._closed:
                for run in self._runs.values():
                    group = [each for each in run.group if each.status == "waiting"]
                    if group and all(each.sought for each in group):
                        for each in group:
                            each.status, each.player, each.group = "training", player, group
                        return group
                self._change.wait()
            return None

    def _diverged(self, group: list[Run], error: str) -> None:
        """One run diverged: in a stack nobody knows which, so its halves try again."""
        if len(group) == 1:
            return self._finish(group, "failed", error)
        with self._change:
            middle = len(group) // 2
            for half in (group[:middle], group[middle:]):
                for run in half:
                    if run.live:
                        run.group, run.status, run.player = half, "waiting", None
                        run.frames = []

    def _append(self, run: Run, frame: Frame) -> bool:
        """Keeps the frame, unless the run was abandoned meanwhile."""
        with self._change:
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
        with self._change:
            for run in group:
                if run.live:
                    self._end(run, status, error)
                    if status == "done" and self.store is not None:
                        self._keeper.submit(self.store.put, *run.key, run.frames)
            self._drop_oldest()

    def _end(self, run: Run, status: str, error: str = "") -> None:
        run.error, run.status, run.player = error, status, None
        if status != "done":  # only whole results are kept: the same settings train anew
            self._runs.pop(run.key, None)
        run.ended.set()

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


def shape(chapter: Chapter, settings: Settings) -> Settings:
    """What the runs of a stack have in common; without stacks, everything."""
    if chapter.train_together is None:
        return settings
    defaults = chapter.Settings().values_by_name()
    return settings.replace(**{knob: defaults[knob] for knob in chapter.stackable})


def _bytes(run: Run) -> int:
    """About how much memory the run's pictures take."""
    pictures = (p for frame in run.frames for p in frame.pictures.values())
    arrays = (a for p in pictures for a in vars(p).values())
    return sum(getattr(a, "nbytes", 0) for a in arrays)


@cache
def shared_runner(where: str = "workers") -> Runner:
    """The process's one Runner: `workers` for a server, `here` for a notebook.

    With WORKBENCH_SCHEDULER both train on that cluster instead.
    """
    if (scheduler := cluster.address()) is not None:
        return on_cluster(scheduler)
    device = pick_device()
    if where == "here":
        return Runner([Here(device)], store=kept(device))
    count = max(1, (os.cpu_count() or 2) - 1) if device == "cpu" else 1
    return Runner([Worker(device) for _ in range(count)], store=kept(device))


def on_cluster(scheduler: str, device: str | None = None) -> Runner:
    """A Runner over the workers of a Dask cluster. Raises SettingsError without one."""
    players = cluster.players(scheduler, device)
    return Runner(players, store=kept(players[0].device))


def kept(device: str) -> Store | None:
    """The user's store for this kind of device, if there is to be one."""
    place = folder()
    return None if place is None else Store(place, device)
