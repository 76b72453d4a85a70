"""Poolings beside slow loops over bags without padding, and their limits."""

import math

import pytest
import torch

from workbench.chapters.mil import by_hand, pooling
from workbench.chapters.mil.knobs import EMBEDDING, INSTANCE, KINDS
from workbench.chapters.mil.lesson import Head, draw_head
from workbench.science import nets

SIZES = (3, 1, 7, 5)
UNITS, ATTENTION = 6, 4


@pytest.fixture
def bags():
    """Embeddings [1, bags, K, units] with garbage on the padding, and the mask, in double."""
    rng = torch.Generator().manual_seed(0)
    h = torch.randn(1, len(SIZES), max(SIZES), UNITS, generator=rng, dtype=torch.float64)
    mask = (torch.arange(max(SIZES)) < torch.tensor(SIZES)[:, None])[None]
    return h.masked_fill(~mask[..., None], 1e3), mask


@pytest.fixture
def head():
    drawn = draw_head(UNITS, ATTENTION, nets.generators([3]))
    return Head(*((3 * part.detach().double()).requires_grad_() for part in drawn))


def slowly(kind, head, h):
    """Log-odds of one bag h [K, units], by loops and in plain probabilities."""
    c, b = head.c[0, :, 0], head.b[0, 0, 0]
    if kind in INSTANCE:
        p = [torch.sigmoid((c * x).sum() + b) for x in h]
        if kind == "instance-max":
            total = max(p)
        elif kind == "instance-mean":
            total = sum(p) / len(p)
        elif kind == "noisy-or":
            total = 1 - math.prod(1 - each for each in p)
        else:
            total = (sum((5 * each).exp() for each in p) / len(p)).log() / 5
        return (total / (1 - total)).log()
    if kind == "max":
        z = torch.stack([max(column) for column in h.T])
    else:
        a = slow_weights(kind, head, h)
        z = sum(share * x for share, x in zip(a, h, strict=True))
    return (c * z).sum() + b


def slow_weights(kind, head, h):
    if kind == "mean":
        return [torch.tensor(1 / len(h))] * len(h)
    V, U, w = head.V[0], head.U[0], head.w[0, :, 0]
    e = []
    for x in h:
        hidden = torch.tanh(x @ V)
        if kind == "gated":
            hidden = hidden * torch.sigmoid(x @ U)
        e.append((w * hidden).sum().exp())
    return [each / sum(e) for each in e]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pooling_is_the_slow_loop_and_so_is_its_gradient(kind, head, bags):
    h, mask = bags
    h.requires_grad_()
    logits = head.logits(kind, h, mask)
    loop = torch.stack([slowly(kind, head, h[0, i, :k]) for i, k in enumerate(SIZES)])
    torch.testing.assert_close(logits[0], loop)
    inputs = [h, *head]
    signs = torch.tensor([1.0, -2.0, 3.0, -4.0], dtype=torch.float64)
    ours, theirs = (
        torch.autograd.grad((signs * value).sum(), inputs, allow_unused=True)
        for value in (logits[0], loop)
    )
    for ours_of_part, theirs_of_part in zip(ours, theirs, strict=True):
        assert (ours_of_part is None) == (theirs_of_part is None)
        if ours_of_part is not None:
            torch.testing.assert_close(ours_of_part, theirs_of_part)
    assert (ours[0][~mask] == 0).all()  # nothing flows into padding


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_by_hand_is_autograds(kind):
    """Of the last two of three runs."""
    rng = torch.Generator().manual_seed(1)
    h = torch.randn(3, len(SIZES), max(SIZES), UNITS, generator=rng)
    mask = (torch.arange(max(SIZES)) < torch.tensor(SIZES)[:, None]).expand(3, -1, -1)
    y, two = torch.tensor([1.0, 0, 0, 1]).expand(3, -1), slice(1, 3)
    head = draw_head(UNITS, ATTENTION, nets.generators([3, 4, 5]))
    slopes = Head(*(torch.zeros_like(part) for part in head))
    for part, slope in zip(head, slopes, strict=True):
        part.grad = slope
    some = head.only(two)
    batch = (h[two], mask[two], y[two])
    logits, d_h = by_hand.head_gradient(kind, some, slopes.only(two), batch)
    leaf = h[two].clone().requires_grad_()
    plain = some.logits(kind, leaf, mask[two])
    loss = torch.nn.functional.binary_cross_entropy_with_logits(plain, y[two], reduction="none")
    inputs = [leaf, *head]
    wanted = torch.autograd.grad(
        loss.mean(1).sum(), inputs, materialize_grads=True, allow_unused=True
    )
    torch.testing.assert_close(logits, plain.detach())
    torch.testing.assert_close(d_h, wanted[0], atol=1e-6, rtol=1e-4)
    assert (d_h[~mask[two]] == 0).all()
    for part, gradient in zip(head, wanted[1:], strict=True):
        torch.testing.assert_close(part.grad, gradient, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_order_and_padding_change_nothing(kind, head, bags):
    h, mask = bags
    logits, weights = head.logits(kind, h, mask), head.weights(kind, h, mask)
    turned = torch.arange(h.shape[2]).flip(0)
    torch.testing.assert_close(
        head.logits(kind, h[:, :, turned], mask[:, :, turned]), logits, atol=1e-6, rtol=0
    )
    torch.testing.assert_close(
        head.weights(kind, h[:, :, turned], mask[:, :, turned]), weights[:, :, turned]
    )
    more = torch.nn.functional.pad(h, (0, 0, 0, 4), value=-50.0)
    longer = torch.nn.functional.pad(mask, (0, 4))
    torch.testing.assert_close(head.logits(kind, more, longer), logits, atol=1e-6, rtol=0)
    assert (head.weights(kind, more, longer)[..., -4:] == 0).all()


@pytest.mark.parametrize("kind", EMBEDDING)
def test_weights_sum_to_one_over_the_instances(kind, head, bags):
    h, mask = bags
    weights = head.weights(kind, h, mask)
    torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights.sum(-1)))
    assert (weights[~mask] == 0).all() and (weights >= 0).all()


@pytest.mark.parametrize("kind", ["attention", "gated"])
def test_uniform_scores_are_mean_pooling(kind, head, bags):
    head = head._replace(w=torch.zeros_like(head.w))
    torch.testing.assert_close(head.logits(kind, *bags), head.logits("mean", *bags))


def test_a_saturated_gate_is_attention(head, bags):
    h, mask = bags
    h = torch.cat([h, torch.ones_like(h[..., :1])], -1)  # a unit that is always 1 opens the gate
    V = torch.nn.functional.pad(head.V, (0, 0, 0, 1))
    U = torch.zeros_like(V)
    U[:, -1] = 50
    plain = pooling.attention_weights(h, mask, V, head.w)
    torch.testing.assert_close(pooling.attention_weights(h, mask, V, head.w, U), plain)
    U[:, -1] = -50  # a shut gate lets no score through
    shut = pooling.attention_weights(h, mask, V, head.w, U)
    torch.testing.assert_close(shut, pooling.uniform_weights(h, mask))


def test_log_sum_exp_lies_between_mean_and_max(bags):
    scores, mask = bags[0][..., 0], bags[1]
    mean = pooling.instance_mean(scores, mask).sigmoid()
    largest = pooling.instance_max(scores, mask).sigmoid()
    some = [pooling.log_sum_exp(scores, mask, r).sigmoid() for r in (1e-6, 5, 1e6)]
    torch.testing.assert_close(some[0], mean, atol=1e-4, rtol=0)
    torch.testing.assert_close(some[2], largest, atol=1e-4, rtol=0)
    more = mask.sum(-1) > 1
    assert (some[1] > mean)[more].all() and (some[1] < largest)[more].all()


@pytest.mark.parametrize("kind", INSTANCE)
@pytest.mark.parametrize("score", [-200.0, 200.0])
def test_sure_instances_leave_log_odds_finite(kind, score):
    scores = torch.full((1, 2, 3), score, requires_grad=True)
    logits = pooling.POOLS[kind](scores, torch.ones(1, 2, 3, dtype=torch.bool))
    logits.sum().backward()
    assert logits.isfinite().all() and scores.grad.isfinite().all()
    assert (logits.sign() == math.copysign(1, score)).all()


def test_features_won_name_the_winner_of_each_feature():
    h = torch.tensor([[[[1.0, 5.0, 0.0, 2.0], [3.0, 1.0, 0.5, 9.0], [99.0, 99.0, 99.0, 99.0]]]])
    won = pooling.features_won(h, torch.tensor([[[True, True, False]]]))
    torch.testing.assert_close(won, torch.tensor([[[0.25, 0.75, 0.0]]]))


def test_runs_of_one_seed_start_alike_whatever_their_company():
    alone = draw_head(UNITS, ATTENTION, nets.generators([5]))
    among = draw_head(UNITS, ATTENTION, nets.generators([2, 5, 9]))
    for part, parts in zip(alone, among, strict=True):
        assert torch.equal(part[0], parts[1])
