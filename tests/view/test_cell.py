"""A Board in a notebook's cell: what its page is told and when, and what `finish` raises."""

import gc

import pytest
from bokeh.document import Document
from pyviz_comms import Comm

from workbench import find, play
from workbench.running.run import RunFailed
from workbench.view.page import cell
from workbench.view.page.board import Board
from workbench.view.page.live import LiveRun


def test_finish_raises_what_failed_in_the_background():
    board = Board("beta-vae", data="no-such-set", steps=100)
    with pytest.raises(RunFailed, match="no-such-set"):
        board.finish(60)
    board.close()


def test_finish_raises_what_failed_while_drawing(monkeypatch):
    def fail(*_args, **_more):
        raise ZeroDivisionError("in a callback")

    board = Board("beta-vae", steps=100)
    monkeypatch.setattr(board.gallery, "draw", fail)
    with pytest.raises(ZeroDivisionError, match="in a callback"):
        board.finish(60)
    board.close()


def test_finish_raises_what_the_timer_met_before(monkeypatch):
    board = Board("beta-vae", steps=100).start()
    with monkeypatch.context() as broken, pytest.raises(AttributeError):
        broken.delattr(LiveRun, "write")
        board.poll()  # the timer's: nobody sees what it raises
    with pytest.raises(AttributeError, match="write"):
        board.finish(60)
    board.close()


def test_finish_gives_the_last_frame_that_play_gives():
    board = Board("beta-vae", steps=100)
    *_, last = play("beta-vae", steps=100)
    assert board.finish(60).scalars == last.scalars
    board.close()


class Page(Comm):
    """A notebook's page; `sent` is what Panel sent it."""

    def __init__(self):
        super().__init__()
        self.sent, self._comm = [], True

    def send(self, data=None, metadata=None, buffers=()):
        self.sent.append(data)

    def patches(self):
        return [data for data in self.sent if data and '"events"' in data]


@pytest.fixture
def shown():
    """A board of a run of its own in a notebook's output, and the page that shows it."""
    board, page, document = Board("beta-vae", steps=100, seed=7), Page(), Document()
    document.add_root(board.__panel__().get_root(document, comm=page))
    document.hold()  # as a notebook's documents are
    yield board, page
    board.close()


def test_a_page_is_told_all_once_it_is_built_and_nothing_before(shown):
    board, page = shown
    board.finish(60)
    assert not page.sent and not board.cards
    board.live.built.yes = True
    *_, patch = page.patches()  # in one message: two may come out of order
    assert "Done: 100 steps" in patch and "Learning curves" in patch


def test_what_a_move_changes_is_sent_with_it(shown):
    board, page = shown
    board.finish(60)
    board.live.built.yes = True
    board.stop.label = "Stop"  # or Panel would send the button's change, and all else with it
    page.sent.clear()
    board.controls.choose("beta", 4)
    assert '"opacity"' in page.patches()[-1]  # pale, before any refresh
    board.note("So it is.")
    assert "So it is." in page.patches()[-1]


def test_a_fault_in_a_drawing_is_found_though_no_page_shows_it(shown, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("drawn by nought")

    monkeypatch.setattr(cell, "Card", fail)
    with pytest.raises(ZeroDivisionError):
        shown[0].finish(60)


# ---- a reader's own training loop


def own_fit(runs, data, device):
    """The chapter's own loop, with a mark that it has been here."""
    own_fit.runs += len(runs)
    return find("beta-vae").fit(runs[0])(runs, data, device)


def test_a_board_trains_with_a_readers_own_loop():
    own_fit.runs = 0
    board = Board("beta-vae", steps=100, fit=own_fit)
    *_, last = play("beta-vae", steps=100, fit=own_fit)
    assert board.finish(60).scalars == last.scalars and own_fit.runs == 2
    assert board.runner.store is None  # what it trains is kept nowhere
    assert "Done: 100 steps" in board.status.text and board.cards
    board.controls.choose("beta", 4)
    assert board.finish(60).scalars["rate"] < last.scalars["rate"] and own_fit.runs == 3
    board.close()


def test_a_fault_of_the_loop_is_one_sentence_on_the_board():
    def fit(runs, data, device):
        yield 1, "no network"

    board = Board("beta-vae", steps=100, fit=fit)
    with pytest.raises(RunFailed, match="must yield"):
        board.finish(60)
    board.poll()
    assert 'role="alert"' in board.status.text and "Traceback" not in board.status.text
    board.close()


def test_a_boards_own_runner_ends_with_it():
    board = Board("beta-vae", steps=100, fit=own_fit)
    runner = board.runner
    del board
    gc.collect()
    with pytest.raises(RunFailed, match="closed"):
        runner.open("beta-vae", find("beta-vae").Settings(), runner)
