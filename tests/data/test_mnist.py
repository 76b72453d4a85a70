"""MNIST and Fashion-MNIST: read with their checksums, and brought over the network."""

import ast
import gzip
import importlib.util
import os
import socket
import struct
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from own_files import PIXELS

from workbench import data
from workbench.data import DataError, DataMissing, catalog, download
from workbench.data.images import idx

REAL = Path(os.environ.get("WORKBENCH_DATA", "/nonexistent"))
needs_mnist = pytest.mark.skipif(
    not (REAL / "MNIST/raw/train-images-idx3-ubyte.gz").is_file(),
    reason="WORKBENCH_DATA is unset or holds no MNIST",
)


# -- MNIST and Fashion-MNIST -----------------------------------------------------------------


def test_checksums_are_torchvisions():
    package = importlib.util.find_spec("torchvision").submodule_search_locations[0]
    tree = ast.parse((Path(package) / "datasets/mnist.py").read_text())  # importing takes seconds
    theirs = {}
    for node in tree.body:
        for line in node.body if isinstance(node, ast.ClassDef) else []:
            if isinstance(line, ast.Assign) and line.targets[0].id == "resources":
                theirs[node.name] = ast.literal_eval(line.value)
    for idx_set in idx.IDX_SETS.values():
        assert [(file, md5) for file, (md5, _) in idx_set.files.items()] == theirs[idx_set.folder]


@needs_mnist
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("mnist", [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]),
        ("fashion", [6000] * 10),
    ],
)
def test_mnist_counts(name, counts, monkeypatch):
    monkeypatch.setattr("socket.socket", None)  # reading opens no connection
    images = data.load(name)
    assert images.x_train.shape == (60_000, 28, 28) and images.x_test.shape == (10_000, 28, 28)
    assert np.bincount(images.y_train).tolist() == counts
    assert images.x_train.dtype == np.float32 and images.x_train.max() == 1
    mean = {"mnist": 0.1307, "fashion": 0.2860}[name]  # as everyone normalises them
    assert images.x_train.mean() == pytest.approx(mean, abs=1e-4)
    assert len(images.classes) == 10 and name in data.names()


@needs_mnist
def test_reading_writes_nothing_and_needs_no_torchvision(root, monkeypatch):
    (root / "MNIST").symlink_to(REAL / "MNIST")
    before = sorted((REAL / "MNIST").rglob("*"))
    monkeypatch.setitem(sys.modules, "torchvision", None)  # importing it would fail
    assert str(data.check("mnist")).startswith("mnist: 60000 + 10000 images of 28 x 28, 10 classes")
    assert sorted((REAL / "MNIST").rglob("*")) == before and len(list(root.iterdir())) == 1


@needs_mnist
@pytest.mark.parametrize("where", [0, 5, 20, 5_000_000, -5, "cut", "longer", "empty"])
def test_altered_mnist_is_refused(where, root):
    raw = root / "MNIST/raw"
    raw.mkdir(parents=True)
    for path in (REAL / "MNIST/raw").iterdir():
        (raw / path.name).symlink_to(path)
    file = raw / "train-images-idx3-ubyte.gz"
    content = bytearray(file.read_bytes())
    if where == "cut":
        content = content[:-1000]
    elif where == "longer":
        content += b"0"
    elif where == "empty":
        content = b""
    else:
        content[where] ^= 1
    file.unlink()
    file.write_bytes(content)
    for use in (data.load, data.check):
        with pytest.raises(DataError, match="train-images-idx3-ubyte.gz is cut or altered"):
            use("mnist")


@needs_mnist
def test_change_on_disk_is_noticed_by_a_cached_set(root):
    raw = root / "MNIST/raw"
    raw.mkdir(parents=True)
    for path in (REAL / "MNIST/raw").iterdir():
        (raw / path.name).write_bytes(path.read_bytes())
    data.load("mnist")
    (raw / "t10k-labels-idx1-ubyte.gz").write_bytes(b"something else")
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte.gz"):
        data.load("mnist")


def packed_idx(array, dims=None, magic=0x0800):
    dims = array.shape if dims is None else dims
    header = struct.pack(f">{1 + len(dims)}I", magic + len(dims), *dims)
    return gzip.compress(header + array.tobytes())


def test_idx_round_trip():
    assert np.array_equal(idx.unpack(packed_idx(PIXELS), PIXELS.shape), PIXELS)


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (packed_idx(PIXELS, magic=0x0900), "its header does not announce"),
        (packed_idx(PIXELS, dims=(4_000_000_000, 8, 8)), "its header does not announce"),
        (packed_idx(PIXELS, dims=(40, 64)), "its header does not announce"),
        (packed_idx(PIXELS[:-1], dims=PIXELS.shape), "not the 2560 bytes announced"),
        (packed_idx(np.concatenate([PIXELS, PIXELS]), PIXELS.shape), "not the 2560 bytes"),
        (packed_idx(PIXELS)[:-20], "end-of-stream"),
        (b"not gzip", "Not a gzipped file"),
    ],
)
def test_idx_with_a_false_header_is_refused(packed, reason):
    with pytest.raises((ValueError, OSError, EOFError), match=reason):
        idx.unpack(packed, PIXELS.shape)


def test_absent_mnist_is_listed_with_the_command_that_brings_it(root):
    entry = {entry.name: entry for entry in data.entries()}["mnist"]
    assert (entry.status, entry.how) == ("absent", "workbench data get mnist")
    assert data.names() == ("digits", "sprites", "photos")
    for use in (data.load, data.check, data.fingerprint):
        with pytest.raises(DataMissing, match="train-images.*`workbench data get mnist`"):
            use("mnist")


def fake_torchvision(monkeypatch):
    fake = types.ModuleType("torchvision.datasets")
    fake.MNIST = types.SimpleNamespace(mirrors=["https://one/", "https://two/"])
    package = types.ModuleType("torchvision")
    package.datasets = fake
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", fake)


def test_without_any_network_there_is_data_and_a_hint(root, monkeypatch):
    def refuse(*_):
        raise OSError("no network")

    monkeypatch.setattr(socket, "socket", refuse)
    catalog._load.cache_clear()
    assert [data.load(name).name for name in data.names()] == ["digits", "sprites", "photos"]
    with pytest.raises(DataMissing, match="train-images.*`workbench data get mnist`"):
        data.load("mnist")


def test_get_asks_both_mirrors_for_four_files_by_checksum(root, monkeypatch):
    asked = []
    fake_torchvision(monkeypatch)
    monkeypatch.setattr(download, "bring", lambda *asks: asked.append(asks))
    data.get("mnist")
    files = idx.IDX_SETS["mnist"].files.items()
    assert asked == [
        (
            [f"https://one/{file}", f"https://two/{file}"],
            root / "MNIST/raw" / file,
            "md5",
            md5,
            "MNIST/raw of the data folder",
        )
        for file, (md5, _) in files
    ]


@needs_mnist
def test_get_of_what_is_there_stays_off_the_network(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision.datasets", None)  # importing it would fail
    data.get("mnist")
    data.get("digits")


def test_get_of_own_data_is_refused():
    with pytest.raises(DataError, match="cannot be downloaded"):
        data.get("holiday")
