"""Co-training: views, rounds of labelling by a slow loop, limits, and labels that must not leak."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from doubles import one_run, plain

from workbench.chapters import find
from workbench.chapters.two_learners import by_hand, lesson, views
from workbench.chapters.two_learners.evaluation import evaluate, numbers
from workbench.chapters.two_learners.frames import train
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.labels import PERSON, UNKNOWN, Pick, begin, settle, surest
from workbench.chapters.two_learners.members import METHODS, comparison, members
from workbench.chapters.two_learners.pictures import CROSS
from workbench.chapters.two_learners.task import Task, load_task
from workbench.core.frames import Diverged, last_numbers
from workbench.data import DataError
from workbench.science import nets

SEEDS = 300


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def digits():
    return load_task("digits", "cpu")


def short(**knobs):
    return Settings(**{"seeds": 1, "steps": 100} | knobs)


def courses(runs, data=None, fit=by_hand.fit):
    """The weights after every step [steps, learners, pixels, classes], and the last labels."""
    steps = [
        (model.net.weights[0].detach().clone(), labels)
        for _, model, labels in fit(runs, data or digits())
    ]
    return torch.stack([weights for weights, _ in steps]), steps[-1][1]


# --- the views


@pytest.mark.parametrize("split", ["random", "left/right", "top/bottom", "in turn"])
@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (1, 9), (6, 1), (1, 2)])
def test_a_cut_gives_each_pixel_to_one_of_the_views(split, shape):
    masks = views.cut(split, shape, seeded())
    assert masks.shape == (2, shape[0] * shape[1])
    assert (masks.sum(0) == 1).all() and masks.sum(1).min() >= 1


def test_the_cuts_are_what_they_are_called():
    grid = {
        split: views.cut(split, (4, 4), seeded())[0].reshape(4, 4).tolist()
        for split in ("left/right", "top/bottom", "in turn")
    }
    assert grid["left/right"] == [[1, 1, 0, 0]] * 4
    assert grid["top/bottom"] == [[1] * 4] * 2 + [[0] * 4] * 2
    assert grid["in turn"] == [[1, 0, 1, 0], [0, 1, 0, 1]] * 2
    one, two = (views.cut("random", (8, 8), seeded(seed))[0] for seed in (0, 1))
    assert one.sum() == two.sum() == 32 and not torch.equal(one, two)


def test_partners_are_of_the_same_class_and_equally_likely():
    y = torch.tensor([0, 1, 0, 2, 1, 0, 0])
    counts = torch.zeros(7, 7)
    for seed in range(SEEDS):
        partner = views.pair(y, 0.0, seeded(seed))
        assert torch.equal(y[partner], y)
        counts[torch.arange(7), partner] += 1
    assert counts[3, 3] == SEEDS  # the only one of its class
    assert (counts.diagonal()[[0, 1, 2, 4, 5, 6]] == 0).all()
    zeros = counts[[0, 2, 5, 6]][:, [0, 2, 5, 6]]
    off = zeros[~torch.eye(4, dtype=torch.bool)] / SEEDS
    assert ((off - 1 / 3).abs() < 5 * (2 / 9 / SEEDS) ** 0.5).all()  # five standard errors


def test_rho_is_the_share_of_items_that_keep_their_own_picture():
    y = digits().y
    own = torch.arange(len(y))
    for rho in (0.0, 0.3, 1.0):
        same = (views.pair(y, rho, seeded()) == own).double().mean().item()
        assert abs(same - rho) < 0.05 and (rho not in (0, 1) or same == rho)


def test_at_rho_1_the_views_are_the_real_picture_cut_in_two():
    data, run = digits(), short(rho=1)
    model = lesson.Learners(members([run]), data, "cpu")
    rows = torch.arange(len(data.x)).expand(len(model.masks), -1)
    seen = model.see(rows)
    (pair,), (alone,) = (
        [m for m, member in enumerate(model.members) if member.method == method]
        for method in ("co-training", "supervised")
    )
    first, second = (seen[k] for k in model.own[pair])
    assert torch.equal(first + second, data.x) and torch.equal(seen[model.own[alone][0]], data.x)
    assert not (first * second).any() and first.any() and second.any()


def test_at_rho_0_a_view_says_nothing_of_the_other_picture():
    data = digits()
    model = lesson.Learners(members([short(rho=0)]), data, "cpu")
    made = model.views[0]
    seen = model.see(torch.arange(len(data.x)).expand(len(model.masks), -1))
    first, second = (seen[k] for k in model.own[0])
    assert torch.equal(first, data.x * made.masks[0])
    assert torch.equal(second, data.x[made.partner] * made.masks[1])
    assert (made.partner != torch.arange(len(data.x))).all()


# --- a round of labelling


def test_the_surest_of_every_class_are_taken():
    p = torch.tensor([[0.6, 0.4], [0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [0.7, 0.3]])
    assert surest(p, 2) == [(1, 0), (4, 0), (3, 1)]
    assert surest(p, 1) == [(1, 0), (3, 1)] and surest(p, 0) == []
    assert surest(p[:0], 3) == []


def test_where_both_name_an_item_the_surer_one_counts():
    picks = [Pick(4, 1, 0.7, 1), Pick(5, 2, 0.9, 1), Pick(4, 3, 0.8, 2), Pick(5, 1, 0.9, 2)]
    assert settle(picks) == [Pick(4, 3, 0.8, 2), Pick(5, 2, 0.9, 1)]


def slow_round(model, m, known):
    """A round of labelling in plain loops: {item: (label, teacher)}."""
    member, x = model.members[m], model.x.numpy().astype(np.float64)
    best = {}
    for number, k in enumerate(model.own[m]):
        masks = model.masks[k].numpy()
        weight, bias = (
            part[0][k].detach().numpy().astype(np.float64)
            for part in (model.net.weights, model.net.biases)
        )
        by_class = {}
        for item in known.rest.tolist()[: member.pool]:
            other = int(model.views[m].partner[item])
            logits = (x[item] * masks[0] + x[other] * masks[1]) @ weight + bias[0]
            p = np.exp(logits - logits.max())
            p /= p.sum()
            by_class.setdefault(int(p.argmax()), []).append((p.max(), item))
        per = {"co-training": 1, "self-training": 2, "supervised": 0}[member.method] * member.per
        for c, candidates in by_class.items():
            for sure, item in sorted(candidates, key=lambda pair: -pair[0])[:per]:
                if item not in best or sure > best[item][0]:
                    best[item] = (sure, c, number + 1)
    return {item: pair[1:] for item, pair in best.items()}


@pytest.mark.parametrize("knobs", [{}, {"rho": 1, "per": 1, "pool": 20}, {"split": "left/right"}])
def test_the_rounds_are_those_of_a_slow_loop(knobs, monkeypatch):
    rounds = []

    def check(model, labels):
        expected = [slow_round(model, m, known) for m, known in enumerate(labels)]
        before = [(known.label.clone(), known.rest.clone()) for known in labels]
        teach(model, labels)
        for known, given, (label, rest) in zip(labels, expected, before, strict=True):
            for item, (c, teacher) in given.items():
                assert label[item] == UNKNOWN
                label[item] = c
                assert known.teacher[item] == teacher
            assert torch.equal(known.label, label)
            assert known.rest.tolist() == [item for item in rest.tolist() if item not in given]
            assert sorted(known.rows.tolist()) == torch.nonzero(label != UNKNOWN)[:, 0].tolist()
        rounds.append(len(expected[0]))

    teach = lesson.teach
    monkeypatch.setattr(lesson, "teach", check)
    courses([short(steps=200, **knobs)])
    assert len(rounds) == 200 // lesson.ROUND_STEPS - 1 and all(rounds)


def test_without_items_left_the_learners_go_on_with_what_they_have():
    _, labels = courses([short(steps=400, per=10, pool=600)])
    pair = labels[0]
    assert not len(pair.rest) and not pair.latest and (pair.label != UNKNOWN).all()
    assert ((pair.teacher == PERSON).sum() == 20) and len(pair.rows) == len(pair.label)


# --- the gradient, the stack, what is compared


def test_the_gradient_by_hand_is_autograds():
    model = lesson.Learners(members([short(rho=0.5)]), digits(), "cpu")
    rows = torch.randint(1000, (len(model.masks), 64), generator=seeded())
    x, t = model.see(rows), digits().y[rows]
    nets.Adam(model.parameters(), 0.1)  # gives every parameter a .grad
    nets.autograd(lesson.loss)(model, x, t)
    expected = [p.grad.clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad.fill_(7.0)
    by_hand.gradient(model, x, t)
    for p, by_autograd in zip(model.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, by_autograd, atol=1e-6, rtol=1e-5)


def test_one_step_is_that_of_numpy():
    """Softmax regression and Adam in float64, from the weights and the batch of the first step."""
    batch = {}

    def note(model, adam, x, t):
        batch.update(x=x.double().numpy(), t=t.numpy())
        batch["w"] = model.net.weights[0].detach().double().numpy().copy()
        batch["b"] = model.net.biases[0].detach().double().numpy().copy()
        by_hand.descend(model, adam, x, t)

    run = short(lr=0.003)
    _, model, _ = next(lesson.fit([run], digits(), descend=note))
    for k in range(len(model.masks)):
        x, t, w = batch["x"][k], batch["t"][k], batch["w"][k]
        logits = x @ w + batch["b"][k]
        q = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        grad = x.T @ (q - np.eye(10)[t]) / len(x)
        step = lesson.QUICK * run.lr * grad / (np.abs(grad) + 1e-8)  # Adam's first
        new = model.net.weights[0][k].detach().numpy()
        clear = np.abs(grad) > 1e-5  # below, the sign is rounding
        np.testing.assert_allclose(new[clear], (w - step)[clear], atol=2e-4)


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_by_autograd_a_run_gives_the_same_curve(rho):
    run = Settings(rho=rho, steps=100)
    (by_autograd,), (fast,) = (last_numbers(train([run], fit=fit)) for fit in (lesson.fit, None))
    assert by_autograd["accuracy"] == pytest.approx(fast["accuracy"], abs=0.03)


def test_learners_trained_together_are_those_trained_alone():
    runs = [
        short(),
        short(rho=1),
        short(rho=0.5, split="left/right", per=1, labels=5, seed=3),
        short(pool=20, lr=0.01, seed=7),
    ]
    together = list(zip(*train(runs), strict=True))
    for run, frames in zip(runs, together, strict=True):
        alone = list(one_run(train, run))
        assert [plain(frame) for frame in frames] == [plain(frame) for frame in alone], run


def test_methods_of_one_seed_begin_with_the_same_labels_and_pool():
    runs = [short(rho=rho) for rho in (0.0, 1.0)]
    stack = members(runs)
    labels = [begin(digits(), m.labels, m.pool, m.seed) for m in stack]
    assert len(stack) == 6 and {m.method for m in stack} == set(METHODS)
    for known in labels:
        assert torch.equal(known.rows, labels[0].rows) and torch.equal(known.rest, labels[0].rest)
        assert torch.equal(known.label.unique(return_counts=True)[1][1:], torch.full((10,), 2))


def test_until_the_first_round_self_training_is_supervised():
    weights, _ = courses([short(per=2)])
    stack = members([short(per=2)])
    at = {member.method: 1 + n for n, member in enumerate(stack)}  # the pair has two learners
    self_taught, supervised = (weights[:, at[name]] for name in ("self-training", "supervised"))
    same = [torch.equal(*pair) for pair in zip(self_taught, supervised, strict=True)]
    assert same == [step < lesson.ROUND_STEPS for step in range(100)]


def test_repetitions_are_runs_of_their_own():
    both = last_numbers(train([Settings(seeds=2, steps=100, seed=4)]))[0]
    ends = last_numbers(train([short(seed=4)])) + last_numbers(
        train([short(seed=4)], fit=partial(shifted, shift=100))
    )
    for name, value in both.items():
        if name not in ("wrong", "self_wrong"):  # shares of different totals
            assert value == pytest.approx(np.mean([end[name] for end in ends]), abs=1e-9), name


def shifted(runs, data, device, shift):
    """The chapter's loop with the members of another seed, under the old names."""
    moved = [m._replace(seed=m.seed + shift) for m in members(runs)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesson, "members", lambda runs: moved)
        for step, model, labels in by_hand.fit(runs, data, device):
            model.members = members(runs)
            yield step, model, labels


def test_a_cut_of_the_readers_own_makes_the_views():
    def edges(split, shape, generator):
        first = torch.zeros(shape)
        first[2:6, 2:6] = 1
        return torch.stack([first, 1 - first]).flatten(1)

    (end,) = train_last(short(), fit=partial(by_hand.fit, cut=edges))
    grey = end.pictures["views"].tiles[0] == round(255 * 0.5)
    assert not grey[:, 2:6, 2:6].all((1, 2)).any() and grey[:, :2].all()


@pytest.fixture
def table(tmp_path):
    """A table of nine columns, which is drawn as pictures of 3 x 3."""
    x, y = np.random.default_rng(0).random((60, 9)), np.arange(60) % 2
    rows = [",".join(map(str, (*numbers, f"class {c}"))) for numbers, c in zip(x, y, strict=True)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["a,b,c,d,e,f,g,h,i,label", *rows]))
    return str(path)


def first_columns(**knobs):
    """Which columns of the table the first learner sees."""
    run = short(**knobs)
    model = lesson.Learners(members([run]), load_task(run.data, "cpu"), "cpu")
    return "".join(np.array(list("abcdefghi"))[model.views[0].masks[0].numpy() > 0])


def test_a_table_is_cut_by_its_columns_however_it_is_drawn(table):
    assert first_columns(data=table, split="left/right") == "abcd"
    assert first_columns(data=table, split="in turn") == "acegi"
    assert first_columns(data=table, columns="c, a ,i") == "aci"
    (end,) = train_last(short(data=table, columns="a,b,c"))
    assert end.step == end.steps


@pytest.mark.parametrize(
    "columns, sentence",
    [
        ("a,z", "no column 'z'; it has a, b, c, d, e, f, g, h, i"),
        (",", "Each view needs a column"),
        ("a,b,c,d,e,f,g,h,i", "Each view needs a column"),
    ],
)
def test_columns_that_will_not_do_are_refused_in_a_sentence(table, columns, sentence):
    with pytest.raises(DataError, match=sentence):
        first_columns(data=table, columns=columns)


def test_columns_are_of_tables(tmp_path):
    x, y = np.random.default_rng(0).random((60, 3, 3), np.float32), np.arange(60) % 2
    with pytest.raises(DataError, match="pixels have no names: empty the columns"):
        first_columns(data=own(tmp_path, x, y), columns="a")
    assert members([short(columns="a")]) == members([short()])  # digits have none


def test_a_table_in_the_data_folder_has_columns_to_name(table, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(Path(table).parent))
    assert Settings(data="table").matters("columns") and not Settings().matters("columns")
    assert not Settings(data="table", kind="co-teaching").matters("columns")
    assert first_columns(data="table", columns="b,d") == "bd"


def train_last(*runs, **same):
    *_, frames = train(list(runs), **same)
    return frames


# --- no leak


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_hidden_labels_do_not_leak_into_training(rho, monkeypatch):
    """Every label but the first is poisoned; the pairs of pictures stay, which are the data."""
    data, run = digits(), short(rho=rho, steps=150)
    weights, labels = courses([run], data)
    first = begin(data, run.labels, run.pool, run.seed).rows
    poisoned = (data.y + torch.randint(1, 10, data.y.shape, generator=seeded())) % 10
    poisoned[first] = data.y[first]
    assert (poisoned != data.y).sum() == len(data.y) - 20
    make = views.make_views
    # labels of other classes would also change which items are drawn first: the order is kept
    monkeypatch.setattr(lesson, "begin", lambda _, *given: begin(data, *given))
    monkeypatch.setattr(views, "make_views", lambda member, _, cut: make(member, data, cut))
    dark = Task(data.data, data.classes, data.x, poisoned, (data.y_test + 1) % 10)
    again, same = courses([run], dark)
    assert torch.equal(weights, again)
    assert all(torch.equal(a.label, b.label) for a, b in zip(labels, same, strict=True))


# --- the numbers


def test_the_numbers_are_those_of_a_slow_count():
    data, run = digits(), short(rho=0.5)
    *_, (_, model, labels) = by_hand.fit([run], data)
    compared = {m: [members([run]).index(own) for own in o] for m, o in comparison(run).items()}
    found = numbers(data, evaluate(model, data, True), labels, compared)
    made, masks = model.views[0], model.masks
    right, views_right = 0, [0, 0]
    for item, y in enumerate(data.y_test.tolist()):
        x, other = data.data.test[item], data.data.test[made.test_partner[item]]
        log_p = [
            torch.log_softmax(
                (x * masks[k, 0] + other * masks[k, 1]) @ model.net.weights[0][k]
                + model.net.biases[0][k, 0],
                -1,
            )
            for k in (0, 1)
        ]
        right += int(sum(log_p).argmax()) == y
        for k in (0, 1):
            views_right[k] += int(log_p[k].argmax()) == y
    m = len(data.y_test)
    assert found["accuracy"] == pytest.approx(right / m, abs=2.1 / m)  # rounding of two items
    assert found["view_1"] == pytest.approx(views_right[0] / m, abs=2.1 / m)
    assert found["view_2"] == pytest.approx(views_right[1] / m, abs=2.1 / m)
    known = labels[0]
    given = [i for i in range(len(data.y)) if known.label[i] >= 0 and known.teacher[i] > 0]
    assert found["labels"] == len(given) > 20
    bad = sum(int(known.label[i]) != int(data.y[i]) for i in given)
    assert found["wrong"] == pytest.approx(bad / len(given))
    assert found["gain"] == found["accuracy"] - found["supervised_accuracy"]


# --- bad input


def own(folder, x, y=None):
    np.savez(folder / "own.npz", x=x, **({} if y is None else {"y": y}))
    return str(folder / "own.npz")


@pytest.mark.parametrize("kind", ["co-training", "co-teaching"])
def test_one_class_is_refused(kind, tmp_path):
    x = np.random.default_rng(0).random((40, 4, 4), np.float32)
    with pytest.raises(DataError, match="has one class only: give pictures of two or more"):
        next(train([Settings(kind=kind, data=own(tmp_path, x, np.zeros(40, int)))]))


def test_fewer_items_than_classes_are_refused(tmp_path):
    x = np.random.default_rng(0).random((25, 4, 4), np.float32)
    path = own(tmp_path, x, np.arange(25))
    with pytest.raises(DataError, match=r"training pictures of 25 classes: give at least one of"):
        next(train([Settings(data=path)]))


def test_without_unlabelled_items_it_says_what_to_do(tmp_path):
    x = np.random.default_rng(0).random((30, 4, 4), np.float32)
    path = own(tmp_path, x, np.arange(30) % 3)
    assert next(train([short(data=path)]))
    with pytest.raises(DataError, match="all would have a label: ask for fewer labels a class"):
        next(train([short(data=path, labels=10)]))


def test_pictures_without_labels_get_clusters_and_say_so(tmp_path):
    path = own(tmp_path, np.random.default_rng(0).random((60, 4, 4), np.float32))
    data = load_task(path, "cpu")
    assert len(data.classes) == 5 and data.guessed and not digits().guessed
    for kind, name in (("co-training", "views"), ("co-teaching", "thrown")):
        (frame,) = next(train([Settings(data=path, kind=kind)]))
        assert "these pictures have no labels" in frame.pictures[name].caption


def test_a_run_that_leaves_the_finite_numbers_says_so(monkeypatch):
    monkeypatch.setattr(nets.Adam, "step", lambda adam: adam.flat.fill_(float("nan")))
    for kind in ("co-training", "co-teaching"):
        with pytest.raises(Diverged, match="Training diverged at step 1 "):
            next(train([short(kind=kind)]))


# --- the pictures


def test_the_pictures_show_the_views_and_the_latest_labels():
    data = digits()
    *_, (frame,) = train([short(rho=0, steps=200)])
    tiles = frame.pictures["views"].tiles
    model = lesson.Learners(members([short(rho=0)]), data, "cpu")
    made = model.views[0]
    first = begin(data, 2, 75, 0).rows[0]
    expected = torch.where(made.masks[1] > 0, data.x[made.partner[first]], torch.tensor(0.5))
    assert np.array_equal(
        tiles[1, 0], (expected.numpy() * 255 + 0.5).astype(np.uint8).reshape(8, 8)
    )
    taught = frame.pictures["taught"]
    assert taught.columns[0].removesuffix(CROSS) in data.classes
    bars = dict(
        zip(frame.pictures["teachers"].names, frame.pictures["teachers"].values, strict=True)
    )
    given = sum(value for name, value in bars.items() if name.startswith("view"))
    assert given == frame.scalars["labels"]
    wrong = bars["view 1, wrong"] + bars["view 2, wrong"]
    assert frame.scalars["wrong"] == pytest.approx(wrong / given)


# --- what the chapter teaches

FAST = {"independent-gain", "dependence-costs", "precise-picks"}  # of the first seed
CLAIMS = [
    pytest.param(
        claim,
        seed,
        id=f"{claim.id}-{seed}",
        marks=() if seed == 0 and claim.id in FAST else pytest.mark.slow,
    )
    for claim in find("two-learners").claims
    for seed in range(5)
]


@pytest.mark.parametrize("claim, seed", CLAIMS)
def test_the_claims_about_two_learners_hold(claim, seed):
    holds, measured = claim.measure(seed)
    print(f"{claim.id} {seed}: {measured}")
    assert holds, f"{claim.sentence} Measured: {measured}"
