"""Semantic in-painting: its weights, its gradient, holes, and what it comes to on digits."""

import numpy as np
import pytest
import torch

from workbench.chapters.gan import inpaint
from workbench.chapters.gan.hole_lab import FILLS, HoleLab, trained, verdict
from workbench.chapters.gan.holes import crossed, rectangle, spread
from workbench.chapters.gan.inpaint import Pair
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


def small_pair():
    """A generator 3 -> 6 and a judge who is sure of some pictures, of either kind."""
    seeds = nets.generators([0])
    pair = Pair(nets.Mlp([3, 8, 8, 6], seeds).only([0]), nets.Mlp([6, 8, 8, 1], seeds).only([0]))
    with torch.no_grad():
        for weight in pair.judge.weights:
            weight.mul_(5)
    return pair


def test_the_gradient_by_z_is_that_of_autograd(monkeypatch):
    monkeypatch.setattr(inpaint, "PRIOR", 1.0)  # so that its term shows
    pair = small_pair()
    g = torch.Generator().manual_seed(1)
    y, w = torch.rand(1, 5, 6, generator=g), torch.rand(6, generator=g)
    z = torch.randn(1, 5, 3, generator=g).requires_grad_()
    context, prior = inpaint.losses(pair, z, y, w)
    (expected,) = torch.autograd.grad((context + prior).sum(), z)
    definition = (1 - pair.judge(pair.generator(z).sigmoid())[0, :, 0].sigmoid()).log()
    torch.testing.assert_close(prior, definition, atol=1e-5, rtol=1e-4)
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


def test_others_do_not_look_at_what_is_missing_either(lab):
    known = lab.hole.flatten() == 0
    train = torch.rand(300, len(known), generator=torch.Generator().manual_seed(0))
    y = train[:5] + 0.01  # each is nearest to itself, and spoilt it would be to another
    spoilt = torch.where(known, y, 1 - y)
    fills = [dict(inpaint.other_fills(train, pictures, lab.hole)) for pictures in (y, spoilt)]
    for name, x in fills[0].items():
        assert torch.equal(x[:, ~known], fills[1][name][:, ~known]), name


def test_a_context_encoder_learns_the_missing_pixels_alone():
    hole = torch.zeros(2, 3)
    hole[0] = 1
    train = torch.rand(80, 6, generator=torch.Generator().manual_seed(0))
    before = nets.Mlp([6, inpaint.UNITS, 6], nets.generators([0])).weights[-1]
    after = inpaint.train_context_encoder(train, hole).weights[-1]
    same = (before == after).all(1)[0]
    assert same.tolist() == [False] * 3 + [True] * 3


def test_a_search_stays_within_its_bounds_and_counts_both_terms(monkeypatch):
    monkeypatch.setattr(inpaint, "FARTHEST", 0.0)  # so z ends at 0
    monkeypatch.setattr(inpaint, "PRIOR", 1.0)
    pair, hole = small_pair(), torch.tensor([[1.0, 1, 0], [0, 0, 0]])
    y = torch.rand(4, 6, generator=torch.Generator().manual_seed(0))
    found = inpaint.search(pair, y, hole, 3, 0)
    with torch.no_grad():
        z, w = torch.zeros(1, 4, 3), inpaint.weights(hole).flatten()
        context, prior = inpaint.losses(pair, z, y * (1 - hole.flatten()), w)
    torch.testing.assert_close(found.last, context.expand(3, -1))
    torch.testing.assert_close(found.total, (context + prior).expand(3, -1))


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


def test_a_hole_as_large_as_the_picture_and_none_say_what_to_do():
    for cells, words in ((rectangle((1, 8), (8, 1)), "leave some pixels"), ((), "draw a hole")):
        lab = HoleLab(cells=cells)
        assert words in lab.sentence() and not lab.state().pictures


def test_a_verdict_names_who_wins_by_what():
    assert verdict((8, 0.7), (13, 0.9)).startswith("On both the generator stands below")
    assert verdict((13, 0.9), (8, 0.7)).startswith("On both the generator stands above")
    assert "wins by classes and loses by PSNR" in verdict((8, 0.9), (13, 0.7))
    assert "wins by PSNR and loses by classes" in verdict((13, 0.7), (8, 0.9))


# --- a hole that is drawn


def test_a_stroke_cuts_out_every_cell_that_it_runs_over():
    assert crossed([0.5], [2.5]) == {16}
    # two places that a fast hand leaves far apart: the whole row between them
    assert crossed([0.5, 7.5], [3.5, 3.5]) == set(range(24, 32))
    assert crossed([0.5, 7.5], [0.5, 7.5]) >= {9 * i for i in range(8)}
    assert crossed([-3.0, 0.5, 9.0], [7.5, 7.5, 7.5]) == set(range(56, 64))  # beyond the edge
    assert crossed([], []) == set()


def test_the_cells_of_a_rectangle_cover_the_same_share_of_any_picture():
    cells = rectangle((6, 3), (5, 8))
    assert len(cells) == 16 and cells[0] == 2 * 8 + 4
    for shape in ((8, 8), (28, 28), (30, 32)):
        hole = spread(cells, shape)
        assert hole.shape == shape and hole.mean() == pytest.approx(1 / 4, abs=0.03)
        rows, columns = (np.flatnonzero(hole.any(axis)) for axis in (1, 0))
        assert (np.diff(rows) == 1).all() and columns[-1] == shape[1] - 1
    assert set(np.flatnonzero(spread((5, 17), (8, 8)))) == {5, 17}


def test_large_pictures_get_the_papers_window():
    hole = torch.zeros(28, 28)
    hole[10:18, 10:18] = 1
    found = inpaint.weights(hole)
    assert found[14, 7] > 0 and found[14, 6] == 0  # three pixels from the hole, and four


def test_psnr_is_of_the_hole_alone():
    hole = torch.tensor([[1.0, 0.0]])
    x, y = torch.tensor([[0.5, 9.0]]), torch.tensor([[0.4, 0.0]])
    assert inpaint.hole_psnr(x, y, hole) == pytest.approx(20, abs=1e-3)
