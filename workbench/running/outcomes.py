"""How runs end: done, failed, abandoned, or tried again."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress

from workbench.core.frames import Frame
from workbench.running.errors import WorkerDied
from workbench.running.memory import Memory
from workbench.running.queue import Queue
from workbench.running.run import Run

DEATHS = 2  # so many processes may one run cost


class Outcomes:
    """Decides every run's fate, under the Runner's lock."""

    def __init__(self, memory: Memory, queue: Queue, lock: AbstractContextManager):
        self.memory = memory
        self.queue = queue
        self.lock = lock
        self.on_end: list[Callable[[Run], None]] = []
        self.deaths: Counter = Counter()  # processes that a run has cost

    def refuse_deadly(self, run: Run) -> bool:
        """Ends a new run whose settings have cost processes before."""
        if self.deaths[run.key] < DEATHS:
            return False
        self.end(
            run,
            "failed",
            f"These settings have ended the training process {DEATHS} times, "
            "so they are not tried again; change a knob.",
        )
        return True

    def take_kept(self, run: Run, frames: list[Frame] | None) -> None:
        """Ends a run that the store has; another is to be trained."""
        run.searched = True
        if frames and run.status == "waiting":
            run.frames = frames
            self.end(run, "done")
            self.memory.drop_oldest()

    def append(self, run: Run, frame: Frame) -> bool:
        """Adds a frame, unless the run was abandoned meanwhile."""
        with self.lock:
            if run.live:
                run.frames.append(frame)
            return run.live

    def finish(self, group: Sequence[Run], status: str, error: str = "") -> None:
        """Ends the runs of a stack that are still live."""
        with self.lock:
            for run in group:
                if run.live:
                    self.end(run, status, error)
                    if status == "done":
                        self.queue.learn(run)
                        self.memory.write_store(run)
            self.memory.drop_oldest()

    def try_halves(self, group: list[Run], error: Exception) -> None:
        """One run diverged or ended its process: in a stack nobody knows which, so its halves are
        tried again."""
        if len(group) == 1:
            if isinstance(error, WorkerDied) and group[0].live:
                self.deaths[group[0].key] += 1
            return self.finish(group, "failed", str(error))
        with self.lock:
            middle = len(group) // 2
            for half in (group[:middle], group[middle:]):
                for run in half:
                    run.group = half
        return self.wait_again(group)

    def wait_again(self, group: Sequence[Run]) -> None:
        """Lets these runs be trained anew, from their first frame."""
        with self.lock:
            for run in group:
                if run.live:
                    run.status = "waiting"
                    run.player = None
                    run.frames = []

    def halt(self, run: Run, error: str) -> None:
        """Lets a run that trains wait until its reader asks for more, or leaves it."""
        run.status = "halted"
        run.error = error
        run.asked_on.clear()

    def go_on(self, run: Run) -> bool:
        """Lets a halted run train on; whether it does: it may have had to make room for others."""
        if run.status != "halted" or run.ended.is_set():
            return False
        run.status = "training"
        run.error = ""
        run.budgets += 1
        run.asked_on.set()
        return True

    def abandon(self, run: Run, error: str = "") -> None:
        """Ends a run that has not ended; its player hears of it when the whole stack has."""
        if not run.ended.is_set():
            player, group = run.player, run.group
            self.end(run, "abandoned", error)
            if player is not None and not any(other.live for other in group):
                player.stop()

    def end(self, run: Run, status: str, error: str = "") -> None:
        """Ends a run in this way. Only whole results are held: equal settings train anew."""
        run.error = error
        run.status = status
        run.player = None
        if status != "done":
            self.memory.remove(run)
        run.ended.set()
        run.asked_on.set()
        for listener in self.on_end:
            with suppress(Exception):  # a listener's fault is not the run's
                listener(run)
