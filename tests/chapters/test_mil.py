"""Chapter mil: what attention learns, what it is measured by, and its claims."""

import numpy as np
import pytest
import torch

from workbench.chapters.mil import CHAPTER, lesson, pictures
from workbench.chapters.mil import bags as bagtask
from workbench.chapters.mil.claims import finals
from workbench.chapters.mil.knobs import Settings
from workbench.chapters.mil.pooling import KINDS
from workbench.science import metrics


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
    torch.testing.assert_close(pictures.entropy(weights, mask), torch.tensor([0.0, 1.0, 0.0]))


# --- the trained network


@pytest.fixture(scope="module")
def trained():
    """The last step of a run with attention and one of each other pooling, side by side."""
    runs = [Settings(pooling=kind, steps=150) for kind in KINDS]
    ((_, model, x, tasks, _),) = lesson.fit(runs, "cpu", {150})
    return runs, model, x, tasks


def test_padding_and_order_change_no_answer(trained):
    runs, model, x, tasks = trained
    bags = [work.test.take(np.arange(32)) for work in tasks]
    turn = np.random.default_rng(0).permutation(bags[0].mask.shape[1] + 5)

    def turned(part, pad):
        wide = np.pad(part, ((0, 0), (0, 5)), constant_values=pad)
        return wide[:, turn]

    others = [b._replace(items=turned(b.items, 7), mask=turned(b.mask, False)) for b in bags]
    for a, b in zip(pictures.look(model, x, bags), pictures.look(model, x, others), strict=True):
        np.testing.assert_allclose(a.p, b.p, atol=1e-6)


def test_taking_an_instance_out_is_a_bag_without_it(trained):
    runs, model, x, tasks = trained
    for r, work in enumerate(tasks):
        bag, places = 3, np.array([1, 4])
        smaller = work.test.take(np.array([bag, bag]))
        smaller.mask[[0, 1], places] = False
        all_bags = [smaller] * len(tasks)
        found = pictures.without_one(model, r, x, work, bag, places)
        np.testing.assert_allclose(found, pictures.look(model, x, all_bags)[r].p, atol=1e-6)


def test_attention_names_the_instance_that_decides(trained):
    runs, model, x, tasks = trained
    r = [run.pooling for run in runs].index("attention")
    seen, test = pictures.look(model, x, [w.test for w in tasks])[r], tasks[r].test
    sure = np.flatnonzero(test.y & (seen.p > 0.9) & (test.truth.sum(1) == 1))[:20]
    falls = []
    for bag in sure:
        top = seen.weights[bag].argmax()
        falls.append(
            seen.p[bag] - pictures.without_one(model, r, x, tasks[r], bag, np.array([top]))[0]
        )
    assert len(sure) > 10 and np.mean(falls) > 0.5


def test_strips_frame_the_witnesses_and_dim_what_counts_little():
    work = bagtask.task(Settings())
    bag = int(np.flatnonzero(work.test.y)[0])
    weights = np.where(work.test.truth, 1.0, 0.01) * work.test.mask
    seen = pictures.Look(np.zeros(len(weights)), weights, np.zeros(len(weights)))
    tiles = pictures.strips(work, seen, np.array([bag]))[0]
    count = work.test.truth[bag].sum()
    edges = np.stack([tiles[:, 0], tiles[:, -1], tiles[:, :, 0], tiles[:, :, -1]])
    assert (edges[:, :count] == 1).all() and tiles[count:].max() <= 0.2
    assert (tiles[work.test.mask[bag].sum() :] == 0).all()


@pytest.mark.parametrize("encoder", ["perceptron", "convolutions"])
def test_a_step_follows_autograds_gradient_of_the_loss(encoder):
    kinds = ("attention", "gated", "max", "noisy-or")
    runs = [
        Settings(pooling=kind, encoder=encoder, bags=20, seed=seed)
        for kind in kinds
        for seed in (0, 1)
    ]
    tasks = [bagtask.task(run) for run in runs]
    x = torch.from_numpy(tasks[0].x)
    items, mask, y = lesson.stacked([work.train for work in tasks], "cpu")
    shape = tasks[0].shape if encoder == "convolutions" else None
    model = lesson.Network(x.shape[1], shape, runs, "cpu")
    plain = model.logits(model.embed(x[items]), mask)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(plain, y, reduction="none")
    wanted = torch.autograd.grad(loss.mean(1).sum(), model.parameters())
    for part in model.parameters():
        part.grad = torch.zeros_like(part)
    torch.testing.assert_close(model.learn(x[items], mask, y), plain.detach())
    for part, gradient in zip(model.parameters(), wanted, strict=True):
        torch.testing.assert_close(part.grad, gradient, atol=1e-6, rtol=1e-3)


# --- what it teaches


@pytest.mark.parametrize("seed", range(3))
def test_bags_of_30_attention_finds_and_mean_is_stuck(seed):
    ends = finals({}, {"pooling": "instance-mean"}, size=30, bags=200, seed=seed)
    attention, mean = ends
    assert attention["auc"] > 0.95 and attention["top_witness"] > 0.9
    assert mean["auc"] < 0.80


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("claim", CHAPTER.claims, ids=lambda claim: claim.id)
def test_claims_hold(claim, seed):
    holds, said = claim.measure(seed)
    assert holds, said


def test_mean_pooling_cannot_say_where():
    (end,) = finals({"pooling": "mean", "steps": 50})
    assert end["instance_auc"] == 0.5 and end["spread_positive"] == pytest.approx(1)


def test_few_bags_are_drawn_again_and_still_train(monkeypatch):
    sizes, learn = set(), lesson.Network.learn

    def watched(model, x, mask, y):
        sizes.add(y.shape[1])
        return learn(model, x, mask, y)

    monkeypatch.setattr(lesson.Network, "learn", watched)
    (end,) = finals({"bags": 10, "steps": 100})
    assert end["train_auc"] > 0.9 and sizes == {lesson.BATCH}


def test_convolutions_see_pictures_and_their_company_changes_nothing():
    knobs = {"encoder": "convolutions", "steps": 100, "bags": 20}
    both = finals({}, {"seed": 1}, **knobs)
    (alone,) = finals({"seed": 1}, **knobs)
    assert both[1] == alone and both[0]["train_auc"] > 0.95
    ((_, model, *_),) = lesson.fit([Settings(**knobs)], "cpu", {100})
    assert model.encoder.weights[0].shape[1:] == (8, 1, 3, 3)
