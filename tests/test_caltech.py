"""The subset of Caltech-101: there when its folder is."""

import numpy as np
import pytest
from PIL import Image

from workbench import data
from workbench.data import DataError, DataMissing, caltech


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with three classes of ten small pictures."""
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    rng = np.random.default_rng(0)
    for name in ("ant", "bass", "cup"):
        place = tmp_path / caltech.FOLDER / name
        place.mkdir(parents=True)
        for i in range(10):
            picture = Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8))
            picture.save(place / f"image_{i:04d}.jpg")
    return tmp_path / caltech.FOLDER


def test_absent_it_is_not_listed_and_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert caltech.NAME not in data.names()
    with pytest.raises(DataMissing, match="caltech is not there"):
        data.load("caltech")


def test_it_is_read_grey_and_split_class_by_class(folder):
    assert caltech.NAME in data.names()
    found = data.load("caltech")
    assert found.name == "caltech" and found.classes == ("ant", "bass", "cup")
    assert found.x_train.shape == (24, 32, 32) and found.x_test.shape == (6, 32, 32)
    assert np.bincount(found.y_test).tolist() == [2, 2, 2] and "CC BY" in found.source


def test_a_damaged_picture_is_named(folder):
    (folder / "ant" / "image_0003.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match="image_0003.jpg is damaged"):
        data.load("caltech")
