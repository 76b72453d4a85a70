"""The instructor's side of the class's vote: what the projected page is told, and what it asks for.

The page is looked at by the room, so it knows no more than the room: the histogram is on it when
it is shown to the room, and before only where the instructor asks to look.
"""

from collections.abc import Mapping
from typing import Any

from workbench.chapters import NAMES, find
from workbench.classroom.room import classroom
from workbench.classroom.votes import STEPS, VoteRefused
from workbench.core.settings import SettingsError
from workbench.results.attempts import find_task, make_id
from workbench.results.kept import kept
from workbench.view.page.session import weak_method
from workbench.view.page.wire import Wire
from workbench.view.tasks.mailbox import Mailbox, Refused
from workbench.view.votes.matrix import csv_of, matrix_of
from workbench.view.votes.question import card_of, course_of, picture_of

KIND = "console"  # of the messages in both directions


def tasks_by_chapter() -> dict[str, list[tuple[str, str]]]:
    """Ids and titles of the tasks that can be opened to the room, by the chapter's title.

    These are those that ask for a prediction and whose numbers are kept, so that their answer is
    there at once.
    """
    menu: dict[str, list[tuple[str, str]]] = {}
    for name in NAMES:
        chapter, measured = find(name), kept(name)
        tasks = [
            (make_id(chapter, task), task.title)
            for task in chapter.teaching.tasks
            if task.predict is not None and measured.values(task.id) is not None
        ]
        if tasks:
            menu[chapter.title.partition(":")[0]] = tasks
    return menu


class Console:
    """Tells one instructor's page how the vote stands, and does what its buttons ask for.

    Messages: {"do": "open", "task": ...}, {"do": "talk", "seconds": ...}, "look", "csv", "close"
    and the other steps of a vote.
    """

    def __init__(self, wire: Wire):
        self.votes = classroom().votes
        self._wire = wire
        self._looks = False  # at the histogram before the room sees it
        self.mailbox = Mailbox(wire, weak_method(self.hear), KIND)
        self.refresh()

    def refresh(self) -> None:
        """Tells the page how everything stands."""
        self.votes.look()
        ballot = self.votes.ballot
        if ballot is None:
            self._looks = False
        state: dict[str, Any] = {"card": None, "course": None, "count": None, "beforehand": ""}
        if ballot is not None:
            state["card"] = card_of(ballot, None)
            state["course"] = course_of(ballot)
            state["count"] = [len(ballot.votes), len(self.votes.voters())]
            hidden = self._looks and not ballot.revealed
            state["beforehand"] = picture_of(ballot, seeds=True) if hidden else ""
            if ballot.talk_until is not None and not self._is_new(ballot.talk_until):
                state["course"]["talk"] = self.mailbox.state["course"]["talk"]
        record = self.votes.record.path
        state["record"] = record.name if record is not None else ""
        self.mailbox.write(matrix=matrix_of(self.votes), looks=self._looks, **state)

    def _is_new(self, until: float) -> bool:
        """Whether the page does not know of this talk: its clock goes on by itself."""
        course = self.mailbox.state.get("course") or {}
        return (course.get("talk") or {}).get("until") != until

    def hear(self, message: Mapping[str, Any]) -> None:
        """Does what a button asks for. Raises Refused."""
        action = message.get("do")
        try:
            if action == "open":
                self._open(message.get("task"))
            elif action == "close":
                self.votes.close()
            elif action == "look":
                self._looks = not self._looks
            elif action == "csv":
                self._wire.tell("csv", csv_of(self.votes))
            elif action in STEPS:
                self._looks = False
                self.votes.step(action, message.get("seconds"))
            else:
                raise Refused("This page asks for something that the server does not know.")
        except (VoteRefused, SettingsError) as error:
            raise Refused(str(error)) from None
        self.refresh()

    def _open(self, wanted: object) -> None:
        if wanted not in {id for tasks in tasks_by_chapter().values() for id, _ in tasks}:
            find_task(str(wanted))  # says which there are
            raise Refused("This task cannot be voted on: it asks for no prediction.")
        self._looks = False
        self.votes.open(str(wanted))
