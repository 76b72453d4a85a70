"""The seam lab without a page."""

import numpy as np
import pytest

from workbench.chapters.selfsup.lab_knobs import WAYS
from workbench.chapters.selfsup.seam_lab import PUZZLES, SHOWN, SeamLab


def test_every_door_that_is_closed_helps():
    lab = SeamLab()
    shares = {way: lab.share(way) for way in WAYS}
    assert shares["Open"] > 0.5 > 0.25 > shares["Both"]
    assert shares["Open"] > max(shares["Gap"], shares["Normalised"])
    assert shares["Both"] < min(shares["Gap"], shares["Normalised"])
    assert lab.pictures()["shares"].values == pytest.approx([*shares.values(), 1 / 24])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("side", [2, 3])
def test_a_puzzle_marked_right_looks_like_the_solved_one(way, side):
    lab = SeamLab(side=side, way=way)
    puzzles = lab.pictures()["puzzles"]
    assert puzzles.tiles.shape == (3, SHOWN, 16, 16)
    for column, mark in enumerate(puzzles.columns):
        if mark == "\u2713":
            assert np.array_equal(puzzles.tiles[1, column], puzzles.tiles[2, column])


def test_its_sentence_tells_the_share():
    lab = SeamLab(way="Open")
    assert f"solves {lab.share('Open'):.0%} of {PUZZLES} puzzles" in lab.sentence()
    again = SeamLab(way="Open", seed=1)
    first, second = (each.pictures()["puzzles"].tiles for each in (lab, again))
    assert np.array_equal(first[2], second[2]) and not np.array_equal(first[0], second[0])
