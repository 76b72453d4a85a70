"""Image sets of your own: what is taken, and when it is read again."""

import os

import numpy as np
import pytest
from own_files import LABELS, PIXELS, RNG, save_pictures
from PIL import Image

from workbench import data
from workbench.data import DataError, DataMissing, inventory
from workbench.data.imageset import split

# -- own data: what is taken -----------------------------------------------------------------


def test_npz_becomes_a_set(root):
    np.savez_compressed(root / "mine.npz", images=PIXELS, labels=LABELS)
    images = data.load("mine")
    assert images.x_train.shape == (32, 8, 8) and images.x_test.shape == (8, 8, 8)
    assert images.classes == ("0", "1", "2", "3")
    assert np.bincount(images.y_test).tolist() == [2, 2, 2, 2]
    train, test = split(40, 0.2, LABELS)
    assert np.array_equal(images.x_train, PIXELS[train] / np.float32(255))
    assert np.array_equal(images.y_test, LABELS[test])
    assert data.names() == ("digits", "sprites", "photos", "mine")
    assert data.load(root / "mine.npz") is images and data.load(str(root / "mine.npz")) is images


@pytest.mark.parametrize(
    ("shape", "dtype", "expected"),
    [
        ((30, 16), "f4", (4, 4)),
        ((30, 10), "f8", (1, 10)),
        ((30, 5, 7), ">f4", (5, 7)),
        ((30, 64, 64), "u1", (64, 64)),
        ((30, 6, 6, 3), "f2", (6, 6, 3)),
    ],
)
def test_npz_shapes_and_types(shape, dtype, expected, tmp_path):
    x = (RNG.random(shape) * (255 if dtype == "u1" else 1)).astype(dtype)
    np.savez(tmp_path / "a.npz", x=np.asfortranarray(x))
    images = data.load(tmp_path / "a.npz")
    assert images.x_train.shape[1:] == expected and images.x_train.dtype == np.float32
    assert images.y_train is None and images.classes == ()
    train, _ = split(30, 0.2)
    unit = np.float32(255) if dtype == "u1" else 1
    assert np.array_equal(images.x_train.ravel(), (x[train] / unit).astype("f4").ravel())


def test_floats_outside_the_unit_range_are_rescaled_and_say_so(tmp_path):
    x = np.linspace(-5, 15, 30 * 16).reshape(30, 16)
    np.savez(tmp_path / "a.npz", x=x)
    images = data.load(tmp_path / "a.npz")
    assert "rescaled from [-5, 15] to [0, 1]" in images.source
    train, _ = split(30, 0.2)
    assert np.allclose(images.x_train.reshape(-1, 16), (x[train] + 5) / 20, atol=1e-6)


def test_csv_becomes_a_set(root):
    lines = ["a,label,b,c,d"] + [f"{i / 40},{'xy'[i % 2]},0,1,0.5" for i in range(40)]
    (root / "table.csv").write_text("\n".join(lines))
    images = data.load("table")
    assert images.x_train.shape == (32, 2, 2) and images.classes == ("x", "y")
    first = np.concatenate([images.x_train, images.x_test])[:, 0, 0]
    labels = np.concatenate([images.y_train, images.y_test])
    assert np.array_equal(np.round(first * 40) % 2, labels)


def test_whole_number_labels_sort_as_numbers(tmp_path):
    lines = ["a,label"] + [f"{i},{i % 12}" for i in range(48)]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    assert data.load(tmp_path / "a.csv").classes == tuple(str(i) for i in range(12))


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_folder_of_classes_becomes_a_set(kind, root):
    save_pictures(root / "pets/cat", 15, kind=kind)
    save_pictures(root / "pets/dog", 10, kind=kind)
    (root / "pets/cat/notes.txt").write_text("ignored")
    images = data.load("pets")
    assert images.x_train.shape == (20, 32, 32, 3) and images.classes == ("cat", "dog")
    assert np.bincount(images.y_test).tolist() == [3, 2]
    assert "resized to 32 x 32" in images.source


def test_flat_folder_is_cropped_to_its_middle(root):
    wide = np.zeros((64, 128), np.uint8)
    (root / "flat").mkdir()
    for i in range(20):
        wide[:, 32:96] = 255 - i  # the middle square is bright, the rest black
        Image.fromarray(wide).save(root / f"flat/{i:02d}.png")
    images = data.load("flat")
    assert images.y_train is None and images.x_train.min() == np.float32(236 / 255)
    assert images.report.remarks[0] == "20 of 20 pictures are of a single shade."


def test_changed_files_are_read_again(root):
    np.savez(root / "mine.npz", x=PIXELS)
    before = data.fingerprint("mine")
    np.savez(root / "mine.npz", x=255 - PIXELS)
    os.utime(root / "mine.npz", ns=(1, 1))
    assert data.fingerprint("mine") != before


def test_check_looks_past_the_cache(root, monkeypatch):
    monkeypatch.setattr(inventory, "stamp_of", lambda path: (0, ""))  # nothing seems to change
    np.savez(root / "mine.npz", x=PIXELS)
    before = data.fingerprint("mine")
    np.savez(root / "mine.npz", x=255 - PIXELS)
    assert data.fingerprint("mine") == before != data.check("mine").fingerprint


def test_listing_takes_plain_names_only(root, tmp_path):
    for name in ("good-1.npz", "bad name.npz", "x" * 41 + ".npz", "digits.npz", "note.txt"):
        np.savez(root / "some.npz", x=PIXELS)
        (root / "some.npz").rename(root / name)
    np.savez(tmp_path / "outside.npz", x=PIXELS)
    (root / "link.npz").symlink_to(tmp_path / "outside.npz")
    (root / "MNIST").mkdir()
    save_pictures(root / "a.b", 1)
    assert data.names() == ("digits", "sprites", "photos", "good-1")
    with pytest.raises(DataMissing):
        data.load("link")


@pytest.mark.parametrize("name", ["nothing", "", "..", "x" * 500, "a\0b", "<b>"])
def test_unknown_name_says_what_there_is(name, root):
    with pytest.raises(DataMissing, match="choose from digits, sprites"):
        data.load(name)


def test_bare_name_never_reaches_the_current_folder(root, tmp_path, monkeypatch):
    save_pictures(tmp_path / "here", 20)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataMissing):
        data.load("here")
    assert len(data.load("./here").x_train) == 16


def test_two_sets_of_one_name_are_refused(root):
    np.savez(root / "twin.npz", x=PIXELS)
    (root / "twin.csv").write_text("a\n1\n")
    with pytest.raises(DataError, match="twin.csv and twin.npz have the same name"):
        data.load("twin")


def test_absent_file_is_missing(tmp_path):
    with pytest.raises(DataMissing, match="gone.npz is not there"):
        data.load(tmp_path / "gone.npz")


def test_own_file_named_like_a_known_set_is_read_as_its_own(tmp_path):
    np.savez(tmp_path / "mnist.npz", x=PIXELS)
    assert data.load(tmp_path / "mnist.npz").x_train.shape == (32, 8, 8)
