"""Image sets: what they hold, that they never change, and that damaged files are refused."""

import ast
import gzip
import importlib.util
import io
import os
import pickle
import re
import socket
import struct
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from workbench import data
from workbench.data import DataError, DataMissing, download, own
from workbench.data import catalog as sets
from workbench.data.images import idx, sprites
from workbench.data.imageset import split

REAL = Path(os.environ.get("WORKBENCH_DATA", "/nonexistent"))
needs_mnist = pytest.mark.skipif(
    not (REAL / "MNIST/raw/train-images-idx3-ubyte.gz").is_file(),
    reason="WORKBENCH_DATA is unset or holds no MNIST",
)
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (40, 8, 8), dtype=np.uint8)
LABELS = np.arange(40) % 4


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("WORKBENCH_DATA", str(folder))
    return folder


def refused(path, *words):
    """The sentence with which `path` is refused; it names the file and is a single line."""
    with pytest.raises(DataError) as caught:
        data.load(path)
    sentence = str(caught.value)
    assert Path(path).name in sentence
    assert "\n" not in sentence and "Traceback" not in sentence and len(sentence) < 300
    assert str(Path(path).parent) not in sentence
    for word in words:
        assert word in sentence
    return sentence


def save_pictures(folder, n, size=(40, 30), kind="png"):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        noise = RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{i:03d}.{kind}")
    return folder


# -- the split -------------------------------------------------------------------------------


@given(
    labels=st.lists(st.integers(0, 5), min_size=10, max_size=300),
    share=st.sampled_from([0.1, 0.15, 0.2, 0.5]),
)
@settings(max_examples=100, deadline=None)
def test_split_is_a_stratified_partition(labels, share):
    labels = np.array(labels)
    train, test = split(len(labels), share, labels)
    assert sorted([*train, *test]) == list(range(len(labels)))
    assert len(test) == int(np.floor(len(labels) * share))
    for label in np.unique(labels):
        expected = share * (labels == label).sum()
        assert abs((labels[test] == label).sum() - expected) <= 1


def test_split_is_repeatable_and_mixed():
    halves = np.arange(1000) // 500
    first, second = split(1000, 0.2, halves), split(1000, 0.2, halves)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert all(abs(np.corrcoef(rows, np.arange(len(rows)))[0, 1]) < 0.2 for rows in first)
    assert len(np.unique(np.diff(np.sort(first[1])))) > 5  # drawn, not every fifth row


# -- embedded sets ---------------------------------------------------------------------------


def test_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    digits = data.load("digits")
    assert (digits.height, digits.width, digits.pixels) == (8, 8, 64)
    assert (len(digits.x_train), len(digits.x_test)) == (1438, 359)
    both = np.concatenate([digits.x_train, digits.x_test]).reshape(-1, 64)
    labels = np.concatenate([digits.y_train, digits.y_test])
    raw, y = load_digits(return_X_y=True)
    ours = {(*row, label) for row, label in zip((both * 16).tolist(), labels, strict=True)}
    assert ours == {(*row, label) for row, label in zip(raw.tolist(), y, strict=True)}
    share = np.bincount(digits.y_test) / np.bincount(labels)
    assert np.all(abs(share - 0.2) < 0.01)


@pytest.mark.parametrize("name", ["digits", "sprites"])
def test_embedded_sets_keep_their_promises(name, root):
    images = data.load(name)
    assert data.load(name) is images
    assert images.name == name and images.source
    for x, y in [(images.x_train, images.y_train), (images.x_test, images.y_test)]:
        assert x.dtype == np.float32 and y.dtype == np.int64 and len(x) == len(y)
        assert x.min() == 0 and x.max() == 1
        assert set(y) == set(range(len(images.classes)))
    for array in images.arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    train = {x.tobytes() for x in images.x_train}
    assert not train & {x.tobytes() for x in images.x_test}
    again = data.check(name)
    assert data.fingerprint(name) in again and re.fullmatch("[0-9a-f]{12}", data.fingerprint(name))
    assert not list(root.iterdir())


def test_fingerprint_sees_values_labels_and_shape(tmp_path):
    other = PIXELS.copy()
    other[3, 3, 3] ^= 1
    variants = [{"x": PIXELS}, {"x": other}, {"x": PIXELS.reshape(40, 4, 16)}]
    variants += [{"x": PIXELS, "y": LABELS * 0}, {"x": PIXELS, "y": LABELS}]
    for i, arrays in enumerate(variants):
        np.savez(tmp_path / f"{i}.npz", **arrays)
    assert len({data.fingerprint(tmp_path / f"{i}.npz") for i in range(5)}) == 5


def test_import_stays_light():
    heavy = "{'torchvision', 'sklearn', 'pandas', 'PIL'}"  # seconds, when they are not needed
    code = f"import sys, workbench.data; print({heavy} & set(sys.modules))"
    here = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


# -- sprites ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn():
    return sprites.draw_sprites()


def test_sprites_are_unique_grey_and_inside(drawn):
    images, factors, sizes = drawn
    assert sizes == (3, 4, 5, 10, 10) and len(images) == len(factors) == 6000
    assert len({image.tobytes() for image in images}) == len(images)
    assert images.dtype == np.float32 and images.min() == 0 and images.max() == 1
    assert np.all(images * 64 == np.round(images * 64))  # 8 x 8 samples a pixel,
    assert not np.all(images * 16 == np.round(images * 16))  # and not 4 x 4
    assert np.mean((images > 0) & (images < 1)) / np.mean(images > 0) > 0.05  # smooth edges
    for edge in (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]):
        assert edge.max() == 0


def test_sprite_factors_run_as_in_dsprites(drawn):
    images, factors, sizes = drawn
    bases = np.prod(sizes) // np.cumprod(sizes)
    assert np.array_equal(factors @ bases, np.arange(len(images)))
    assert sprites.FACTORS == ("shape", "scale", "orientation", "x", "y")


def test_sprite_factors_mean_what_they_say(drawn):
    images, factors, sizes = drawn
    mass = images.sum((1, 2))
    middles = np.arange(32) + 0.5
    x = (images.sum(1) @ middles / mass).reshape(sizes)  # centre of mass
    y = (images.sum(2) @ middles / mass).reshape(sizes)
    assert np.all(np.diff(x, axis=3) > 1.5) and np.all(abs(np.diff(x, axis=4)) < 0.01)
    assert np.all(np.diff(y, axis=4) > 1.5) and np.all(abs(np.diff(y, axis=3)) < 0.01)
    assert np.all(np.diff(mass.reshape(sizes), axis=1) > 5)  # scale
    turned = mass.reshape(sizes).std(axis=2) / mass.reshape(sizes).mean(axis=2)
    assert turned.max() < 0.02  # turning keeps the area


def test_sprite_areas_are_exact(drawn):
    images, factors, sizes = drawn
    areas = images.sum((1, 2)).reshape(sizes)[:, -1].mean((1, 2, 3))  # largest scale
    unit = np.array([2, np.pi / 2, 3.6614 / 1.25**2])  # square, ellipse, heart; radius 1
    assert areas == pytest.approx(unit * 6.4**2, rel=0.01)


def test_sprite_orientation_can_be_told_for_every_shape(drawn):
    images, _, sizes = drawn
    images = images.reshape(*sizes, -1)
    for i in range(sizes[2]):
        for j in range(i):
            apart = abs(images[:, :, i] - images[:, :, j]).sum(-1)
            assert apart.min() > 2  # pixels; 0 would be the defect of dSprites


def test_sprite_angles_turn_the_ellipse(drawn):
    images, factors, _ = drawn
    upright = (factors[:, 0] == 1) & (factors[:, 1] == 3) & (factors[:, 3] == factors[:, 4])
    grid = np.arange(32) + 0.5
    for k in range(5):
        p = images[upright & (factors[:, 2] == k)][4]
        p = p / p.sum()
        u, v = grid - (p.sum(0) @ grid), grid - (p.sum(1) @ grid)
        angle = 0.5 * np.arctan2(2 * v @ p @ u, p.sum(0) @ u**2 - p.sum(1) @ v**2)
        assert np.degrees(angle) == pytest.approx(18 * k, abs=2)


@pytest.mark.parametrize("sizes", [(32, 3, 4, 7, 5), (16, 2, 3, 4, 4), (64, 1, 1, 1, 2)])
def test_sprites_of_other_sizes(sizes):
    images, factors, _ = sprites.draw_sprites(*sizes)
    assert images.shape == (3 * np.prod(sizes[1:]), sizes[0], sizes[0])
    assert len({image.tobytes() for image in images}) == len(images)


def test_sprites_refuse_positions_that_coincide():
    with pytest.raises(ValueError, match="do not fit"):
        sprites.draw_sprites(xs=1000)


def test_sprites_set_carries_its_factors(drawn):
    images = data.load("sprites")
    assert (len(images.x_train), len(images.x_test)) == (5100, 900)
    assert images.factor_names == sprites.FACTORS and images.factor_sizes == drawn[2]
    assert np.array_equal(images.y_test, images.factors_test[:, 0])
    row = np.ravel_multi_index(tuple(images.factors_test.T), images.factor_sizes)
    assert np.array_equal(images.x_test, drawn[0][row])
    assert "in the manner of dSprites (Matthey et al. 2017), our own" in images.source


# -- MNIST and Fashion-MNIST -----------------------------------------------------------------


def test_checksums_are_torchvisions():
    package = importlib.util.find_spec("torchvision").submodule_search_locations[0]
    tree = ast.parse((Path(package) / "datasets/mnist.py").read_text())  # importing takes seconds
    theirs = {}
    for node in tree.body:
        for line in node.body if isinstance(node, ast.ClassDef) else []:
            if isinstance(line, ast.Assign) and line.targets[0].id == "resources":
                theirs[node.name] = ast.literal_eval(line.value)
    for family in idx.FAMILIES.values():
        assert [(file, md5) for file, (md5, _) in family.files.items()] == theirs[family.folder]


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
    assert data.check("mnist").startswith("mnist: 60000 + 10000 images of 28 x 28, 10 classes")
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
    sets._load.cache_clear()
    assert [data.load(name).name for name in data.names()] == ["digits", "sprites", "photos"]
    with pytest.raises(DataMissing, match="train-images.*`workbench data get mnist`"):
        data.load("mnist")


def test_get_asks_both_mirrors_for_all_four_files_with_their_checksums(root, monkeypatch):
    asked = []
    fake_torchvision(monkeypatch)
    monkeypatch.setattr(download, "bring", lambda *asks: asked.append(asks))
    data.get("mnist")
    files = idx.FAMILIES["mnist"].files.items()
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
    wide[:, 32:96] = 255  # the middle square is white, the rest black
    (root / "flat").mkdir()
    for i in range(20):
        Image.fromarray(wide).save(root / f"flat/{i}.png")
    images = data.load("flat")
    assert images.y_train is None and np.all(images.x_train == 1)


def test_changed_files_are_read_again(root):
    np.savez(root / "mine.npz", x=PIXELS)
    before = data.fingerprint("mine")
    np.savez(root / "mine.npz", x=255 - PIXELS)
    os.utime(root / "mine.npz", ns=(1, 1))
    assert data.fingerprint("mine") != before


def test_check_looks_past_the_cache(root):
    np.savez(root / "mine.npz", x=PIXELS)
    os.utime(root / "mine.npz", ns=(1, 1))
    before = data.fingerprint("mine")
    np.savez(root / "mine.npz", x=255 - PIXELS)  # of the same size
    os.utime(root / "mine.npz", ns=(1, 1))
    assert data.fingerprint("mine") == before and before not in data.check("mine")


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


# -- own data: what is refused ---------------------------------------------------------------


def npy_claiming(shape, dtype="<f4", content=b""):
    """A .npy whose header announces more than it holds."""
    file = io.BytesIO()
    header = {"shape": shape, "fortran_order": False, "descr": dtype}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + content


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch exploded",))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": PIXELS[:19]}, "19 images"),
        ({"x": np.zeros((own.MAX_IMAGES + 1, 1), "u1")}, "100001 images"),
        ({"x": np.zeros((20, 65, 64), "u1")}, "4160 pixels"),
        ({"x": np.zeros((20, 0), "u1")}, "0 pixels"),
        ({"x": np.zeros((20, 4, 4, 4), "u1")}, "(n, h, w, 3)"),
        ({"x": np.zeros(20, "u1")}, "(n, d)"),
        ({"x": np.where(np.arange(320) == 7, np.nan, 0.5).reshape(20, 16)}, "NaN"),
        ({"x": np.where(np.arange(320) == 7, np.inf, 0.5).reshape(20, 16)}, "infinite"),
        ({"x": np.where(np.arange(320) == 7, -np.inf, 0.5).reshape(20, 16)}, "infinite"),
        ({"x": np.full((20, 16), 7.0)}, "nothing to learn"),
        ({"x": np.zeros((20, 16), complex)}, "complex128"),
        ({"x": np.zeros((20, 16), "i8")}, "int64"),
        ({"x": np.zeros((20, 16), "U3")}, "<U3"),
        ({"x": np.full((20, 16), None)}, "object"),
        ({"x": np.full((20, 16), Bomb())}, "object"),
        ({"pixels": PIXELS}, "neither the key images nor x"),
        ({"x": PIXELS, "images": PIXELS}, "both images and x"),
        ({"x": PIXELS, "y": LABELS[:-1]}, "labels of shape (39,) for 40 images"),
        ({"x": PIXELS, "y": LABELS[:, None]}, "labels of shape (40, 1)"),
        ({"x": PIXELS, "y": LABELS + 0.5}, "labels are float64"),
        ({"x": PIXELS, "y": np.full(40, None)}, "labels are object"),
        ({"x": np.zeros((1001, 4), "u1"), "y": np.arange(1001)}, "1001 different labels"),
    ],
)
def test_unfit_arrays_are_refused(arrays, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez_compressed(tmp_path / "mine.npz", **arrays)
    refused(tmp_path / "mine.npz", words)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (npy_claiming((100_000_000, 1000)), "100000000 images"),  # 400 GB
        (npy_claiming((100_000, 64, 64)), "512 MiB"),
        (npy_claiming((50_000, 1024)), "does not hold what its header announces"),
        (npy_claiming((20, 16), content=bytes(20 * 16 * 4 + 1)), "does not hold"),
        (npy_claiming((20, -4, -4)), "does not hold"),
        (npy_claiming((20, 16), "|O"), "object"),
        (b"\x93NUMPY\x01\x00\xff\xff{" + b"(" * 60_000, "damaged"),
        (b"\x93NUMPY\x09\x00", "unknown .npy format"),
        (pickle.dumps(Bomb()), "damaged"),
        (b"", "damaged"),
    ],
)
def test_false_headers_are_refused_before_allocation(member, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(tmp_path / "mine.npz", "w") as archive:
        archive.writestr("x.npy", member)
    monkeypatch.setattr(np, "frombuffer", None)  # nothing is made from it
    refused(tmp_path / "mine.npz", words)
    assert not (tmp_path / "exploded").exists()


def test_zip_bomb_is_refused_unread(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "mine.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("x", "y", "more"):
            archive.writestr(f"{name}.npy", bytes(2**19))
    monkeypatch.setattr(own, "MAX_BYTES", 2**20)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    refused(tmp_path / "mine.npz", "more than 1 MiB")


def whole_npz():
    file = io.BytesIO()
    np.savez_compressed(file, images=PIXELS[:20], labels=LABELS[:20])
    return file.getvalue()


WHOLE = whole_npz()


@given(where=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
@settings(max_examples=300, deadline=None)
def test_a_flipped_bit_in_an_npz_is_never_silent(tmp_path_factory, where, bit):
    content = bytearray(WHOLE)
    content[where] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / "flipped.npz"
    path.write_bytes(content)
    try:
        found = own.read(path)
    except DataError as problem:
        assert "flipped.npz" in str(problem)
        return
    path.write_bytes(WHOLE)
    whole = own.read(path)
    assert all(map(np.array_equal, found.arrays, whole.arrays))
    assert len(found.arrays) == len(whole.arrays)


@pytest.mark.parametrize("kept", [0, 10, 100, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_cut_npz_is_refused(kept, tmp_path):
    (tmp_path / "cut.npz").write_bytes(WHOLE[:kept])
    refused(tmp_path / "cut.npz", "damaged")


ROWS = [f"{i},{i % 3},{i * 2}" for i in range(30)]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (ROWS, "column names"),
        (["a,b,c", *ROWS, "1,2"], "row 31 has too few fields"),
        (["a,b,c", *ROWS, "1,2,3,4"], "Expected 3 fields"),
        (["a,b", *ROWS], "2 column names but its first row has 3 fields"),
        (["a,b,c,d", *ROWS], "4 column names but its first row has 3 fields"),
        (["a,b,c", "1," * 5000, *ROWS], "first row has 5001 fields"),
        (["a,b,c", *ROWS, "1,,3"], "row 31"),
        (["a,b,c", *ROWS, "1,nan,3"], "row 31"),
        (["a,b,c", *ROWS, "1,inf,3"], "infinite"),
        (["a,b,c", *ROWS, "1,two,3"], "column 'b' holds text"),
        (["a,b,c", *ROWS[:10]], "10 images"),
        (["a,b,c"], "first row has 0 fields"),
        ([], "no column names"),
        ([",".join(f"c{i}" for i in range(5000)), *ROWS], "5000 columns"),
        (["a,label,c", *ROWS, "1,0.5,3"], "labels are float64"),
        (["label", *[row[:1] for row in ROWS]], "pixels"),
        (["a,b,c", *ROWS, "\0\0\0"], ""),
    ],
)
def test_unfit_tables_are_refused(lines, words, tmp_path):
    (tmp_path / "table.csv").write_text("\n".join(lines))
    refused(tmp_path / "table.csv", words)


def test_table_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "table.csv").write_bytes(bytes(range(128, 256)) * 10)
    refused(tmp_path / "table.csv", "damaged")


def test_too_large_files_are_refused_unread(tmp_path):
    for name in ("big.npz", "big.csv"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(own.MAX_BYTES + 1)  # sparse: takes no disk
        refused(tmp_path / name, "512 MiB")


@pytest.mark.parametrize("damage", ["cut", "flip", "text", "empty", "huge", "deep"])
def test_folder_with_a_bad_picture_is_refused(damage, tmp_path):
    folder = save_pictures(tmp_path / "pets", 20)
    bad = folder / "007.png"
    content = bytearray(bad.read_bytes())
    if damage == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif damage == "flip":
        content[len(content) // 2] ^= 1
        bad.write_bytes(content)
    elif damage == "huge":
        Image.new("L", (own.MAX_SIDE + 1, 1)).save(bad)
    elif damage == "deep":
        Image.fromarray(np.full((40, 40), 40_000, np.uint16)).save(bad)
    else:
        bad.write_bytes(b"hello" if damage == "text" else b"")
    refused(folder, "007.png")


def test_a_flipped_bit_in_a_png_is_never_silent(tmp_path):
    file = tmp_path / "ramp.png"
    Image.fromarray(np.add.outer(np.arange(30), np.arange(40)).astype(np.uint8) * 3).save(file)
    whole, content = own.read_picture(file), file.read_bytes()
    for i in range(len(content)):
        flipped = bytearray(content)
        flipped[i] ^= 1 << i % 8
        file.write_bytes(flipped)
        try:
            assert np.array_equal(own.read_picture(file), whole)
        except DataError as problem:
            assert "ramp.png" in str(problem)


def test_cut_jpeg_is_refused(tmp_path):
    folder = save_pictures(tmp_path / "pets", 20, kind="jpg")
    bad = folder / "007.jpg"
    bad.write_bytes(bad.read_bytes()[:-200])
    refused(folder, "007.jpg")


def test_unfit_folders_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "0 PNG or JPEG pictures", "20 to 100000")
    refused(save_pictures(tmp_path / "few", 19), "19 PNG")
    save_pictures(tmp_path / "lonely/one", 20)
    refused(tmp_path / "lonely", "at least two")
    save_pictures(save_pictures(tmp_path / "mixed", 20) / "more", 20)
    refused(tmp_path / "mixed", "beside subfolders")


def test_links_inside_a_folder_are_left_out(tmp_path):
    folder = save_pictures(tmp_path / "pets", 20)
    secret = save_pictures(tmp_path / "secret", 1) / "000.png"
    (folder / "link.png").symlink_to(secret)
    images = data.load(folder)
    assert len(images.x_train) + len(images.x_test) == 20


def test_other_kinds_of_file_are_refused_unopened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Bomb()))
    refused(tmp_path / "model.pkl", "no folder, .npz or .csv")
    assert not (tmp_path / "exploded").exists()


def test_unreadable_file_is_named_without_its_folder(tmp_path, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    np.savez(tmp_path / "mine.npz", x=PIXELS)
    monkeypatch.setattr(own, "read_npz", denied)
    refused(tmp_path / "mine.npz", "Permission denied")  # which also looks for the folder


def test_limits_are_in_the_readme():
    readme = (Path(__file__).parents[2] / "data/README.md").read_text()
    for limit in (own.MIN_IMAGES, own.MAX_IMAGES, own.MAX_PIXELS, own.MAX_BYTES >> 20):
        assert f"{limit:,}".replace(",", " ") in readme
    for limit in (own.MAX_CLASSES, own.MAX_SIDE):
        assert f"{limit:,}".replace(",", " ") in readme
    assert f"{own.SIDE} x {own.SIDE}" in readme
    for family in idx.FAMILIES.values():
        assert all(file in readme and md5 in readme for file, (md5, _) in family.files.items())
