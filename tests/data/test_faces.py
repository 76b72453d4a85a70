"""The CMU faces: there when their file is, refused when it is not the right one."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench import data
from workbench.data import DataError, DataMissing
from workbench.data.images import faces

SHARED = Path(os.environ.get("WORKBENCH_DATA", "data")).resolve()
needs_file = pytest.mark.skipif(not (SHARED / faces.FILE).is_file(), reason="no CMU faces here")


def test_absent_they_are_not_listed_and_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert faces.NAME not in {entry.name for entry in data.entries()}
    with pytest.raises(DataMissing, match="faces is not there"):
        data.load("faces")


def test_another_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    (tmp_path / faces.FILE).parent.mkdir()
    (tmp_path / faces.FILE).write_bytes(b"not the faces")
    with pytest.raises(DataError, match="cut or altered"):
        data.load("faces")


@needs_file
def test_they_are_four_poses_of_half_the_size(tmp_path, monkeypatch):
    (tmp_path / faces.FILE).parent.mkdir()
    shutil.copy(SHARED / faces.FILE, tmp_path / faces.FILE)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert faces.NAME in data.names()
    found = data.load("faces")
    assert found.x_train.shape == (500, 30, 32) and found.x_test.shape == (124, 30, 32)
    assert found.classes == ("forward", "left", "right", "up")
    assert found.x_train.min() >= 0 and 0.9 < found.x_train.max() <= 1
    raw = np.load(SHARED / faces.FILE, allow_pickle=False)
    means = raw["images"].astype(float).mean((1, 2)) / faces.BRIGHTEST
    both = np.concatenate([found.x_train, found.x_test]).mean((1, 2))
    assert np.allclose(np.sort(means), np.sort(both), atol=1e-5)
    people = data.load("people")
    assert len(people.classes) == 20 and people.classes[0] == "person 1"
    everybody = np.concatenate([people.y_train, people.y_test])
    assert sorted(np.bincount(everybody)) == sorted(np.unique(raw["person"], return_counts=True)[1])
    assert people.x_train.shape == (500, 30, 32) and "people" in data.names()
    assert str(data.check("faces")).startswith("faces: 500 + 124 images of 30 x 32, 4 classes")


@needs_file
def test_by_expression_they_are_the_same_pictures_with_other_labels(monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(SHARED))
    by_pose, found = data.load("faces"), data.load("expressions")
    assert found.classes == ("angry", "happy", "neutral", "sad")
    assert len(found.x_train) + len(found.x_test) == 624
    both = [np.concatenate([each.x_train, each.x_test]).mean((1, 2)) for each in (by_pose, found)]
    assert np.allclose(*map(np.sort, both), atol=1e-6)
    raw = np.load(SHARED / faces.FILE, allow_pickle=False)
    first = found.x_test[0]
    halves = raw["images"].reshape(-1, 30, 2, 32, 2).mean((2, 4), dtype=np.float32)
    means = halves / faces.BRIGHTEST
    row = np.abs(means - first).max((1, 2)).argmin()
    assert raw["expression"][row] == found.classes[found.y_test[0]]
    person = {picture.tobytes(): who for picture, who in zip(means, raw["person"], strict=True)}
    people, strangers = (
        {person[picture.tobytes()] for picture in part} for part in (found.x_train, found.x_test)
    )
    assert len(people) == 16 and len(strangers) == 4 and not people & strangers
