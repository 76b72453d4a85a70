"""Pseudo-labels: its mathematics by slow loops, its limits, and what guesses must not know."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from doubles import one_run

from workbench.chapters import find
from workbench.chapters.pseudo import by_hand, draws, evaluation, frames, lesson, memory, pool, toys
from workbench.chapters.pseudo.frames import train
from workbench.chapters.pseudo.knobs import Settings
from workbench.chapters.pseudo.lesson import Batch, Belief
from workbench.chapters.pseudo.members import Member, comparison, members, positions
from workbench.chapters.pseudo.memory import Memory, Weights
from workbench.chapters.pseudo.record import Record
from workbench.core.frames import Diverged, last_numbers
from workbench.data import DataError
from workbench.science import nets

PLAIN = Member(labels=3, jitter=0.0, lr=0.003, seed=0)
KINDS = ("pseudo-label", "mixup-memory")
LESSONS = {"pseudo-label": lesson.fit, "mixup-memory": memory.fit}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def last(*runs, **same):
    """The last numbers of these runs, trained side by side with one frame."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "schedule", lambda steps: {steps})
        return last_numbers(train([Settings(**same, **run) for run in runs]))


def digits():
    return pool.picture_pool("digits")


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


# --- the schedule, the losses and mixup, by slow loops


def test_alpha_grows_as_the_paper_says():
    """Lee 2013, eq. 16, one step after the other."""
    steps, t1, t2, top = 1000, 150, 600, 3.0
    member = PLAIN._replace(alpha=top, start=0.15, full=0.6)
    for t in range(1, steps + 1):
        if t < t1:
            expected = 0.0
        elif t < t2:
            expected = (t - t1) / (t2 - t1) * top
        else:
            expected = top
        assert member.belief(t, steps) == pytest.approx(expected), t


def test_without_a_ramp_alpha_is_full_from_t1_on():
    jump = PLAIN._replace(alpha=3.0, start=0.4, full=0.1)
    assert [jump.belief(t, 100) for t in (1, 40, 41, 100)] == [0, 0, 3, 3]
    assert PLAIN._replace(alpha=3.0, start=0.0, full=0.0).belief(1, 100) == 3
    assert PLAIN._replace(alpha=3.0, start=1.0, full=0.5).belief(100, 100) == 0


def small_batch(jitter):
    net = nets.Mlp([6, 9, 4], nets.generators([1, 2, 3]))
    nets.Adam(net.parameters(), 0.1)  # gives every parameter a place for its gradient
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(3)
    x, u = torch.randn(3, 5, 6, generator=seeded(1)), torch.randn(3, 7, 6, generator=seeded(2))
    t = torch.rand(3, 5, 4, generator=seeded(3)).softmax(-1)
    noisy = u + 0.3 * torch.randn(u.shape, generator=seeded(4)) if jitter else u
    belief = Belief(torch.tensor([[0.0], [1.0], [3.0]]), torch.tensor([[0.0], [0.6], [0.0]]))
    return net, Batch(x, t, u, noisy), belief


@pytest.mark.parametrize("jitter", [False, True])
def test_the_loss_is_lees_item_by_item(jitter):
    net, batch, belief = small_batch(jitter)
    logits = [net(part).detach().numpy() for part in (batch.x, batch.u, batch.noisy)]
    p, guessed, own = (softmax(part) for part in logits)
    for m, value in enumerate(lesson.loss(net, batch, belief).tolist()):
        labelled = unlabelled = 0.0
        for i in range(5):
            labelled -= sum(batch.t[m, i, c].item() * np.log(p[m, i, c]) for c in range(4)) / 5
        for i in range(7):
            c = guessed[m, i].argmax()
            if guessed[m, i, c] >= belief.sure[m].item():
                unlabelled -= np.log(own[m, i, c]) / 7
        assert value == pytest.approx(labelled + belief.alpha[m].item() * unlabelled, rel=1e-5)


def assert_gradients_agree(net, by_autograd, fast):
    by_autograd()
    expected = [p.grad.clone() for p in net.parameters()]
    for p in net.parameters():
        p.grad.fill_(7.0)  # what was there must not matter
    fast()
    for p, other in zip(net.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, other, atol=2e-6, rtol=1e-4)


@pytest.mark.parametrize("jitter", [False, True])
def test_the_gradient_by_hand_is_autograds(jitter):
    net, *rest = small_batch(jitter)
    assert_gradients_agree(
        net,
        lambda: nets.autograd(lesson.loss)(net, *rest),
        lambda: by_hand.gradient(net, *rest),
    )


def remembered_batch():
    net, batch, _ = small_batch(False)
    weights = Weights(torch.tensor([0.0, 0.8, 0.3]), torch.tensor([0.0, 0.4, 2.0]))
    return net, batch.x, batch.t, weights


def test_the_gradient_with_a_memory_is_autograds():
    net, *rest = remembered_batch()
    assert_gradients_agree(
        net,
        lambda: nets.autograd(memory.loss)(net, *rest),
        lambda: by_hand.memory_gradient(net, *rest),
    )


def test_the_regularisers_are_arazos_class_by_class():
    net, x, t, weights = remembered_batch()
    p = softmax(net(x).detach().numpy())
    for m, value in enumerate(memory.loss(net, x, t, weights).tolist()):
        r_a = r_h = ce = 0.0
        for c in range(4):
            share = sum(p[m, i, c] for i in range(5)) / 5
            r_a += 1 / 4 * np.log((1 / 4) / share)
            for i in range(5):
                r_h -= p[m, i, c] * np.log(p[m, i, c]) / 5
                ce -= t[m, i, c].item() * np.log(p[m, i, c]) / 5
        assert memory.imbalance(torch.tensor(p))[m].item() == pytest.approx(r_a, rel=1e-5)
        assert memory.uncertainty(torch.tensor(p))[m].item() == pytest.approx(r_h, rel=1e-5)
        total = ce + weights.a[m].item() * r_a + weights.h[m].item() * r_h
        assert value == pytest.approx(total, rel=1e-5)


def test_the_regularisers_are_nought_where_they_are_content():
    equal = torch.eye(5).repeat(1, 3, 1)
    assert memory.imbalance(equal).item() == pytest.approx(0, abs=1e-6)
    assert memory.uncertainty(equal).item() == 0
    lopsided = torch.eye(5)[[0, 0, 0, 1, 2]][None]
    assert memory.imbalance(lopsided).item() > 1 and memory.imbalance(lopsided).isfinite().all()


def test_mixup_blends_items_and_labels_alike():
    values, share = torch.rand(2, 6, 3, generator=seeded()), torch.tensor([0.3, 1.0])
    partners = torch.stack([torch.randperm(6, generator=seeded(s)) for s in (1, 2)])
    mixed = draws.blend(values, share[:, None, None], partners)
    for m in range(2):
        for i in range(6):
            j, lam = partners[m, i], share[m]
            expected = lam * values[m, i] + (1 - lam) * values[m, j]
            assert torch.allclose(mixed[m, i], expected)
    assert torch.equal(mixed[1], values[1])


def test_blended_cross_entropy_is_the_blend_of_cross_entropies():
    """lambda CE(h, y_i) + (1 - lambda) CE(h, y_j), as Zhang et al. 2018 train."""
    net, x, t, _ = remembered_batch()
    nought = Weights(torch.zeros(3), torch.zeros(3))
    share, partners = torch.tensor([0.2, 0.5, 1.0]), torch.arange(5).flip(0).repeat(3, 1)
    mixed = draws.blend(t, share[:, None, None], partners)
    both = [memory.loss(net, x, labels, nought) for labels in (t, draws.pick(t, partners))]
    expected = share * both[0] + (1 - share) * both[1]
    assert torch.allclose(memory.loss(net, x, mixed, nought), expected)


def test_lambda_is_a_beta_number_for_each_step_and_member():
    drawn = draws.shares([0.0, 1.0, 8.0], 4000, [0, 0, 1], "cpu")[..., 0, 0]
    assert (drawn[:, 0] == 1).all()
    assert drawn[:, 1].mean().item() == pytest.approx(0.5, abs=0.02)
    for column, mix in ((1, 1.0), (2, 8.0)):  # the variance of Beta(a, a) is 1 / (8 a + 4)
        assert drawn[:, column].var().item() == pytest.approx(1 / (8 * mix + 4), rel=0.1)


# --- batches and the memory


def test_batches_hold_labelled_and_unlabelled_items():
    data, stack = digits(), [PLAIN, PLAIN._replace(labels=1, seed=4)]
    given = pool.give_labels(data, stack)
    batches = lesson.Batches(stack, data, given, 10)
    position = {row.numpy().tobytes(): i for i, row in enumerate(data.x)}
    for step in range(1, 11):
        batch = batches.draw(step)
        assert batch.noisy is batch.u and batch.x.shape[1:] == (32, 64)
        for m in range(2):
            known = [position[row.numpy().tobytes()] for row in batch.x[m]]
            assert torch.equal(batch.t[m].argmax(-1), given[m][known])
            other = [position[row.numpy().tobytes()] for row in batch.u[m]]
            assert (given[m][other] < 0).float().mean() > 0.99  # equal pictures lie twice in digits


def test_at_least_k_of_a_batch_are_labelled():
    data = digits()
    stack = [PLAIN._replace(least=least, remembers=True) for least in (0, 16, 64)]
    given = pool.give_labels(data, stack)
    batches, counts = memory.Batches(stack, data, given), []
    for _ in range(40):
        rows = batches.draw(torch.tensor([True, True, True]))
        counts.append([int((own[at] >= 0).sum()) for own, at in zip(given, rows, strict=True)])
    few, some, many = np.array(counts).T
    assert few.mean() < 4 and some.min() >= 16 and many.min() >= 64
    alone = batches.draw(torch.tensor([False, True, False]))
    assert (given[0][alone[0]] >= 0).all() and (given[2][alone[2]] >= 0).all()
    assert not (given[1][alone[1]] >= 0).all()


def test_an_epoch_without_k_meets_every_item_at_most_once():
    data, stack = digits(), [PLAIN._replace(remembers=True)]
    batches = memory.Batches(stack, data, pool.give_labels(data, stack))
    epoch = memory.epoch_length(len(data.x))
    rows = torch.cat([batches.draw(torch.tensor([True]))[0] for _ in range(epoch)])
    assert epoch == 14 and len(set(rows.tolist())) == 1400


def test_the_memory_is_the_softmax_at_the_end_of_each_epoch():
    run = Settings(kind="mixup-memory", steps=100, start=0.3)
    data, before = digits(), None
    stack = members([run])
    given, place = pool.give_labels(data, stack), positions(stack, run)
    for step, net, written in by_hand.memory_fit([run], data):
        own = written.labels[place["run"]]
        true = torch.nn.functional.one_hot(given[0][given[0] >= 0], 10).float()
        assert torch.equal(own[given[0] >= 0], true)
        if step % 14 == 0 and step >= 30:
            p = net(data.x.expand(len(stack), *data.x.shape))[place["run"]].softmax(-1)
            assert torch.allclose(own[given[0] < 0], p[given[0] < 0], atol=1e-6)
        elif before is not None:
            assert torch.equal(own, before)
        if step < 42:  # T1 lies in the third epoch
            assert (own[given[0] < 0] == 0).all()
        assert (written.labels[place["supervised"]][given[0] < 0] == 0).all()
        before = own.clone()


def test_the_record_follows_the_item_that_was_doubted_most():
    given = torch.tensor([[0, -1, -1, -1]])
    written = Memory([PLAIN._replace(remembers=True, start=0.0)], given, 2)
    record = Record(4, 3, 1, 2)
    for step, row in enumerate(([0.9, 0.1], [0.4, 0.6], [0.2, 0.8]), 1):
        written.labels[0, 1:] = torch.tensor([[1.0, 0.0], row, [0.0, 1.0]])
        written.written[:] = step > 1
        record.add(step, written)
    assert record.items.tolist() == [2] and record.epochs.tolist() == [1, 2, 3]
    assert record.labels[0] == pytest.approx(np.array([[0, 0], [0.4, 0.6], [0.2, 0.8]]))


# --- limits


def test_with_alpha_nought_it_is_the_supervised_network_to_the_bit():
    (end,) = last({}, alpha=0, steps=200)
    assert end["accuracy"] == end["supervised_accuracy"] and end["ece"] == end["supervised_ece"]
    data, run = digits(), Settings(alpha=0, steps=100)
    *_, (_, net) = by_hand.fit([run], data)
    place = positions(members([run]), run)
    for p in net.parameters():
        assert torch.equal(p[place["run"]], p[place["supervised"]])


@every_kind
def test_never_believed_it_is_the_supervised_network_to_the_bit(kind):
    off = dict(mixup=False, least=False, balance=False, certainty=False)
    (end,) = last(off, kind=kind, start=1, steps=200)
    assert end["accuracy"] == end["supervised_accuracy"] and end["ece"] == end["supervised_ece"]
    assert end["belief"] == 0


def test_labels_alone_are_a_network_that_sees_nothing_else():
    """The same network, trained by autograd on labelled batches alone."""
    data, run, steps = digits(), Settings(steps=100), 100
    stack = members([run])
    place = positions(stack, run)["supervised"]
    *_, (_, net) = by_hand.fit([run], data)
    alone = pool.make_networks(data, [PLAIN], run.width)
    adam = nets.Adam(alone.parameters(), [run.lr])
    batches = lesson.Batches([PLAIN], data, pool.give_labels(data, [PLAIN]), steps)
    for step in range(1, steps + 1):
        batch = batches.draw(step)
        adam.zero_grad()
        (-(batch.t * alone(batch.x).log_softmax(-1)).sum(-1).mean()).backward()
        adam.step()
    answers = [evaluation.answer(each, data.x_test) for each in (net.only([place]), alone)]
    assert torch.allclose(*answers, atol=0.02)  # Adam makes much of what rounds differently


def test_without_a_help_the_memory_is_the_naive_one_to_the_bit():
    off = dict(mixup=False, least=False, balance=False, certainty=False)
    (end,) = last(off, kind="mixup-memory", steps=200)
    assert end["accuracy"] == end["naive_accuracy"] != end["supervised_accuracy"]


@every_kind
def test_runs_train_in_a_stack_as_they_do_alone(kind):
    runs = [
        {},
        dict(labels=1, seed=3, alpha=10, start=0),
        dict(lr=0.01, sure=0.9, mixup=False, seed=5),
        dict(mix=4, k=32, weight_a=0.2, certainty=False, labels=10),
    ]
    for run, together in zip(runs, last(*runs, kind=kind, steps=100), strict=True):
        assert together == last(run, kind=kind, steps=100)[0], run


@every_kind
def test_by_autograd_a_run_gives_the_same_numbers(kind):
    run = Settings(kind=kind, steps=200)
    (slow,) = last_numbers(train([run], fit=LESSONS[kind]))
    (fast,) = last_numbers(train([run]))
    assert slow["accuracy"] == pytest.approx(fast["accuracy"], abs=0.03)


def test_a_loss_of_the_readers_own_is_trained():
    def trusting(net, batch, belief):
        """Guesses count at once, whatever the schedule says."""
        return lesson.loss(net, batch, Belief(torch.full_like(belief.alpha, 10.0), belief.sure))

    (end,) = last_numbers(train([Settings(steps=200)], fit=partial(lesson.fit, loss=trusting)))
    assert end["accuracy"] < 0.3


# --- nobody looks at what is hidden


@every_kind
@pytest.mark.parametrize("items", ["pictures", "moons"])
def test_hidden_labels_do_not_leak_into_training(kind, items):
    """Every label that the expert did not give is wrong, and nothing changes but the verdicts."""
    run = Settings(kind=kind, items=items, steps=100, start=0.1)
    data = pool.load_pool(run)
    given = pool.give_labels(data, members([run]))[0]
    poisoned = torch.where(given >= 0, data.y, (data.y + 1) % len(data.classes))
    assert (poisoned != data.y).sum() == (given < 0).sum() > 100
    spoilt = replace(data, y=poisoned, y_test=1 - data.y_test.clamp(0, 1))
    ends = [list(by_hand.FITS[kind]([run], each))[-1] for each in (data, spoilt)]
    for p, q in zip(*(net.parameters() for _, net, *_ in ends), strict=True):
        assert torch.equal(p, q)
    if kind == "mixup-memory":
        assert torch.equal(ends[0][2].labels, ends[1][2].labels)


def test_the_expert_gives_as_many_labels_as_asked_for_and_they_are_right():
    data = digits()
    for labels, seed in ((1, 0), (5, 7)):
        given = data.expert.label(labels, seed)
        known = given >= 0
        assert torch.equal(given[known], data.y[known])
        assert torch.bincount(given[known]).tolist() == [labels] * 10
    assert not torch.equal(data.expert.label(5, 0), data.expert.label(5, 1))


def test_strangers_have_no_label_no_output_and_no_test():
    data, whole = pool.picture_pool("digits", 3), digits()
    assert data.classes == tuple("0123456") and set(data.y.tolist()) == set(range(-1, 7))
    assert torch.equal(data.y < 0, whole.y > 6) and data.y_test.max() == 6
    assert len(data.x) == len(whole.x) and len(data.x_test) == (whole.y_test < 7).sum()
    assert not (data.expert.label(50, 0)[data.y < 0] >= 0).any()
    assert len(pool.picture_pool("digits", 9).classes) == 2  # two keep their names
    (end,) = last({"strangers": 3}, steps=400)
    assert end["strange"] > 0.1 and last({}, steps=100)[0]["strange"] == 0


def few_labels(folder, labelled=40):
    """A set of two classes of one's own in which all but the first items are unlabelled."""
    y = np.arange(200) % 2
    x = np.random.default_rng(0).random((200, 4, 4)) * 0.5 + 0.5 * y[:, None, None]
    words = np.where(np.arange(200) < labelled, np.array(["cat", "dog"])[y], "Unlabelled")
    return save(folder, f"few{labelled}", x.astype(np.float32), words)


def test_items_that_nobody_labelled_lie_in_the_pool_and_judge_nothing(tmp_path):
    run = few_labels(tmp_path)
    data = pool.picture_pool(run.data)
    assert data.classes == ("cat", "dog") and (data.y == pool.UNKNOWN).sum() == 160
    assert len(data.x) == 160 + 32 and set(data.y_test.tolist()) == {0, 1} and len(data.y_test) == 8
    assert not (data.expert.label(50, 0)[data.y == pool.UNKNOWN] >= 0).any()
    *_, frame = one_run(train, run.replace(labels=50))
    assert "160 items have no label" in frame.note and frame.scalars["strange"] == 0
    assert "guessed" not in frame.scalars  # of no guess anybody knows whether it is right
    assert find("pseudo").teaching.finding(run, frame.scalars).startswith("It has 100")
    assert "not known" not in "".join(frame.pictures["items"].columns)
    assert "0 of 0 guesses are wrong" in frame.pictures["items"].caption
    assert "wrong (0 times)" in frame.pictures["plane"].caption


def test_without_a_label_to_test_with_it_says_so(tmp_path):
    with pytest.raises(DataError, match="no label to test with|training pictures and none of cl"):
        next(train([few_labels(tmp_path, 2)]))


# --- input that will not do


def save(folder, name, x, y):
    np.savez(folder / f"{name}.npz", x=x, y=y)
    return Settings(data=str(folder / f"{name}.npz"), steps=100)


def test_data_that_will_not_do_gets_a_sentence(tmp_path):
    x = np.random.default_rng(0).random((40, 4, 4), np.float32)
    single = save(tmp_path, "single", x, np.zeros(40, int))
    with pytest.raises(DataError, match="one class only: give pictures of two or more"):
        next(train([single]))
    full = save(tmp_path, "full", x, np.arange(40) % 2)
    with pytest.raises(DataError, match="no item without a label left at 20 a class: ask for few"):
        next(train([full.replace(labels=20)]))
    sparse = save(tmp_path, "sparse", x[:30], np.arange(30))
    with pytest.raises(DataError, match="training pictures and none of class .*: give some of ev"):
        next(train([sparse]))


def test_pictures_that_nobody_labelled_get_clusters_and_a_note(tmp_path):
    np.savez(tmp_path / "bare.npz", x=np.random.default_rng(0).random((60, 4, 4), np.float32))
    run = Settings(data=str(tmp_path / "bare.npz"), steps=100)
    assert "clusters of K-means stand for classes" in next(one_run(train, run)).note
    assert "cluster" not in next(one_run(train, Settings(steps=100))).note


@every_kind
def test_a_run_that_leaves_the_finite_numbers_says_so(kind, monkeypatch):
    monkeypatch.setattr(nets.Adam, "step", lambda adam, pace=1: adam.flat.fill_(float("nan")))
    with pytest.raises(Diverged, match="Training diverged at step 1 "):
        next(train([Settings(kind=kind, steps=100)]))


# --- the toys, and what a frame shows


def test_toys_are_what_their_names_say():
    x, y, *_ = toys.toy("moons")
    assert np.bincount(y).min() > 150
    for c, (middle, sign) in enumerate((((0, 0), 1), ((1, 0.5), -1))):
        offset = x[y == c] - middle
        assert np.hypot(*offset.T) == pytest.approx(np.ones((y == c).sum()), abs=0.4)
        assert (sign * offset[:, 1] > -0.4).all()
    x, y, *_ = toys.toy("gap")
    assert ((x[:, 0] > 0) == (y == 1)).all()
    assert (abs(x[:, 1]) < 0.2).mean() < 0.01  # the gap, with both classes on either side
    for side in (x[:, 1] > 0, x[:, 1] < 0):
        assert 0.4 < y[side].mean() < 0.6
    again = toys.toy("gap")
    assert all(np.array_equal(a, b) for a, b in zip(toys.toy("gap"), again, strict=True))


def test_early_mistakes_are_followed_to_the_end():
    course = [f.scalars for f in one_run(train, Settings(steps=400))]
    first = next(i for i, numbers in enumerate(course) if numbers["belief"] > 0)
    assert all(n["repaired"] == n["newly_wrong"] == 0 for n in course[:first])
    early = course[first - 1]["still_wrong"]
    for numbers in course[first:]:
        assert numbers["still_wrong"] + numbers["repaired"] == pytest.approx(early)
        wrong = numbers["still_wrong"] + numbers["newly_wrong"]
        assert wrong == pytest.approx(1 - numbers["guessed"])


def test_rings_are_around_what_is_wrong():
    *_, frame = one_run(train, Settings(steps=100))
    picture = frame.pictures["plane"]
    curves = [len(curve) for curve in picture.outlines]
    given = digits().expert.label(3, 0)[: evaluation.ITEMS_JUDGED]
    assert curves.count(5) == (given >= 0).sum() > 20  # a diamond for each label
    assert f"it is wrong ({curves.count(10)} times)" in picture.caption and curves.count(10) > 20
    xy = digits().plane.numpy()
    centre = picture.outlines[0][:-1].mean(0)
    assert np.abs(xy - centre).sum(1).min() < 0.01


def test_the_surest_mistakes_come_first_and_are_marked():
    run = Settings(steps=200)
    *_, frame = one_run(train, run)
    picture, data = frame.pictures["items"], digits()
    given = data.expert.label(3, 0)[: evaluation.ITEMS_JUDGED]
    *_, (_, net) = by_hand.fit([run], data)
    place = positions(members([run]), run)["run"]
    p = evaluation.answer(net, data.x[: evaluation.ITEMS_JUDGED])[place]
    sure, guess = p.max(1)
    wrong = (given < 0) & (guess != data.y[: len(guess)])
    first = sure.masked_fill(~wrong, -1).argmax()
    assert picture.columns[0] == f"{guess[first]} \u2717 {data.y[first]}"
    assert all("\u2717" in name for name in picture.columns)
    assert f"{int(wrong.sum())} of {int((given < 0).sum())} guesses are wrong" in picture.caption
    assert f"gives the first {sure[first]:.3f}" in picture.caption


def test_equal_classifiers_are_trained_once():
    runs = [Settings(alpha=1), Settings(alpha=3), Settings(alpha=3, start=0)]
    stack = members(runs)
    assert len(stack) == 5
    for run in runs:
        roles = {role: stack[n] for role, n in positions(stack, run).items()}
        assert roles == comparison(run) and set(roles) == {"run", "supervised", "mixup"}
    assert "naive" in comparison(Settings(kind="mixup-memory"))


# --- claims

CLAIMS = find("pseudo").claims
QUICK = {"from-the-start", "weight-ten", "small-gain", "certain-mistakes", "repairs-more"}
quick = [claim for claim in CLAIMS if claim.id in QUICK]  # they share the training of 45 networks


@pytest.mark.parametrize("claim", quick, ids=lambda claim: claim.id)
def test_what_the_chapter_asserts_holds(claim):
    holds, sentence = claim.measure(0)
    assert holds, sentence


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", range(6))  # its claims one after the other: they share trainings
def test_what_the_chapter_asserts_holds_over_seeds(claim, seed):
    holds, sentence = claim.measure(seed)
    assert holds, sentence
