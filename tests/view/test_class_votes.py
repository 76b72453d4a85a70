"""The class's vote without a browser: what pages are told when, the console, and what is saved."""

import csv
import io
import json
import re
import time
from types import SimpleNamespace

import pytest

from workbench.chapters import find
from workbench.classroom.ballot import Vote
from workbench.classroom.room import classroom
from workbench.classroom.votes import voter_of
from workbench.core.lesson import Curve, Direction, Pick
from workbench.results.attempts import find_task
from workbench.results.kept import kept
from workbench.running.runner import Runner
from workbench.view.page.wire import Wire
from workbench.view.pages.route import plain_page, room_chapter
from workbench.view.tasks.card import TaskCard
from workbench.view.votes.console import Console, tasks_by_chapter
from workbench.view.votes.matrix import csv_of, matrix_of
from workbench.view.votes.question import measured_of
from workbench.view.votes.reader import ClassVote

NAME, TASK = "beta-vae", "beta-vae/silent"
SILENT = find(NAME).teaching.task("silent")
VOTABLE = [id for tasks in tasks_by_chapter().values() for id, _ in tasks]
GIVEN = {"low": 0, "high": 7}
DOTS = re.compile(r'class=\\*"(dot|seed)')  # of the seeds, in HTML within JSON


class Page:
    """What the vote needs of a page's board, whose chapter is not what it votes on."""

    def __init__(self, runner, chapter=NAME, key="0" * 32):
        self.chapter = find(chapter)
        self.runner = runner
        self.key = key
        self.wire = Wire(None)
        self.covered = ()
        self.gallery = SimpleNamespace(cover=self.cover)
        self.status = SimpleNamespace(task="")
        self.controls = SimpleNamespace(settings=self.chapter.Settings())
        self.card = TaskCard(self)
        self.seat = classroom().sit(chapter, print)
        self.vote = ClassVote(self)

    def cover(self, names):
        self.covered = tuple(names)

    def set_knobs(self, settings):
        self.controls.settings = settings

    def tell(self, kind, **message):
        self.wire.hear(json.dumps({"kind": kind, "value": message}))
        return self.wire.state[kind]

    def votes(self, given=GIVEN, reason=1, **more):
        ballot = classroom().votes.ballot
        message = dict(do="vote", key=self.key, task=ballot.task, round=ballot.round, id="a")
        return self.tell("vote", **message | dict(given=given, reason=reason) | more)

    @property
    def state(self):
        return self.wire.state["vote"]

    @property
    def told(self) -> str:
        """All that the page could be read for."""
        return json.dumps(self.wire.state, ensure_ascii=False)


@pytest.fixture
def room():
    """The one room, empty; a page is opened by `room.page()`, the instructor's is `room.leader`."""
    classroom.cache_clear()
    runner = Runner([])
    wire = Wire(None)
    console = Console(wire)

    def step(**message):
        wire.hear(json.dumps({"kind": "console", "value": message}))
        return wire.state["console"]

    yield SimpleNamespace(
        page=lambda *given: Page(runner, *given), step=step, console=console, wire=wire
    )
    runner.close()
    classroom.cache_clear()


def secrets(task) -> list[str]:
    """Plain words of all that has its time, as a page would write them."""
    texts = [task.why, task.fails, *(each.answer for each in task.reasons)]
    texts += task.goal.hints if task.goal else ()
    if isinstance(task.predict, Pick):
        texts += [each.explanation for each in task.predict.outcomes]
    return [piece for text in texts if len(piece := re.split(r"[^\w ,.]|\d", text)[0]) > 12]


def an_answer(task) -> dict:
    if isinstance(task.predict, Pick):
        return {"choice": 0}
    if isinstance(task.predict, Direction):
        return {"direction": "same"}
    if isinstance(task.predict, Curve):
        return {"curve": [task.predict.low] * len(task.predict.at)}
    return {"low": task.predict.low, "high": task.predict.high}


@pytest.mark.parametrize("task_id", VOTABLE)
def test_no_page_knows_the_answer_before_the_reveal(room, task_id):
    chapter, task = find_task(task_id)
    reader, other = room.page(chapter.name), room.page("rad", "1" * 32)
    room.step(do="open", task=task_id)
    measured = measured_of(chapter, task)
    for _ in range(2):
        for page in (reader, other):
            state = page.votes(an_answer(task), 0 if task.reasons else None, id=page.key)
            assert state["refused"] == "" and state["yours"]["id"] == page.key
        room.step(do="show")
        told = reader.told + other.told + json.dumps(room.wire.state, ensure_ascii=False)
        assert not [text for text in secrets(task) if text in told]
        assert not DOTS.search(told) and "five seeds:" not in told and "✓" not in told
        assert reader.state["card"]["reveal"] is None and "seed" not in reader.state["course"]
        room.step(do="again")
    room.step(do="reveal")
    assert reader.state["card"]["reveal"]["values"] == list(measured.values)
    for page in (reader.told, other.told):
        assert all(text in page for text in secrets(task)[:2])
    drawn = 'polyline class=\\"seed' if isinstance(task.predict, Curve) else 'class=\\"dot'
    assert drawn in reader.told and drawn in json.dumps(room.wire.state)


def test_nobody_is_told_what_others_have_answered(room):
    reader, other = room.page(), room.page("rad", "1" * 32)
    room.step(do="open", task=TASK)
    other.votes({"low": 3.5, "high": 4.5})
    assert "3.5" not in reader.told and "vote-columns" not in reader.told
    assert "3.5" not in json.dumps(room.wire.state) and reader.state["yours"] is None
    reader.votes()
    room.step(do="talk", seconds=60)
    assert "vote-columns" not in reader.told and reader.state["course"]["talk"]
    room.step(do="show")
    assert "vote-columns" in reader.told and "vote-columns" in json.dumps(room.wire.state)
    assert "3.5" not in reader.told  # counts, not answers
    room.step(do="again")
    assert "vote-columns" not in reader.told and "vote-columns" not in json.dumps(room.wire.state)


def test_the_instructor_may_look_before_the_room_does(room):
    reader = room.page()
    room.step(do="open", task=TASK)
    reader.votes()
    state = room.step(do="look")
    assert state["looks"] and "dot" in state["beforehand"] and "dot" not in reader.told
    assert room.step(do="show")["beforehand"] == ""  # what is projected is what the room sees


def test_while_the_class_votes_the_chapters_page_covers_the_answer(room):
    page, other = room.page(), room.page("rad", "1" * 32)
    page.tell("task", do="open", task="silent")
    page.tell("task", do="skip", task="silent")
    assert page.wire.state["task"]["card"]["why"]
    room.step(do="open", task=TASK)
    assert page.wire.state["task"]["card"] is None and page.covered == SILENT.covered
    assert page.card.covers_numbers(find(NAME).Settings(**SILENT.preset))
    assert not page.card.covers_numbers(find(NAME).Settings(**SILENT.before))
    assert other.covered == () and not other.card.covers_numbers(find("rad").Settings())
    for message in (dict(do="open"), dict(do="skip"), dict(do="commit", given=GIVEN, reason=1)):
        assert page.tell("task", task="silent", **message)["refused"]
    assert page.card.start_from_link("silent", None) and page.wire.state["task"]["card"] is None
    page.tell("task", do="go", query="?chapter=beta-vae&beta=4&task=silent")
    assert page.wire.state["task"]["card"] is None and page.covered == SILENT.covered
    late = room.page()
    assert late.covered == SILENT.covered
    room.step(do="reveal")
    assert page.covered == () and not page.card.covers_numbers(find(NAME).Settings(beta=4))
    assert page.tell("task", do="open", task="silent")["card"]["stage"] == "predict"


def test_another_task_of_the_page_goes_on_beside_the_vote(room):
    page = room.page()
    other = next(each for each in find(NAME).teaching.tasks if each.predict and each != SILENT)
    room.step(do="open", task=TASK)
    page.tell("task", do="open", task=other.id)
    assert set(page.covered) == {*other.covered, *SILENT.covered}
    page.tell("task", do="shut")
    assert page.covered == SILENT.covered


def test_an_answer_is_checked_before_it_counts(room):
    page = room.page()
    room.step(do="open", task=TASK)
    for wrong in ({"low": 5, "high": 1}, {"low": -1, "high": 3}, {"choice": 1}, None, "x"):
        assert page.votes(wrong)["refused"]
    assert page.votes(reason=99)["refused"] and page.votes(key="x")["refused"]
    assert page.votes(task="beta-vae/other")["refused"] and page.votes(round=2)["refused"]
    assert classroom().votes.ballot.votes == {}
    assert page.votes()["refused"] == "" and len(classroom().votes.ballot.votes) == 1
    assert "another reader" in page.votes(key="2" * 32)["refused"]
    assert len(classroom().votes.ballot.votes) == 1


def test_the_console_says_how_many_have_answered(room):
    pages = [room.page("rad", f"{number:032x}") for number in range(3)]
    room.step(do="open", task=TASK)
    for page in pages:
        assert page.tell("vote", do="here", key=page.key)["here"]
    room.console.refresh()
    assert room.wire.state["console"]["count"] == [0, 3]
    pages[0].votes()
    room.console.refresh()
    assert room.wire.state["console"]["count"] == [1, 3]
    for wrong in ("three", 7, "nowhere/nothing", "beta-vae/none"):
        assert room.step(do="open", task=wrong)["refused"]
    assert "does not know" in room.step(do="fly")["refused"]
    assert room.step(do="show")["refused"] == ""


def test_matrix_and_csv_hold_who_answered_what(room):
    page, other = room.page("rad", "0" * 32), room.page("rad", "1" * 32)
    begun = time.time()
    room.step(do="open", task=TASK)
    page.votes({"low": 0, "high": 1}, name="=Ada")
    page.votes({"low": 0, "high": 2}, name="=Ada", id="b")
    other.votes({"low": 8, "high": 9}, name="<b>Eve</b>")
    votes = classroom().votes
    assert "answered" in matrix_of(votes) and "inside" not in matrix_of(votes)
    room.step(do="reveal")
    table = matrix_of(votes)
    assert "<td>inside</td>" in table and "&lt;b&gt;Eve" in table and "<b>Eve" not in table
    room.step(do="close")
    most = time.time() - begun + 0.1  # rounded
    rows = list(csv.DictReader(io.StringIO(csv_of(votes))))
    assert [row["pseudonym"] for row in rows] == ["'=Ada", "<b>Eve</b>"]
    ada = rows[0]
    assert (ada["task"], ada["low"], ada["high"], ada["verdict"]) == (TASK, "0.0", "2.0", "inside")
    assert (ada["attempts"], ada["vote"]) == ("2", "1") and 0 <= float(ada["seconds"]) <= most
    assert ada["mechanism"] == SILENT.reasons[1].text and ada["voter"] == voter_of("0" * 32)


def test_every_kind_of_answer_is_a_row_of_csv(room):
    kinds = {type(find_task(id)[1].predict): id for id in VOTABLE}
    page = room.page("rad")
    for task_id in kinds.values():
        _, task = find_task(task_id)
        room.step(do="open", task=task_id)
        page.votes(an_answer(task), 0 if task.reasons else None, id=task_id)
        room.step(do="reveal")
        room.step(do="close")
    rows = list(csv.DictReader(io.StringIO(csv_of(classroom().votes))))
    assert {row["task"] for row in rows} == set(kinds.values()) and len(kinds) >= 3
    assert all(row["verdict"] and (row["low"] or row["answer"]) for row in rows)


def test_moves_and_two_histograms_are_told_when_they_are_shown(room):
    page = room.page("rad")
    room.step(do="open", task=TASK)
    page.votes({"low": 4, "high": 6})
    room.step(do="again")
    page.votes({"low": 0, "high": 2}, id="b")
    assert "answered both times" not in page.told
    room.step(do="show")
    assert "Of 1 who answered both times: 0 stayed, 0 went up, 1 went down." in page.told
    assert "first vote" in page.told


def test_the_rooms_link_leads_to_where_the_class_is(room):
    assert plain_page({"room": [b""]}, {}) is None  # it needs a session
    assert room_chapter() == next(iter(VOTABLE)).partition("/")[0]
    classroom().show("rad", "")
    assert room_chapter() == "rad"
    room.step(do="open", task=TASK)
    assert room_chapter() == NAME


def test_only_tasks_that_can_be_judged_at_once_can_be_opened(room):
    for task_id in VOTABLE:
        chapter, task = find_task(task_id)
        assert task.predict is not None and kept(chapter.name).values(task.id) is not None
    goal = next(each for each in find(NAME).teaching.tasks if each.predict is None)
    assert "asks for no prediction" in room.step(do="open", task=f"{NAME}/{goal.id}")["refused"]
    assert classroom().votes.ballot is None


def test_a_readers_own_answer_comes_back_with_the_page(room):
    page = room.page("rad")
    room.step(do="open", task=TASK)
    page.votes()
    again = room.page("rad")
    assert again.state["yours"] is None and not again.state["here"]
    again.tell("vote", do="here", key=again.key)
    assert again.state["yours"]["given"] == {"low": 0.0, "high": 7.0} and again.state["here"]
    assert isinstance(classroom().votes.ballot.votes[voter_of(page.key)], Vote)
