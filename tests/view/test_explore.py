"""What was trained, explored: HoloMaps over knobs and steps, in HoloViews' Bokeh backend."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import product

import holoviews as hv
import numpy as np
import pandas as pd
import panel as pn
import pytest
from bokeh.models import GlyphRenderer, Scatter

import workbench
from workbench import Board, find
from workbench.core.frames import Frame
from workbench.results.compare import Pair
from workbench.results.intervals import half_width
from workbench.results.sweep import Sweep
from workbench.running.players import Here
from workbench.running.runner import Runner
from workbench.view.notebook import explore

BETAS, LATENTS, SEEDS, STEPS = (0.0, 1.0, 4.0), (4, 10), (0, 1, 2), (1, 5, 20, 100)


@pytest.fixture
def table():
    """A table as `sweep` returns it: two knobs, three seeds, four steps, two numbers."""
    rng = np.random.default_rng(0)
    cells = product(BETAS, LATENTS, SEEDS, STEPS)
    names = ("beta", "latent", "seed", "step", "rate", "distortion")
    return pd.DataFrame([(*cell, *rng.random(2)) for cell in cells], columns=names)


def number_at(element, x: float) -> float:
    """The second column of an element where the first is x."""
    return float(element.dimension_values(1)[list(element.dimension_values(0)).index(x)])


def test_there_is_an_entry_for_each_combination_of_knobs_and_step(table):
    layout = explore(table)
    assert layout.Course.I.keys() == list(product(BETAS, LATENTS, STEPS))
    assert [dimension.name for dimension in layout.Course.I.kdims] == ["beta", "latent", "step"]
    for across_first_knob in (layout.Across.I, layout.Plane.I):
        assert across_first_knob.keys() == list(product(LATENTS, STEPS))


def test_a_long_run_stops_at_few_steps_and_is_drawn_whole(table):
    """HoloViews draws every state before it shows the first: 39 steps took twelve seconds."""
    long = pd.concat([table.assign(step=table.step + 100 * turn) for turn in range(20)])
    layout = explore(long)
    stops = sorted(set(layout.Course.I.dimension_values("step")))
    assert len(stops) == 16 and (stops[0], stops[-1]) == (1, 2000) and set(stops) < set(long.step)
    curve = layout.Course.I.last.get(1)
    assert sorted(curve.dimension_values("step")) == sorted(long.step.unique())


def test_the_values_of_an_entry_are_those_of_the_sweep(table):
    layout = explore(table, "rate", "distortion")
    points = layout.Plane.I[10, 20]
    runs = table[(table.latent == 10) & (table.step == 20)]
    assert sorted(zip(points["rate"], points["distortion"], strict=True)) == sorted(
        zip(runs.rate, runs.distortion, strict=True)
    )
    assert sorted(layout.Across.I[10, 20].Across.I["beta"]) == sorted(runs.beta)


def test_the_band_is_the_interval_that_the_page_of_a_sweep_shows(table):
    layout = explore(table, "rate")
    seeds = table[(table.beta == 4) & (table.latent == 10) & (table.step == 20)].rate
    for band, x in ((layout.Course.I[4, 10, 20], 20), (layout.Across.I[10, 20], 4)):
        spread, curve = band.get(0), band.get(1)
        place = list(spread.dimension_values(0)).index(x)
        assert number_at(curve, x) == number_at(spread, x) == pytest.approx(seeds.mean())
        assert spread.dimension_values(2)[place] == pytest.approx(half_width(seeds))


def test_the_mark_is_at_the_step_and_names_have_bars_instead_of_a_band(table):
    assert explore(table).Course.I[4, 10, 20].Course.I.data == 20
    named = table.assign(beta=table.beta.map(lambda beta: f"beta {beta:g}"))
    assert isinstance(explore(named).Across.I.last.get(0), hv.ErrorBars)


def test_a_run_that_has_ended_stays_where_it_ended(table):
    short = table[(table.beta < 4) | (table.step <= 20)]
    at_the_end = explore(short).Plane.I[10, 100]
    ended = short[(short.beta == 4) & (short.latent == 10) & (short.step == 20)]
    assert set(ended.rate) <= set(at_the_end["rate"])


def drawn_points(layout) -> list[GlyphRenderer]:
    plot = hv.renderer("bokeh").get_plot(layout)
    found = [r for r in plot.state.select({"type": GlyphRenderer}) if isinstance(r.glyph, Scatter)]
    plot.update((4.0, 10, 20))
    return found


def test_what_is_selected_in_one_picture_is_selected_in_the_other(table):
    across, plane = drawn_points(explore(table, "rate", "distortion"))
    assert across.glyph.x != plane.glyph.x and across.data_source is plane.data_source
    across.data_source.selected.indices = [1]
    assert plane.data_source.selected.indices == [1]
    runs = table[(table.latent == 10) & (table.step == 20)]
    assert sorted(plane.data_source.data["distortion"]) == sorted(runs.distortion)


def test_a_hundred_entries_are_drawn_without_going_through_all_for_each(table, monkeypatch):
    """HoloViews' normalization took minutes for what takes half a second without."""
    layout = explore(table)
    asked = []
    real = hv.core.Dimensioned.range
    monkeypatch.setattr(
        hv.core.Dimensioned, "range", lambda *given, **how: asked.append(1) or real(*given, **how)
    )
    hv.renderer("bokeh").get_plot(layout)
    assert len(asked) < 10 * len(layout.Course.I)


def frames(values) -> list[Frame]:
    return [Frame(i + 1, 9, {"rate": value, "loss": -value}) for i, value in enumerate(values)]


def test_runs_by_name_can_be_explored():
    layout = explore({"one": frames([1.0, 2.0]), "two": frames([3.0, 5.0])}, "loss")
    assert layout.Course.I.keys() == list(product(("one", "two"), (1, 2)))
    assert number_at(layout.Course.I["two", 2].get(0), 2) == -5


@pytest.fixture
def runner():
    runner = Runner([Here("cpu")])
    yield runner
    runner.close()


def test_a_sweep_and_a_pair_can_be_explored(runner):
    sweep = Sweep("beta-vae", {"beta": [1, 4]}, 2, runner, steps=100).wait()
    layout = explore(sweep, "elbo", "rate")
    last = sweep.runs[-1].frames[-1].scalars
    assert last["rate"] in set(layout.Plane.I.last["rate"])
    assert set(layout.Course.I.dimension_values("beta", expanded=False)) == {1, 4}
    a, b = (find("beta-vae").Settings(beta=beta, steps=100) for beta in (1, 4))
    pair = Pair("beta-vae", a, b, 2, runner)
    for run in pair.runs:
        run.wait(60)
    assert explore(pair, "elbo").Course.I.keys()[0][0] == "A: beta 1"


def test_a_sweep_of_seeds_alone_can_be_explored(table):
    seeds = table[(table.beta == 1) & (table.latent == 4)].drop(columns=["beta", "latent"])
    assert explore(seeds).Course.I.keys() == [("all", step) for step in STEPS]


def test_an_unknown_number_is_refused_in_one_sentence(table):
    with pytest.raises(KeyError, match="no number 'elbo'; there are rate, distortion"):
        explore(table, "elbo")


class Tags(HTMLParser):
    """Notes the addresses that a page's tags hold."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        address = known.get("src") or known.get("href") or ""
        if address and not address.startswith("data:"):
            self.addresses.append(address)


def asks_for(path) -> list[str]:
    """What a browser fetches that opens this file."""
    tags, page = Tags(), path.read_text()
    tags.feed(page)
    return tags.addresses + re.findall('https://cdn.holoviz[^"]*', page)


def test_a_saved_file_asks_nobody_for_anything_also_beside_a_board(table, tmp_path):
    assert Board.__module__ in sys.modules  # with panel-material-ui, which changes HoloViews
    layout = explore(table[table.latent == 4])
    hv.save(layout, tmp_path / "sweep.html", resources="inline")
    assert asks_for(tmp_path / "sweep.html") == []


def test_a_cell_asks_nobody_for_anything(table, monkeypatch):
    layout = explore(table[table.latent == 4])
    monkeypatch.setattr(pn.config, "inline", True)
    data, _metadata = hv.renderer("bokeh").components(layout)
    assert re.findall('https://cdn[^"]*', "".join(map(str, data.values()))) == []


def test_it_begins_at_the_end_of_training(table):
    for name in ("Course", "Across", "Plane"):
        assert getattr(explore(table), name).I.kdims[-1].default == STEPS[-1]


PANEL_SAVES = """
import sys, panel as pn, pandas as pd
from bokeh.resources import INLINE
from workbench.view.notebook import explore
layout = explore(pd.read_json(sys.argv[1]))
pn.pane.HoloViews(layout).save(sys.argv[2], embed=True, resources=INLINE, progress=False)
"""


def test_a_file_that_panel_saves_asks_nobody_for_anything(table, tmp_path):
    table.to_json(tmp_path / "table.json")
    given = [tmp_path / "table.json", tmp_path / "sweep.html"]
    subprocess.run([sys.executable, "-c", PANEL_SAVES, *given], check=True)
    assert asks_for(tmp_path / "sweep.html") == []


def test_it_is_loaded_when_it_is_used():
    assert workbench.explore is explore
