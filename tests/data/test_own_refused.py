"""Image sets of your own: damage and what does not fit is refused in one sentence."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_files import LABELS, PIXELS, RNG, refused, save_pictures
from PIL import Image

from workbench import data
from workbench.data import DataError, own
from workbench.data.images import idx
from workbench.data.own import limits, picture

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
        ({"x": RNG.random((1001, 4)), "y": np.arange(1001)}, "1001 different labels"),
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
    monkeypatch.setattr(limits, "MAX_BYTES", 2**20)
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
        (["a,b,c", *ROWS, "1,2"], "in row 31"),
        (["a,b,c", *ROWS, "1,2,3,4"], "line 32 has 4 fields"),
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
        (["a,label,c", *ROWS, "1,0.5,3"], "labels are numbers with fractions"),
        (["label", *[row[:1] for row in ROWS]], "no column of numbers"),
        (["a,b,c", *ROWS, "\0\0\0"], ""),
    ],
)
def test_unfit_tables_are_refused(lines, words, tmp_path):
    (tmp_path / "table.csv").write_text("\n".join(lines))
    refused(tmp_path / "table.csv", words)


def test_table_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "table.csv").write_bytes(bytes(range(128, 256)) * 10)
    refused(tmp_path / "table.csv", "line 1 holds the byte 0x80", "CSV UTF-8")


def test_too_large_files_are_refused_unread(tmp_path):
    for name in ("big.npz", "big.csv"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(limits.MAX_BYTES + 1)  # sparse: takes no disk
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
        Image.new("L", (picture.MAX_SIDE + 1, 1)).save(bad)
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
    refused(tmp_path / "empty", "0 pictures (PNG, JPEG", "20 to 100000")
    refused(save_pictures(tmp_path / "few", 19), "19 pictures")
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
    for limit in (own.MIN_IMAGES, own.MAX_IMAGES, limits.MAX_PIXELS, limits.MAX_BYTES >> 20):
        assert f"{limit:,}".replace(",", " ") in readme
    for limit in (limits.MAX_CLASSES, picture.MAX_SIDE):
        assert f"{limit:,}".replace(",", " ") in readme
    assert f"{own.SIDE} x {own.SIDE}" in readme
    for idx_set in idx.IDX_SETS.values():
        assert all(file in readme and md5 in readme for file, (md5, _) in idx_set.files.items())
