"""Pages: the home page and a chapter's page, from what the address asks for."""

import os
import weakref
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from pathlib import Path
from urllib.parse import urlencode

import panel as pn
from bokeh.model import Model
from bokeh.models import CustomJS, Div
from panel.io.resources import parse_template

from workbench import data, studies
from workbench.chapters import NAMES, find
from workbench.classroom import KEY, may_instruct
from workbench.logs import OURS
from workbench.runs import Run, shared_runner
from workbench.settings import SettingsError
from workbench.view import compare_section, labs, prose, seat_section, sweep_section
from workbench.view.board import Board
from workbench.view.controls import missing_data
from workbench.view.draw import thumbnail
from workbench.view.instructor import InstructorPage, listen
from workbench.view.session import BORN, Timer, close_with_page, rest_while_away, served

FOLDER = Path(__file__).parent
PAGE, CSS = (FOLDER / "page.html").read_text(), (FOLDER / "page.css").read_text()
SECTIONS = {"sweep": sweep_section, "compare": compare_section, "seat": seat_section}
STILL = ":host { font: 14px/1.45 system-ui, sans-serif; } img { border-radius: 6px; }"
PERIOD = 250  # ms between two looks at the thumbnails


def page(arguments: Mapping[str, list[bytes]]) -> pn.Template:
    """The page that an address's arguments (name -> values as bytes) ask for."""
    listen(shared_runner("workers"))
    query = {key: values[-1].decode("utf8", "replace") for key, values in arguments.items()}
    dark = query.pop("theme", "") == "dark"
    name, follow = query.pop("chapter", ""), query.pop("follow", "")
    try:
        if "instructor" in query:
            return instructor_page(query["instructor"], dark)
        return chapter_page(name, query, dark, follow) if name else home_page(dark)
    except SettingsError as error:
        return home_page(dark, str(error))
    except Exception:  # Panel would show the reader the traceback
        OURS.exception("A page could not be built.")
        return _shell(
            dark,
            "",
            cards=[],
            complaint="Something went wrong while this page was made. The server's log says more.",
        )


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
    how = [entry.how for entry in data.catalog() if entry.name == name]
    bring = f" Whoever runs this server can bring it: {how[0]}." if how else ""
    return f"There is no data set {name!r} here, so this page uses the default.{bring}"


def instructor_page(key: str, dark: bool) -> pn.Template:
    """The instructor's page for whoever knows the password, else the home page."""
    if not may_instruct(key):
        return home_page(
            dark, "The instructor's page opens with the link that the server's start has printed."
        )
    shell = _shell(dark, "", instructor=True)
    shell.title = "Instructor - workbench"
    made = InstructorPage(shared_runner("workers"), dark).watch()
    shell.add_panel("instructor", made.view())
    shell.made = made  # lives as long as its page
    return shell


def home_page(dark: bool, complaint: str = "") -> pn.Template:
    """A card and a live thumbnail for every chapter."""
    shell = _shell(dark, "", complaint=complaint)
    thumbs = [Thumb(name) for name in NAMES]
    cards = [
        dict(
            number=t.chapter.number,
            title=t.chapter.title,
            question=t.chapter.question,
            href=_link(dark, chapter=t.chapter.name),
            root=t.root,
        )
        for t in thumbs
    ]
    shell.add_variable("cards", cards)
    for thumb in thumbs:
        shell.plain.append(thumb.still)
        thumb.watch()
    return shell


class Thumb:
    """A chapter's picture on the home page: its default run, trained once for everybody."""

    def __init__(self, name: str):
        self.chapter = find(name)
        self.root = "thumb_" + name.replace("-", "_")
        self.runner = shared_runner("workers")
        self.run = self.runner.open(name, self.chapter.Settings(), self)
        self.still = Div(
            name=self.root,
            text="Waiting for its turn to train.",
            margin=5,
            stylesheets=[STILL],
        )
        self.drawn, self._timer = 0, Timer(self.look, PERIOD)

    def watch(self) -> None:
        self.look()
        if self.run.live and served():
            self._timer.start()
        # holds the thumbnail while its page is there
        pn.state.on_session_destroyed(lambda _context: self.close())
        rest_while_away(self)

    def look(self) -> None:
        live, count = self.run.live, len(self.run.frames)
        if count > self.drawn:
            self.drawn = count
            self.still.text = _still(self.chapter.name, self.run, count)
        if not live:
            self._timer.stop()

    def rest(self) -> None:
        self.runner.leave(self.run, self)

    def wake(self) -> None:
        if self.run.status == "abandoned":
            self.run, self.drawn = self.runner.open(*self.run.key, self), 0
            self._timer.start()

    def close(self) -> None:
        self.runner.leave(self.run, self)
        self._timer.stop()


@lru_cache(maxsize=64)
def _still(name: str, run: Run, count: int) -> str:
    """The chapter's picture after so many frames; drawn once for all pages that show it."""
    chapter, frames = find(name), run.frames[:count]
    trace = next((t for t in chapter.traces if t.title == chapter.thumbnail), None)
    return thumbnail(trace.curves(frames) if trace else frames[-1].pictures[chapter.thumbnail], 380)


class _Shell(pn.Template):
    """Panel's, which describes itself anew for every root: a fifth of a page's time.

    `plain` are Bokeh models that are roots as they are: a Panel object around one costs more.
    """

    def __init__(self, template):
        super().__init__(template)
        self.plain: list[Model] = []

    def __repr__(self) -> str:
        return "page"

    def _init_doc(self, doc=None, *rest, **how):
        page = doc or pn.state.curdoc
        with page.models.freeze():  # else Bokeh looks through all models once for every root
            made = super()._init_doc(page, *rest, **how)
            for model in self.plain:
                made.add_root(model)
        return made


@cache
def _template():
    return parse_template(PAGE)


def _shell(dark: bool, here: str, **variables) -> pn.Template:
    shell = _Shell(_template())
    links = [
        dict(
            title=find(name).title.partition(":")[0],
            href=_link(dark, chapter=name),
            here=name == here,
        )
        for name in NAMES
    ]
    common = dict(
        css=CSS,
        dark=dark,
        links=links,
        home_link=_link(dark) or "?",
        chapter=None,
        instructor=False,
        born=BORN,
        html_attrs='class="dark"' if dark else "",
        theme_link="?theme=dark",
    )
    for key, value in (common | variables).items():
        shell.add_variable(key, value)
    shell.title = f"{find(here).title} - workbench" if here else "workbench"
    return shell


def _link(dark: bool, **query: str) -> str:
    return "?" + urlencode(query | ({"theme": "dark"} if dark else {}))
