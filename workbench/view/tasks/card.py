"""The task card of a chapter's page: it takes the reader's answers and shows what five seeds say."""

from collections.abc import Sequence
from typing import Any

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.lesson import Curve, Knobs, Task
from workbench.core.settings import Settings
from workbench.results import attempts
from workbench.results.kept import kept
from workbench.view.page.board import Board
from workbench.view.page.session import weak_method
from workbench.view.tasks import answers, history
from workbench.view.tasks.mailbox import Mailbox, Refused
from workbench.view.tasks.open_task import OpenTask, view
from workbench.view.tasks.seeds import SeedRuns

ACTIONS = ("open", "close", "commit", "skip", "check", "hint", "solve", "go")


class TaskCard:
    """One card; `board` shows the runs that its tasks speak of."""

    def __init__(self, board: Board):
        self.board = board
        self.chapter: Chapter = board.chapter
        self.mailbox = Mailbox(board.wire, weak_method(self.hear))
        self.open_task: OpenTask | None = None
        self.seeds: SeedRuns | None = None  # which the open task waits for
        board.status.numbers_covered = weak_method(self.covers_numbers)

    def covers_numbers(self, settings: Settings) -> bool:
        """Whether the numbers of a run with these settings would answer an open question."""
        task = self.open_task
        return task is not None and task.stage == "predict" and settings != task.known

    def hear(self, message: dict[str, Any]) -> None:
        """Does what the page's message asks for. Raises Refused, and then nothing has changed."""
        action = message.get("do")
        if action not in ACTIONS:
            raise Refused("This page asks for something that the server does not know.")
        getattr(self, f"_{action}")(message)
        self.write()

    def write(self) -> None:
        """Tells the page how the task stands."""
        self.mailbox.write(card=view(self.open_task) if self.open_task else None)

    # messages

    def _open(self, message: dict[str, Any]) -> None:
        self.start(self._task(message))

    def _task(self, message: dict[str, Any]) -> Task:
        for task in self.chapter.teaching.tasks:
            if task.id == message.get("task"):
                return task
        raise Refused("There is no such task in this chapter.")

    def start(self, task: Task, knobs: Settings | None = None) -> None:
        """Opens the task, with its own knobs unless a link brings those of an attempt."""
        self._leave()
        stage = "try" if task.predict is None else "predict"
        opened = self.open_task = OpenTask(self.chapter, task, stage)
        self.board.gallery.cover(task.covered if stage == "predict" else ())
        self.board.status.task = task.id
        own = opened.known if stage == "predict" and opened.known else opened.preset
        self.board.set_knobs(knobs if knobs and stage == "try" else own)
        measured = kept(self.chapter.name).values(task.id)
        if measured is not None:
            opened.before = measured.before
        elif task.before is not None:
            self._measure([task.before])
        self.write()

    def _close(self, _message: dict[str, Any]) -> None:
        self._leave()
        self.open_task = None
        self.board.gallery.cover(())
        self.board.status.task = ""
        self.board.refresh_link()

    def _current(self, message: dict[str, Any], *stages: str) -> OpenTask:
        """The open task, if the message is about it and it stands at one of these stages."""
        task = self.open_task
        if task is None or message.get("task") != task.task.id:
            raise Refused("This task is not open. Open it first.")
        if task.stage not in stages:
            raise Refused("This task has been answered. Open it again to answer anew.")
        return task

    def _commit(self, message: dict[str, Any]) -> None:
        task = self._current(message, "predict")
        given = answers.answer(task.task.predict, message.get("given"))
        task.reason = answers.reason(task.task, message.get("reason"))
        task.given = given
        self._reveal(task)

    def _skip(self, message: dict[str, Any]) -> None:
        self._reveal(self._current(message, "predict"))

    def _check(self, message: dict[str, Any]) -> None:
        task = self._current(message, "try", "reveal")
        if task.task.goal is None:
            raise Refused("This task asks for no attempt.")
        if task.checking is not None:
            raise Refused("The five seeds of this attempt still train.")
        settings = self.board.controls.settings
        if moved := attempts.moved_elsewhere(self.chapter, task.task, settings):
            raise Refused(moved)
        task.checking, task.attempt, task.trouble = settings, None, ""
        self._train([settings.replace(seed=seed) for seed in attempts.SEEDS])

    def _hint(self, message: dict[str, Any]) -> None:
        task = self._current(message, "try", "reveal")
        if task.task.goal is None or task.hints >= len(task.task.goal.hints):
            raise Refused("There is no further hint.")
        task.hints += 1

    def _solve(self, message: dict[str, Any]) -> None:
        task = self._current(message, "try", "reveal")
        if task.task.goal is None or task.hints < len(task.task.goal.hints):
            raise Refused("The solution is shown when all hints have been read.")
        task.gave_up = True

    def _go(self, message: dict[str, Any]) -> None:
        history.go(self, message.get("query"))

    # what five seeds say

    def _reveal(self, task: OpenTask) -> None:
        """Uncovers the pictures and the run, and asks for what the seeds have measured."""
        task.stage = "reveal"
        self._leave()
        self.board.gallery.cover(())
        self.board.set_knobs(task.preset)
        task.measured = kept(self.chapter.name).values(task.task.id)
        if task.measured is None:
            self._measure(knobs_of(task.task))
        else:
            task.values, task.before = task.measured.values, task.measured.before
            _judge(task)

    def _measure(self, knobs: Sequence[Knobs]) -> None:
        self._train([run for each in knobs for run in attempts.seeds_of(self.chapter, each)])

    def _train(self, settings: Sequence[Settings]) -> None:
        distinct = list(dict.fromkeys(settings))
        self.seeds = SeedRuns(self.chapter, self.board.runner, distinct, self._take_news)
        self.seeds.start()

    def _take_news(self) -> None:
        """Some of the runs have ended."""
        task, seeds = self.open_task, self.seeds
        if task is None or seeds is None:
            return
        if task.checking is not None:
            _take_attempt(task, seeds)
        elif task.stage == "predict":
            if seeds.complete:
                task.before = [task.task.of(each) for each in seeds.frames(seeds.settings)]
        else:
            _take_values(task, seeds)
        self.write()

    def _leave(self) -> None:
        if self.seeds is not None:
            self.seeds.close()
            self.seeds = None

    def close(self) -> None:
        """Leaves the runs that are waited for."""
        self._leave()
        self.open_task = None


def knobs_of(task: Task) -> list[Knobs]:
    """The knobs that have to be run to judge a prediction, the question's own first."""
    states = [task.preset] + ([task.before] if task.before is not None else [])
    if isinstance(task.predict, Curve) and task.predict.knob:
        states += [{**task.preset, task.predict.knob: place} for place in task.predict.at]
    return states


def _take_values(task: OpenTask, seeds: SeedRuns) -> None:
    """The seeds that have been measured so far, and the verdict when all are there."""
    own = attempts.seeds_of(task.chapter, task.task.preset)
    task.values = [task.task.of(frames) for frames in seeds.frames(own)]
    if not seeds.complete:
        return
    task.trouble = seeds.trouble
    if not task.trouble:

        def trained(_chapter: Chapter, runs: Sequence[Settings]) -> list[Sequence[Frame]]:
            return seeds.frames(runs)

        task.measured = attempts.train_task(task.task, task.chapter, trained)
        task.before = task.measured.before
        _judge(task)


def _judge(task: OpenTask) -> None:
    if task.given is not None and task.measured is not None:
        judge = attempts.judge_prediction
        task.verdict = judge(task.chapter, task.task, task.given, task.measured)


def _take_attempt(task: OpenTask, seeds: SeedRuns) -> None:
    """The runs of an attempt that have ended, and what it was worth when all have."""
    task.ended = sum(run.ended.is_set() for run in seeds.runs)
    if not seeds.complete:
        return
    settings, task.checking, task.trouble = task.checking, None, seeds.trouble
    if settings is not None and not task.trouble:
        frames = seeds.frames(seeds.settings)
        task.attempt = attempts.judge_attempt(task.chapter, task.task, settings, frames)
        task.tried = settings
        task.attempts += 1
        task.solved = task.solved or task.attempt.passed
