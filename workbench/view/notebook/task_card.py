"""The card of a task in a notebook: widgets where a front end can show them, words elsewhere."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from workbench.core.lesson import Curve, Direction, Pick, Range
from workbench.core.quantity import PERCENT
from workbench.core.settings import SettingsError
from workbench.results.attempts import find_task
from workbench.results.sentences import quantity_of
from workbench.view.notebook import questions
from workbench.view.notebook.stills import still
from workbench.view.page import prose

WIDE = {"width": "36em"}
LABEL = {"description_width": "9em"}


class TaskCard:
    """A task's question. In JupyterLab and VS Code it takes the guess and shows what came out.

    Without ipywidgets, and wherever only text is shown, it says which call takes the guess.
    """

    def __init__(self, task_id: str):
        self.task_id = task_id
        self.task = find_task(task_id)[1]
        self.quantity = quantity_of(*find_task(task_id))
        self.question = questions.question(task_id)

    def __repr__(self) -> str:
        return questions.plain([*self.question, questions.how_to_answer(self.task_id)])

    def _repr_markdown_(self) -> str:
        return "\n\n".join([*self.question, f"`{questions.how_to_answer(self.task_id)}`"])

    def _repr_mimebundle_(self, **_) -> Mapping[str, Any]:
        words = {"text/plain": repr(self), "text/markdown": self._repr_markdown_()}
        return (self.view._repr_mimebundle_() or {}) | words if self.view else words

    @cached_property
    def view(self):
        """The widgets; None without ipywidgets."""
        try:
            import ipywidgets
        except ImportError:
            return None
        return _View(ipywidgets, self).box


class _View:
    """The widgets of one card, and what its two buttons do."""

    def __init__(self, widgets, card: TaskCard):
        self.card = card
        self.marks = _marks(widgets, card)
        self.because = _numbers(widgets, "Because", len(card.task.reasons))
        self.commit = widgets.Button(description="Commit")
        self.skip = widgets.Button(description="Skip and see")
        self.commit.on_click(lambda _: self.answer(True))
        self.skip.on_click(lambda _: self.answer(False))
        self.below = widgets.HTML(layout=WIDE)
        reasons = [self.because] if card.task.reasons else []
        self.inputs = [*self.marks.values(), *reasons, self.commit, self.skip]
        question = widgets.HTML(prose.html("\n\n".join(card.question)), layout=WIDE)
        buttons = widgets.HBox([self.commit, self.skip])
        self.box = widgets.VBox([question, *self.marks.values(), *reasons, buttons, self.below])

    def answer(self, commits: bool) -> None:
        """Shows what five seeds say, once."""
        try:
            guess = questions.take(self.card.task_id, self._given()) if commits else None
            self._disable(True)
            self.below.value = prose.html("Five seeds are measured.")
            answer = questions.reveal(self.card.task_id, guess)
        except SettingsError as refused:
            self._disable(False)
            self.below.value = prose.html(str(refused))
            return
        trouble = questions.write_down(self.card.task_id, guess, answer)
        words = prose.html("\n\n".join([*answer.paragraphs, trouble]))
        self.below.value = words + still(answer.picture)._repr_svg_()

    def _disable(self, off: bool) -> None:
        for each in self.inputs:
            each.disabled = off

    def _given(self) -> dict[str, Any]:
        """What the widgets stand at, as the arguments of a call."""
        values = {name: mark.value for name, mark in self.marks.items()}
        if "range" in values:
            values["low"], values["high"] = values.pop("range")
        if isinstance(self.card.task.predict, Curve):
            values = {"curve": list(values.values())}
        if self.card.task.reasons:
            values["because"] = self.because.value
        if None in values.values():
            raise SettingsError("Choose one of the answers first.")
        return values


def _marks(widgets, card: TaskCard) -> dict[str, Any]:
    """The widgets that take the guess, by name."""
    asked = card.task.predict
    scale = dict(layout=WIDE, style=LABEL, continuous_update=False)
    match asked:
        case Range():
            scale |= _ends(card, asked, asked.step)
            scale |= dict(value=(asked.low, asked.high), description="Five seeds lie in")
            return {"range": widgets.FloatRangeSlider(**scale)}
        case Curve():
            scale |= _ends(card, asked, (asked.high - asked.low) / 100)
            scale |= dict(value=asked.low)
            names = {place: f"{asked.knob or 'step'} {place:g}" for place in asked.at}
            return {
                place: widgets.FloatSlider(description=name, **scale)
                for place, name in names.items()
            }
        case Pick():
            return {"choice": _numbers(widgets, "Answer", len(asked.outcomes))}
        case Direction():
            return {"direction": _buttons(widgets, "It goes", questions.DIRECTIONS)}
    return {}


def _ends(card: TaskCard, asked: Range | Curve, step: float) -> dict[str, Any]:
    """Where a slider begins and ends, and how it writes its value."""
    written = ".0%" if card.quantity.unit == PERCENT else ".0f" if step >= 1 else ".2f"
    return dict(min=asked.low, max=asked.high, step=step, readout_format=written)


def _numbers(widgets, label: str, count: int):
    return _buttons(widgets, label, range(1, count + 1))


def _buttons(widgets, label: str, options: Sequence):
    """Buttons for these options, none of which is chosen yet."""
    pairs = [(str(option), option) for option in options]
    style = LABEL | {"button_width": "4em"}
    return widgets.ToggleButtons(options=pairs, value=None, description=label, style=style)
