"""Texts: the embedded comments are those of the source, and own tables are read with care."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from workbench.data.texts import has_texts, load_comments, youtube
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
    path.write_text("\nlabel, text\n1,b\n")
    assert has_texts(path)
    path.write_text("a,label\n1,text\n")
    assert not has_texts(path) and not has_texts(tmp_path / "none.csv")
    path.write_bytes(b"\xff\xfe\x00")
    assert not has_texts(path)
