"""What the knobs and the numbers of a chapter mean, for keyboard, finger and mouse alike."""

from collections.abc import Mapping
from html import escape

from workbench.core.chapter import Chapter
from workbench.core.frames import label
from workbench.view.page import replay

LIST = """
summary { cursor: pointer; padding: 4px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 14px; margin: 4px; }
dt { font-weight: 600; }
dd { margin: 0; }
"""


def explanations(chapter: Chapter) -> dict[str, str]:
    """What each knob is, by its label."""
    knobs = chapter.Settings.knobs().values()
    return {knob.label: knob.doc for knob in knobs} | {replay.LABEL: replay.EXPLANATION}


def meanings(chapter: Chapter) -> dict[str, str]:
    """What each number above the pictures means, by the name that it has there."""
    return {label(name): sentence for name, sentence in (chapter.reading or {}).items()}


def folded(title: str, entries: Mapping[str, str]) -> str:
    """HTML of a list that opens at its title."""
    items = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in entries.items()
    )
    return f"<details><summary>{escape(title)}</summary><dl>{items}</dl></details>"
