"""Chapter 4: what it claims, what its pictures show, and the sets that it brings."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from doubles import one_run
from PIL import Image

from workbench import data
from workbench.chapters import find
from workbench.chapters.selfsup import colorization, exam, jigsaw, lesson, study
from workbench.chapters.selfsup import frames as selfsup
from workbench.chapters.selfsup import lab_colours as colour
from workbench.chapters.selfsup import pictures as show
from workbench.chapters.selfsup import tasks as pretext
from workbench.chapters.selfsup.colour_data import MOST, PAINTS, Coloured, coloured, painted
from workbench.chapters.selfsup.frames import train
from workbench.chapters.selfsup.knobs import Settings
from workbench.core.pictures import Images
from workbench.data.images import caltech, photos
from workbench.results.studies import find as find_study

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
    return next(one_run(train, Settings(steps=60, **knobs), shown={1}))


# --- training


def test_all_encoders_begin_with_the_same_weights():
    frame = next(one_run(train, Settings(lr=0.0001, steps=60, data="digits"), shown={1}))
    scalars = frame.scalars
    for name in ("pretext", "supervised"):
        assert scalars[f"probe_{name}"] == pytest.approx(scalars["probe_random"], abs=0.03)


def test_one_step_is_that_of_torchs_adam():
    album = coloured("digits")
    learners = []
    for _ in range(2):
        generator = torch.Generator().manual_seed(3)
        encoder = pretext.Encoder(8, generator)
        learners.append((encoder, pretext.Rotation(album.light, generator), generator))
    (ours, task, draws), (theirs, same, again) = learners
    learner = lesson.Learner(ours, task, 0.01)
    adam = torch.optim.Adam([*theirs.parameters(), *same.head.parameters()], 0.01)
    rows = torch.arange(64)
    for _ in range(3):
        learner.step(rows, draws)
        adam.zero_grad()
        same.loss(theirs, *same.ask(rows, again)).backward()
        adam.step()
    pairs = zip(
        [*ours.parameters(), *task.head.parameters()],
        [*theirs.parameters(), *same.head.parameters()],
        strict=True,
    )
    for one, other in pairs:
        assert torch.allclose(one, other, atol=1e-5)


def test_alone_has_the_same_numbers_but_for_the_taught_encoder():
    settings = Settings(kind="jigsaw", data="digits", steps=60)
    full, alone = (
        next(one_run(train, settings, shown={10}, alone=alone)) for alone in (False, True)
    )
    assert alone.scalars.items() < full.scalars.items() and not alone.pictures
    assert full.scalars.keys() - alone.scalars.keys() == {"probe_supervised"}


def test_labels_teach_the_fourth_encoder_alone():
    """The pretext encoder of a set without labels is that of the same set with them."""
    frames = {}
    for known in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            album = coloured("digits", "cpu", PAINTS[0])
            if not known:
                values = vars(album) | {"y": None, "y_test": None}
                nameless = Coloured(**values)
                patch.setattr(selfsup, "coloured", lambda *_, found=nameless: found)
            frames[known] = first(data="digits", kind="rotation")
    assert frames[False].scalars.keys() == {"loss", "accuracy", "chance"}
    assert frames[True].scalars["loss"] == pytest.approx(frames[False].scalars["loss"], abs=0.5)


def test_the_last_picture_has_four_encoders_and_bands():
    *_, frame = one_run(train, Settings(steps=60, data="digits", kind="rotation"), shown={60})
    curve = frame.pictures["labels"]
    assert [line.name for line in curve.lines] == list(exam.PROBES.values())
    for line in curve.lines:
        assert line.x.tolist() == list(exam.COUNTS)
        assert (line.low <= line.y).all() and (line.y <= line.high).all()
        assert line.y[-1] > line.y[0] + 0.1
    of_50 = {line.name: line.y[2] for line in curve.lines}
    assert of_50["taught all labels"] > of_50["random weights"] + 0.05
    assert {f"probe_{name}" for name in exam.PROBES} < frame.scalars.keys()


# --- pictures


def test_a_puzzle_laid_out_in_its_order_is_the_picture():
    x = torch.rand((4, 1, 8, 8))
    task = jigsaw.Jigsaw(x, 2, 24, False, False, torch.Generator().manual_seed(0))
    tiles, which = task.ask(torch.arange(4), torch.Generator().manual_seed(1))
    boards = show.laid_out(task, tiles[:, :, 0].numpy(), task.orders[which].numpy(), (8, 8))
    assert boards == pytest.approx(x[:, 0].numpy())


def test_mistakes_are_the_surest_ones():
    album = coloured("digits")
    generator = torch.Generator().manual_seed(0)
    task = pretext.Rotation(album.light_test[:40], generator)
    x, y = task.ask(torch.arange(40), generator)
    logits = torch.zeros(40, 4)
    logits[torch.arange(40), y] = 5.0
    wrong = torch.arange(10, 30)
    logits[wrong] = 0
    logits[wrong, (y[wrong] + 1) % 4] = 1 + 0.1 * torch.arange(20)
    found = show.examples(task, album, x, y, logits, Settings(kind="rotation"))
    assert found["mistakes"].columns == ("wrong",) * 10
    turned = album.pictures(x[29:30])
    assert np.abs(found["mistakes"].tiles[0, 0] / 255 - turned[0]).max() < 0.01
    assert found["examples"].columns == ("right",) * 10


def test_neighbours_stand_beside_their_query():
    album = coloured("photos")
    picture = show.neighbours(album, np.array([3, 5]), np.array([[1, 2], [7, 9]]))
    expected = (album.images.x_train[9] * 255 + 0.5).astype(np.uint8)
    assert np.array_equal(picture.colours[1, 2], expected)
    assert picture.columns == ("query", "1", "2")


@pytest.mark.parametrize("temperature", [0.05, 1])
def test_answered_colours_are_those_of_the_bins_if_sharpened(temperature):
    album, draws = coloured("photos"), torch.Generator().manual_seed(0)
    ab = pretext.under(pretext.Encoder(16, draws), album.ab_test[:40])
    task = colorization.Colorization(album.light_test[:40], ab, True, 40, 0.5, draws)
    which = torch.randint(len(task.centres), (len(task.pixels(ab)),), generator=draws)
    logits = torch.nn.functional.one_hot(which, len(task.centres)).float()
    points = show.examples(task, album, task.x, ab, logits, Settings(temperature=temperature))[
        "colours"
    ]
    said = points.xy[points.group == 1]
    apart = np.abs(said[:, None] - task.centres.numpy()).max(-1).min(1)
    assert len(said) == show.PLACES
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
    album = coloured("photos")
    back = album.pictures(album.light[:20], album.ab[:20])
    assert back == pytest.approx(album.images.x_train[:20], abs=2e-3)
    assert album.light.mean().item() == pytest.approx(0, abs=1e-4)
    assert album.light.std().item() == pytest.approx(1, abs=1e-3)
    grey = coloured("digits").pictures(coloured("digits").light[:5])
    assert grey.shape == (5, 8, 8)


def test_paint_says_the_kind_or_one_of_two_or_nothing():
    x, kind = np.ones((600, 2, 2), np.float32), np.arange(600) % 5
    hues = {}
    for paint in PAINTS:
        lab = colour.to_lab(painted(x, kind, paint, np.random.default_rng(0)))[:, 0, 0]
        assert lab[:, 0] == pytest.approx(np.full(600, 65), abs=1)
        hues[paint] = np.round(lab[:, 1:]).astype(int)
    seen = {p: [np.unique(h[kind == k], axis=0) for k in range(5)] for p, h in hues.items()}
    assert [len(s) for s in seen["one a kind"]] == [1] * 5
    assert [len(s) for s in seen["two a kind"]] == [2] * 5
    for pair in seen["two a kind"]:
        assert np.abs(pair.sum(0)).max() <= 6  # opposite: their mean is grey
    assert [len(s) for s in seen["any"]] == [10] * 5


def test_a_large_set_is_cut(monkeypatch):
    assert len(coloured("sprites").light) == MOST < len(data.load("sprites").x_train)


def test_patches_are_what_they_say_and_no_test_pixel_was_trained_on():
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

    def seen(x):  # a pixel is the mean of two columns
        left = ((x[..., 0] + 256 * x[..., 1]) * 255 - 0.5).round().astype(int)
        return set(left.ravel()) | set(left.ravel() + 1)

    for region in range(len(photos.REGIONS)):
        trained = seen(images.x_train[images.y_train == region])
        assert trained and not trained & seen(images.x_test[images.y_test == region])


def test_a_folder_of_colour_pictures_keeps_its_colours(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for i in range(20):
        Image.new("RGB", (40, 40), (200, 10 * i, 0)).save(folder / f"{i:02}.png")
    found = data.load(folder)
    assert found.x_train.shape == (16, 32, 32, 3)
    assert np.abs(found.x_train[..., 0] - 200 / 255).max() < 1e-6
    frame = next(one_run(train, Settings(data=str(folder), steps=60), shown={1}))
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
    found = data.load("caltech101")
    assert found.classes == ("ant", "cup") and found.x_train.shape == (24, 32, 32, 3)
    assert data.check("caltech101").startswith("caltech101: 24 + 6 images of 32 x 32, 2 classes")
    shutil.rmtree(tmp_path / caltech.FOLDERS[0] / "cup")
    with pytest.raises(data.DataError, match="no two folders"):
        data.load("caltech101")


def test_a_photograph_is_scikit_learns():
    from sklearn.datasets import load_sample_image

    assert np.array_equal(photos.photograph("china"), load_sample_image("china.jpg"))


# --- the study


def test_the_study_counts_gains_over_random_weights(monkeypatch):
    numbers = iter([0.7, 0.8, 0.5, 0.4])

    def measure(case, name, seed, device):
        probes = dict.fromkeys((f"probe_{probe}" for probe in exam.PROBES), 0.6)
        return probes | {"accuracy": 0.5, "chance": 0.1, "probe_pretext": next(numbers)}

    monkeypatch.setattr(study, "measure", measure)
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
