"""Generated items beside real ones, against closed forms, SciPy and slow loops."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from workbench.science import metrics, nets
from workbench.science.nets.input_gradient import input_gradient, penalty_gradient


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_frechet_distance_has_its_known_values(rng):
    x = rng.standard_normal((400, 5))
    assert metrics.frechet_distance(x, x) == pytest.approx(0, abs=1e-9)
    moved = np.array([3.0, 0, 0, -4, 0])
    assert metrics.frechet_distance(x, x + moved) == pytest.approx(25)
    line = x[:, :1]
    apart = (2 * line.std(ddof=1) - line.std(ddof=1)) ** 2
    assert metrics.frechet_distance(line, 2 * line - line.mean()) == pytest.approx(apart)


def test_frechet_distance_agrees_with_scipys_square_root(rng):
    a = rng.standard_normal((300, 4)) @ rng.standard_normal((4, 4))
    b = rng.standard_normal((200, 4)) @ rng.standard_normal((4, 4)) + 1
    spread = [np.cov(part.T) for part in (a, b)]
    root = sqrtm(spread[0] @ spread[1]).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(spread[0] + spread[1] - 2 * root)
    assert metrics.frechet_distance(a, b) == pytest.approx(expected)
    assert metrics.frechet_distance(b, a) == pytest.approx(expected)


def shares_by_loops(real, fake, k):
    """Precision: the share of fakes within some real item's distance to its k-th neighbour."""
    radii = [sorted(np.linalg.norm(real - item, axis=1))[k] for item in real]
    near = [
        any(np.linalg.norm(item - r) <= radius for r, radius in zip(real, radii, strict=True))
        for item in fake
    ]
    return np.mean(near)


def test_precision_and_recall_agree_with_slow_loops(rng):
    real, fake = rng.standard_normal((40, 3)), rng.standard_normal((30, 3)) + 0.8
    found = metrics.neighbour_precision_recall(real, fake, 3)
    assert found == (shares_by_loops(real, fake, 3), shares_by_loops(fake, real, 3))
    assert 0 < found[0] < 1 and 0 < found[1] < 1


def test_precision_and_recall_at_their_limits(rng):
    real = rng.standard_normal((30, 3))
    assert metrics.neighbour_precision_recall(real, real) == (1, 1)
    assert metrics.neighbour_precision_recall(real, real + 100) == (0, 0)
    once = np.repeat(real[:1], 30, 0)  # a memoriser of one item is precise and recalls nothing
    assert metrics.neighbour_precision_recall(real, once) == (1, pytest.approx(1 / 30))
    assert metrics.neighbour_precision_recall(real[:3], real[:3], 5) == (1, 1)


@pytest.mark.parametrize("sizes", [[4, 6, 1], [4, 6, 5, 1]], ids=str)
@pytest.mark.parametrize("kind", ["R1", "Wasserstein"])
def test_penalties_of_the_input_gradient_are_those_of_autograd(sizes, kind):
    net = nets.Mlp(sizes, nets.generators([0, 1]))
    for weight in net.weights:
        weight.data.mul_(3)
    x = torch.randn(2, 7, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    (slopes,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)

    def penalty(g):
        if kind == "R1":
            return 0.5 * g.square().sum(-1).mean(-1).sum()
        return (g.norm(dim=-1) - 1).square().mean(-1).sum()

    expected = torch.autograd.grad(penalty(slopes), net.weights)
    with torch.no_grad():
        net(x)
        hidden = net.inputs[1:]
        chain = input_gradient(net.weights, hidden)
    assert torch.allclose(chain[0], slopes, atol=1e-5)
    reached = slopes.detach().requires_grad_()
    (grad,) = torch.autograd.grad(penalty(reached), reached)
    asked = penalty_gradient([w.detach() for w in net.weights], hidden, chain, grad)
    for one, other in zip(asked, expected, strict=True):
        assert one.abs().max() > 1e-3 and torch.allclose(one, other, atol=1e-5)
