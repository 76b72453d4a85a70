"""Exploring what was trained: sliders over the knobs and over time, by HoloViews.

    explore(sweep("beta-vae", beta=[0, 1, 4], seeds=5))
    explore({"beta 1": frames, "beta 4": others}, "rate")

Nothing is trained any more. The result is a HoloViews layout: a notebook shows it, and
`holoviews.save(layout, "sweep.html", resources="inline")` writes a file that needs no network.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import holoviews as hv
import pandas as pd
import panel as pn

from workbench.core.frames import Frame
from workbench.results.compare import Pair, names
from workbench.results.sweep import Sweep
from workbench.running.run import Run
from workbench.view.notebook.holomaps import Trained, course, options, runs_at_a_step
from workbench.view.patches.inline_cells import keep_cells_offline
from workbench.view.patches.inline_files import keep_files_offline
from workbench.view.patches.plain_files import show_plain_sliders

RUN = "run"  # the column that tells compared runs apart, where a sweep has its knobs

Result = pd.DataFrame | Sweep | Pair | Mapping[str, Sequence[Frame]]


def explore(result: Result, *numbers: str) -> hv.Layout:
    """What `sweep` returned, a Sweep, a Pair, or frames by name: with sliders for knobs and step.

    The first picture is a number over training, its mean over seeds and the 95 % interval of the
    mean. The others show every run at one step: against the first knob, and in the plane of two
    numbers; what is selected in one of them is selected in the other.

    numbers: at most two that are drawn. Raises KeyError for a number that was not measured.
    """
    _load()
    show_plain_sliders()
    trained = _read(result)
    for number in numbers:
        if number not in trained.numbers:
            known = ", ".join(trained.numbers)
            raise KeyError(f"There is no number {number!r}; there are {known}.")
    wanted = [*numbers, *(each for each in trained.numbers if each not in numbers)]
    first, second = wanted[0], wanted[min(1, len(wanted) - 1)]
    across, plane = runs_at_a_step(trained, first, second)
    layout = course(trained, first) + across + plane
    return layout.opts(*options(trained, first, second)).cols(2)


@cache
def _load() -> None:
    """Chooses Bokeh; in a notebook its scripts come from where Panel's come from."""
    keep_files_offline()
    keep_cells_offline()
    hv.extension("bokeh", logo=False, inline=pn.config.inline)
    hv.output(widget_location="top")  # beside the pictures they would lie outside of a cell


def _read(result: Result) -> Trained:
    """The result as one table, and which of its columns are knobs and which are numbers."""
    match result:
        case Sweep():
            table = result.table()
        case Pair():
            pairs = zip(names(result.settings), (result.a, result.b), strict=True)
            table = _joined(_table_of_runs(name, runs) for name, runs in pairs)
        case Mapping():
            table = _joined(_table_of_frames(name, 0, frames) for name, frames in result.items())
        case _:
            table = result
    columns = list(table.columns)
    seed, step = columns.index("seed"), columns.index("step")
    if seed == 0:  # seeds alone were swept
        return Trained(table.assign(**{RUN: "all"}), (RUN,), tuple(columns[step + 1 :]))
    return Trained(table, tuple(columns[:seed]), tuple(columns[step + 1 :]))


def _table_of_runs(name: str, runs: Sequence[Run]) -> pd.DataFrame:
    return _joined(_table_of_frames(name, run.settings.seed, run.frames[:]) for run in runs)


def _table_of_frames(name: str, seed: int, frames: Sequence[Frame]) -> pd.DataFrame:
    first = {RUN: name, "seed": seed}
    return pd.DataFrame([first | {"step": frame.step} | frame.scalars for frame in frames])


def _joined(tables) -> pd.DataFrame:
    return pd.concat(list(tables), ignore_index=True)
