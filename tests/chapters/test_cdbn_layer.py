"""The convolutional Boltzmann machine against enumeration of all its states, and scipy."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy import signal

from workbench.chapters.cdbn import blocks, lesson
from workbench.chapters.cdbn.knobs import Settings
from workbench.chapters.cdbn.layer import Form, Layer, Means
from workbench.science import nets

THREE_UNITS = Form(1, 1, 1, 2, 1, 1)  # one pixel and two hidden units
ONE_BLOCK = Form(1, 2, 2, 1, 2, 2)  # four pixels, and four hidden units in a block
TWO_FILTERS = Form(1, 1, 2, 2, 2, 2)
TWO_BLOCKS = Form(1, 1, 3, 1, 2, 2)  # hidden maps reach beyond the picture
TINY = {
    "three units": THREE_UNITS,
    "one block": ONE_BLOCK,
    "two blocks": TWO_BLOCKS,
    "two filters": TWO_FILTERS,
}
tiny = pytest.mark.parametrize("form", TINY.values(), ids=TINY)


def layer_of(form, runs=1, seed=0):
    """A layer in double precision with weights and biases of some size."""
    layer = Layer(form, nets.generators(range(runs)), "cpu")
    g = torch.Generator().manual_seed(seed)
    for name in ("weights", "hidden", "visible"):
        shape = getattr(layer, name).shape
        setattr(layer, name, torch.randn(shape, generator=g, dtype=torch.float64))
    return layer


def random_maps(*shape, seed=1):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def hidden_states(form):
    """Every state of the hidden maps [states, filters, rows, columns] with at most one unit of a
    block on."""
    rows, columns = form.pooled
    side, states = form.block, []
    choices = [range(side * side + 1)] * (form.filters * rows * columns)
    for choice in product(*choices):
        h = np.zeros((form.filters, rows * side, columns * side))
        for place, unit in enumerate(choice):
            k, row, column = np.unravel_index(place, (form.filters, rows, columns))
            if unit:
                i, j = divmod(unit - 1, side)
                h[k, row * side + i, column * side + j] = 1
        states.append(h)
    return torch.tensor(np.array(states))


def pictures_of(form):
    """Every picture of pixels 0 and 1 [pictures, 1, height, width]."""
    pixels = list(product((0.0, 1.0), repeat=form.height * form.width))
    return torch.tensor(pixels, dtype=torch.float64).view(-1, 1, form.height, form.width)


def energies(layer, v, states):
    """E(v, h), term by term as the paper writes it, of all pictures and states [n, states]."""
    form, result = layer.form, torch.zeros(len(v), len(states), dtype=torch.float64)
    for n, s in product(range(len(v)), range(len(states))):
        total = -layer.visible[0, 0] * v[n].sum()
        for k, i, j in states[s].nonzero().tolist():
            total = total - layer.hidden[0, k]
            for r, c in product(range(form.window), repeat=2):
                y, x = i + r - form.before, j + c - form.before
                if 0 <= y < form.height and 0 <= x < form.width:
                    total = total - layer.weights[0, k, 0, r, c] * v[n, 0, y, x]
        result[n, s] = total
    return result


# --- blocks


@pytest.mark.parametrize("side", [1, 2, 3])
def test_cutting_into_blocks_and_joining_give_the_map_back(side):
    maps = random_maps(2, 3, 2 * side, 4 * side)
    cut = blocks.cut(maps, side)
    assert cut.shape == (side * side, 2, 3, 2, 4)
    assert (blocks.join(cut, side) == maps).all()
    largest = torch.nn.functional.max_pool2d(maps, side)  # a block is a window of pooling
    assert (cut.amax(0) == largest).all()


@pytest.mark.parametrize("side", [1, 2, 3])
@pytest.mark.parametrize("scale", [1.0, 4000.0])
def test_a_block_and_its_off_state_sum_to_1(side, scale):
    inputs = scale * (random_maps(5, 2 * side, 2 * side) - 0.5)
    on, off = blocks.probabilities(inputs, side)
    torch.testing.assert_close(on.sum(0) + off, torch.ones_like(off), atol=1e-12, rtol=0)
    assert on.isfinite().all() and (on >= 0).all() and (off >= 0).all()


def test_blocks_of_one_unit_are_logistic():
    inputs = 6 * random_maps(4, 5) - 3
    on, off = blocks.probabilities(inputs, 1)
    torch.testing.assert_close(on[0], inputs.sigmoid())
    torch.testing.assert_close(off, (-inputs).sigmoid())
    torch.testing.assert_close(
        blocks.log_partition(inputs, 1), torch.nn.functional.softplus(inputs)
    )


def test_a_drawn_block_has_at_most_one_unit_on_as_often_as_it_should():
    inputs = torch.tensor([[0.5, -1.0], [1.5, 0.0]], dtype=torch.float64)
    on, off = blocks.probabilities(inputs, 2)
    n = 40_000
    drawn = blocks.draw(on.expand(4, 1, n), random_maps(1, n))
    assert drawn.sum(0).max() == 1
    shares = torch.cat([drawn.mean((1, 2)), (1 - drawn.sum(0)).mean()[None]])
    expected = torch.cat([on.flatten(), off.flatten()])
    errors = (shares - expected) / (expected * (1 - expected) / n).sqrt()
    assert errors.abs().max() < 4.5  # standard errors


# --- up and down


@pytest.mark.parametrize("window", [1, 2, 3, 4])
def test_up_is_the_convolution_with_the_turned_filter(window):
    layer = layer_of(Form(2, 5, 7, 3, window, 2))
    v = random_maps(1, 2, 2, 5, 7)
    inputs, padded = layer.up(v), layer.pad(v)
    turned = layer.weights[0].flip(-2, -1).numpy()
    assert inputs.shape == (1, 2, 3, 6, 8)
    for n, k in product(range(2), range(3)):
        expected = layer.hidden[0, k].item() + sum(
            signal.convolve2d(padded[0, n, c].numpy(), turned[k, c], "valid") for c in range(2)
        )
        np.testing.assert_allclose(inputs[0, n, k], expected, atol=1e-12)


@pytest.mark.parametrize("window", [1, 2, 3, 4])
def test_down_is_the_full_convolution_with_the_filter(window):
    layer = layer_of(Form(2, 5, 7, 3, window, 2))
    h, first = random_maps(1, 2, 3, 6, 8), (window - 1) // 2
    pixels = layer.down(h)
    for n, c in product(range(2), range(2)):
        full = sum(signal.convolve2d(h[0, n, k], layer.weights[0, k, c]) for k in range(3))
        expected = full[first : first + 5, first : first + 7] + layer.visible[0, c].item()
        np.testing.assert_allclose(pixels[0, n, c], expected, atol=1e-12)


# --- against enumeration


@tiny
def test_hidden_probabilities_are_those_of_all_states(form):
    layer, v, states = layer_of(form), pictures_of(form), hidden_states(form)
    weights = (-energies(layer, v, states)).softmax(1)
    on, off = layer.probabilities(v[None])
    expected = (weights @ states.flatten(1)).view(len(v), *states.shape[1:])
    torch.testing.assert_close(blocks.join(on, form.block)[0], expected)
    torch.testing.assert_close(off[0], 1 - blocks.cut(expected, form.block).sum(0))
    torch.testing.assert_close(layer.pool(v[None])[0], blocks.cut(expected, form.block).sum(0))


@tiny
def test_pixel_probabilities_are_those_of_all_pictures(form):
    layer, v, states = layer_of(form), pictures_of(form), hidden_states(form)
    weights = (-energies(layer, v, states)).softmax(0)
    expected = (weights.T @ v.flatten(1)).view(len(states), 1, form.height, form.width)
    torch.testing.assert_close(layer.down(states[None]).sigmoid()[0], expected)


@tiny
def test_the_free_energy_sums_over_all_states(form):
    layer, v, states = layer_of(form), pictures_of(form), hidden_states(form)
    expected = -(-energies(layer, v, states)).logsumexp(1)
    torch.testing.assert_close(layer.free_energy(v[None])[0], expected)


SHARES = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)  # of three pictures in the data
COUNT = 20_000


def three_pictures(form):
    """Pictures of which data are made that no such model made: [3, 1, height, width]."""
    everything = pictures_of(form)
    return everything[[0, -1, len(everything) // 2]]


def exact_gradient(layer):
    """The gradient of the mean log p(v) by autograd through the enumeration, per position."""
    form, states = layer.form, hidden_states(layer.form)
    parameters = [p.requires_grad_() for p in layer.parameters()]
    log_z = (-energies(layer, pictures_of(form), states)).logsumexp((0, 1))
    log_p = (-energies(layer, three_pictures(form), states)).logsumexp(1) @ SHARES - log_z
    gradients = torch.autograd.grad(log_p, parameters)
    for p in parameters:
        p.requires_grad_(False)
    positions = np.prod(form.pooled) * form.block**2
    counts = positions, positions, form.height * form.width
    return [g / count for g, count in zip(gradients, counts, strict=True)]


def contrast_of(layer, **knobs):
    """The difference of means that contrastive divergence climbs, over COUNT pictures."""
    counts = (COUNT * SHARES).round().long()
    v = three_pictures(layer.form).repeat_interleave(counts, 0)
    chance = lesson.Chance(nets.generators([5]), "cpu")
    data, model = lesson.contrast(layer, v[None], Settings(drawn=True, **knobs), chance)
    return [a - b for a, b in zip(data, model, strict=True)]


@tiny
def test_a_long_chain_gives_the_gradient_of_the_log_likelihood(form):
    layer = layer_of(form)
    pairs = zip(contrast_of(layer, chain=10), exact_gradient(layer), strict=True)
    for ours, exact in pairs:  # a mean over 20,000 chains: its standard error is below 0.004
        torch.testing.assert_close(ours, exact, atol=0.02, rtol=0)


@tiny
def test_one_step_of_the_chain_goes_up_the_likelihood(form):
    layer = layer_of(form)
    pairs = contrast_of(layer, chain=1), exact_gradient(layer)
    a, b = (torch.cat([part.flatten() for part in parts]) for parts in pairs)
    assert a @ b / (a.norm() * b.norm()) > 0.5


@tiny
def test_means_are_minus_the_gradient_of_the_energy(form):
    layer, states = layer_of(form), hidden_states(form)[[1, -1]]
    v = random_maps(2, 1, form.height, form.width)
    parameters = [p.requires_grad_() for p in layer.parameters()]
    energy = sum(energies(layer, v[[n]], states[[n]]).sum() for n in range(2))
    gradients = torch.autograd.grad(energy, parameters)
    with torch.no_grad():
        means = layer.means(v[None], states[None])
    counts = states[:, 0].numel(), states[:, 0].numel(), v.numel()
    for mean, gradient, count in zip(means, gradients, counts, strict=True):
        torch.testing.assert_close(mean, -gradient / count)


# --- climbing


def test_a_step_has_momentum_a_rate_and_a_pull_to_the_target():
    runs = [Settings(lr=2.0, momentum=0.5, sparsity=0.0), Settings(lr=1.0, sparsity=0.1)]
    parameters = [torch.zeros(2, 3, 1, 1, 1), torch.zeros(2, 3), torch.zeros(2, 1)]
    climber = lesson.Climber(parameters, runs)
    ones, model = (Means(*(torch.full_like(p, v) for p in parameters)) for v in (0.3, 0.1))
    climber.step(ones, model)
    climber.step(ones, model)
    weights, hidden, visible = (p.flatten(1)[:, 0].tolist() for p in parameters)
    first = 0.2 * 2 * (1 + 1.5)  # two steps, the second with half of the first again
    second = 0.2 * (1 + 1.5)
    assert weights == pytest.approx([first, second])
    assert visible == pytest.approx([first, second])
    pulled = (0.2 + lesson.PULL * (0.1 - 0.3)) * (1 + 1.5)
    assert hidden == pytest.approx([first, pulled])
