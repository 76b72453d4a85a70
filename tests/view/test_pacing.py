"""What many pages cost together: frames are left out, pictures of the home page shared."""

from types import SimpleNamespace

import pytest

from workbench.chapters import find
from workbench.running.players import play
from workbench.running.run import Run
from workbench.view.page import board as board_module
from workbench.view.page.board import SHARE, Board
from workbench.view.pages import thumbs

DRAWING = 0.01  # seconds that a drawing takes here


@pytest.fixture
def clock(monkeypatch):
    """A time that passes when the test says so; every page is one of a server."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(board_module, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    monkeypatch.setattr(board_module, "served", lambda: True)
    return now


def watched(clock, monkeypatch, pages: int) -> tuple[Board, list[int]]:
    """A board among so many, with a run that has a new frame at each look, and what it draws."""
    board, drawn = Board("beta-vae", runner=SimpleNamespace()), []
    monkeypatch.setattr(board_module, "WATCHING", [board] * pages)

    def draw(frames, speak):
        drawn.append(len(frames))
        clock.seconds += DRAWING

    board._draw, board._tell = draw, lambda: None
    board.run = SimpleNamespace(live=True, frames=[])
    return board, drawn


def look(board: Board, clock, times: int) -> None:
    for _ in range(times):
        board.run.frames.append(None)
        clock.seconds += 0.05
        board._look()


def test_a_lone_page_draws_every_frame(clock, monkeypatch):
    board, drawn = watched(clock, monkeypatch, 1)
    look(board, clock, 100)
    assert len(drawn) == 100


def test_the_more_pages_draw_the_more_frames_each_leaves_out(clock, monkeypatch):
    board, drawn = watched(clock, monkeypatch, 20)
    start = clock.seconds
    look(board, clock, 400)
    share = 20 * len(drawn) * DRAWING / (clock.seconds - start)
    assert 0.5 * SHARE < share < 1.2 * SHARE
    assert drawn[-1] > 390  # what it draws is the newest


def test_the_first_frame_after_a_move_is_not_left_out(clock, monkeypatch):
    board, drawn = watched(clock, monkeypatch, 1000)
    look(board, clock, 2)
    assert len(drawn) == 1
    board.runner = SimpleNamespace(move=lambda *_: board.run)
    board.cards, board._put_in_address = (
        SimpleNamespace(begin_anew=lambda: None, fade=lambda: None),
        lambda _settings: None,
    )
    board._watch = lambda: None
    board.move(board.controls.settings)
    look(board, clock, 1)
    assert len(drawn) == 2


def test_a_thumbnail_is_drawn_once_for_all_pages(monkeypatch):
    drawn = []
    monkeypatch.setattr(thumbs, "thumbnail", lambda *given: drawn.append(given) or "picture")
    run = Run("beta-vae", find("beta-vae").Settings())
    run.frames = list(play("beta-vae", "cpu", steps=100))
    for _ in range(60):
        assert thumbs._still("beta-vae", run, 1) == "picture"
    assert len(drawn) == 1
