"""Detection from incomplete annotations: its scenes, its gradients and what is drawn of it."""

from functools import partial

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score

from workbench.chapters.bootstrap.detection import by_hand, lesson, pictures, scenes
from workbench.chapters.bootstrap.detection.evaluation import boxes_match
from workbench.chapters.bootstrap.detection.lesson import Detectors, Goal
from workbench.chapters.bootstrap.frames import train
from workbench.chapters.bootstrap.knobs import BOX_LOSSES, Settings
from workbench.core.frames import Diverged, last_numbers
from workbench.core.pictures import Images
from workbench.science import formulas, metrics, nets
from workbench.science.tensors import resident

SHAPE = (8, 8)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def boxes(**knobs):
    return Settings(kind="missing-boxes", **knobs)


def composed(count=40):
    return scenes.compose(resident("digits").train, SHAPE, count, seeded())


# --- scenes


def test_a_scene_has_its_pictures_where_it_says():
    drawn = composed()
    counts = drawn.occupied.sum(1)
    assert set(counts.tolist()) <= {2.0, 3.0, 4.0, 5.0}
    assert drawn.canvas.shape == (40, 32, 32) and drawn.windows.shape == (40, 16, 256)
    assert (drawn.offset.abs() <= 0.5).all() and not drawn.offset[drawn.occupied == 0].any()
    rows = resident("digits").train.view(-1, *SHAPE)
    matched = 0
    for n, cell in drawn.occupied.nonzero()[:40].tolist():
        down, right = (drawn.offset[n, cell] * 8).round().int().tolist()
        window = drawn.windows[n, cell].view(16, 16)
        spot = window[4 + down : 12 + down, 4 + right : 12 + right]
        matched += bool((rows <= spot + 1e-6).flatten(1).all(1).any())  # another may lie over it
    assert matched == 40


def test_windows_are_cut_around_their_cells():
    drawn = composed()
    middle = drawn.windows.view(40, 4, 4, 16, 16)[:, :, :, 4:12, 4:12]
    assert torch.equal(middle.permute(0, 1, 3, 2, 4).reshape(40, 32, 32), drawn.canvas)


def test_the_annotated_share_is_exact_to_one_box_and_grows():
    occupied = composed().occupied
    before = torch.zeros_like(occupied)
    for share in (0.1, 0.35, 1.0):
        annotated = scenes.annotate(occupied, Settings(annotated=share))
        assert abs(annotated.sum() - share * occupied.sum()) <= 0.5
        assert (before <= annotated).all() and (annotated <= occupied).all()
        before = annotated
    assert torch.equal(before, occupied)


def test_runs_of_one_seed_share_their_scenes():
    runs = [boxes(seed=1), boxes(annotated=0.3), boxes(seed=1, annotated=0.9)]
    scenery = scenes.Scenery(resident("digits"), runs, "cpu")
    first, other, third = scenery.stages
    assert first.train is third.train and first.train is not other.train
    rows = torch.zeros(12, 1, dtype=torch.int64)  # the first scene for each of 3 x 4 detectors
    for n, (windows, drawn, offset) in enumerate(zip(*scenery.batch(rows), strict=True)):
        stage = scenery.stages[n // 4]
        assert torch.equal(windows[0], stage.train.windows[0])
        assert torch.equal(offset[0], stage.train.offset[0])
        assert torch.equal(drawn[0], stage.boxes[0])


# --- the gradient


@pytest.mark.parametrize("beta", [0.0, 0.6, 1.0])
def test_gradients_on_confidences_are_those_of_the_formulas(beta):
    a = torch.randn(4, 3, 16, generator=seeded(), dtype=torch.float64).mul(2).requires_grad_()
    t = (torch.rand(4, 3, 16, generator=seeded(1)) < 0.3).double()
    goals = tuple(Goal(loss, beta, 2) for loss in BOX_LOSSES)
    by_chain_rule = by_hand.confidence_gradient(a.detach(), t, goals)
    c = a.sigmoid()
    losses = (
        formulas.multibox_soft(c[0], t[0], 1.0)
        + formulas.multibox_soft(c[1], t[1], beta)
        + formulas.multibox_hard(c[2], t[2], beta)
    )
    expected = torch.autograd.grad(losses, a)[0][:3] * 3
    assert torch.allclose(by_chain_rule[:3], expected, atol=1e-12)
    plain = (c - t)[3].detach()
    for scene in range(3):
        empty = sorted(
            (cell for cell in range(16) if not t[3, scene, cell]),
            key=lambda cell: -a[3, scene, cell].item(),
        )
        left_out = empty[:2]
        for cell in range(16):
            expected = 0.0 if cell in left_out else plain[scene, cell].item()
            assert by_chain_rule[3, scene, cell].item() == pytest.approx(expected)


@pytest.mark.parametrize("beta", [0.0, 0.6, 1.0])
def test_the_gradient_by_hand_is_autograds(beta):
    model = Detectors(nets.Mlp([9, 7, 3], nets.generators(range(4))))
    for p in model.parameters():
        p.data.mul_(3)
        p.grad = torch.full_like(p, 7.0)  # what was there must not matter
    x = torch.rand(4, 5, 16, 9, generator=seeded(1))
    drawn = (torch.rand(4, 5, 16, generator=seeded(2)) < 0.3).float()
    batch = x, drawn, torch.rand(4, 5, 16, 2, generator=seeded(3)) - 0.5
    goals = tuple(Goal(loss, beta, 2, 0.01 * n) for n, loss in enumerate(BOX_LOSSES))
    nets.autograd(lesson.loss)(model, *batch, goals)
    expected = [p.grad.clone() for p in model.parameters()]
    for p in model.parameters():
        p.grad.fill_(7.0)
    by_hand.gradient(model, *batch, goals)
    for p, by_autograd in zip(model.parameters(), expected, strict=True):
        assert torch.allclose(p.grad, by_autograd, atol=2e-6, rtol=1e-4)


def test_by_autograd_a_run_gives_the_same_curve():
    (by_autograd,) = last_numbers(train([boxes(steps=100)], fit=lesson.fit))
    (fast,) = last_numbers(train([boxes(steps=100)]))
    for loss in BOX_LOSSES:
        assert by_autograd[f"ap_{loss}"] == pytest.approx(fast[f"ap_{loss}"], abs=0.02)


def test_a_loss_of_the_readers_own_is_minimised_and_shown():
    def loss(model, x, drawn, offset, goals):
        """The chapter's loss, and the heuristic of top-k unlearns."""
        signs = torch.tensor([-1 if goal.loss == "top-k" else 1 for goal in goals])
        return signs * lesson.loss(model, x, drawn, offset, goals)

    run = boxes(steps=100, warm_up=0)
    (end,) = last_numbers(train([run], fit=partial(lesson.fit, loss=loss)))
    assert end["ap_top-k"] < 0.1 < end["ap_baseline"]


def test_at_beta_1_and_k_0_all_detectors_are_the_baseline():
    (end,) = last_numbers(train([boxes(beta=1, k=0, steps=100)]))
    for name in ("ap", "recall", "missing"):
        assert len({round(end[f"{name}_{loss}"], 6) for loss in BOX_LOSSES}) == 1


def test_a_run_that_leaves_the_finite_numbers_says_so(monkeypatch):
    monkeypatch.setattr(nets.Adam, "step", lambda adam: adam.flat.fill_(float("nan")))
    with pytest.raises(Diverged, match="Training diverged at step 1 "):
        next(train([boxes(steps=100)]))


# --- what is measured


def test_boxes_match_from_half_an_overlap_on():
    def match(move):
        return boxes_match(torch.tensor(move), torch.zeros(2)).item()

    assert match([0.0, 0.0]) and match([1 / 3 - 1e-3, 0.0]) and match([0.15, 0.15])
    assert not match([1 / 3 + 1e-3, 0.0]) and not match([0.3, 0.3]) and not match([1.5, 1.5])


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


# --- what is drawn


def test_boxes_are_drawn_where_they_are_said_to_be():
    canvas = np.zeros((32, 32), np.float32)
    chosen, offset = torch.zeros(16, dtype=torch.bool), torch.zeros(16, 2)
    chosen[5], offset[5] = True, torch.tensor([0.25, -0.5])  # row 1, column 1
    pictures.outline(canvas, SHAPE, chosen, offset, 1.0)
    rows, columns = np.nonzero(canvas)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 17, 4, 11)
    assert canvas.sum() == 28  # an outline, not a block
    chosen[0], offset[0] = True, torch.tensor([-0.5, -0.5])  # partly outside
    pictures.outline(canvas, SHAPE, chosen, offset, 1.0)
    assert canvas[3, :4].all() and canvas[:4, 3].all() and not canvas[0, 0]


def test_detectors_stand_side_by_side_over_the_same_scenes():
    drawn = composed()
    answers = torch.zeros(4, 40, 16, 3)
    answers[3, 1, 6, 0] = 0.9  # top-k has detected something in the second scene
    grid = pictures.detected_boxes(drawn, answers, SHAPE)
    assert [name for name in grid.columns if name] == ["baseline", "hard", "top-k"]
    four = [slice(5 * i, 5 * i + 4) for i in range(3)]
    blocks = [[grid.tiles[down, across] for across in four] for down in four]
    for n, (baseline, hard, top_k) in enumerate(blocks):
        plain = pictures.cut(0.85 * drawn.canvas[n].numpy(), SHAPE)
        assert np.array_equal(baseline, Images("", plain).tiles)
        assert np.array_equal(hard, baseline)
        differs = (top_k != baseline).any((2, 3))
        assert np.argwhere(differs).tolist() == ([[1, 2]] if n == 1 else [])
    assert (grid.tiles[4] == 110).all() and (grid.tiles[:, 4] == 110).all()


def test_annotated_scenes_stand_in_a_row():
    drawn = composed()
    row = pictures.annotated_boxes(drawn, drawn.occupied, SHAPE)
    assert row.tiles.shape[:2] == (4, 14) and row.tiles.max() == 255
