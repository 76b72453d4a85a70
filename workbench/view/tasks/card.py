"""The task card of a page: it takes the reader's answers and shows what five seeds say."""

from collections.abc import Iterable
from typing import Any

import panel as pn

from workbench.core.lesson import Task
from workbench.core.settings import Settings
from workbench.results import attempts
from workbench.results.kept import kept
from workbench.view.page.session import served, weak_method
from workbench.view.tasks import answers
from workbench.view.tasks.history import read_address
from workbench.view.tasks.mailbox import Mailbox, Refused
from workbench.view.tasks.measuring import Measuring, judge, knobs_of
from workbench.view.tasks.open_task import OpenTask, view

ACTIONS = ("open", "shut", "commit", "skip", "check", "hint", "solve", "go")


class TaskCard(Measuring):
    """The card of one page, whose board shows the runs that its tasks speak of.

    The page's messages are dictionaries: {"do": one of ACTIONS, "task": "silent", ...}.
    """

    def __init__(self, board):
        super().__init__(board.chapter, board.runner)
        self.board = board
        self.opened: dict[str, OpenTask] = {}  # on this page, by id, as the reader has left them
        self.held: Task | None = None  # on which the class votes: its answer has its time
        self._covered: tuple[str, ...] = ()  # by the open task
        self.mailbox = Mailbox(board.wire, weak_method(self.hear))
        board.status.numbers_covered = self.covers_numbers

    def covers_numbers(self, settings: Settings) -> bool:
        """Whether the numbers of a run with these settings would answer an open question."""
        open_task = self.open_task
        tasks = [open_task] if open_task is not None and open_task.stage == "predict" else []
        if self.held is not None:
            tasks.append(OpenTask(self.chapter, self.held, "predict"))
        return any(settings != task.known for task in tasks)

    def hold(self, task: Task | None) -> None:
        """Keeps the answer of the task on which the class votes from this page; None: no longer."""
        if task is self.held:
            return
        self.held = task
        answered = self.opened.pop(task.id, None) if task is not None else None
        if answered is not None and answered is self.open_task:
            self.leave_task()
            self.write()
        self.cover(self._covered)
        self.board.set_knobs(self.board.controls.settings)

    def cover(self, names: Iterable[str]) -> None:
        """Covers these pictures, and what the class must not see yet."""
        self._covered = tuple(names)
        self.board.gallery.cover((*self._covered, *(self.held.covered if self.held else ())))

    def hear(self, message: dict[str, Any]) -> None:
        """Does what the page's message asks for. Raises Refused, and then nothing has changed."""
        action = message.get("do")
        if action not in ACTIONS:
            raise Refused("This page asks for something that the server does not know.")
        getattr(self, f"_{action}")(message)
        self.write()

    def write(self) -> None:
        self.mailbox.write(card=view(self.open_task) if self.open_task else None)

    def start(self, task: Task, knobs: Settings | None = None) -> None:
        """Opens the task, with its own knobs unless a link brings those of an attempt.

        A goal stays as far as it was; a question is asked anew.
        """
        self.leave_seeds()
        stage = "try" if task.predict is None else "predict"
        known = self.opened.get(task.id) if stage == "try" else None
        opened = self.open_task = known or OpenTask(self.chapter, task, stage)
        self.opened[task.id] = opened
        opened.checking = None
        covered = task.covered if stage == "predict" else ()
        own = opened.known if stage == "predict" and opened.known else opened.preset
        self.show(opened, covered, knobs if knobs and stage == "try" else own)
        measured = kept(self.chapter.name).values(task.id)
        if measured is not None:
            opened.before = measured.before
        elif task.before is not None:
            self.measure([task.before])
        self.write()

    def show(self, opened: OpenTask, covered: Iterable[str], settings: Settings) -> None:
        """Shows the task's run: address, covers and knobs."""
        self.board.status.task = opened.task.id
        self.cover(covered)
        self.board.set_knobs(settings)

    def start_from_link(self, wanted: str, knobs: Settings | None) -> bool:
        """Opens the task of a link, with the link's knobs if it has any; whether there is one."""
        task = self._find(wanted)
        if task is not None and task is not self.held:  # which the page asks at its top
            self.start(task, knobs)
        return task is not None

    def _find(self, wanted: object) -> Task | None:
        tasks = self.chapter.teaching.tasks
        return next((each for each in tasks if each.id == wanted), None)

    def leave_task(self) -> None:
        """Shuts the open task; what it covered is shown."""
        self.close()
        self.board.status.task = ""
        self.cover(())

    # what a message asks for

    def _open(self, message: dict[str, Any]) -> None:
        task = self._find(message.get("task"))
        if task is None:
            raise Refused("There is no such task in this chapter.")
        if task is self.held:
            raise Refused("The class votes on this task: answer it at the top of the page.")
        self.start(task)

    def _shut(self, _message: dict[str, Any]) -> None:
        self.leave_task()
        self.board.set_knobs(self.board.controls.settings)

    def _commit(self, message: dict[str, Any]) -> None:
        task = self._current(message, "predict")
        assert task.task.predict is not None
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
        task.checking, task.ended, task.attempt, task.trouble = settings, 0, None, ""
        self.train([settings.replace(seed=seed) for seed in attempts.SEEDS])

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
        settings, wanted = read_address(self.chapter, message.get("query"))
        if self.held is not None and wanted == self.held.id:
            wanted = ""
        opened = self.open_task.task.id if self.open_task else ""
        answered = self.opened.get(wanted)
        if wanted != opened and answered is not None and answered.stage == "reveal":
            self.leave_seeds()
            self.open_task = answered
            self.show(answered, (), settings)
            self._measure_answered(answered)
            return
        if wanted != opened and self.start_from_link(wanted, settings):
            return
        if not wanted and opened:
            self.leave_task()
        self.board.set_knobs(settings)

    def _current(self, message: dict[str, Any], *stages: str) -> OpenTask:
        """The open task, if the message is about it and it stands at one of these stages."""
        task = self.open_task
        if task is None or message.get("task") != task.task.id:
            raise Refused("This task is not open. Open it first.")
        if task.stage not in stages:
            raise Refused("This task has been answered. Open it again to answer anew.")
        return task

    def _reveal(self, task: OpenTask) -> None:
        """Says what the seeds have measured, or has it measured; then shows the pictures."""
        task.stage = "reveal"
        self.leave_seeds()
        task.measured = kept(self.chapter.name).values(task.task.id)
        if task.measured is not None:
            task.values, task.before = task.measured.values, task.measured.before
            judge(task)
        self.write()
        if served():  # the verdict is on its way before a picture is drawn
            pn.state.curdoc.add_next_tick_callback(weak_method(self.show_answer))
        else:
            self.show_answer()

    def show_answer(self) -> None:
        """Shows the run that was asked for, without covers."""
        task = self.open_task
        if task is not None and task.stage == "reveal":
            self.board.set_knobs(task.preset)
            self.cover(())
            self._measure_answered(task)

    def _measure_answered(self, task: OpenTask) -> None:
        """Trains what is not kept, and was not measured before the reader went away."""
        if task.measured is None:
            self.measure(knobs_of(task.task))
