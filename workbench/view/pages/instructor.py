"""The instructor's page: who is where, what waits and trains, what is shown, what all have found.

Nothing on it leaves the server unless the instructor saves it. The vote of the class stands at its
top, in plain HTML like a chapter's page: see view/votes/console.py.
"""

import json
import time
import weakref
from functools import cache

import panel as pn
import panel_material_ui as pmui

from workbench.chapters import NAMES, find
from workbench.classroom.room import Seat, classroom
from workbench.core.settings import SettingsError
from workbench.running.runner import Runner
from workbench.running.shared import shared_runner
from workbench.view.page.cards import Cards
from workbench.view.page.session import close_with_page, tie_to_page
from workbench.view.page.timer import Timer
from workbench.view.page.widgets import TYPE, Sentence, button, menu
from workbench.view.page.wire import Wire
from workbench.view.pages.class_points import ClassPoints
from workbench.view.pages.room_tables import chapters_table, keeps_runs, machine_table, runs_table
from workbench.view.pages.room_words import changed_knobs, pages_reached, short_title
from workbench.view.pages.shell import make_shell
from workbench.view.sections.bake import Bake
from workbench.view.votes.console import Console, tasks_by_chapter

REFRESH_MS = 1000
CARD_WIDTH = 520  # pixels: a table of six columns
UNKEPT = (
    "What is trained now is not kept on disk: there is no store, or its disk has refused. It shows "
    "at once while the server lives and has room for it."
)


@cache
def listen(runner: Runner) -> None:
    """Lets the room hear of every finished run, once."""
    runner.on_end.append(classroom().ended)


def instructor_page(dark: bool) -> pn.Template:
    """The page of one who knows the password."""
    content = InstructorPage(shared_runner("workers"), dark).watch()
    shell = make_shell(
        dark,
        "",
        instructor=True,
        votable=tasks_by_chapter(),
        room_pages=classroom().pages,
        initial=json.dumps(json.dumps(content.wire.state)).replace("<", "\\u003c"),
    )
    shell.title = "Instructor - workbench"
    shell.content = content  # lives as long
    shell.add_panel("instructor", shell.content.view())
    return shell


class InstructorPage:
    """Widgets and pictures of one instructor's page over the room and the runner."""

    def __init__(self, runner: Runner, dark: bool):
        self.room = classroom()
        self.runner = runner
        self.dark = dark
        self.opened = time.monotonic()
        self.wire = Wire(pn.state.curdoc)
        self.console = Console(self.wire)
        self.cards = Cards(dark, CARD_WIDTH)
        self.points = ClassPoints(self.room, dark)
        self.pause = pmui.Switch(
            stylesheets=[TYPE], label="Pause new training", value=runner.paused
        )
        self.pause.param.watch(lambda event: setattr(runner, "paused", event.new), "value")
        self.hands = pn.FlexBox(sizing_mode="stretch_width")
        self._hands_shown: list[tuple[Seat, str]] = []
        self.bake = pn.Column(sizing_mode="stretch_width")
        self._bakes: dict[str, pn.viewable.Viewable] = {}
        self.unkept = Sentence()
        self._make_show()
        self._choose_chapter()
        self.refresh()

    def _make_show(self) -> None:
        """Widgets with which knobs are shown to the class."""
        titles = {find(name).title: name for name in NAMES}
        first = next((sweep.chapter.name for sweep in self.room.bakes()), NAMES[0])
        self.chapter = menu("Chapter", options=titles, value=first, width=290)
        self.chapter.param.watch(lambda _event: self._choose_chapter(), "value")
        self.address = pmui.TextInput(
            stylesheets=[TYPE],
            label="Knobs, or a page's address",
            size="small",
            width=420,
            placeholder="beta=4&latent=10",
        )
        self.send = button("Show to all who follow", self._show)
        shown = self.room.shown
        self.sentence = Sentence(
            f"{short_title(shown.chapter)} is shown: {changed_knobs(shown.settings)}."
            if shown
            else "Nothing has been shown yet."
        )

    def view(self) -> pn.viewable.Viewable:
        return pn.Column(
            pn.pane.HTML("<h2>Now</h2>"),
            self.pause,
            self.cards.pane,
            pn.pane.HTML("<h2>Raised hands</h2>"),
            self.hands,
            pn.pane.HTML("<h2>Show to the class</h2>"),
            pn.FlexBox(self.chapter, self.address, self.send, align_items="center"),
            self.sentence,
            pn.pane.HTML("<h2>Results of the class</h2>"),
            self.points.view(),
            pn.pane.HTML("<h2>Train a sweep before it is asked for</h2>"),
            self.unkept,
            self.bake,
            sizing_mode="stretch_width",
        )

    def _show(self, _event) -> None:
        try:
            shown, in_chapter, in_others = self.room.show(self.chapter.value, self.address.value)
        except SettingsError as error:
            return self.sentence.say(str(error), role="alert")
        self.chapter.value = shown.chapter  # an address may have named another
        title, values = short_title(shown.chapter), changed_knobs(shown.settings)
        self.sentence.say(f"{pages_reached(in_chapter, in_others)}. {title}: {values}.")

    def _choose_chapter(self) -> None:
        name = self.chapter.value
        if name not in self._bakes:  # what is being trained goes on
            self._bakes[name] = tie_to_page(Bake(find(name), self.runner, self.dark))
        self.bake.objects = [self._bakes[name]]
        self.points.choose(name)

    def _lower(self, seat: Seat) -> None:
        seat.raise_hand(False)
        seat.lowered()
        self._show_hands()

    def watch(self) -> "InstructorPage":
        """Refreshes the page while it is open."""
        self._timer = Timer(self.refresh, REFRESH_MS)
        self._timer.start()
        close_with_page(self)
        return self

    def close(self) -> None:
        """Refreshes the page no more."""
        self._timer.stop()
        self.wire.close()

    def refresh(self) -> None:
        """Shows how everything stands."""
        minutes = (time.monotonic() - self.opened) / 60
        tables = {
            "chapters": chapters_table(self.room),
            "runs": runs_table(self.room, self.runner),
            "box": machine_table(self.runner, minutes),
        }
        self.cards.show(tables)
        self.console.refresh()
        self._show_hands()
        self.points.draw()
        if self.pause.value != self.runner.paused and pn.state.loaded:
            self.pause.value = self.runner.paused  # another instructor's page has changed it
        if not self.unkept.object.count(UNKEPT) and not keeps_runs(self.runner):
            self.unkept.say(UNKEPT, role="alert")

    def _show_hands(self) -> None:
        hands = [(seat, seat.title) for seat in self.room.hands()]
        if hands == self._hands_shown:
            return
        self._hands_shown = hands
        reference = weakref.ref(self)
        self.hands.objects = [
            button(
                f"{title} ({short_title(seat.chapter)}): lower",
                lambda _event, seat=seat: reference()._lower(seat),
            )
            for seat, title in hands
        ]
