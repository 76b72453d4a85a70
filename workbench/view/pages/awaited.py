"""What will probably stand on a chapter's page, to hold its room: nothing moves when it comes.

It is made of the last frame of a run that is kept in the package, with each digit a 0, and a page
has it unseen until the run's own words come.
"""

import re
from functools import lru_cache
from typing import Any

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.kept import kept
from workbench.view.drawing.axes import LARGE, SMALL
from workbench.view.drawing.drawing import draw
from workbench.view.page.prose import unbroken
from workbench.view.page.scene import likely_pictures, likely_state
from workbench.view.pages.readings import Readings


def awaited(chapter: Chapter, settings: Settings) -> dict[str, Any]:
    """Texts about as long as those to come: "heads" of the pictures by place, "finding" and
    "numbers" (HTML)."""
    state = likely_state(chapter, settings)
    if state is None:
        return {"heads": {}, "finding": "", "numbers": ""}
    return _of(chapter.name, state)


@lru_cache(maxsize=256)
def _of(name: str, state: Settings) -> dict[str, Any]:
    chapter = find(name)
    frame = kept(name).frame(state)
    words = Readings(chapter).of(state, frame) if frame else {"finding": "", "numbers": ""}
    pictures = likely_pictures(chapter, state)
    return {
        "heads": dict(enumerate(map(_head, pictures, (LARGE, SMALL, SMALL)))),
        "finding": masked(words["finding"]),
        "numbers": masked(words["numbers"]),
    }


def _head(picture: Picture | None, size: str) -> dict[str, str]:
    """What stands above a picture; nothing where none is kept."""
    if picture is None:
        return {"title": "", "caption": "", "legend": ""}
    return {
        "title": masked(picture.title),
        "caption": masked(unbroken(picture.caption)),
        "legend": draw(picture, size=size).legend,
    }


def masked(text: object) -> str:
    """The text with each digit a 0, which is as wide as any: it tells no result."""
    return re.sub(r"\d", "0", str(text))
