"""TODO."""

import numpy as np

from workbench.chapters.rad.rules import Learner, _share, answered
from workbench.chapters.rad.stream import Course

STAGES = ("batch", "judge", "vote", "ask", "retrain")


class Walk:
    """A stream gone through by hand, stage by stage, with a person for the expert.

    `advance` does one stage: a batch arrives, L judges its labels, C votes, the expert is asked,
    the models are trained anew. In "ask" it waits for `answer` or `skip`. It is a value that waits:
    no thread and no worker is held while somebody thinks.
    """

    def __init__(self, learner: Learner, course: Course):
        self.learner, self.course = learner, course
        self.step, self.stage = 0, "retrain"
        self.accuracies = [self._accuracy()]  # after the clean batch, then after each batch
        self.answers: list[tuple[int, int]] = []  # (the person's class, the true one)
        self.pending: list[int] = []  # rows of the batch that wait for an answer
        self.batch = self.verdict = self.said_l = self.said_c = None

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
        self.verdict = answered(self.verdict, [row], np.array([label]))
        self.answers.append((int(label), int(self.batch.truth[row])))

    def skip(self) -> None:
        """Leaves the open questions of this batch unanswered: the samples are dropped."""
        self.pending = []

    @property
    def oracle_accuracy(self) -> float:
        """Share of the answers that were right; 1 before the first."""
        return _share(np.array([said == true for said, true in self.answers]))

    def _batch(self) -> None:
        self.step += 1
        self.batch = self.course.batches[self.step]
        self.verdict = self.said_l = self.said_c = None

    def _judge(self) -> None:
        if self.learner.models.L is not None:
            self.said_l = self.learner.models.L.predict(self.batch.x)

    def _vote(self) -> None:
        self.said_c = self.learner.models.C.predict(self.batch.x)
        self.verdict = self.learner.judge(self.batch)

    def _ask(self) -> None:
        self.pending = self.learner.questions(self.verdict).tolist()

    def _retrain(self) -> None:
        self.learner.learn(self.batch, self.verdict)
        self.accuracies.append(self._accuracy())

    def _accuracy(self) -> float:
        return self.learner.accuracy(self.course.x_test, self.course.y_test)


def with_perfect_oracle(learner: Learner, course: Course) -> list[float]:
    """The accuracies of a `Walk` whose every question is answered rightly."""
    walk = Walk(learner, course)
    while not walk.done:
        walk.to_question()
        for row in list(walk.pending):
            walk.answer(walk.batch.truth[row])
    return walk.accuracies
