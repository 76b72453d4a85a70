"""Comparing runs: names, overlays, and paired differences against scipy's paired t-test."""

import numpy as np
import pytest
from scipy import stats

from workbench.chapters import find
from workbench.core.settings import SettingsError
from workbench.results.compare import Pair, differing, names, overlay
from workbench.running.players import Here
from workbench.running.runner import Runner

NAME, SEEDS = "beta-vae", 4
CHAPTER = find(NAME)


def knobs(**more):
    return CHAPTER.Settings(**({"steps": 100} | more))


@pytest.fixture(scope="module")
def runner():
    runner = Runner([Here("cpu")])
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def pair(runner):
    pair = Pair(NAME, knobs(beta=0, seed=7), knobs(beta=4, seed=8), SEEDS, runner)
    for run in pair.runs:
        run.wait(60)
    yield pair
    pair.close()


def test_the_names_say_what_differs_and_nothing_else():
    settings = [knobs(beta=0.5), knobs(beta=4, latent=2), knobs(beta=4, latent=2, seed=1)]
    assert differing(settings) == ["beta", "latent", "seed"]
    assert names(settings)[0] == "A: beta 0.5, latents 10, seed 0"
    assert names([knobs()]) == ["A"]


def test_an_overlay_has_each_runs_own_numbers(pair):
    curves = overlay(CHAPTER, [pair.a[0], pair.b[0]], "elbo")
    for line, run in zip(curves.lines, (pair.a[0], pair.b[0]), strict=True):
        assert line.x.tolist() == [f.step for f in run.frames]
        assert line.y.tolist() == [f.scalars["elbo"] for f in run.frames]
    assert [line.name for line in curves.lines] == ["A: beta 0", "B: beta 4"]


def test_pairs_share_all_but_the_knob(pair):
    for seed, (a, b) in enumerate(zip(pair.a, pair.b, strict=True)):
        assert a.settings.seed == b.settings.seed == seed
        assert differing([a.settings, b.settings]) == ["beta"] == pair.knobs
    assert pair.done == 2 * SEEDS


def test_the_interval_is_that_of_the_paired_t_test(pair):
    a, b = (np.array([run.frames[-1].scalars["elbo"] for run in runs]) for runs in (pair.a, pair.b))
    low, high = stats.ttest_rel(b, a).confidence_interval(0.95)
    (line,) = pair.difference("elbo").lines
    assert line.y[-1] == pytest.approx((b - a).mean())
    assert (line.low[-1], line.high[-1]) == pytest.approx((low, high))
    assert line.x.tolist() == [f.step for f in pair.a[0].frames]
    (row,) = pair.table(["elbo"]).rows
    half = (high - low) / 2
    nats = "\u00a0nats"
    numbers = [float(each.removesuffix(nats)) for each in (*row[1:3], *row[3].split(" ± "))]
    right = [a.mean(), b.mean(), (b - a).mean(), half]
    assert numbers == [pytest.approx(each, rel=0.06) for each in right]
    assert numbers[:2] == [pytest.approx(each, rel=1e-3) for each in right[:2]]
    assert (row[0], row[-1]) == ("Held-out ELBO", f"{(b > a).sum()} of {SEEDS}")


def test_a_single_seed_has_no_interval(pair, monkeypatch):
    for run in pair.b[1:]:
        monkeypatch.setattr(run, "status", "training")
    (row,) = pair.table(["elbo"]).rows
    assert row[-1].endswith("of 1") and "±" not in row[3]


def test_names_of_runs_say_choices_and_switches_in_words():
    clustering, autoencoder = (find(name).Settings for name in ("clustering", "autoencoder"))
    assert names([clustering(kind="dac"), clustering(kind="kmeans")])[0] == "A: method DAC"
    assert names([autoencoder(adversarial=True), autoencoder()])[1] == "B: critic off"


def test_an_unfinished_pair_is_compared_where_both_have_been(pair, monkeypatch):
    monkeypatch.setattr(pair.b[1], "frames", pair.b[1].frames[:3])
    curves = pair.difference("elbo")
    assert "n = 3 to 4" in curves.caption or "n = 4 to 3" in curves.caption
    assert np.isfinite(curves.lines[0].y).all()
    monkeypatch.setattr(pair.b[1], "status", "training")
    assert pair.table(["elbo"]).rows[0][-1].endswith(f"of {SEEDS - 1}")
    assert pair.table(["no such"]).rows == ()


def test_equal_knobs_are_nothing_to_compare(runner):
    with pytest.raises(SettingsError, match="same knobs"):
        Pair(NAME, knobs(seed=1), knobs(seed=2), 2, runner)
