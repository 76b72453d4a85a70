"""How much delta, decay and K matter to CEAL: the question that the workshop asks.

Everything but the knob in question stays as the paper has it; how each knob is swept is said at
`ceal.sensitivity`. No published number stands here, for there is none.
"""

import time
from collections.abc import Iterator

import numpy as np

from workbench.chapters.ceal.study import LABELS, SWEEPS, sensitivity
from workbench.core.pictures import Curves, Table
from workbench.core.study import Study

FORGIVING = 0.5  # nats: up to here delta is one question, beyond it another


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """One knob after the other, until the budget would be passed."""
    start, longest, found = time.monotonic(), 0.0, {}
    for knob in SWEEPS:
        began = time.monotonic()
        if found and budget is not None and began - start + longest > budget:
            return
        found[knob] = sensitivity(knob, seeds, data=data, device=device)
        longest = max(longest, time.monotonic() - began)
        yield table(found, data, seeds)


def table(found: dict[str, Curves], data: str, seeds: int) -> Table:
    """A line for each value of each knob, a column for each strategy."""
    names = [line.name for line in next(iter(found.values())).lines]
    lines = [
        (
            LABELS[knob],
            f"{value:g}",
            *(
                f"{100 * line.y[i]:.1f} ({100 * line.low[i]:.1f} to {100 * line.high[i]:.1f})"
                for line in curves.lines
            ),
        )
        for knob, curves in found.items()
        for i, value in enumerate(curves.lines[0].x)
    ]
    return Table(
        f"How sensitive is CEAL, {data}: {seeds} seed{'s' * (seeds > 1)}",
        ("knob", "value", *names),
        tuple(lines),
        caption="Test accuracy in per cent after 200 questions, mean and range over seeds. "
        + " ".join(said(knob, curves) for knob, curves in found.items()),
    )


def said(knob: str, curves: Curves) -> str:
    """By how much the knob moves the mean of the first strategy, in points."""
    line = curves.lines[0]
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
