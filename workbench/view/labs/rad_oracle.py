"""Be the oracle: the samples that RAD doubts are yours to name, within the budget."""

import numpy as np
import panel as pn
import panel_material_ui as pmui

from workbench.chapters.rad import knobs as rad_knobs
from workbench.chapters.rad import lesson, pictures
from workbench.chapters.rad.walk import Walk, with_perfect_oracle
from workbench.core.pictures import Images, Picture, Table
from workbench.data import DataError, tables
from workbench.view.labs import Said
from workbench.view.labs.rad_stepper import accuracies
from workbench.view.page.cards import Cards

TITLE = "Be the oracle"


INTRODUCTION = (
    "RAD Active Learning asks you. In each batch it puts before you the samples on whose class the "
    "label, L and C cannot agree; name what you see. At the end your run stands beside that of a "
    "perfect oracle and that of nobody to ask."
)
BATCHES, BUDGET, NEIGHBOURS = 6, 3, 7
LARGE = 180  # pixels that the longer side of the sample in question takes


STREAMS = {
    "Handwritten digits": {"stream": "pictures", "data": "digits"},
    "Faces of 20 people": {"stream": "faces"},
    "IoT attacks (simulated)": {"stream": "iot", "initial": 200},
}


def streams() -> dict[str, dict]:
    """The streams that are there, by title."""
    here = ("pictures", *tables.names())
    return {title: knobs for title, knobs in STREAMS.items() if knobs["stream"] in here}


class Oracle:
    """A walk that waits for the reader. Nothing runs while they think."""

    def __init__(self, dark: bool = False):
        self.cards = Cards(dark)
        self.said = Said()
        self.choice = pmui.Select(
            label="Stream", options=list(streams()), size="small", value=next(iter(streams()))
        )
        self.choice.param.watch(lambda _: self.begin(), "value")
        self.again = pmui.Button(
            label="Begin again", variant="outlined", on_click=lambda _: self.begin()
        )
        self.skip = pmui.Button(
            label="Skip this batch", variant="outlined", on_click=lambda _: self.reply(None)
        )
        self.answers = pn.FlexBox(sizing_mode="stretch_width")
        self.view = pn.Column(
            pn.Row(self.choice, self.again),
            self.said,
            self.answers,
            self.cards.pane,
            sizing_mode="stretch_width",
        )
        self.begin()

    def begin(self) -> None:
        """A new stream, up to its first question."""
        knobs = streams()[self.choice.value] | {"noise": 0.4, "budget": BUDGET, "look": "active"}
        self.settings = rad_knobs.Settings(**knobs)
        try:
            self.data, self.walk = lesson.walk(self.settings, BATCHES)
        except DataError as error:
            self.said.say(str(error), role="alert")
            return
        self.answers.objects = [self._button(k) for k in range(len(self.data.classes))] + [
            self.skip
        ]
        self.walk.to_question()
        self._show()

    def _button(self, k: int) -> pmui.Button:
        return pmui.Button(
            label=self.data.classes[k], size="small", on_click=lambda _: self.reply(k)
        )

    def reply(self, label: int | None) -> None:
        """The reader names the class of the sample that is shown, or skips what is left of the
        batch."""
        if self.walk.done or not self.walk.pending:
            return
        if label is None:
            self.walk.skip()
        else:
            self.walk.answer(label)
        self.walk.to_question()
        self._show()

    def _show(self) -> None:
        done = self.walk.done
        for button in self.answers:
            button.disabled = done
        self.said.say(verdict(self.walk) if done else asks(self.walk))
        self.cards.show(
            ending(self.settings, self.walk) if done else question(self.data, self.walk)
        )


def asks(walk: Walk) -> str:
    """The open question in words."""
    row, name = walk.pending[0], walk.course.classes
    said = f"It came as {name[walk.batch.given[row]]}; L says {name[walk.said_l[row]]}, C says "
    left = len(walk.pending)
    return (
        f"Batch {walk.step} of {BATCHES}: which class is the sample below? {said}"
        f"{name[walk.said_c[row]]}. {left} question{'s' * (left > 1)} left in this batch."
    )


def question(data: tables.TableSet, walk: Walk) -> dict[str, Picture]:
    """The sample in question, and those it is most like among what RAD believes."""
    row, batch, one = walk.pending[0], walk.batch, walk.learner
    near = np.argsort(((one.x - batch.x[row]) ** 2).sum(1), kind="stable")[:NEIGHBOURS]
    asked, like = (
        pictures.drawn(data, x, rows)[None]
        for x, rows in ((batch.x[[row]], batch.rows[[row]]), (one.x[near], one.rows[near]))
    )
    zoom = max(1, LARGE // max(data.shape))
    return {
        "question": Images(
            "Which class is it?",
            asked.repeat(zoom, 2).repeat(zoom, 3),
            caption="The sample in question. "
            + (
                ""
                if data.seen_train is not None
                else "A row "
                "for each window or group of features, bright where they are above the usual."
            ),
        ),
        "neighbours": Images(
            "What it is like",
            like,
            columns=tuple(data.classes[y] for y in one.y[near]),
            caption="The nearest samples among those that RAD believes, with their classes.",
        ),
        "accuracy": accuracies({"so far": walk.accuracies}),
    }


def verdict(walk: Walk) -> str:
    """How the reader did, in one sentence."""
    count = len(walk.answers)
    right = sum(said == true for said, true in walk.answers)
    return f"Done. You answered {count} question{'s' * (count != 1)}, {right} of them rightly."


def ending(settings: rad_knobs.Settings, walk: Walk) -> dict[str, Picture]:
    """The reader's run beside a perfect oracle's and that of nobody to ask."""
    paths = {"you": walk.accuracies}
    for name, budget in (("perfect oracle", BUDGET), ("nobody asked", 0)):
        other = settings.replace(budget=budget)
        paths[name] = with_perfect_oracle(lesson.learner("active", other, walk.course), walk.course)
    name = walk.course.classes
    rows = tuple(
        (name[said], name[true], "right" if said == true else "wrong")
        for said, true in walk.answers
    )
    share = f"{walk.oracle_accuracy:.0%}" if rows else "none given"
    return {
        "accuracy": accuracies(paths),
        "answers": Table(
            "Your answers",
            ("you said", "it is", "verdict"),
            rows,
            caption=f"Your accuracy as an oracle: {share}.",
        ),
    }


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The page's content, for one reader."""
    return Oracle(dark).view
