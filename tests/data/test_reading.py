"""Reading reports and tables as values: what they hold, and who shows them."""

import json

import numpy as np
import own_files as own
import pytest
from click.testing import CliRunner
from PIL import Image

from workbench import data
from workbench.chapters import find
from workbench.cli.main import main
from workbench.data import DataError, DataMissing, reading
from workbench.data.bags import real
from workbench.data.own import read_table
from workbench.data.own.picture import lay


def call(*words):
    return CliRunner().invoke(main, words, prog_name="workbench")


def test_a_table_has_columns_a_label_texts_and_a_report(tmp_path):
    rows = own.with_column(1, [f'"word, {i}"' for i in range(60)])
    path = own.write_table(tmp_path / "t.csv", "a,Content,b,Class", rows)
    table = read_table(path, texts=("content", "author"))
    assert table.columns == ("a", "b") and table.x.shape == (60, 2)
    assert table.x[:, 0] == pytest.approx([float(a) for a, *_ in own.ROWS])
    assert table.label.tolist() == [int(c) for *_, c in own.ROWS]
    assert list(table.texts) == ["content"] and table.texts["content"][3] == "word, 3"
    assert table.report.label == "column 'Class', by its name"
    assert table.report.as_dict()["columns"] == ["a", "b"]


def test_a_table_of_text_alone_is_read_if_asked(tmp_path):
    path = own.write_table(tmp_path / "t.csv", "content,class", [("great", 1), ("spam", 0)])
    table = read_table(path, texts=("content",), numbers=False)
    assert table.x.shape == (2, 0) and table.texts["content"].tolist() == ["great", "spam"]
    with pytest.raises(DataError, match="no column of numbers"):
        read_table(path, texts=("content",))


def test_labels_that_are_codes_stay_text(tmp_path):
    rows = [(a, b, f"0{c}") for a, b, c in own.ROWS]
    assert set(read_table(own.write_table(tmp_path / "t.csv", rows=rows)).label) == {
        "00",
        "01",
        "02",
    }


@pytest.mark.parametrize("kind, needed", [(".parquet", "pyarrow"), (".xlsx", "openpyxl")])
def test_what_pandas_cannot_read_names_the_package(kind, needed, tmp_path, monkeypatch):
    import pandas

    def lacks(path):
        raise ImportError("Unable to find a usable engine\nand so on")

    path = tmp_path / f"t{kind}"
    Image.new("L", (1, 1)).save(path, "PNG")
    if kind == ".xlsx":
        path.write_bytes(own_zip())
    monkeypatch.setattr(pandas, {".parquet": "read_parquet", ".xlsx": "read_excel"}[kind], lacks)
    own.refused(path, f"pandas needs {needed}", f"install {needed}, or save the table as a .csv")


def own_zip():
    import io
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("sheet.xml", "<x/>")
    return file.getvalue()


@pytest.mark.parametrize("kind", [".parquet", ".xlsx"])
def test_what_pandas_reads_is_read_like_a_csv(kind, tmp_path, monkeypatch):
    import pandas

    path = own.write_table(tmp_path / "t.csv", rows=[(a, b, f"{c}.0") for a, b, c in own.ROWS])
    frame, other = pandas.read_csv(path), tmp_path / f"u{kind}"
    other.write_bytes(own_zip())
    reader = {".parquet": "read_parquet", ".xlsx": "read_excel"}[kind]
    monkeypatch.setattr(pandas, reader, lambda path: frame.copy())
    same = data.load(other)
    assert (same.x_train == data.load(path).x_train).all() and same.classes == ("0", "1", "2")
    frame.insert(0, "Unnamed: 0", range(60))
    with pytest.raises(DataError, match=f"u{kind}: column 1, which has no name, counts from 0"):
        read_table(other)


def test_what_is_drawn_decides_the_ground():
    picture = np.zeros((1, 2, 2, 4), np.uint8)
    picture[0, 0, 0] = 0, 0, 0, 255
    laid, why = lay(picture)
    assert laid[0, :, :, 0].tolist() == [[0, 255], [255, 255]] and "on white" in why
    picture[0, 0, 0] = 255, 255, 255, 128
    laid, why = lay(picture)
    assert laid[0, :, :, 0].tolist() == [[128, 0], [0, 0]] and "on black" in why


def test_pictures_without_transparency_keep_every_bit(tmp_path):
    picture = Image.fromarray(own.RNG.integers(0, 256, (50, 40, 3), np.uint8))
    picture.save(tmp_path / "rgb.png")
    picture.convert("RGBA").save(tmp_path / "rgba.png")
    plain = picture.crop((0, 5, 40, 45)).resize((32, 32), Image.Resampling.BILINEAR)
    for name in ("rgb.png", "rgba.png"):
        assert (data.own.read_picture(tmp_path / name) == np.asarray(plain)).all()
        assert data.own.read_pictures([tmp_path / name])[1] == []  # nothing was assumed


def test_a_path_is_a_place_and_a_bare_folder_says_how(root, tmp_path, monkeypatch):
    own.save_classes(tmp_path / "here", own.noise)
    monkeypatch.chdir(tmp_path)
    settings = find("autoencoder").Settings(data=(tmp_path / "here").relative_to(tmp_path))
    assert settings.data == "./here" and len(data.load(settings.data).x_train) == 20
    assert find("autoencoder").Settings(data=tmp_path / "here").data == str(tmp_path / "here")
    with pytest.raises(DataMissing, match=r"write \./here if you mean the folder here"):
        data.load("here")
    for odd in ("..", "a\0b", "x" * 500):
        with pytest.raises(DataMissing, match="into the data folder"):
            data.load(odd)


def test_every_kind_of_data_is_checked(root):
    own.write_table(root / "flowers.csv")
    own.write_table(
        (root / "bags").mkdir() or root / "bags" / "smell.csv", own.BAG_NAMES, own.BAG_ROWS
    )
    names = ["digits", "sprites", "photos", "flowers", "iot", "cluster", "smell"]
    names += ["toy", "docstrings"]
    assert reading.names() == names
    kinds = [report.kind for name in names for report in reading.check(name)]
    assert kinds == ["pictures"] * 3 + ["table", "stream", "stream", "bags", "text", "text"]
    assert real.source("smell").report().fingerprint == reading.check("smell")[0].fingerprint


def test_what_is_not_offered_is_listed_with_the_reason(root):
    own.save_classes(root / "my pictures", own.noise)
    own.save_bags(root / "deep", ("train", "test"))
    (root / "a.npy").write_bytes(b"")
    own.write_table(root / "digits.csv")
    (root / "bags").mkdir()
    own.write_table(root / "bags" / "excel.csv", own.BAG_NAMES, own.BAG_ROWS, ";")
    (root / "text").mkdir()
    for name in ("my book.txt", "thesis.docx", "plain.txt"):
        (root / "text" / name).write_text("words")
    (root / "walk.mp4").write_bytes(b"")
    listed = call("data", "list").stdout
    for words in (
        "Not offered: my pictures (rename it",
        "Not offered: deep (its pictures lie a level too deep",
        "Not offered: a.npy (save it with numpy.savez",
        "Not offered: digits.csv (a known set has this name",
        "Not offered: bags/excel.csv (excel.csv: its columns are separated by semicolons",
        "Not offered: text/my book.txt (rename it",
        "Not offered: text/thesis.docx (a text is a .txt in UTF-8",
        "Not offered: walk.mp4 (save its frames in a folder",
    ):
        assert words in listed
    assert "Not offered: text/plain.txt" not in listed


def test_a_run_says_what_to_look_at_and_its_json_carries_the_report(tmp_path):
    path = own.write_table(tmp_path / "t.csv", "t,a,b,target", own.with_column(0, range(60)))
    command = ("run", "autoencoder", "--data", str(path), "--steps", "100", "--device", "cpu")
    done = call(*command, "--json")
    assert "Note: t: Column 't' counts up by one" in done.stderr
    report = json.loads(done.stdout.splitlines()[-1])["data"]
    assert report["label"] == "column 'target', by its name" and report["columns"] == [
        "t",
        "a",
        "b",
    ]
    assert report["classes"] == {"0": 20, "1": 20, "2": 20}
    assert report == json.loads(call("data", "check", str(path), "--json").stdout)


def test_pictures_to_look_at_are_written_as_a_png(tmp_path):
    own.save_classes(tmp_path / "set", own.stroke("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)))
    file = tmp_path / "look.png"
    call("data", "check", str(tmp_path / "set"), "--pictures", str(file))
    with Image.open(file) as sheet:
        assert sheet.size == (10 * 33 - 1, 32) and sheet.getpixel((0, 0)) == 255
