"""Bootstrapping: its gradients against autograd, and what wrong labels do to a network."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from doubles import OVER_SEEDS, one_run

from workbench.chapters import find
from workbench.chapters.bootstrap import by_hand, evaluation, frames, labels, lesson, pictures
from workbench.chapters.bootstrap.claims import lead_of_top_k
from workbench.chapters.bootstrap.frames import train
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import NO_LABEL, Voted, Wrong
from workbench.chapters.bootstrap.lesson import Classifiers
from workbench.chapters.bootstrap.members import Goal, Member, comparison, members, positions
from workbench.core.frames import Diverged, last_numbers
from workbench.core.pictures import Curves, Line
from workbench.data import DataError, load
from workbench.science import corruption, formulas, nets

LOSSES = ["cross-entropy", "soft", "hard", "soft-detached", "recon", "recon"]
SEEDS = (0, 1, 2)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def digits():
    return labels.task("digits", "cpu")


def last(*runs, **same):
    """The last numbers of these runs, trained side by side with one frame."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "schedule", lambda steps: {steps})
        return last_numbers(train([Settings(**same, **run) for run in runs]))


# --- the gradient


def assert_gradient_is_autograds(model, x, t, goals):
    nets.autograd(lesson.loss)(model, x, t, goals)
    expected = [p.grad.clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad.fill_(7.0)
    by_hand.gradient(model, x, t, goals)
    for p, by_autograd in zip(model.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, by_autograd, atol=2e-6, rtol=1e-4)


def small(losses):
    """A stack of small classifiers with these losses, and a batch."""
    given = Wrong("uniform", 0.4)
    stack = [Member(loss, 0.7, given, 0, 0.0, 0.01, seed) for seed, loss in enumerate(losses)]
    model = Classifiers(stack, [12, 9, 5], "cpu")
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(3).add_(torch.randn(p.shape, generator=seeded(3)) / 3)
    for p in model.parameters():
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    x = torch.rand(len(losses), 8, 12, generator=seeded(1))
    return model, x, torch.randint(5, (len(losses), 8), generator=seeded(2))


@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    "losses", [LOSSES, ["hard"], ["recon"], [*LOSSES[:5], "cross-entropy"]], ids=len
)
def test_the_gradient_by_hand_is_autograds(losses, beta, decay):
    # the last one has a noise layer and still warms up
    model, x, t = small([*losses[:-1], "recon"] if losses[-1] == "cross-entropy" else losses)
    goals = tuple(Goal(loss, beta, decay * n) for n, loss in enumerate(losses, 1))
    assert_gradient_is_autograds(model, x, t, goals)


def test_the_gradient_by_hand_is_autograds_without_labels():
    """Half of the items have none; cross-entropy goes on as if they were not there."""
    model, x, t = small(LOSSES)
    t[:, ::2] = NO_LABEL
    goals = tuple(Goal(loss, 0.4) for loss in LOSSES)
    assert_gradient_is_autograds(model, x, t, goals)


def test_of_items_without_a_label_only_the_networks_own_word_is_left():
    model, x, t = small(["cross-entropy", "soft", "hard"])
    goals = tuple(Goal(loss, 0.4) for loss in ("cross-entropy", "soft", "hard"))
    values = lesson.loss(model, x, torch.full_like(t, NO_LABEL), goals)
    log_q = torch.log_softmax(model.net(x), -1)
    entropy, own = -(log_q.exp() * log_q).sum(-1).mean(-1), -log_q.max(-1).values.mean(-1)
    assert torch.allclose(values, torch.stack([0 * own[0], 0.6 * entropy[1], 0.6 * own[2]]))


def test_the_share_without_a_label_is_as_asked_and_leaves_the_others_alone():
    data = digits()
    all_labels, some = (
        Wrong("uniform", 0.4, share).draw(data, torch.Generator().manual_seed(0))
        for share in (0, 0.7)
    )
    rows = some != NO_LABEL
    assert (~rows).sum() == round(0.7 * len(data.y))
    assert torch.equal(all_labels[rows], some[rows]) and all_labels.min() == 0


def test_a_run_with_few_labels_shows_numbers_of_the_labelled_items():
    (end,) = last({"unlabelled": 0.9}, steps=100, noise=0.4, loss="hard")
    assert end["realised"] == pytest.approx(0.4, abs=0.1) and 0 <= end["changed"] <= 1
    assert all(np.isfinite(value) for value in end.values())


@pytest.mark.parametrize("loss", ["hard", "soft", "recon"])
def test_by_autograd_a_run_gives_the_same_curve(loss):
    run = Settings(loss=loss, steps=100, beta=0.5)
    (by_autograd,) = last_numbers(train([run], fit=lesson.fit))
    (fast,) = last_numbers(train([run]))
    assert by_autograd["accuracy"] == pytest.approx(fast["accuracy"], abs=0.02)


def test_a_loss_of_the_readers_own_is_minimised_and_shown():
    def loss(model, x, t, goals):
        """Cross-entropy for all, and the run itself unlearns."""
        signs = torch.tensor([1 if goal.loss == "cross-entropy" else -1 for goal in goals])
        return signs * formulas.cross_entropy(model.net(x), t)

    run = Settings(loss="hard", warm_up=0, noise=0, steps=100)
    (end,) = last_numbers(train([run], fit=partial(lesson.fit, loss=loss)))
    assert end["accuracy"] < 0.2 and end["plain_accuracy"] > 0.7


def test_the_loop_yields_its_classifiers_after_every_step():
    data, steps, weights = digits(), [], []
    for step, model, given in lesson.fit([Settings(steps=100)], data):
        steps.append(step)
        weights.append(model.net.weights[0].detach().sum().item())
        assert given.shape == (len(model.members), len(data.x)) == (2, len(data.x))
    assert steps == list(range(1, 101)) and len(set(weights)) == 100


def test_runs_trained_together_are_those_trained_alone():
    runs = [
        dict(loss="hard"),
        dict(loss="recon", beta=0.1, noise=0.2, decay=0.001),
        dict(loss="soft", seed=3, pattern="permutation", lr=0.01),
        dict(loss="recon", beta=0.3, seed=5, pattern="look-alikes", baselines=True),
        dict(loss="cross-entropy", warm_up=0),
    ]
    for run, together in zip(runs, last(*runs, steps=100), strict=True):
        assert together == last(run, steps=100)[0], run


# --- what is compared is comparable


def test_runs_share_the_classifiers_they_have_in_common():
    runs = [Settings(loss=loss) for loss in ("cross-entropy", "recon", "hard", "soft")]
    stack = members(runs)
    assert [member.loss for member in stack] == ["cross-entropy", "hard", "soft", "recon"]
    for run in runs:
        roles = {role: stack[n] for role, n in positions(stack, run).items()}
        assert roles == comparison(run)
        assert roles["run"].loss == run.loss and roles["plain"].loss == "cross-entropy"
    alone = comparison(Settings(loss="hard", baselines=True))["layer"]
    assert (alone.loss, alone.beta) == ("recon", 0.0)


def test_members_share_labels_weights_and_batches():
    first = []

    def note(model, x, t, goals):
        if not first:
            weights = [p.detach().clone() for p in model.parameters()]
            first.extend([x.clone(), t.clone(), weights])
        by_hand.gradient(model, x, t, goals)

    last_numbers(train([Settings(steps=100)], fit=partial(lesson.fit, descend=nets.descent(note))))
    x, t, parameters = first
    assert torch.equal(x[0], x[1]) and torch.equal(t[0], t[1])
    assert all(torch.equal(p[0], p[1]) for p in parameters)


def test_noise_is_drawn_once_and_the_test_set_is_left_alone():
    before = load("digits").y_test.copy()
    labels_of = {}

    def note(model, x, t, goals):
        for row, label in zip(x[0], t[0].tolist(), strict=True):
            labels_of.setdefault(row.numpy().tobytes(), set()).add(label)
        by_hand.gradient(model, x, t, goals)

    run = Settings(steps=100, noise=0.8)  # five epochs
    last_numbers(train([run], fit=partial(lesson.fit, descend=nets.descent(note))))
    assert len(labels_of) > 1000 and all(len(given) == 1 for given in labels_of.values())
    assert np.array_equal(load("digits").y_test, before)
    assert torch.equal(digits().y_test, torch.from_numpy(before))


@pytest.mark.parametrize("pattern", ["uniform", "pair", "permutation", "look-alikes"])
def test_the_share_of_wrong_labels_is_as_asked_and_shown(pattern):
    count = len(digits().y)
    ends = last({"noise": 0.0}, {"noise": 0.35}, steps=100, pattern=pattern)
    for end, noise in zip(ends, (0, 0.35), strict=True):
        assert abs(end["realised"] - noise) <= 0.5 / count + 1e-9


def test_clean_items_are_not_trained_on():
    task = digits()
    rows = {row.numpy().tobytes() for row in task.x}
    assert len(task.x_clean) == labels.CLEAN_ITEMS
    assert len(task.x) + len(task.x_clean) == len(task.data.train)
    assert not any(row.numpy().tobytes() in rows for row in task.x_clean[:20])


def test_during_the_warm_up_every_loss_is_cross_entropy():
    ends = last(*({"loss": loss, "warm_up": 100} for loss in ("soft", "hard")), steps=100)
    for end in ends:
        assert end["accuracy"] == end["plain_accuracy"]
    (hot,) = last({"loss": "hard", "warm_up": 0}, steps=100)
    assert hot["accuracy"] != hot["plain_accuracy"]


def test_at_beta_1_soft_and_hard_are_the_cross_entropy_beside():
    for end in last(*({"loss": loss, "beta": 1} for loss in ("soft", "hard")), steps=200):
        assert end["accuracy"] == end["plain_accuracy"]
        assert end["memorised"] == end["plain_memorised"]


def test_detached_the_soft_loss_makes_no_difference():
    """Adam divides by the size of the gradient: a gradient times beta is the same step."""
    ends = last(*({"loss": "soft-detached", "beta": 0.5, "noise": 0.6, "seed": s} for s in SEEDS))
    for end in ends:
        assert end["accuracy"] == pytest.approx(end["plain_accuracy"], abs=0.04)


def test_weight_decay_is_an_l2_penalty():
    def weights(decay):
        run = Settings(loss="cross-entropy", noise=0.2, decay=decay, width=32, steps=200)
        *_, (_, model, _) = lesson.fit([run], digits())
        return sum(w.detach().square().sum().item() for w in model.net.weights)

    assert weights(0.01) < 0.7 * weights(0.0)


@pytest.mark.parametrize("falling", [False, True])
def test_a_falling_rate_ends_at_zero(falling):
    run, lengths = Settings(steps=100, loss="cross-entropy", falling=falling), []

    def descend(
        model, adams, x, t, goals
    ):  # a gradient that is always one: Adam's step is its rate
        before = model.net.weights[-1].detach().clone()
        for adam in adams.parts:
            adam.grad.fill_(1.0)
        adams.step()
        lengths.append((before - model.net.weights[-1].detach()).mean().item())

    list(lesson.fit([run], digits(), descend=descend))
    paces = 1 - np.arange(100) / 100 if falling else np.ones(100)
    assert lengths == pytest.approx(run.lr * paces, rel=1e-2)


def test_one_class_is_refused(tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "one.npz", x=rng.random((40, 4, 4), np.float32), y=np.zeros(40, int))
    with pytest.raises(DataError, match="one class"):
        next(train([Settings(data=str(tmp_path / "one.npz"))]))


def test_pictures_without_labels_get_clusters(tmp_path):
    x = np.random.default_rng(0).random((60, 4, 4), np.float32)
    np.savez(tmp_path / "bare.npz", x=x)
    bare = labels.task(str(tmp_path / "bare.npz"), "cpu")
    assert len(bare.classes) == 5 and set(bare.y.tolist()) <= set(range(5))


def test_classifiers_are_the_papers_at_its_width():
    assert lesson.sizes(digits(), 128) == [64, 128, 10]
    mnist = SimpleNamespace(data=SimpleNamespace(pixels=784), classes=range(10))
    assert lesson.sizes(mnist, 500) == [784, 500, 300, 10]


def test_a_run_that_leaves_the_finite_numbers_says_so(monkeypatch):
    monkeypatch.setattr(nets.Adam, "step", lambda adam, *_: adam.flat.fill_(float("nan")))
    with pytest.raises(Diverged, match="Training diverged at step 1 "):
        next(train([Settings(steps=100)]))


# --- what the chapter teaches


LONG = {"no-crossing"}  # five runs with boxes: 7 s of CPU a seed
CLAIMS = find("bootstrap").claims


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_no_crossing_is_seen(seed):
    test_the_chapters_claims_hold(next(claim for claim in CLAIMS if claim.id in LONG), seed)


def test_precision_is_compared_where_both_have_found_as_much():
    top_k = Line("top-k", np.array([0.1, 0.3, 0.6]), np.array([1.0, 0.9, 0.5]))
    hard = Line("hard", np.array([0.1, 0.25, 0.5]), np.array([0.8, 0.8, 0.7]))
    curves = Curves("Precision and recall", (hard, top_k))
    leads = [lead_of_top_k(curves, recall) for recall in (0.1, 0.4, 0.6)]
    assert leads == pytest.approx([0.2, -0.2, 0.5])  # hard never finds 60 %


@pytest.mark.parametrize(
    "claim", [each for each in CLAIMS if each.id not in LONG], ids=lambda claim: claim.id
)
@pytest.mark.parametrize("seed", OVER_SEEDS)
def test_the_chapters_claims_hold(claim, seed):
    holds, measured = claim.measure(seed)
    assert holds, f"{claim.sentence} Measured: {measured}"


@pytest.mark.slow
def test_a_noise_layer_that_begins_as_the_identity_learns_less(monkeypatch):
    def accuracy():
        knobs = dict(loss="recon", beta=0.3, noise=0.4, pattern="permutation")
        ends = last_numbers(train([Settings(seed=seed, **knobs) for seed in range(5)]))
        return np.mean([end["accuracy"] for end in ends])

    undecided = accuracy()
    monkeypatch.setattr(lesson, "STAY", 6.0)  # all but 2 % of the weight on the given label
    assert undecided > accuracy() + 0.03


def test_reconstruction_finds_how_labels_go_wrong():
    run = Settings(loss="recon", beta=0.3, noise=0.4, pattern="permutation")
    *_, frame = one_run(train, run)
    believed, true = frame.pictures["believed"].values, frame.pictures["matrix"].values
    assert believed.sum(1) == pytest.approx(np.ones(10), abs=1e-5)
    off = 1 - np.eye(10)
    assert ((believed * off).argmax(1) == np.array(corruption.PERMUTATION)).mean() >= 0.8
    assert abs(believed - true).mean() < 0.05


def test_the_pictures_say_what_the_labels_are():
    *_, frame = one_run(train, Settings(steps=400))
    changed = frame.pictures["changed"]
    assert changed.tiles.shape == (1, pictures.CHANGES_SHOWN, 8, 8)
    assert all("→" in name for name in changed.columns)
    count = round(frame.scalars["changed"] * evaluation.ITEMS_JUDGED)
    assert f"change {count}, right in {frame.scalars['right']:.0%}" in changed.caption


def test_the_surest_changes_are_shown_with_both_labels():
    task = digits()
    chosen = task.y[: evaluation.ITEMS_JUDGED].clone()
    given = chosen.clone()
    given[7], given[9], chosen[11] = (given[7] + 1) % 10, (given[9] + 2) % 10, (chosen[11] + 1) % 10
    sure = torch.full(chosen.shape, 0.5)
    sure[9], sure[11] = 0.9, 0.8
    answers = SimpleNamespace(chosen=chosen[None], sure=sure[None], given=given[None])
    picture = pictures.change_picture(task, answers, 0)
    names = [pictures.change_name(task, given[i], chosen[i], task.y[i]) for i in (9, 11, 7)]
    assert list(picture.columns) == names + [""] * (pictures.CHANGES_SHOWN - 3)
    assert names[1].endswith("✗") and not names[0].endswith("✗")
    assert "change 3, right in 67%" in picture.caption
    assert np.array_equal(
        picture.tiles[0, 0], (task.x[9].numpy() * 255 + 0.5).astype(np.uint8).reshape(8, 8)
    )


def test_early_stopping_ends_where_clean_items_were_best():
    course = list(one_run(train, Settings(noise=0.6, steps=800, baselines=True)))
    early = [frame.scalars["early_accuracy"] for frame in course]
    plain = [frame.scalars["plain_accuracy"] for frame in course]
    assert all(stopped in plain[: i + 1] for i, stopped in enumerate(early))
    assert early[-1] > plain[-1]


# --- annotators


def test_votes_are_what_careless_people_say():
    task = digits()
    voted = Voted(5, 0.4, True)
    votes = voted.votes(task, seeded(2000))
    wrong = (votes != task.y).double().mean(1)
    assert votes.shape == (5, len(task.y)) and (wrong > 0.15).all() and (wrong < 0.65).all()
    majority = voted.draw(task, seeded(2000))
    assert torch.equal(majority, corruption.majority(votes, 10))
    single = Voted(5, 0.4, False).draw(task, seeded(2000))
    assert all(single[i] == votes[i % 5, i] for i in range(100))
    assert (majority != task.y).double().mean() < wrong.min()


def test_with_one_annotator_the_majority_is_the_vote():
    (end,) = last({}, kind="annotators", annotators=1, steps=100)
    assert end["single_accuracy"] == end["majority_accuracy"]
    assert end["single_right"] == end["majority_right"]
