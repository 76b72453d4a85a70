"""The labs of the game, without a page."""

import math

import numpy as np
import pytest
import torch

from workbench.chapters.gan.forger_lab import ForgerLab, divergence_parts
from workbench.chapters.gan.lab_knobs import PICTURES, PRESETS, REAL
from workbench.chapters.gan.turing_lab import GENERATED, TuringLab
from workbench.chapters.gan.turing_lab import REAL as IS_REAL
from workbench.science import formulas


def test_coins_that_lie_like_the_real_ones_cannot_be_told():
    lab = ForgerLab("As the real ones")
    assert "JSD 0.000" in lab.sentence and "one half everywhere" in lab.sentence
    answer = lab.pictures()["answer"].lines[0].y
    assert answer == pytest.approx(np.full(8, 0.5))


def test_coins_where_nothing_is_real_are_worth_0():
    lab = ForgerLab("Where nothing is real")
    assert f"JSD {math.log(2):.3f}" in lab.sentence and "= 0.000" in lab.sentence
    assert lab.pictures()["answer"].lines[0].y.tolist() == [float(n > 0) for n in REAL]


@pytest.mark.parametrize("preset", PRESETS)
def test_what_the_places_add_is_the_divergence(preset):
    p, q = ForgerLab(preset).shares()
    total = divergence_parts(p, q).sum().item()
    assert total == pytest.approx(formulas.jensen_shannon(p, q).item(), abs=1e-12)
    assert p.sum() == pytest.approx(1) and torch.all(q >= 0)


def test_coins_are_put_and_taken_and_what_cannot_be_done_is_said():
    lab = ForgerLab("All on the summit")
    lab.put(3)
    assert lab.sentence == "Place 3 is full: put a coin elsewhere."
    lab.take(1)
    assert lab.sentence == "There is no coin on place 1."
    lab.put(1)
    assert lab.coins[0] == 1 and lab.sentence.startswith("JSD")
    lab.coins = [1] + [0] * 7
    lab.take(1)
    assert "must stay" in lab.sentence and lab.coins[0] == 1


def test_an_exam_counts_the_readers_answers_beside_the_discriminators():
    lab = TuringLab(steps=100)
    exam = lab.exam
    assert exam.real.sum() == PICTURES // 2
    for number, real in enumerate(exam.real):
        assert lab.pictures()["asked"].tiles.shape == (1, 1, 8, 8)
        word = IS_REAL if real or number == 0 else GENERATED
        lab.answer(word)
    lab.answer(IS_REAL)  # there is no picture left
    wrong = int(not exam.real[0])
    of_d = int(((exam.scores > 0.5) == exam.real).sum())
    assert f"{PICTURES - wrong} of {PICTURES} right, the discriminator {of_d}" in lab.sentence()
    state = lab.state()
    assert state.done and state.pictures["all"].tiles.shape == (2, 10, 8, 8)
    other = TuringLab(steps=100, seed=1)
    assert not np.array_equal(other.exam.tiles, exam.tiles)
