"""The stream, the rules and the estimators of RAD, each against a case made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from workbench.chapters.rad import estimators, lesson
from workbench.chapters.rad.knobs import ESTIMATORS
from workbench.chapters.rad.late import Expert
from workbench.chapters.rad.lesson import RULES, Learner, Models
from workbench.chapters.rad.stream import Batch, Noise, Plan, make_stream, mislabel
from workbench.chapters.rad.verdict import answer, keep, quality
from workbench.data import load


def says(*labels):
    """A model that predicts these labels, and fails a test that must not consult it."""
    return SimpleNamespace(predict=lambda x: np.array(labels), fit=lambda x, y: None)


class Untouched:
    def predict(self, x):
        raise AssertionError("this model must not be asked")

    fit = predict_proba = predict


def hand_made(given, truth=None):
    given = np.array(given)
    truth = given if truth is None else np.array(truth)
    return Batch(np.arange(len(given), dtype=float)[:, None], given, truth, np.arange(len(given)))


# --- noise


@pytest.mark.parametrize("count", [0, 1, 37, 100])
def test_wrong_labels_are_exactly_as_many_and_never_to_themselves(count):
    y = np.random.default_rng(0).integers(0, 3, 100)
    for seed in range(20):
        noisy = mislabel(y, count, 3, np.random.default_rng(seed))
        assert (noisy != y).sum() == count and set(noisy) <= {0, 1, 2}


def test_all_other_classes_are_equally_likely():
    y = np.full(30_000, 2)
    noisy = mislabel(y, len(y), 5, np.random.default_rng(0))
    counts = np.bincount(noisy, minlength=5)
    assert counts[2] == 0 and abs(counts[[0, 1, 3, 4]] / len(y) - 0.25).max() < 0.01


def test_more_noise_damages_the_same_samples_and_some_more():
    y = np.random.default_rng(0).integers(0, 10, 200)
    few, many = (mislabel(y, n, 10, np.random.default_rng(4)) for n in (30, 90))
    assert ((few != y) <= (many != y)).all() and (many[few != y] == few[few != y]).all()


def test_the_count_of_wrong_labels_is_clipped_and_spreads_as_asked():
    rng = np.random.default_rng(0)
    drawn = {
        noise: np.array([noise.count(400, rng) for _ in range(4000)])
        for noise in (Noise(0.1), Noise(0.1, 0.2, relative=False), Noise(1.0, 0.5), Noise(0.0))
    }
    relative, absolute, most, none = drawn.values()
    assert abs(relative.mean() - 39.5) < 0.5 and abs(relative.std() - 8) < 0.3  # 40 +/- 8
    assert abs(absolute.mean() / 400 - 0.1397) < 0.01  # clipping at 0 raises a nominal 10 %
    assert absolute.min() == 0 and most.max() == 400 and most.min() >= 0
    assert not none.any()
    assert Noise(0.3, 0.0).count(100, rng) == 30 and Noise(0.29, 0.0).count(100, rng) == 29


# --- the stream


def test_a_stream_is_clean_at_first_and_goes_through_the_source_once():
    x, y = np.arange(500.0)[:, None], np.arange(500) % 4
    first, *batches = make_stream(x, y, 4, Plan(80, 40, 10, Noise(0.3, 0.0), seed=1))
    assert len(first) == 80 and (first.given == first.truth).all()
    rows = np.concatenate([b.rows for b in (first, *batches)])
    assert len(rows) == len(set(rows)) == 480
    for batch in batches:
        assert (batch.given != batch.truth).sum() == 12
        assert (batch.x[:, 0] == batch.rows).all() and (batch.truth == y[batch.rows]).all()


def test_streams_of_other_noise_have_equal_samples_in_equal_order():
    x, y = np.arange(500.0)[:, None], np.arange(500) % 4
    few, many = (make_stream(x, y, 4, Plan(80, 40, 10, Noise(n), seed=1)) for n in (0.1, 0.5))
    assert all((a.rows == b.rows).all() for a, b in zip(few, many, strict=True))


@pytest.mark.parametrize("n, initial, sizes", [(48, 16, 3), (20, 6, 1), (6, 2, 1)])
def test_a_short_source_gives_smaller_batches_and_never_none(n, initial, sizes):
    x, y = np.zeros((n, 2)), np.arange(n) % 2
    first, *batches = make_stream(x, y, 2, Plan(100, 100, 10, Noise(0.5), seed=0))
    assert len(first) == initial and {len(b) for b in batches} == {sizes} and len(batches) == 10


# --- the rules


def test_voting_has_three_outcomes():
    #          L agrees  C backs the label  C sides with L  all differ
    batch = hand_made([0, 1, 1, 1])
    verdict = lesson.voting(batch, Models(says(0, 2, 2, 2), says(3, 1, 2, 0)))
    assert verdict.kept.tolist() == [True, True, True, False]
    assert verdict.labels.tolist()[:3] == [0, 1, 2]  # the agreed sample gets C's class
    assert verdict.relabelled.tolist() == [False, False, True, False]
    assert verdict.doubtful.tolist() == [3]


def test_rad_keeps_what_l_would_say_and_never_asks_c():
    verdict = lesson.rad(hand_made([0, 1, 2]), Models(says(0, 0, 2), Untouched()))
    assert verdict.kept.tolist() == [True, False, True] and not verdict.relabelled.any()


def test_slim_never_consults_l():
    verdict = lesson.slim(hand_made([0, 1, 2]), Models(Untouched(), says(0, 0, 2)))
    assert verdict.kept.tolist() == [True, False, True]
    made = []
    make_l = lambda: made.append("L") or Untouched()  # noqa: E731
    first = hand_made([0, 1, 2])
    learner = Learner(RULES["slim"], make_l, lambda: says(0, 0, 2), first, Expert(1))
    learner.meet(hand_made([0, 1, 2]))
    assert made == [] and learner.models.L is None


@pytest.mark.parametrize("rule, keeps", [("no_sel", [1, 1, 1]), ("opt_sel", [1, 0, 1])])
def test_baselines_look_at_no_model(rule, keeps):
    batch = hand_made([0, 1, 2], [0, 0, 2])
    verdict = RULES[rule].judge(batch, Models(Untouched(), Untouched()))
    assert verdict.kept.tolist() == [bool(k) for k in keeps]
    assert (verdict.labels == batch.given).all()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("budget", [0, 1, 3, 1000])
def test_the_budget_is_never_exceeded_and_never_wasted(rule, budget):
    rng = np.random.default_rng(0)
    batch = hand_made(rng.integers(0, 4, 50), rng.integers(0, 4, 50))
    models = [says(*rng.integers(0, 4, 50)) for _ in range(2)]
    learner = Learner(RULES[rule], lambda: models[0], lambda: models[1], batch, Expert(budget))
    doubtful = learner.judge(batch).doubtful
    asked = []
    verdict = learner.meet(batch, lambda b, rows: asked.append(rows) or b.truth[rows])
    limit = {"none": 0, "limited": budget, "all": 50}[RULES[rule].asks]
    assert len(verdict.asked) == learner.asked == min(limit, len(doubtful))
    assert sum(map(len, asked)) == learner.asked
    assert verdict.asked.tolist() == doubtful[:limit].tolist()


def test_an_answer_is_learnt_whatever_it_is():
    batch = hand_made([0, 1, 1], [0, 0, 2])
    verdict = lesson.full_clean(batch, Models(None, None))
    verdict = answer(verdict, [0, 2], [3, 2])
    assert verdict.labels.tolist() == [3, 1, 2] and verdict.kept.tolist() == [True, False, True]
    assert verdict.doubtful.tolist() == [1] and verdict.asked.tolist() == [0, 2]
    assert batch.given.tolist() == [0, 1, 1]  # what came stays as it came


def test_quality_counts_precision_and_recall():
    batch = hand_made([0, 1, 2, 3, 0], [0, 1, 2, 0, 1])  # the last two are wrong
    kept = np.array([True, True, False, True, False])
    verdict = keep(batch, kept)
    assert quality(batch, verdict) == (0.6, 2 / 3, 2 / 3)
    nothing = keep(batch, np.zeros(5, bool))
    assert quality(batch, nothing) == (0, 1, 0)


# --- learners


def digits(noise, seed=0, count=13):
    """A stream of digits as in the dossier's check, with the test set."""
    data = load("digits")
    flat = [part.reshape(len(part), -1) for part in (data.x_train, data.x_test)]
    plan = Plan(100, 100, count, Noise(noise), seed)
    batches = make_stream(flat[0], data.y_train, 10, plan)
    return batches, flat[1], data.y_test


def learner(rule, first, classifier="decision tree", budget=5, seed=0):
    make = lambda name: lambda: estimators.make(name, 10, seed)  # noqa: E731
    return Learner(RULES[rule], make("k-NN"), make(classifier), first, Expert(budget))


def run(rule, batches, **more):
    first, *rest = batches
    made = learner(rule, first, **more)
    for batch in rest:
        made.meet(batch)
    return made


def test_opt_sel_is_training_on_the_truly_clean_subset():
    (first, *rest), x, y = digits(0.4, count=5)
    made = run("opt_sel", [first, *rest])
    clean = [b.given == b.truth for b in rest]
    by_hand = estimators.make("decision tree", 10, 0).fit(
        np.concatenate([first.x, *(b.x[c] for b, c in zip(rest, clean, strict=True))]),
        np.concatenate([first.truth, *(b.truth[c] for b, c in zip(rest, clean, strict=True))]),
    )
    assert (made.models.C.predict(x) == by_hand.predict(x)).all()
    full = run("full_clean", [first, *rest])
    assert len(full.y) == 600 > len(made.y) and (full.y == full.truth).all()


def test_without_noise_rad_keeps_nearly_all():
    for seed in range(3):
        batches, _, _ = digits(0.0, seed)
        made = run("rad", batches)
        assert len(made.y) - 100 >= 0.9 * 1300


def test_rad_filters_well_and_helps_a_tree_that_memorises():
    for seed in range(3):
        batches, x, y = digits(0.3, seed)
        rad, none = run("rad", batches), run("no_sel", batches)
        assert rad.accuracy(x, y) > none.accuracy(x, y) + 0.10
        assert (rad.y[100:] == rad.truth[100:]).mean() > 0.85


def test_active_asks_less_than_slim_when_both_may_ask_without_limit():
    for noise in (0.3, 0.4):
        batches, _, _ = digits(noise)
        active, slim = (run(rule, batches, budget=1000) for rule in ("active", "slim"))
        assert 2 * active.asked < slim.asked
        assert (active.y == active.truth).mean() > 0.9 and (slim.y == slim.truth).mean() > 0.9


def test_any_estimator_with_fit_and_predict_will_do():
    class Nearest:
        def fit(self, x, y):
            self.centres = np.stack([x[y == k].mean(0) for k in range(10)])

        def predict(self, x):
            return ((x[:, None] - self.centres) ** 2).sum(-1).argmin(1)

    (first, *rest), x, y = digits(0.3)
    made = Learner(RULES["active"], Nearest, Nearest, first, Expert(5))
    for batch in rest:
        made.meet(batch)
    assert made.accuracy(x, y) > 0.7
    assert (estimators.ensemble(made.models, x, 10) == made.models.C.predict(x)).all()


def test_nothing_kept_means_nothing_refitted():
    class Once(Untouched):
        fits = 0

        def fit(self, x, y):
            Once.fits += 1

        def predict(self, x):
            return np.full(len(x), 9)

    batch = hand_made([0, 1])
    Learner(RULES["slim"], None, Once, batch, Expert(0)).meet(batch)
    assert Once.fits == 1


# --- estimators


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_learn_the_digits_and_repeat(name):
    (first, second, *_), x, y = digits(0.0)
    made = [estimators.make(name, 10, 3).fit(first.x, first.given) for _ in range(2)]
    assert (made[0].predict(x) == made[1].predict(x)).all()
    assert (made[0].predict(x) == y).mean() > 0.45
    p = estimators.probabilities(made[0], x, 10)
    assert p.shape == (len(x), 10) and np.allclose(p.sum(1), 1)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_probabilities_have_a_column_for_a_class_that_was_never_seen(name):
    x = np.random.default_rng(0).random((6, 3))
    model = estimators.make(name, 5, 0).fit(x, np.array([1, 1, 3, 3, 1, 3]))
    p = estimators.probabilities(model, x, 5)
    assert p.shape == (6, 5)
    if name not in estimators.MLP_STEPS:  # it has an output for every class
        assert not p[:, [0, 2, 4]].any()
    assert set(model.predict(x)) <= {1, 3}


def test_neighbours_are_scikit_learns():
    from sklearn.neighbors import KNeighborsClassifier

    (first, *_), x, _ = digits(0.0)
    theirs = KNeighborsClassifier(5).fit(first.x, first.given).predict(x)
    assert (estimators.Neighbours(5).fit(first.x, first.given).predict(x) == theirs).all()


def test_the_network_goes_on_from_where_it_stood():
    (first, *_), x, y = digits(0.0)
    net = estimators.make("MLP", 10, 0).fit(first.x, first.given)
    before = net.net.weights[0].detach().clone()
    net.fit(first.x, first.given)
    moved = (net.net.weights[0] - before).norm() / before.norm()
    assert 0 < moved < 0.3


def test_the_ensemble_takes_the_highest_mean_probability():
    def sure(*rows):
        return SimpleNamespace(predict_proba=lambda x: np.array(rows), classes_=np.arange(3))

    one, two = sure([0.6, 0.4, 0.0], [0.1, 0.8, 0.1]), sure([0.0, 0.5, 0.5], [0.5, 0.4, 0.1])
    assert estimators.ensemble([one, two], np.zeros((2, 1)), 3).tolist() == [1, 1]
