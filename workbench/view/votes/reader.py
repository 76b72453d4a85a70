"""The class's vote on a reader's page: the open task, the reader's answer, and what is shown."""

import weakref
from typing import Any

from workbench.classroom.ballot import Ballot
from workbench.classroom.room import classroom
from workbench.classroom.votes import VoteRefused, voter_of
from workbench.results.attempts import find_task
from workbench.view.page.session import in_page_time, weak_method
from workbench.view.tasks import answers
from workbench.view.tasks.mailbox import Mailbox, Refused
from workbench.view.votes.question import card_of, course_of, own_answer

KIND = "vote"  # of the messages in both directions


class ClassVote:
    """What one page is told of the class's vote, and what its reader answers.

    The page's messages are {"do": "here", "key": ...} once a task is open, by which the reader is
    counted, and {"do": "vote", "key": ..., "task": ..., "round": ..., "given": ..., ...}.
    """

    def __init__(self, board):
        self._board = weakref.ref(board)
        self.seat = board.seat
        self.votes = classroom().votes
        self.mailbox = Mailbox(board.wire, weak_method(self.hear), KIND)
        self.seat.changed = in_page_time(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Tells the page how the vote stands, and covers what would answer the task."""
        ballot = self.votes.ballot
        self._board().card.hold(self._held(ballot))
        if ballot is None:
            self.mailbox.write(card=None, course=None, yours=None, here=False)
            return
        vote = ballot.votes.get(self.seat.voter)
        if vote is None and not ballot.accepting:  # who has missed this round was in the one before
            earlier = [each.get(self.seat.voter) for each in ballot.rounds]
            vote = next((each for each in reversed(earlier) if each), None)
        self.mailbox.write(
            card=card_of(ballot, vote),
            course=course_of(ballot),
            yours=own_answer(vote),
            here=bool(self.seat.voter),
        )

    def _held(self, ballot: Ballot | None):
        """The task of this chapter that the class votes on."""
        if ballot is None or ballot.revealed:
            return None
        chapter, task = find_task(ballot.task)
        return task if chapter.name == self._board().chapter.name else None

    def hear(self, message: dict[str, Any]) -> None:
        """Takes what the page tells. Raises Refused."""
        try:
            self._sit_down(message)
            if message.get("do") == "vote":
                self._vote(message)
        except VoteRefused as error:
            raise Refused(str(error)) from None
        self.refresh()

    def _sit_down(self, message: dict[str, Any]) -> None:
        """Notes whose page it is; a page is one reader's."""
        voter = voter_of(message.get("key"))
        if self.seat.voter not in ("", voter):
            raise Refused("This page speaks for another reader already. Load it again, please.")
        self.seat.voter = voter
        name = message.get("name")
        if isinstance(name, str) and name.strip():
            self.seat.call_me(name)

    def _vote(self, message: dict[str, Any]) -> None:
        ballot = self.votes.ballot
        if ballot is None:
            raise Refused("No task is open to the room any more.")
        _, task = find_task(ballot.task)
        assert task.predict is not None
        answer = {
            "task": message.get("task"),
            "round": message.get("round"),
            "given": answers.answer(task.predict, message.get("given")),
            "reason": answers.reason(task, message.get("reason")),
            "id": message.get("id"),
        }
        self.votes.vote(self.seat.voter, self.seat.name, answer)
