"""What RAD's variants cost in computing, and what an answer is worth that comes late.

The papers' limits: labels are judged as they arrive, by models that are trained anew after every
batch, and an expert answers at once. No published number stands here, for there is none.
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

NOISE = 0.4
CLASSIFIERS = ("decision tree", "MLP", "long MLP")
DELAYS = (0, 2, 5, 10, 20)  # batches; there are 20, so after 20 nothing comes any more

Cells = dict[tuple[str, object], list[float]]  # one number a seed, by rule and column


def reproduce(data: str, seeds: int, budget: float | None, device: str = "cpu") -> Iterator[Table]:
    """Times every rule with every classifier and delays its answers, within `budget` seconds."""
    names = ("digits", *tables.names())
    if data not in names:
        raise SettingsError(f"data must be one of {', '.join(names)}, not {data[:40]!r}.")
    start, cells = time.monotonic(), defaultdict(list)
    measure(next(iter(RULES)), data, 0)  # so that no rule pays for what is imported at first use
    for seed in range(seeds):
        if seed and budget is not None and time.monotonic() - start > budget:
            return
        for rule in RULES:
            for classifier in CLASSIFIERS:
                cells[rule, classifier].append(measure(rule, data, seed, classifier=classifier)[1])
            for delay in DELAYS if RULES[rule].asks == "limited" else DELAYS[:1]:
                cells[rule, delay].append(measure(rule, data, seed, delay=delay)[0])
        yield table(data, cells)


def measure(rule: str, data: str, seed: int, **knobs) -> tuple[float, float]:
    """Accuracy at the end of the stream, and the milliseconds of CPU that a batch took."""
    stream = "pictures" if data == "digits" else data
    settings = Settings(stream=stream, noise=NOISE, seed=seed, **knobs)
    _, course = open_stream(settings)
    learner = make_learner(RULES[rule], settings, course)
    began = time.process_time()
    for batch in course.batches[1:]:
        learner.meet(batch)
    spent = 1000 * (time.process_time() - began) / settings.steps
    return learner.accuracy(course.x_test, course.y_test), spent


def table(data: str, cells: Cells) -> Table:
    """A line for each rule: what a batch costs, and accuracies by the delay of the answers."""

    def accuracy(rule: str, delay: int) -> str:
        runs = [100 * share for share in cells.get((rule, delay), [])]
        return f"{np.mean(runs):.1f} +/- {np.std(runs):.1f}" if runs else ""

    seeds = len(cells["rad", DELAYS[0]])
    return Table(
        f"What RAD costs, {data}: {seeds} seed{'s' * (seeds > 1)}",
        (
            "variant",
            *(f"ms a batch, {name}" for name in CLASSIFIERS),
            "accuracy, answers at once",
            *(f"{delay} batches late" for delay in DELAYS[1:]),
        ),
        tuple(
            (
                RULES[rule].title,
                *(f"{np.median(cells[rule, name]):.1f}" for name in CLASSIFIERS),
                *(accuracy(rule, delay) for delay in DELAYS),
            )
            for rule in RULES
        ),
        caption="Milliseconds of CPU to judge and learn a batch of 60, mean over 20 batches and "
        "median over seeds, on the machine that ran it; k-NN as L. Accuracy in per cent with a "
        f"tree, mean and standard deviation over seeds, {NOISE:.0%} wrong labels, 5 questions a "
        "batch; with 20 batches an answer that is 20 late never comes.",
    )


STUDY = Study(
    name="rad-cost",
    question="What do RAD's variants cost, and what if the expert answers late?",
    reproduce=reproduce,
)
