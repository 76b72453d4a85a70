"""The formulas of adversaries against closed forms, and the judge of pictures at known limits."""

import math

import numpy as np
import pytest
import torch

from workbench.science import formulas as f
from workbench.science.judge import AXES, COVERED, make_judge
from workbench.science.tensors import resident

P = torch.tensor([0.5, 0.25, 0.125, 0.125], dtype=torch.float64)
Q = torch.tensor([0.125, 0.125, 0.25, 0.5], dtype=torch.float64)


def items(p):
    """Which of the places each of eight items lies at, so that their shares are p."""
    return torch.repeat_interleave(torch.arange(len(p)), (8 * p).long())


def test_the_best_discriminator_of_a_discrete_toy_is_the_closed_form():
    """A logit for each place, which gradient descent moves to where the loss is least."""
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    for _ in range(4000):
        loss = f.discriminator_loss(logits[items(P)], logits[items(Q)])
        (slope,) = torch.autograd.grad(loss, logits)
        with torch.no_grad():
            logits -= slope
    best = f.optimal_discriminator(P, Q)
    torch.testing.assert_close(logits.detach().sigmoid(), best, atol=1e-6, rtol=0)
    torch.testing.assert_close(best, P / (P + Q))
    # theorem 1: what D minimises ends at ln 4 - 2 JSD
    assert loss.item() == pytest.approx(math.log(4) - 2 * f.jensen_shannon(P, Q).item(), abs=1e-9)


def test_at_equilibrium_all_is_one_half_and_worth_ln_4():
    assert f.optimal_discriminator(P, P).tolist() == [0.5] * 4
    zero = torch.zeros(6, dtype=torch.float64)
    assert f.discriminator_loss(zero, zero).item() == pytest.approx(math.log(4))
    assert f.generator_loss(zero).item() == pytest.approx(math.log(2))


def test_the_divergence_is_0_for_equal_and_ln_2_for_disjoint_distributions():
    apart = torch.tensor([[1.0, 0, 0], [0, 0.5, 0.5]], dtype=torch.float64)
    assert f.jensen_shannon(apart[0], apart[1]).item() == pytest.approx(math.log(2))
    assert f.jensen_shannon(P, P).item() == 0
    middle = (P + Q) / 2
    slow = sum(
        0.5 * a * math.log(a / m) for part in (P, Q) for a, m in zip(part, middle, strict=True)
    )
    assert f.jensen_shannon(P, Q).item() == pytest.approx(float(slow))
    assert f.optimal_discriminator(apart[0], apart[1]).tolist() == [1, 0, 0]
    empty = torch.zeros(2)
    assert f.optimal_discriminator(empty, empty).tolist() == [0.5, 0.5]


def test_losses_are_means_of_their_definitions():
    real, fake = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([0.3, -2.0, 1.5])

    def sure(x):
        return 1 / (1 + math.exp(-x))

    game = np.mean([-math.log(sure(x)) for x in real]) + np.mean(
        [-math.log(1 - sure(x)) for x in fake]
    )
    assert f.discriminator_loss(real, fake).item() == pytest.approx(game, rel=1e-5)
    forged = np.mean([-math.log(sure(x)) for x in fake])
    assert f.generator_loss(fake).item() == pytest.approx(forged, rel=1e-5)
    hinge = np.mean([max(0, 1 - x) for x in real]) + np.mean([max(0, 1 + x) for x in fake])
    assert f.hinge_loss(real, fake).item() == pytest.approx(hinge, rel=1e-5)
    assert f.wasserstein_loss(real, fake).item() == pytest.approx(-0.2 / 3 - 0.5, rel=1e-5)
    assert f.critic_score(fake).item() == pytest.approx(0.2 / 3, abs=1e-6)


def test_penalties_of_slopes_of_known_length():
    slopes = torch.tensor([[3.0, 4.0], [0.6, 0.8]])
    assert f.r1_penalty(slopes).item() == pytest.approx((25 + 1) / 4)
    assert f.gradient_penalty(slopes).item() == pytest.approx((4.0**2 + 0) / 2)


# --- the judge


def test_the_training_set_itself_is_at_distance_0_with_precision_1():
    judge, data = make_judge("digits"), resident("digits")
    found = judge.evaluate(data.train[: len(judge.real)])
    assert found["frechet"] == pytest.approx(0, abs=1e-6)
    assert found["precision"] == found["recall"] == 1 and found["classes"] == 10


def test_the_judge_names_digits_it_has_not_seen_and_covers_what_there_is():
    judge, data = make_judge("digits"), resident("digits")
    right = judge.probabilities(data.test).argmax(-1).numpy() == data.labels
    assert right.mean() > 0.93
    ones = data.train[torch.from_numpy(data.images.y_train == 1)]
    shares = judge.shares(ones)
    assert shares.argmax() == 1 and shares.sum() == pytest.approx(1)
    assert judge.evaluate(ones)["classes"] <= 3


def test_a_class_with_fewer_than_one_sample_in_fifty_is_not_covered(monkeypatch):
    judge, data = make_judge("digits"), resident("digits")
    shares = np.array([0.5, 0.46, COVERED, COVERED / 2, 0, 0, 0, 0, 0, 0])
    monkeypatch.setattr(type(judge), "shares", lambda self, pictures: shares)
    assert judge.evaluate(data.train[:100])["classes"] == 3


def test_one_gaussian_is_at_distance_0_by_construction_and_has_neither_shape():
    """Draws with the training set's own mean and covariance: the distance is that of sampling."""
    judge = make_judge("digits")
    rng = np.random.default_rng(0)
    drawn = rng.multivariate_normal(judge.real.mean(0), np.cov(judge.real.T), 20_000)
    pictures = judge.middle + torch.from_numpy(drawn).float() @ judge.axes
    assert judge.codes(pictures) == pytest.approx(drawn, abs=1e-3)
    found = judge.evaluate(pictures[:1000])
    assert judge.axes.shape == (AXES, 64)
    assert found["frechet"] < 0.1 and found["precision"] < 0.6
