"""Every drawing that the page of a sweep can show."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.pictures import Curves, Picture
from workbench.results.against import draw_against
from workbench.results.intervals import band, interval
from workbench.results.plan import write
from workbench.results.run_zip import versions
from workbench.results.svg import Limits, extent, locate, svg, union
from workbench.results.sweep import Sweep
from workbench.running.run import Run


class Album:
    """The drawings of a sweep, keeping each `every`-th frame.

    Combinations of the swept knobs' values are numbered, the last knob's values fastest; `frames`
    are [combination][seed][frame].
    """

    def __init__(self, sweep: Sweep, every: int = 1):
        self.sweep = sweep
        self.chapter = sweep.chapter
        self.every = every
        groups = sweep.group(*sweep.over)
        self.combinations = [dict(zip(sweep.over, values, strict=True)) for values in groups]
        self.done = [[run for run in runs if run.status == "done"] for runs in groups.values()]
        self.frames = [[self._thin_out(run) for run in runs] for runs in self.done]
        ends = [seeds[0][-1].scalars for seeds in self.frames if seeds]
        order = dict.fromkeys([*self.chapter.reading, *ends[0]])
        self.scalars = [scalar for scalar in order if all(scalar in end for end in ends)]

    def as_json(self) -> dict[str, Any]:
        """The page's data, as JSON has it."""
        knobs = self.chapter.Settings.knobs()
        reading = self.chapter.reading
        return {
            "title": self.chapter.title,
            "about": describe(self.sweep, self.every),
            "knobs": [
                {
                    "label": knobs[name].label,
                    "values": list(map(write, values)),
                    "start": nearest(values, knobs[name].default),
                }
                for name, values in self.sweep.over.items()
            ],
            "scalars": [
                {"name": s, "label": self.chapter.quantity(s).label, "reading": reading.get(s, "")}
                for s in self.scalars
            ],
            "pictures": list_pictures(self.chapter, [seeds[0] for seeds in self.frames if seeds]),
            "combinations": [self._draw_combination(i) for i in range(len(self.combinations))],
            "bands": self._draw_bands(),
        }

    def _thin_out(self, run: Run) -> list[Frame]:
        """Each `every`-th frame, counted from the last, which is always there."""
        return run.frames[::-1][:: self.every][::-1]

    def _draw_combination(self, i: int) -> dict[str, Any]:
        """Steps, numbers and drawings of one combination; without a finished run, none."""
        if not self.frames[i]:
            return {"steps": [], "frames": [], "courses": []}
        first = self.frames[i][0]
        return {
            "seed": self.done[i][0].settings.seed,
            "steps": [frame.step for frame in first],
            "frames": [self._draw_frame(i, t) for t in range(len(first))],
            "courses": [self._draw_course(i, scalar) for scalar in self.scalars],
        }

    def _draw_frame(self, i: int, t: int) -> dict[str, Any]:
        numbers = []
        for scalar in self.scalars:
            of_seeds = self._numbers(i, t, scalar)
            mean, half = interval(of_seeds)
            write = self.chapter.quantity(scalar).write
            seed = write(of_seeds[0], 4)
            spread = f"± {write(half, 2)}" if len(of_seeds) > 1 else "-"
            numbers.append([write(mean, 4), spread, str(len(of_seeds)), seed])
        pictures = self.frames[i][0][t].pictures
        return {
            "numbers": numbers,
            "pictures": {
                name: [svg(picture, self._limits(i, name, picture)), picture.caption]
                for name, picture in pictures.items()
            },
        }

    def _numbers(self, i: int, t: int, scalar: str) -> list[float]:
        """The scalar of every seed at frame t, the seed with pictures first."""
        return [frames[min(t, len(frames) - 1)].scalars[scalar] for frames in self.frames[i]]

    def _limits(self, i: int, name: str, picture: Picture) -> Limits | None:
        """Axes that stay while the reader moves through time: those of the later half."""
        frames = self.frames[i][0]
        later = [f.pictures[name] for f in frames[len(frames) // 2 :] if name in f.pictures]
        return union(map(extent, [picture, *later]))

    def _draw_course(self, i: int, scalar: str) -> dict[str, Any]:
        """The scalar over training at one combination, and where a mark lies at each frame."""
        steps = [frame.step for frame in self.frames[i][0]]
        numbers = {float(step): self._numbers(i, t, scalar) for t, step in enumerate(steps)}
        quantity = self.chapter.quantity(scalar)
        curves = Curves(
            f"{quantity.label} over training",
            (band(quantity.label, numbers),),
            y_label=quantity.axis,
            y_unit=quantity.unit,
            log_x=True,
        )
        return {"svg": svg(curves), "marks": [round(locate(curves, step), 1) for step in steps]}

    def _draw_bands(self) -> list[dict[str, Any]]:
        """Against the first knob, one entry for each combination of the others."""
        rest = len(self.combinations) // len(next(iter(self.sweep.over.values())))
        return [
            {"scalars": [self._draw_band(s, offset, rest) for s in self.scalars]}
            for offset in range(rest)
        ]

    def _draw_band(self, scalar: str, offset: int, rest: int) -> dict[str, Any]:
        """A drawing at each frame, and where a mark lies at each of the first knob's values."""
        knob, axis = next(iter(self.sweep.over)), self.sweep.axis
        ready = [i for i in range(offset, len(self.combinations), rest) if self.frames[i]]
        drawings = []
        for t in range(max((len(self.frames[i][0]) for i in ready), default=0)):
            numbers = {
                float(self.combinations[i][knob]): self._numbers(i, t, scalar) for i in ready
            }
            drawings.append(draw_against(axis, numbers, self.chapter.quantity(scalar)))
        later = union(map(extent, drawings[len(drawings) // 2 :]))
        limits = [union([later, extent(each)]) for each in drawings]
        places = [axis.places[float(value)] for value in self.sweep.over[knob]]
        return {
            "svg": list(map(svg, drawings, limits)),
            "marks": [round(locate(drawings[-1], place, limits[-1]), 1) for place in places],
        }


def describe(sweep: Sweep, every: int) -> str:
    """What was trained, and how the page shows it."""
    done = [run for run in sweep.runs if run.status == "done"]
    swept = {*sweep.over, "seed"}
    fixed = ", ".join(
        f"{name} {value}"
        for name, value in done[0].settings.values_by_name().items()
        if name not in swept and done[0].settings.matters(name)
    )
    seeds = len(sweep.seeds)
    left_out = f" Of every {every} frames one is kept." if every > 1 else ""
    return (
        f"{len(done)} of {len(sweep.runs)} runs, each really trained: every value with "
        f"{seeds} seed{'s' * (seeds > 1)}; {fixed}. Curves are the mean over seeds with the 95 % "
        "interval of the mean; pictures are those of one seed, which the table names."
        f"{left_out} Made with workbench {versions()['workbench']}."
    )


def list_pictures(chapter: Chapter, runs: Sequence[Sequence[Frame]]) -> list[str]:
    """The names of all pictures, the most telling first."""
    names = dict.fromkeys(name for frames in runs for frame in frames for name in frame.pictures)
    telling = [name for name in chapter.layout if name in names]
    return [*telling, *(name for name in names if name not in telling)]


def nearest(values: Sequence[Any], default: Any) -> int:
    """The number of the value that a page begins with: the knob's default, or what is closest."""
    if default in values:
        return list(values).index(default)
    if isinstance(default, str):
        return 0
    return int(np.argmin(np.abs(np.array(values, float) - default)))
