"""Leads the chapter's learners along their stream and shows them as frames."""

from collections.abc import Iterator, Sequence

import numpy as np

from workbench.chapters.online import lesson, pictures
from workbench.chapters.online.history import History
from workbench.chapters.online.knobs import Settings
from workbench.chapters.online.stream import open_stream
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains all learners over one stream; yields a list of one frame."""
    (run,) = runs
    stream, shown = open_stream(run), schedule(run.steps)
    history = History(run, stream)
    for t, team, predicted in (fit or lesson.fit)(runs, stream, device):
        history.add(t, predicted)
        if t in shown:
            yield [snapshot(history, t, team)]


def snapshot(history: History, t: int, team: dict[str, lesson.Learner]) -> Frame:
    """The frame after item number t: what was measured, and what it looks like."""
    run, stream = history.run, history.stream
    history.measure_regret(t, team)
    scalars = {name: history.accuracy(name, t - pictures.RECENT, t) for name in history.shown}
    scalars |= {f"{name}_whole": history.accuracy(name, 0, t) for name in history.shown}
    if history.regrets:
        scalars |= {"regret": history.regrets["theory"][-1], "bound": history.bounds[-1]}
    check_finite(t, scalars | {"a weight": largest(team)}, HINT)
    shown = {
        "accuracy": pictures.accuracy(history, t),
        "phases": pictures.phases(history, t),
        "memory": pictures.memory(stream, t, run.window),
        "latest": pictures.latest(history, t),
        "regret": pictures.regret(history),
    }
    note = "items come a second time" if t > stream.again else "every item is new"
    return Frame(t, run.steps, scalars, shown, note)


def largest(team: dict[str, lesson.Learner]) -> float:
    """The largest weight of a learner of gradients; 0 without one."""
    weights = [np.abs(learner.W).max() for learner in team.values() if hasattr(learner, "W")]
    return float(max(weights, default=0.0))
