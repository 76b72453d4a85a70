"""The instructor's page: who is where, what waits and trains, what is shown, what all have found.

Nothing on it leaves the server unless the instructor saves it.
"""

import io
import os
import sys
import time
import weakref
from collections import Counter
from functools import cache

import numpy as np
import panel as pn
import panel_material_ui as pmui

from workbench.chapters import NAMES, find
from workbench.classroom import classroom
from workbench.frames import Picture, Scatter, Table
from workbench.runs import Runner
from workbench.settings import SettingsError
from workbench.view import sweep_section
from workbench.view.board import BUTTON, button, label
from workbench.view.cards import Cards
from workbench.view.labs import Said
from workbench.view.session import Timer

PERIOD = 1000  # ms between two looks


@cache
def listen(runner: Runner) -> None:
    """Lets the room hear of every finished run, once."""
    runner.on_end.append(classroom().ended)


class InstructorPage:
    """Widgets and pictures of one instructor's page over the room and the runner."""

    def __init__(self, runner: Runner, dark: bool):
        self.room, self.runner, self.dark = classroom(), runner, dark
        self.started = time.monotonic()
        self.cards = Cards(dark)
        self.points = Cards(dark)
        titles = {find(name).title: name for name in NAMES}
        self.chapter = pmui.Select(label="Chapter", options=titles, value=NAMES[0], size="small",
                                   width=290)  # fmt: skip
        self.chapter.param.watch(lambda _event: self._other_chapter(), "value")
        self.address = pmui.TextInput(label="Knobs, or a page's address", size="small", width=420,
                                      placeholder="beta=4&latent=10")  # fmt: skip
        self.send = button("Show to all who follow", self._show)
        self.said = Said("Nothing has been shown yet.")
        self.pause = pmui.Switch(label="Pause new training", value=runner.paused)
        self.pause.param.watch(lambda event: setattr(runner, "paused", event.new), "value")
        self.hands = pn.FlexBox(sizing_mode="stretch_width")
        self.x = pmui.Select(label="Across", size="small", width=190)
        self.y = pmui.Select(label="Up", size="small", width=190)
        self.save = pn.widgets.FileDownload(callback=self._csv, filename="class.csv",
                                            label="Save as CSV", stylesheets=[BUTTON],
                                            margin=(3, 4))  # fmt: skip
        self.bake = pn.Column(sizing_mode="stretch_width")
        self._bakes: dict[str, pn.viewable.Viewable] = {}
        self._hands_shown: list = []
        for select in (self.x, self.y):
            select.param.watch(lambda _event: self._draw_points(), "value")
        self._other_chapter()
        self.look()

    def view(self) -> pn.viewable.Viewable:
        wide = dict(sizing_mode="stretch_width")
        return pn.Column(
            pn.pane.HTML("<h2>Now</h2>"), self.pause, self.cards.pane,
            pn.pane.HTML("<h2>Raised hands</h2>"), self.hands,
            pn.pane.HTML("<h2>Show to the class</h2>"),
            pn.FlexBox(self.chapter, self.address, self.send, align_items="center"), self.said,
            pn.pane.HTML("<h2>What all have found</h2>"),
            pn.FlexBox(self.x, self.y, self.save, align_items="center"), self.points.pane,
            pn.pane.HTML("<h2>Train a sweep before it is asked for</h2>"), self.bake, **wide,
        )  # fmt: skip

    # what the instructor does

    def _show(self, _event) -> None:
        try:
            shown, notes, here, elsewhere = self.room.show(self.chapter.value, self.address.value)
        except SettingsError as error:
            return self.said.say(str(error), role="alert")
        self.chapter.value = shown.chapter  # an address may have named another
        title, knobs = find(shown.chapter).title, shown.settings.to_query()
        self.said.say(" ".join([f"{_told(here, elsewhere)}. {title}: {knobs}.", *notes]))

    def _other_chapter(self) -> None:
        chapter = find(self.chapter.value)
        settings = chapter.Settings()
        if chapter.name not in self._bakes:  # what is being trained goes on
            self._bakes[chapter.name] = sweep_section.section(
                chapter, chapter.Settings, self.runner, self.dark
            )
        self.bake.objects = [self._bakes[chapter.name]]
        knobs = {knob.label: name for name, knob in sweep_section.knobs(chapter, settings).items()}
        self.x.param.update(options=knobs, value=next(iter(knobs.values())))
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
        """Looks again and again while the page is there."""
        self._timer = Timer(self.look, PERIOD)
        self._timer.start()
        return self

    def look(self) -> None:
        self.cards.show({"chapters": self._chapters(), "runs": self._runs(), "box": self._box()})
        self._show_hands()
        self._draw_points()

    def _show_hands(self) -> None:
        hands = self.room.hands()
        if hands == self._hands_shown:
            return
        self._hands_shown = hands
        mine = weakref.ref(self)
        self.hands.objects = [
            button(f"{seat.title} ({find(seat.chapter).title}): lower",
                   lambda _event, seat=seat: mine()._lower(seat)) for seat in hands
        ]  # fmt: skip

    def _chapters(self) -> Table:
        counts = self.room.counts()
        follow = Counter(seat.chapter for seat in self.room.seats() if seat.follows)
        rows = tuple((find(name).title, counts.get(name, 0), follow.get(name, 0)) for name in NAMES)
        total = sum(counts.values())
        verb = "page of a chapter is" if total == 1 else "pages of chapters are"
        return Table("Open pages", ("chapter", "open", "following"), rows,
                     caption=f"{total} {verb} open.")  # fmt: skip

    def _runs(self) -> Table:
        found = Counter((run.name, run.status) for run in self.runner.runs())
        states = ("waiting", "training", "done")
        names = [name for name in NAMES if any(found[name, state] for state in states)]
        rows = tuple((find(name).title, *(found[name, state] for state in states))
                     for name in names)  # fmt: skip
        caption = "New training is paused." if self.runner.paused else "Done ones show at once."
        return Table("Runs", ("chapter", *states), rows, caption=caption)

    def _box(self) -> Table:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        minutes = (time.monotonic() - self.started) / 60
        rows = (
            ("load", f"{load:.1f} on {os.cpu_count()} cores"),
            ("memory of the server", f"{_memory():.0f} MB"),
            ("processes that train", str(self.runner.processes)),
            ("this page is open for", f"{minutes:.0f} min"),
        )
        return Table("The machine", ("what", "now"), rows)

    def _draw_points(self) -> None:
        self.points.show({"points": self._scatter()})

    def _scatter(self) -> Picture:
        """Everybody's finished runs of the chapter."""
        x, y = self.x.value, self.y.value
        points = [(point[x], point[y]) for point in self.room.points(self.chapter.value)
                  if _number(point.get(x)) and _number(point.get(y))]  # fmt: skip
        title = find(self.chapter.value).title
        return Scatter(
            f"{title}: {len(points)} finished runs", np.array(points, float).reshape(-1, 2),
            x_label=find(self.chapter.value).Settings.knobs()[x].label, y_label=label(y or ""),
            caption="A point for each run that somebody here has trained to its end.",
        )  # fmt: skip


def _told(here: int, elsewhere: int) -> str:
    said = f"Shown to {here} page{'s' * (here != 1)}"
    if elsewhere:
        said += f"; {elsewhere} on other chapters ha{'s' if elsewhere == 1 else 've'} a link"
    return said


def _number(value) -> bool:
    return isinstance(value, int | float) and np.isfinite(value)


def _memory() -> float:
    """Megabytes that this process holds at most so far; 0 where it cannot be told."""
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
