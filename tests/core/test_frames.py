"""Frames: which steps are shown, which way up a picture is, and what pictures say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.frames import Diverged, Frame, Trace, check_finite, label, schedule
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Scatter, Table

# --- schedule


@given(st.integers(1, 100_000), st.integers(1, 200))
def test_a_schedule_stays_within_the_run_and_ends_it(steps, frames):
    shown = schedule(steps, frames)
    assert max(shown) == steps and min(shown) >= 1 and len(shown) <= frames
    assert shown == schedule(steps, frames)


@given(st.integers(500, 100_000))
def test_a_schedule_is_dense_early(steps):
    marks = sorted(schedule(steps))
    assert sum(mark <= steps / 4 for mark in marks) >= 0.4 * len(marks)
    gaps = np.diff(marks)
    assert np.all(np.diff(gaps) >= -1)  # wider and wider, but for rounding
    assert marks[0] <= steps / 500


# --- images


def test_images_are_kept_as_eight_bits():
    tiles = np.array([-1, 0, 0.5, 1, 2.0, 1 / 255]).reshape(1, 1, 2, 3)
    kept = Images("x", tiles).tiles
    assert kept.dtype == np.uint8
    assert kept.ravel().tolist() == [0, 0, 128, 255, 255, 1]
    assert Images("x", kept).tiles is kept


@given(*[st.integers(1, 4)] * 4, st.integers(0, 3))
def test_a_mosaic_keeps_every_tile_upright_and_in_its_place(rows, columns, height, width, gap):
    shape = (rows, columns, height, width)
    tiles = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    board = Images("x", tiles).mosaic(gap)
    assert board.shape == (rows * (height + gap) - gap, columns * (width + gap) - gap)
    assert board.dtype == np.uint8
    for r, c, y, x in np.ndindex(shape):
        assert board[r * (height + gap) + y, c * (width + gap) + x] == tiles[r, c, y, x]
    between = np.ones_like(board, bool)
    for r, c in np.ndindex(rows, columns):
        top, left = r * (height + gap), c * (width + gap)
        between[top : top + height, left : left + width] = False
    assert set(board[between]) <= {110}


# --- traces

FRAMES = [
    Frame(1, 30, {"loss": 3.0, "pca": 1.0, "rate": 0.5}),
    Frame(10, 30, {"loss": 2.0}),
    Frame(30, 30, {"loss": 1.5, "pca": 1.0, "rate": 4.0}),
]


def test_a_trace_picks_the_scalars_that_frames_have():
    trace = Trace("T", {"loss": "ours", "pca": "PCA", "gone": "?"}, "MSE", True, "c", ("pca",))
    curves = trace.curves(FRAMES)
    ours, pca = curves.lines
    assert (curves.title, curves.y_label, curves.x_label) == ("T", "MSE", "step")
    assert curves.log_y and curves.caption == "c"
    assert (ours.name, ours.style) == ("ours", "solid")
    assert (pca.name, pca.style) == ("PCA", "dashed")
    assert (ours.x.tolist(), ours.y.tolist()) == ([1, 10, 30], [3, 2, 1.5])
    assert (pca.x.tolist(), pca.y.tolist()) == ([1, 30], [1, 1])


def test_a_trace_against_a_scalar_is_a_path_through_a_plane():
    trace = Trace("RD", {"loss": "run"}, "distortion", against="rate", x_label="rate")
    (line,) = trace.curves([FRAMES[0], FRAMES[2]]).lines
    assert (line.x.tolist(), line.y.tolist()) == ([0.5, 4.0], [3.0, 1.5])


def test_a_trace_of_no_frames_has_no_lines():
    assert Trace("T", {"loss": "ours"}, "MSE").curves([]).lines == ()


# --- summaries


@pytest.mark.parametrize(
    "picture, words",
    [
        (Curves("Loss", (Line("train", np.arange(2), np.array([9.0, 0.25])),)), ["train 0.25"]),
        (Curves("Loss", ()), ["nothing yet"]),
        (Curves("Asked", (Line("all", np.arange(2), np.array([60.0, 1200.0])),)), ["all 1200."]),
        (Scatter("Runs", np.array([[2.0, -150.0]])), ["1 point, 2 to 2 across, -150 to -150 up"]),
        (
            Scatter("Codes", np.array([[-1.5, 2.0], [3.0, 4.0]])),
            ["2 points", "-1.5 to 3 across", "2 to 4 up"],
        ),
        (Scatter("Codes", np.empty((0, 2))), ["nothing yet"]),
        (Images("Grid", np.zeros((3, 5, 2, 2)), ("a", "b", "c")), ["3 rows of 5", "a; b; c"]),
        (
            Images("Grid", np.zeros((1, 3, 2, 2)), (), ("", "0 to 7", "1 to 3")),
            ["Grid: 1 row of 3 under 0 to 7, 1 to 3."],
        ),
        (Images("Grid", np.zeros((2, 1, 2, 2)), ("a", "")), ["2 rows of 1 (a)."]),
        (Bars("Rates", ("z1", "z2"), np.array([0.5, 1.25])), ["z1: 0.500", "z2: 1.25"]),
        (Bars("Items", ("few", "many"), np.array([98.0, 155.0])), ["few: 98, many: 155"]),
        (
            HeatMap("MI", np.array([[0.1, 0.9], [0.7, 0.2]]), ("z1", "z2"), ("shape", "x")),
            ["shape: z2 (0.70)", "x: z1 (0.90)"],
        ),
        (Table("Scores", ("metric", "run"), (("MIG", "0.12"),)), ["MIG 0.12"]),
    ],
)
def test_a_picture_says_what_it_shows(picture, words):
    summary = picture.summary()
    assert summary.startswith(f"{picture.title}: ") and summary.endswith(".")
    for word in words:
        assert word in summary


def test_a_scalar_is_called_as_a_reader_writes_it():
    assert label("train_mse") == "train MSE" and label("ap_top-k") == "AP top-k"
    assert label("effective_beta") == "effective beta" and label("instance_auc") == "instance AUC"


# --- divergence


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_divergence_names_the_step_the_scalar_and_a_hint(value):
    with pytest.raises(Diverged, match=r"diverged at step 7 \(loss is .*\)\. Lower the rate\."):
        check_finite(7, {"fine": 1.0, "loss": value}, "Lower the rate.")


def test_finite_numbers_pass():
    check_finite(7, {"loss": 1e300, "rate": -1.0}, "")
