"""What is kept in the package: read as values, and empty where there is nothing."""

import json

import numpy as np
from doubles import plain

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Goal, Range, Task
from workbench.core.pictures import Images
from workbench.results.kept import NUMBERS, PICTURES, Measured, minutes, read
from workbench.running.packing import pack

NAME = "beta-vae"
CHAPTER = find(NAME)
FRAME = Frame(1, 1, {"rate": 3.0}, {"pictures": Images("Pictures", np.ones((1, 2, 4, 4)) / 2)})


def write(folder):
    numbers = {
        "track": {"knob": "beta", "values": [0, 1], "numbers": {"rate": [[1, 2, 3, 4, 5]] * 2}},
        "tasks": {"silent": {"values": [0] * 5, "before": [7] * 5, "curve": [], "seconds": 2.0}},
        "pictures": [{"beta": 0}, {"beta": 4}],
    }
    (folder / NUMBERS).write_text(json.dumps(numbers))
    (folder / PICTURES).write_bytes(pack([FRAME, FRAME]))


def test_kept_numbers_and_pictures_are_read_as_values(tmp_path):
    write(tmp_path)
    lesson = read(NAME, tmp_path)
    assert lesson.track.knob == "beta" and lesson.track.values == (0, 1)
    assert lesson.track.numbers["rate"][1] == (1, 2, 3, 4, 5)
    measured = lesson.values("beta-vae/silent")
    assert measured == Measured((0,) * 5, (7,) * 5, (), 2.0)
    assert lesson.values("beta-vae/another") is None
    assert plain(lesson.frame(CHAPTER.Settings(beta=4))) == plain(FRAME)
    assert lesson.frame(CHAPTER.Settings(beta=2)) is None
    assert lesson.frame(CHAPTER.Settings(beta=4, seed=1)) is None


def test_a_chapter_without_kept_files_has_nothing(tmp_path):
    lesson = read(NAME, tmp_path)
    assert lesson.track is None and lesson.values("beta-vae/silent") is None
    assert lesson.frame(CHAPTER.Settings()) is None


def test_minutes_are_reading_thinking_and_training():
    words = "word " * 75
    task = Task("a", "A", words, {}, "rate", words, "")
    assert minutes(task, None) == 1
    thinking = Task("a", "A", words, {}, "rate", words, "", predict=Range(0, 1, 1, 1))
    assert minutes(thinking, Measured((0,) * 5)) == 2
    assert minutes(thinking, Measured((0,) * 5, seconds=60)) == 3
    goal = Goal((), (Bound("rate"),), ("", "", ""), {}, ({}, {}))
    solving = Task("a", "A", words, {}, "rate", words, "", goal=goal)
    assert minutes(solving, Measured((0,) * 5, seconds=60)) == 1 + 3 + 16
