"""The reader is the oracle: a page with a button for each answer, for every chapter that asks.

What differs between chapters is a `Task`. Its machine has `press(key, seconds)`, which is an answer
or one of the other buttons, and its state has:

    chosen, seed      what is played: the values of the boxes, and which of the task's variants
    answers, others   (label, key) of each button
    keys              those that do something now
    first, sentence   the text, its beginning in bold; `alert` is shown instead of it
    pictures          what is shown
    answered, text    whether there are answers, and where they are remembered, all that was played

Nothing runs while the reader thinks.
"""

import time
from types import SimpleNamespace
from typing import NamedTuple

import panel as pn

from workbench.view.labs import Machine
from workbench.view.labs.memory import Memory
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import BUTTON, Sentence, button, menu

ANSWER = """
:host .bk-btn.bk-btn.bk-btn-default { border-color: var(--wb-accent, #0072B2); font-weight: 600; }
"""


class Task(NamedTuple):
    """What differs between the chapters.

    lab: the machine, made of the values of the boxes, a seed and a text to go on with; boxes: label
    and {title: value} each; again: label of the button that begins anew, with the next of `seeds`
    seeds; busy: the text while the machine computes; memory: the name under which the tab
    remembers the answers, "" where it does not and no keys are heard.
    """

    lab: str
    boxes: dict[str, dict[str, str]]
    again: str
    seeds: int = 1
    busy: str = ""
    memory: str = ""


class Oracle:
    """A task that waits for the reader's answers."""

    def __init__(self, task: Task, dark: bool = False):
        self.task = task
        self.cards = Cards(dark)
        self.sentence = Sentence(task.busy)
        self.state: SimpleNamespace | None = None
        self.boxes = [
            menu(label, options=options, value=next(iter(options.values())))
            for label, options in task.boxes.items()
        ]
        for box in self.boxes:
            box.param.watch(lambda _: self.choose(), "value")
        self.again = button(task.again, lambda _: self.begin((self.seed + 1) % task.seeds))
        self.answers = pn.FlexBox(sizing_mode="stretch_width")
        self.memory = Memory(task.memory, self.restore, self.press)
        self.view = pn.Column(
            pn.FlexBox(*self.boxes, self.again, align_items="end"),
            self.sentence,
            self.answers,
            self.cards.pane,
            *self.memory.view,
            sizing_mode="stretch_width",
        )
        self.seed = 0
        self.playing = self.chosen
        self.began = time.monotonic()
        self.machine = Machine(self, task.lab, *self.chosen, self.seed)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values of the boxes."""
        return tuple(box.value for box in self.boxes)

    def choose(self) -> None:
        """Begins anew, if the boxes show another task than the one that is played."""
        if self.playing not in (None, self.chosen):
            self.begin(self.seed)

    def begin(self, seed: int, *text: str) -> None:
        """Begins the task that the boxes show, or goes on with the one that a text holds."""
        self.seed = seed
        self.playing = self.chosen
        self.began = time.monotonic()
        self._say_busy()
        self.machine.begin(*self.chosen, seed, *text)

    def restore(self, text: str) -> None:
        """Goes on with what the page remembers, unless something has been answered already."""
        if not self.machine.calls and not (self.state and self.state.answered):
            self.begin(self.seed, text)

    def press(self, key: str) -> None:
        """One key, or the button that stands for it. A key that does nothing is not heard."""
        keys = self.state.keys if self.state else ()
        if not self.machine.busy and key not in keys:
            return
        seconds = time.monotonic() - self.began
        self._say_busy()
        self.machine.call("press", key, seconds)

    def _say_busy(self) -> None:
        if self.task.busy:
            self.sentence.say(self.task.busy)

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the machine."""
        self.state = state
        self.seed = state.seed
        self.playing = None  # while the boxes follow, they choose nothing
        for box, value in zip(self.boxes, state.chosen, strict=True):
            box.value = value
        self.playing = state.chosen
        self._lay_buttons(state)
        if state.alert:
            self.sentence.say(state.alert, role="alert")
        else:
            self.sentence.say(state.sentence, first=state.first)
        if state.answered or self.memory.used:
            self.memory.keep(state.text)
        self.cards.show(state.pictures)

    def _lay_buttons(self, state: SimpleNamespace) -> None:
        pairs = state.answers + state.others
        if [each.label for each in self.answers] != [label for label, _ in pairs]:
            self.answers.objects = [
                *(self._button(*pair, [BUTTON, ANSWER]) for pair in state.answers),
                *(self._button(*pair, [BUTTON]) for pair in state.others),
            ]
        for each, (_, key) in zip(self.answers, pairs, strict=True):
            each.disabled = key not in state.keys

    def _button(self, label: str, key: str, look: list[str]) -> pn.widgets.Button:
        return button(label, lambda _: self.press(key), stylesheets=look)
