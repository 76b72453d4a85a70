"""What a reader takes home: a run as a zip, a whole sweep as one HTML file without a kernel.

    run_zip("beta-vae", settings, frames)        # settings, points, pictures, script
    sweep_html(Sweep("beta-vae", {"beta": [0, 1, 4]}).wait())

Both return bytes. The page of a sweep only looks up: everything it can show was drawn before.
"""

import base64
import gzip
import itertools
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core.frames import Frame, label
from workbench.core.pictures import Curves, Line, Picture
from workbench.results.run_zip import versions
from workbench.results.svg import extent, place, svg, union
from workbench.results.sweep import Sweep, interval, written
from workbench.running.run import Run

MOST_BYTES = 8 * 10**6  # of a sweep's page
TEMPLATE = Path(__file__).with_name("take_home.html")


def sweep_html(sweep: Sweep, most_bytes: int = MOST_BYTES) -> bytes:
    """The sweep as one HTML file that needs no kernel and no network.

    It has a slider for each swept knob and one for time; curves are means over seeds with the 95 %
    interval of the mean; pictures are those of the first seed. When it would be larger than
    `most_bytes`, it holds every other frame only, or every fourth ..., and says so.
    Raises ValueError when no run is done.
    """
    if not any(run.status == "done" for run in sweep.runs):
        raise ValueError("No run of this sweep is done yet; wait for the first one.")
    every = 1
    while True:
        page = _page(sweep, every)
        most = max(len(run.frames) for run in sweep.runs)
        if len(page) <= most_bytes or every >= most:
            return page
        every *= 2


def _page(sweep: Sweep, every: int) -> bytes:
    held = gzip.compress(json.dumps(Album(sweep, every).held()).encode(), 9, mtime=0)
    words = {"TITLE": escape(sweep.chapter.title), "HELD": base64.b64encode(held).decode()}
    text = TEMPLATE.read_text()
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text.encode()


class Album:
    """Every drawing that the page of a sweep can show, keeping each `every`-th frame.

    A place is a combination of the swept knobs' values; its index counts the last knob fastest.
    """

    def __init__(self, sweep: Sweep, every: int = 1):
        self.sweep, self.chapter, self.every = sweep, sweep.chapter, every
        self.seeds = sweep.seeds
        self.places = [
            dict(zip(sweep.over, values, strict=True))
            for values in itertools.product(*sweep.over.values())
        ]
        done = [self._done(place) for place in self.places]
        self.shown = [runs[0].settings.seed if runs else None for runs in done]
        self.shots = [[self._kept(run) for run in runs] for runs in done]  # [place][seed][frame]
        lasts = [runs[0][-1] for runs in self.shots if runs]
        order = [*(self.chapter.reading or {}), *lasts[0].scalars]
        self.scalars = [s for s in dict.fromkeys(order) if all(s in f.scalars for f in lasts)]

    def held(self) -> dict[str, Any]:
        """The page's data, as JSON has it."""
        knobs = self.chapter.Settings.knobs()
        reading = self.chapter.reading or {}
        return {
            "title": self.chapter.title,
            "about": self._about(),
            "knobs": [
                {
                    "label": knobs[name].label,
                    "values": list(map(written, values)),
                    "start": _nearest(values, knobs[name].default),
                }
                for name, values in self.sweep.over.items()
            ],
            "scalars": [
                {"name": s, "label": label(s), "reading": reading.get(s, "")} for s in self.scalars
            ],
            "pictures": self._pictures(),
            "places": [self._place(i) for i in range(len(self.places))],
            "bands": self._bands(),
        }

    def _done(self, place: dict[str, Any]) -> list[Run]:
        return [
            run
            for cell, run in zip(self.sweep.cells, self.sweep.runs, strict=True)
            if place.items() <= cell.items() and run.status == "done"
        ]

    def _kept(self, run: Run) -> list[Frame]:
        """Each `every`-th frame, counted from the last, which is always there."""
        return run.frames[::-1][:: self.every][::-1]

    def _about(self) -> str:
        run = next(run for run in self.sweep.runs if run.status == "done")
        swept = {*self.sweep.over, "seed"}
        fixed = ", ".join(
            f"{name} {value}"
            for name, value in run.settings.values_by_name().items()
            if name not in swept and run.settings.matters(name)
        )
        done = sum(run.status == "done" for run in self.sweep.runs)
        left_out = f" Of every {self.every} frames one is kept." if self.every > 1 else ""
        return (
            f"{done} of {len(self.sweep.runs)} runs, each really trained: every value with "
            f"{len(self.seeds)} seed{'s' * (len(self.seeds) > 1)}; {fixed}. Curves are the mean "
            f"over seeds with the 95 % interval of the mean; pictures are those of one seed, which "
            f"the table names.{left_out} Made with workbench {versions()['workbench']}."
        )

    def _pictures(self) -> list[str]:
        """The names of all pictures, the most telling first."""
        shots = [frame for runs in self.shots for frames in runs[:1] for frame in frames]
        found = dict.fromkeys(name for frame in shots for name in frame.pictures)
        first = [name for name in self.chapter.layout if name in found]
        return [*first, *(name for name in found if name not in first)]

    def _place(self, i: int) -> dict[str, Any]:
        """Steps, numbers and drawings of one place; without a finished run, none."""
        if not self.shots[i]:
            return {"steps": [], "frames": [], "courses": []}
        return {
            "seed": self.shown[i],
            "steps": [frame.step for frame in self.shots[i][0]],
            "frames": [self._frame(i, t) for t in range(len(self.shots[i][0]))],
            "courses": [self._course(i, scalar) for scalar in self.scalars],
        }

    def _frame(self, i: int, t: int) -> dict[str, Any]:
        numbers = [self._at(i, t, scalar) for scalar in self.scalars]
        return {
            "numbers": [
                [f"{mean:.4g}", f"± {half:.2g}", str(n), f"{own:.4g}"]
                for mean, half, n, own in numbers
            ],
            "pictures": {
                name: [svg(p, self._limits(i, name, p)), p.caption]
                for name, p in self.shots[i][0][t].pictures.items()
            },
        }

    def _at(self, i: int, t: int, scalar: str) -> tuple[float, float, int, float]:
        """Mean over seeds, half of its interval, n, and the number of the seed with pictures."""
        found = [frames[min(t, len(frames) - 1)].scalars[scalar] for frames in self.shots[i]]
        return *interval(found), len(found), found[0]

    def _limits(self, i: int, name: str, picture: Picture):
        """Axes that stay while the reader moves through time: those of the later half."""
        frames = self.shots[i][0]
        later = [f.pictures[name] for f in frames[len(frames) // 2 :] if name in f.pictures]
        return union(map(extent, [picture, *later]))

    def _course(self, i: int, scalar: str) -> dict[str, Any]:
        """The scalar over training at one place, and where a mark lies at each frame."""
        steps = np.array([frame.step for frame in self.shots[i][0]], float)
        mean, half = np.array([self._at(i, t, scalar)[:2] for t in range(len(steps))]).T
        line = Line(label(scalar), steps, mean, "solid", mean - half, mean + half)
        drawn = Curves(f"{label(scalar)} over training", (line,), y_label=label(scalar), log_x=True)
        marks = [round(place(drawn, step), 1) for step in steps]
        return {"svg": svg(drawn), "marks": marks}

    def _bands(self) -> list[dict[str, Any]]:
        """Against the first knob, one entry for each combination of the others: for each scalar
        a drawing at each frame, and where a mark lies at each of the first knob's values."""
        rest = len(self.places) // len(next(iter(self.sweep.over.values())))
        return [
            {"scalars": [self._band(s, offset, rest) for s in self.scalars]}
            for offset in range(rest)
        ]

    def _band(self, scalar: str, offset: int, rest: int) -> dict[str, Any]:
        knob = self.chapter.Settings.knobs()[next(iter(self.sweep.over))]
        there = [i for i in range(offset, len(self.places), rest) if self.shots[i]]
        values = np.array([self.places[i][knob.name] for i in there], float)
        length = max((len(self.shots[i][0]) for i in there), default=0)
        drawn = []
        for t in range(length):
            mean, half = np.array([self._at(i, t, scalar)[:2] for i in there]).T
            line = Line(label(scalar), values, mean, "solid", mean - half, mean + half)
            drawn.append(
                Curves(f"{label(scalar)} against {knob.label}", (line,), knob.label, label(scalar))
            )
        later = union(map(extent, drawn[length // 2 :]))
        limits = [union([later, extent(each)]) for each in drawn]
        marks = [round(place(drawn[-1], v, limits[-1]), 1) for v in self.sweep.over[knob.name]]
        return {"svg": list(map(svg, drawn, limits)), "marks": marks}


def _nearest(values: Sequence[Any], default: Any) -> int:
    """The place of the value that a page begins with: the knob's default, or what is closest."""
    if default in values:
        return list(values).index(default)
    if isinstance(default, str):
        return 0
    return int(np.argmin(np.abs(np.array(values, float) - default)))
