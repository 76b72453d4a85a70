"""The votes of the class: which task is open to the room, who has answered, and what was answered.

The record's file is the memory: nothing counts before it is written there.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from workbench.chapters import find
from workbench.classroom.ballot import Ballot
from workbench.classroom.record import Record, RecordError
from workbench.core.log import OURS

KEY = re.compile(r"[0-9a-f]{16,64}")  # by which a browser is known: a random number of its own
LONGEST_TALK = 3600  # seconds
LONGEST_ID = 40  # letters
STEPS = ("show", "talk", "again", "reveal")  # what an instructor does with an open task
DELETED = "The file of the votes has been deleted, and all of them with it. Open the task again."


class VoteRefused(ValueError):
    """What cannot be done now. Its text is one sentence that says what to do instead."""


class Present(Protocol):
    """An open page. Its reader is known by `voter` once the page has said who it is."""

    voter: str
    name: str
    changed: Callable[[], None]


def voter_of(key: object) -> str:
    """The name of a browser in the record, from which nobody can make its key again."""
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise VoteRefused("This page could not say who you are. Load it again, please.")
    return hashlib.sha256(key.encode()).hexdigest()[:12]


class Votes:
    """All ballots of the room, the newest last; `seats()` are the open pages."""

    def __init__(self, seats: Callable[[], Iterable[Present]]):
        self._seats = seats
        self._lock = threading.RLock()
        self.record = Record()
        self.ballots: list[Ballot] = []
        self.ballot: Ballot | None = None  # that is open to the room
        self.names: dict[str, str] = {}  # the pseudonym of each voter, where there is one

    def remember(self, path: Path) -> None:
        """Keeps the votes in this file, and goes on from what it holds. Raises RecordError."""
        record = Record(path)
        try:
            for event in record.events:
                self._apply(event)
            for ballot in self.ballots:
                chapter, _, own = ballot.task.partition("/")
                find(chapter).teaching.task(own)
        except (AttributeError, KeyError, TypeError, ValueError):
            record.close()
            raise RecordError(
                f"{path} holds votes that this version cannot read: name a new file."
            ) from None
        self.record = record

    # who is there

    def voters(self) -> set[str]:
        """Whose pages are open, and who has answered in this round: each reader once."""
        present = {seat.voter for seat in self._seats() if seat.voter}
        return present | set(self.ballot.votes if self.ballot else ())

    def title(self, voter: str) -> str:
        """The pseudonym of a voter, made different from that of another."""
        name = self.names.get(voter, "")
        if not name:
            return f"reader {voter[:4]}"
        alike = sum(each == name for each in self.names.values())
        return f"{name} ({voter[:4]})" if alike > 1 else name

    # what the instructor does

    def open(self, task: str) -> None:
        """Opens a task to the room. Raises VoteRefused while another is open."""
        if self.ballot is not None:
            raise VoteRefused("Close the open task first.")
        self._write({"event": "open", "task": task})
        self._tell()

    def step(self, event: str, seconds: object = None) -> None:
        """Goes on with the open task: event is one of STEPS. Raises VoteRefused."""
        if event not in STEPS or self.ballot is None:
            raise VoteRefused("No task is open to the room. Open one first.")
        if self.ballot.revealed:
            raise VoteRefused("The answer is revealed already. Close the task, and open another.")
        more = {}
        if event == "talk":
            if not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_TALK:
                raise VoteRefused("A talk lasts between a second and an hour.")
            more = {"seconds": seconds}
        self._write({"event": event} | more)
        self._tell()

    def close(self) -> None:
        """Closes the open task. Raises VoteRefused where none is open."""
        if self.ballot is None:
            raise VoteRefused("No task is open to the room.")
        self._write({"event": "close"})
        self._tell()

    def look(self) -> None:
        """Forgets everything when the record's file has been deleted."""
        if self.record.gone:
            self._forget()

    # what a reader does

    def vote(self, voter: str, name: str, answer: Mapping[str, Any]) -> None:
        """Takes an answer: task, round, given, reason and id. It is written before it counts.

        The same answer sent twice counts once. Raises VoteRefused.
        """
        with self._lock:
            ballot = self.ballot
            if ballot is None or answer.get("task") != ballot.task:
                raise VoteRefused("This task is not open to the room.")
            if not ballot.accepting or answer.get("round") != ballot.round:
                raise VoteRefused("No answers are taken now. Wait for the next vote.")
            name_of_answer = str(answer.get("id", ""))[:LONGEST_ID]
            old = ballot.votes.get(voter)
            if old is not None and old.id == name_of_answer:
                return
            fields = {"given": answer["given"], "reason": answer["reason"], "id": name_of_answer}
            self._write({"event": "vote", "voter": voter, "name": name} | fields)
            self._tell(voter)

    def _write(self, event: dict[str, Any]) -> None:
        """Writes the event, then does what it says."""
        with self._lock:
            if self.record.gone:
                self._forget()
                raise VoteRefused(DELETED)
            event = {"at": round(time.time(), 3)} | event
            try:
                self.record.append(event)
            except OSError as error:
                OURS.error("A vote could not be recorded: %s", error)
                raise VoteRefused(
                    "This could not be recorded, so it does not count: the server's disk refuses."
                ) from None
            self._apply(event)

    def _apply(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "open":
            self.ballot = Ballot(event["task"], event["at"])
            self.ballots.append(self.ballot)
        elif event["event"] == "close":
            self.ballot = None
        elif self.ballot is not None:
            self.ballot.apply(event)
            if event["event"] == "vote":
                self.names[event["voter"]] = event["name"]

    def _forget(self) -> None:
        with self._lock:
            try:
                self.record.begin_anew()
            except RecordError as error:  # what is to be written next is refused
                OURS.error("There is no record of votes: %s", error)
            self.ballot = None
            self.ballots.clear()
            self.names.clear()
        self._tell()

    def _tell(self, voter: str = "") -> None:
        """Tells the pages of this reader, or all pages, that something has changed."""
        for seat in self._seats():
            if voter in ("", seat.voter):
                seat.changed()
