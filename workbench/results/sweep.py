"""Sweeps: a knob's values times seeds, really trained, side by side in stacks."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.pictures import Curves
from workbench.results.against import KnobAxis, draw_against, knob_axis
from workbench.results.intervals import count_in_words, interval
from workbench.results.plan import plan, write
from workbench.running.run import Run, RunFailed
from workbench.running.runner import Runner
from workbench.running.shared import shared_runner

if TYPE_CHECKING:
    import pandas as pd


class Sweep:
    """The runs of chapter `name` for every combination of `over` and seed.

    over: knob -> its values. seeds: how many (0, 1, ...), or which. Other knobs are the same in
    all. Runs that differ in stackable knobs only train as one stack; a run's numbers do not depend
    on the others in it. Raises SettingsError for an unknown chapter, knob or value.
    """

    def __init__(
        self,
        name: str,
        over: Mapping[str, Iterable],
        seeds: int | Iterable[int] = 5,
        runner: Runner | None = None,
        **knobs: Any,
    ):
        self.chapter = find(name)
        planned = plan(name, over, seeds, **knobs)
        self.over = planned.over
        self.seeds = planned.seeds
        self.cells = planned.cells
        self.runner = runner or shared_runner("here")
        self.runs: list[Run] = self.runner.open_together(name, planned.runs, self)

    @property
    def done(self) -> int:
        """How many runs have ended, however they ended."""
        return sum(run.ended.is_set() for run in self.runs)

    def wait(self, timeout: float = 3600) -> Sweep:
        """Until every run has ended. Raises RunFailed if none of them is done."""
        end = time.monotonic() + timeout
        for run in self.runs:
            if not run.ended.wait(max(0, end - time.monotonic())):
                raise TimeoutError(f"The sweep has not ended within {timeout:g} s.")
        if all(run.status != "done" for run in self.runs):
            raise RunFailed(self.runs[0].error or f"The runs were {self.runs[0].status}.")
        return self

    def close(self) -> None:
        """Leaves every run; those that nobody else reads end."""
        for run in self.runs:
            self.runner.leave(run, self)

    def failures(self) -> list[str]:
        """A sentence for each combination that lacks runs, which seeds those are, and why."""
        seeds: dict[tuple[str, str], list[int]] = {}
        for cell, run in zip(self.cells, self.runs, strict=True):
            if run.ended.is_set() and run.status != "done":
                values = ", ".join(f"{name} {write(cell[name])}" for name in self.over)
                seeds.setdefault((values, run.error), []).append(cell["seed"])
        return [
            f"Without {values} (seed {', '.join(map(str, which))}): {error or 'it was stopped.'}"
            for (values, error), which in seeds.items()
        ]

    def table(self) -> pd.DataFrame:
        """One row a run and frame: the swept knobs, seed, step, and every scalar.

        Runs that have failed are left out: their last frame is no end (`failures` names them).
        """
        import pandas as pd  # a server, which draws bands, holds no pandas

        rows = [
            cell | {"step": frame.step} | frame.scalars
            for cell, run in zip(self.cells, self.runs, strict=True)
            if run.live or run.status == "done"
            for frame in run.frames[:]
        ]
        return pd.DataFrame(rows)

    def group(self, *knobs: str) -> dict[tuple, list[Run]]:
        """The runs by their values of these knobs, all seeds of a combination together."""
        groups: dict[tuple, list[Run]] = {}
        for cell, run in zip(self.cells, self.runs, strict=True):
            groups.setdefault(tuple(cell[knob] for knob in knobs), []).append(run)
        return groups

    @property
    def reached(self) -> int:
        """The step that every run that still trains, or has ended well, has got to."""
        steps = [
            run.frames[-1].step if run.frames[:] else 0
            for run in self.runs
            if run.live or run.status == "done"
        ]
        return min(steps, default=0)

    @property
    def axis(self) -> KnobAxis:
        """The axis of the first swept knob."""
        name, values = next(iter(self.over.items()))
        return knob_axis(self.chapter.Settings.knobs()[name], values)

    def band(self, scalar: str, step: int | None = None) -> Curves:
        """The scalar against the first swept knob: mean over seeds, 95 % interval of the mean.

        At the last frame up to `step`, or at the end; values without a run that got so far are
        absent, and what is not the end is dashed.
        """
        numbers = {}
        for (value,), runs in self.group(next(iter(self.over))).items():
            frames = [frame for run in runs if (frame := _last(run, step)) is not None]
            of_seeds = [frame.scalars[scalar] for frame in frames if scalar in frame.scalars]
            if of_seeds:
                numbers[value] = of_seeds
        steps = max((run.frames[-1].steps for run in self.runs if run.frames[:]), default=0)
        at_end = step is None or step >= steps
        moment = "" if at_end else f" After step {step} of {steps}."
        return draw_against(
            self.axis,
            numbers,
            self.chapter.quantity(scalar),
            "solid" if at_end else "dashed",
            caption=f"Mean over seeds (n = {count_in_words(numbers)}) and the 95 % interval of "
            f"the mean.{moment}",
        )

    def summary(self) -> list[dict[str, Any]]:
        """A row for each combination: its knobs, n finished runs, and of every scalar the mean
        and half of its 95 % interval (`rate`, `rate_half`)."""
        rows = []
        for values, runs in self.group(*self.over).items():
            ends = [run.frames[-1].scalars for run in runs if run.status == "done"]
            scalars = dict.fromkeys(scalar for end in ends for scalar in end)
            means = {s: interval([end[s] for end in ends if s in end]) for s in scalars}
            rows.append(
                dict(zip(self.over, values, strict=True))
                | {"n": len(ends)}
                | {scalar: mean for scalar, (mean, _) in means.items()}
                | {f"{scalar}_half": half for scalar, (_, half) in means.items()}
            )
        return rows


def _last(run: Run, step: int | None) -> Frame | None:
    """A run's last frame up to `step`, or at its end, which a run that failed has not."""
    if run.status != "done" and (step is None or not run.live):
        return None
    frames = [frame for frame in run.frames[:] if step is None or frame.step <= step]
    return frames[-1] if frames else None


def sweep(name: str, seeds: int | Iterable[int] = 5, **knobs: Any) -> pd.DataFrame:
    """Trains a chapter for several values: `sweep("beta-vae", beta=[0, 1, 4], seeds=5)`.

    A knob given as a list, tuple, range or array is swept. Returns one row a run and frame; a
    combination that fails is left out, and a warning says why. An interrupt ends the training.
    """
    many = list | tuple | range | np.ndarray
    over = {knob: list(value) for knob, value in knobs.items() if isinstance(value, many)}
    fixed = {knob: value for knob, value in knobs.items() if knob not in over}
    trained = Sweep(name, over, seeds, **fixed)
    try:
        trained.wait()
    finally:
        trained.close()  # those that are done stay in the store
    for sentence in trained.failures():
        warnings.warn(sentence, stacklevel=2)
    return trained.table()
