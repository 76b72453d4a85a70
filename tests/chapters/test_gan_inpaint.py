"""Semantic in-painting: its weights, its gradient, and what it comes to on digits."""

import numpy as np
import pytest
import torch

from workbench.chapters.gan import inpaint
from workbench.chapters.gan.hole_lab import FILLS, HoleLab, trained
from workbench.chapters.gan.inpaint import PRIOR, Pair
from workbench.science import nets


@pytest.fixture(scope="module")
def lab():
    return HoleLab()


def test_a_known_pixel_weighs_the_share_of_missing_ones_around_it():
    hole = torch.zeros(5, 6)
    hole[1:3, 2:5] = 1
    found = inpaint.weights(hole)
    for (i, j), missing in np.ndenumerate(hole.numpy()):
        around = hole[max(0, i - 1) : i + 2, max(0, j - 1) : j + 2]
        expected = 0 if missing else around.mean().item()
        assert found[i, j].item() == pytest.approx(expected)
    assert torch.equal(inpaint.weights(torch.zeros(4, 4)), torch.ones(4, 4))


def test_the_gradient_by_z_is_that_of_autograd():
    seeds = nets.generators([0])
    pair = Pair(nets.Mlp([3, 8, 8, 6], seeds).only([0]), nets.Mlp([6, 8, 8, 1], seeds).only([0]))
    g = torch.Generator().manual_seed(1)
    y, w = torch.rand(1, 5, 6, generator=g), torch.rand(6, generator=g)
    z = torch.randn(1, 5, 3, generator=g).requires_grad_()
    context, prior = inpaint.losses(pair, z, y, w)
    (expected,) = torch.autograd.grad((context + PRIOR * prior).sum(), z)
    with torch.no_grad():
        found_context, found = inpaint.slope(pair, z, y, w)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(found_context, context.detach())


def test_what_is_known_stays_and_what_is_missing_is_not_looked_at(lab):
    known = lab.hole.flatten() == 0
    for x in (*lab.fills.pictures, *lab.others.values()):
        assert torch.equal(x[:, known], lab.y[:, known])
    spoilt = torch.where(known, lab.y, 1 - lab.y)
    again = inpaint.search(trained("digits"), spoilt, lab.hole, FILLS, 0)
    assert torch.equal(again.pictures[:, :, ~known], lab.fills.pictures[:, :, ~known])


def test_the_search_agrees_with_what_is_left_and_its_fills_differ(lab):
    assert lab.fallen() >= 0.4
    hole = lab.hole.flatten() > 0
    assert lab.fills.pictures[:, :, hole].std(0).mean() >= 0.1


def test_a_mean_of_fills_beats_one_and_a_context_encoder_beats_both(lab):
    """The paper's story, that fills look better at a lower PSNR, does not hold on digits."""
    made = {name: inpaint.hole_psnr(x, lab.y, lab.hole) for name, x in lab.made().items()}
    assert made["mean of 8 fills"] >= made["generator, best of 8"] + 0.5
    assert made["context encoder"] >= made["generator, best of 8"] + 2
    kept = {row[0]: float(row[2].rstrip("%")) for row in lab.table().rows}
    assert kept["context encoder"] >= kept["generator, best of 8"]


def test_a_hole_as_large_as_the_picture_says_what_to_do():
    lab = HoleLab(rows=(1, 8), columns=(8, 1))
    assert "leave some pixels" in lab.sentence() and not lab.state().pictures


def test_psnr_is_of_the_hole_alone():
    hole = torch.tensor([[1.0, 0.0]])
    x, y = torch.tensor([[0.5, 9.0]]), torch.tensor([[0.4, 0.0]])
    assert inpaint.hole_psnr(x, y, hole) == pytest.approx(20, abs=1e-3)
