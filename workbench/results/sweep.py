"""Sweeps: a knob's values times seeds, really trained, side by side in stacks."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.chapters import find
from workbench.core.frames import label, schedule
from workbench.core.pictures import Curves, Line
from workbench.core.settings import Knob, Settings, SettingsError
from workbench.running.queue import common_settings
from workbench.running.run import Run, RunFailed
from workbench.running.runner import Runner
from workbench.running.shared import shared_runner
from workbench.science.later import Later

if TYPE_CHECKING:
    import pandas as pd
    from scipy import optimize, special
else:
    pd, optimize, special = Later("pandas"), Later("scipy.optimize"), Later("scipy.special")


MOST = 400  # runs in one sweep without a second thought
LIMIT = 10_000  # and with one
TRIAL, SAMPLE = 2.0, 16  # seconds and runs of the trial that says how long a sweep takes


def planned(name: str, over: Mapping[str, Sequence], seeds: int | Sequence[int] = 5, **knobs):
    """What a Sweep would train: values by knob, seeds, cells (knobs of each run), settings."""
    base = find(name).Settings(**knobs)
    over = {knob: list(values) for knob, values in over.items()}
    seeds = range(seeds) if isinstance(seeds, int) else list(seeds)
    if "seed" in over:
        raise SettingsError("Seeds are not swept as a knob; say how many, or which, by seeds.")
    if not seeds or not all(over.values()):
        raise SettingsError("A sweep needs at least one value and one seed.")
    if (count := math.prod(map(len, [seeds, *over.values()]))) > LIMIT:
        raise SettingsError(
            f"These are {count} runs, and a sweep has at most {LIMIT}: take fewer values or seeds."
        )
    over = {knob: [base.parse(knob, v) for v in values] for knob, values in over.items()}
    seeds = list(seeds)
    names = [*over, "seed"]
    cells = [
        dict(zip(names, cell, strict=True)) for cell in itertools.product(*over.values(), seeds)
    ]
    return over, seeds, cells, [base.replace(**cell) for cell in cells]


class Sweep:
    """The runs of chapter `name` for every combination of `over` and seed.

    over: knob -> its values. seeds: how many (0, 1, ...), or which. Other knobs are the same in
    all. Runs that differ in stackable knobs only train as one stack; a run's numbers do not depend
    on the others in it. Raises SettingsError for an unknown chapter, knob or value.
    """

    def __init__(
        self,
        name: str,
        over: Mapping[str, Sequence],
        seeds: int | Sequence[int] = 5,
        runner: Runner | None = None,
        **knobs,
    ):
        self.chapter = find(name)
        self.over, self.seeds, self.cells, settings = planned(name, over, seeds, **knobs)
        self.runner = runner or shared_runner("here")
        self.runs: list[Run] = self.runner.open_together(name, settings, self)

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

    def table(self) -> pd.DataFrame:
        """One row a run and frame: the swept knobs, seed, step, and every scalar."""
        rows = [
            cell | {"step": frame.step} | frame.scalars
            for cell, run in zip(self.cells, self.runs, strict=True)
            for frame in run.frames[:]
        ]
        return pd.DataFrame(rows)

    @property
    def reached(self) -> int:
        """The step that every run that still trains, or has ended well, has got to."""
        steps = [
            run.frames[-1].step if run.frames[:] else 0
            for run in self.runs
            if run.live or run.status == "done"
        ]
        return min(steps, default=0)

    def band(self, scalar: str, step: int | None = None, name: str = "") -> Curves:
        """The scalar against the first swept knob: mean over seeds, 95 % interval of the mean.

        At the last frame up to `step`, or at the end; values without a run that got so far are
        absent, and what is not the end is dashed. `name`: what to call the scalar.
        """
        knob = self.chapter.Settings.knobs()[next(iter(self.over))]
        found = {value: self._at(knob.name, value, scalar, step) for value in self.over[knob.name]}
        found = {value: numbers for value, numbers in found.items() if numbers}
        counts = sorted({len(numbers) for numbers in found.values()})
        said = " to ".join(map(str, dict.fromkeys((counts or [0])[:1] + counts[-1:])))
        name = name or label(scalar)
        style = "solid" if step is None or step >= self._steps else "dashed"
        when = "" if style == "solid" else f" After step {step} of {self._steps}."
        return Curves(
            f"{name} against {knob.label}",
            (Line(name, *mean_and_interval(found, style)),),
            x_label=knob.label,
            y_label=name,
            caption=f"Mean over seeds (n = {said}) and the 95 % interval of the mean.{when}",
        )

    @property
    def _steps(self) -> int:
        """How far the longest run goes."""
        return max((run.frames[-1].steps for run in self.runs if run.frames[:]), default=0)

    def summary(self) -> list[dict[str, float]]:
        """A row for each combination: its knobs, n finished runs, and of every scalar the mean
        and half of its 95 % interval (`rate`, `rate_half`)."""
        rows = []
        for combination in itertools.product(*self.over.values()):
            cell = dict(zip(self.over, combination, strict=True))
            ends = pd.DataFrame(
                [
                    run.frames[-1].scalars
                    for each, run in zip(self.cells, self.runs, strict=True)
                    if run.status == "done" and cell.items() <= each.items()
                ]
            )
            halves = {f"{name}_half": half_width(ends[name]) for name in ends}
            rows.append(cell | {"n": len(ends)} | ends.mean().to_dict() | halves)
        return rows

    def _at(self, knob: str, value: Any, scalar: str, step: int | None) -> list[float]:
        """The scalar of every seed's run with this value, at the last frame up to `step`."""
        numbers = []
        for cell, run in zip(self.cells, self.runs, strict=True):
            if cell[knob] != value or (run.status != "done" and (step is None or not run.live)):
                continue
            shown = [f for f in run.frames[:] if step is None or f.step <= step]
            if shown and scalar in shown[-1].scalars:
                numbers.append(shown[-1].scalars[scalar])
        return numbers


def mean_and_interval(found: Mapping[float, Sequence[float]], style: str):
    """x, y, style, low, high of a Line: Student's interval; without a second seed, no width."""
    x = np.array(list(found), float)
    mean = np.array([np.mean(numbers) for numbers in found.values()])
    half = np.array([half_width(numbers) for numbers in found.values()])
    return x, mean, style, mean - half, mean + half


def interval(numbers: Sequence[float]) -> tuple[float, float]:
    """The mean of independent numbers, and half of its 95 % interval."""
    return float(np.mean(numbers)), half_width(numbers)


def half_width(numbers: Sequence[float]) -> float:
    """Half of the 95 % interval of the mean of n independent numbers (Student's t)."""
    n = len(numbers)
    if n < 2:
        return 0.0
    return float(special.stdtrit(n - 1, 0.975) * np.std(numbers, ddof=1) / math.sqrt(n))


def sweep(name: str, seeds: int | Sequence[int] = 5, **knobs) -> pd.DataFrame:
    """Trains a chapter for several values: `sweep("beta-vae", beta=[0, 1, 4], seeds=5)`.

    A knob given as a list, tuple, range or array is swept. Returns one row a run and frame.
    """
    many = list | tuple | range | np.ndarray
    over = {knob: list(value) for knob, value in knobs.items() if isinstance(value, many)}
    fixed = {knob: value for knob, value in knobs.items() if knob not in over}
    return Sweep(name, over, seeds, **fixed).wait().table()


def about_seconds(name: str, runs: Sequence[Settings], device: str = "cpu") -> float:
    """How long one player of this machine needs for these runs, from a trial of about two seconds.

    What is kept already is not counted off. A step's cost and a frame's are told apart, for frames
    are dense early.
    """
    from workbench.running.worker import frames

    chapter = find(name)
    some = list(runs[: SAMPLE if chapter.stackable else 1])
    some = [
        run for run in some if common_settings(chapter, run) == common_settings(chapter, some[0])
    ]
    start, seen, spent = time.perf_counter(), [], []
    for number, shots in enumerate(frames(name, some, device)):
        seen.append((shots[0].step, number))
        spent.append(time.perf_counter() - start)
        if spent[-1] - spent[0] > TRIAL:
            break
    # from the first frame on: before it, PyTorch and data are loaded
    costs, _ = optimize.nnls(np.subtract(seen, seen[0]), np.subtract(spent, spent[0]))
    steps = [run.values_by_name().get("steps", seen[-1][0]) for run in runs]
    return sum(np.dot(costs, (each, len(schedule(each)))) for each in steps) / len(some)


def in_words(seconds: float) -> str:
    """About how long: 40 seconds, 3 minutes, 2.5 hours."""
    for size, unit in ((3600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.2g} {unit}"
    whole = max(1, round(seconds))
    return f"{whole} second{'s' * (whole > 1)}"


def spread(knob: Knob, count: int) -> list[float]:
    """`count` values (or fewer, if there are not so many) along a knob's range, both ends in it."""
    if knob.stops:
        places = np.linspace(0, len(knob.stops) - 1, min(count, len(knob.stops)))
        return [knob.stops[round(place)] for place in places]
    found = np.linspace(knob.low, knob.high, count)
    found = found.round() if knob.kind == "integer" else found.round(6)
    return list(dict.fromkeys(map(float, found)))


def written(value: Any) -> str:
    """A swept value as a table shows it."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def values(knob: Knob, text: str) -> list[Any]:
    """The values that `0:16:9` (low:high:count) or `0,1,4` mean for a knob.

    Raises SettingsError in one sentence.
    """
    try:
        if ":" in text and knob.kind in ("number", "integer"):
            low, high, count = text.split(":")
            spread = np.linspace(float(low), float(high), int(count))
            found: Iterable = spread.round() if knob.kind == "integer" else spread.round(10)
            return list(dict.fromkeys(float(value) for value in found))
        return [word.strip() for word in text.split(",") if word.strip()]
    except ValueError:
        raise SettingsError(
            f"The values of {knob.name} must be low:high:count, such as 0:16:9, or a list such as "
            f"0,1,4, not {text[:40]!r}."
        ) from None
