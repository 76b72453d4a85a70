"""Nothing leaks between training and judging, in any chapter: shown by poison.

Where the test set becomes nonsense, every weight and every number of training stays equal to the
bit, and every number that is called held-out changes. Where the training set becomes nonsense, the
judged numbers change, too. Where labels become nonsense, what learns without them notices nothing.
"""

from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from poison import Trace, cases, content, poisoned, shortest, trace, watched

from workbench.chapters import find
from workbench.chapters.cdbn.knobs import LABELS
from workbench.chapters.ceal.knobs import ASKING

PROBES = " ".join(
    f"{features}_{count}"
    for features in ("raw", "random", "shuffled", "probe", "second", "second_shuffled")
    for count in LABELS
)
# The numbers of each kind that are measured on held-out data; all others are of the training.
HELD_OUT = {
    "autoencoder linear": "mse pca_mse",
    "autoencoder autoencoder": "mse pca_mse",
    "autoencoder denoising": "mse pca_mse psnr gain plain_gain",
    "autoencoder inpainting": "mse fill_mse contrast",
    "autoencoder hashing": "mse bits_mse saturation saturation_off entropy "
    "precision precision_off chance",
    "beta-vae beta": "elbo distortion rate active",
    "beta-vae capacity": "elbo distortion rate active effective_beta normalised_beta",
    "selfsup colorization": "loss accuracy error chroma chroma_true "
    "probe_random probe_raw probe_pretext probe_supervised",
    "selfsup jigsaw": "loss accuracy edges probe_random probe_raw probe_pretext probe_supervised",
    "selfsup exemplar": "probe_random probe_raw probe_pretext probe_supervised",
    "selfsup rotation": "loss accuracy probe_random probe_raw probe_pretext probe_supervised",
    "mil": "auc spread_positive spread_negative top_witness instance_auc",
    "bootstrap wrong-labels": "accuracy plain_accuracy early_accuracy layer_accuracy",
    "bootstrap annotators": "single_accuracy soft_accuracy hard_accuracy majority_accuracy",
    "bootstrap missing-boxes": "ap_baseline ap_soft ap_hard ap_top-k "
    "recall_baseline recall_soft recall_hard recall_top-k",
    "rad": "no_sel opt_sel rad voting active slim full_clean ensemble clean_batch label_model "
    "agreement",
    "ceal": "accuracy AL_RAND AL_ALL sure ece",
    "pseudo pseudo-label": "accuracy supervised_accuracy mixup_accuracy "
    "ece supervised_ece mixup_ece least_share",
    "pseudo mixup-memory": "accuracy naive_accuracy supervised_accuracy mixup_accuracy "
    "ece naive_ece supervised_ece mixup_ece least_share",
    "two-learners co-training": "accuracy view_1 view_2 self_accuracy supervised_accuracy "
    "gain self_gain",
    "two-learners co-teaching": "accuracy own_accuracy standard_accuracy "
    "apart own_apart standard_apart agree own_agree standard_agree",
    "multitask sharing": "alone together gain other",
    "multitask transfer": "alone together gain other",
    "gan pictures": "real_score nearest copies",
    "cdbn": f"mse sampled_mse mean_mse free_test gap second_error {PROBES} "
    "fill_first fill_all fill_mean",
    "prednet": "ratio plain black mean extrapolation shift copy "
    "ahead ahead_plain ahead_black sharpness",
    "adversarial-codes denoising": " ".join(
        f"{corner}{number}"
        for corner in ("", "no_noise_", "no_adversary_", "plain_")
        for number in "psnr repaired ks told fd precision".split()
    )
    + " fitted_fd",
    "adversarial-codes infogan": "fd precision acc free_fd free_precision free_acc kmeans_acc",
    "adversarial-codes catgan": " ".join(
        f"{role}{number}"
        for role in ("", "alone_", "labels_")
        for number in "used unsure acc purity fd".split()
    )
    + " kmeans_acc",
}
# These sort all items that there are, or are tested by every item before they learn it.
WHOLE = {f"clustering {kind}" for kind in ("kmeans", "mixture", "dec", "vade", "dac")} | {"online"}
# This makes its own points.
WHOLE |= {"gan plane"}
# This splits all items that there are by its seed; test_labelling_functions.py poisons its parts.
WHOLE |= {"labelling"}
# This counts all pairs of words that its text has, and holds none out.
WHOLE |= {"words"}
# Switches that bring more numbers, streams that are no pictures, and one game where each is alike.
MORE = {
    "gan plane": {"repeats": 1},
    "gan pictures": {"repeats": 1},
    "bootstrap wrong-labels": {"baselines": True},
    "rad": {"stream": "iot"},
    "cdbn": {"fill": True, "half": True, "filters": 4},  # few and small, to be quick
}
# Every step of these does the same, and every frame has all numbers: the first frames tell.
ALIKE = {"prednet", "rad"}
ALIKE |= {"selfsup colorization", "selfsup jigsaw", "selfsup exemplar", "selfsup rotation"}
# What the labels move in chapters that learn without them.
BY_LABELS = {
    "autoencoder hashing": "precision precision_off chance",
    "clustering": "acc nmi ari base_acc base_nmi base_ari",
    "selfsup": "probe_random probe_raw probe_pretext probe_supervised",
    "gan pictures": "classes covered",
    "cdbn": PROBES,
}
# What training pictures do not move: the true colours of test pictures, shares of 0 so early,
# self-training's gain, which is 0 before its first round, and rules that predict frames unlearnt.
UNMOVED = {"chroma_true", "saturation", "saturation_off", "self_gain"}
UNMOVED |= {"copy", "black", "extrapolation", "shift", "ahead_black"}
LATE = {"multitask transfer"}  # the main task is learnt in the second half alone
WITHOUT_LABELS = ("autoencoder", "beta-vae", "clustering", "selfsup", "gan", "cdbn")
# networks of these that learn without labels; those after them, which judge, have some
UNLABELLED = {"selfsup": 1, "gan": 2}


def title(name: str, kind: str) -> str:
    return f"{name} {kind}".strip()


def watch(name: str, kind: str, part: str | None = None, whole: bool = True) -> Trace:
    whole = whole and title(name, kind) not in ALIKE
    return trace(name, part, whole, **shortest(name, kind, **MORE.get(title(name, kind), {})))


clean_run = cache(watch)


def test_every_kind_says_which_numbers_are_held_out():
    assert {title(*case) for case in cases()} == HELD_OUT.keys() | WHOLE


@pytest.mark.parametrize("name, kind", [c for c in cases() if title(*c) in HELD_OUT])
def test_the_test_set_moves_what_is_held_out_and_nothing_else(name, kind):
    held_out = set(HELD_OUT[title(name, kind)].split())
    clean, spoilt = clean_run(name, kind), watch(name, kind, "test")
    assert spoilt.weights == clean.weights
    assert spoilt.moved(clean) == held_out
    trained = watch(name, kind, "train", whole=title(name, kind) in LATE)
    assert name == "rad" or trained.early != clean.early  # trees have no weights
    assert trained.moved(clean) >= held_out - UNMOVED


@pytest.mark.parametrize("name, kind", [c for c in cases() if c[0] in WITHOUT_LABELS])
def test_what_learns_without_labels_does_not_look_at_them(name, kind):
    clean, spoilt = clean_run(name, kind), watch(name, kind, "labels", whole=False)
    known = BY_LABELS.get(title(name, kind), BY_LABELS.get(name, ""))
    assert spoilt.moved(clean) == set(known.split()) & clean.frames[-1].scalars.keys()
    first = slice(UNLABELLED.get(name))
    assert spoilt.early[first] == clean.early[first]


# --- labels that are hidden from some of those who learn


def weights_of(states, hide) -> list[bytes]:
    """The weights at the end of a lesson of which `hide(*state)` spoils something at the start."""
    with watched() as weights:
        for number, state in enumerate(states):
            if number == 0:
                hide(*state)
        return weights()


def nothing(*state):
    """Hides nothing."""


def test_bootstrapping_does_not_look_at_true_labels_once_the_given_ones_are_drawn():
    lesson, labels = (find("bootstrap").part(part) for part in ("lesson", "labels"))
    run = find("bootstrap").Settings(steps=100)

    def learn(hide: bool):
        task = replace(labels.task("digits", "cpu"))
        spoil = partial(object.__setattr__, task, "y", (task.y + 1) % 10) if hide else int
        return weights_of(lesson.fit([run], task), lambda *state: spoil())

    assert learn(hide=True) == learn(hide=False)


def test_bags_are_learnt_from_without_their_witnesses():
    chapter = find("mil")
    task = chapter.part("bags").make_task(chapter.Settings(steps=100))
    blind = replace(task, train=task.train._replace(truth=~task.train.truth))
    sight = [chapter.part("tensors").load([t]) for t in (task, blind)]
    runs = [chapter.Settings(steps=100)]
    a, b = (weights_of(chapter.part("lesson").fit(runs, data), nothing) for data in sight)
    assert a == b


@pytest.mark.parametrize("strategy", ASKING)
def test_active_learning_does_not_look_at_labels_that_it_has_not_asked_for(strategy):
    chapter = find("ceal")
    lesson, pool = chapter.part("lesson"), chapter.part("pool").load_pool("digits")
    team_of, members = chapter.part("team").Team, chapter.part("members")
    build = chapter.part("team").Build
    (member,) = members.comparison(chapter.Settings(seeds=1, strategy=strategy, delta=1.0))[
        strategy
    ]

    def learn(y):
        team = team_of([member], pool, build("MLP", 32))
        spoilt = replace(pool, y=y)
        team.pool = spoilt
        return play_rounds(lesson, team)

    paid, weights = learn(pool.y)
    hidden = np.where(paid, pool.y, (pool.y + 1) % 10)
    again, same = learn(hidden)
    assert (again == paid).all() and same == weights


def play_rounds(lesson, team, rounds: int = 4):
    """Which labels a network began with or asked for [n], and its weights after some rounds."""
    descend, paid = find("ceal").part("by_hand").descend, team.known[0] >= 0
    team.tune(20, descend)
    for t in range(rounds):
        paid[lesson.play_round(team, 0, t).asked] = True
        team.tune(20, descend)
        team.forget()
    return paid, [content(p) for p in team.net.parameters()]


RULES = {"no_sel": False, "rad": False, "voting": False, "slim": True, "active": True}


@pytest.mark.parametrize("rule", RULES)
def test_rad_sees_the_truth_only_where_it_asks(rule):
    chapter = find("rad")
    run = chapter.Settings(steps=20)
    _, course = chapter.part("stream").open_stream(run)
    lesson = chapter.part("lesson")

    def learn(batches):
        learner = lesson.make_learner(lesson.RULES[rule], run, course)
        verdicts = [learner.meet(batch) for batch in batches]
        return learner, verdicts

    learner, verdicts = learn(course.batches[1:])
    assert any(len(v.asked) for v in verdicts) == RULES[rule]
    hidden = [hide_truth(*pair) for pair in zip(course.batches[1:], verdicts, strict=True)]
    blind, _ = learn(hidden)
    assert (blind.rows == learner.rows).all() and (blind.y == learner.y).all()


def hide_truth(batch, verdict):
    """The batch with wrong true labels wherever nobody asked."""
    truth = (batch.truth + 1) % 10
    truth[verdict.asked] = batch.truth[verdict.asked]
    return replace(batch, truth=truth)


# --- what is judged by a rule of its own


def test_early_stopping_chooses_by_the_clean_items_and_not_by_the_test_set(monkeypatch):
    """Two moments: the first is better on the clean items, the second on the test set."""
    chapter = find("bootstrap")
    run, task = chapter.Settings(steps=100), chapter.part("labels").task("digits", "cpu")
    evaluation, lesson = chapter.part("evaluation"), chapter.part("lesson")
    _, model, given = next(lesson.fit([run], task))
    shares = iter([[0.5], [0.9], [0.6], [0.8]])  # test and clean, at each moment
    monkeypatch.setattr(evaluation, "share_right", lambda *_: next(shares) * len(model.members))
    first = evaluation.evaluate(model, task, given, False)
    second = evaluation.evaluate(model, task, given, False, first)
    assert set(second.stopped) == {(0.9, 0.5)}


def test_rad_scales_the_columns_of_a_table_by_its_clean_batch_alone():
    chapter = find("rad")
    run = chapter.Settings(stream="iot", steps=20)
    with poisoned("test"):
        _, spoilt = chapter.part("stream").open_stream(run)
    _, course = chapter.part("stream").open_stream(run)
    for batch, same in zip(course.batches, spoilt.batches, strict=True):
        assert (batch.x == same.x).all()
    first = course.batches[0].x
    moving = first.std(0) > 0
    assert first[:, moving].mean(0) == pytest.approx(0, abs=0.1)


def test_random_questions_are_any_rows_and_not_the_first():
    chapter = find("ceal")
    pool, rows = chapter.part("pool").load_pool("digits"), []
    for seed in range(8):
        settings = chapter.Settings(seeds=1, seed=seed)
        (member,) = chapter.part("members").comparison(settings)["AL_RAND"]
        team = chapter.part("team").Team([member], pool, chapter.part("team").Build("MLP", 8))
        rows.append(chapter.part("lesson").ask(team, 0, None))
    places = np.concatenate(rows) / len(pool)
    assert len(np.unique(np.concatenate(rows))) > 0.8 * len(places)
    assert abs(places.mean() - 0.5) < 4 / (12 * len(places)) ** 0.5  # four standard errors


def test_vade_begins_with_the_mixture_of_its_codes_and_not_with_equal_weights(monkeypatch):
    chapter = find("clustering")
    vade, run = chapter.part("vade"), chapter.Settings(kind="vade", clusters=2)
    x = torch.randn(400, 3, generator=torch.Generator().manual_seed(0))
    x[:320] += 8  # four fifths lie elsewhere
    monkeypatch.setattr(vade, "points", lambda setup: [x])
    prior = vade.first_prior(SimpleNamespace(runs=[run])).terms()
    assert prior.log_pi[0].exp().sort().values.tolist() == pytest.approx([0.2, 0.8], abs=0.01)
