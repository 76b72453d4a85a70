"""A reader's own training loop in place of a chapter's: watched, and told what is wrong with it.

    play("beta-vae", fit=partial(lesson.fit, loss=mine))

Every fault becomes a FitError: one sentence that names the line of the reader's code and what was
expected. None of this runs for a chapter's own loop.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import CodeType
from typing import Any

from workbench.core.chapter import Chapter, Fit
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.errors import KNOWN, FitError
from workbench.running.own_code import OutOfTime, Watchdog, line_at_fault, line_in_words
from workbench.running.own_yields import (
    is_whole,
    kinds_of,
    name_of,
    name_of_kind,
    serve,
    shape_in_words,
)

STEP_SECONDS = 30.0  # between two yields
CALL = "fit(runs, data, device)"
END = object()


def train(
    chapter: Chapter, runs: Sequence[Settings], device: str, fit: Fit
) -> Iterator[list[Frame]]:
    """Trains with a reader's `fit` as the chapter trains with its own.

    Raises FitError: at once for what cannot be called, otherwise when the fault happens.
    """
    return _show(chapter, runs, device, Watched(chapter, runs[0], fit))


def _show(
    chapter: Chapter, runs: Sequence[Settings], device: str, watched: "Watched"
) -> Iterator[list[Frame]]:
    try:
        yield from chapter.train(runs, device, watched)
    except KNOWN:
        raise
    except Exception as error:
        if not watched.step:  # the chapter's own fault
            raise
        raise FitError(
            f"{watched.line}: what it yields at step {watched.step} cannot be shown "
            f"({_in_one_line(error)}); the pictures need {watched.expected}, as from lesson.fit."
        ) from error


class Watched:
    """A reader's fit, which a chapter calls like its own; everything that it yields is checked."""

    def __init__(self, chapter: Chapter, run: Settings, fit: Fit):
        if not callable(fit):
            raise FitError(f"fit must be a generator function, called as {CALL}, not {fit!r:.60}.")
        self.fit = fit
        self.steps = run.steps
        self.step = 0  # of the last yield
        self.kinds = kinds_of(chapter.fit(run))
        self.expected = f"({', '.join(['step', *map(name_of_kind, self.kinds)])})"
        self._code = _code(fit)
        self._line = 0 if self._code is None else self._code.co_firstlineno
        self._check_call()

    @property
    def line(self) -> str:
        """The line of the last yield, or of the definition before there was one, in words."""
        return "fit" if self._code is None else line_in_words(self._code, self._line)

    def __call__(self, runs: Sequence[Settings], data: Any, device: str) -> Iterator[tuple]:
        watchdog = Watchdog(STEP_SECONDS)
        try:
            yield from self._steps(runs, data, device, watchdog)
        finally:
            watchdog.close()

    def _steps(
        self, runs: Sequence[Settings], data: Any, device: str, watchdog: Watchdog
    ) -> Iterator[tuple]:
        generator = self._guard(watchdog, lambda: self.fit(runs, data, device))
        if not hasattr(generator, "__next__"):
            raise FitError(
                f"{self.line} must yield {self.expected} after every step, "
                f"and it returned {name_of(generator)}."
            )
        try:
            while (item := self._guard(watchdog, lambda: next(generator, END))) is not END:
                if (frame := getattr(generator, "gi_frame", None)) is not None:
                    self._code, self._line = frame.f_code, frame.f_lineno
                self._check(item)
                yield item
        finally:
            if hasattr(generator, "close"):
                generator.close()
        if self.step < self.steps:
            raise FitError(
                f"{self.line}: fit ended after step {self.step} of {self.steps}, "
                "and it must yield after every step."
            )

    def _check_call(self) -> None:
        try:
            inspect.signature(self.fit).bind("runs", "data", "device")
        except TypeError as error:
            raise FitError(f"{self.line} cannot be called as {CALL}: {error}.") from error
        except ValueError as error:  # it has no signature; or it is a partial with wrong arguments
            if error.__cause__ is not None:
                reason = error.__cause__
                raise FitError(f"{self.line} cannot be called as {CALL}: {reason}.") from error

    def _guard(self, watchdog: Watchdog, advance: Callable[[], Any]) -> Any:
        """Runs the reader's code up to its next yield."""
        try:
            with watchdog:
                return advance()
        except OutOfTime as error:
            raise FitError(
                f"{line_at_fault(error) or self.line}: {STEP_SECONDS:g} s went by without a yield, "
                f"and fit must yield {self.expected} after every step."
            ) from None
        except KNOWN:
            raise
        except Exception as error:
            raise FitError(
                f"{line_at_fault(error) or self.line} raised {_in_one_line(error)}."
            ) from error

    def _check(self, item: Any) -> None:
        """Compares what was yielded with what lesson.fit says that it yields."""
        if not isinstance(item, tuple) or not item or not is_whole(item[0]):
            raise FitError(f"{self.line} must yield {self.expected}, not {shape_in_words(item)}.")
        if self.kinds and not serve(item[1:], self.kinds):
            raise FitError(f"{self.line} must yield {self.expected}, not {shape_in_words(item)}.")
        due = self.step + 1
        if self.step == self.steps:
            raise FitError(f"{self.line}: fit goes on after step {self.steps}, which is the last.")
        if item[0] != due:
            raise FitError(
                f"{self.line}: step {item[0]} is yielded where step {due} is due; "
                f"the steps are 1, 2, 3 and so on to {self.steps}."
            )
        self.step = due


def _code(fit: Any) -> CodeType | None:
    """The code of the function that is called in the end, if it is written in Python."""
    while isinstance(fit, partial):
        fit = fit.func
    fit = inspect.unwrap(fit)
    if not hasattr(fit, "__code__"):  # an object that can be called
        fit = type(fit).__call__
    return getattr(fit, "__code__", None)


def _in_one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200].rstrip(". ")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
