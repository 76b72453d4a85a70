"""Co-teaching: its schedule and exchange by slow loops, limits, and labels that must not leak."""

from fractions import Fraction
from functools import partial
from itertools import islice

import numpy as np
import pytest
import torch
from doubles import one_run, plain

from workbench.chapters.two_learners.by_hand import gradient
from workbench.chapters.two_learners.co_teaching import by_hand, evaluation, lesson
from workbench.chapters.two_learners.co_teaching.members import comparison, members
from workbench.chapters.two_learners.frames import train
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.task import Task, load_task
from workbench.core.frames import last_numbers
from workbench.science import nets

METHODS = ("standard", "own-picks", "co-teaching")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def digits():
    return load_task("digits", "cpu")


def short(**knobs):
    return Settings(kind="co-teaching", **{"seeds": 1, "steps": 100} | knobs)


def course(run, data=None, fit=by_hand.fit):
    """The weights of all networks after every step [steps, networks, pixels, units]."""
    steps = fit([run], data or digits())
    return torch.stack([model.net.weights[0].detach().clone() for _, model in steps])


# --- the schedule


@pytest.mark.parametrize("tau, ramp", [(0, 10), (0.5, 10), (0.45, 1), (0.95, 30), (0.2, 5)])
def test_the_schedule_is_the_papers(tau, ramp):
    """R(T) = 1 - min(T / T_k tau, tau), in fractions, and the least count that is no less."""
    member = members([short()])[0]._replace(tau=tau, ramp=ramp)
    exact, before = Fraction(str(tau)), 1.0
    for epoch in range(2 * ramp):
        share = 1 - min(Fraction(epoch, ramp) * exact, exact)
        assert lesson.kept_share(epoch, tau, ramp) == pytest.approx(float(share), abs=1e-12)
        for batch in (1, 7, 128):
            count = next(k for k in range(1, batch + 1) if k >= share * batch)
            assert lesson.kept_items(epoch, member, batch) == count
        assert lesson.kept_share(epoch, tau, ramp) <= before
        before = lesson.kept_share(epoch, tau, ramp)
    assert lesson.kept_share(0, tau, ramp) == 1


def test_the_share_thrown_out_follows_the_epochs(monkeypatch):
    counts = []

    def note(losses, many, exchange):
        counts.append(many.tolist())
        return lesson.pick(losses, many, exchange)

    run = short(noise=0.5, tau=1, ramp=5)
    list(by_hand.fit([run], digits(), pick=note))
    epoch_steps = len(digits().x) // lesson.BATCH
    assert epoch_steps == 11
    for step, many in enumerate(counts):
        kept = 128 * (1 - 0.5 * min(step // epoch_steps / 5, 1))
        assert many == [128, 128, *[int(np.ceil(kept - 1e-9))] * 4]


def test_no_more_is_thrown_out_than_leaves_something():
    run = short(noise=0.8, tau=1.5)
    assert run.forgotten == 0.95
    assert lesson.kept_items(99, comparison(run)["co-teaching"][0], 10) == 1
    assert all(map(np.isfinite, last_numbers(train([run]))[0].values()))


# --- the exchange


def slow_pick(losses, counts, exchange):
    """Algorithm 1 of Han et al. 2018, item by item."""
    picks = np.zeros(losses.shape)
    for m, swapped in enumerate(exchange):
        for k in (0, 1):
            line = sorted(range(losses.shape[1]), key=lambda i: losses[2 * m + k][i])
            learner = 2 * m + (1 - k if swapped else k)
            for item in line[: counts[2 * m + k]]:
                picks[learner][item] = 1
    return picks


@pytest.mark.parametrize("seed", range(5))
def test_the_exchange_is_that_of_a_slow_loop(seed):
    losses = torch.randint(9, (6, 20), generator=seeded(seed)).float()  # with ties
    counts, exchange = torch.tensor([20, 20, 7, 7, 3, 3]), torch.tensor([False, False, True])
    picks = lesson.pick(losses, counts, exchange)
    expected = slow_pick(losses.numpy(), counts.tolist(), exchange.tolist())
    np.testing.assert_array_equal(picks.numpy(), expected)
    swapped = lesson.pick(losses, counts, ~exchange)
    assert torch.equal(swapped[:4].view(2, 2, -1).flip(1).flatten(0, 1)[:2], picks[:2])
    assert torch.equal(picks.sum(1), counts.float())


def test_a_network_learns_from_what_the_other_picks():
    """Two networks on labels that only the second has learnt: its picks reach the first."""
    losses = torch.tensor([[1.0, 2, 3, 4], [4.0, 3, 2, 1]])
    own = lesson.pick(losses, torch.tensor([2, 2]), torch.tensor([False]))
    other = lesson.pick(losses, torch.tensor([2, 2]), torch.tensor([True]))
    assert own.tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]
    assert other.tolist() == own.flip(0).tolist()


def numpy_step(parameters, x, t, picks):
    """The gradient of the mean cross-entropy over the picks, of one network in float64."""
    (w1, w2), (b1, b2) = parameters
    hidden = np.maximum(x @ w1 + b1, 0)
    logits = hidden @ w2 + b2
    q = np.exp(logits - logits.max(1, keepdims=True))
    q /= q.sum(1, keepdims=True)
    d = (q - np.eye(q.shape[1])[t]) * picks[:, None] / picks.sum()
    through = (d @ w2.T) * (hidden > 0)
    return [x.T @ through, hidden.T @ d], [through.sum(0), d.sum(0)], q


def test_the_first_steps_are_those_of_numpy():
    """Losses, picks, exchange, gradient and Adam written anew, in float64."""
    run = short(noise=0.4, tau=1.5, ramp=1, lr=0.001)
    data, batches, weights = digits(), [], []

    def note(model, adam, x, t, share):
        batches.append((x.double().numpy(), t.numpy()))
        if len(batches) == 1:
            parts = (model.net.weights, model.net.biases)
            weights.extend([[p.detach().double().numpy().copy() for p in part] for part in parts])
        by_hand.descend(model, adam, x, t, share)

    steps = 14  # three of them after the first epoch, in which all is kept
    *_, (_, model) = islice(lesson.fit([run], data, descend=note), steps)
    w, b = weights
    state = {}
    for step, (x, t) in enumerate(batches[:steps], 1):
        nets_now = [([v[k] for v in w], [v[k][0] for v in b]) for k in range(6)]
        q = [numpy_step(p, x[k], t[k], np.ones(128))[2] for k, p in enumerate(nets_now)]
        losses = np.stack([-np.log(q[k][np.arange(128), t[k]]) for k in range(6)])
        kept = int(np.ceil(128 * (1 - 0.6 * min((step - 1) // 11, 1)) - 1e-9))
        counts = [128, 128, *[kept] * 4]
        picks = slow_pick(losses, counts, [False, False, True])
        for k, parameters in enumerate(nets_now):
            grad_w, grad_b, _ = numpy_step(parameters, x[k], t[k], picks[k])
            for name, target, grad in [(("w", i, k), w[i], grad_w[i]) for i in (0, 1)] + [
                (("b", i, k), b[i], grad_b[i]) for i in (0, 1)
            ]:
                mean, square = state.get(name, (0.0, 0.0))
                mean, square = 0.9 * mean + 0.1 * grad, 0.999 * square + 0.001 * grad**2
                state[name] = mean, square
                rate = run.lr * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
                target[k] -= rate * mean / (np.sqrt(square) + 1e-8 * (1 - 0.999**step) ** 0.5)
    for ours, expected in zip(model.net.weights, w, strict=True):
        # Adam divides by the size of a gradient, so that rounding of tiny ones grows
        apart = np.abs(ours.detach().numpy() - expected)
        assert np.median(apart) < 1e-6 and np.quantile(apart, 0.99) < 1e-4


# --- limits


def test_with_tau_0_all_three_are_standard_training_to_the_bit():
    run = short(tau=0)
    weights = course(run)
    at = [members([run]).index(comparison(run)[method][0]) for method in METHODS]
    standard, own, both = (weights[:, 2 * m : 2 * m + 2] for m in at)
    assert torch.equal(standard, own) and torch.equal(standard, both)
    assert not torch.equal(standard[:, 0], standard[:, 1])  # two networks
    full = course(short(tau=1, ramp=1))
    assert torch.equal(standard, full[:, 2 * at[0] : 2 * at[0] + 2])


def test_own_picks_are_one_network_by_itself():
    """Another partner changes nothing for a network that keeps its own picks."""
    run = short(ramp=1)
    weights = course(run)
    m = members([run]).index(comparison(run)["own-picks"][0])

    def lonely(losses, counts, exchange):
        picks = torch.zeros_like(losses)
        k = 2 * m
        picks[k] = lesson.pick(losses[[k, k]], counts[[k, k]], exchange[:1] & False)[0]
        return picks.clamp_min(1e-9)

    alone = course(run, fit=partial(by_hand.fit, pick=lonely))
    assert torch.allclose(weights[:, 2 * m], alone[:, 2 * m], atol=1e-5)
    other = members([run]).index(comparison(run)["co-teaching"][0])
    assert not torch.allclose(weights[-1, 2 * other], alone[-1, 2 * other], atol=1e-2)


# --- the gradient, the stack, what is compared


def test_the_gradient_by_hand_is_autograds():
    run = short()
    data = digits()
    given = torch.stack([lesson.draw_labels(data, m) for m in members([run])])
    model = lesson.Pairs(members([run]), [64, 16, 10], given, "cpu")
    nets.Adam(model.parameters(), 0.1)
    x, t = (
        torch.rand(6, 32, 64, generator=seeded()),
        torch.randint(10, (6, 32), generator=seeded(1)),
    )
    counts = torch.tensor([32, 32, 20, 20, 1, 1])
    picks = lesson.pick(torch.rand(6, 32, generator=seeded(2)), counts, torch.tensor([True] * 3))
    share = picks / counts[:, None]
    nets.autograd(lesson.loss)(model, x, t, share)
    expected = [p.grad.clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad.fill_(7.0)
    gradient(model, x, t, share)
    for p, by_autograd in zip(model.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, by_autograd, atol=1e-6, rtol=1e-5)


def test_the_loss_is_the_mean_over_the_picks():
    run = short()
    model = lesson.Pairs(members([run])[:1], [5, 4, 3], torch.zeros(1, 9), "cpu")
    x, t = torch.rand(2, 8, 5, generator=seeded()), torch.randint(3, (2, 8), generator=seeded(1))
    picks = torch.tensor([[1.0, 0, 1, 0, 0, 1, 0, 0], [0.0, 1, 0, 0, 0, 0, 0, 0]])
    value = lesson.loss(model, x, t, picks / picks.sum(1, keepdim=True))
    for k in (0, 1):
        items = torch.nonzero(picks[k])[:, 0]
        log_q = model.net(x)[k].log_softmax(-1)
        expected = -torch.stack([log_q[i, t[k, i]] for i in items]).mean()
        assert value[k].item() == pytest.approx(expected.item(), abs=1e-6)


def test_by_autograd_a_run_gives_the_same_curve():
    (by_autograd,), (fast,) = (
        last_numbers(train([short()], fit=fit)) for fit in (lesson.fit, None)
    )
    assert by_autograd["accuracy"] == pytest.approx(fast["accuracy"], abs=0.03)


def test_pairs_trained_together_are_those_trained_alone():
    runs = [
        short(),
        short(noise=0.2, tau=1.25, ramp=2),
        short(pattern="pair", noise=0.45, ramp=1, seed=3),
        short(tau=0.5, ramp=5, lr=0.01, seed=5),
    ]
    together = list(zip(*train(runs), strict=True))
    for run, frames in zip(runs, together, strict=True):
        alone = list(one_run(train, run))
        assert [plain(frame) for frame in frames] == [plain(frame) for frame in alone], run


def test_methods_share_weights_labels_and_batches():
    run, first = short(), []

    def note(model, adam, x, t, share):
        if not first:
            first.extend([x.clone(), t.clone(), model.net.weights[0].detach().clone()])
        by_hand.descend(model, adam, x, t, share)

    next(lesson.fit([run], digits(), descend=note))
    x, t, weights = first
    for network in range(6):
        assert torch.equal(x[network], x[0]) and torch.equal(t[network], t[0])
        assert torch.equal(weights[network], weights[network % 2])
    assert not torch.equal(weights[0], weights[1])


def test_runs_share_the_pairs_that_they_have_in_common():
    runs = [short(tau=tau) for tau in (0.5, 1.0, 1.5)]
    assert len(members(runs)) == 1 + 2 * 3
    assert len(members([short(noise=noise) for noise in (0.2, 0.5)])) == 6


@pytest.mark.parametrize("pattern", ["symmetric", "pair"])
def test_the_share_of_wrong_labels_is_as_asked_and_drawn_once(pattern):
    data, run = digits(), short(pattern=pattern, noise=0.45)
    labels_of = {}

    def note(model, adam, x, t, share):
        for row, label in zip(x[0], t[0].tolist(), strict=True):
            labels_of.setdefault(row.numpy().tobytes(), set()).add(label)
        by_hand.descend(model, adam, x, t, share)

    *_, (_, model) = lesson.fit([run], data, descend=note)
    assert len(labels_of) > 1300 and all(len(labels) == 1 for labels in labels_of.values())
    wrong = model.given[0] != data.y
    assert abs(wrong.double().mean().item() - 0.45) <= 0.5 / len(data.y) + 1e-9
    if pattern == "pair":
        assert torch.equal(model.given[0][wrong], (data.y[wrong] + 1) % 10)
    else:
        assert len(((model.given[0] - data.y)[wrong] % 10).unique()) == 9


# --- no leak


def test_true_labels_under_the_noise_do_not_leak_into_training(monkeypatch):
    data, run = digits(), short(ramp=1)
    weights = course(run, data)
    draw = lesson.draw_labels
    monkeypatch.setattr(lesson, "draw_labels", lambda _, member: draw(data, member))
    poisoned = (data.y + torch.randint(1, 10, data.y.shape, generator=seeded())) % 10
    assert (poisoned != data.y).all()
    dark = Task(data.data, data.classes, data.x, poisoned, (data.y_test + 1) % 10)
    assert torch.equal(weights, course(run, dark))


# --- the numbers


def test_the_numbers_are_those_of_a_slow_count():
    g = seeded()
    tested = torch.randint(4, (1, 2, 30), generator=g)
    given = evaluation.Evaluation(
        tested,
        torch.rand(1, 2, 20, generator=g),
        torch.rand(1, 2, 20, generator=g) < 0.4,
        torch.rand(1, 2, 20, generator=g) < 0.6,
        torch.rand(1, 20, generator=g) < 0.5,
    )
    y = torch.randint(4, (30,), generator=g)
    found = evaluation.pair_numbers(given, 0, y)
    a, b, truth = tested[0, 0].tolist(), tested[0, 1].tolist(), y.tolist()
    apart, agree, precision, memorised = [], [], [], []
    for one, other, k in ((a, b, 0), (b, a, 1)):
        errors = [i for i in range(30) if one[i] != truth[i]]
        apart.append(sum(one[i] != other[i] for i in errors) / len(errors))
        right = [i for i in range(30) if one[i] == truth[i]]
        agree.append(sum(one[i] == other[i] for i in right) / len(right))
        picked = [i for i in range(20) if given.picked[0, k, i]]
        precision.append(sum(not given.wrong[0, i] for i in picked) / len(picked))
        wrong = [i for i in range(20) if given.wrong[0, i]]
        memorised.append(sum(bool(given.repeated[0, k, i]) for i in wrong) / len(wrong))
    expected = {"apart": apart, "agree": agree, "precision": precision, "memorised": memorised}
    for name, values in expected.items():
        assert found[name] == pytest.approx(np.mean(values)), name
    hits = np.mean([[a[i] == truth[i], b[i] == truth[i]] for i in range(30)])
    assert found["accuracy"] == pytest.approx(hits)


def test_where_nobody_errs_the_shares_are_0_and_not_undefined():
    y = torch.arange(5)
    never = torch.zeros(1, 2, 4, dtype=torch.bool)
    right = evaluation.Evaluation(
        y.expand(1, 2, 5), torch.zeros(1, 2, 4), never, never, never[:, 0]
    )
    numbers = evaluation.pair_numbers(right, 0, y)
    assert numbers["apart"] == numbers["memorised"] == numbers["precision"] == 0
    assert numbers["accuracy"] == numbers["agree"] == 1


def test_what_is_thrown_out_is_shown_with_the_labels_it_was_given():
    data, run = digits(), short(steps=200)
    *_, (frame,) = train([run])
    *_, (_, model) = by_hand.fit([run], data)
    m = members([run]).index(comparison(run)["co-teaching"][0])
    with torch.no_grad():
        log_q = model.net(data.x[:1000].expand(6, -1, -1))[2 * m].log_softmax(-1)
    values = -log_q[torch.arange(1000), model.given[m, :1000]]
    worst = values.argsort(descending=True)[:8]
    thrown = frame.pictures["thrown"]
    tiles = (data.x[worst].numpy() * 255 + 0.5).astype(np.uint8).reshape(1, 8, 8, 8)
    assert np.array_equal(np.sort(thrown.tiles, 1), np.sort(tiles, 1))
    names = [
        data.classes[model.given[m, i]] + " \u2717" * bool(model.given[m, i] != data.y[i])
        for i in worst
    ]
    assert sorted(thrown.columns) == sorted(names)
    counts = [line.y.sum() for line in frame.pictures["losses"].lines[:2]]
    wrong = int((model.given[m, :1000] != data.y[:1000]).sum())
    assert counts == [1000 - wrong, wrong]
    cut = frame.pictures["losses"].lines[2]
    kept = lesson.kept_items(199 // 11, members([run])[m], 1000)
    assert cut.x[0] == pytest.approx(values.sort().values[kept - 1].item(), abs=1e-4)
