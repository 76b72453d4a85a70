"""A figure as a file: its numbers are the picture's, and its name is one on every system."""

import csv
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from doubles import shortest

from workbench.chapters import NAMES, find
from workbench.core.pictures import Curves, Line, Scatter
from workbench.results.figure import as_csv, as_file, file_name
from workbench.results.picture_table import rows


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_numbers_of_a_curve_come_back_to_the_last_bit():
    x, y = np.array([1.0, 2.0, 3.0]), np.array([0.1, 1 / 3, np.pi])
    head, *cells = read(as_csv(Curves("T", (Line("a", x, y), Line("b", x[:2], y[1:])))))
    assert head == ["step", "a", "b"]
    assert [float(row[1]) for row in cells] == y.tolist()
    assert [row[2] for row in cells] == [repr(y[1].item()), repr(y[2].item()), ""]


def test_a_name_with_commas_and_quotes_stays_one_cell():
    group = 'a "b", c\nd'
    head, cells = read(as_csv(Scatter("T", np.ones((1, 2)), np.array([0]), (group,))))
    assert cells[2] == group and len(head) == 3


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_of_a_chapter_can_be_saved(name):
    for picture in shortest(name)[-1].pictures.values():
        columns, expected = rows(picture)
        head, *cells = read(as_file(picture, "csv")[1])
        assert head == list(columns) and len(cells) == len(expected)
        ET.fromstring(as_file(picture, "svg")[1])


def test_other_forms_are_refused():
    with pytest.raises(ValueError, match="saved as svg or csv"):
        as_file(Scatter("T", np.ones((1, 2))), "exe")


def test_the_name_says_chapter_picture_knobs_and_seed():
    chapter = find("beta-vae")
    settings = chapter.Settings(beta=4, seed=3)
    assert file_name(chapter, settings, "Rate per latent") == (
        "beta-vae_rate-per-latent_beta-4_seed-3"
    )


@pytest.mark.parametrize("title", ["../../etc/passwd", "a\\b:c*?<>|", "\0", "ü/.." * 90])
def test_a_hostile_title_makes_a_harmless_name(title):
    chapter = find("beta-vae")
    name = file_name(chapter, chapter.Settings(), title)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_") and len(name) <= 120
    assert name.startswith("beta-vae_")
