"""Sweeps: the runs are those that one would train alone, and the bands say what they are."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from workbench import play, sweep
from workbench.chapters import NAMES, find
from workbench.cli.main import main
from workbench.core.frames import Diverged, Frame, schedule
from workbench.core.settings import SettingsError
from workbench.results import duration
from workbench.results import sweep as module
from workbench.results.against import knob_axis
from workbench.results.duration import estimate_seconds, in_words
from workbench.results.intervals import half_width
from workbench.results.plan import parse_values, plan, spread
from workbench.results.sweep import Sweep
from workbench.running.players import Here
from workbench.running.run import RunFailed
from workbench.running.runner import Runner
from workbench.view.sections.sweep import SweepSection, knobs_to_sweep

NAME = "beta-vae"


class Stacks:
    """Plays three frames a run without training; seeds in `faults` diverge at the second."""

    def __init__(self, faults=()):
        self.faults, self.trained, self.stopped = set(faults), [], 0

    def frames(self, name, runs):
        self.trained.append([run.seed for run in runs])
        for step in (1, 2, 3):
            if step == 2 and self.faults & {run.seed for run in runs}:
                raise Diverged("Training diverged at step 2.")
            yield [Frame(step, 3, {"rate": run.beta + run.seed}) for run in runs]

    def stop(self):
        self.stopped += 1

    def close(self):
        pass


@pytest.fixture
def runner():
    made = []

    def make(**kw):
        made.append(Runner([Stacks(**kw)]))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def table():
    return sweep(NAME, seeds=2, beta=[0, 2.5], steps=100)


def test_a_run_in_a_sweep_is_the_run_alone_to_the_bit(table):
    assert list(table.columns[:3]) == ["beta", "seed", "step"]
    for beta in (0.0, 2.5):
        for seed in (0, 1):
            rows = table[(table.beta == beta) & (table.seed == seed)]
            alone = list(play(NAME, "cpu", beta=beta, seed=seed, steps=100))
            assert rows.step.tolist() == [frame.step for frame in alone]
            for scalar in alone[-1].scalars:
                expected = [frame.scalars[scalar] for frame in alone]
                np.testing.assert_array_equal(rows[scalar], expected)


def test_knobs_that_cannot_be_stacked_are_swept_all_the_same():
    found = sweep(NAME, seeds=1, latent=[2, 3], steps=100)
    ends = found.groupby("latent").last()
    for latent in (2, 3):
        *_, last = play(NAME, "cpu", latent=latent, steps=100)
        assert ends.elbo[latent] == last.scalars["elbo"]


def test_new_runs_of_one_shape_train_in_one_stack(runner):
    shared = runner()
    done = Sweep(NAME, {"beta": [0, 1], "latent": [2, 3]}, 3, shared).wait(30)
    assert sorted(map(len, shared.players[0].trained)) == [6, 6]
    again = Sweep(NAME, {"beta": [1, 2], "latent": [2]}, 3, shared).wait(30)
    assert list(map(len, shared.players[0].trained)) == [6, 6, 3]  # beta 1 was there already
    assert again.runs[:3] == [
        r for r in done.runs if r.settings.beta == 1 and r.settings.latent == 2
    ]


def test_a_run_that_diverges_fails_alone(runner):
    shared = runner(faults={3})
    done = Sweep(NAME, {"beta": [1, 2]}, range(5), shared).wait(30)
    failed = [cell["seed"] for cell, run in zip(done.cells, done.runs, strict=True) if run.error]
    assert failed == [3, 3] and "diverged at step 2" in done.runs[3].error
    assert all(len(run.frames) == 3 for run in done.runs if run.status == "done")
    row = done.summary()[0]
    assert row["n"] == 4 and done.band("rate").lines[0].y.tolist() == [1 + 1.75, 2 + 1.75]


def test_a_sweep_in_which_everything_fails_says_why(runner):
    with pytest.raises(RunFailed, match="diverged at step 2"):
        Sweep(NAME, {"beta": [1]}, 2, runner(faults={0, 1})).wait(30)


def test_leaving_a_sweep_stops_only_a_stack_that_nobody_reads(runner):
    shared = runner()
    shared.paused = True
    sweeping = Sweep(NAME, {"beta": [1, 2]}, 1, shared)
    kept = shared.open(NAME, sweeping.runs[0].settings, "me")
    sweeping.close()
    assert sweeping.runs[1].status == "abandoned" and kept is sweeping.runs[0]
    shared.paused = False
    assert kept.wait(30) and shared.players[0].trained == [[0]]


def test_the_band_is_the_mean_and_students_interval(runner):
    done = Sweep(NAME, {"beta": [0, 4]}, 5, runner()).wait(30)
    band = done.band("rate")
    (line,) = band.lines
    for i, beta in enumerate((0, 4)):
        numbers = beta + np.arange(5)
        low, high = stats.t.interval(0.95, 4, numbers.mean(), stats.sem(numbers))
        np.testing.assert_allclose(
            [line.y[i], line.low[i], line.high[i]], [numbers.mean(), low, high]
        )
    assert "n = 5" in band.caption and "95 % interval of the mean" in band.caption
    early = done.band("rate", step=2)
    assert early.lines[0].y.tolist() == [2, 6] and early.lines[0].style == "dashed"
    assert "After step 2 of 3" in early.caption and "After" not in band.caption
    assert done.reached == 3
    assert half_width([1.0]) == 0


def test_it_refuses_what_cannot_be(runner):
    shared = runner()
    for over, seeds in (
        ({"beta": [99]}, 1),
        ({"betta": [1]}, 1),
        ({"beta": []}, 1),
        ({}, 0),
        ({"seed": [1, 2]}, 1),
    ):
        with pytest.raises(SettingsError):
            Sweep(NAME, over, seeds, shared)
    for many in ({"beta": range(17)}, 10**8), ({"beta": [1] * 200, "latent": [2] * 200}, 1):
        with pytest.raises(SettingsError, match="at most 10000"):
            Sweep(NAME, *many, shared)
    assert not shared.runs()


def test_the_page_says_why_a_sweep_waits_or_has_ended(runner):
    shared = runner()
    shared.paused = True
    settings = find(NAME).Settings()
    section = SweepSection(find(NAME), lambda: settings, shared, False)
    section.sweep = Sweep(NAME, {"beta": [0, 4]}, 1, shared)
    section.refresh()
    assert "0 of 2 runs are done; the instructor has paused" in section.status.text
    other = Sweep(NAME, {"beta": [1, 2, 3]}, 1, shared)
    shared._drivers._idle.clear()  # as if it had something else to do
    shared.paused = False
    section.refresh()
    assert "sweeps take turns, and others have 3 runs" in section.status.text
    for run in section.sweep.runs:
        shared.outcomes.end(run, "abandoned", "A run has 60 seconds here.")
    section.refresh()
    assert "Stopped: 0 of 2 runs are done" in section.status.text
    assert (
        "2 ended early. Without beta 0 (seed 0): A run has 60 seconds here." in section.status.text
    )
    other.close()


def test_a_sweep_that_cannot_be_is_said_on_the_page(runner):
    shared = runner()
    settings = find(NAME).Settings()
    section = SweepSection(find(NAME), lambda: settings, shared, False)
    shared.close()
    section._go(None)
    assert "The runner is closed." in section.status.text and section.sweep is None


def test_values_are_a_range_or_a_list():
    knobs = find(NAME).Settings.knobs()
    assert parse_values(knobs["beta"], "0:16:9") == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert parse_values(knobs["beta"], "0,0.5, 4") == ["0", "0.5", "4"]
    assert parse_values(knobs["latent"], "1:4:9") == [1, 2, 3, 4]
    for wrong in ("0:16", "a:b:3", "0:16:x"):
        with pytest.raises(SettingsError, match="low:high:count"):
            parse_values(knobs["beta"], wrong)


def test_a_spread_keeps_to_the_stops_and_takes_both_ends():
    knobs = find(NAME).Settings.knobs()
    betas = spread(knobs["beta"], 9)
    assert len(betas) == 9 and set(betas) <= set(knobs["beta"].stops)
    assert (betas[0], betas[-1]) == (0, 16)
    assert spread(knobs["seed"], 200) == list(range(100))


@pytest.mark.parametrize("name", NAMES)
def test_the_knob_of_the_lesson_is_the_first_to_sweep(name):
    chapter = find(name)
    knobs = list(knobs_to_sweep(chapter, chapter.Settings()))
    assert knobs[0] == chapter.teaching.knob
    few = [knob not in chapter.stackable for knob in knobs[1:]]
    assert few == sorted(few)  # then those that train in one stack


def test_the_command_prints_a_row_for_each_value(table):
    arguments = ["sweep", NAME, "--over", "beta=0,2.5", "--seeds", "2", "--steps", "100"]
    result = CliRunner().invoke(main, [*arguments, "--json", "--device", "cpu"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    ends = table.groupby(["beta", "seed"]).last().groupby("beta").rate.mean()
    assert [row["beta"] for row in rows] == [0, 2.5] and rows[0]["n"] == 2
    np.testing.assert_allclose([row["rate"] for row in rows], ends)
    words = CliRunner().invoke(main, arguments).stdout
    assert "95 % interval" in words and f"{rows[1]['rate']:.4g} +- " in words


def test_a_choice_is_swept_beside_a_number_with_a_process_a_core(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.cli.sweep.RUNS_IN_THIS_PROCESS", 2)
    monkeypatch.setenv("WORKBENCH_STORE", "off")
    page = tmp_path / "sweep.html"
    arguments = [
        "sweep",
        NAME,
        "--over",
        "kind=beta,capacity",
        "--over",
        "beta=0,4",
        "--seeds",
        "1",
    ]
    result = CliRunner().invoke(
        main, [*arguments, "--steps", "100", "--device", "cpu", "--json", "--html", str(page)]
    )
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["beta"], row["kind"]) for row in rows] == [
        (0, "beta"),
        (0, "capacity"),
        (4, "beta"),
        (4, "capacity"),
    ]
    here = Sweep(NAME, {"beta": [4]}, 1, Runner([Here("cpu")]), steps=100, kind="capacity").wait()
    assert here.runs[0].frames[-1].scalars["rate"] == rows[3]["rate"]
    assert page.stat().st_size > 1e4


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ([], "Say what to sweep"),
        (["--over", "bta=1,2"], "--over takes KNOB=VALUES with one of kind, beta, capacity"),
        (["--over", "beta=1:2"], "low:high:count"),
        (["--over", "beta=99"], "from 0 to 16"),
        (["--over", "kind=sharp"], "kind must be one of"),
        (["--over", "data=digits"], "--over takes KNOB=VALUES"),
        (["--over", "kind=beta", "--html", "no.html"], "--html needs a knob with numbers"),
        (["--over", "seed=1,2"], "--over takes KNOB=VALUES"),
    ],
)
def test_a_wrong_sweep_is_refused_in_one_sentence(wrong, sentence):
    result = CliRunner().invoke(main, ["sweep", NAME, *wrong])
    assert (
        result.exit_code == 2 and sentence in result.stderr and len(result.stderr.splitlines()) == 1
    )


def test_a_large_sweep_asks_first():
    result = CliRunner().invoke(main, ["sweep", NAME, "--over", "beta=0:16:99"], input="n\n")
    assert result.exit_code == 1
    assert re.search(r"These are 495 runs, about [\d.]+ (minutes|seconds|hours) on", result.stderr)


def test_the_question_counts_on_a_process_a_core(monkeypatch):
    monkeypatch.setattr("workbench.results.duration.estimate_seconds", lambda *_: 600.0)
    for cores, long in (({0}, "10 minutes"), ({0, 1, 2, 3}, "2.5 minutes")):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: cores, raising=False)
        arguments = ["sweep", NAME, "--over", "beta=0:16:99", "--device", "cpu"]
        result = CliRunner().invoke(main, arguments, input="n\n")
        assert f"These are 495 runs, about {long} on this machine" in result.stderr


@pytest.mark.parametrize("before", [0.5, 30])  # what comes before the first frame is no trial
def test_how_long_it_takes_is_measured_by_a_trial(before, monkeypatch):
    def trial(runs):  # some seconds before it starts, 10 ms a step, 20 a frame
        clock[0] += before
        for last, step in zip([0, 1, 2, 4, 9], [1, 2, 4, 9, 20], strict=True):
            clock[0] += 0.01 * (step - last) + 0.02
            yield [Frame(step, 1000, {}) for _ in runs]
        raise AssertionError("a trial ends after two seconds")

    clock = [0.0]
    monkeypatch.setattr(Here, "frames", lambda _, name, runs: trial(runs))
    monkeypatch.setattr(duration.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(duration, "TRIAL_SECONDS", 0.23)
    runs = plan(NAME, {"beta": [0, 1]}, 10, steps=1000).runs
    alone = 1000 * 0.01 + len(schedule(1000)) * 0.02
    assert estimate_seconds(NAME, runs) == pytest.approx(20 * alone / 16)
    runs = plan(NAME, {"latent": [2, 3]}, 4, steps=1000).runs  # two shapes: a stack has four
    assert estimate_seconds(NAME, runs) == pytest.approx(8 * alone / 4)


@pytest.mark.parametrize(
    "seconds, words",
    [(0.2, "1 second"), (89, "89 seconds"), (100, "1.7 minutes"), (9000, "2.5 hours")],
)
def test_a_stretch_of_time_is_said_in_words(seconds, words):
    assert in_words(seconds) == words


def test_an_interrupt_ends_what_a_sweep_trains(runner, monkeypatch):
    shared = runner()
    monkeypatch.setattr(module, "shared_runner", lambda _where: shared)
    shared.paused = True  # so that all of it still waits

    def interrupt(_sweep):
        raise KeyboardInterrupt

    monkeypatch.setattr(Sweep, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        sweep(NAME, beta=[0, 1, 4], seeds=2)
    assert shared.runs() == []


def test_a_value_that_fails_is_left_out_with_a_warning(runner, monkeypatch):
    shared = runner(faults=[1])
    monkeypatch.setattr(module, "shared_runner", lambda _where: shared)
    with pytest.warns(UserWarning) as warned:
        table = sweep(NAME, beta=[0, 4], seeds=2)
    assert [str(each.message) for each in warned] == [
        f"Without beta {beta} (seed 1): Training diverged at step 2." for beta in (0, 4)
    ]
    assert set(table.seed) == {0} and sorted(set(table.beta)) == [0, 4]
    assert (table.groupby("beta").step.max() == 3).all()


@pytest.mark.parametrize(
    "name, knob, values, places",
    [
        ("gan", "average", (0, 0.9, 0.99, 0.999), (0, 1, 2, 3)),  # would crowd at the end
        ("gan", "noise", (0, 0.1, 0.3, 1.0), (0.1**2 / 0.3, 0.1, 0.3, 1)),  # at the beginning
        ("cdbn", "block", (1, 2, 4), (1, 2, 4)),
    ],
)
def test_values_that_would_crowd_on_a_linear_axis_do_not(name, knob, values, places):
    axis = knob_axis(find(name).Settings.knobs()[knob], values)
    assert tuple(axis.places.values()) == pytest.approx(places)
    linear = tuple(map(float, values)) == tuple(axis.places.values())
    assert [text for _, text in axis.ticks] == ([] if linear else [f"{v:g}" for v in values])
