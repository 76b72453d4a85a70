"""The run before on a chapter's page: what it is called, and when it is shown; saved figures."""

import csv
import io
import json
from types import SimpleNamespace

import pytest
from doubles import shortest

from workbench.chapters import find
from workbench.results.figure import as_csv
from workbench.running.run import Run
from workbench.view.page.before import Finished, before, finished, name_before
from workbench.view.page.figures import FORMS
from workbench.view.page.replay import Replay
from workbench.view.pages.page_board import PageBoard

NAME = "beta-vae"


def done(settings, count: int = 10**6) -> Run:
    run = Run(NAME, settings)
    run.frames, run.status = list(shortest(NAME)[:count]), "done"
    return run


class Instant:
    """A runner whose runs have ended as soon as they are opened."""

    def __init__(self):
        self.opened = []
        self.paused = False

    def move(self, _before, _name, settings, _reader):
        self.opened.append(done(settings, 3 + len(self.opened)))
        return self.opened[-1]

    def leave(self, *_):
        pass

    def __getattr__(self, _name):
        return lambda *_: 0


@pytest.fixture
def board():
    board = PageBoard(NAME, Instant())
    board.live.watch = lambda: None
    yield board
    board.close()


def go(board, **knobs):
    board.set_knobs(find(NAME).Settings(**knobs))
    board.live.poll()


def tell(board, kind, value):
    board.wire.hear(json.dumps({"kind": kind, "value": value}))


def drawn(board, place: int):
    return board.gallery.places[place].drawing.picture


def test_a_run_that_has_not_come_to_its_end_leaves_nothing():
    chapter = find(NAME)
    assert finished(chapter, None) is None
    for status in ("training", "failed", "abandoned"):
        run = done(chapter.Settings())
        run.status = status
        assert finished(chapter, run) is None


@pytest.mark.parametrize(
    ("knobs", "name"),
    [
        (dict(beta=4), "before: Beta 1"),
        (dict(beta=4, seed=3), "before: Beta 1, Seed 0"),
        (dict(), ""),
        (dict(data="faces", beta=4), ""),  # other pictures are not to be compared
        (dict(capacity=20), ""),  # which has no effect here
    ],
)
def test_the_run_before_is_called_by_the_knobs_that_differ(knobs, name):
    chapter = find(NAME)
    run = finished(chapter, done(chapter.Settings()))
    settings = chapter.Settings(**knobs)
    assert name_before(run, settings) == name
    assert bool(before(chapter, run, settings).pictures) == (name != "")


def test_what_a_reader_has_written_stays_out_of_the_legend():
    chapter = find("labelling")
    own = next(k for k in chapter.Settings.knobs().values() if k.kind == "text")
    text = own.suggest(chapter.Settings()).splitlines()[0]
    run = SimpleNamespace(settings=chapter.Settings(**{own.name: text}))
    assert name_before(run, chapter.Settings()) == f"before: {own.label} as it was"


def test_the_run_before_stays_behind_the_new_one(board):
    go(board)
    assert board.wire.state["before"] == ""
    go(board, beta=4)
    assert board.wire.state["before"] == "before: Beta 1"
    (lines,) = [
        place.drawing for place in board.gallery.places if place.name == "Distortion and rate"
    ]
    assert "before: Beta 1" in lines.legend
    (head,) = [h for h in board.wire.state["pictures"] if h["name"] == "Distortion and rate"]
    assert "before: Beta 1" in head["legend"]
    go(board, data="faces")
    assert "before" not in lines.legend


def test_a_run_that_was_left_does_not_take_the_place_of_the_one_before(board):
    go(board)
    go(board, beta=4)
    board.run.status = "abandoned"
    go(board, beta=8)
    assert board.wire.state["before"] == "before: Beta 1"


def test_before_and_now_take_turns_with_their_numbers(board):
    go(board, beta=4)
    go(board, beta=16)
    now = {kind: board.wire.state[kind] for kind in ("numbers", "finding", "pictures", "all")}
    picture = drawn(board, 0)
    tell(board, "press", "before")
    assert board.wire.state["back"] and board.wire.state["finding"].startswith("At beta 4")
    assert drawn(board, 0) is board.finished.pictures[board.gallery.places[0].name]
    before = drawn(board, 0)
    board.run.frames.append(shortest(NAME)[len(board.run.frames)])
    board.live.poll()  # another frame of the run that is not shown
    assert drawn(board, 0) is before is not picture
    board.run.frames.pop()
    tell(board, "press", "now")
    assert not board.wire.state["back"]
    assert {kind: board.wire.state[kind] for kind in now} == now and drawn(board, 0) is picture


def test_another_run_or_a_replay_ends_the_look_back(board):
    go(board)
    go(board, beta=4)
    tell(board, "press", "before")
    tell(board, "press", "step")
    assert not board.wire.state["back"] and board.wire.state["drawn"] == shortest(NAME)[0].step
    tell(board, "press", "before")
    go(board, beta=8)
    assert not board.wire.state["back"] and "beta 8" in board.wire.state["finding"]


def test_without_a_run_before_nothing_is_shown(board):
    go(board)
    shown = drawn(board, 0)
    tell(board, "press", "before")
    assert not board.live.looks_back and drawn(board, 0) is shown


def test_step_goes_one_frame_and_after_the_last_to_the_first():
    shown = []
    replay = Replay(lambda frames: shown.append(len(frames)))
    replay.step()
    assert shown == []  # nothing to step through
    replay.offer([1, 2, 3])
    for _ in range(4):
        replay.step()
    assert shown == [1, 2, 3, 1]


# what is saved


@pytest.fixture
def files(board, monkeypatch):
    sent = []
    monkeypatch.setattr(board.wire, "tell", lambda kind, value: sent.append((kind, value)))
    go(board, beta=4, seed=2)
    return sent


@pytest.mark.parametrize("form", FORMS)
def test_a_figure_is_what_is_shown(board, files, form):
    name = board.gallery.places[1].name
    tell(board, "figure", {"picture": name, "form": form, "number": 7})
    ((kind, file),) = files
    assert kind == "figure" and file["number"] == 7 and file["form"] == form
    assert file["name"] == f"beta-vae_rate-per-latent_beta-4_seed-2.{form}"
    if form == "csv":
        assert file["text"] == as_csv(drawn(board, 1))
        numbers = [float(row[1]) for row in list(csv.reader(io.StringIO(file["text"])))[1:]]
        assert numbers == board.run.frames[-1].pictures[name].values.tolist()
    else:
        assert file["text"].startswith("<svg") and file["kind"] == "image/svg+xml"


def test_a_figure_of_the_run_before_has_its_knobs_in_its_name(board, files):
    go(board, beta=16)
    tell(board, "press", "before")
    tell(board, "figure", {"picture": board.gallery.places[0].name, "form": "svg", "number": 1})
    assert files[-1][1]["name"] == "beta-vae_reconstructions_beta-4_seed-2.svg"


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "svg",
        {"picture": "rates"},
        {"picture": "../../etc/passwd", "form": "svg", "number": 1},
        {"picture": "rates", "form": "exe", "number": 1},
        {"picture": 5, "form": "svg", "number": 1},
        {"picture": "rates", "form": "svg", "number": "1"},
    ],
)
def test_what_no_page_asks_for_is_not_answered(board, files, message):
    tell(board, "figure", message)
    assert files == []


def test_switches_and_choices_of_the_run_before_are_words():
    chapter = find("selfsup")
    run = Finished(chapter.Settings(answer="ab", gap=False, kind="jigsaw"), None, {})
    words = name_before(run, chapter.Settings(kind="jigsaw"))
    assert words == "before: Gap between tiles off"
    run = Finished(chapter.Settings(answer="ab"), None, {})
    assert name_before(run, chapter.Settings()) == "before: Answer two numbers"
