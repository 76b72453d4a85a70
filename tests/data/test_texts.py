"""Texts: the embedded comments are those of the source, and own tables are read with care."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from workbench.data import DataError
from workbench.data.texts import has_texts, load_comments, read_texts, youtube
from workbench.data.texts.textset import LONGEST_TEXT, plain_text

ORIGINAL = Path(os.environ.get("WORKBENCH_DATA", "")) / "youtube_spam"


def test_the_comments_are_those_of_five_videos_without_repeats():
    comments = load_comments()
    assert len(comments.texts) == len(set(comments.texts)) == 1733
    assert comments.parts == ("Psy", "KatyPerry", "LMFAO", "Eminem", "Shakira")
    assert np.bincount(comments.part).tolist() == [349, 346, 332, 401, 305]
    assert comments.classes == ("ham", "spam") and 0.45 < comments.y.mean() < 0.5
    assert comments.fingerprint() == "c1fc28271aba" and "CC BY 4.0" in comments.source
    with pytest.raises(ValueError):
        comments.y[0] = 1


def test_the_file_holds_texts_and_classes_and_nobodys_name():
    table = gzip.decompress(youtube.FILE.read_bytes()).decode()
    assert table.startswith("video,text,spam\n") and youtube.FILE.stat().st_size < 165_000
    assert "Julius NM" not in table and "LZQPQhLyRh" not in table


@pytest.mark.skipif(not ORIGINAL.is_dir(), reason="the original tables are not in the data folder")
def test_packing_the_original_tables_gives_the_embedded_file():
    first = (ORIGINAL / "Youtube01-Psy.csv").read_text(encoding="utf-8-sig")
    assert first.startswith("\n") or first.startswith("\r")  # an empty line comes first
    packed = gzip.decompress(youtube.pack(ORIGINAL))
    assert packed == gzip.decompress(youtube.FILE.read_bytes())


def test_a_text_loses_markup_entities_and_invisible_letters():
    assert plain_text('a<br />b &amp; <a href="x">c</a> \ufeffd\u200b\n e') == "a b & c d e"
    assert plain_text("1 < 2 > 0 <3") == "1 < 2 > 0 <3"
    assert len(plain_text("x" * 10_000)) == LONGEST_TEXT


def test_a_table_with_texts_is_known_by_its_first_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("label, Text\n1,b\n")
    assert has_texts(path)
    path.write_text("a,label\n1,text\n")
    assert not has_texts(path) and not has_texts(tmp_path / "none.csv")
    path.write_bytes(b"\xff\xfe\x00")
    assert not has_texts(path)


def write(path: Path, names: str, rows: list[str]) -> Path:
    path.write_text("\n".join([names, *rows]) + "\n")
    return path


def test_own_texts_come_with_their_classes_and_what_is_not_used_is_said(tmp_path):
    rows = [f'Ann,"a, <b>text</b> {i}",{10 if i % 2 else 9}' for i in range(30)]
    own = read_texts(write(tmp_path / "mine.csv", "author,Text,label", rows))
    assert own.texts[:2] == ("a, text 0", "a, text 1") and own.classes == ("9", "10")
    assert own.y.tolist() == [0, 1] * 15  # whole numbers are sorted as numbers
    assert own.notes == ("Not used, because texts are judged by their words: author.",)


ROWS = [f"text {i},{i % 2}" for i in range(30)]
REFUSED = {
    "no label": ("text,number", ROWS, "no columns text and label"),
    "an empty text": ("text,label", [*ROWS, " ,1"], "row 31 has an empty text: fill or remove it"),
    "an empty label": ("text,label", [*ROWS, "a,"], "'label' has an empty"),
    "few": ("text,label", ROWS[:5], "it has 5 texts: give at least 20"),
    "one class": ("text,label", ROWS[::2] * 2, "it has 1 different labels: give 2 to 20"),
    "surplus": ("text,label", [*ROWS, "a, b,1"], "line 32 has 3 fields where the first line has 2"),
    "semicolons": ("text;label", ["a;1"] * 30, "its columns are separated by semicolons"),
}


@pytest.mark.parametrize("names, rows, sentence", REFUSED.values(), ids=REFUSED)
def test_what_leaves_a_doubt_is_refused_in_a_sentence(tmp_path, names, rows, sentence):
    with pytest.raises(DataError, match=sentence) as refused:
        read_texts(write(tmp_path / "mine.csv", names, rows))
    assert str(refused.value).startswith("mine.csv: ")
