"""PredNet: what a prediction sees, the network against an independent one, and what is measured."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from workbench.chapters.prednet import claims, evaluation, frames, lesson
from workbench.chapters.prednet.clips import open_clips
from workbench.chapters.prednet.knobs import FIRST, GIVEN, LAST, LEARNT, Settings
from workbench.science import nets

KINDS = (lesson.PredNet, lesson.ConvLstm)
every_net = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def network(kind=lesson.PredNet, runs=1, grey=0.2):
    return kind(nets.generators(range(runs)), torch.full((runs,), grey))


def some_clips(runs=1, count=3, length=LAST + 1, side=8, seed=0):
    return torch.rand(
        runs, count, length, side, side, generator=torch.Generator().manual_seed(seed)
    )


# --- what a prediction sees


@every_net
@pytest.mark.parametrize("t", [0, 3, LAST])
def test_a_prediction_of_frame_t_sees_frames_before_t_alone(kind, t):
    net, clips = network(kind), some_clips()
    spoilt = clips.clone()
    spoilt[:, :, t:] = 1 - spoilt[:, :, t:]
    clean, other = (evaluation.forecast(net, x, 1).next for x in (clips, spoilt))
    assert (clean[:, :, : t + 1] == other[:, :, : t + 1]).all()
    assert t == LAST or (clean[:, :, t + 1] != other[:, :, t + 1]).any()


@every_net
def test_what_goes_on_alone_sees_the_given_frames_alone(kind):
    net, clips = network(kind), some_clips()
    spoilt = clips.clone()
    spoilt[:, :, GIVEN:] = 1 - spoilt[:, :, GIVEN:]
    clean, other = (evaluation.forecast(net, x, 4).own for x in (clips, spoilt))
    assert (clean == other).all()
    spoilt[:, :, GIVEN - 1] = 0
    assert (evaluation.forecast(net, spoilt, 4).own != clean).any()


@every_net
def test_the_first_frame_of_its_own_is_the_prediction_of_the_next(kind):
    made = evaluation.forecast(network(kind), some_clips(), 3)
    assert (made.own[:, :, 0] == made.next[:, :, GIVEN]).all()


def test_a_frame_that_is_taken_as_true_passes_on_no_error_of_pixels():
    net = network()
    predicted, state = net.go_down(net.start(some_clips()[:, :, 0]))
    low, _ = net.go_up(predicted, predicted, state).passed
    assert (low == 0).all()


# --- the network


def reference(net, clip):
    """PredNet as its equations have it, for one clip [frames, h, w] of run 0: the predictions, and
    the errors of both layers, all frames."""

    def conv(layer, x):
        return F.conv2d(x, layer.weight[0], layer.bias[0], padding=1)

    side = clip.shape[-1]
    e = [torch.zeros(1, 2, side, side), torch.zeros(1, 16, side // 2, side // 2)]
    r = [torch.zeros(1, 8, side, side), torch.zeros(1, 8, side // 2, side // 2)]
    c = [torch.zeros_like(each) for each in r]
    predictions, errors = [], []
    for frame in clip:
        for layer in (1, 0):
            parts = [e[layer], r[layer]]
            if layer == 0:
                parts.append(F.interpolate(r[1], scale_factor=2, mode="nearest"))
            f, i, o, g = conv(net.lstm[layer], torch.cat(parts, 1)).split(8, 1)
            c[layer] = torch.sigmoid(f) * c[layer] + torch.sigmoid(i) * torch.tanh(g)
            r[layer] = torch.sigmoid(o) * torch.tanh(c[layer])
        hat = torch.minimum(F.relu(conv(net.predict[0], r[0])), torch.tensor(1.0))
        a = frame[None, None]
        e[0] = torch.cat([F.relu(a - hat), F.relu(hat - a)], 1)
        a1 = F.max_pool2d(F.relu(conv(net.sense, e[0])), 2)
        hat1 = F.relu(conv(net.predict[1], r[1]))
        e[1] = torch.cat([F.relu(a1 - hat1), F.relu(hat1 - a1)], 1)
        predictions.append(hat[0, 0])
        errors.append((e[0], e[1]))
    return torch.stack(predictions), errors


def test_the_network_is_that_of_the_papers_equations():
    net, clips = network(), some_clips(count=2)
    made = evaluation.forecast(net, clips, 1)
    for number in range(2):
        expected, errors = reference(net, clips[0, number])
        torch.testing.assert_close(torch.from_numpy(made.next[0, number]), expected.detach())
        if number == evaluation.SHOWN:
            for layer in (0, 1):
                whole = torch.cat([each[layer] for each in errors]).detach()
                torch.testing.assert_close(torch.from_numpy(made.passed[layer][0]), whole)


@pytest.mark.parametrize("squared", [True, False])
@pytest.mark.parametrize("upper", [0.0, 0.1])
def test_the_loss_leaves_the_first_frame_out_and_its_gradient_is_that_of_the_equations(
    squared, upper
):
    net, clips = network(), some_clips(count=1, length=4)
    weights = lesson.Weights(torch.tensor([squared]), torch.tensor([upper]))
    value = lesson.loss(net, clips, weights)
    predictions, errors = reference(net, clips[0, 0])
    measure = (lambda e: e**2) if squared else torch.abs
    terms = [
        measure(clips[0, 0, t] - predictions[t]).mean() + upper * measure(errors[t][1]).mean()
        for t in (1, 2, 3)
    ]
    expected = sum(terms) / 3
    torch.testing.assert_close(value[0], expected)
    got = torch.autograd.grad(value.sum(), net.parameters(), allow_unused=True)
    wanted = torch.autograd.grad(expected, net.parameters(), allow_unused=True)
    for one, other in zip(got, wanted, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


def test_errors_are_two_positive_halves_whose_difference_is_the_error():
    a, predicted = some_clips(1, 2, 5).double(), some_clips(1, 2, 5, seed=1).double()
    halves = lesson.errors(a, predicted)
    more, less = halves.chunk(2, 2)
    assert (halves >= 0).all() and (more * less == 0).all()
    torch.testing.assert_close(more - less, a - predicted)


def test_both_networks_are_of_one_size():
    sizes = [sum(p[0].numel() for p in network(kind).parameters()) for kind in KINDS]
    assert sizes[0] == 12_969 and abs(sizes[1] / sizes[0] - 1) < 0.01


def test_a_plain_network_passes_on_what_it_sees():
    net, clips = network(lesson.ConvLstm), some_clips()
    _, state = net.go_down(net.start(clips[:, :, 0]))
    low, _ = net.go_up(clips[:, :, 1], torch.zeros_like(clips[:, :, 0]), state).passed
    assert (low[:, :, 0] == clips[:, :, 1]).all()


def test_no_pixel_layer_dies():
    """With a first bias of 0.5 all of these end in darkness, with 0.2 one of them."""
    runs = [Settings(seed=seed, speed=2, steps=20) for seed in range(5)]
    data = open_clips(runs)
    *_, (_, pair) = lesson.fit(runs, data)
    predicted = evaluation.forecast(pair.prednet, data.test[:, :4], 1).next[:, :, FIRST:]
    assert predicted.max((1, 2, 3, 4)).min() > 0.1


def test_a_window_is_frames_in_a_row_from_a_random_one_on():
    clips = torch.arange(15.0).expand(1, 6, 15)[..., None, None]
    rows, draws = torch.tensor([[4, 1]]), nets.generators([0])
    begins = set()
    for _ in range(60):
        window = lesson.windows(clips, rows, draws)[0, :, :, 0, 0]
        assert window.shape == (2, LEARNT)
        assert (window.diff(dim=1) == 1).all()
        begins.add(int(window[0, 0]))
    assert begins == set(range(15 - LEARNT + 1))


# --- what is measured


@pytest.fixture(scope="module")
def judge():
    runs = [Settings(steps=10)]
    return evaluation.Judge(runs, open_clips(runs))


def test_copying_is_printed_as_it_is_defined(judge):
    """The mean squared difference between frame t and frame t - 1, from frame number 2 on."""
    (end,) = [frame for (frame,) in frames.train([Settings(steps=10)])][-1:]
    x = judge.true[0].astype(np.float64)
    squares = [(x[:, t] - x[:, t - 1]) ** 2 for t in range(FIRST, LAST + 1)]
    assert end.scalars["copy"] == pytest.approx(np.mean(squares), rel=1e-5)
    black = np.mean([x[:, t] ** 2 for t in range(FIRST, LAST + 1)])
    assert end.scalars["black"] == pytest.approx(black / np.mean(squares), rel=1e-5)
    held = ((x[:, GIVEN + 4] - x[:, GIVEN - 1]) ** 2).mean()
    gone = (x[:, GIVEN + 4] ** 2).mean()
    assert end.scalars["ahead_black"] == pytest.approx(gone / held, rel=1e-5)


def test_true_frames_are_sharp_and_plain_ones_are_not():
    frames = some_clips(1, 5, 4)[0].numpy()
    np.testing.assert_allclose(evaluation.sharpness(np.full_like(frames, 0.3)), 0, atol=1e-7)
    edge = np.zeros((1, 1, 4, 4))
    edge[..., 2:] = 1  # one of three steps across, none down
    assert evaluation.sharpness(edge) == pytest.approx([1 / 6])


# --- claims

QUICK = ("black-beats-copying", "absolute-ends-black", "beats-copying", "block-matching-wins")


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_for_one_seed(claim):
    if claim.id not in QUICK:
        pytest.skip("slow: the test over more seeds trains it")
    holds, measured = claim.measure(0)
    assert holds, measured


@pytest.mark.slow
@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_over_ten_seeds(claim):
    results = [claim.measure(seed) for seed in range(10)]
    assert all(holds for holds, _ in results), results
