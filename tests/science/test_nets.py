"""Stacked nets against torch's own: layers, gradients, Adam; and runs that share nothing."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from workbench.science import nets

sizes = st.lists(st.integers(1, 7), min_size=2, max_size=5)
counts = st.integers(1, 3)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def doubled(layers, runs):
    """An Mlp in double precision, so that a comparison has no excuse."""
    mlp = nets.Mlp(layers, nets.generators(range(runs)))
    for kept in (mlp.weights, mlp.biases):
        kept[:] = [p.detach().double().requires_grad_() for p in kept]
    for p in mlp.parameters():
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    return mlp


def reference(mlp, run):
    """The same net as one torch.nn.Sequential."""
    modules = []
    for weight, bias in zip(mlp.weights, mlp.biases, strict=True):
        linear = nn.Linear(*weight.shape[1:], dtype=torch.float64)
        linear.weight.data = weight[run].detach().mT.clone()
        linear.bias.data = bias[run, 0].detach().clone()
        modules += [linear, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


@settings(max_examples=60)
@given(sizes, counts, st.integers(1, 5))
def test_mlp_is_torch_linear_and_relu_forward_and_backward(layers, runs, batch):
    mlp = doubled(layers, runs)
    x, pull = normal(runs, batch, layers[0]), normal(runs, batch, layers[-1], seed=1)
    with torch.no_grad():
        out = mlp(x)
        d_x = mlp.backward(pull, to_input=True)
    for k in range(runs):
        torch_net, torch_x = reference(mlp, k), x[k].clone().requires_grad_()
        torch_out = torch_net(torch_x)
        (torch_out * pull[k]).sum().backward()
        assert_close(out[k], torch_out)
        assert_close(d_x[k], torch_x.grad)
        linears = [m for m in torch_net if isinstance(m, nn.Linear)]
        for linear, weight, bias in zip(linears, mlp.weights, mlp.biases, strict=True):
            assert_close(weight.grad[k].mT, linear.weight.grad)
            assert_close(bias.grad[k, 0], linear.bias.grad)


@settings(max_examples=30)
@given(sizes, counts, st.integers(1, 5))
def test_backward_by_hand_is_autograd(layers, runs, batch):
    mlp = doubled(layers, runs)
    x, pull = normal(runs, batch, layers[0]), normal(runs, batch, layers[-1], seed=1)
    expected = torch.autograd.grad((mlp(x) * pull).sum(), mlp.parameters())
    with torch.no_grad():
        mlp(x)
        mlp.backward(pull)
    for p, grad in zip(mlp.parameters(), expected, strict=True):
        assert_close(p.grad, grad)


def test_weights_start_as_in_torch_linear():
    mlp = nets.Mlp([50, 400], nets.generators([0]))
    for p in mlp.parameters():
        assert p.abs().max() <= 50**-0.5
        assert p.abs().max() > 0.95 * 50**-0.5
        assert abs(p.mean().item()) < 4 * (50 * 3) ** -0.5 / p.numel() ** 0.5
    assert mlp.weights[0].var().item() == pytest.approx(1 / 150, rel=0.05)


# --- Adam


def paths(rates, steps=50):
    """Our Adam on stacked parameters, and torch's on each run alone, given the same gradients."""
    shapes = [(4, 3), (1, 3)]
    ours = [normal(len(rates), *shape, seed=i).requires_grad_() for i, shape in enumerate(shapes)]
    theirs = [[p[k].detach().clone().requires_grad_() for p in ours] for k in range(len(rates))]
    adam = nets.Adam(ours, rates)
    adams = [torch.optim.Adam(ps, lr) for ps, lr in zip(theirs, rates, strict=True)]
    # from gradients below Adam's epsilon to large ones
    scales = [torch.logspace(-11, 1, p[0].numel(), dtype=p.dtype).view(p[0].shape) for p in ours]
    for step in range(steps):
        for i, p in enumerate(ours):
            grad = normal(*p.shape, seed=100 * step + i) * scales[i]
            p.grad.copy_(grad)
            for k, ps in enumerate(theirs):
                ps[i].grad = grad[k].clone()
        adam.step()
        for other in adams:
            other.step()
    return ours, theirs


@pytest.mark.parametrize("rate", [2**-7, 2**-3])
def test_adam_is_torch_adam(rate):
    ours, (theirs,) = paths([rate])
    for p, q in zip(ours, theirs, strict=True):
        assert_close(p[0], q, rtol=1e-10, atol=1e-12)


def test_adam_gives_every_run_its_own_learning_rate():
    ours, theirs = paths([2**-10, 2**-7, 2**-3])
    for k, alone in enumerate(theirs):
        for p, q in zip(ours, alone, strict=True):
            assert_close(p[k], q, rtol=1e-10, atol=1e-12)


def test_adam_steps_the_parameters_of_the_net_in_place():
    mlp = nets.Mlp([3, 4, 2], nets.generators([0, 1]))
    adam = nets.Adam(mlp.parameters(), 0.125)
    before = [p.detach().clone() for p in mlp.parameters()]
    x = torch.ones(2, 5, 3)
    with torch.no_grad():
        out = mlp(x)
        mlp.backward(torch.ones_like(out))
        adam.step()
        assert all(p.grad.any() for p in mlp.parameters())
        assert not torch.equal(mlp(x), out)
    moved = [(p - q).abs().max().item() for p, q in zip(mlp.parameters(), before, strict=True)]
    assert moved == pytest.approx([0.125] * 4, rel=1e-4)  # Adam's first step is the rate itself
    adam.zero_grad()
    assert not any(p.grad.any() for p in mlp.parameters())


# --- runs share nothing

SEEDS = [5, 3, 5, 8]


@pytest.mark.parametrize("place", range(len(SEEDS)))
def test_a_seed_gives_the_same_net_at_any_place_in_a_stack(place):
    stack, alone = (nets.Mlp([6, 5, 4], nets.generators(s)) for s in (SEEDS, [SEEDS[place]]))
    for p, q in zip(stack.parameters(), alone.parameters(), strict=True):
        assert torch.equal(p[place], q[0])
    other = nets.Mlp([6, 5, 4], nets.generators([99]))
    assert not torch.equal(other.weights[0][0], stack.weights[0][place])


@pytest.mark.parametrize("place", range(len(SEEDS)))
def test_a_seed_sees_the_same_order_and_noise_in_any_company(place):
    def drawn(seeds):
        """Order and noise drawn in turn from the same generators, as training does."""
        runs = nets.generators(seeds)
        batches = nets.Batches(10, 3, runs, "cpu")
        noise = nets.Noise((3, 2), runs, "cpu", block=4)
        return [(batches.draw(), noise.draw()) for _ in range(11)]

    for stacked, alone in zip(drawn(SEEDS), drawn([SEEDS[place]]), strict=True):
        for several, one in zip(stacked, alone, strict=True):
            assert torch.equal(several[place], one[0])


@pytest.mark.parametrize("place", range(len(SEEDS)))
def test_a_run_in_a_stack_learns_what_it_learns_alone(place):
    rates = [0.01, 0.02, 0.05, 0.1]

    def learned(chosen):
        mlp = nets.Mlp([3, 8, 3], nets.generators([SEEDS[k] for k in chosen]))
        adam = nets.Adam(mlp.parameters(), [rates[k] for k in chosen])
        x = normal(6, 3).float().expand(len(chosen), 6, 3)
        for _ in range(20):
            adam.zero_grad()
            (mlp(x) - x).square().sum().backward()
            adam.step()
        return mlp.parameters()

    for several, one in zip(learned(range(4)), learned([place]), strict=True):
        assert_close(several[place], one[0], rtol=1e-4, atol=1e-5)


def test_a_few_of_a_stack_answer_as_they_did_and_do_not_train():
    stack, x = nets.Mlp([4, 5, 3], nets.generators(range(4))), normal(4, 6, 4).float()
    few = stack.only([2, 0])
    assert torch.equal(few(x[[2, 0]]), stack(x)[[2, 0]])
    assert not any(parameter.requires_grad for parameter in few.parameters())
    assert len(stack.weights[0]) == 4 and stack.weights[0].requires_grad


# --- mini-batches and noise


@given(st.integers(1, 6), st.integers(1, 8), counts)
def test_batches_walk_every_item_once_an_epoch(size, per_epoch, runs):
    count = size * per_epoch
    batches = nets.Batches(count, size, nets.generators(range(runs)), "cpu")
    for _ in range(3):
        epoch = torch.cat([batches.draw() for _ in range(per_epoch)], 1)
        assert epoch.sort(1).values.tolist() == [list(range(count))] * runs


def test_batches_leave_a_short_last_one_out_and_shuffle_anew():
    batches = nets.Batches(10, 4, nets.generators([0]), "cpu")
    epochs = [torch.cat([batches.draw(), batches.draw()], 1)[0].tolist() for _ in range(20)]
    assert all(len(set(epoch)) == 8 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 20
    assert set().union(*epochs) == set(range(10))


def test_a_batch_is_never_larger_than_the_set():
    batches = nets.Batches(3, 64, nets.generators([0, 1]), "cpu")
    assert batches.size == 3 and batches.draw().shape == (2, 3)


def test_noise_is_standard_normal_and_never_repeats():
    noise = nets.Noise((50, 4), nets.generators([0, 1]), "cpu", block=3)
    drawn = torch.stack([noise.draw() for _ in range(100)])
    assert drawn.shape == (100, 2, 50, 4)
    assert abs(drawn.mean().item()) < 0.03 and drawn.std().item() == pytest.approx(1, abs=0.03)
    assert len(drawn.flatten().unique()) > 0.99 * drawn.numel()
