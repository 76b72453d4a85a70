"""A reader's seat without a browser: what is taken from the instructor, and the way back."""

import numpy as np
import pytest

from workbench.classroom import Seat, Shown, classroom
from workbench.runs import Runner
from workbench.settings import Settings
from workbench.view.board import Board
from workbench.view.seat_section import SeatSection

NAME = "beta-vae"


@pytest.fixture
def section(monkeypatch):
    """The seat of a reader who follows and has chosen beta 1; nothing trains."""
    monkeypatch.setattr(Board, "_watch", lambda self: None)
    classroom.cache_clear()
    runner = Runner([])
    board = Board(NAME, runner=runner, beta=1).start()
    seat = Seat(NAME, print)
    section = board.seat_section = SeatSection(board, seat)
    section.follow.value = True
    section.board = board  # which the section itself does not keep
    yield section
    board.close()
    runner.close()
    classroom.cache_clear()


def shown(section, **knobs) -> Settings:
    """What the board shows after the instructor has shown these knobs."""
    settings = type(section.board.controls.settings)(**knobs)
    section.take(Shown(NAME, settings))
    assert section.board.controls.settings == settings == section.board.run.settings
    return settings


def back(section) -> float:
    """Beta after the way back."""
    assert section.undo.visible
    section._undo(None)
    assert not section.undo.visible and "your own knobs" in section.said.object
    assert section.board.run.settings == section.board.controls.settings
    return section.board.controls.settings.beta


def test_the_way_back_leads_past_all_that_the_instructor_has_shown(section):
    for beta in (4, 8, 2):
        shown(section, beta=beta)
    assert back(section) == 1
    shown(section, beta=4)  # and once more, as at first
    assert back(section) == 1


def test_what_a_reader_chooses_between_two_is_their_own(section):
    shown(section, beta=4)
    section.board.controls._wish("beta", 3)
    shown(section, beta=8)
    assert back(section) == 3
    section.board.controls._wish("beta", 8)  # chosen, though it has been shown before
    shown(section, beta=4)
    assert back(section) == 8


def test_who_has_chosen_what_is_shown_takes_nothing(section):
    shown(section, beta=1)
    assert not section.undo.visible
    shown(section, beta=4)
    assert back(section) == 1


def test_a_data_set_that_has_come_since_the_page_was_made_is_shown(section, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "late.npz", images=rng.random((20, 8, 8), np.float32))
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    section.board.controls.show(section.board.controls.settings.replace(data="late"))
    menu = section.board.controls.widgets["data"]
    assert menu.value == "late" and menu.options["late"] == "late"
    shown(section, beta=4.3)  # between two stops of the slider
    slider = section.board.controls.widgets["beta"]
    assert slider.options[f"{4.3:g}"] == 4.3 and slider.value == 4.3
