"""How much delta, decay and K matter to CEAL: the question that the workshop asks.

Everything but the knob in question stays as the paper has it. No published number stands here, for
there is none.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from workbench.chapters.ceal.members import member
from workbench.chapters.ceal.pool import Pool, load_pool
from workbench.chapters.ceal.study import PAPER, train_courses
from workbench.core.pictures import Curves, Line, Table
from workbench.core.study import Study

SWEEPS = {
    "delta": (0.0, 0.01, 0.05, 0.2, 0.5, 1.0, 2.0),
    "decay": (0.0, 0.001, 0.0033, 0.01, 0.03),
    "k": (5, 10, 20, 40),
}
LABELS = {"delta": "delta (nats, constant)", "decay": "decay a round", "k": "questions a round"}
SWEPT = ("CEAL_MS", "CEAL_EN", "CEAL_RAND", "AL_MS", "AL_EN")
FIRST_LABELS, QUESTIONS, K = 30, 200, 20
TUNE = 50  # steps of training for K questions
FORGIVING = 0.5  # nats: up to here delta is one question, beyond it another


def sensitivity(
    knob: str,
    seeds: int = 5,
    data: str = "digits",
    device: str = "cpu",
    strategies: Sequence[str] = SWEPT,
) -> Curves:
    """Accuracy after all questions against delta, decay or K, with the range over seeds.

    All runs are one stack, but for K: with fewer questions a round there are more rounds, and every
    run takes the same training steps. Delta is swept without decay, or it would be swept with it,
    and so is K: with more rounds delta would fall further.
    """
    values = SWEEPS[knob]
    accuracies = train_sweep(knob, seeds, load_pool(data, device), strategies)
    lines = []
    for name in strategies:
        y = np.array([accuracies[name, value] for value in values])  # (value, seed)
        lines.append(Line(name, np.array(values, float), y.mean(1), low=y.min(1), high=y.max(1)))
    return Curves(
        f"Accuracy against {knob}",
        tuple(lines),
        LABELS[knob],
        "test accuracy",
        caption=f"{data}, after {FIRST_LABELS + QUESTIONS} labels; "
        f"mean and range of {seeds} seeds.",
    )


def train_sweep(
    knob: str, seeds: int, pool: Pool, strategies: Sequence[str]
) -> dict[tuple[str, float], list[float]]:
    """The accuracies at the end, one a seed, by strategy and value of the knob."""
    base = PAPER | {"k": K, "initial": FIRST_LABELS}
    if knob != "decay":
        base["schedule"] = "constant"
    accuracies: dict[tuple[str, float], list[float]] = {}
    for stack in [[k] for k in SWEEPS["k"]] if knob == "k" else [SWEEPS[knob]]:
        members = {
            (name, value, seed): member(name, seed=seed, **(base | {knob: value}))
            for name, value, seed in product(strategies, stack, range(seeds))
        }
        rounds = QUESTIONS // (stack[0] if knob == "k" else K)
        tune = max(1, TUNE * (QUESTIONS // K) // rounds)
        courses = train_courses(list(members.values()), pool, rounds, tune)
        for (name, value, _), course in zip(members, courses, strict=True):
            accuracies.setdefault((name, value), []).append(course.accuracy[-1])
    return accuracies


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Sweeps one knob after the other, until the budget would be passed."""
    start, longest, curves = time.monotonic(), 0.0, {}
    for knob in SWEEPS:
        began = time.monotonic()
        if curves and budget is not None and began - start + longest > budget:
            return
        curves[knob] = sensitivity(knob, seeds, data, device)
        longest = max(longest, time.monotonic() - began)
        yield table(curves, data, seeds)


def table(curves: dict[str, Curves], data: str, seeds: int) -> Table:
    """A line for each value of each knob, a column for each strategy."""
    names = [line.name for line in next(iter(curves.values())).lines]
    rows = [
        (
            LABELS[knob],
            f"{value:g}",
            *(
                f"{100 * line.y[i]:.1f} ({100 * line.low[i]:.1f} to {100 * line.high[i]:.1f})"
                for line in curve.lines
            ),
        )
        for knob, curve in curves.items()
        for i, value in enumerate(curve.lines[0].x)
    ]
    return Table(
        f"How sensitive is CEAL, {data}: {seeds} seed{'s' * (seeds > 1)}",
        ("knob", "value", *names),
        tuple(rows),
        caption=f"Test accuracy in per cent after {QUESTIONS} questions, mean and range over "
        "seeds. " + " ".join(describe_effect(knob, curve) for knob, curve in curves.items()),
    )


def describe_effect(knob: str, curve: Curves) -> str:
    """By how much the knob moves the mean of the first strategy, in points."""
    line = curve.lines[0]
    if knob != "delta":
        return f"{knob.capitalize()} moves {line.name} by {100 * np.ptp(line.y):.1f} points."
    gentle = line.x <= FORGIVING
    best, rest = 100 * (line.y[gentle] - line.y[0]).max(), 100 * (line.y[0] - line.y[-1])
    return (
        f"Delta up to {FORGIVING:g} moves {line.name} by {100 * np.ptp(line.y[gentle]):.1f} points "
        f"and gains at most {best:.1f} over believing nothing; {line.x[-1]:g} costs {rest:.1f}."
    )


STUDY = Study(
    name="ceal-sensitivity",
    question="How sensitive is CEAL to delta, decay and K?",
    reproduce=reproduce,
)
