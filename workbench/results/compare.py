"""Comparing runs: pinned ones overlaid, and two settings paired over seeds."""

from collections.abc import Sequence
from string import ascii_uppercase

import numpy as np

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.pictures import Curves, Line, Table
from workbench.core.settings import Settings, SettingsError
from workbench.results.intervals import band, count_in_words, half_width
from workbench.results.plan import in_words
from workbench.running.run import Run
from workbench.running.runner import Runner

PINS = 6  # at most: more lines than that nobody tells apart


def differing(settings: Sequence[Settings]) -> list[str]:
    """The knobs in which these settings are not all equal."""
    values = [run.values_by_name() for run in settings]
    return [name for name in values[0] if len({repr(each[name]) for each in values}) > 1]


def names(settings: Sequence[Settings]) -> list[str]:
    """A short name for each: a letter, and what differs."""
    knobs = {name: type(settings[0]).knobs()[name] for name in differing(settings)}
    short = []
    for letter, run in zip(ascii_uppercase, settings, strict=False):
        words = ", ".join(
            f"{knob.label.lower()} {in_words(knob, getattr(run, name))}"
            for name, knob in knobs.items()
        )
        short.append(f"{letter}: {words}" if words else letter)
    return short


def overlay(chapter: Chapter, runs: Sequence[Run], scalar: str) -> Curves:
    """A scalar over training, a line for each run."""
    lines = []
    for run, name in zip(runs, names([run.settings for run in runs]), strict=True):
        frames = [frame for frame in run.frames[:] if scalar in frame.scalars]
        x = np.array([frame.step for frame in frames], float)
        y = np.array([frame.scalars[scalar] for frame in frames], float)
        lines.append(Line(name, x, y))
    trace = next((t for t in chapter.traces if scalar in t.lines and not t.against), None)
    quantity = chapter.quantity(scalar)
    return Curves(
        quantity.label,
        tuple(lines),
        "step",
        quantity.axis,
        y_unit=quantity.unit,
        log_x=trace is not None and trace.log_x,
        log_y=trace is not None and trace.log_y,
        caption="Each pinned run over its training.",
    )


class Pair:
    """Two settings, each trained with the same seeds: equal data order and start, so that the
    difference of a seed's two runs is due to the knobs alone.

    Raises SettingsError when nothing differs, or the seed does.
    """

    def __init__(self, name: str, a: Settings, b: Settings, seeds: int, runner: Runner):
        self.chapter = find(name)
        self.settings = a, b
        self.runner = runner
        self.knobs = [knob for knob in differing([a, b]) if knob != "seed"]
        if not self.knobs:
            raise SettingsError("The two have the same knobs: pin another run to compare with.")
        wanted = [each.replace(seed=seed) for each in (a, b) for seed in range(seeds)]
        runs = runner.open_together(name, wanted, self)
        self.a = runs[:seeds]
        self.b = runs[seeds:]

    @property
    def runs(self) -> list[Run]:
        return self.a + self.b

    @property
    def done(self) -> int:
        """How many runs have ended, however they ended."""
        return sum(run.ended.is_set() for run in self.runs)

    def failures(self) -> list[str]:
        """A sentence for each seed that is left out of the comparison, and why."""
        return [
            f"Without seed {run.settings.seed} (of {letter}): {run.error}"
            for letter, runs in (("A", self.a), ("B", self.b))
            for run in runs
            if run.error
        ]

    def difference(self, scalar: str) -> Curves:
        """B minus A over training: mean over seeds, with the 95 % interval of the mean.

        Only at steps that both runs of a seed have shown; n is in the caption.
        """
        differences: dict[float, list[float]] = {}
        for a, b in zip(self.a, self.b, strict=True):
            before, after = _by_step(a, scalar), _by_step(b, scalar)
            for step in before.keys() & after.keys():
                differences.setdefault(float(step), []).append(after[step] - before[step])
        differences = dict(sorted(differences.items()))
        quantity = self.chapter.quantity(scalar)
        return Curves(
            f"{quantity.label}: B minus A",
            (band("B - A", differences),) if differences else (),
            "step",
            f"difference of {quantity.axis}",
            y_unit=quantity.unit,
            log_x=True,
            caption=f"Mean over seeds (n = {count_in_words(differences)}) of the paired "
            "differences, and the 95 % interval of the mean.",
        )

    def table(self, scalars: Sequence[str]) -> Table:
        """At the end: both means, the mean paired difference with half of its 95 % interval, and
        in how many seeds B is higher."""
        rows = []
        for scalar in scalars:
            a, b = self._ends(scalar)
            if len(a):
                quantity = self.chapter.quantity(scalar)
                difference = (b - a).mean()
                sign = "+" if difference > 0 else ""
                half = f" ± {quantity.write(half_width(b - a), 2)}" if len(a) > 1 else ""
                rows.append(
                    (
                        quantity.label,
                        quantity.write(a.mean(), 4),
                        quantity.write(b.mean(), 4),
                        f"{sign}{quantity.write(difference)}{half}",
                        f"{(b > a).sum()} of {len(a)}",
                    )
                )
        return Table(
            "At the end of training",
            ("number", "A", "B", "B - A", "B is higher in"),
            tuple(rows),
            caption="Means over the seeds that are done; the interval is that of the mean paired "
            "difference (95 %, Student).",
        )

    def _ends(self, scalar: str) -> np.ndarray:
        """The last numbers of A and of B [2, seeds], of seeds of which both are done."""
        pairs = [
            [run.frames[-1].scalars.get(scalar, np.nan) for run in pair]
            for pair in zip(self.a, self.b, strict=True)
            if all(run.status == "done" for run in pair)
        ]
        ends = np.array(pairs).reshape(-1, 2)
        return ends[np.isfinite(ends).all(1)].T

    def close(self) -> None:
        """Leaves every run."""
        for run in self.runs:
            self.runner.leave(run, self)


def _by_step(run: Run, scalar: str) -> dict[int, float]:
    """The scalar at each step that a run has shown."""
    return {f.step: f.scalars[scalar] for f in run.frames[:] if f.scalars.get(scalar) is not None}
