"""What a page says about its run: progress, numbers, errors, notes, and a call to the reader."""

import time
from html import escape

import panel as pn
from bokeh.models import Column

from workbench.core.frames import Frame, label
from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.view.page.session import served
from workbench.view.page.widgets import CALL, STATUS, Words, alert

REPEAT_SECONDS = 0.5  # after which a sentence is written anew: a run still waits


class Status:
    """The words above the pictures. `call` says what to do, on a page of a class."""

    def __init__(self, runner: Runner, reading: dict[str, str]):
        self.runner = runner
        self.reading = reading
        self.notes: list[str] = []
        self.words = Words(STATUS)
        self.call = Words(CALL)
        self._written = 0.0  # when, by time.monotonic()
        wide = dict(sizing_mode="stretch_width")
        self.pane = pn.pane.Bokeh(Column(self.call.model, self.words.model, **wide), **wide)

    @property
    def text(self) -> str:
        return self.words.text

    @property
    def address(self) -> str:
        """The query of a link to what is shown, on a served page."""
        return self.words.model.tags[0]

    def link(self, name: str, settings: Settings) -> None:
        """Puts it into the address bar, without an entry in the reader's history for each move."""
        if served():
            self.words.model.tags = [f"?chapter={name}&{settings.to_query()}"]

    def is_old(self) -> bool:
        """Whether the text may be out of date."""
        return time.monotonic() > self._written + REPEAT_SECONDS

    def write(self, run: Run | None) -> None:
        """Says how the run stands."""
        self._written = time.monotonic()
        parts = []
        if run is not None:
            parts.append(_progress(run, self.runner))
            if run.frames:
                parts.append(_numbers(run.frames[-1], self.reading))
            if run.error:
                parts.append(_note(run.error) if run.status == "halted" else alert(run.error))
        parts += [_note(note) for note in self.notes]
        self.words.text = "".join(parts)


def _note(sentence: str) -> str:
    return f'<div class="note" role="status">{escape(sentence)}</div>'


def _progress(run: Run, runner: Runner) -> str:
    step, steps, note = 0, 1, ""
    if run.frames:
        last = run.frames[-1]
        step, steps, note = last.step, last.steps, last.note
    stage = note.capitalize() or "Starting"
    words = {
        "waiting": _place_in_queue(run, runner),
        "training": f"{stage}: step {step} of {steps}{_company(run, runner)}",
        "halted": f"Paused at step {step} of {steps}",
        "done": f"Done: {steps} steps",
        "failed": f"Failed after step {step}",
        "abandoned": f"Stopped at step {step} of {steps}",
    }[run.status]
    return (
        f'<progress value="{step}" max="{steps}" aria-label="Training"></progress>'
        f"<div>{escape(words)}</div>"
    )


def _company(run: Run, runner: Runner) -> str:
    """Why it goes slower than it would alone."""
    others = runner.in_turn_with(run)
    return f", in turn with {others} other run{'s' * (others > 1)}" if others else ""


def _place_in_queue(run: Run, runner: Runner) -> str:
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
