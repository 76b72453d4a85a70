"""A reader's seat without a browser: what is taken from the instructor, and the way back."""

import re
from urllib.parse import parse_qsl

import numpy as np
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from workbench.classroom.room import Seat, Shown, classroom
from workbench.core.settings import Settings
from workbench.running.runner import Runner
from workbench.view.page.board import Board
from workbench.view.page.live import LiveRun
from workbench.view.pages.lectern import stand
from workbench.view.pages.page_board import PageBoard
from workbench.view.sections.seat import SeatSection, build, sit

NAME = "beta-vae"


@pytest.fixture
def section(monkeypatch):
    """The seat of a reader who follows and has chosen beta 1; nothing trains."""
    monkeypatch.setattr(LiveRun, "watch", lambda self: None)
    classroom.cache_clear()
    runner = Runner([])
    board = Board(NAME, runner=runner, beta=1).start()
    seat = Seat(NAME, print)
    section = board.seat_section = SeatSection(board, seat)
    section.follow.value = True
    section.board = board  # which the section itself does not keep
    with set_curdoc(Document()):
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
    assert not section.undo.visible and "your own knobs" in section.sentence.object
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
    section.board.controls.choose("beta", 3)
    shown(section, beta=8)
    assert back(section) == 3
    section.board.controls.choose("beta", 8)  # chosen, though it has been shown before
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


def test_the_link_to_another_chapter_is_seen_and_keeps_the_seat(section):
    reader, room = section.board, classroom()
    reader.seat = section.seat = old = room.sit(NAME, print)
    old.follows, old.name = True, "Ada"
    old.raise_hand(True)
    room.show("rad", "seed=7")
    section.take(room.shown)
    way = re.search('href="[?]([^"]+)"', reader.status.call.text)[1].replace("&amp;", "&")
    assert way in section.sentence.object.replace("&amp;", "&")
    query = dict(parse_qsl(way))
    assert query.pop("chapter") == "rad" and query["seed"] == "7"
    new = sit(Board("rad", runner=reader.runner), query.pop("follow"))
    assert (new.name, new.hand, new.follows) == ("Ada", old.hand, True)
    shown(section, beta=4)
    assert reader.status.call.text == ""


def test_who_came_by_the_link_follows_before_anything_is_opened(section):
    old = classroom().sit(NAME, print)
    old.follows = True
    board = Board(NAME, runner=section.board.runner, beta=4)
    board.seat = sit(board, old.id)
    assert board.seat_section.follow.value and build(board) is not None
    section.board, section = board, board.seat_section  # kept, and used from here on
    section.board = board
    shown(section, beta=8)
    assert not section.undo.visible  # there are no knobs of one's own on this page yet
    board.close()


@pytest.mark.parametrize("before", ["", "0", "<img src=x>", "not following"])
def test_no_address_makes_anybody_follow_or_gives_a_name(section, before):
    other = classroom().sit(NAME, print)
    other.call_me("Ada")
    seat = sit(section.board, other.id if before == "not following" else before)
    assert (seat.name, seat.hand, seat.follows) == ("", None, False)


def test_only_an_instructors_page_shows_itself_to_the_class(section):
    board = PageBoard(NAME, section.board.runner, beta=4)
    board.wire.hear('{"kind": "show-class"}')
    assert classroom().shown is None and "show-class" not in board.wire.state
    stand(board)
    board.wire.hear('{"kind": "show-class"}')
    assert classroom().shown == Shown(NAME, board.controls.settings)
    assert board.wire.state["show-class"] == "Shown to 0 pages."
    board.close()
