"""A task that is open to the room: its rounds of votes, and what the room may see of it now.

A ballot is what its events have made of it, one after the other. So a server that was killed knows
it again from its record.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Vote:
    """The answer of one reader in one round.

    given, reason: as a task card takes them. seconds: since the round began. id: the page's own
    name of this answer, by which it knows that it has arrived.
    """

    voter: str
    given: Mapping[str, Any]
    reason: int | None
    seconds: float
    id: str


@dataclass
class Ballot:
    """One task, opened to the room at `began` (seconds since 1970).

    accepting: whether answers are taken. shown: whether the room sees the histogram. talk_until:
    when the talk ends. rounds: the votes of each round, by voter; the last vote of each counts.
    answers: how often each has answered, by (round, voter).
    """

    task: str
    began: float
    accepting: bool = True
    shown: bool = False
    revealed: bool = False
    talk_until: float | None = None
    rounds: list[dict[str, Vote]] = field(default_factory=lambda: [{}])
    answers: Counter[tuple[int, str]] = field(default_factory=Counter)

    @property
    def round(self) -> int:
        """Which vote it is, from 1."""
        return len(self.rounds)

    @property
    def votes(self) -> dict[str, Vote]:
        """The votes of this round."""
        return self.rounds[-1]

    def apply(self, event: Event) -> None:
        """Does what the event says, in the order in which events were written."""
        getattr(self, f"_{event['event']}")(event)

    def _vote(self, event: Event) -> None:
        voter, seconds = event["voter"], round(event["at"] - self.began, 1)
        self.votes[voter] = Vote(voter, event["given"], event["reason"], seconds, event["id"])
        self.answers[self.round, voter] += 1

    def _show(self, _event: Event) -> None:
        self.shown, self.accepting, self.talk_until = True, False, None

    def _talk(self, event: Event) -> None:
        self.accepting, self.talk_until = False, event["at"] + event["seconds"]

    def _again(self, event: Event) -> None:
        self.rounds.append({})
        self.began, self.accepting = event["at"], True
        self.shown, self.talk_until = False, None

    def _reveal(self, _event: Event) -> None:
        self.shown, self.revealed = True, True
        self.accepting, self.talk_until = False, None
