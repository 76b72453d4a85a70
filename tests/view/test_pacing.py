"""What many pages cost together: frames are left out."""

from types import SimpleNamespace

import pytest

from workbench.view.page import live, pace
from workbench.view.page.board import Board
from workbench.view.page.live import LiveRun
from workbench.view.page.pace import DRAWING_SHARE

DRAWING = 0.01  # seconds that a drawing takes here


@pytest.fixture
def clock(monkeypatch):
    """A time that passes when the test says so; every page is one of a server."""
    clock = SimpleNamespace(seconds=100.0)
    for module in (live, pace):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.seconds))
    monkeypatch.setattr(pace, "served", lambda: True)
    return clock


def watched(clock, monkeypatch, pages: int) -> tuple[LiveRun, list[int]]:
    """A run of a page among so many, with a new frame at each refresh, and what is drawn of it."""
    run = Board("beta-vae", runner=SimpleNamespace()).live
    drawn = []
    monkeypatch.setattr(pace, "DRAWING", [None] * pages)

    def draw(frames):
        drawn.append(len(frames))
        clock.seconds += DRAWING

    run.gallery.draw = draw
    run.write = run.watch = lambda: None
    run.run = SimpleNamespace(live=True, frames=[])
    return run, drawn


def refresh(run: LiveRun, clock, times: int) -> None:
    for _ in range(times):
        run.run.frames.append(None)
        clock.seconds += 0.05
        run.refresh()


def test_a_lone_page_draws_every_frame(clock, monkeypatch):
    run, drawn = watched(clock, monkeypatch, 1)
    refresh(run, clock, 100)
    assert len(drawn) == 100


def test_the_more_pages_draw_the_more_frames_each_leaves_out(clock, monkeypatch):
    run, drawn = watched(clock, monkeypatch, 20)
    start = clock.seconds
    refresh(run, clock, 400)
    share = 20 * len(drawn) * DRAWING / (clock.seconds - start)
    assert 0.5 * DRAWING_SHARE < share < 1.2 * DRAWING_SHARE
    assert drawn[-1] > 390  # what it draws is the newest


def test_the_first_frame_after_a_move_is_not_left_out(clock, monkeypatch):
    run, drawn = watched(clock, monkeypatch, 1000)
    refresh(run, clock, 2)
    assert len(drawn) == 1
    run.runner = SimpleNamespace(move=lambda *_: run.run)
    run.move(run.chapter.Settings())
    refresh(run, clock, 1)
    assert len(drawn) == 2
