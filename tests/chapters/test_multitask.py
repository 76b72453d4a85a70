"""Multi-task learning: gradients, weights and labels against independent references."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
import torch
from poison import content

from workbench.chapters.multitask import by_hand, claims, evaluation, lesson, members
from workbench.chapters.multitask.knobs import TASKS, Settings
from workbench.chapters.multitask.problem import LOOPS, few_labelled, problem, shuffle
from workbench.data import DataError
from workbench.science import nets

FEW_STEPS = {"steps": 100, "repeats": 2, "curve": False}


def batch(net, rows=6, inputs=64, labels=3, seed=0):
    g = torch.Generator().manual_seed(seed)
    count = len(net.members)
    x = torch.rand(count, rows, inputs, generator=g)
    return x, torch.randint(0, labels, (count, rows), generator=g)


def networks(**knobs):
    run = Settings(**(FEW_STEPS | {"cap": 3.0} | knobs))
    net = lesson.Networks(members.all_members([run]), (64, 5, 3), "cpu")
    lesson.Adams(net)
    with torch.no_grad():
        net.s.copy_(torch.randn(net.s.shape, generator=torch.Generator().manual_seed(1)))
    return net


@pytest.mark.parametrize("knobs", [{}, {"weights": "learnt"}, {"weight": 3.0}])
def test_the_gradient_by_hand_is_that_of_autograd(knobs):
    net = networks(**knobs)
    few, many = batch(net, 4, labels=5), batch(net, 7, seed=1)
    fixed = torch.rand(len(net.members), 2)
    nets.autograd(lesson.loss)(net, few, many, fixed)
    expected = [p.grad.clone() for p in net.parameters()]
    by_hand.gradient(net, few, many, fixed)
    for parameter, reference in zip(net.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, reference, atol=1e-6, rtol=1e-4)


def test_the_loss_is_the_weighted_sum_of_two_cross_entropies():
    net = networks()
    few, many = batch(net, 4, labels=5), batch(net, 7, seed=1)
    fixed = torch.tensor([[2.0, 0.5]]).expand(len(net.members), 2)
    for m, value in enumerate(lesson.loss(net, few, many, fixed).tolist()):
        parts = []
        for head, (x, y) in ((net.main, few), (net.other, many)):
            h = x[m].double()
            for w, b in zip(net.trunk.weights, net.trunk.biases, strict=True):
                h = (h @ w[m].double() + b[m].double()).clamp_min(0)
            logits = h @ head.weights[0][m].double() + head.biases[0][m].double()
            parts.append(torch.nn.functional.cross_entropy(logits, y[m]).item())
        assert value == pytest.approx(2 * parts[0] + 0.5 * parts[1], rel=1e-5)


def test_a_learnt_weight_ends_at_one_over_twice_the_loss_or_at_the_cap():
    """The minimum over s of e^-s L + s / 2."""
    for loss, cap, end in ((0.25, 10.0, 2.0), (1.0, 10.0, 0.5), (1e-3, 30.0, 30.0)):
        s = np.linspace(-np.log(cap), 5, 200_001)
        assert np.exp(-s[(np.exp(-s) * loss + s / 2).argmin()]) == pytest.approx(end, rel=1e-3)
    run = Settings(weights="learnt", cap=10.0, repeats=1, curve=False, steps=400)
    *_, (_, _, weights) = by_hand.fit([run], problem(run))
    together = weights[members.all_members([run]).index(members.comparison(run)["together"][0])]
    assert together[0] == pytest.approx(10, rel=1e-3) and together[1] > 1


# --- limits, and what must not be seen


def trained(run, data, spoil=None):
    """The weights of all networks at the end; `spoil()` is called after the first step."""
    states = by_hand.fit([run], data)
    _, net, _ = next(states)
    if spoil:
        spoil()
    deque(states, maxlen=0)
    return net


def test_weight_0_is_the_main_task_alone_to_the_bit():
    run = Settings(weight=0.0, **FEW_STEPS)
    clean = problem(run)
    spoilt = replace(clean, y_other=(clean.y_other + 1) % 3, x_other=1 - clean.x_other)
    one, other = (trained(run, data) for data in (clean, spoilt))
    for part in ("trunk", "main"):
        pairs = zip(getattr(one, part).parameters(), getattr(other, part).parameters(), strict=True)
        assert all(content(a) == content(b) for a, b in pairs)
    lines = members.comparison(run)
    assert [m.weight for m in lines["alone"] + lines["together"]] == [0.0] * 4


def test_labels_of_the_main_task_that_nobody_has_are_not_seen():
    run = Settings(**FEW_STEPS)
    stack = members.all_members([run])
    data = problem(run)
    rows = [
        few_labelled(data.y, run.labels, g) for g in nets.generators([m.seed + 3000 for m in stack])
    ]
    hidden = torch.ones(len(data.y), dtype=torch.bool)
    hidden[torch.cat(rows)] = False
    own = replace(data, y=data.y.clone())

    def spoil():
        own.y[hidden] = (own.y[hidden] + 1) % 10

    clean, spoilt = trained(run, data), trained(run, own, spoil)
    pairs = zip(clean.parameters(), spoilt.parameters(), strict=True)
    assert hidden.sum() > 1000 and all(content(a) == content(b) for a, b in pairs)


def test_in_transfer_the_main_task_waits_for_the_other():
    run = Settings(kind="transfer", **FEW_STEPS)
    data, heads = problem(run), {}
    for step, net, weights in by_hand.fit([run], data):
        heads[step] = net.main.weights[0].detach().clone()
        assert weights[-1].tolist() == ([0, 1] if step <= 50 else [1, 0])
    assert (heads[1] == heads[50]).all() and not (heads[50] == heads[100]).all()


def test_a_network_is_the_same_in_any_company():
    run = Settings(**FEW_STEPS)
    more = [run, run.replace(weight=3.0), run.replace(seed=5)]
    alone = trained(run, problem(run))
    *_, (_, company, _) = by_hand.fit(more, problem(run))
    for m, member in enumerate(alone.members):
        place = company.members.index(member)
        pairs = zip(alone.parameters(), company.parameters(), strict=True)
        assert all(content(a[m]) == content(b[place]) for a, b in pairs)


# --- labels


def test_labels_of_the_main_task_are_the_same_number_of_each_class():
    y = torch.arange(200) % 10
    for count, each in ((20, {2}), (50, {5}), (25, {2, 3})):
        rows = few_labelled(y, count, torch.Generator().manual_seed(3))
        assert len(rows.unique()) == count and set(torch.bincount(y[rows]).tolist()) == each


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_shuffled_labels_are_the_same_labels_elsewhere(share):
    y = torch.randint(0, 5, (1000,), generator=torch.Generator().manual_seed(0))
    after = shuffle(y, share, torch.Generator().manual_seed(1))
    assert torch.bincount(after).tolist() == torch.bincount(y).tolist()
    assert (after != y).float().mean().item() == pytest.approx(0.8 * share, abs=0.05)


@pytest.mark.parametrize("task", TASKS)
def test_the_other_tasks_are_what_they_are_called(task):
    data = problem(Settings(task=task))
    y, other = data.y.numpy(), data.y_other.numpy()
    assert other.max() < len(data.other_names)
    expected = {
        "loops": lambda: np.array(LOOPS)[y],
        "at least half": lambda: y >= 5,
        "parity": lambda: y % 2 == 1,
        "ink": lambda: data.x.mean(1).numpy() > np.median(data.x.mean(1).numpy()),
    }
    if task in expected:
        assert (other == expected[task]()).all()
    if task == "rotation":
        pictures, turned = (x.view(-1, 8, 8).numpy() for x in (data.x, data.x_other))
        for i in range(50):
            assert (turned[i] == np.rot90(pictures[i], other[i])).all()
    if task == "random":
        assert abs(np.corrcoef(other, y)[0, 1]) < 0.1 and len(np.unique(other)) == 10


def test_the_classes_of_another_set_are_brought_to_this_size():
    data = problem(Settings(kind="transfer", source="sprites"))
    assert data.x_other.shape[1] == 64 and 0 <= data.x_other.min() <= data.x_other.max() <= 1
    assert len(data.other_names) == int(data.y_other.max()) + 1


def test_the_cosine_is_1_between_a_task_and_itself():
    run = Settings(task="random", **FEW_STEPS)
    data = problem(run)
    same = replace(data, x_other=data.x, y_other=data.y, other_names=data.names)
    net = lesson.Networks(members.all_members([run]), (64, 10, 10), "cpu")
    with torch.no_grad():
        for mine, other in zip(net.main.parameters(), net.other.parameters(), strict=True):
            other.copy_(mine)
    assert evaluation.cosine(net, same, 0) == pytest.approx(1, abs=1e-5)


def test_pictures_of_one_class_are_refused(tmp_path):
    x = np.random.default_rng(0).random((30, 4, 4))
    np.savez(tmp_path / "one.npz", x=x, y=np.zeros(30, int))
    with pytest.raises(DataError, match="one class only"):
        problem(Settings(data=str(tmp_path / "one.npz")))


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_for_one_seed(claim):
    holds, measured = claim.measure(0)
    assert holds, measured


@pytest.mark.slow
@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_over_more_seeds(claim):
    results = [claim.measure(seed) for seed in range(1, 5)]
    assert all(holds for holds, _ in results), results


def test_gains_in_points_are_not_written_as_shares():
    from workbench.chapters.multitask.frames import train
    from workbench.core.frames import last_frames
    from workbench.core.quantity import is_share

    (frame,) = last_frames(train([Settings(steps=100, repeats=2)]))
    drawn = [frame.pictures[name] for name in ("relatedness", "classes")]
    assert not any(is_share(picture.y_label) for picture in drawn)
