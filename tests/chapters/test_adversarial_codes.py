"""Codes with an adversary: equations, gradients, the square of four, labels and claims."""

import math
import re
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from poison import trace
from scipy.stats import kstest, norm
from sklearn.cluster import KMeans
from torch.nn import functional as F

from workbench import data as sets
from workbench.chapters import find
from workbench.chapters.adversarial_codes import (
    by_hand,
    catgan,
    certainty,
    claims,
    evaluation,
    frames,
    infogan,
    labels,
    lesson,
)
from workbench.chapters.adversarial_codes.knobs import Settings, all_members, comparison, positions
from workbench.core.frames import Diverged, last_frames
from workbench.science.tensors import resident

LESSONS = {
    "denoising": (lesson, by_hand.denoising),
    "infogan": (infogan, by_hand.info),
    "catgan": (catgan, by_hand.cat),
}


# --- gradients


@pytest.mark.parametrize("more", [{}, {"labels": 0}, {"r1": 0}], ids=str)
@pytest.mark.parametrize("kind", LESSONS)
def test_the_gradient_by_hand_is_that_of_autograd(kind, more):
    module, hand = LESSONS[kind]
    run = Settings(kind=kind, steps=100, **more)
    if more and not run.matters(next(iter(more))):
        pytest.skip("does not matter here")
    auto, compared = module.autograd(), []

    def both(net, *batch):
        auto(net, *batch)
        expected = [p.grad.clone() for p in net.parameters()]
        hand(net, *batch)
        for p, grad in zip(net.parameters(), expected, strict=True):
            # single precision through some ten layers of products
            compared.append(float((p.grad - grad).abs().max() / (grad.abs().max() + 1e-9)))

    for step, _ in module.fit([run], resident("digits"), gradient=both):
        if step == 12:
            break
    assert len(compared) > 100 and max(compared) < 1e-3


# --- InfoGAN


def exact_information(joint):
    """I(c; x) in nats of a table of probabilities [c, x]."""
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    held = joint > 0
    return float((joint[held] * np.log(joint[held] / apart[held])).sum())


def bound_of(joint, q):
    """`category_bound` when every pair (c, x) comes as often as the table says, in 60ths."""
    counts = np.rint(60 * joint).astype(int)
    c, x = (np.repeat(places.ravel(), counts.ravel()) for places in np.indices(joint.shape))
    read = torch.from_numpy(np.log(np.maximum(q[:, x].T, 1e-30)))[None]
    category = F.one_hot(torch.from_numpy(c), len(joint)).double()[None]
    return infogan.category_bound(read, category).item()


def test_the_bound_is_the_information_where_q_is_the_posterior_and_below_it_elsewhere():
    joint = np.array([[10, 6, 4, 0], [2, 8, 4, 6], [0, 0, 5, 15]]) / 60  # p(c) = 1/3 each
    exact = exact_information(joint)
    posterior = joint / joint.sum(0)
    assert bound_of(joint, posterior) == pytest.approx(exact, abs=1e-6)
    rng = np.random.default_rng(0)
    for _ in range(20):
        other = rng.dirichlet(np.ones(3), 4).T
        assert bound_of(joint, other) < exact
    blind = np.full((3, 4), 1 / 3)
    assert bound_of(joint, blind) == pytest.approx(0, abs=1e-6)


def test_a_category_that_is_read_for_certain_carries_log_k():
    category = torch.eye(10)[None]
    assert infogan.category_bound(100 * category, category).item() == pytest.approx(math.log(10))


def test_the_bound_of_the_styles_is_a_gaussian_likelihood_and_their_entropy():
    rng = np.random.default_rng(0)
    styles, guess = rng.uniform(-1, 1, (1, 50, 2)), rng.uniform(-1, 1, (1, 50, 2))
    read = torch.from_numpy(np.concatenate([np.zeros((1, 50, 10)), guess], -1))
    log_q = norm.logpdf(styles, guess, infogan.SPREAD).sum(-1).mean()
    expected = log_q + 2 * math.log(2)
    assert infogan.style_bound(read, torch.from_numpy(styles)).item() == pytest.approx(expected)


def test_categories_and_styles_are_drawn_evenly():
    stack = all_members([Settings(kind="infogan")])
    code = next(infogan.make_codes(stack, 5000, 10, "cpu"))
    # five standard errors of a share of 0.1, and of the mean of numbers between -1 and 1
    assert code.category.mean(1).numpy() == pytest.approx(0.1, abs=5 * (0.09 / 5000) ** 0.5)
    assert code.styles.mean(1).numpy() == pytest.approx(0, abs=5 * (1 / 3 / 5000) ** 0.5)
    assert code.styles.abs().max() <= 1 and (code.category.sum(-1) == 1).all()


# --- CatGAN


def entropies_by_loops(p):
    """E H[p] and H[E p] of answers p [n, K]."""
    single = np.mean([-sum(q * math.log(q) for q in row) for row in p])
    mean = p.mean(0)
    return single, -sum(q * math.log(q) for q in mean)


def test_the_entropies_agree_with_loops_and_know_their_limits():
    logits = np.random.default_rng(0).standard_normal((1, 30, 5)) * 2
    p = np.exp(logits[0]) / np.exp(logits[0]).sum(1, keepdims=True)
    single, marginal = entropies_by_loops(p)
    given = torch.from_numpy(logits)
    assert catgan.mean_entropy(given).item() == pytest.approx(single)
    assert catgan.marginal_entropy(given).item() == pytest.approx(marginal)
    sure = 200 * torch.eye(5)[None]  # each answer certain, all categories alike
    assert catgan.mean_entropy(sure).item() == pytest.approx(0, abs=1e-6)
    assert catgan.marginal_entropy(sure).item() == pytest.approx(math.log(5), abs=1e-6)
    guess = torch.zeros(1, 30, 5)
    assert catgan.mean_entropy(guess).item() == pytest.approx(math.log(5))


def test_without_entropies_catgan_is_a_plain_classifier():
    run, images = Settings(kind="catgan", steps=100), resident("digits")
    stack = [comparison(run)["labels"]]
    given = labels.give_labels(run, stack, images)
    net = catgan.Players(stack, images.pixels, 10, "cpu")
    batch = next(catgan.make_batches(stack, images, given, "cpu"))
    noisy = batch.given + batch.blur[:, 200:]
    plain = F.cross_entropy(net.classifier(noisy)[0], batch.t[0])
    assert catgan.judge_loss(net, batch).item() == pytest.approx(plain.item(), rel=1e-6)


@pytest.mark.parametrize("count", [1, 2, 20])
def test_as_many_pictures_of_each_class_have_a_label_as_the_knob_says(count):
    run, images = Settings(kind="catgan", labels=count), resident("digits")
    stack = all_members([run, run.replace(seed=1)])
    given = labels.give_labels(run, stack, images)
    y = torch.from_numpy(np.array(images.images.y_train))
    for member, rows, told in zip(stack, given.rows, given.y, strict=True):
        assert (y[rows] == told).all() and len(rows.unique()) == 10 * count
        assert (told.bincount() == count).all()
        same = given.rows[[other.seed == member.seed for other in stack]]
        assert (same == rows).all()  # all roles of a seed know the same labels


def test_without_labels_catgan_does_not_look_at_them():
    clean, spoilt = (
        trace("adversarial-codes", part, whole=False, kind="catgan", labels=0, steps=100)
        for part in (None, "labels")
    )
    assert spoilt.early == clean.early
    by_labels = {"acc", "purity", "alone_acc", "alone_purity", "kmeans_acc"}
    assert spoilt.moved(clean) == by_labels
    told = [
        trace("adversarial-codes", part, whole=False, kind="catgan", labels=2, steps=100).early
        for part in (None, "labels")
    ]
    assert told[0] != told[1]


def test_purity_gives_each_category_the_name_of_its_commonest_class():
    categories, y = torch.tensor([0, 0, 1, 1, 2, 2]), torch.tensor([0, 0, 0, 0, 1, 0])
    measured = certainty.agree(categories, y, named=False)
    assert measured == {"acc": pytest.approx(3 / 6), "purity": pytest.approx(5 / 6)}
    named = certainty.agree(categories, y, named=True)
    assert named["acc"] == pytest.approx(2 / 6)


def test_a_classifier_that_says_the_same_of_all_uses_all_and_is_as_unsure_as_can_be():
    data, run = resident("digits"), Settings(kind="catgan", steps=100)
    _, net = next(catgan.fit([run], data))
    with torch.no_grad():
        for p in net.classifier.parameters():
            p.zero_()
    found = certainty.evaluate(net.only(0), run, data, evaluation.yardstick(data, False)).numbers
    assert [found[name] for name in ("used", "unsure", "unsure_fake")] == pytest.approx([1, 1, 1])


# --- the square


def test_the_corners_differ_from_the_run_in_noise_and_adversary_alone():
    run = Settings(noise=0.25, adversary=0.3, seed=4)
    corners = comparison(run)
    pairs = {role: (member.noise, member.adversary) for role, member in corners.items()}
    assert pairs == {
        "own": (0.25, 0.3),
        "no_noise": (0, 0.3),
        "no_adversary": (0.25, 0),
        "plain": (0, 0),
    }
    assert {member.seed for member in corners.values()} == {4}
    stack = all_members([run, run.replace(noise=0.6)])
    assert len(stack) == 6  # the corners without noise are trained once for both
    assert positions(stack, run)["no_noise"] == positions(stack, run.replace(noise=0.6))["no_noise"]


def test_without_an_adversary_the_critic_moves_no_code():
    run, images = Settings(adversary=0, noise=0, steps=100), resident("digits")
    stack = all_members([run])
    assert len(stack) == 1
    net = lesson.Autoencoder(stack, images.pixels, 8, "cpu")
    x = images.train[None, :20]
    before = lesson.loss(net, x, x).item()
    for weight in net.critic.weights:
        weight.data.mul_(5)
    assert lesson.loss(net, x, x).item() == before
    logits = net.decoder(net.encoder(x))
    assert before == pytest.approx(F.binary_cross_entropy_with_logits(logits, x).item(), rel=1e-5)


def test_the_gap_to_the_prior_is_kolmogorovs_and_smirnovs():
    codes = np.random.default_rng(0).standard_normal((200, 3)) * [1, 2, 0.5] + [0, 0, 1]
    expected = np.mean([kstest(column, "norm").statistic for column in codes.T])
    assert evaluation.kolmogorov_smirnov(torch.from_numpy(codes)) == pytest.approx(expected)


# --- one's own pictures, and what goes wrong


@pytest.mark.parametrize("kind", LESSONS)
def test_few_pictures_train_and_are_told_of(kind, tmp_path):
    np.savez(tmp_path / "own.npz", x=np.random.default_rng(0).random((25, 4, 4)))
    run = Settings(kind=kind, steps=100, data=str(tmp_path / "own.npz"))
    (last,) = last_frames(frames.train([run]))
    assert all(map(math.isfinite, last.scalars.values()))
    assert re.search(r"Only \d+ pictures: give 64 or more", last.note)


def test_a_remark_names_colours_and_nothing_else():
    images = sets.load("digits")
    assert evaluation.remark(resident("digits")) == ""
    colour = np.repeat(images.x_train[..., None], 3, -1)
    in_colour = replace(resident("digits"), images=replace(images, x_train=colour))
    assert evaluation.remark(in_colour) == "Colours are trained as grey."


@pytest.mark.parametrize("kind", LESSONS)
def test_pictures_that_are_all_alike_are_refused(kind, tmp_path):
    x = np.random.default_rng(0).random((1, 4, 4))
    np.savez(tmp_path / "own.npz", x=np.repeat(x, 70, 0))
    with pytest.raises(sets.DataError, match="alike"):
        next(frames.train([Settings(kind=kind, steps=100, data=str(tmp_path / "own.npz"))]))


@pytest.mark.parametrize("kind", LESSONS)
def test_a_run_that_diverges_says_where_and_what_to_lower(kind):
    def breaks(runs, images, device="cpu", fit=frames.FITS[kind]):
        for step, net in fit(runs, images, device):
            if step == 5:
                net.parameters()[0].data.fill_(math.nan)
            yield step, net

    with pytest.raises(Diverged, match=r"step [5-9] .*Lower the learning rate, or"):
        last_frames(frames.train([Settings(kind=kind, steps=100)], fit=breaks))


def test_a_reader_can_exchange_the_loss():
    def without_marginal(net, batch):
        return catgan.judge_loss(net, batch) + net.certain.flatten() * catgan.marginal_entropy(
            net.classifier(batch.x + batch.blur[:, : batch.x.shape[1]])
        )

    runs = [Settings(kind="catgan", steps=100, labels=0, seed=seed) for seed in range(3)]
    mine, x = partial(catgan.fit, loss=without_marginal), resident("digits").test[None]
    used = []
    for fit in (catgan.fit, mine):
        *_, (_, net) = fit(runs, resident("digits"))
        places = [positions(net.stack, run)["own"] for run in runs]
        answers = [net.only(place).classifier(x) for place in places]
        used.append(np.mean([catgan.marginal_entropy(each).item() for each in answers]))
    # nobody asks for all categories; a single seed may use them all the same
    assert used[1] < used[0] - 0.3 * math.log(10)
    first = next(frames.train(runs[:1], fit=mine))[0]
    assert first.scalars["used"] > 0


# --- claims


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_for_one_seed_of_codes(claim):
    holds, measured = claim.measure(0)
    assert holds, measured


@pytest.mark.slow
@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_the_claims_hold_for_more_seeds_of_codes(claim):
    results = [claim.measure(seed) for seed in range(1, 15)]
    assert all(holds for holds, _ in results), results


def test_k_means_gets_the_three_quarters_that_a_task_names():
    assert evaluation.kmeans_accuracy(resident("digits"), 10) == pytest.approx(0.75, abs=0.05)


def test_k_means_finds_what_scikit_learns_does():
    x = resident("digits").train[: evaluation.CLUSTERED]
    error, centres = min(
        (evaluation.fit_kmeans(x, 10, evaluation.fixed(seed)) for seed in range(10)),
        key=lambda start: start[0],
    )
    theirs = KMeans(10, n_init=10, random_state=0).fit(x.numpy())
    assert error == pytest.approx(theirs.inertia_, rel=0.005)  # the best of ten starts
    assert len(centres) == 10
    same, _ = evaluation.fit_kmeans(x[:1].repeat(30, 1), 3, evaluation.fixed(0))
    assert same == pytest.approx(0, abs=1e-3)  # two clusters without a row


@pytest.mark.parametrize("kind", LESSONS)
def test_the_first_frame_does_not_wait_for_scikit_learn(kind, monkeypatch):
    """Its import takes a second of CPU, where a first frame is to come within half a second."""
    evaluation.kmeans_accuracy.cache_clear()
    for name in ("sklearn", "sklearn.cluster", "sklearn.metrics", "scipy.stats"):
        monkeypatch.setitem(sys.modules, name, None)
    (first,) = next(frames.train([Settings(kind=kind, steps=100)]))
    assert kind == "denoising" or first.scalars["kmeans_acc"] > 0.7


def test_the_chapter_shows_the_lesson_of_its_kind():
    chapter = find("adversarial-codes")
    shown = [chapter.fit(Settings(kind=kind)) for kind in LESSONS]
    assert shown == [module.fit for module, _ in LESSONS.values()]
