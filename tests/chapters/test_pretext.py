"""Questions that pictures answer themselves: are they put rightly, and what gives them away?"""

import math
from itertools import permutations as every_order

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from workbench.chapters.selfsup.colorization import SPREAD, Answer, Colorization, colours_under
from workbench.chapters.selfsup.exemplar import Exemplar, collisions, warp
from workbench.chapters.selfsup.jigsaw import Jigsaw, Safeguards, solve_by_seams
from workbench.chapters.selfsup.lesson import FEATURES, Encoder, Labels
from workbench.chapters.selfsup.permutations import all_orders, permutations
from workbench.chapters.selfsup.rotation import Rotation, turn

UNCHANGED = dict(shift=0.0, zoom=0.0, turn=0.0, contrast=0.0)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(n=20, h=12, w=12, seed=0):
    return torch.rand((n, 1, h, w), generator=generator(seed))


# --- permutations


@pytest.mark.parametrize("items, count, least", [(4, 24, 2), (9, 9, 9), (9, 100, 7), (9, 504, 7)])
def test_permutations_are_far_apart(items, count, least):
    """504 orders of nine at distance 7 are the most there can be: 9 x 8 x 7."""
    orders = permutations(items, count)
    assert orders.shape == (count, items) and (np.sort(orders) == np.arange(items)).all()
    assert orders[0].tolist() == list(range(items))
    apart = (orders[:, None] != orders[None]).sum(-1) + items * np.eye(count, dtype=int)
    assert apart.min() >= least


def test_all_orders_are_all_orders():
    assert sorted(map(tuple, all_orders(4))) == sorted(every_order(range(4)))
    assert len(permutations(4, 1000)) == 24


@pytest.mark.slow  # a second for every pass over all 362,880 orders
def test_more_orders_than_the_group_has_are_all_different():
    orders = permutations(9, 520)
    assert len(np.unique(orders, axis=0)) == 520
    assert np.array_equal(orders[:504], permutations(9, 504))


def test_chosen_orders_beat_random_ones():
    orders = np.array([np.random.default_rng(i).permutation(9) for i in range(100)])
    apart = (orders[:, None] != orders[None]).sum(-1) + 9 * np.eye(100, dtype=int)
    assert apart.min() < 7


# --- jigsaw


def jigsaw(x, side=2, count=24, gap=False, normalise=False):
    return Jigsaw(x, side, count, Safeguards(gap, normalise), generator())


@pytest.mark.parametrize("side, shape", [(2, (8, 8)), (3, (12, 15)), (2, (7, 5)), (3, (10, 10))])
def test_a_puzzle_put_back_in_its_order_is_the_picture(side, shape):
    x = torch.arange(5 * math.prod(shape)).float().view(5, 1, *shape)
    task = jigsaw(x, side)
    tiles, which = task.ask(torch.arange(5), generator(1))
    h, w = (length // side for length in shape)
    top, left = ((length - side * cell) // 2 for length, cell in zip(shape, (h, w), strict=True))
    for picture, shown, order in zip(x[:, 0], tiles[:, :, 0], task.orders[which], strict=True):
        for place, tile in enumerate(order.tolist()):
            row, column = divmod(tile, side)
            here = picture[top + row * h :, left + column * w :][:h, :w]
            assert torch.equal(shown[place], here)


def test_with_a_gap_tiles_stay_in_their_cells_and_move_about():
    x = torch.arange(144.0).view(1, 1, 12, 12).repeat(200, 1, 1, 1)
    task = jigsaw(x, 2, gap=True)
    assert task.tile == [5, 5]
    tiles = task.cut(x, generator())
    assert tiles.shape == (200, 4, 1, 5, 5)
    corners = tiles[:, :, 0, 0, 0].long()
    for tile in range(4):
        row, column = divmod(tile, 2)
        allowed = {(6 * row + i) * 12 + 6 * column + j for i in (0, 1) for j in (0, 1)}
        assert set(corners[:, tile].tolist()) == allowed
    for tile, corner in zip(tiles[:20].flatten(0, 2), corners[:20].flatten(), strict=True):
        assert torch.equal(tile, x[0, 0].flatten()[corner] + x[0, 0, :5, :5])


def test_normalised_tiles_have_no_brightness():
    tiles, _ = jigsaw(pictures(), normalise=True).ask(torch.arange(20), generator())
    assert tiles.mean((-2, -1)).abs().max() < 1e-5
    assert tiles.std((-2, -1), correction=0) == pytest.approx(np.full((20, 4, 1), 1), abs=0.25)
    flat, _ = jigsaw(torch.full((3, 1, 8, 8), 0.7), normalise=True).ask(
        torch.arange(3), generator()
    )
    assert flat.abs().max() < 1e-4


def smooth(n=60, size=12):
    coarse = torch.rand((n, 1, 4, 4), generator=generator(3))
    return F.interpolate(coarse, (size, size), mode="bicubic", align_corners=True)


def solved(**kw):
    task = jigsaw(smooth(), **kw)
    tiles, which = task.ask(torch.arange(60), generator(5))
    return (solve_by_seams(task, tiles) == which).float().mean().item()


def test_edges_alone_solve_a_puzzle_without_safeguards():
    assert solved() > 0.75
    assert solved(gap=True, normalise=True) < 0.6
    assert solved(side=3, count=50) > 0.9


def test_the_seams_of_a_solved_puzzle_are_those_of_neighbours():
    x = smooth(1)
    task = jigsaw(x)
    tiles = task.cut(x, generator())  # in their right order
    right, below = tiles[0, :, 0], tiles[0, :, 0]
    by_hand = sum((right[t][:, -1] - right[t + 1][:, 0]).square().sum() for t in (0, 2)) + sum(
        (below[t][-1] - below[t + 2][0]).square().sum() for t in (0, 1)
    )
    costs = []
    for order in task.orders:
        shown = tiles[:, order]
        costs.append((shown, order))
    assert solve_by_seams(task, tiles).item() == 0 and by_hand > 0
    for number, (shown, _) in enumerate(costs[:6]):
        assert solve_by_seams(task, shown).item() == number


def test_the_network_sees_each_tile_by_itself():
    x = pictures()
    task, encoder = jigsaw(x, normalise=True), Encoder(12, generator())
    tiles, _ = task.ask(torch.arange(20), generator())
    shapes = []
    encoder.register_forward_hook(lambda module, args, out: shapes.append(args[0].shape))
    assert task.logits(encoder, tiles).shape == (20, 24)
    assert shapes == [(80, 1, 6, 6)]


# --- exemplars


def test_without_strength_an_exemplar_stays_as_it_is():
    x = pictures(8, 10, 14)
    assert warp(x, UNCHANGED, generator()) == pytest.approx(x.numpy(), abs=1e-5)


def test_a_quarter_turn_is_a_quarter_turn(monkeypatch):
    x = pictures(4)
    ends = torch.tensor([1.0, 0.5, 0.5, 0.5, 0.5])  # of the draws: the largest angle, no more
    monkeypatch.setattr(torch, "rand", lambda shape, generator: ends.expand(shape).clone())
    turned = warp(x, UNCHANGED | {"turn": 90.0}, generator())
    ways = [torch.rot90(x, k, (2, 3)) for k in (1, 3)]
    assert any(torch.allclose(turned, way, atol=1e-4) for way in ways)


def test_shift_and_contrast_do_what_they_say(monkeypatch):
    x = pictures(4)
    right = torch.tensor([0.5, 0.5, 1.0, 0.5, 1.0])
    monkeypatch.setattr(torch, "rand", lambda shape, generator: right.expand(shape).clone())
    moved = warp(x, UNCHANGED | {"shift": 0.25}, generator())
    assert torch.allclose(moved[..., :9], x[..., 3:], atol=1e-4)  # a quarter of 12 pixels
    assert torch.allclose(moved[..., -3:], x[..., -1:].expand(-1, -1, -1, 3), atol=1e-4)
    strong = warp(x, UNCHANGED | {"contrast": 1.0}, generator())
    mean = x.mean((1, 2, 3), keepdim=True)
    assert torch.allclose(strong, mean + 2 * (x - mean), atol=1e-4)


def test_zoom_enlarges_or_shrinks(monkeypatch):
    x = torch.zeros(1, 1, 16, 16)
    x[..., 4:12, 4:12] = 1  # a square of 8 x 8
    draws = torch.tensor([0.5, 1.0, 0.5, 0.5, 0.5])
    monkeypatch.setattr(torch, "rand", lambda shape, generator: draws.expand(shape).clone())
    small = warp(x, UNCHANGED | {"zoom": 1.0}, generator())
    assert small.sum().item() == pytest.approx(16, abs=1)


def test_each_picture_of_a_batch_is_transformed_in_its_own_way():
    x = pictures(1).expand(30, -1, -1, -1)
    strength = dict(shift=0.2, zoom=0.3, turn=20.0, contrast=0.5)
    out = warp(x, strength, generator())
    assert len(torch.unique(out.flatten(1), dim=0)) == 30


def test_an_exemplar_is_asked_under_its_own_number():
    x = pictures(50)
    task = Exemplar(x, 10, UNCHANGED, generator())
    shown, which = task.ask(torch.zeros(64, dtype=torch.long), generator(1))
    assert task.classes == 10 and len(set(task.rows.tolist())) == 10
    assert shown == pytest.approx(x[task.rows][which].numpy(), abs=1e-5)
    assert set(which.tolist()) <= set(range(10)) and len(set(which.tolist())) > 5
    assert Exemplar(x, 8000, UNCHANGED, generator()).classes == 50


def test_flat_pictures_are_seldom_exemplars():
    x = pictures(100)
    x[:50] = 0.5
    task = Exemplar(x, 20, UNCHANGED, generator())
    assert (task.rows >= 50).all()


def test_collisions_grow_with_the_number_and_the_strength():
    x = pictures(400, 8, 8)
    strength = dict(shift=0.15, zoom=0.4, turn=15.0, contrast=0.8)

    def share(count, strength):
        return collisions(Exemplar(x, count, strength, generator()), generator(1))

    assert share(400, UNCHANGED) == 0
    assert share(10, strength) < share(100, strength) < share(400, strength)


# --- rotation, labels


def test_a_picture_is_turned_by_its_number_of_quarters():
    x = pictures(40, 9, 12)
    task = Rotation(x, generator())
    shown, turns = task.ask(torch.arange(40), generator(2))
    assert shown.shape == (40, 1, 9, 9) and set(turns.tolist()) == {0, 1, 2, 3}
    for picture, question, k in zip(x[:, :, :, 1:10], shown, turns.tolist(), strict=True):
        assert torch.equal(question, torch.rot90(picture, k, (-2, -1)))
    assert torch.equal(turn(shown, -turns), x[:, :, :, 1:10])


def test_every_task_is_about_as_hard_as_guessing_before_training():
    x = pictures(200)
    encoder = Encoder(12, generator())
    for task in (
        jigsaw(x),
        Rotation(x, generator()),
        Exemplar(x, 20, UNCHANGED, generator()),
        Labels(x, torch.arange(200) % 5, 5, generator()),
    ):
        asked = task.ask(torch.arange(200), generator(1))
        loss = task.loss(encoder, *asked).item()
        assert loss == pytest.approx(math.log(task.classes), abs=0.15)
        assert task.chance == 1 / task.classes
        other = task.about(x[:3], x[:3])
        assert other.head is task.head and task.x is not None


def test_a_task_about_other_pictures_leaves_the_first_alone():
    x, other = pictures(20), pictures(6, seed=9)
    task = Rotation(x, generator())
    held = task.about(other, other)
    assert held.ask(torch.arange(6), generator())[0].shape[0] == 6
    assert task.x is x


# --- colorization


def colorize(ab, classify, x=None, mix=1.0, width=20):
    x = pictures(len(ab)) if x is None else x
    return Colorization(x, ab, Answer(classify, width, mix), generator())


def train(task, encoder, steps=50, lr=0.01):
    adam = torch.optim.Adam([*encoder.parameters(), *task.head.parameters()], lr)
    draws = generator(7)
    for _ in range(steps):
        rows = torch.randint(len(task.x), (64,), generator=draws)
        adam.zero_grad()
        task.loss(encoder, *task.ask(rows, draws)).backward()
        adam.step()


@pytest.fixture(scope="module")
def two_colours():
    """Pictures whose colour is red or its opposite with equal odds, and nobody can know which."""
    x = pictures(400, 6, 6)
    side = torch.randint(2, (400,), generator=generator(2)) * 2.0 - 1
    ab = (side[:, None] * torch.tensor([40.0, 20.0]))[..., None, None].expand(-1, -1, 3, 3)
    return x, ab.contiguous()


@pytest.mark.parametrize("seed", range(3))
def test_squared_error_answers_grey_and_a_choice_a_colour(seed, two_colours):
    x, ab = two_colours
    outputs = {}
    for classify in (False, True):
        task = colorize(ab, classify, x)
        encoder = Encoder(6, generator(seed))
        train(task, encoder)
        with torch.no_grad():
            outputs[classify] = task.logits(encoder, x[:50])
    assert task.colours(outputs[True], 1.0).norm(dim=-1).mean() < 15  # so is the mean over the bins
    assert (SPREAD * outputs[False]).norm(dim=-1).mean() < 15  # the mean of both is 0, 0
    likeliest = task.centres[outputs[True].argmax(-1)]
    apart = [(likeliest - way * torch.tensor([40.0, 20.0])).norm(dim=-1) for way in (1, -1)]
    assert (torch.minimum(*apart) < 5).float().mean() > 0.95


def test_colours_are_those_under_the_map():
    encoder = Encoder(16, generator())
    ab = torch.rand((3, 2, 16, 16), generator=generator())
    under_map = colours_under(encoder, ab)
    assert under_map.shape == (3, 2, 4, 4) and encoder(ab[:, :1]).shape[-2:] == (4, 4)
    assert under_map[1, 0, 2, 3] == pytest.approx(ab[1, 0, 8:12, 12:16].mean().item())


def test_logits_and_colours_stand_in_the_same_order():
    ab = torch.arange(2 * 2 * 3 * 4).float().view(2, 2, 3, 4)
    flat = Colorization.pixels(ab)
    assert flat.shape == (24, 2)
    assert flat[12 + 4 * 2 + 1].tolist() == ab[1, :, 2, 1].tolist()


def test_the_loss_is_equation_2():
    ab = torch.rand((4, 2, 6, 6), generator=generator()) * 80 - 40
    task = colorize(ab, True, mix=0.5)
    encoder = Encoder(12, generator(1))
    x, y = task.ask(torch.arange(4), generator())
    log_q = task.logits(encoder, x).log_softmax(-1)
    total = 0.0
    for row, colour in zip(log_q, task.pixels(ab), strict=True):
        distance = (task.centres - colour).norm(dim=1)
        near = distance.argsort()[:5]
        z = torch.exp(-(distance[near] ** 2) / (2 * 10**2))
        total += task.weights[near[0]] * -(z / z.sum() * row[near]).sum()
    assert task.loss(encoder, x, y).item() == pytest.approx(total.item() / len(log_q), rel=1e-4)


def test_accuracy_counts_every_colour_the_same():
    ab = torch.zeros(10, 2, 1, 1)
    ab[0] = 40.0  # one of ten
    task = colorize(ab, False, pictures(10))
    assert task.chance == 0.5
    assert task.right(torch.zeros(10, 2), ab) == 0.5
    assert task.right(task.pixels(ab) / SPREAD, ab) == 1


# --- the encoder


def test_the_same_seed_is_the_same_encoder():
    first, same, other = (Encoder(16, generator(s)) for s in (0, 0, 1))
    x = pictures(3, 16, 16)
    assert torch.equal(first(x), same(x)) and not torch.equal(first(x), other(x))


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (8, 8), (16, 16), (28, 28), (64, 64), (1, 40)])
def test_every_size_has_as_many_features(shape):
    encoder = Encoder(min(shape), generator())
    out = encoder.features(pictures(3, *shape))
    assert out.shape == (3, FEATURES) and torch.isfinite(out).all()
