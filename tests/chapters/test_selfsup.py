"""Chapter 4: what it claims, what its pictures show, and the sets that it brings."""

import os
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from doubles import one_run
from PIL import Image

from workbench import data
from workbench.chapters import find
from workbench.chapters.selfsup import frames, lesson, pictures, study
from workbench.chapters.selfsup.cielab import to_lab
from workbench.chapters.selfsup.colorization import Answer, Colorization, colours_under
from workbench.chapters.selfsup.colour_data import MOST, Album, load_album, paint_pictures
from workbench.chapters.selfsup.exam import Questions
from workbench.chapters.selfsup.frames import COUNTS, measure, train
from workbench.chapters.selfsup.jigsaw import Jigsaw, Safeguards
from workbench.chapters.selfsup.knobs import BATCH, PAINTS, PROBES, Settings
from workbench.chapters.selfsup.pretext import lesson_data
from workbench.chapters.selfsup.rotation import Rotation
from workbench.core.pictures import Images
from workbench.data.images import caltech, photos
from workbench.results.studies import find as find_study
from workbench.science import nets

CHEAP = ("edges", "collisions")
RUNS = [
    pytest.param(
        claim,
        seed,
        id=f"{claim.id}-{seed}",
        marks=()
        if claim.id in CHEAP or (claim.id == "better-than-nothing" and seed == 0)
        else pytest.mark.slow,
    )
    for claim in find("selfsup").claims
    for seed in range(5)
]


@pytest.mark.parametrize("claim, seed", RUNS)
def test_the_chapters_claims_hold(claim, seed):
    holds, measured = claim.measure(seed)
    assert holds, f"{claim.sentence} Measured: {measured}"


def first(**knobs):
    return next(one_run(train, Settings(steps=60, **knobs)))


# --- training


def test_all_encoders_begin_with_the_same_weights():
    scalars = first(lr=0.0001, data="digits").scalars
    for name in ("pretext", "supervised"):
        assert scalars[f"probe_{name}"] == pytest.approx(scalars["probe_random"], abs=0.03)


def test_a_step_is_that_of_torchs_adam():
    run = Settings(kind="rotation", data="digits", lr=0.01, steps=60)
    data = lesson_data(run, load_album("digits"))
    generator = torch.Generator().manual_seed(run.seed)
    encoder = lesson.Encoder(8, generator)
    task = data.make_task(encoder, generator)
    lesson.Labels(data.light, data.y, data.classes, generator)  # draws its head, too
    parts = [*encoder.parameters(), *task.head.parameters()]
    adam = torch.optim.Adam(parts, run.lr)
    batches = nets.Batches(len(data.light), BATCH, [generator], "cpu")
    for step, learners in lesson.fit([run], data):
        x, y = task.ask(batches.draw()[0], generator)
        adam.zero_grad()
        task.loss(encoder, x, y).backward()
        adam.step()
        for ours, theirs in zip(learners["pretext"].parameters(), parts, strict=True):
            assert torch.allclose(ours, theirs, atol=1e-5)
        if step == 3:
            break


def test_measured_numbers_are_those_of_the_frames():
    run = Settings(kind="jigsaw", data="digits", steps=60)
    frame = next(frame for frame in one_run(train, run) if frame.step == 10)
    alone = measure(run, step=10)
    assert alone.items() < frame.scalars.items()
    assert frame.scalars.keys() - alone.keys() == {"probe_supervised"}
    assert measure(run, step=10, supervised=True) == frame.scalars


def test_a_readers_loss_trains_the_same_task():
    """Answers to other questions cannot be learnt, and the encoder taught with labels stays."""

    def loss(learner, x, y):
        return lesson.loss(learner, x, y.roll(1))

    run = Settings(kind="rotation", data="digits", steps=100)
    *_, blind = one_run(train, run, fit=partial(lesson.fit, loss=loss))
    plain = measure(run, supervised=True)
    assert blind.scalars["accuracy"] < 0.4 < plain["accuracy"]
    assert blind.scalars["probe_supervised"] == plain["probe_supervised"]


def test_labels_teach_the_fourth_encoder_alone():
    """The pretext encoder of a set without labels is that of the same set with them."""
    by_known = {}
    for known in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            album = load_album("digits", "cpu", PAINTS[0])
            if not known:
                nameless = Album(**(vars(album) | {"y": None, "y_test": None}))
                patch.setattr(frames, "load_album", lambda *_, album=nameless: album)
            by_known[known] = first(data="digits", kind="rotation").scalars
    assert by_known[False].keys() == {"loss", "accuracy", "chance"}
    assert by_known[True]["loss"] == pytest.approx(by_known[False]["loss"], abs=0.5)


def test_the_last_picture_has_four_encoders_and_bands():
    *_, frame = one_run(train, Settings(steps=60, data="digits", kind="rotation"))
    curve = frame.pictures["labels"]
    assert [line.name for line in curve.lines] == list(PROBES.values())
    for line in curve.lines:
        assert line.x.tolist() == list(COUNTS)
        assert (line.low <= line.y).all() and (line.y <= line.high).all()
        assert line.y[-1] > line.y[0] + 0.1
    of_50 = {line.name: line.y[2] for line in curve.lines}
    assert of_50["taught all labels"] > of_50["random weights"] + 0.05
    assert {f"probe_{name}" for name in PROBES} < frame.scalars.keys()


# --- pictures


def test_a_puzzle_laid_out_in_its_order_is_the_picture():
    x = torch.rand((4, 1, 8, 8))
    task = Jigsaw(x, 2, 24, Safeguards(False, False), torch.Generator().manual_seed(0))
    tiles, which = task.ask(torch.arange(4), torch.Generator().manual_seed(1))
    boards = pictures.lay_out(task, tiles[:, :, 0].numpy(), task.orders[which].numpy())
    assert boards == pytest.approx(x[:, 0].numpy())


def test_mistakes_are_the_surest_ones():
    album = load_album("digits")
    generator = torch.Generator().manual_seed(0)
    task = Rotation(album.light_test[:40], generator)
    x, y = task.ask(torch.arange(40), generator)
    logits = torch.zeros(40, 4)
    logits[torch.arange(40), y] = 5.0
    wrong = torch.arange(10, 30)
    logits[wrong] = 0
    logits[wrong, (y[wrong] + 1) % 4] = 1 + 0.1 * torch.arange(20)
    shown = pictures.examples(Settings(kind="rotation"), album, Questions(task, x, y), logits)
    assert shown["mistakes"].columns == ("wrong",) * 10
    turned = album.pictures(x[29:30])
    assert np.abs(shown["mistakes"].tiles[0, 0] / 255 - turned[0]).max() < 0.01
    assert shown["examples"].columns == ("right",) * 10


def test_neighbours_stand_beside_their_query():
    album = load_album("photos")
    picture = pictures.neighbours(album, np.array([3, 5]), np.array([[1, 2], [7, 9]]))
    expected = (album.images.x_train[9] * 255 + 0.5).astype(np.uint8)
    assert np.array_equal(picture.colours[1, 2], expected)
    assert picture.columns == ("query", "1", "2")


@pytest.mark.parametrize("temperature", [0.05, 1])
def test_answered_colours_are_those_of_the_bins_if_sharpened(temperature):
    album, draws = load_album("photos"), torch.Generator().manual_seed(0)
    ab = colours_under(lesson.Encoder(16, draws), album.ab_test[:40])
    task = Colorization(album.light_test[:40], ab, Answer(True, 40, 0.5), draws)
    which = torch.randint(len(task.centres), (len(task.pixels(ab)),), generator=draws)
    logits = torch.nn.functional.one_hot(which, len(task.centres)).float()
    run, questions = Settings(temperature=temperature), Questions(task, task.x, ab)
    points = pictures.examples(run, album, questions, logits)["colours"]
    answered = points.xy[points.group == 1]
    apart = np.abs(answered[:, None] - task.centres.numpy()).max(-1).min(1)
    assert len(answered) == pictures.POINTS_DRAWN
    assert apart.max() < 0.01 if temperature < 1 else apart.min() > 1


# --- pictures in colour


def test_tiles_in_colour_are_kept_and_shown_in_grey():
    tiles = np.zeros((1, 2, 3, 4, 3), np.float32)
    tiles[0, 0] = (1, 0, 0)
    tiles[0, 1] = 0.5
    picture = Images("x", tiles)
    assert picture.tiles.shape == (1, 2, 3, 4) and picture.tiles.dtype == np.uint8
    assert np.unique(picture.tiles[0, 0]).tolist() == [76]  # 0.299 of 255
    assert np.unique(picture.tiles[0, 1]).tolist() == [128]
    board = picture.colour_mosaic()
    assert board.shape == (3, 9, 3)
    assert board[0, 0].tolist() == [255, 0, 0] and board[0, 4].tolist() == [110] * 3
    assert np.array_equal(
        Images("x", tiles[..., 0]).colour_mosaic()[..., 1], Images("x", tiles[..., 0]).mosaic()
    )


# --- sets


def test_lightness_and_colour_give_the_picture_back():
    album = load_album("photos")
    back = album.pictures(album.light[:20], album.ab[:20])
    assert back == pytest.approx(album.images.x_train[:20], abs=2e-3)
    assert album.light.mean().item() == pytest.approx(0, abs=1e-4)
    assert album.light.std().item() == pytest.approx(1, abs=1e-3)
    grey = load_album("digits").pictures(load_album("digits").light[:5])
    assert grey.shape == (5, 8, 8)


def test_paint_says_the_kind_or_one_of_two_or_nothing():
    x, kind = np.ones((600, 2, 2), np.float32), np.arange(600) % 5
    hues = {}
    for paint in PAINTS:
        lab = to_lab(paint_pictures(x, kind, paint, np.random.default_rng(0)))[:, 0, 0]
        assert lab[:, 0] == pytest.approx(np.full(600, 65), abs=1)
        hues[paint] = np.round(lab[:, 1:]).astype(int)
    by_kind = {p: [np.unique(h[kind == k], axis=0) for k in range(5)] for p, h in hues.items()}
    assert [len(s) for s in by_kind["one a kind"]] == [1] * 5
    assert [len(s) for s in by_kind["two a kind"]] == [2] * 5
    for pair in by_kind["two a kind"]:
        assert np.abs(pair.sum(0)).max() <= 6  # opposite: their mean is grey
    assert [len(s) for s in by_kind["any"]] == [10] * 5


def test_a_large_set_is_cut(monkeypatch):
    assert len(load_album("sprites").light) == MOST < len(data.load("sprites").x_train)


def test_patches_are_what_they_say():
    images = data.load("photos")
    assert images.x_train.shape == (2000, 16, 16, 3) and images.x_test.shape == (500, 16, 16, 3)
    assert np.bincount(images.y_train).tolist() == [400] * 5
    assert np.bincount(images.y_test).tolist() == [100] * 5
    sky, leaves = (images.x_train[images.y_train == k].mean() for k in (2, 4))
    assert sky > 0.7 > 0.3 > leaves
    petals = images.x_test[images.y_test == 3].mean((0, 1, 2))
    assert petals[0] > petals[1] + 0.2 > petals[2] + 0.2  # orange


def test_no_patch_for_testing_shares_a_column_with_training(monkeypatch):
    columns = np.broadcast_to(np.arange(640), (427, 640))
    numbered = np.stack([columns % 256, columns // 256, 0 * columns], -1).astype(np.uint8)
    monkeypatch.setattr(photos, "photograph", lambda name: numbered)
    images = photos.read()

    def columns_of(x):  # a pixel is the mean of two columns
        left = ((x[..., 0] + 256 * x[..., 1]) * 255 - 0.5).round().astype(int)
        return set(left.ravel()) | set(left.ravel() + 1)

    for region in range(len(photos.REGIONS)):
        trained = columns_of(images.x_train[images.y_train == region])
        assert trained and not trained & columns_of(images.x_test[images.y_test == region])


def test_a_folder_of_colour_pictures_keeps_its_colours(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for i in range(20):
        Image.new("RGB", (40, 40), (200, 10 * i, 0)).save(folder / f"{i:02}.png")
    images = data.load(folder)
    assert images.x_train.shape == (16, 32, 32, 3)
    assert np.abs(images.x_train[..., 0] - 200 / 255).max() < 1e-6
    frame = first(data=str(folder))
    assert frame.pictures["examples"].colours is not None


SHARED = Path(os.environ.get("WORKBENCH_DATA", "data")).resolve()


def test_caltech_is_there_when_its_folder_is(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert "caltech101" not in data.names()
    for name, value in (("cup", 60), ("ant", 200), (caltech.LEFT_OUT, 0)):
        place = tmp_path / caltech.FOLDERS[0] / name
        place.mkdir(parents=True)
        for i in range(15):
            Image.new("RGB", (50, 40), (value, 0, i)).save(place / f"{i:02}.jpg")
    assert "caltech101" in data.names() and caltech.FOLDERS[0].parts[0] not in data.names()
    images = data.load("caltech101")
    assert images.classes == ("ant", "cup") and images.x_train.shape == (24, 32, 32, 3)
    assert str(data.check("caltech101")).startswith(
        "caltech101: 24 + 6 images of 32 x 32, 2 classes"
    )
    shutil.rmtree(tmp_path / caltech.FOLDERS[0] / "cup")
    with pytest.raises(data.DataError, match="no two folders"):
        data.load("caltech101")


def test_a_photograph_is_scikit_learns():
    from sklearn.datasets import load_sample_image

    assert np.array_equal(photos.photograph("china"), load_sample_image("china.jpg"))


# --- the study


def test_the_study_counts_gains_over_random_weights(monkeypatch):
    numbers = iter([0.7, 0.8, 0.5, 0.4])

    def measure_case(case, name, seed, device):
        probes = dict.fromkeys((f"probe_{probe}" for probe in PROBES), 0.6)
        return probes | {"accuracy": 0.5, "chance": 0.1, "probe_pretext": next(numbers)}

    monkeypatch.setattr(study, "measure", measure_case)
    monkeypatch.setattr(study, "CASES", study.CASES[:2])
    *_, table = study.reproduce("photos", 2, None, "cpu")
    assert [row[1] for row in table.rows] == [case.title for case in study.CASES]
    assert [row[2] for row in table.rows] == [2, 2]
    assert table.rows[0][-2:] == ("+0.000 +/- 0.100", "too few seeds")
    some = np.array([0.1, 0.2, 0.1, 0.3, 0.1])
    assert study.verdict(some) == "better than random"
    assert study.verdict(-some) == "worse than random"
    assert study.verdict(some - 0.15) == "not decided"
    assert study.verdict(some[:4]) == "too few seeds"
    assert find_study("selfsup").data == "all"


def test_the_study_refuses_other_sets():
    with pytest.raises(Exception, match="data must be all or one of"):
        next(study.reproduce("iris", 1, None, "cpu"))
