"""Comparing runs: pinned ones overlaid, and two settings paired over seeds."""

from collections.abc import Sequence

import numpy as np

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import label
from workbench.core.pictures import Curves, Line, Table
from workbench.core.settings import Settings, SettingsError
from workbench.results.sweep import half_width, mean_and_interval
from workbench.running.run import Run
from workbench.running.runner import Runner

MOST = 6  # pinned runs: more lines than that nobody tells apart


def differing(settings: Sequence[Settings]) -> list[str]:
    """The knobs in which these settings are not all equal."""
    values = [each.values_by_name() for each in settings]
    return [name for name in values[0] if len({repr(v[name]) for v in values}) > 1]


def names(settings: Sequence[Settings]) -> list[str]:
    """A short name for each: a letter, and what differs."""
    knobs = differing(settings)
    labels = type(settings[0]).knobs()

    def said(value) -> str:
        return f"{value:g}" if isinstance(value, float) else str(value)

    return [
        ": ".join(
            [chr(65 + i)]
            + [
                ", ".join(
                    f"{labels[knob].label.lower()} {said(getattr(each, knob))}" for knob in knobs
                )
            ]
            * bool(knobs)
        )
        for i, each in enumerate(settings)
    ]


def overlay(chapter: Chapter, runs: Sequence[Run], scalar: str, title: str) -> Curves:
    """A scalar over training, a line for each run."""
    lines = []
    for run, name in zip(runs, names([run.settings for run in runs]), strict=True):
        shown = [frame for frame in run.frames[:] if scalar in frame.scalars]
        x = np.array([frame.step for frame in shown], float)
        y = np.array([frame.scalars[scalar] for frame in shown], float)
        lines.append(Line(name, x, y))
    trace = next((t for t in chapter.traces if scalar in t.lines and not t.against), None)
    return Curves(
        title,
        tuple(lines),
        "step",
        title,
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
        self.chapter, self.settings, self.runner = find(name), (a, b), runner
        self.knobs = [knob for knob in differing([a, b]) if knob != "seed"]
        if not self.knobs:
            raise SettingsError("The two have the same knobs: pin another run to compare with.")
        wanted = [each.replace(seed=seed) for each in (a, b) for seed in range(seeds)]
        found = runner.open_together(name, wanted, self)
        self.a, self.b = found[:seeds], found[seeds:]

    @property
    def runs(self) -> list[Run]:
        return self.a + self.b

    @property
    def done(self) -> int:
        """How many runs have ended, however they ended."""
        return sum(run.ended.is_set() for run in self.runs)

    def difference(self, scalar: str, name: str = "") -> Curves:
        """B minus A over training: mean over seeds, with the 95 % interval of the mean.

        Only at steps that both runs of a seed have shown; n is in the caption.
        """
        found: dict[float, list[float]] = {}
        for a, b in zip(self.a, self.b, strict=True):
            before = {f.step: f.scalars.get(scalar) for f in a.frames[:]}
            for frame in b.frames[:]:
                old, new = before.get(frame.step), frame.scalars.get(scalar)
                if old is not None and new is not None:
                    found.setdefault(float(frame.step), []).append(new - old)
        counts = sorted({len(numbers) for numbers in found.values()} or {0})
        n = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
        name = name or label(scalar)
        lines = (Line("B - A", *mean_and_interval(dict(sorted(found.items())), "solid")),)
        return Curves(
            f"{name}: B minus A",
            lines if found else (),
            "step",
            f"difference of {name}",
            log_x=True,
            caption=f"Mean over seeds (n = {n}) of the paired differences, and the 95 % interval "
            "of the mean.",
        )

    def table(self, scalars: dict[str, str]) -> Table:
        """At the end: both means, the mean paired difference with half of its 95 % interval, and
        in how many seeds B is higher. scalars: what to call each."""
        pairs = [
            (a, b) for a, b in zip(self.a, self.b, strict=True) if a.status == b.status == "done"
        ]
        rows = []
        for scalar, name in scalars.items():
            ends = np.array(
                [[run.frames[-1].scalars.get(scalar, np.nan) for run in pair] for pair in pairs]
            ).reshape(-1, 2)
            ends = ends[np.isfinite(ends).all(1)]
            if not len(ends):
                continue
            a, b = ends.T
            rows.append(
                (
                    name,
                    f"{a.mean():.4g}",
                    f"{b.mean():.4g}",
                    f"{(b - a).mean():+.3g} ± {half_width(b - a):.2g}",
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

    def close(self) -> None:
        """Leaves every run."""
        for run in self.runs:
            self.runner.leave(run, self)
