"""A chapter's page: knobs, pictures and words, and sections that are built when they are opened."""

import os
import re
import weakref
from collections.abc import Mapping
from functools import partial
from types import ModuleType

import panel as pn
from bokeh.models import CustomJS

from workbench import data
from workbench.chapters import find
from workbench.classroom.instructor import KEY
from workbench.results import studies
from workbench.view import labs
from workbench.view.page import prose
from workbench.view.page.board import Board
from workbench.view.page.controls import missing_data
from workbench.view.page.meanings import explanations, meanings
from workbench.view.page.session import close_with_page, rest_while_away
from workbench.view.pages.ahead import knobs_ahead
from workbench.view.pages.shell import make_shell
from workbench.view.patches.template_cost import LeanTemplate
from workbench.view.sections import compare, seat, sweep

SECTIONS: dict[str, ModuleType] = {"sweep": sweep, "compare": compare, "seat": seat}
PRESSED = re.compile(r"try (\d{1,2}) \d+")  # which suggestion, and when: each press is another
TO_ADDRESS = "history.replaceState(null, '', cb_obj.tags[0] + location.hash)"


def chapter_page(name: str, query: Mapping[str, str], dark: bool, follow: str = "") -> pn.Template:
    """One chapter, live, with the knobs of the query; what had to be ignored is said.

    follow: the seat from which its reader has followed the instructor here.
    """
    board = _start_board(name, query, dark, follow)
    sections = _sections(name)
    shell = make_shell(
        dark,
        name,
        chapter=board.chapter,
        introduction=prose.html(board.chapter.doc),
        labs=sections,
        measured=list(studies.measured(name).values()),
        hint=missing_data(),
        ahead=knobs_ahead(board.controls),
        explanations=explanations(board.chapter),
        meanings=meanings(board.chapter),
        address=board.status.address,
    )
    board.labs = {section: pn.Column(sizing_mode="stretch_width") for section in sections}
    board.cards.grid.name = "asks"  # the page adds to its tags what the reader opens and presses
    board.cards.grid.on_change("tags", partial(_answer, weakref.ref(board)))
    _arrange(shell, board)
    return shell


def _start_board(name: str, query: Mapping[str, str], dark: bool, follow: str) -> Board:
    settings, notes = find(name).Settings.from_query(query)
    if settings.data not in data.names():
        notes.append(_absent(settings.data))
        settings = settings.replace(data=type(settings)().data)
    board = Board(name, dark=dark, **settings.values_by_name())
    board.seat = seat.sit(board, follow)
    board.start()
    for note in notes:
        board.note(note)
    close_with_page(board)
    rest_while_away(board)
    board.status.words.model.js_on_change("tags", CustomJS(code=TO_ADDRESS))
    return board


def _sections(name: str) -> dict[str, ModuleType]:
    """The sections below the pictures, in their order; the seat is the last."""
    sections = SECTIONS | labs.find(name)
    last = sections.pop("seat")
    return sections | ({"seat": last} if os.environ.get(KEY) else {})  # if there is an instructor


def _arrange(shell: LeanTemplate, board: Board) -> None:
    """Puts the board's parts to their places in page.html."""
    wide = dict(sizing_mode="stretch_width")
    shell.add_panel("knobs", board.controls.main)
    shell.add_panel("details", board.controls.details)
    for section, place in board.labs.items():
        shell.add_panel(section, place)
    buttons = pn.Column(pn.Row(board.stop, board.new_seed, board.reset), board.replay.place, **wide)
    shell.add_panel("buttons", buttons)
    shell.add_panel("status", board.status.pane)
    shell.add_panel("pictures", board.cards.pane)
    shell.add_panel("more", board.gallery.more)


def _answer(reference: "weakref.ref[Board]", _attribute: str, old: list, names: list) -> None:
    """Makes what the reader has opened for the first time: advanced knobs, or a section. Sets the
    knobs of a suggestion that was pressed."""
    board = reference()
    if board is None:
        return
    for name in names:
        if name == "details":
            board.controls.open_details()
        elif name in board.labs and not board.labs[name].objects:
            board.labs[name].append(_build(board, name))
        elif name not in old and (pressed := PRESSED.fullmatch(str(name))):
            place = int(pressed[1])
            if place < len(board.chapter.try_this):
                board.try_this(place)


def _build(board: Board, name: str) -> pn.viewable.Viewable:
    """A lab stands for itself; the other sections belong to the board."""
    if name in SECTIONS:
        return SECTIONS[name].build(board)
    return labs.find(board.chapter.name)[name].build(board.dark)


def _absent(name: str) -> str:
    how = [entry.how for entry in data.entries() if entry.name == name]
    bring = f" Whoever runs this server can bring it: {how[0]}." if how else ""
    return f"There is no data set {name!r} here, so this page uses the default.{bring}"
