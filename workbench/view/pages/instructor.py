"""The instructor's page: who is where, what waits and trains, what is shown, what all have found.

Nothing on it leaves the server unless the instructor saves it.
"""

import io
import os
import time
import weakref
from collections import Counter
from functools import cache

import numpy as np
import panel as pn
import panel_material_ui as pmui

from workbench.chapters import NAMES, find
from workbench.classroom.room import classroom
from workbench.core.pictures import Picture, Scatter, Table
from workbench.core.settings import SettingsError
from workbench.running.runner import Runner
from workbench.view.labs import Sentence
from workbench.view.page.board import label
from workbench.view.page.cards import Cards
from workbench.view.page.session import Timer, close_with_page, lasting
from workbench.view.page.widgets import BUTTON, button
from workbench.view.pages.room_words import (
    changed_knobs,
    is_number,
    memory_in_words,
    pages_reached,
    places_taken,
    short_title,
    usual_and_longest,
)
from workbench.view.sections.bake import Bake
from workbench.view.sections.sweep import knobs

REFRESH_MS = 1000
UNKEPT = (
    "What is trained now is not kept on disk: there is no store, or its disk has refused. It shows "
    "at once while the server lives and has room for it."
)


@cache
def listen(runner: Runner) -> None:
    """Lets the room hear of every finished run, once."""
    runner.on_end.append(classroom().ended)


class InstructorPage:
    """Widgets and pictures of one instructor's page over the room and the runner."""

    def __init__(self, runner: Runner, dark: bool):
        self.room = classroom()
        self.runner = runner
        self.dark = dark
        self.started = time.monotonic()
        self.cards = Cards(dark)
        self.points = Cards(dark)
        titles = {find(name).title: name for name in NAMES}
        first = next((sweep.chapter.name for sweep in self.room.bakes()), NAMES[0])
        self.chapter = pmui.Select(
            label="Chapter", options=titles, value=first, size="small", width=290
        )
        self.chapter.param.watch(lambda _event: self._other_chapter(), "value")
        self.address = pmui.TextInput(
            label="Knobs, or a page's address",
            size="small",
            width=420,
            placeholder="beta=4&latent=10",
        )
        self.send = button("Show to all who follow", self._show)
        now = self.room.shown
        self.sentence = Sentence(
            f"{short_title(now.chapter)} is shown: {changed_knobs(now.settings)}."
            if now
            else "Nothing has been shown yet."
        )
        self.pause = pmui.Switch(label="Pause new training", value=runner.paused)
        self.pause.param.watch(lambda event: setattr(runner, "paused", event.new), "value")
        self.hands = pn.FlexBox(sizing_mode="stretch_width")
        self.x = pmui.Select(label="Across", size="small", width=190)
        self.y = pmui.Select(label="Up", size="small", width=190)
        self.save = pn.widgets.FileDownload(
            callback=self._csv,
            filename="class.csv",
            label="Save as CSV",
            stylesheets=[BUTTON],
            margin=(3, 4),
        )
        self.bake = pn.Column(sizing_mode="stretch_width")
        self.unkept = Sentence()
        self._bakes: dict[str, pn.viewable.Viewable] = {}
        self._hands_shown: list = []
        for select in (self.x, self.y):
            select.param.watch(lambda _event: self._draw_points(), "value")
        self._other_chapter()
        self.refresh()

    def view(self) -> pn.viewable.Viewable:
        wide = dict(sizing_mode="stretch_width")
        return pn.Column(
            pn.pane.HTML("<h2>Now</h2>"),
            self.pause,
            self.cards.pane,
            pn.pane.HTML("<h2>Raised hands</h2>"),
            self.hands,
            pn.pane.HTML("<h2>Show to the class</h2>"),
            pn.FlexBox(self.chapter, self.address, self.send, align_items="center"),
            self.sentence,
            pn.pane.HTML("<h2>What all have found</h2>"),
            pn.FlexBox(self.x, self.y, self.save, align_items="center"),
            self.points.pane,
            pn.pane.HTML("<h2>Train a sweep before it is asked for</h2>"),
            self.unkept,
            self.bake,
            **wide,
        )

    # what the instructor does

    def _show(self, _event) -> None:
        try:
            shown, notes, here, elsewhere = self.room.show(self.chapter.value, self.address.value)
        except SettingsError as error:
            return self.sentence.say(str(error), role="alert")
        self.chapter.value = shown.chapter  # an address may have named another
        title, values = short_title(shown.chapter), changed_knobs(shown.settings)
        reached = f"{pages_reached(here, elsewhere)}. {title}: {values}."
        self.sentence.say(" ".join([reached, *notes]))

    def _other_chapter(self) -> None:
        chapter = find(self.chapter.value)
        settings = chapter.Settings()
        if chapter.name not in self._bakes:  # what is being trained goes on
            self._bakes[chapter.name] = lasting(Bake(chapter, self.runner, self.dark))
        self.bake.objects = [self._bakes[chapter.name]]
        across = {knob.label: name for name, knob in knobs(chapter, settings).items()}
        self.x.param.update(options=across, value=next(iter(across.values())))
        reading = {label(name): name for name in chapter.reading or {}}
        self.y.param.update(options=reading, value=next(iter(reading.values()), None))
        self._draw_points()

    def _csv(self) -> io.StringIO:
        import pandas as pd  # a tenth of a second and 30 MB, for this button alone

        table = pd.DataFrame(self.room.points(self.chapter.value))
        return io.StringIO(table.to_csv(index=False))

    def _lower(self, seat) -> None:
        seat.raise_hand(False)
        seat.lowered()
        self._show_hands()

    # what the timer does

    def watch(self) -> "InstructorPage":
        """Refreshes the page while it is open."""
        self._timer = Timer(self.refresh, REFRESH_MS)
        self._timer.start()
        close_with_page(self)
        return self

    def close(self) -> None:
        """Refreshes the page no more."""
        self._timer.stop()

    def refresh(self) -> None:
        self.cards.show({"chapters": self._chapters(), "runs": self._runs(), "box": self._box()})
        self._show_hands()
        self._draw_points()
        if self.pause.value != self.runner.paused and pn.state.loaded:
            self.pause.value = self.runner.paused  # another instructor's page has changed it
        if not self.unkept.object.count(UNKEPT) and not self._keeps():
            self.unkept.say(UNKEPT, role="alert")

    def _keeps(self) -> bool:
        """Whether finished runs outlive the server."""
        return self.runner.store is not None and not getattr(self.runner.store, "closed", False)

    def _show_hands(self) -> None:
        hands = [(seat, seat.title) for seat in self.room.hands()]
        if hands == self._hands_shown:
            return
        self._hands_shown = hands
        mine = weakref.ref(self)
        self.hands.objects = [
            button(
                f"{title} ({short_title(seat.chapter)}): lower",
                lambda _event, seat=seat: mine()._lower(seat),
            )
            for seat, title in hands
        ]

    def _chapters(self) -> Table:
        counts = self.room.counts()
        follow = Counter(seat.chapter for seat in self.room.seats() if seat.follows)
        rows = tuple(
            (short_title(name), counts.get(name, 0), follow.get(name, 0)) for name in NAMES
        )
        total = sum(counts.values())
        verb = "page of a chapter is" if total == 1 else "pages of chapters are"
        return Table(
            "Open pages", ("chapter", "open", "following"), rows, caption=f"{total} {verb} open."
        )

    def _runs(self) -> Table:
        found = Counter((run.name, run.status) for run in self.runner.runs())
        states = ("waiting", "training", "done")
        names = [name for name in NAMES if any(found[name, state] for state in states)]
        rows = tuple(
            (
                short_title(name),
                *(found[name, state] for state in states),
                *usual_and_longest(self.room.seconds(name)),
            )
            for name in names
        )
        caption = "New training is paused. " if self.runner.paused else ""
        caption += "Usual and longest: seconds of a chapter's last runs, by turns with others."
        return Table("Runs", ("chapter", *states, "usual", "longest"), rows, caption=caption)

    def _box(self) -> Table:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        minutes = (time.monotonic() - self.started) / 60
        rows = (
            *places_taken(),
            ("load in the last minute", f"{load:.1f} on {os.cpu_count()} cores"),
            ("memory of the server", memory_in_words()),
            ("processes that train", str(self.runner.processes)),
            ("results", "kept on disk" if self._keeps() else "not kept on disk"),
            ("this page is open for", f"{minutes:.0f} min"),
        )
        return Table("The machine", ("what", "now"), rows)

    def _draw_points(self) -> None:
        self.points.show({"points": self._scatter()})

    def _scatter(self) -> Picture:
        """Everybody's finished runs of the chapter."""
        x, y = self.x.value, self.y.value
        points = [
            (point[x], point[y])
            for point in self.room.points(self.chapter.value)
            if is_number(point.get(x)) and is_number(point.get(y))
        ]
        count = f"{len(points)} finished run{'s' * (len(points) != 1)}"
        return Scatter(
            f"{short_title(self.chapter.value)}: {count}",
            np.array(points, float).reshape(-1, 2),
            x_label=find(self.chapter.value).Settings.knobs()[x].label,
            y_label=label(y or ""),
            caption="A point for all settings whose run has come to its end here: asked for by a "
            "reader, part of a sweep, or kept from before.",
        )
