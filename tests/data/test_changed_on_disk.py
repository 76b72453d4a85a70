"""What has changed on disk is read again: in the same process, and by every reader."""

import os
from pathlib import Path

import numpy as np
import own_files as own
import pytest

from workbench import data
from workbench.chapters import find
from workbench.chapters.bootstrap.labels import task
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.mil.bags import make_task
from workbench.chapters.selfsup.colour_data import load_album
from workbench.data import tables
from workbench.data.bags import real
from workbench.running.memory import Memory
from workbench.running.run import Run
from workbench.running.store_key import key
from workbench.science.tensors import resident


@pytest.fixture
def pets(tmp_path):
    """Two classes of twelve pictures each."""
    return own.save_classes(tmp_path / "pets", own.noise)


def as_it_was(path, write):
    """Writes a file anew, with its old time of writing, as a copy from elsewhere has."""
    before = path.stat()
    write()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def relabel(folder: Path):
    """Moves four pictures into the other class, and gives that another name."""
    for file in sorted((folder / "0").iterdir())[:4]:
        file.rename(folder / "1" / f"moved {file.name}")
    (folder / "1").rename(folder / "kitten")


READERS = {
    "load": data.load,
    "resident": resident,
    "rows": tables.rows_of,
    "pool": load_pool,
    "task": lambda name: task(name, "cpu"),
    "album": load_album,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_moved_pictures_and_renamed_classes_are_seen(read, pets):
    first = read(str(pets))
    assert read(str(pets)) is first
    relabel(pets)
    again = read(str(pets))
    images = getattr(getattr(again, "data", again), "images", again)
    assert again is not first and images.classes == ("0", "kitten")
    counts = np.bincount(np.concatenate([data.load(pets).y_train, data.load(pets).y_test]))
    assert counts.tolist() == [8, 16]


def test_another_name_of_a_class_is_another_fingerprint(pets):
    before = data.report(pets)
    (pets / "1").rename(pets / "kitten")
    after = data.report(pets)
    assert before.fingerprint != after.fingerprint and list(after.classes) == ["0", "kitten"]


def test_contents_of_the_same_size_and_time_are_read_again(tmp_path):
    path = own.write_table(tmp_path / "t.csv")
    settings = find("rad").Settings(data=str(path))
    values, name = data.load(path).x_train, key("rad", settings, "cpu")
    swapped = [own.ROWS[1], own.ROWS[0], *own.ROWS[2:]]
    as_it_was(path, lambda: own.write_table(path, rows=swapped))
    assert (data.load(path).x_train != values).any()
    assert key("rad", settings, "cpu") != name


def test_a_table_times_two_is_another_stream(tmp_path):
    """As pictures both are the same, rescaled to [0, 1]."""
    path = own.write_table(tmp_path / "t.csv")
    settings = find("rad").Settings(data=str(path))
    before = data.fingerprint(path), key("rad", settings, "cpu")
    own.write_table(path, rows=[(f"{4 * float(a)}", f"{4 * float(b)}", c) for a, b, c in own.ROWS])
    assert data.fingerprint(path) == before[0] and key("rad", settings, "cpu") != before[1]


def test_bags_are_read_again(tmp_path):
    path = own.write_table(tmp_path / "t.csv", own.BAG_NAMES, own.BAG_ROWS)
    settings = find("mil").Settings(data=str(path))
    first, name = make_task(settings), key("mil", settings, "cpu")
    assert real.load(path) is real.load(path)
    longer = [*own.BAG_ROWS, ("b98", "0", "1", "1"), ("b99", "1", "2", "2")]
    own.write_table(path, own.BAG_NAMES, longer)
    assert len(make_task(settings).x) == len(first.x) + 2 and key("mil", settings, "cpu") != name


def test_a_finished_run_of_other_data_is_not_shown(pets):
    settings = find("autoencoder").Settings(data=str(pets))
    memory, run = Memory(10**6, None), Run("autoencoder", settings)
    memory.add(run)
    assert memory.find("autoencoder", settings) is run
    relabel(pets)
    assert memory.find("autoencoder", settings) is None
    memory.remove(run)
    assert memory.runs == []


def test_a_sweep_looks_at_a_folder_once(pets, monkeypatch):
    looks = []
    files_of = data.stamp.files_of
    monkeypatch.setattr(data.stamp, "files_of", lambda path: looks.append(path) or files_of(path))
    with data.looking_once():
        places = {data.locate(pets) for _ in range(5)}
    assert len(looks) == len(places) == 1
    data.locate(pets)
    assert len(looks) == 2
