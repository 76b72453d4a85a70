"""Label models against independent references: brute force, a slow loop, a closed form, snorkel."""

from itertools import product

import numpy as np
import pytest

from workbench.chapters.labelling import label_models as models
from workbench.chapters.labelling import lesson
from workbench.chapters.labelling.evaluate import SILENT
from workbench.chapters.labelling.items import open_course
from workbench.chapters.labelling.knobs import Settings

CLASSES = 3


def draw(n=5, m=4, k=CLASSES, seed=0):
    rng = np.random.default_rng(seed)
    votes = rng.integers(0, k, (n, m))
    votes[rng.random((n, m)) < 0.3] = SILENT
    return votes, rng.uniform(0.4, 0.95, m)


def by_brute_force(votes, accuracies, k):
    """The posterior of five items, summed over all k^5 assignments of classes."""
    n, m = votes.shape
    q = np.zeros((n, k))
    for classes in product(range(k), repeat=n):
        p = 1.0
        for i, j in product(range(n), range(m)):
            if votes[i, j] != SILENT:
                right = votes[i, j] == classes[i]
                p *= accuracies[j] if right else (1 - accuracies[j]) / (k - 1)
        for i, c in enumerate(classes):
            q[i, c] += p
    return q / q.sum(1, keepdims=True)


def test_the_posterior_is_that_of_all_assignments():
    votes, accuracies = draw()
    expected = by_brute_force(votes, accuracies, CLASSES)
    np.testing.assert_allclose(models.posterior(votes, accuracies, CLASSES), expected, atol=1e-12)


def dawid_skene_step(votes, q):
    """One M- and one E-step of Dawid & Skene 1979, letter by letter."""
    n, k = q.shape
    m = votes.shape[1]
    prior = [(sum(q[i, c] for i in range(n)) + 1) / (n + k) for c in range(k)]
    table = np.zeros((m, k, k + 1))
    for j, c in product(range(m), range(k)):
        for answer in range(k + 1):
            own = [q[i, c] for i in range(n) if votes[i, j] % (k + 1) == answer]  # -1 is k
            table[j, c, answer] = 1 + sum(own)
        table[j, c] /= sum(table[j, c])
    after = np.zeros((n, k))
    for i, c in product(range(n), range(k)):
        after[i, c] = prior[c]
        for j in range(m):
            after[i, c] *= table[j, c, votes[i, j] % (k + 1)]
        if c == k - 1:
            after[i] /= sum(after[i])
    return table, np.array(prior), after


def test_class_conditional_em_is_dawid_and_skene():
    votes, _ = draw(40, 5)
    q = models.majority(votes, CLASSES)
    for _ in range(6):
        confusion, prior = models.confusions(votes, q)
        table, shares, after = dawid_skene_step(votes, q)
        np.testing.assert_allclose(confusion, table, atol=1e-12)
        np.testing.assert_allclose(prior, shares, atol=1e-12)
        q = models.posterior_of_confusions(votes, confusion, prior)
        np.testing.assert_allclose(q, after, atol=1e-12)


def all_patterns(accuracies, k, copies=10_000):
    """Votes in exactly the proportions that independent functions of these accuracies have."""
    rows = []
    m = len(accuracies)
    for truth, pattern in product(range(k), product(range(k), repeat=m)):
        p = np.prod(
            [
                a if v == truth else (1 - a) / (k - 1)
                for a, v in zip(accuracies, pattern, strict=True)
            ]
        )
        rows += [pattern] * round(p * copies)
    return np.array(rows)


@pytest.mark.parametrize("k", [2, 3])
def test_triplets_find_accuracies_in_closed_form(k):
    accuracies = (0.9, 0.8, 0.7)
    votes = all_patterns(accuracies, k)
    np.testing.assert_allclose(models.triplet(votes, k), accuracies, atol=2e-3)
    m12, m13, m23 = (models.agreements(votes, k)[pair] for pair in ((0, 1), (0, 2), (1, 2)))
    u = (k * np.array(accuracies) - 1) / (k - 1)
    np.testing.assert_allclose((m12, m13, m23), (u[0] * u[1], u[0] * u[2], u[1] * u[2]), atol=5e-3)


def test_em_stays_at_the_truth_and_climbs_the_likelihood():
    accuracies = np.array([0.9, 0.8, 0.7, 0.6])
    votes = all_patterns(accuracies, 2)
    again = models.expected_accuracies(votes, models.posterior(votes, accuracies, 2), 0.0, 0.75)
    np.testing.assert_allclose(again, accuracies, atol=2e-3)
    a, seen = np.full(4, 0.7), []
    for _ in range(30):
        seen.append(log_likelihood(votes, a))
        a = models.expected_accuracies(votes, models.posterior(votes, a, 2), 0.0, 0.75)
    assert (np.diff(seen) > -1e-9).all() and seen[-1] > seen[0]


def log_likelihood(votes, a):
    joint = [np.prod(np.where(votes == c, a, 1 - a), axis=1) / 2 for c in (0, 1)]
    return np.log(sum(joint)).mean()


# --- limits


@pytest.mark.parametrize("k", [2, 3])
def test_equal_accuracies_are_the_majority(k):
    votes, _ = draw(300, 5, k)
    voted = (votes != SILENT).any(1)
    q, vote = (
        f[voted] for f in (models.posterior(votes, np.full(5, 0.7), k), models.majority(votes, k))
    )
    best, first = (p >= p.max(1, keepdims=True) - 1e-9 for p in (q, vote))
    assert (best == first).all()


def test_an_item_without_votes_has_the_prior():
    votes = np.array([[SILENT] * 3, [0, 1, 1]])
    np.testing.assert_allclose(models.posterior(votes, np.array([0.9, 0.8, 0.7]), 2)[0], 0.5)
    np.testing.assert_allclose(models.majority(votes, 2)[0], 0.5)


def test_a_strong_prior_is_believed_and_none_is_counting():
    votes, _ = draw(200, 3)
    q = models.majority(votes, CLASSES)
    strong = models.expected_accuracies(votes, q, 1e9, 0.75)
    np.testing.assert_allclose(strong, 0.75, atol=1e-6)
    given = votes != SILENT
    counted = [np.mean([q[i, votes[i, j]] for i in np.flatnonzero(given[:, j])]) for j in range(3)]
    np.testing.assert_allclose(models.expected_accuracies(votes, q, 0.0, 0.75), counted)


def test_functions_that_never_vote_or_never_meet_do_no_harm():
    votes = np.full((20, 4), SILENT)
    votes[:10, 0], votes[10:, 1] = 0, 1  # they never meet
    votes[:, 2] = 0
    for answer in (
        models.triplet(votes, 2),
        models.expected_accuracies(votes, models.majority(votes, 2), 0.0, 0.75),
    ):
        assert np.isfinite(answer).all() and (answer > 0).all() and (answer < 1).all()


def test_the_lesson_is_its_steps_written_out():
    run = Settings(steps=20)
    course = open_course(run)
    *_, (step, beliefs) = lesson.fit([run], course)
    a = np.full(course.votes.shape[1], lesson.BEGIN)
    for _ in range(20):
        p = models.posterior(course.votes, a, 2)
        a = models.expected_accuracies(course.votes, p, run.prior, lesson.BELIEVED)
    np.testing.assert_array_equal(beliefs["em"].accuracies, a)
    assert step == 20 and set(beliefs) == {"majority", "triplet", "em", "confusion"}


# --- the library


def test_snorkel_finds_the_same_on_drawn_votes():
    pytest.importorskip("snorkel", reason="snorkel is not installed (pip install snorkel)")
    from workbench.chapters.labelling.snorkel_model import by_snorkel

    run = Settings(items="votes", prior=0, count=2000, voters="all quite good")
    course = open_course(run)
    *_, (_, beliefs) = lesson.fit([run], course)
    truth = course.train.truth
    theirs = by_snorkel(course.votes, 2, seed=0)
    ours = beliefs["em"].posterior
    right = [float((q.argmax(1) == truth).mean()) for q in (ours, theirs.posterior)]
    assert abs(right[0] - right[1]) < 0.02
    np.testing.assert_allclose(theirs.accuracies, beliefs["em"].accuracies, atol=0.1)
