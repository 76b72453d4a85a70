"""The task card without a browser: what a page is told when, and what it may ask for."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from doubles import Changed, until

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.lesson import Curve, Direction, Outcome, Pick, Range, Task
from workbench.core.pictures import Bars, Images
from workbench.results import kept as kept_runs
from workbench.results.kept import Measured
from workbench.running.runner import Runner
from workbench.view.page.live import LiveRun
from workbench.view.page.wire import Wire
from workbench.view.pages.page_board import PageBoard
from workbench.view.tasks import card as cards
from workbench.view.tasks.answers import answer
from workbench.view.tasks.card import TaskCard
from workbench.view.tasks.history import changed
from workbench.view.tasks.mailbox import Refused

NAME = "beta-vae"
SILENT, THREE = (find(NAME).teaching.task(each) for each in ("silent", "three"))
GUESS = {"do": "commit", "task": "silent", "given": {"low": 0, "high": 2}, "reason": 1}


class Seeds:
    """Trains at once: the number of latents in use is ten less beta, and one more for odd seeds."""

    def __init__(self):
        self.trained = []

    def frames(self, name, runs):
        self.trained += runs
        yield [
            Frame(300, 300, {"active": 10 - 2 * run.beta + run.seed % 2, "elbo": -25.0}, {})
            for run in runs
        ]

    def stop(self):
        pass

    def close(self):
        pass


class Room:
    """What a card needs of a page's board."""

    def __init__(self, runner):
        self.chapter = find(NAME)
        self.runner = runner
        self.wire = Wire(None)
        self.covered = ()
        self.gallery = SimpleNamespace(cover=self.cover)
        self.status = SimpleNamespace(task="")
        self.controls = SimpleNamespace(settings=self.chapter.Settings())

    def cover(self, names):
        self.covered = tuple(names)

    def set_knobs(self, settings):
        self.controls.settings = settings

    @property
    def state(self):
        return self.wire.state["task"]

    def tell(self, **message):
        self.wire.hear(json.dumps({"kind": "task", "value": message}))
        return self.state


@pytest.fixture
def player():
    return Seeds()


@pytest.fixture
def room(player, monkeypatch):
    """A board and its card, where nothing is kept; the test looks for what has ended."""
    monkeypatch.setattr(cards, "kept", lambda _name: kept_runs.Kept(find(NAME).folder))
    monkeypatch.setattr("workbench.view.tasks.seeds.Timer.start", lambda self: None)
    runner = Runner([player])
    room = Room(runner)
    room.card = TaskCard(room)
    yield room
    room.card.close()
    runner.close()


def wait(room):
    """Until the five seeds have ended and the card knows."""
    until(lambda: room.card.seeds.complete)
    room.card.seeds.look()
    return room.state["card"]


def everything(state) -> str:
    return json.dumps(state)


def secrets(task: Task) -> list[str]:
    texts = [task.why, task.fails, *(each.answer for each in task.reasons)]
    texts += task.goal.hints if task.goal else ()
    return [text[:40] for text in texts]


def test_nothing_of_the_answer_is_told_before_commit(room, player):
    room.tell(do="open", task="silent")
    wait(room)
    told = everything(room.state)
    assert not [text for text in secrets(SILENT) if text in told]
    assert room.covered == SILENT.covered
    assert {run.beta for run in player.trained} == {1}  # the question's own runs do not exist
    assert "uses 8 to 9 of its ten latents" in told
    room.tell(**GUESS)
    card = wait(room)
    assert room.covered == () and room.controls.settings.beta == 4
    told = everything(card)
    assert all(json.dumps(text)[1:-1] in told for text in secrets(SILENT))


def test_a_guess_among_the_seeds_is_never_called_wrong(room):
    for low, high in ((2, 3), (2, 2), (0, 10), (2.2, 2.6)):
        room.tell(do="open", task="silent")
        given = {"low": low, "high": high}
        room.tell(do="commit", task="silent", given=given, reason=0)
        card = wait(room)
        assert card["reveal"]["values"] == [2, 3, 2, 3, 2]
        assert card["reveal"]["word"] == "inside"


def test_a_skip_shows_the_seeds_and_no_verdict(room):
    room.tell(do="open", task="silent")
    room.tell(do="skip", task="silent")
    reveal = wait(room)["reveal"]
    assert reveal["values"] and reveal["complete"]
    assert reveal["given"] is None and reveal["verdict"] == "" and reveal["chosen"] is None


def test_what_is_kept_is_revealed_at_once_and_trains_nothing(room, player, monkeypatch):
    numbers = Measured((0, 0, 1, 0, 0), (9, 10, 9, 9, 10))
    kept = kept_runs.Kept(find(NAME).folder, tasks={"silent": numbers})
    monkeypatch.setattr(cards, "kept", lambda _name: kept)
    room.tell(do="open", task="silent")
    state = room.tell(**GUESS)
    assert state["card"]["reveal"]["values"] == [0, 0, 1, 0, 0]
    assert state["card"]["reveal"]["word"] == "inside"
    assert player.trained == []


def test_dots_come_one_by_one(room, monkeypatch):
    room.tell(do="open", task="silent")
    room.tell(**GUESS)
    card = wait(room)
    assert card["reveal"]["complete"]
    first = room.card.seeds.runs[3]
    first.status, first.error = "failed", "It diverged."
    room.card.take_news()
    card = room.state["card"]
    assert len(card["reveal"]["values"]) == 4
    assert "could not be measured: It diverged." in card["reveal"]["trouble"]


def test_a_goal_is_checked_on_five_seeds_and_names_those_that_fail(room):
    room.tell(do="open", task="three")
    wait_not = room.state["card"]["goal"]
    assert wait_not["attempts"] == 0 and wait_not["hints"] == [] and wait_not["solution"] == ""
    room.set_knobs(room.controls.settings.replace(beta=3.5))
    room.tell(do="check", task="three")
    goal = wait(room)["goal"]
    assert goal["passed"] is False and goal["failing"] == [1, 3]
    assert "exactly 3" in goal["sentence"] and room.state["card"]["why"] == ""


def test_hints_come_one_by_one_and_the_solution_after_all_of_them(room):
    room.tell(do="open", task="three")
    assert "all hints have been read" in room.tell(do="solve", task="three")["refused"]
    for count in (1, 2, 3):
        state = room.tell(do="hint", task="three")
        told = everything(state)
        known = [json.dumps(hint[:30])[1:-1] in told for hint in THREE.goal.hints]
        assert known == [True] * count + [False] * (3 - count)
        assert state["card"]["goal"]["solution"] == ""
    assert "no further hint" in room.tell(do="hint", task="three")["refused"]
    card = room.tell(do="solve", task="three")["card"]
    assert card["goal"]["solution"] == "Beta 2" and card["why"]


def test_only_the_goals_knobs_may_move(room, player):
    room.tell(do="open", task="three")
    room.set_knobs(room.controls.settings.replace(latent=4))
    state = room.tell(do="check", task="three")
    assert "Only Beta may move in this task" in state["refused"]
    assert player.trained == []


HOSTILE = [
    None,
    7,
    [],
    "open",
    {},
    {"do": "shut" * 10},
    {"do": "__init__"},
    {"do": ["open"], "task": "silent"},
    {"do": "open", "task": ["silent"]},
    {"do": "open", "task": {"silent": 1}},
    {"do": "open", "task": "three"} | {"do": "commit"},
    {"do": "commit", "task": "silent"},
    {"do": "commit", "task": "silent", "given": [1, 2], "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": "0", "high": 2}, "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": float("nan"), "high": 2}, "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": 0, "high": float("inf")}, "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": 10**400, "high": 2}, "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": True, "high": 2}, "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": 3, "high": 2}, "reason": 0},
    {"do": "commit", "task": "silent", "given": {"low": 0, "high": 2}, "reason": 3},
    {"do": "commit", "task": "silent", "given": {"low": 0, "high": 2}, "reason": None},
    {"do": "commit", "task": "silent", "given": {"curve": [0] * 100_000}, "reason": 0},
    {"do": "check", "task": "silent"},
    {"do": "hint", "task": "silent"},
    {"do": "solve", "task": "silent"},
    {"do": "go", "query": 5},
    {"do": "go", "query": "x" * 100_000},
    {"do": "go", "query": "chapter=mil"},
    {"do": "go", "query": f"chapter={NAME}&beta=99"},
]


@pytest.mark.parametrize("message", HOSTILE, ids=lambda message: str(message)[:60])
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(room, player, message):
    room.tell(do="open", task="silent")
    before, settings = wait(room), room.controls.settings
    trained = len(player.trained)
    room.wire.hear(json.dumps({"kind": "task", "value": message}))
    assert room.state["refused"].endswith(".") and len(room.state["refused"]) < 200
    assert room.state["card"] == before and room.controls.settings == settings
    assert len(player.trained) == trained and room.covered == SILENT.covered
    room.tell(**GUESS)  # and all goes on
    assert room.state["refused"] == "" and wait(room)["reveal"]["complete"]


def test_an_answer_counts_once(room):
    room.tell(do="open", task="silent")
    room.tell(do="skip", task="silent")
    wait(room)
    assert "Open it again" in room.tell(**GUESS)["refused"]
    assert room.state["card"]["reveal"]["given"] is None
    assert "not open" in room.tell(do="hint", task="three")["refused"]


@pytest.mark.parametrize(
    ("prediction", "good", "bad"),
    [
        (Range(0, 1, 0.1, 0.1), {"low": 0, "high": 1}, {"low": -0.1, "high": 1}),
        (Direction(0.1), {"direction": "up"}, {"direction": "UP"}),
        (Direction(0.1), {"direction": "same"}, {"direction": ["up"]}),
        (Pick((Outcome("a", "b"), Outcome("c", "d"))), {"choice": 1}, {"choice": -1}),
        (Pick((Outcome("a", "b"), Outcome("c", "d"))), {"choice": 0}, {"choice": False}),
        (Curve((1, 2, 3), 0, 1, 0.1), {"curve": [0, 0.5, 1]}, {"curve": [0, 0.5]}),
        (Curve((1, 2, 3), 0, 1, 0.1), {"curve": [0, 0.5, 1]}, {"curve": [0, None, 1]}),
    ],
)
def test_each_kind_of_answer_is_taken_as_it_is_or_refused(prediction, good, bad):
    assert answer(prediction, good | {"more": 1}) == good
    with pytest.raises(Refused):
        answer(prediction, bad)


def test_back_goes_to_settings_and_to_the_task_that_was_open(room):
    room.tell(do="go", query=f"?chapter={NAME}&beta=2&task=three")
    assert room.state["card"]["id"] == "beta-vae/three" and room.controls.settings.beta == 2
    room.tell(do="go", query=f"?chapter={NAME}&beta=8&task=silent")
    assert room.controls.settings.beta == 1  # a question begins with what is known
    assert room.covered == SILENT.covered and room.status.task == "silent"
    room.tell(do="go", query=f"?chapter={NAME}&beta=8")
    assert room.state["card"] is None and room.controls.settings.beta == 8
    assert room.covered == () and room.status.task == ""


def test_back_to_an_answered_question_shows_the_answer_again(room):
    room.tell(do="open", task="silent")
    room.tell(**GUESS)
    answered = wait(room)
    room.tell(do="open", task="three")
    card = room.tell(do="go", query=f"?chapter={NAME}&beta=4&task=silent")["card"]
    assert card == answered and room.covered == () and room.controls.settings.beta == 4
    card = room.tell(do="open", task="silent")["card"]  # by a press it is asked anew
    assert card["stage"] == "predict" and room.covered == SILENT.covered


def test_a_goal_stays_as_far_as_it_was(room):
    room.tell(do="open", task="three")
    room.tell(do="hint", task="three")
    room.tell(do="shut", task="three")
    assert len(room.tell(do="open", task="three")["card"]["goal"]["hints"]) == 1


def test_what_has_changed_is_said_in_words():
    first = find(NAME).Settings()
    assert changed(None, first) == "as the page opened"
    assert changed(first, first.replace(beta=4, seed=2)) == "Beta 1 → 4, Seed 0 → 2"


def test_numbers_are_covered_while_they_would_answer_the_question(room):
    settings = find(NAME).Settings
    assert not room.card.covers_numbers(settings(beta=4))
    room.tell(do="open", task="silent")
    assert room.card.covers_numbers(settings(beta=4))
    assert not room.card.covers_numbers(settings(beta=1))
    room.tell(do="skip", task="silent")
    assert not room.card.covers_numbers(settings(beta=4))


def test_a_chapter_without_tasks_has_no_card_to_open():
    chapter = Changed(find(NAME), teaching=SimpleNamespace(tasks=()))
    board = Room(None)
    board.chapter = chapter
    board.card = TaskCard(board)
    assert "no such task" in board.tell(do="open", task="silent")["refused"]


def told(board, kind):
    return json.dumps(board.wire.state.get(kind))


@pytest.fixture
def board(monkeypatch):
    """A page's board whose runs come from a player of pictures, without a timer."""
    monkeypatch.setattr(LiveRun, "watch", lambda self: None)
    monkeypatch.setattr("workbench.view.tasks.seeds.Timer.start", lambda self: None)
    monkeypatch.setattr(cards, "kept", lambda _name: kept_runs.Kept(find(NAME).folder))
    runner = Runner([Pictured()])
    board = PageBoard(NAME, runner=runner)
    yield board
    board.close()
    runner.close()


class Pictured(Seeds):
    """The same runs with two pictures."""

    def frames(self, name, runs):
        for frames in super().frames(name, runs):
            for frame in frames:
                tiles = np.zeros((1, 1, 8, 8), np.uint8)
                frame.pictures["reconstructions"] = Images("Reconstructions", tiles)
                frame.pictures["rates"] = Bars("Rate per latent", ("z1",), np.ones(1))
                frame.pictures["latents"] = Images("Latents", tiles)
                frame.scalars.update(distortion=20.0, rate=5.0)
            yield frames


def settle(board):
    until(lambda: board.run.ended.is_set())
    board.poll()


def test_a_covered_picture_is_nowhere_on_the_page_and_comes_with_the_answer(board):
    board.start()
    settle(board)
    assert "every reconstruction" not in told(board, "finding")
    assert [bool(place.drawing) for place in board.gallery.places[:2]] == [True, True]
    board.gallery.show_all(True)
    board.gallery.show_all(False)  # folded again
    assert "latents" in board.gallery.pictures()
    board.set_knobs(board.controls.settings.replace(beta=2))  # of which nothing is drawn yet
    board.wire.hear('{"kind": "task", "value": {"do": "open", "task": "silent"}}')
    # at once, though the run of the question has drawn nothing yet
    assert [place.root.children for place in board.gallery.places[:2]] == [[], []]
    assert board.gallery.others.grid.children == []
    settle(board)
    assert [place.root.children for place in board.gallery.places[:2]] == [[], []]
    assert told(board, "pictures").count('"covered": true') == 2
    board.set_knobs(board.controls.settings.replace(beta=4))  # a reader who looks ahead
    settle(board)
    assert "covered until you commit" in told(board, "numbers")
    assert told(board, "all") == told(board, "diagram") == "{}" and told(board, "finding") == '""'
    assert board.wire.state["ran"]["numbers"] == []
    board.wire.hear('{"kind": "task", "value": {"do": "skip", "task": "silent"}}')
    settle(board)
    assert all(place.root.children for place in board.gallery.places[:2])
    assert "covered" not in told(board, "pictures") + told(board, "numbers")
    assert board.wire.state["address"].endswith("&task=silent")


def test_what_has_run_to_its_end_is_told_with_its_numbers(board):
    board.start()
    settle(board)
    board.set_knobs(board.controls.settings.replace(beta=2))
    settle(board)
    ran = board.wire.state["ran"]
    assert ran["changed"] == "Beta 1 → 2" and "beta=2" in ran["query"]
    assert ["Latents in use", "6"] in ran["numbers"]
