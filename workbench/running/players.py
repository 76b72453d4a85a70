"""Players: where a training generator is advanced, in this process or in a worker's."""

from collections.abc import Iterator, Sequence
from typing import Any

from workbench.chapters import find
from workbench.core.chapter import Fit
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.device import pick_device
from workbench.running.process import Process
from workbench.running.trainings import Training


def play(
    name: str, device: str | None = None, fit: Fit | None = None, **knobs: Any
) -> Iterator[Frame]:
    """Trains chapter `name` here and now: `for frame in play("beta-vae", beta=4): ...`

    `fit` is a training loop of yours instead of the chapter's `lesson.fit`; it yields what that
    yields, after every step. Often it is that one with a part exchanged:
    `play("beta-vae", fit=partial(lesson.fit, loss=my_loss))`.

    Raises SettingsError at once for an unknown chapter, knob or value, and FitError for a `fit`
    that cannot be used.
    """
    settings = find(name).Settings(**knobs)
    return (frame for (frame,) in Here(device, fit).frames(name, [settings]))


class Here:
    """Trains in the thread that asks, with the chapter's `fit` or a reader's: for notebooks."""

    takes = "all"

    def __init__(self, device: str | None = None, fit: Fit | None = None):
        self.device = pick_device(device)
        self.fit = fit

    def frames(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]:
        # a server plays elsewhere, so it does not import what trains
        from workbench.running.worker import frames

        return frames(name, runs, self.device, self.fit)

    def stop(self) -> None:
        """Does nothing: a thread cannot be interrupted, so the run ends at its next frame."""

    def close(self) -> None:
        pass


class Place:
    """A place in a process that trains, so that a crash costs one run and never the page.

    A place trains one run, or one stack of runs, at a time. The places of a process take turns, a
    frame each: the last to come sees something before the first has ended.
    """

    def __init__(
        self, device: str | None = None, takes: str = "all", process: Process | None = None
    ):
        self.process = process or Process(pick_device(device), takes)
        self.takes = takes
        self._training: Training | None = None

    def frames(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]:
        """Raises what the training raised, or WorkerDied."""
        training = self._training = self.process.begin(name, runs)
        try:
            while (reply := training.replies.get()) is not None:
                if isinstance(reply, Exception):
                    raise reply
                yield reply
        finally:
            self.process.leave(training)

    def stop(self) -> None:
        """Makes the process leave this run between two operations, not at the next frame."""
        if self._training is not None:
            self.process.leave(self._training)

    def halt(self) -> None:
        """Lets this run have no turn until `go_on()`; its networks stay where they are."""
        if self._training is not None:
            self.process.halt(self._training)

    def go_on(self) -> None:
        """Lets this run go on from where it was halted."""
        if self._training is not None:
            self.process.go_on(self._training)

    def spent(self) -> float:
        """CPU seconds that the process has computed for this run."""
        return self._training.seconds if self._training is not None else 0.0

    def close(self) -> None:
        """Ends the process, for all its places."""
        self.process.close()
