"""A chapter's page: its text, its board, and sections that are built when they are opened."""

import os
import weakref
from collections.abc import Mapping
from functools import partial

import panel as pn
from bokeh.models import CustomJS

from workbench import data
from workbench.chapters import find
from workbench.classroom.room import KEY
from workbench.results import studies
from workbench.view import labs
from workbench.view.page import prose
from workbench.view.page.board import Board
from workbench.view.page.controls import missing_data
from workbench.view.page.session import close_with_page, rest_while_away
from workbench.view.pages.shell import _shell
from workbench.view.sections import compare as compare_section
from workbench.view.sections import seat as seat_section
from workbench.view.sections import sweep as sweep_section

SECTIONS = {"sweep": sweep_section, "compare": compare_section, "seat": seat_section}


def chapter_page(name: str, query: Mapping[str, str], dark: bool, follow: str = "") -> pn.Template:
    """One chapter, live, with the knobs of the query; what had to be ignored is said.

    follow: the seat from which its reader has followed the instructor here.
    """
    chapter = find(name)
    settings, notes = chapter.Settings.from_query(query)
    if settings.data not in data.names():
        notes.append(_absent(settings.data))
        settings = settings.replace(data=type(settings)().data)
    board = Board(name, dark=dark, **settings.values_by_name())
    board.seat = seat_section.sit(board, follow)
    board.start()
    for note in notes:
        board._note(note)
    close_with_page(board)
    rest_while_away(board)
    to_address = CustomJS(code="history.replaceState(null, '', cb_obj.tags[0] + location.hash)")
    board.status.model.js_on_change("tags", to_address)
    sections = SECTIONS | labs.find(name)
    seat = sections.pop("seat")
    if os.environ.get(KEY):  # there is an instructor
        sections["seat"] = seat  # the last of them
    shell = _shell(
        dark,
        name,
        chapter=chapter,
        introduction=prose.html(chapter.doc),
        labs=sections,
        measured=list(studies.measured(name).values()),
    )
    shell.add_variable("hint", missing_data())
    shell.add_variable("address", board.status.model.tags[0])
    wide = dict(sizing_mode="stretch_width")
    shell.add_panel("knobs", board.controls.main)
    shell.add_panel("details", board.controls.details)
    board.cards.grid.name = "asks"  # the page adds to its tags what the reader has opened
    board.cards.grid.on_change("tags", partial(_open, weakref.ref(board)))
    board.labs = {lab: pn.Column(**wide) for lab in sections}
    for lab, place in board.labs.items():
        shell.add_panel(lab, place)
    buttons = pn.Column(pn.Row(board.stop, board.reset), board.replay_place, **wide)
    shell.add_panel("buttons", buttons)
    shell.add_panel("presets", pn.Column(*board.presets, **wide))
    shell.add_panel("status", board.status_pane)
    shell.add_panel("pictures", board.cards.pane)
    shell.add_panel("more", board.all)
    return shell


def _open(board: "weakref.ref[Board]", attr: str, old: list, new: list) -> None:
    """Makes what the reader has opened for the first time: advanced knobs, or a lab."""
    alive = board()
    if alive is None:
        return
    for name in new:
        if name == "details":
            alive.controls.open_details()
        elif name in alive.labs and not alive.labs[name].objects:
            alive.labs[name].append(_section(alive, name))


def _section(board: Board, name: str) -> pn.viewable.Viewable:
    """A lab stands for itself; the other sections belong to the board."""
    if name in SECTIONS:
        return SECTIONS[name].build(board)
    return labs.find(board.chapter.name)[name].build(board.dark)


def _absent(name: str) -> str:
    how = [entry.how for entry in data.entries() if entry.name == name]
    bring = f" Whoever runs this server can bring it: {how[0]}." if how else ""
    return f"There is no data set {name!r} here, so this page uses the default.{bring}"
