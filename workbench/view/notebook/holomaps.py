"""HoloMaps of trained runs: an entry for each combination of knobs and each step."""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import holoviews as hv
import numpy as np
import pandas as pd
from holoviews import opts

from workbench.core.frames import label
from workbench.core.palette import LIGHT, heat_colours
from workbench.results.intervals import interval

COURSE, ACROSS, PLANE = "Course", "Across", "Plane"  # the groups of the three pictures
MEAN, INTERVAL = "mean over seeds", "95 % interval of the mean"
# with normalize HoloViews goes through all entries once for each entry: minutes
AXES = dict(
    framewise=True, axiswise=True, normalize=False, padding=0.06, default_tools=["reset", "save"]
)
STEPS = 16  # that the slider stops at: HoloViews draws every state before it shows the first
SIZE = dict(width=460, height=330, fontscale=1.15)  # numbers of 9 points and more
POINTS = dict(nonselection_alpha=0.12, size=7)
TOOLS = dict(tools=["hover", "box_select", "lasso_select"], active_tools=["box_select"])


class Trained(NamedTuple):
    """Every frame of every run: a row each, with the columns of knobs, seed, step and numbers."""

    table: pd.DataFrame
    knobs: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def steps(self) -> list[int]:
        """The steps of all frames, or `STEPS` of them from the first to the last."""
        steps = sorted(map(int, self.table["step"].unique()))
        count = min(STEPS, len(steps))
        return [steps[i] for i in np.linspace(0, len(steps) - 1, count).round().astype(int)]

    def dimension(self, number: str) -> hv.Dimension:
        """A number as an axis that has room for the later half of training, and grows before."""
        later = self.table[self.table["step"] >= self.steps[len(self.steps) // 2]][number]
        low, high = later.min(), later.max()
        air = 0.05 * (high - low) or 0.5
        return hv.Dimension(number, label=label(number), soft_range=(low - air, high + air))


def course(trained: Trained, number: str) -> hv.HoloMap:
    """The number over training at each combination of knobs, with a mark at each step."""
    entries = []
    marks = {step: hv.VLine(step, group=COURSE) for step in trained.steps}
    axes = hv.Dimension("step"), trained.dimension(number)
    for cell, table in trained.table.groupby(list(trained.knobs)):
        lines = _band(table.groupby("step")[number], *axes)
        entries += [
            ((*cell, step), hv.Overlay([*lines, mark], group=COURSE))
            for step, mark in marks.items()
        ]
    return _holo_map(trained.knobs, entries)


def runs_at_a_step(trained: Trained, first: str, second: str) -> tuple[hv.HoloMap, hv.HoloMap]:
    """Every run at each step: the first number against the first knob, and both in their plane.

    The entries of both are made of one table, so that Bokeh selects in both. A run that has ended
    before a step stays where it ended.
    """
    swept, *others = trained.knobs
    knob = hv.Dimension(swept, label=label(swept))
    x, y = map(trained.dimension, (first, second))
    groups = trained.table.groupby(others) if others else [((), trained.table)]
    across, plane = [], []
    for (cell, table), step in itertools.product(groups, trained.steps):
        reached = table[table["step"] <= step].groupby([*trained.knobs, "seed"], sort=False)
        runs = reached.last().reset_index()
        lines = _band(runs.groupby(swept)[first], knob, x)
        points = hv.Points(runs, [knob, x], ["seed"], group=ACROSS)
        across.append(((*cell, step), hv.Overlay([*lines, points], group=ACROSS)))
        plane.append(((*cell, step), hv.Points(runs, [x, y], [knob, "seed"], group=PLANE)))
    return _holo_map(others, across), _holo_map(others, plane)


def options(trained: Trained, first: str, second: str) -> list[hv.Options]:
    """How the three pictures look."""
    x, y = map(label, (first, second))
    line, points = LIGHT.classes[:2]
    titles = {COURSE: f"{x} over training", ACROSS: f"{x} of every run"}
    return [
        opts.Spread(color=line, fill_alpha=0.2, line_alpha=0, **AXES),
        opts.ErrorBars(color=line, **AXES),
        opts.Curve(color=line, line_width=2, **AXES),
        opts.VLine(color=LIGHT.muted, line_width=1.5, line_dash="dashed", **AXES),
        opts.Points(ACROSS, color=points, **POINTS, **TOOLS, **AXES),
        opts.Points(PLANE, title=f"{y} against {x}", **_by_knob(trained), **SIZE, **AXES),
        opts.Overlay(show_legend=False, **SIZE, **AXES),
        opts.Overlay(COURSE, title=titles[COURSE], logx=True),
        opts.Overlay(ACROSS, title=titles[ACROSS], **TOOLS),
        opts.Layout(shared_datasource=True, shared_axes=False, normalize=False),
    ]


def _by_knob(trained: Trained) -> dict:
    """Points coloured by the first knob."""
    values = trained.table[trained.knobs[0]]
    numeric = pd.api.types.is_numeric_dtype(values)
    colours = list(heat_colours() if numeric else LIGHT.classes)
    limits = {"clim": (values.min(), values.max())} if numeric else {}
    return dict(color=trained.knobs[0], cmap=colours, colorbar=numeric) | limits | POINTS | TOOLS


def _band(groups: Iterable, x: hv.Dimension, y: hv.Dimension) -> list[hv.Element]:
    """The 95 % interval of each group of seeds, and a line through their means."""
    rows = [(value, *interval(seeds)) for value, seeds in groups]
    if isinstance(rows[0][0], str):  # there is nothing between two names
        return [hv.ErrorBars(rows, x, [y, "half"], label=INTERVAL)]
    mean = hv.Curve([row[:2] for row in rows], x, y, label=MEAN)
    return [hv.Spread(rows, x, [y, "half"], label=INTERVAL), mean]


def _holo_map(knobs: Sequence[str], entries: list) -> hv.HoloMap:
    """The entries under sliders for the knobs and the step, which begins at the end of training."""
    dimensions = [hv.Dimension(name, label=label(name)) for name in knobs]
    last = max(key[-1] for key, _entry in entries)
    dimensions.append(hv.Dimension("step", label=label("step"), default=last))
    return hv.HoloMap(entries, kdims=dimensions)
