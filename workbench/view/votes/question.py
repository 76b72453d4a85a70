"""What may be told of the task that is open to the room, and what it is worth when it is revealed.

A page is told what this file returns and nothing else of the task: no number of a seed, no right
answer and no explanation before the reveal, and of answers only the reader's own, and the counts
once they are shown.
"""

import time
from collections.abc import Mapping
from typing import Any

from workbench.classroom.ballot import Ballot, Vote
from workbench.core.chapter import Chapter
from workbench.core.lesson import Task
from workbench.results.attempts import find_task
from workbench.results.kept import Measured, kept
from workbench.view.tasks.measuring import judge
from workbench.view.tasks.open_task import OpenTask, view
from workbench.view.votes.drawing import draw, draw_reasons, tell_moves


def measured_of(chapter: Chapter, task: Task) -> Measured:
    """What five seeds measure. Only tasks whose numbers are kept can be opened to the room."""
    measured = kept(chapter.name).values(task.id)
    assert measured is not None
    return measured


def opened(ballot: Ballot, vote: Vote | None) -> OpenTask:
    """The task as far as the class is, for a reader with this answer."""
    chapter, task = find_task(ballot.task)
    measured = measured_of(chapter, task)
    stage = "reveal" if ballot.revealed else "predict"
    state = OpenTask(chapter, task, stage, before=measured.before)
    if ballot.revealed:
        state.given, state.reason = (vote.given, vote.reason) if vote else (None, None)
        state.measured, state.values = measured, measured.values
        judge(state)
    return state


def card_of(ballot: Ballot, vote: Vote | None) -> dict[str, Any]:
    """The task as a page may know it now; a goal that it has besides is for later."""
    return view(opened(ballot, vote)) | {"goal": None, "covered": []}


def course_of(ballot: Ballot) -> dict[str, Any]:
    """How the vote stands, the same for all: which round, and what is shown."""
    chapter, task = find_task(ballot.task)
    talk = None
    if ballot.talk_until is not None:  # with the server's clock, for a browser's may go wrong
        talk = {"until": ballot.talk_until, "clock": round(time.time(), 1)}
    return {
        "chapter": chapter.title.partition(":")[0],
        "round": ballot.round,
        "accepting": ballot.accepting,
        "shown": ballot.shown,
        "revealed": ballot.revealed,
        "talk": talk,
        "picture": picture_of(ballot, ballot.revealed) if ballot.shown else "",
        "reasons": draw_reasons(task, ballot, ballot.revealed) if ballot.shown else "",
        "moved": tell_moves(task, ballot) if ballot.shown else "",
    }


def picture_of(ballot: Ballot, seeds: bool) -> str:
    """The histogram; with the dots of the seeds where they may be seen."""
    chapter, task = find_task(ballot.task)
    return draw(chapter, task, ballot, measured_of(chapter, task) if seeds else None)


def own_answer(vote: Vote | None) -> Mapping[str, Any] | None:
    """A reader's own answer, as the page has sent it."""
    return None if vote is None else {"id": vote.id, "given": vote.given, "reason": vote.reason}
