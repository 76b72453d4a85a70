"""Bootstrapping: its gradients against autograd, and what wrong labels do to a network."""

import time

import numpy as np
import pytest
import torch
from doubles import one_run
from sklearn.metrics import average_precision_score

from workbench.chapters import find
from workbench.chapters.bootstrap import by_hand, detection, lesson, pictures, study
from workbench.chapters.bootstrap import frames as bootstrap
from workbench.chapters.bootstrap import labels as bootstrap_labels
from workbench.chapters.bootstrap.frames import train
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Voted, Wrong
from workbench.chapters.bootstrap.lesson import Classifiers, Member
from workbench.core.frames import Diverged
from workbench.core.pictures import Images
from workbench.data import DataError, load
from workbench.results.studies import find as find_study
from workbench.science import corruption, formulas, metrics, nets
from workbench.science.tensors import resident

LOSSES = ["cross-entropy", "soft", "hard", "soft-detached", "recon", "recon"]
SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def work():
    return bootstrap_labels.task("digits", "cpu")


def last(*runs, **same):
    """The last scalars of these runs, trained side by side with one frame."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (bootstrap, detection):
            patch.setattr(module, "schedule", lambda steps: {steps})
        (frames,) = train([Settings(**same, **run) for run in runs])
    return [frame.scalars for frame in frames]


# --- the gradient


def small(losses=LOSSES):
    given = Wrong("uniform", 0.4)
    team = [Member(loss, 0.7, given, 0, 0.0, 0.01, seed) for seed, loss in enumerate(losses)]
    model = Classifiers(team, [12, 9, 5], "cpu")
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(3).add_(torch.randn(p.shape, generator=seeded(3)) / 3)
    for p in model.parameters():
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    x = torch.rand(len(losses), 8, 12, generator=seeded(1))
    return model, x, torch.randint(5, (len(losses), 8), generator=seeded(2))


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    "losses", [LOSSES, ["hard"], ["recon"], [*LOSSES[:5], "cross-entropy"]], ids=len
)
def test_the_gradient_by_hand_is_autograds(losses, beta):
    # the last one has a noise layer and still warms up
    model, x, t = small([*losses[:-1], "recon"] if losses[-1] == "cross-entropy" else losses)
    losses, betas = tuple(losses), (beta,) * len(losses)
    lesson.gradient_by_autograd(model, x, t, losses, betas)
    expected = [p.grad.clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad.fill_(7.0)
    by_hand.gradient_by_hand(model, x, t, losses, betas)
    for p, by_autograd in zip(model.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, by_autograd, atol=2e-6, rtol=1e-4)


def test_by_autograd_a_run_gives_the_same_curve():
    for loss in ("hard", "soft", "recon"):
        run = Settings(loss=loss, steps=100, beta=0.5)
        ends = []
        for gradient in (by_hand.gradient_by_hand, lesson.gradient_by_autograd):
            *_, (frame,) = train([run], gradient=gradient)
            ends.append(frame.scalars["accuracy"])
        assert ends[0] == pytest.approx(ends[1], abs=0.02)


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


def test_members_share_labels_weights_and_batches():
    seen = []

    def keep(model, x, t, losses, beta):
        if not seen:
            seen.extend([x.clone(), t.clone(), [p.detach().clone() for p in model.parameters()]])
        by_hand.gradient_by_hand(model, x, t, losses, beta)

    list(train([Settings(steps=100)], gradient=keep))
    x, t, parameters = seen
    assert torch.equal(x[0], x[1]) and torch.equal(t[0], t[1])
    assert all(torch.equal(p[0], p[1]) for p in parameters)


def test_noise_is_drawn_once_and_the_test_set_is_never_touched():
    before = load("digits").y_test.copy()
    item = {}

    def keep(model, x, t, losses, beta):
        for row, label in zip(x[0], t[0].tolist(), strict=True):
            item.setdefault(row.numpy().tobytes(), set()).add(label)
        by_hand.gradient_by_hand(model, x, t, losses, beta)

    list(train([Settings(steps=100, noise=0.8)], gradient=keep))  # five epochs
    assert len(item) > 1000 and all(len(labels) == 1 for labels in item.values())
    assert np.array_equal(load("digits").y_test, before)
    assert torch.equal(work().y_test, torch.from_numpy(before))


@pytest.mark.parametrize("pattern", ["uniform", "pair", "permutation", "look-alikes"])
def test_the_share_of_wrong_labels_is_what_was_asked_for_and_is_shown(pattern):
    count = len(work().y)
    for scalars, noise in zip(
        last({"noise": 0.0}, {"noise": 0.35}, steps=100, pattern=pattern), (0, 0.35), strict=True
    ):
        assert abs(scalars["realised"] - noise) <= 0.5 / count + 1e-9


def test_clean_items_are_not_trained_on():
    task = work()
    rows = {row.numpy().tobytes() for row in task.x}
    assert len(task.x_clean) == bootstrap_labels.CLEAN
    assert len(task.x) + len(task.x_clean) == len(task.data.train)
    assert not any(row.numpy().tobytes() in rows for row in task.x_clean[:20])


def test_during_the_warm_up_every_loss_is_cross_entropy():
    ends = last(*({"loss": loss, "warm_up": 100} for loss in ("soft", "hard")), steps=100)
    for end in ends:
        assert end["accuracy"] == end["plain_accuracy"]
    (hot,) = last({"loss": "hard", "warm_up": 0}, steps=100)
    assert hot["accuracy"] != hot["plain_accuracy"]


def test_at_beta_1_soft_and_hard_are_the_cross_entropy_beside_them():
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
        member = Member("cross-entropy", 1.0, Wrong("uniform", 0.2), 0, decay, 0.003, 0)
        ((_, model, _),) = lesson.fit([member], work(), 32, 200, {200})
        return sum(w.detach().square().sum().item() for w in model.net.weights)

    assert weights(0.01) < 0.7 * weights(0.0)


def test_one_class_is_refused_and_pictures_without_labels_get_clusters(tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "one.npz", x=rng.random((40, 4, 4), np.float32), y=np.zeros(40, int))
    with pytest.raises(DataError, match="one class"):
        next(one_run(bootstrap.train, Settings(data=str(tmp_path / "one.npz"))))
    np.savez(tmp_path / "bare.npz", x=rng.random((60, 4, 4), np.float32))
    bare = bootstrap_labels.task(str(tmp_path / "bare.npz"), "cpu")
    assert len(bare.classes) == 5 and set(bare.y.tolist()) <= set(range(5))


# --- what the chapter teaches


@pytest.mark.parametrize("claim", find("bootstrap").claims, ids=lambda claim: claim.id)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_chapters_claims_hold(claim, seed):
    holds, measured = claim.measure(seed)
    assert holds, f"{claim.sentence} Measured: {measured}"


def test_reconstruction_finds_how_labels_go_wrong():
    *_, frame = one_run(
        bootstrap.train, Settings(loss="recon", beta=0.3, noise=0.4, pattern="permutation")
    )
    believed, true = frame.pictures["believed"].values, frame.pictures["matrix"].values
    assert believed.sum(1) == pytest.approx(np.ones(10), abs=1e-5)
    off = 1 - np.eye(10)
    assert ((believed * off).argmax(1) == np.array(corruption.PERMUTATION)).mean() >= 0.8
    assert abs(believed - true).mean() < 0.05


def test_the_pictures_say_what_the_labels_are():
    *_, frame = one_run(bootstrap.train, Settings(steps=400))
    changed = frame.pictures["changed"]
    assert changed.tiles.shape == (1, pictures.EXAMPLES, 8, 8)
    assert all("→" in name for name in changed.columns)
    count = round(frame.scalars["changed"] * pictures.SHOWN)
    assert f"change {count}, right in {frame.scalars['right']:.0%}" in changed.caption


def test_the_surest_changes_are_shown_with_given_and_own_label():
    task = work()
    chosen = task.y[: pictures.SHOWN].clone()
    given = chosen.clone()
    given[7], given[9], chosen[11] = (given[7] + 1) % 10, (given[9] + 2) % 10, (chosen[11] + 1) % 10
    sure = torch.full(chosen.shape, 0.5)
    sure[9], sure[11] = 0.9, 0.8
    seen = pictures.Look([1.0], [1.0], [0.0], chosen[None], sure[None], given[None])
    picture = pictures._changed(task, seen, 0)
    names = [pictures._name(task, given[i], chosen[i], task.y[i]) for i in (9, 11, 7)]
    assert list(picture.columns) == names + [""] * (pictures.EXAMPLES - 3)
    assert names[1].endswith("✗") and not names[0].endswith("✗")
    assert "change 3, right in 67%" in picture.caption
    assert np.array_equal(
        picture.tiles[0, 0], (task.x[9].numpy() * 255 + 0.5).astype(np.uint8).reshape(8, 8)
    )


def test_early_stopping_keeps_the_frame_that_was_best_on_clean_items():
    frames = list(one_run(bootstrap.train, Settings(noise=0.6, steps=800, baselines=True)))
    kept = [frame.scalars["early_accuracy"] for frame in frames]
    seen = [frame.scalars["plain_accuracy"] for frame in frames]
    assert all(k in seen[: i + 1] for i, k in enumerate(kept))
    assert kept[-1] > seen[-1]


# --- annotators


def test_votes_are_what_careless_people_say():
    task = work()
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


# --- detection


def scenes(count=40, seed=0):
    data = resident("digits")
    return data, detection.compose(data.train, data.shape, count, seeded(seed))


def test_a_scene_has_its_pictures_where_it_says():
    data, found = scenes()
    counts = found.there.sum(1)
    assert set(counts.tolist()) <= {2.0, 3.0, 4.0, 5.0}
    assert found.canvas.shape == (40, 32, 32) and found.windows.shape == (40, 16, 256)
    assert (found.offset.abs() <= 0.5).all() and not found.offset[found.there == 0].any()
    rows = data.train.view(-1, 8, 8)
    matched = 0
    for n, cell in found.there.nonzero()[:40].tolist():
        down, right = (found.offset[n, cell] * 8).round().int().tolist()
        window = found.windows[n, cell].view(16, 16)
        spot = window[4 + down : 12 + down, 4 + right : 12 + right]
        matched += bool((rows <= spot + 1e-6).flatten(1).all(1).any())  # another may lie over it
    assert matched == 40


def test_windows_are_cut_around_their_cells():
    _, found = scenes()
    middle = found.windows.view(40, 4, 4, 16, 16)[:, :, :, 4:12, 4:12]
    assert torch.equal(middle.permute(0, 1, 3, 2, 4).reshape(40, 32, 32), found.canvas)


def test_the_annotated_share_is_exact_to_one_box_and_grows():
    _, found = scenes()
    before = torch.zeros_like(found.there)
    for share in (0.1, 0.35, 1.0):
        drawn = detection.annotate(found.there, Settings(annotated=share))
        assert abs(drawn.sum() - share * found.there.sum()) <= 0.5
        assert (before <= drawn).all() and (drawn <= found.there).all()
        before = drawn
    assert torch.equal(before, found.there)


@pytest.mark.parametrize("beta", [0.0, 0.6, 1.0])
def test_the_gradients_on_confidences_are_those_of_the_formulas(beta):
    a = torch.randn(4, 3, 16, generator=seeded(), dtype=torch.float64).mul(2).requires_grad_()
    t = (torch.rand(4, 3, 16, generator=seeded(1)) < 0.3).double()
    k = torch.full((4, 1, 1), 2)
    found = detection.confidence_gradient(
        a.detach(), t, detection.LOSSES, torch.full((4, 1, 1), beta, dtype=torch.float64), k
    )
    c = a.sigmoid()
    losses = (
        formulas.multibox_soft(c[0], t[0], 1.0)
        + formulas.multibox_soft(c[1], t[1], beta)
        + formulas.multibox_hard(c[2], t[2], beta)
    )
    expected = torch.autograd.grad(losses, a)[0][:3] * 3
    assert torch.allclose(found[:3], expected, atol=1e-12)
    plain = (c - t)[3].detach()
    for scene in range(3):
        empty = sorted(
            (cell for cell in range(16) if not t[3, scene, cell]),
            key=lambda cell: -a[3, scene, cell].item(),
        )
        left_out = empty[:2]
        for cell in range(16):
            expected = 0.0 if cell in left_out else plain[scene, cell].item()
            assert found[3, scene, cell].item() == pytest.approx(expected)


def test_at_beta_1_and_k_0_all_detectors_are_the_baseline():
    (end,) = last({}, kind="missing-boxes", beta=1, k=0, steps=100)
    for name in ("ap", "recall", "missing"):
        assert len({round(end[f"{name}_{loss}"], 6) for loss in detection.LOSSES}) == 1


def test_boxes_match_from_half_an_overlap_on():
    def iou(move):
        return detection.boxes_match(torch.tensor(move), torch.zeros(2)).item()

    assert iou([0.0, 0.0]) and iou([1 / 3 - 1e-3, 0.0]) and iou([0.15, 0.15])
    assert not iou([1 / 3 + 1e-3, 0.0]) and not iou([0.3, 0.3]) and not iou([1.5, 1.5])


def test_average_precision_is_scikit_learns():
    rng = np.random.default_rng(0)
    for share in (0.05, 0.3, 0.9):
        hit, sure = rng.random(500) < share, rng.random(500)
        expected = average_precision_score(hit, sure)
        assert metrics.average_precision(sure, hit, int(hit.sum())) == pytest.approx(expected)
    # what nobody detected counts as missed
    assert metrics.average_precision(sure, hit, 2 * int(hit.sum())) == pytest.approx(expected / 2)
    recall, precision = metrics.precision_recall([0.2, 0.9, 0.5], [True, True, False], 4)
    assert recall.tolist() == [0.25, 0.25, 0.5] and precision.tolist() == [1, 0.5, 2 / 3]


def test_boxes_are_drawn_where_they_are_said_to_be():
    canvas = np.zeros((32, 32), np.float32)
    chosen, offset = torch.zeros(16, dtype=torch.bool), torch.zeros(16, 2)
    chosen[5], offset[5] = True, torch.tensor([0.25, -0.5])  # row 1, column 1
    detection._outline(canvas, (8, 8), chosen, offset, 1.0)
    rows, columns = np.nonzero(canvas)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 17, 4, 11)
    assert canvas.sum() == 28  # an outline, not a block
    chosen[0], offset[0] = True, torch.tensor([-0.5, -0.5])  # partly outside
    detection._outline(canvas, (8, 8), chosen, offset, 1.0)
    assert canvas[3, :4].all() and canvas[:4, 3].all() and not canvas[0, 0]


def test_detectors_stand_side_by_side_over_the_same_scenes():
    data, found = scenes()
    said = torch.zeros(4, 40, 16, 3)
    said[3, 1, 6, 0] = 0.9  # top-k has found something in the second scene
    grid = detection._scenes(data, found, found.there, said, "x", "y.")
    assert [name for name in grid.columns if name] == ["baseline", "hard", "top-k"]
    four = [slice(5 * i, 5 * i + 4) for i in range(3)]
    blocks = [[grid.tiles[down, across] for across in four] for down in four]
    for n, (baseline, hard, top_k) in enumerate(blocks):
        plain = detection._cells(0.85 * found.canvas[n].numpy(), (8, 8))
        assert np.array_equal(baseline, Images("", plain).tiles)
        assert np.array_equal(hard, baseline)
        differs = (top_k != baseline).any((2, 3))
        assert np.argwhere(differs).tolist() == ([[1, 2]] if n == 1 else [])
    assert (grid.tiles[4] == 110).all() and (grid.tiles[:, 4] == 110).all()
    left = detection._scenes(data, found, found.there, None, "x", "y.")
    assert left.tiles.shape[:2] == (4, 14) and left.tiles.max() == 255


@pytest.mark.parametrize("kind", ["wrong-labels", "missing-boxes"])
def test_a_run_that_leaves_the_finite_numbers_says_so(kind, monkeypatch):
    monkeypatch.setattr(nets.Adam, "step", lambda adam: adam.flat.fill_(float("nan")))
    with pytest.raises(Diverged, match="Training diverged at step 1 "):
        next(one_run(bootstrap.train, Settings(kind=kind, steps=100)))


# --- the study


def test_verdicts_read_the_published_table_as_the_paper_does():
    paper = {
        (level, loss): [value]
        for level, row in study.PUBLISHED.items()
        for loss, value in zip(study.PAPER, row, strict=True)
    }
    breaks, hard, soft, recon, half = study.verdicts(paper)
    assert "breaks at 0.42" in breaks and "the same" in breaks
    assert hard.endswith("yes.") and recon.endswith("yes.") and half.endswith("yes.")
    assert "best 0.674" in half
    assert [line.style for line in study.figure(paper).lines] == ["solid", "dashed"] * 4
    second = {
        (level, loss): [value[0] - 0.02 * (loss == "recon")]
        for (level, loss), value in paper.items()
    }
    assert study.verdicts(second)[3].endswith("no.")  # helps, but not most
    worse = {key: [0.5] for key in paper}
    assert study.verdicts(worse)[1].endswith("no.")
    assert all(
        "not measured" in said
        for said in study.verdicts(
            {(0.3, "hard"): [1.0], **{(0.3, loss): [1.0] for loss in study.PAPER}}
        )
    )


def test_the_study_grows_by_levels_and_stops_at_its_budget(monkeypatch):
    monkeypatch.setattr(study, "LEAST", 60)
    monkeypatch.setattr(study, "WIDTH", 16)
    monkeypatch.setattr(study, "cores", lambda device: 1)
    tables = list(find_study("bootstrap").reproduce("digits", 2, None, "cpu"))
    assert [len(table.rows) for table in tables] == [4 * n for n in range(1, 11)]
    assert tables[-1].rows[0][:2] == ("0.30", "cross-entropy")
    assert tables[-1].rows[-1][4] == "0.674"
    assert len(list(study.reproduce("digits", 2, 1e-6, "cpu"))) == 1


def test_a_sweep_has_a_band_over_seeds_for_every_loss():
    curves = study.sweep(levels=(0, 0.6), seeds=2, steps=100)
    assert [line.name for line in curves.lines] == list(study.SWEEP)
    for line in curves.lines:
        assert (line.low <= line.y).all() and (line.y <= line.high).all() and line.y[0] > line.y[1]


def test_a_sweep_of_boxes_has_the_numbers_of_the_runs():
    curves = study.sweep_boxes(shares=(0.4, 1.0), seeds=2, steps=100, k=1)
    assert [line.name for line in curves.lines] == list(detection.LOSSES)
    ends = last({"seed": 0}, {"seed": 1}, kind="missing-boxes", annotated=0.4, k=1, steps=100)
    for line in curves.lines:
        values = [end[f"ap_{line.name}"] for end in ends]
        assert (line.low[0], line.high[0]) == (min(values), max(values)) and line.y[1] > line.y[0]


def test_a_sweep_has_the_numbers_of_the_runs():
    (end,) = last({}, loss="hard", beta=0.6, noise=0.6, steps=200, seed=1)
    found = study.accuracies(
        study.members(study.SWEEP, [Wrong("uniform", 0.6)], 2, 0.0, 0.003),
        "digits",
        128,
        200,
        "cpu",
    )
    assert found[0.6, "hard"][1] == end["accuracy"]
    assert found[0.6, "cross-entropy"][1] == end["plain_accuracy"]


@pytest.mark.slow
def test_the_whole_sweep_takes_less_than_a_minute_of_one_core():
    start = time.process_time()
    study.sweep()
    assert time.process_time() - start < 60


def test_nets_of_the_stack_are_the_papers_at_its_width():
    assert lesson.sizes(work(), 128) == [64, 128, 10]
    data = type("Big", (), {"pixels": 784})
    assert lesson.sizes(type("T", (), {"data": data, "classes": range(10)}), 500) == [
        784,
        500,
        300,
        10,
    ]
