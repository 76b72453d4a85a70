"""The Board: one live view of any chapter, for the served page and for a notebook cell.

It owns knobs, a run and drawings. A settled knob opens another run; a timer pulls the newest
frame of the board's own run and patches the drawings. Training never calls it.
"""

import time
import weakref
from html import escape

import panel as pn
import panel_material_ui as pmui
import param
from bokeh.models import Column
from panel.io.notebook import block_comm

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import Frame, label
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.running.shared import shared_runner
from workbench.view.page.cards import Card, Cards, Words, places
from workbench.view.page.controls import Controls
from workbench.view.page.session import Timer, served, together
from workbench.view.page.widgets import BUTTON, CALL, STATUS, WORDY, button

PERIOD = 50  # ms between two looks at a live run
FIRST = 6  # places for cards at once; the others are built when the reader asks for them
SHARE = 0.3  # of the server's time that all pages together may take to draw
WATCHING: weakref.WeakSet = weakref.WeakSet()  # the boards that draw now, of all pages
SAY = 0.5  # seconds between two looks at how long a run still waits
SPEAK = 20  # looks between two updates of the words under the pictures: about a second


def _first(pictures: dict[str, Picture]) -> list[str]:
    """The names that fit into the first rows."""
    free, names = FIRST, []
    for name, picture in pictures.items():
        free -= places(picture)
        if free >= 0:
            names.append(name)
    return names


class Board(pn.viewable.Viewer):
    """A live view of chapter `name`: `Board("beta-vae", beta=4)`.

    Raises SettingsError for an unknown chapter, knob or value.
    """

    def __init__(self, name: str, runner: Runner | None = None, dark: bool = False, **knobs):
        super().__init__()
        self.chapter: Chapter = find(name)
        self.runner = runner or shared_runner("workers" if served() else "here")
        self.dark = dark
        self.cards = Cards(dark)
        self.drawn = 0
        self.more = False
        self.run: Run | None = None
        self.seat = self.seat_section = None  # on a page of a class, where `call` says what to do
        self._resting = False  # its reader's connection is lost
        self.notes: list[str] = []
        self.trouble: Exception | None = None  # what a callback raised; `finish` raises it again
        self._timer = Timer(self.poll, PERIOD, self._due)
        self._looks = 0
        self._rests_until = 0.0
        self._told = 0.0
        self._built: PageBuilt | None = None  # of the notebook that shows this board, if one does
        self.controls = Controls(self.chapter.Settings(**knobs), self.move, self._note)
        self.status = Words(STATUS)
        self.call = Words(CALL)
        self._make_buttons()
        wide = dict(sizing_mode="stretch_width")
        self.status_pane = pn.pane.Bokeh(Column(self.call.model, self.status.model, **wide), **wide)

    def _make_buttons(self) -> None:
        self.stop = button("Stop", self._stop)
        self.reset = button("Reset", self._reset, "Reset the knobs to the chapter's defaults")
        self.all = button("More pictures", self._show_more, visible=False)
        self.presets = [
            button(
                text,
                lambda _, query=query: self._preset(query),
                stylesheets=[BUTTON, WORDY],
                sizing_mode="stretch_width",
            )
            for text, query in self.chapter.try_this
        ]
        self.replay = pmui.IntSlider(
            label="Replay: frame",
            start=0,
            end=1,
            value=0,
            disabled=True,
            sizing_mode="stretch_width",
            margin=(2, 8),
            description="Go back over the run that has just ended",
        )
        self.replay.param.watch(self._rewind, "value")
        self.replay_place = pn.Column(sizing_mode="stretch_width", min_height=58)

    # what the reader does

    @property
    def session(self) -> str:
        """How the server's log names this page."""
        return self.seat.id if self.seat is not None else ""

    def start(self) -> "Board":
        """Trains with the knobs as they are."""
        self.move(self.controls.settings)
        return self

    def move(self, settings: Settings) -> None:
        """Opens the run of these settings and leaves the one before."""
        self.run = self.runner.move(self.run, self.chapter.name, settings, self)
        self.notes = []
        self.drawn = 0
        self._looks = 0
        self._rests_until = 0.0
        self.replay.disabled = True
        self.cards.begin_anew()
        with together():
            self.cards.fade()
            self._put_in_address(settings)
            self._tell()
        self._push()
        self._watch()

    def _stop(self, _event) -> None:
        if self.run is not None and self.run.live:
            self.runner.leave(self.run, self)
        else:
            self.move(self.controls.settings)

    def _reset(self, _event) -> None:
        data = self.controls.settings.data
        self.controls.show(self.chapter.Settings(data=data))
        self.move(self.controls.settings)

    def _preset(self, query: str) -> None:
        settings, _ = self.chapter.Settings.from_query(query)
        self.controls.show(settings)
        self.move(settings)

    def _rewind(self, event) -> None:
        if not self.replay.disabled and self.run is not None and event.new <= len(self.run.frames):
            self._draw(self.run.frames[: max(1, event.new)], speak=True)

    def _show_more(self, _event) -> None:
        self.more = True
        self.all.visible = False
        if self.run is not None and self.run.frames:
            self._draw(self.run.frames, speak=True)

    def _note(self, sentence: str) -> None:
        self.notes.append(sentence)
        self._tell()
        self._push()

    # what the timer does

    def poll(self) -> None:
        """Draws the newest frame of this board's own run, if there is a newer one."""
        with together() if served() else block_comm():  # one message a look
            self._look()
        self._push()

    def _due(self) -> bool:
        """Whether there is something to draw, or to say again because time has passed."""
        run, now = self.run, time.monotonic()
        if run is None or now < self._rests_until:
            return False
        return not run.live or len(run.frames) > self.drawn or now > self._told + SAY

    def _look(self) -> None:
        run = self.run
        if run is None or self._being_built() or time.monotonic() < self._rests_until:
            return
        try:
            live, count = run.live, len(run.frames)  # in this order: nothing comes after the end
            if count > self.drawn:
                start = time.monotonic()
                self._draw(run.frames[:count], speak=self._looks % SPEAK == 0)
                # the more pages draw, the more frames each leaves out: moves must be answered
                others = len(WATCHING) - 1 if served() else 0
                self._rests_until = start + (time.monotonic() - start) * others / SHARE
                self.drawn = count
                self._looks = self._looks + 1
            self._tell()
            # Panel 1.9.4 loses what its widgets are told while a page is being opened
            if not live and pn.state.loaded:
                self._ended(run)
        except Exception as error:
            self.trouble = error
            self._unwatch()
            raise

    def _ended(self, run: Run) -> None:
        self._unwatch()
        if run.frames:
            self._draw(run.frames, speak=True)
            self.replay.param.update(end=max(1, len(run.frames)), value=len(run.frames))
            self.replay.disabled = False
            if not self.replay_place.objects:  # only now: a slider costs the server 10 ms
                self.replay_place.append(self.replay)

    def _pictures(self, frames: list[Frame]) -> dict[str, Picture]:
        """Everything the chapter can show of these frames, in the order of its layout."""
        traces = {t.title: t.curves(frames) for t in self.chapter.traces}
        found = {n: p for n, p in traces.items() if p.lines} | frames[-1].pictures
        ordered = [name for name in self.chapter.layout if name in found]
        return {name: found[name] for name in ordered + [n for n in found if n not in ordered]}

    def _draw(self, frames: list[Frame], speak: bool) -> None:
        pictures, steps = self._pictures(frames), frames[-1].steps
        shown = list(pictures) if self.more else _first(pictures)
        if pn.state.loaded and self.all.visible != (len(pictures) > len(shown)):
            self.all.visible = not self.all.visible
        self.cards.show(
            {name: pictures[name] for name in shown}, lambda name: self._x_end(name, steps), speak
        )
        self._push()

    def _x_end(self, name: str, steps: int) -> float | None:
        trace = next((t for t in self.chapter.traces if t.title == name), None)
        return None if trace is None or trace.against else steps

    def _tell(self) -> None:
        """Progress, numbers, notes and errors."""
        if self._being_built():
            return
        run = self.run
        self._told = time.monotonic()
        parts = [_progress(run, self.runner)] if run is not None else []
        if run is not None and run.frames:
            parts.append(_numbers(run.frames[-1], self.chapter.reading or {}))
        if run is not None and run.error:
            parts.append(f'<div class="alert" role="alert">{escape(run.error)}</div>')
        parts += [f'<div class="note" role="status">{escape(note)}</div>' for note in self.notes]
        text = "".join(parts)
        self.status.text = text
        label = "Stop" if run is not None and run.live else "Train again"
        if pn.state.loaded and self.stop.label != label:
            self.stop.label = label

    def _watch(self) -> None:
        WATCHING.add(self)
        self._timer.start()

    def _unwatch(self) -> None:
        WATCHING.discard(self)
        self._timer.stop()

    def _push(self) -> None:
        """Sends a notebook what has changed in Bokeh's models; Panel does it for a server."""
        if not served():
            pn.io.push_notebook(self.cards.pane, self.status_pane)

    def _being_built(self) -> bool:
        """Whether a notebook has begun to show this board and cannot be told anything yet."""
        return self._built is not None and not self._built.yes

    def _put_in_address(self, settings: Settings) -> None:
        """A link to what is shown, without an entry in the reader's history for every move."""
        if served():
            theme = "&theme=dark" if self.dark else ""
            self.status.model.tags = [f"?chapter={self.chapter.name}&{settings.to_query()}{theme}"]

    # for notebooks

    def finish(self, timeout: float = 300) -> Frame:
        """Waits for the run, draws its end and returns its last frame. Raises what went wrong."""
        if self.run is None:
            self.start()
        self.run.wait(timeout)
        self.poll()
        if self.trouble is not None:
            raise self.trouble
        if self._being_built():  # the page comes after this cell: see at least that it can be drawn
            for picture in self._pictures(self.run.frames).values():
                Card(picture, self.dark)
        return self.run.frames[-1]

    def rest(self) -> None:
        """Leaves a run that nobody looks at."""
        if self.run is not None and self.run.live:
            self.runner.leave(self.run, self)
            self._resting = True

    def wake(self) -> None:
        """Trains again what was left."""
        if self._resting:
            self._resting = False
            self.move(self.controls.settings)

    def close(self) -> None:
        """Leaves the run and stops the timer."""
        if self.run is not None:
            self.runner.leave(self.run, self)
        self.run = None
        self.cards.forget()
        self._unwatch()

    def __panel__(self):
        if self.run is None:
            self.start()
        self.controls.open_details()
        knobs = pn.Column(
            self.controls.main,
            self.controls.details,
            pn.Row(self.stop, self.reset),
            self.replay_place,
            *self.presets,
            width=300,
        )
        main = pn.Column(
            self.status_pane, self.cards.pane, self.all, sizing_mode="stretch_width", min_width=340
        )
        if served():
            return pn.Row(knobs, main, sizing_mode="stretch_width")
        self._built = PageBuilt(width=0, height=0, margin=0)
        self._built.param.watch(lambda _event: self.poll(), "yes")
        return pn.Row(knobs, main, self._built, sizing_mode="stretch_width")


class PageBuilt(pn.reactive.ReactiveHTML):
    """Tells that a notebook's page has been built.

    Panel 1.9.4 loses what changes between a cell's output and this moment, and then the page does
    not know the models that later messages are about.
    """

    yes = param.Boolean(False)
    _template = '<span id="built"></span>'
    _scripts = {"render": "data.yes = true"}


def _progress(run: Run, runner: Runner) -> str:
    if run.frames:
        step, steps, note = run.frames[-1].step, run.frames[-1].steps, run.frames[-1].note
    else:
        step, steps, note = 0, 1, ""
    doing = note.capitalize() or "Starting"
    words = {
        "waiting": _queue(run, runner),
        "training": f"{doing}: step {step} of {steps}{_turns(run, runner)}",
        "done": f"Done: {steps} steps",
        "failed": f"Failed after step {step}",
        "abandoned": f"Stopped at step {step} of {steps}",
    }[run.status]
    return (
        f'<progress value="{step}" max="{steps}" aria-label="Training"></progress>'
        f"<div>{escape(words)}</div>"
    )


def _turns(run: Run, runner: Runner) -> str:
    """Why it goes slower than it would alone."""
    others = runner.in_turn_with(run)
    return f", in turn with {others} other run{'s' * (others > 1)}" if others else ""


def _queue(run: Run, runner: Runner) -> str:
    """Where a waiting run stands, and for how long."""
    if runner.paused:
        return "The instructor has paused training; this run begins when it goes on."
    before, seconds = runner.waiting_before(run), runner.seconds_before(run)
    about = "" if not seconds else f", about {max(1, round(seconds))} s"
    return (
        f"Waiting: {before} before you{about}." if before else f"Waiting for a free place{about}."
    )


def _numbers(frame: Frame, reading: dict[str, str]) -> str:
    items = [
        f'<span title="{escape(reading[name])}">{escape(label(name))} <b>{value:.4g}</b></span>'
        for name, value in frame.scalars.items()
        if name in reading
    ]
    return f'<div class="numbers">{"".join(items)}</div>'
