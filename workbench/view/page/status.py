"""What a page says about its run: progress, numbers, errors, notes, and a call to the reader."""

import time
from collections.abc import Sequence
from html import escape
from typing import Protocol

from workbench import data
from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.view.page.widgets import alert

REPEAT_SECONDS = 0.5  # after which a sentence is written anew: a run still waits


class Text(Protocol):
    """A place for HTML."""

    text: str


class Status:
    """The words above the pictures. `call` says what to do, on a page of a class."""

    def __init__(self, runner: Runner, chapter: Chapter, words: Text, call: Text):
        self.runner = runner
        self.chapter = chapter
        self.words = words
        self.call = call
        self.notes: list[str] = []
        self._written = 0.0  # when, by time.monotonic()

    @property
    def text(self) -> str:
        return self.words.text

    def link(self, name: str, settings: Settings) -> None:
        """Says what an address of these settings is, where there is an address bar."""

    def is_old(self) -> bool:
        """Whether the text may be out of date."""
        return time.monotonic() > self._written + REPEAT_SECONDS

    def write(self, run: Run | None, shown: Sequence[Frame] = ()) -> None:
        """Says how the run stands, and the numbers of the last of the frames that are shown."""
        self._written = time.monotonic()
        parts = []
        if run is not None:
            parts.append(_progress(run, self.runner, shown))
            if shown:
                parts.append(self.numbers(shown))
            if run.error:
                halted = run.status == "halted"
                parts.append(self.remark(run.error) if halted else alert(run.error))
        parts += [self.remark(note) for note in self.notes]
        self.words.text = "".join(parts)

    def numbers(self, shown: Sequence[Frame]) -> str:
        """HTML of the numbers of the last of these frames."""
        return _numbers(shown[-1], self.chapter)

    def remark(self, sentence: str) -> str:
        """HTML of a note, which is read aloud."""
        return f'<div class="note" role="status">{escape(sentence)}</div>'


def _progress(run: Run, runner: Runner, shown: Sequence[Frame]) -> str:
    step, steps, stage, remark = 0, run.settings.steps, "", ""
    if run.frames:
        last = shown[-1] if run.status == "done" and shown else run.frames[-1]
        step, steps = last.step, last.steps
        stage, remark = parts_of(last.note)
    company = _company(run, runner) if run.status == "training" else ""
    # there is room for two lines, and a third would move the page
    at = f"Step {step} of {steps}{company}" if company else f"{stage}: step {step} of {steps}"
    doing = at if run.frames else f"{_loading(run.settings)}{company}"
    replayed = 0 < len(shown) < len(run.frames)
    queue = place_in_queue(run, runner) if run.status == "waiting" else ""
    words = {
        "waiting": queue,
        "training": doing,
        "halted": f"Paused at step {step} of {steps}",
        "done": f"Replay: step {step} of {steps}" if replayed else f"Done: {steps} steps",
        "failed": f"Failed after step {step}",
        "abandoned": f"Stopped at step {step} of {steps}",
    }[run.status]
    words += f". {remark}" if remark and run.status in ("training", "done") else ""
    return (
        f'<progress value="{step}" max="{steps}" aria-label="Training"></progress>'
        f"<div>{escape(words)}</div>"
    )


def parts_of(note: str) -> tuple[str, str]:
    """A frame's note as what the run is doing, and a remark on what it was given, which a reader
    shall see when it is done, too."""
    stage, _, remark = note.partition(". ")
    return (stage[:1].upper() + stage[1:]) or "Training", remark


def _loading(settings: Settings) -> str:
    """What a run does before its first frame, which may take a while."""
    sets = settings.knobs()["data"].sets or data.entries
    titles = {entry.name: entry.title for entry in sets()}
    shown = titles.get(settings.data, settings.data) if settings.matters("data") else "the data"
    return f"Loading {shown}"


def _company(run: Run, runner: Runner) -> str:
    """Why it goes slower than it would alone."""
    others = runner.in_turn_with(run)
    return f", in turn with {others} other run{'s' * (others > 1)}" if others else ""


def place_in_queue(run: Run, runner: Runner) -> str:
    """Where a waiting run stands, and for how long."""
    if runner.paused:
        return "The instructor has paused training; this run starts when training resumes."
    before, seconds = runner.waiting_before(run), runner.seconds_before(run)
    about = "" if not seconds else f", about {max(1, round(seconds))} s"
    return (
        f"Waiting: {before} before you{about}." if before else f"Waiting for a free place{about}."
    )


def _numbers(frame: Frame, chapter: Chapter) -> str:
    numbers = {name: chapter.quantity(name) for name in frame.scalars if name in chapter.reading}
    items = [
        f'<span title="{escape(chapter.reading[name])}">{escape(quantity.label)} '
        f"<b>{escape(quantity.write(frame.scalars[name]))}</b></span>"
        for name, quantity in numbers.items()
    ]
    return f'<div class="numbers">{"".join(items)}</div>'
