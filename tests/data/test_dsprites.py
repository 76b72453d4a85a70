"""dSprites: read from a file of the original's form or one built anew, refused when damaged."""

import numpy as np
import pytest

from workbench import data
from workbench.data import DataError, DataMissing
from workbench.data.images import dsprites

SIZES = (1, 3, 2, 4, 2, 3)  # the six factors of a tiny set in the original's order


def pictures():
    """144 pictures [n, 64, 64] of 0 and 1, and the factors [n, 6] of each.

    Shape, scale, orientation, x and y are each written into a block of its own.
    """
    classes = np.indices(SIZES).reshape(6, -1).T
    images = np.zeros((len(classes), 64, 64), np.uint8)
    for row, factors in enumerate(classes):
        for block, value in enumerate(factors[1:]):
            images[row, 8 * block : 8 * block + 2 * value, 4:12] = 1
    return images, classes


def written(x):
    """The factors [n, 5] that pictures [n, 32, 32] show, in blocks of 4 rows."""
    return np.stack([x[:, 4 * b : 4 * b + 4].sum((1, 2)) / 4 for b in range(5)], 1)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    for file in dsprites.FILES:
        (tmp_path / file).parent.mkdir()
    return tmp_path


def write_original(folder):
    """The file as DeepMind wrote it, with a pickled entry that must never be opened."""
    images, classes = pictures()
    meta = np.array({"author": "x"}, dtype=object)
    np.savez_compressed(
        folder / dsprites.FILES[0],
        metadata=meta,
        imgs=images,
        latents_classes=classes,
        latents_values=classes * 1.0,
    )


def write_rebuilt(folder):
    images, _ = pictures()
    packed = np.packbits(images.reshape(len(images), -1), axis=1)
    sizes = np.array(SIZES)
    np.savez(folder / dsprites.FILES[1], imgs_packed=packed, latents_sizes=sizes)


def test_absent_it_is_not_listed_and_missing(folder):
    assert "dsprites" not in data.names()
    with pytest.raises(DataMissing, match="no image set is called 'dsprites'"):
        data.load("dsprites")


@pytest.mark.parametrize("write", [write_original, write_rebuilt])
def test_every_picture_stands_beside_its_factors(folder, write, monkeypatch):
    write(folder)
    monkeypatch.setattr(dsprites, "CHUNK", 50)  # three chunks, the last of them short
    assert "dsprites" in data.names()
    images = data.load("dsprites")
    assert images.factor_names == dsprites.FACTORS and images.factor_sizes == SIZES[1:]
    x = np.concatenate([images.x_train, images.x_test])
    factors = np.concatenate([images.factors_train, images.factors_test])
    assert x.shape == (144, 32, 32) and len(np.unique(factors, axis=0)) == 144
    assert np.array_equal(written(x), factors)
    assert np.array_equal(images.y_train, images.factors_train[:, 0])


def test_a_file_built_anew_says_so_and_the_original_goes_first(folder):
    write_rebuilt(folder)
    assert "rebuilt" in data.load("dsprites").title
    assert "rebuilt" in {entry.name: entry for entry in data.entries()}["dsprites"].title
    write_original(folder)
    assert "rebuilt" not in data.load("dsprites").title + data.load("dsprites").source


def test_of_many_pictures_a_fixed_draw_is_read(folder, monkeypatch):
    write_original(folder)
    monkeypatch.setattr(dsprites, "PICTURES", 40)
    images, factors, sizes = dsprites.read_rows(folder / dsprites.FILES[0])
    assert len(images) == len(np.unique(factors, axis=0)) == 40 and sizes == SIZES[1:]
    assert np.array_equal(written(images), factors)


@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda kept: kept | {"imgs": kept["imgs"][:, :32]}, "of shape"),
        (lambda kept: kept | {"imgs": kept["imgs"] * 255}, "not 0 or 1"),
        (lambda kept: {"imgs": kept["imgs"]}, "latents_classes"),
    ],
)
def test_another_form_is_refused_in_one_sentence(folder, change, reason):
    write_original(folder)
    images, classes = pictures()
    np.savez(folder / dsprites.FILES[0], **change({"imgs": images, "latents_classes": classes}))
    with pytest.raises(DataError, match=f"of another form.*{reason}.*copy it again"):
        data.load("dsprites")
