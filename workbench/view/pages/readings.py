"""The numbers of a chapter's page, and the words made of them: those of the frame that is drawn."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.settings import Settings

UNKNOWN = "\u2013"  # what a diagram says in the place of a number that this kind of run lacks
TYPICAL = 0.123  # a number of usual width
HEAD = 3  # numbers that stand above the pictures at most
LIVE = re.compile(r"\{(\w+)\}")  # a number's name in the diagram


# what stands in the place of numbers that would answer a question
COVERED: dict[str, object] = {
    "numbers": "The numbers are covered until you commit or skip.",
    "all": {},
    "finding": "",
    "diagram": {},
}


class Readings:
    """What a page says of one frame."""

    def __init__(self, chapter: Chapter):
        self.chapter = chapter
        self.lesson = chapter.teaching

    def of(self, settings: Settings, frame: Frame) -> dict[str, object]:
        """The messages: "numbers" (HTML), "all" (texts by name), "finding" and "diagram"."""
        texts = self._texts(frame.scalars)
        return {
            "numbers": self._head(texts),
            "all": texts,
            "finding": self._finding(settings, frame.scalars),
            "diagram": self._diagram(frame.scalars),
        }

    def _texts(self, scalars: Mapping[str, float]) -> dict[str, str]:
        chapter = self.chapter
        return {
            name: chapter.quantity(name).write(scalars[name])
            for name in chapter.reading
            if name in scalars
        }

    def _head(self, texts: Mapping[str, str]) -> str:
        """The first numbers, in words; what this kind of run lacks, others replace."""
        wanted = [name for name in self.lesson.numbers if name in texts]
        names = (wanted or list(texts))[:HEAD]
        return "".join(
            f'<span title="{escape(self.chapter.reading[name])}">'
            f"{escape(self.chapter.quantity(name).label)} <b>{escape(texts[name])}</b></span>"
            for name in names
        )

    def listed(self, texts: Mapping[str, str]) -> str:
        """The first of these numbers in a sentence."""
        words = [f"{self.chapter.quantity(name).label} {text}" for name, text in texts.items()]
        return ", ".join(words[:HEAD]) + "." if words else ""

    def _finding(self, settings: Settings, scalars: Mapping[str, float]) -> str:
        """One sentence about the picture in the middle; a kind of run without its numbers has
        none."""
        if self.lesson.finding is None:
            return ""
        try:
            return self.lesson.finding(settings, scalars)
        except KeyError:
            return ""

    def _diagram(self, scalars: Mapping[str, float]) -> dict[str, str]:
        """The live numbers of the diagram, by name."""
        return {
            name: self.chapter.quantity(name).write(scalars[name]) if name in scalars else UNKNOWN
            for name in live_names(self.lesson.diagram)
        }


@lru_cache(maxsize=64)
def live_names(diagram: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers that a diagram shows."""
    return tuple(dict.fromkeys(LIVE.findall(" ".join(diagram))))


def boxes(chapter: Chapter, scalars: Sequence[Mapping[str, float]] = ()) -> list[str]:
    """HTML of each box of the chapter's diagram, with a place for each live number, as wide as the
    number will be: nothing moves when it comes.

    scalars: of frames that the package keeps; each number has room for the longest of theirs.
    """

    def place(found: re.Match) -> str:
        name, quantity = found[1], chapter.quantity(found[1])
        values = [TYPICAL, *(each[name] for each in scalars if name in each)]
        texts = [re.sub(r"\d", "0", quantity.write(value)) for value in values]
        room = escape(max(texts, key=len))
        return f'<b data-live="{escape(name)}" data-room="{room}" class="awaited">{room}</b>'

    return [LIVE.sub(place, escape(box)) for box in chapter.teaching.diagram]
