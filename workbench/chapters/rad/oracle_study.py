"""What an expert's answers are worth: accuracy against questions a batch and noise level.

In the manner of the limited-feedback study of RAD (Zhao et al.), whose own table was not to be had;
so no published number stands here.
"""

import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.lesson import RULES, make_learner
from workbench.chapters.rad.stream import open_stream
from workbench.core.pictures import Table
from workbench.core.settings import SettingsError
from workbench.core.study import Study
from workbench.data import tables

NOISES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
BUDGETS = (0, 2, 5, 10, 20, 60)
ASKERS = ("active", "slim")


def reproduce(data: str, seeds: int, budget: float | None, device: str = "cpu") -> Iterator[Table]:
    """Runs both askers for every budget and noise, seed after seed, within `budget` seconds."""
    names = ("digits", *tables.names())
    if data not in names:
        raise SettingsError(f"data must be one of {', '.join(names)}, not {data[:40]!r}.")
    start, ends = time.monotonic(), defaultdict(list)
    for seed in range(seeds):
        for noise in NOISES:
            for questions in BUDGETS:
                if ends and budget is not None and time.monotonic() - start > budget:
                    return
                for rule in ASKERS:
                    accuracy = measure(rule, data, noise, questions, seed)
                    ends[rule, noise, questions].append(accuracy)
            yield table(data, ends)


def measure(rule: str, data: str, noise: float, questions: int, seed: int) -> float:
    """Accuracy on clean test data at the end of the stream."""
    stream = "pictures" if data == "digits" else data
    settings = Settings(stream=stream, noise=noise, budget=questions, seed=seed)
    _, course = open_stream(settings)
    learner = make_learner(RULES[rule], settings, course)
    for batch in course.batches[1:]:
        learner.meet(batch)
    return learner.accuracy(course.x_test, course.y_test)


def table(data: str, ends: dict[tuple[str, float, int], list[float]]) -> Table:
    """A line for each variant and noise level, a column for each budget."""

    def cell(rule: str, noise: float, questions: int) -> str:
        runs = ends.get((rule, noise, questions), [])
        return f"{np.mean(runs):.3f} +/- {np.std(runs):.3f}" if runs else ""

    lines = [(rule, noise) for rule in ASKERS for noise in NOISES]
    most = max(map(len, ends.values()))
    return Table(
        f"Accuracy for questions a batch, {data}",
        ("variant", "noise", *(f"{questions} questions" for questions in BUDGETS)),
        tuple(
            (RULES[rule].title, f"{noise:.0%}", *(cell(rule, noise, q) for q in BUDGETS))
            for rule, noise in lines
        ),
        caption=f"Mean and standard deviation over up to {most} seeds at the end of 20 batches of "
        "60, decision tree as C, k-NN as L. 60 questions are no limit.",
    )


STUDY = Study(
    name="rad-oracle",
    question="What is an expert's answer worth, and when?",
    reproduce=reproduce,
)
