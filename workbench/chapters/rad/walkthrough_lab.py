"""A stream gone through by hand, stage by stage: what both labs of RAD are made of."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.lesson import RULES, Learner, make_learner
from workbench.chapters.rad.stream import Batch, Course, open_stream
from workbench.chapters.rad.verdict import Verdict, answer, share
from workbench.core.pictures import Curves, Line
from workbench.data.tables import TableSet

STAGES = ("batch", "judge", "vote", "ask", "retrain")


class Walkthrough:
    """One learner and its stream, with a person for the expert.

    `advance` does one stage: a batch arrives, L judges its labels, C votes, the expert is asked,
    the models are trained anew. In "ask" it waits for `answer` or `skip`.

    accuracies: after the clean batch, then after each batch; answers: (the person's class, the
    true one) each; pending: the rows of the batch that wait for an answer.
    """

    def __init__(self, learner: Learner, course: Course):
        self.learner = learner
        self.course = course
        self.step = 0
        self.stage = "retrain"
        self.accuracies = [self._accuracy()]
        self.answers: list[tuple[int, int]] = []
        self.pending: list[int] = []
        self.batch: Batch | None = None
        self._forget_batch()

    def _forget_batch(self) -> None:
        self.verdict: Verdict | None = None
        self.predicted_l: NDArray | None = None
        self.predicted_c: NDArray | None = None

    @property
    def done(self) -> bool:
        """Whether the last batch has been learnt."""
        return self.step == len(self.course.batches) - 1 and self.stage == "retrain"

    def advance(self) -> None:
        """Does the next stage. Raises ValueError while questions are open and after the end."""
        if self.pending:
            raise ValueError(f"{len(self.pending)} questions are open: answer or skip them.")
        if self.done:
            raise ValueError("The stream has ended.")
        self.stage = STAGES[(STAGES.index(self.stage) + 1) % len(STAGES)]
        getattr(self, f"_{self.stage}")()

    def to_question(self) -> None:
        """Goes on until a question is open or the stream has ended."""
        while not self.pending and not self.done:
            self.advance()

    def answer(self, label: int) -> None:
        """The person says that the first open question is of this class."""
        if not self.pending:
            raise ValueError("No question is open.")
        row = self.pending.pop(0)
        self.verdict = answer(self.verdict, [row], np.array([label]))
        self.answers.append((int(label), int(self.batch.truth[row])))

    def answer_rightly(self) -> None:
        """The person knows the true class of every open question."""
        for row in list(self.pending):
            self.answer(self.batch.truth[row])

    def skip(self) -> None:
        """Leaves the open questions of this batch unanswered: the samples are dropped."""
        self.pending = []

    @property
    def oracle_accuracy(self) -> float:
        """Share of the answers that were right; 1 before the first."""
        return share(np.array([given == true for given, true in self.answers]))

    def _batch(self) -> None:
        self.step += 1
        self.batch = self.course.batches[self.step]
        self._forget_batch()

    def _judge(self) -> None:
        if self.learner.models.L is not None:
            self.predicted_l = self.learner.models.L.predict(self.batch.x)

    def _vote(self) -> None:
        self.predicted_c = self.learner.models.C.predict(self.batch.x)
        self.verdict = self.learner.judge(self.batch)

    def _ask(self) -> None:
        self.pending = self.learner.choose_questions(self.verdict).tolist()

    def _retrain(self) -> None:
        self.learner.learn(self.batch, self.verdict)
        self.accuracies.append(self._accuracy())

    def _accuracy(self) -> float:
        return self.learner.accuracy(self.course.x_test, self.course.y_test)


def begin(settings: Settings, batches: int) -> tuple[TableSet, Walkthrough]:
    """The data, and the first `batches` of the stream to go through by hand.

    The rule is the one that `look` names. Raises data.DataError.
    """
    data, course = open_stream(settings)
    course = course._replace(batches=course.batches[: batches + 1])
    return data, Walkthrough(make_learner(RULES[settings.look], settings, course), course)


def with_perfect_oracle(learner: Learner, course: Course) -> list[float]:
    """The accuracies of a Walkthrough whose every question is answered rightly."""
    walkthrough = Walkthrough(learner, course)
    while not walkthrough.done:
        walkthrough.to_question()
        walkthrough.answer_rightly()
    return walkthrough.accuracies


def accuracies(paths: dict[str, list[float]]) -> Curves:
    """The accuracy on clean test data after each batch, a line for each path."""
    lines = (
        Line(name, np.arange(len(path), dtype=float), np.array(path), style)
        for (name, path), style in zip(paths.items(), ("solid", "dashed", "dashed"), strict=False)
    )
    return Curves(
        "Accuracy on clean test data",
        tuple(lines),
        "batches learnt",
        "accuracy",
        caption="After the clean batch (0) and after each batch.",
    )
