"""Chapter mil: what attention learns, what it is measured by, and its claims."""

from functools import partial

import numpy as np
import pytest
import torch

from workbench.chapters.mil import CHAPTER, by_hand, frames, lesson, pictures, tensors
from workbench.chapters.mil.bags import make_task, mislabel
from workbench.chapters.mil.claims import measure
from workbench.chapters.mil.evaluation import Answers, Member, entropy, evaluate
from workbench.chapters.mil.knobs import BATCH, KINDS, Settings
from workbench.science import metrics, nets


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


# --- measures


def test_auc_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(0)
    y, score = rng.random(60) < 0.4, rng.integers(0, 9, 60)
    pairs = score[y][:, None] - score[~y]
    assert metrics.auc(y, score) == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())
    assert metrics.auc(np.ones(3, bool), np.arange(3)) == 0.5


def test_auc_within_bags_is_the_mean_of_theirs():
    rng = np.random.default_rng(0)
    mask = np.arange(8) < rng.integers(3, 9, 20)[:, None]
    truth = mask & (rng.random(mask.shape) < 0.4)
    score = rng.integers(0, 5, mask.shape).astype(float)
    each = [
        metrics.auc(truth[b][mask[b]], score[b][mask[b]])
        for b in range(20)
        if truth[b].any() and (mask & ~truth)[b].any()
    ]
    assert metrics.auc_within(truth, score, mask) == pytest.approx(np.mean(each))
    scaled = score * np.arange(1, 21)[:, None]  # each bag in its own unit
    assert metrics.auc_within(truth, scaled, mask) == pytest.approx(np.mean(each))
    assert metrics.auc_within(np.zeros_like(mask), score, mask) == 0.5


def test_entropy_is_0_for_one_instance_and_1_for_all_alike():
    mask = torch.tensor([[True] * 4, [True, True, False, False], [True, False, False, False]])
    weights = torch.tensor([[0, 1.0, 0, 0], [0.3, 0.3, 0, 0], [0.9, 0, 0, 0]])
    torch.testing.assert_close(entropy(weights, mask), torch.tensor([0.0, 1.0, 0.0]))


# --- the trained network


def train_networks(runs):
    """The networks of these runs at their end, their tasks and the instances."""
    tasks = [make_task(run) for run in runs]
    data = tensors.load(tasks)
    *_, (_, network, _) = lesson.fit(runs, data, descend=by_hand.descend)
    return network, tasks, data.x


@pytest.fixture(scope="module")
def trained():
    """A run with attention and one of each other pooling, side by side."""
    return train_networks([Settings(pooling=kind, steps=150) for kind in KINDS])


def test_padding_and_order_change_no_answer(trained):
    network, tasks, x = trained
    bags = [task.test.take(np.arange(32)) for task in tasks]
    turn = np.random.default_rng(0).permutation(bags[0].mask.shape[1] + 5)

    def turned(part, pad):
        wide = np.pad(part, ((0, 0), (0, 5)), constant_values=pad)
        return wide[:, turn]

    others = [b._replace(items=turned(b.items, 7), mask=turned(b.mask, False)) for b in bags]
    pairs = zip(evaluate(network, x, bags), evaluate(network, x, others), strict=True)
    for answers, of_others in pairs:
        np.testing.assert_allclose(answers.p, of_others.p, atol=1e-6)


def test_taking_an_instance_out_is_a_bag_without_it(trained):
    network, tasks, x = trained
    for r, task in enumerate(tasks):
        bag, positions = 3, np.array([1, 4])
        smaller = task.test.take(np.array([bag, bag]))
        smaller.mask[[0, 1], positions] = False
        p = evaluate(network, x, [smaller] * len(tasks))[r].p
        without = Member(network, r, x).answer_without_one(task.test, bag, positions)
        np.testing.assert_allclose(without, p, atol=1e-6)


def test_attention_names_the_instance_that_decides(trained):
    network, tasks, x = trained
    r = network.kinds.index("attention")
    member, test = Member(network, r, x), tasks[r].test
    answers = evaluate(network, x, [task.test for task in tasks])[r]
    sure = np.flatnonzero(test.y & (answers.p > 0.9) & (test.truth.sum(1) == 1))[:20]
    falls = []
    for bag in sure:
        top = np.array([answers.weights[bag].argmax()])
        falls.append(answers.p[bag] - member.answer_without_one(test, bag, top)[0])
    assert len(sure) > 10 and np.mean(falls) > 0.5


def test_strips_frame_the_witnesses_and_dim_what_counts_little():
    task = make_task(Settings())
    bag = int(np.flatnonzero(task.test.y)[0])
    weights = np.where(task.test.truth, 1.0, 0.01) * task.test.mask
    answers = Answers(np.zeros(len(weights)), weights, np.zeros(len(weights)))
    tiles = pictures.strips(task, answers, np.array([bag]))[0]
    count = task.test.truth[bag].sum()
    edges = np.stack([tiles[:, 0], tiles[:, -1], tiles[:, :, 0], tiles[:, :, -1]])
    assert (edges[:, :count] == 1).all() and tiles[count:].max() <= 0.2
    assert (tiles[task.test.mask[bag].sum() :] == 0).all()


def test_a_frame_tells_how_many_bags_there_are_where_more_are_asked_for():
    task = make_task(Settings(bags=20))
    enough, fewer = (frames.note(Settings(bags=bags), task) for bags in (20, 200))
    assert enough == "50% of the training bags are positive"
    assert fewer == f"{enough}. It learns from 20 bags: there are no more"


# --- wrong labels of bags


def test_a_share_of_each_label_is_turned_round_and_nothing_else():
    right, wrong = (make_task(Settings(bags=50, positives=20, wrong=share)) for share in (0, 0.2))
    changed = right.train.y != wrong.train.y
    assert changed[right.train.y].sum() == 4 and changed[~right.train.y].sum() == 6
    for part in ("items", "mask", "truth"):
        assert np.array_equal(getattr(right.train, part), getattr(wrong.train, part))
    assert all(map(np.array_equal, right.test, wrong.test))


def test_other_seeds_turn_other_labels_round():
    first, second = (
        mislabel(np.arange(40) < 20, 0.2, np.random.default_rng(seed)) for seed in (0, 1)
    )
    assert first.sum() == second.sum() == 20 and (first != second).any()


@pytest.mark.parametrize("positives", [1, 2, 9])
def test_bags_of_both_labels_stay_whatever_is_wrong(positives):
    given = mislabel(np.arange(10) < positives, 0.4, np.random.default_rng(0))
    assert 0 < given.sum() < 10


# --- the loop


@pytest.mark.parametrize("encoder", ["perceptron", "convolutions"])
def test_a_step_follows_autograds_gradient_of_the_loss(encoder):
    kinds = ("attention", "gated", "max", "noisy-or")
    runs = [
        Settings(pooling=kind, encoder=encoder, bags=20, seed=seed)
        for kind in kinds
        for seed in (0, 1)
    ]
    data = tensors.load([make_task(run) for run in runs])
    items, mask, y = data.bags
    network = lesson.Network(runs, data, "cpu")
    for part in network.parameters():
        part.grad = torch.zeros_like(part)
    losses = nets.autograd(lesson.loss)(network, data.x[items], mask, y)
    wanted = [part.grad.clone() for part in network.parameters()]
    for part in network.parameters():
        part.grad.zero_()
    torch.testing.assert_close(by_hand.gradient(network, data.x[items], mask, y), losses)
    for part, gradient in zip(network.parameters(), wanted, strict=True):
        torch.testing.assert_close(part.grad, gradient, atol=1e-6, rtol=1e-3)


def test_runs_of_one_pooling_need_not_lie_side_by_side():
    runs = [Settings(pooling=kind, steps=50) for kind in ("max", "attention", "max")]
    network, tasks, x = train_networks(runs)
    first, other, last = evaluate(network, x, [task.test for task in tasks])
    assert len(network.groups) == 3
    assert (first.p == last.p).all() and (first.p != other.p).any()


def test_the_textbook_loop_gives_the_numbers_of_the_fast_one():
    runs = [Settings(steps=50), Settings(steps=50, pooling="max", seed=1)]
    fast, textbook = (list(frames.train(runs, fit=fit)) for fit in (None, lesson.fit))
    for ours, theirs in zip(fast[-1], textbook[-1], strict=True):
        assert ours.scalars == pytest.approx(theirs.scalars, abs=0.01)


def test_a_readers_loss_trains_the_same_network():
    """Without a single positive label nothing is positive."""

    def blind(network, x, mask, y):
        return lesson.loss(network, x, mask, torch.zeros_like(y))

    runs = [Settings(steps=50)]
    *_, (frame,) = frames.train(runs, fit=partial(lesson.fit, loss=blind))
    assert frame.pictures["removal"].values.max() < 0.1 and frame.scalars["loss"] < 0.1


# --- what it teaches


@pytest.mark.parametrize("seed", range(3))
def test_bags_of_30_attention_finds_and_mean_is_stuck(seed):
    ends = measure({}, {"pooling": "instance-mean"}, size=30, bags=200, seed=seed)
    attention, mean = ends
    assert attention["auc"] > 0.95 and attention["top_witness"] > 0.9
    assert mean["auc"] < 0.80


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("claim", CHAPTER.claims, ids=lambda claim: claim.id)
def test_claims_hold(claim, seed):
    holds, measured = claim.measure(seed)
    assert holds, measured


def test_mean_pooling_cannot_say_where():
    (end,) = measure({"pooling": "mean", "steps": 50})
    assert end["instance_auc"] == 0.5 and end["spread_positive"] == pytest.approx(1)


def test_few_bags_are_drawn_again_and_still_train():
    sizes = set()

    def loss(network, x, mask, y):
        sizes.add(y.shape[1])
        return lesson.loss(network, x, mask, y)

    (end,) = measure({"bags": 10, "steps": 100})
    runs = [Settings(bags=10, steps=50)]
    list(lesson.fit(runs, tensors.load([make_task(run) for run in runs]), loss=loss))
    assert end["train_auc"] > 0.9 and sizes == {BATCH}


def test_company_changes_nothing_for_convolutions():
    knobs = {"encoder": "convolutions", "steps": 100, "bags": 20}
    both = measure({}, {"seed": 1}, **knobs)
    (alone,) = measure({"seed": 1}, **knobs)
    assert both[1] == alone and both[0]["train_auc"] > 0.95
    run = Settings(**knobs)
    network = lesson.Network([run], tensors.load([make_task(run)]), "cpu")
    assert network.encoder.weights[0].shape[1:] == (8, 1, 3, 3)
