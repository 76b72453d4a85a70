"""Texts with labels: from the docstrings of packages, and from folders of texts."""

import numpy as np
import pytest

from workbench.data import DataError
from workbench.data.texts import docstrings, documents

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa ".split()


def text(start, count=25):
    return " ".join(WORDS[(start + 3 * i * i) % 10] for i in range(count))


def write(folder, label, texts):
    (folder / label).mkdir(parents=True)
    for i, content in enumerate(texts):
        (folder / label / f"{1000 + i}").write_bytes(content.encode("utf-8"))


def test_a_folder_of_texts_is_read_label_by_label(tmp_path):
    write(tmp_path, "rec.autos", [text(0), text(1), text(1), text(2, 5)])
    write(tmp_path, "sci.space", [text(3), text(4), text(5)])
    write(tmp_path, "empty", [])
    (tmp_path / "readme.txt").write_text("of no label")
    found = documents.read_folder(tmp_path)
    assert found.classes == ("rec.autos", "sci.space")
    assert np.bincount(found.y).tolist() == [2, 3]  # equal ones once, short ones not at all
    assert sorted(map(" ".join, found.words[:2])) == sorted([text(0), text(1)])


def test_the_head_of_a_letter_does_not_tell_its_group(tmp_path):
    letter = f"From: me\nNewsgroups: sci.space\n\n{text(0)}\n\n{text(1)}"
    write(tmp_path, "sci.space", [letter, text(2)])
    write(tmp_path, "rec.autos", [text(3), text(4)])
    words = {word for each in documents.read_folder(tmp_path).words for word in each}
    assert words == set(WORDS)


def test_bytes_of_another_encoding_do_not_stop_it(tmp_path):
    write(tmp_path, "a", [text(0), text(1)])
    write(tmp_path, "b", [text(2), text(3)])
    (tmp_path / "a" / "latin").write_bytes(text(4).encode() + " caf\xe9".encode("latin-1"))
    assert np.bincount(documents.read_folder(tmp_path).y).tolist() == [3, 2]


def test_a_folder_without_two_labels_is_refused(tmp_path):
    write(tmp_path, "only", [text(0), text(1)])
    with pytest.raises(DataError, match="no two labels with 2 texts"):
        documents.read_folder(tmp_path)
    with pytest.raises(DataError, match="is no folder"):
        documents.read_folder(tmp_path / "only" / "1000")


def test_docstrings_lie_in_the_part_of_their_package(monkeypatch):
    parts = {"numpy.linalg": text(0), "numpy.fft": text(1)}
    pairs = [(part, (each + f" w{i}").split()) for part, each in parts.items() for i in range(70)]
    monkeypatch.setattr(docstrings, "documents", lambda: iter([*pairs, ("numpy", WORDS * 3)]))
    found = documents.read_docstrings()
    assert found.classes == ("numpy.fft", "numpy.linalg") and len(found.y) == 140
    assert "numpy" in found.source


def test_files_of_a_package_know_their_part():
    parts = {part for part, _ in docstrings._sources("numpy")}
    assert {"numpy", "numpy.linalg", "numpy.fft"} <= parts and "numpy.tests" not in parts
