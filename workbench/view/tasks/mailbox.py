"""What a chapter's page asks of its task card, and what the page may know of a task.

The page sends a message for each press of a button. It is told one state, of which nothing is
there before its time: what is not written here can be read nowhere on the page.
"""

from collections.abc import Callable
from typing import Any

from workbench.view.page.wire import Wire

KIND = "task"  # of the messages in both directions
UNREADABLE = "The page's message could not be read. Load the page again, please."


class Refused(ValueError):
    """A message that cannot be taken. Its text is one sentence for the reader."""


class Mailbox:
    """Calls `hear(message)` with each message; one that it refuses is answered with a sentence.

    kind: of the messages in both directions.
    """

    def __init__(self, wire: Wire, hear: Callable[[dict[str, Any]], None], kind: str = KIND):
        self._wire = wire
        self._kind = kind
        self._hear = hear
        self.state: dict[str, Any] = {"card": None, "refused": "", "answer": 0}
        wire.on(kind, self.take)

    def write(self, **parts: Any) -> None:
        """Tells the page these parts of its state; the other parts stay as they are."""
        self.state = self.state | parts
        self._wire.show(self._kind, self.state)

    def take(self, message: object) -> None:
        """Hands on the page's message, or says what is wrong with it."""
        # the number makes a state of every answer, the same sentence a second time, too
        self.state = self.state | {"refused": "", "answer": self.state["answer"] + 1}
        try:
            if not isinstance(message, dict):
                raise Refused(UNREADABLE)
            self._hear(message)
        except Refused as refused:
            self.write(refused=str(refused))
