"""The home page: the course, its chapters' pictures, and an example. It needs no session.

It is plain HTML that is put together once and sent as it is. `panel serve` without our server
shows the same inside a session.
"""

from functools import cache, lru_cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

import panel as pn

from workbench.chapters import PARTS, find
from workbench.core.chapter import Chapter
from workbench.results.kept import kept, minutes
from workbench.view.pages.hero import CHAPTER, hero
from workbench.view.pages.links import make_link, make_menu
from workbench.view.pages.shell import CSS, FOLDER, THEME, make_shell, render

SCRIPT = "".join((FOLDER / name).read_text() for name in ("ledger.js", "home.js"))
SVG = "{http://www.w3.org/2000/svg}"


class Card(NamedTuple):
    """What the home page tells of a chapter; `still` is markup, `tasks` are ids."""

    number: int
    title: str
    question: str
    lead: str
    href: str
    still: str
    caption: str
    tasks: tuple[str, ...]
    count: str
    minutes: int  # 0 where they have not been measured


@lru_cache(maxsize=8)
def plain_home(dark: bool, complaint: str = "") -> str:
    """The whole page as HTML, with what was wrong with the address, if anything."""
    return render(
        "plain.html",
        dark=dark,
        title="workbench",
        css=CSS,
        script=THEME,
        parts=make_menu(),
        complaint=complaint,
        **home_words(),
    )


def home_page(dark: bool, complaint: str = "") -> pn.Template:
    """The same as a page of Panel's own server."""
    return make_shell(dark, "", complaint=complaint, **home_words())


@cache
def home_words() -> dict[str, Any]:
    """What home.html asks for."""
    course = [
        dict(title=title, cards=[_card(find(name)) for name in names])
        for title, names in PARTS.items()
    ]
    first = dict(href=first_task(), minutes=minutes_of(find(CHAPTER)))
    return dict(course=course, hero=hero(), first=first, home_script=SCRIPT)


def first_task() -> str:
    """A link to the first task of the example's chapter."""
    return make_link(chapter=CHAPTER, task=find(CHAPTER).teaching.tasks[0].id)


def _card(chapter: Chapter) -> Card:
    lesson, markup = chapter.teaching, still_of(chapter)
    tasks = tuple(f"{chapter.name}/{task.id}" for task in lesson.tasks)
    return Card(
        number=chapter.number,
        title=chapter.title.partition(":")[0],
        question=chapter.question,
        lead=lesson.lead if lesson.lead != chapter.question else "",
        href=make_link(chapter=chapter.name),
        still=markup,
        caption=ElementTree.fromstring(markup).findtext(f"{SVG}desc") or "" if markup else "",
        tasks=tasks,
        count=f"{len(tasks)} task{'s' * (len(tasks) != 1)}",
        minutes=minutes_of(chapter),
    )


def minutes_of(chapter: Chapter) -> int:
    """How long the chapter's tasks take, or 0 where that has not been measured for all of them."""
    tasks, measured = chapter.teaching.tasks, kept(chapter.name)
    if not all(measured.values(task.id) for task in tasks):
        return 0
    return sum(minutes(task, measured.values(task.id)) for task in tasks)


def still_of(chapter: Chapter) -> str:
    """The chapter's picture as `make pictures` has made it, or "" before."""
    path = chapter.folder / "still.svg"
    return path.read_text(encoding="utf-8") if path.exists() else ""
