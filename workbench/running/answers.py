"""What a Runner tells of its runs: how many there are, and how long one waits."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from workbench.running.budget import process_of
from workbench.running.drivers import Drivers
from workbench.running.memory import Memory
from workbench.running.queue import Queue
from workbench.running.run import Player, Run


class Answers:
    """The part of a Runner that changes nothing."""

    players: Sequence[Player]
    lock: AbstractContextManager
    memory: Memory
    queue: Queue
    _drivers: Drivers

    def waiting_before(self, run: Run) -> int:
        """How many runs will be trained before this one."""
        with self.lock:
            return self.queue.count_before(run)

    def seconds_before(self, run: Run) -> float | None:
        """About how long a waiting run will wait, by what runs took lately; None: unknown yet."""
        with self.lock:
            return self.queue.seconds_before(run, self.players)

    def sweeps_beside(self, run: Run) -> int:
        """How many runs of others' sweeps wait or train."""
        return sum(
            other.live and other.background and other.owner != run.owner for other in self.runs()
        )

    def in_turn_with(self, run: Run) -> int:
        """How many other runs its process trains by turns."""
        with self.lock:
            if run.player is None:
                return 0
            return max(0, self._drivers.busy[process_of(run.player)] - 1)

    def runs(self) -> list[Run]:
        """All that wait, train or are done."""
        with self.lock:
            return self.memory.runs

    @property
    def processes(self) -> int:
        """How many processes train."""
        return len(set(map(process_of, self.players)))
