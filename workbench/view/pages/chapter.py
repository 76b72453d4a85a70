"""A chapter's page: the lesson in the middle, and sections that are built when they are opened."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any

import panel as pn
from bokeh.models import Column

from workbench.chapters import find
from workbench.classroom.instructor import KEY
from workbench.core.chapter import Chapter
from workbench.core.settings import Settings
from workbench.data.inventory import Entry
from workbench.results import studies
from workbench.results.kept import kept, minutes
from workbench.view import labs
from workbench.view.page import prose, uploads
from workbench.view.page.controls import data_sets, missing_data
from workbench.view.page.figures import FORMS
from workbench.view.page.session import close_with_page, rest_while_away
from workbench.view.page.track import track_of
from workbench.view.page.uploads import Uploads
from workbench.view.pages import lectern
from workbench.view.pages.awaited import awaited
from workbench.view.pages.page_board import SECTIONS, PageBoard
from workbench.view.pages.readings import boxes
from workbench.view.pages.shell import make_shell, render
from workbench.view.sections import seat
from workbench.view.votes.reader import ClassVote

FRONT = 3  # knobs that stand under the picture at most


def chapter_page(
    name: str, query: Mapping[str, str], dark: bool, follow: str = "", instructs: bool = False
) -> pn.Template:
    """One chapter, live, with the knobs of the query; what had to be ignored is said.

    follow: the seat from which its reader has followed the instructor here. With embed=1 the page
    stands in a frame of another page, without head, labs and evidence. instructs: whether it is
    the instructor's, who may show it to the class.
    """
    board = _start_board(name, query, dark, follow)
    if instructs:
        lectern.stand(board)
    sections = {} if board.status.embedded else _sections(name)
    chapter = board.chapter
    shell = make_shell(
        dark,
        name,
        chapter=chapter,
        lesson=chapter.teaching,
        boxes=_boxes(name),
        article=_article(name),
        evidence=_evidence(name),
        minutes=_minutes(name),
        sections=sections,
        hint=missing_data(chapter.Settings.knobs()["data"]),
        rooms=board.gallery.rooms(board.controls.settings),
        awaited=awaited(chapter, board.controls.settings),
        track=track_of(chapter, dark),
        forms=tuple(FORMS),
        **_knobs(chapter, board.wire.state["knobs"]["knobs"]),
        initial=json.dumps(json.dumps(board.wire.state)).replace("<", "\\u003c"),
        address=board.wire.state["address"],
        framed=board.status.embedded,
        instructs=instructs,
        upload=board.uploads,
        upload_limit=f"{uploads.limit / 1e6:g} MB",
        whole=board.wire.state["address"].replace("&embed=1", ""),
    )
    wide = "stretch_width"  # else a grid of cards has the width of one
    board.places = {each: Column(name=each, sizing_mode=wide) for each in sections}
    shell.bokeh_roots += [*board.gallery.roots, *board.places.values()]
    return shell


def _start_board(name: str, query: Mapping[str, str], dark: bool, follow: str) -> PageBoard:
    knobs = {key: value for key, value in query.items() if key not in ("task", "embed")}
    settings, notes = find(name).Settings.from_query(knobs)
    sets = data_sets(settings.knobs()["data"])
    if settings.data not in {entry.name for entry in sets if entry.status != "absent"}:
        notes.append(_absent(settings.data, sets))
        settings = settings.replace(data=type(settings)().data)
    board = PageBoard(name, dark=dark, **settings.values_by_name())
    board.status.embedded = "embed" in query
    board.seat = seat.sit(board, follow)
    board.start()
    board.vote = ClassVote(board)
    if "task" in query:
        knobs_given = settings if knobs else None
        if not board.card.start_from_link(query["task"], knobs_given):
            notes.append("The link's task was ignored: there is no such task in this chapter.")
    board.poll()  # a run that others have trained is shown at once
    board.controls.announce()
    for note in notes:
        board.note(note)
    takes_pictures = board.chapter.source is None and "data" in settings.knobs()
    board.uploads = Uploads(board.controls.bring) if uploads.limit and takes_pictures else None
    close_with_page(board)
    rest_while_away(board)
    return board


def _sections(name: str) -> dict[str, ModuleType]:
    """The sections below the lesson, in their order; the seat is the last."""
    sections = SECTIONS | labs.find(name)
    last = sections.pop("seat")
    return sections | ({"seat": last} if os.environ.get(KEY) else {})  # if there is an instructor


def _knobs(chapter: Chapter, states: Mapping[str, Any]) -> dict[str, Any]:
    """Which knobs stand where: in front, among the others, or among the details of training."""
    knobs = chapter.Settings.knobs()
    front = front_knobs(chapter)
    folded = [name for name in knobs if name not in front]
    return dict(
        knobs=knobs,
        states=states,
        front=front,
        others=[name for name in folded if not knobs[name].advanced],
        details=[name for name in folded if knobs[name].advanced],
    )


def front_knobs(chapter: Chapter) -> list[str]:
    """The lesson's knob and those it puts in front; without a lesson, the first that matter."""
    lesson, knobs = chapter.teaching, chapter.Settings.knobs()
    wanted = [name for name in (lesson.knob, *lesson.front) if name in knobs]
    defaults: Settings = chapter.Settings()
    plain = [name for name, knob in knobs.items() if not knob.advanced and defaults.matters(name)]
    return list(dict.fromkeys(wanted or plain))[:FRONT]


@cache
def _minutes(name: str) -> dict[str, int]:
    """How long each task takes a reader, by its id."""
    measured = kept(name)
    return {task.id: minutes(task, measured.values(task.id)) for task in find(name).teaching.tasks}


@cache
def _boxes(name: str) -> list[str]:
    held = kept(name)
    frames = [frame for state in held.states if (frame := held.frame(state))]
    return boxes(find(name), [frame.scalars for frame in frames])


@cache
def _article(name: str) -> str:
    chapter = find(name)
    words = chapter.doc.removeprefix(chapter.question).lstrip()  # which stands at the top
    words = prose.link_claims(words, chapter.claims)
    return render("article.html", introduction=prose.html(words, name))


@cache
def _evidence(name: str) -> str:
    measured = list(studies.measured(name).values())
    chapter = find(name)
    outcomes = prose.html(prose.link_claims(chapter.outcomes, chapter.claims), name)
    return render("evidence.html", chapter=chapter, outcomes=outcomes, measured=measured)


def _absent(name: str, sets: Sequence[Entry]) -> str:
    how = [entry.how for entry in sets if entry.name == name and entry.how]
    bring = f" Whoever runs this server can bring it: {how[0]}." if how else ""
    return f"There is no data set {name!r} here, so this page uses the default.{bring}"
