"""What one process trains: whose turn it is, what each has had of it, and which shall end."""

import time
from collections.abc import Callable
from queue import SimpleQueue

from workbench.core.frames import Frame
from workbench.running.errors import WorkerDied
from workbench.running.messages import TURN
from workbench.running.patience import Moment

Reply = list[Frame] | Exception | str | None


class Training:
    """One run, or one stack, that a process trains: its replies, and the CPU time it took."""

    def __init__(self, number: int, runs: int):
        self.number = number
        self.runs = runs
        self.replies: SimpleQueue[list[Frame] | Exception | None] = SimpleQueue()
        self.seconds = 0.0


class Trainings:
    """The trainings of one process by number. Its Process's lock guards them."""

    def __init__(self) -> None:
        self._trainings: dict[int, Training] = {}
        self._left_at: dict[int, Moment] = {}  # when each was told to end
        self._turn: int | None = None
        self._since = Moment(0.0, 0.0)  # since when it is its turn

    def add(self, training: Training) -> None:
        self._trainings[training.number] = training

    def leave(self, training: Training, cpu: float) -> bool:
        """Ends a training at once; whether the process has to be told.

        cpu: seconds that the process has computed up to now.
        """
        if self._trainings.pop(training.number, None) is None:
            return False
        training.replies.put(None)
        self._left_at[training.number] = Moment(time.monotonic(), cpu)
        return True

    def hear(self, number: int, reply: Reply, cpu: float) -> None:
        """Hands out what the process has sent, and counts whose time it was.

        cpu: seconds that the process had computed when it sent this.
        """
        training = self._trainings.get(number)
        if training is not None and number == self._turn:
            training.seconds += cpu - self._since.cpu
        self._turn = number if reply == TURN else None
        self._since = Moment(time.monotonic(), cpu)
        if isinstance(reply, str):
            return
        if not isinstance(reply, list):
            self._trainings.pop(number, None)
            self._left_at.pop(number, None)
        if training is not None:
            training.replies.put(reply)

    def is_hung(self, frame_seconds: float, cpu: float) -> bool:
        """Whether the run whose turn it is computes longer than so many seconds for a frame."""
        training = None if self._turn is None else self._trainings.get(self._turn)
        return training is not None and self._since.is_older(frame_seconds * training.runs, cpu)

    def is_deaf(self, patience: float, cpu: float) -> bool:
        """Whether a run that was told to end has computed on for so many seconds."""
        return any(moment.is_older(patience, cpu) for moment in self._left_at.values())

    def fail(self, verdict: Callable[[bool], WorkerDied]) -> list[WorkerDied]:
        """Ends every training with verdict(whether it was its turn)."""
        verdicts = [verdict(number == self._turn) for number in self._trainings]
        for training, each in zip(self._trainings.values(), verdicts, strict=True):
            training.replies.put(each)
        return verdicts
