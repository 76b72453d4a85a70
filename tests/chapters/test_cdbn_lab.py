"""The lab on contrastive divergence without a page: its stages, its sums and its step."""

import re

import numpy as np
import pytest
import torch
from scipy import signal

from workbench.chapters.cdbn.lab_knobs import DIGITS, RATE, STARTS
from workbench.chapters.cdbn.step_lab import HIDDEN_BIAS, STAGES, StepLab


def go_to(lab, stage):
    while STAGES[lab.stage] != stage:
        lab.step()
    return lab.state()


def test_the_stages_come_in_their_order_and_begin_again():
    lab, seen = StepLab(), []
    for _ in range(len(STAGES) + 2):
        seen.append(lab.state().at)
        lab.step()
    first = [f"Step 1, {stage}." for stage in STAGES]
    assert seen == [*first, "Step 2, up.", "Step 2, sample."]


def test_the_table_is_the_arithmetic_of_the_block():
    lab = StepLab("3", "Upright stroke")
    table = go_to(lab, "up").pictures["block"]
    *units, off = table.rows
    inputs = np.array([float(row[1]) for row in units])
    exponentials, total = np.exp(inputs), 1 + np.exp(inputs).sum()
    assert [float(row[2]) for row in units] == pytest.approx(exponentials, rel=0.02, abs=0.01)
    shares = [float(row[3]) for row in units]
    assert shares == pytest.approx(exponentials / total, abs=0.005)
    assert float(off[3]) == pytest.approx(1 / total, abs=0.005)
    told = float(re.search(r"sum to (\S+)", lab.sentence())[1])
    assert told == pytest.approx(total, rel=0.02)
    v = lab.v[0, 0, 0].numpy()
    seen = signal.correlate2d(v, np.array(STARTS["Upright stroke"]), "same") + HIDDEN_BIAS
    row, column = lab.place
    block = seen[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].flatten()
    assert inputs == pytest.approx(block, abs=0.006)


def test_the_products_are_means_of_what_stands_under_the_filter():
    lab = StepLab()
    shown = go_to(lab, "products").pictures
    for name, v, on in (("data", lab.v, lab.on), ("model", lab.dreamt, lab.again)):
        padded, h = np.pad(v[0, 0, 0].numpy(), 1), lab.map(on).numpy()
        expected = [[(padded[r : r + 8, c : c + 8] * h).mean() for c in range(3)] for r in range(3)]
        assert shown[name].values == pytest.approx(np.array(expected), abs=1e-6)


def test_a_step_adds_the_rate_times_the_difference():
    lab = StepLab("0", "Noise")
    shown = go_to(lab, "difference").pictures
    apart = shown["data"].values - shown["model"].values
    assert shown["difference"].values == pytest.approx(apart)
    expected = np.array(STARTS["Noise"]) + RATE * apart
    assert shown["after"].values == pytest.approx(expected, abs=1e-6)
    lab.step()
    assert lab.layer.weights[0, 0, 0].numpy() == pytest.approx(expected, abs=1e-6)
    assert lab.count == 1 and STAGES[lab.stage] == "up"


def test_the_dice_change_what_is_drawn_and_nothing_before_it():
    lab = StepLab("4", "Upright stroke")
    go_to(lab, "difference")
    on, drawn = lab.on.clone(), lab.drawn.clone()
    lab.draw()
    assert STAGES[lab.stage] == "sample" and torch.equal(lab.on, on)
    assert not torch.equal(lab.drawn, drawn) and lab.drawn.sum(0).max() <= 1
    unit = next((i + 1 for i, h in enumerate(lab.block(lab.drawn)) if h), None)
    assert (f"unit {unit} is on" if unit else "none is on") in lab.sentence()


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("digit", DIGITS)
def test_many_steps_stay_finite(digit, start):
    lab = StepLab(digit, start)
    for _ in range(20 * (len(STAGES) - 1)):
        lab.step()
    assert lab.layer.weights.isfinite().all() and lab.count >= 19
