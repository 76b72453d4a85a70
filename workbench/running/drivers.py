"""Threads that drive players: each trains what its player is given, as long as its budget lasts."""

import threading
import time
from collections import Counter
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from workbench.core.frames import Diverged
from workbench.running.budget import Budget, process_of
from workbench.running.errors import KNOWN, Interrupted, NeverBegan, WorkerDied
from workbench.running.queue import takes
from workbench.running.run import Player, Run

if TYPE_CHECKING:
    from workbench.running.runner import Runner

PARTING_SECONDS = 4.0  # for all players to end when the runner closes


class Drivers:
    """A thread for each player of a Runner."""

    def __init__(self, runner: "Runner"):
        self.runner = runner
        self.busy: Counter = Counter()  # runs that a process trains
        self._idle: dict[Player, SimpleQueue] = {}  # where each awaits the runs it shall train
        self._budget = Budget(runner, self.busy)
        self._closing = threading.Event()
        self.threads = [
            threading.Thread(target=self._drive, args=(player,), daemon=True)
            for player in runner.players
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def assign(self) -> None:
        """Gives the oldest waiting runs, each with its stack, to players that have nothing to do.

        Of several, the one whose process has least to do. The Runner's lock must be held.
        """
        if self.runner.paused or not self._idle:
            return
        for run in self.runner.queue.in_turn():
            group = [
                other
                for other in run.group
                if other.status == "waiting" and other.background == run.background
            ]
            able = [player for player in self._idle if takes(player, run)]
            if group and able and all(other.searched for other in group):
                self._give(group, min(able, key=lambda player: self.busy[process_of(player)]))
            if not self._idle:
                return

    def _give(self, group: list[Run], player: Player) -> None:
        for run in group:
            run.status = "training"
            run.player = player
            run.group = group
            run.begun_at = time.monotonic()
        self.busy[process_of(player)] += 1
        self._idle.pop(player).put(group)

    def _drive(self, player: Player) -> None:
        """The life of a thread."""
        outcomes = self.runner.outcomes
        while group := self._next(player):
            frames = player.frames(group[0].name, [run.settings for run in group])
            try:
                for shown in frames:
                    live = [outcomes.append(*pair) for pair in zip(group, shown, strict=True)]
                    if not any(live) or not self._budget.may_go_on(player, group):
                        break
                else:
                    outcomes.finish(group, "done")
            except Interrupted:
                outcomes.wait_again(group)
            except NeverBegan as error:
                outcomes.finish(group, "failed", str(error))
            except (Diverged, WorkerDied) as error:
                outcomes.try_halves(group, error)
            except KNOWN as error:
                outcomes.finish(group, "failed", str(error))
            except Exception as error:  # a bug in a chapter fails its run, not the class
                outcomes.finish(group, "failed", f"{type(error).__name__}: {error}")
            finally:
                with suppress(Exception):  # failing to leave a run must not cost its player
                    frames.close()  # type: ignore[attr-defined]  # of a generator
                with self.runner.lock:
                    self.busy[process_of(player)] -= 1

    def _next(self, player: Player) -> list[Run] | None:
        """Waits for the runs that this player shall train as one stack; None: there are no more."""
        with self.runner.lock:
            if self._closing.is_set():
                return None
            queue = self._idle[player] = SimpleQueue()
            self.assign()
        return queue.get()

    def close(self) -> None:
        """Ends every run, and waits for the threads, but not for long; then ends the players."""
        with self.runner.lock:
            self._closing.set()
            for run in self.runner.memory.runs:
                self.runner.outcomes.abandon(run)
            for queue in self._idle.values():
                queue.put(None)
            self._idle.clear()
        end = time.monotonic() + PARTING_SECONDS
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
        for player in self.runner.players:
            player.close()

    @property
    def closed(self) -> bool:
        return self._closing.is_set()
