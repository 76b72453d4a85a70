"""What to ask a class at the end of a chapter, and what goes wrong there: its `rubric.md`.

The file is for the instructor: no page and no student's notebook shows it. A section is a question
with three lines, and the last section lists what goes wrong:

    ## Why does ...?
    - good: What a good answer holds.
    - half: A usual half-answer, and what it lacks.
    - show: ids of tasks and claims that show it

    ## What goes wrong
    - What happens in a class, and what to do. `/app?chapter=NAME&knob=value`
"""

import re
from dataclasses import dataclass

from workbench.core.chapter import Chapter

FILE, TROUBLE = "rubric.md", "What goes wrong"
_SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)
_ITEM = re.compile(r"^- (.+?)(?=\n- |\n*\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Question:
    """A question, what a good answer holds, a usual half-answer, and what to show.

    show: ids of tasks and claims of the chapter.
    """

    text: str
    good: str
    half: str
    show: tuple[str, ...]


@dataclass(frozen=True)
class Rubric:
    """The questions of a chapter, and what goes wrong in a class that works through it."""

    questions: tuple[Question, ...] = ()
    trouble: tuple[str, ...] = ()


def read_rubric(chapter: Chapter) -> Rubric:
    """The chapter's rubric, empty if it has none. Raises ValueError if a line is missing."""
    path = chapter.folder / FILE
    if not path.exists():
        return Rubric()
    _, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    sections = {title: _items(text) for title, text in zip(parts[::2], parts[1::2], strict=True)}
    trouble = sections.pop(TROUBLE, ())
    return Rubric(tuple(_question(*section) for section in sections.items()), trouble)


def _items(text: str) -> tuple[str, ...]:
    return tuple(" ".join(item.split()) for item in _ITEM.findall(text))


def _question(title: str, items: tuple[str, ...]) -> Question:
    values = dict(item.partition(": ")[::2] for item in items)
    if list(values) != ["good", "half", "show"]:
        raise ValueError(
            f"The question {title!r} needs the lines good, half and show, in this order."
        )
    return Question(title, values["good"], values["half"], tuple(values["show"].split(", ")))
