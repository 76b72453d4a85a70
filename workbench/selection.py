r"""Which samples of a batch to believe: RAD, its variants, and what they are compared with.

A stream begins with a clean batch and goes on with batches whose labels are partly wrong. A rule
looks at a batch and says what to keep, what to relabel and what it would ask an expert about; it
is a pure function of the batch and of two models, the label model L and the classifier C. A
`Learner` follows one rule: it keeps the set :math:`D^*` and refits its models when that has grown.

Rules: Zhao et al., DSN 2019 and arXiv 1911.04383 (RAD, Voting, Active Learning, Slim); the
ensemble: arXiv 2103.10824 (TDSC 2021).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.estimators import Estimator, probabilities

# --- the stream


class Noise(NamedTuple):
    """How many labels of a batch are wrong: a share drawn from N(level, sd) for every batch.

    With `relative`, sd is std * level; without, std itself. The paper's text says both "40 +/- 8"
    and "N(40, sqrt(80))" for a batch of 400, which do not agree with each other; its authors' code
    has sd = 0.2 of the batch, 80 samples (absolute).
    """

    level: float
    std: float = 0.2
    relative: bool = True

    def count(self, batch: int, rng: np.random.Generator) -> int:
        """How many of `batch` labels to make wrong: 0 .. batch."""
        share = rng.normal(self.level, self.std * (self.level if self.relative else 1))
        return int(np.clip(np.floor(share * batch + 1e-9), 0, batch))


def mislabel(y: NDArray, count: int, classes: int, rng: np.random.Generator) -> NDArray:
    """A copy of y [n] in which exactly `count` labels are wrong, never to themselves.

    The new label is any other class with equal odds. With the same rng a higher count damages the
    same samples in the same way, and some more.
    """
    rows = np.argsort(rng.random(len(y)), kind="stable")[:count]
    away = rng.integers(1, classes, len(y))
    noisy = y.copy()
    noisy[rows] = (y[rows] + away[rows]) % classes
    return noisy


@dataclass(frozen=True, eq=False)
class Batch:
    """What arrives at once: x [n, d] with the labels that came along [n], and the true ones [n].

    Only an oracle, Opt-Sel and those who measure may look at `truth`. `rows` [n] say which samples
    of the source they are.
    """

    x: NDArray
    given: NDArray
    truth: NDArray
    rows: NDArray

    def __len__(self) -> int:
        return len(self.given)


def stream(
    x: NDArray,
    y: NDArray,
    classes: int,
    initial: int,
    batch: int,
    count: int,
    noise: Noise,
    seed: int,
) -> list[Batch]:
    """A clean batch of `initial` samples, then `count` batches of `batch` with wrong labels.

    A source too short for that gives smaller batches (and at most a third of it for the clean
    one); one too short even for batches of one sample is gone through again. The order of the
    samples depends on the seed alone, so streams that differ in their noise can be compared.
    """
    order, damage = (np.random.default_rng([seed, purpose]) for purpose in (0, 1))
    line = order.permutation(len(x))
    initial = max(1, min(initial, len(x) // 3))
    batch = max(1, min(batch, (len(x) - initial) // count))
    rest = np.resize(line[initial:], batch * count).reshape(count, batch)
    batches = [Batch(x[line[:initial]], y[line[:initial]], y[line[:initial]], line[:initial])]
    for rows in rest:
        wrong = noise.count(batch, damage)
        batches.append(Batch(x[rows], mislabel(y[rows], wrong, classes, damage), y[rows], rows))
    return batches


class Course(NamedTuple):
    """A stream to learn from, its first batch clean, and clean data to be judged by."""

    batches: list[Batch]
    x_test: NDArray
    y_test: NDArray
    classes: tuple[str, ...]


# --- the rules


@dataclass(frozen=True, eq=False)
class Verdict:
    """What becomes of the n samples of a batch.

    labels [n] to learn with; kept [n] whether it is learnt; relabelled [n] whether it is kept under
    another label than it came with because the models agree; doubtful [k]: rows that an expert may
    be asked about, in the order of arrival; asked [q]: those that were.
    """

    labels: NDArray
    kept: NDArray
    relabelled: NDArray
    doubtful: NDArray
    asked: NDArray


def _verdict(batch: Batch, kept: NDArray, labels=None, relabelled=None) -> Verdict:
    return Verdict(
        labels=batch.given if labels is None else labels,
        kept=kept,
        relabelled=np.zeros(len(batch), bool) if relabelled is None else relabelled,
        doubtful=np.flatnonzero(~kept),
        asked=np.array([], int),
    )


class Models(NamedTuple):
    """L, the label model (None for rules that have none), and C, the classifier."""

    L: Estimator | None
    C: Estimator


def no_sel(batch: Batch, models: Models) -> Verdict:
    """Believe every label."""
    return _verdict(batch, np.ones(len(batch), bool))


def opt_sel(batch: Batch, models: Models) -> Verdict:
    """Keep what is right and drop what is wrong, as nobody can: the perfect filter."""
    return _verdict(batch, batch.given == batch.truth)


def full_clean(batch: Batch, models: Models) -> Verdict:
    """Believe nothing and ask about everything: the perfect filter and nothing lost."""
    return _verdict(batch, np.zeros(len(batch), bool))


def rad(batch: Batch, models: Models) -> Verdict:
    """Keep a sample when L would have given it the same label."""
    return _verdict(batch, models.L.predict(batch.x) == batch.given)


def voting(batch: Batch, models: Models) -> Verdict:
    """Where L disagrees with the label, C decides.

    C sides with the label: keep it. C sides with L: keep the sample under their label. C says a
    third thing: drop it.
    """
    said_l, said_c = models.L.predict(batch.x), models.C.predict(batch.x)
    uncertain = said_l != batch.given
    backed = uncertain & (said_c == batch.given)
    outvoted = uncertain & ~backed & (said_c == said_l)
    labels = np.where(outvoted, said_c, batch.given)
    return _verdict(batch, ~uncertain | backed | outvoted, labels, outvoted)


def slim(batch: Batch, models: Models) -> Verdict:
    """No L: keep a sample when C would have given it the same label."""
    return _verdict(batch, models.C.predict(batch.x) == batch.given)


@dataclass(frozen=True)
class Rule:
    """A rule by name: how it judges, whether it has an L, and what it may ask: none, a limited
    number of questions a batch, or all."""

    title: str
    judge: Callable[[Batch, Models], Verdict]
    has_l: bool = False
    asks: str = "none"


RULES: dict[str, Rule] = {
    "no_sel": Rule("No-Sel", no_sel),
    "opt_sel": Rule("Opt-Sel", opt_sel),
    "rad": Rule("RAD", rad, has_l=True),
    "voting": Rule("RAD Voting", voting, has_l=True),
    "active": Rule("RAD Active Learning", voting, has_l=True, asks="limited"),
    "slim": Rule("RAD Slim", slim, asks="limited"),
    "full_clean": Rule("Full-clean", full_clean, asks="all"),
}


def answered(verdict: Verdict, rows: NDArray, labels: NDArray) -> Verdict:
    """The verdict after an expert has named the classes `labels` [q] of the samples `rows` [q]."""
    rows = np.asarray(rows, int)
    new, kept = verdict.labels.copy(), verdict.kept.copy()
    new[rows], kept[rows] = labels, True
    asked = np.concatenate([verdict.asked, rows])
    doubtful = np.setdiff1d(verdict.doubtful, rows)
    return replace(verdict, labels=new, kept=kept, doubtful=doubtful, asked=asked)


def questions(rule: Rule, verdict: Verdict, budget: int) -> NDArray:
    """The rows that the rule asks about: the first doubtful ones, within the budget of a batch."""
    limit = {"none": 0, "limited": budget, "all": None}[rule.asks]
    return verdict.doubtful[:limit]


def truthful(batch: Batch, rows: NDArray) -> NDArray:
    """The perfect oracle: the true labels of these rows."""
    return batch.truth[rows]


# --- learning


class Learner:
    """One rule at work: the set it believes, and the models it has made of that.

    x [m, d], y [m]: what it believes; truth [m] and rows [m], for those who measure and draw.
    make_l() and make_c() give new estimators: anything with `fit` and `predict`. One whose `fit`
    goes on from where it stood (`estimators.Mlp`) reuses its work. Nothing is refitted when nothing
    was kept.
    """

    def __init__(self, rule: str, make_l, make_c, initial: Batch, budget: int):
        self.rule, self.budget = RULES[rule], budget
        self.models = Models(make_l() if self.rule.has_l else None, make_c())
        self.x, self.y, self.truth, self.rows = (
            initial.x,
            initial.truth,
            initial.truth,
            initial.rows,
        )
        self.asked = 0
        self._fit()

    def judge(self, batch: Batch) -> Verdict:
        """What the rule makes of the batch before anybody is asked."""
        return self.rule.judge(batch, self.models)

    def questions(self, verdict: Verdict) -> NDArray:
        """The rows to ask about."""
        return questions(self.rule, verdict, self.budget)

    def learn(self, batch: Batch, verdict: Verdict) -> None:
        """Adds what was kept, under the labels of the verdict, and refits the models."""
        kept = verdict.kept
        self.asked += len(verdict.asked)
        if kept.any():
            self.x = np.concatenate([self.x, batch.x[kept]])
            self.y = np.concatenate([self.y, verdict.labels[kept]])
            self.truth = np.concatenate([self.truth, batch.truth[kept]])
            self.rows = np.concatenate([self.rows, batch.rows[kept]])
            self._fit()

    def meet(self, batch: Batch, oracle=truthful) -> Verdict:
        """Judges, asks `oracle(batch, rows)` and learns: one batch from beginning to end."""
        verdict = self.judge(batch)
        rows = self.questions(verdict)
        if len(rows):
            verdict = answered(verdict, rows, oracle(batch, rows))
        self.learn(batch, verdict)
        return verdict

    def accuracy(self, x: NDArray, y: NDArray) -> float:
        """Share of x [n, d] whose label y [n] C gives."""
        return float((self.models.C.predict(x) == y).mean())

    def _fit(self) -> None:
        for model in self.models:
            if model is not None:
                model.fit(self.x, self.y)


def ensemble(models: Sequence[Estimator], x: NDArray, classes: int) -> NDArray:
    """The class [n] with the highest mean probability over the models.

    The TDSC abstract says that both models give the prediction; the exact rule was not to be
    had, so this is ours.
    """
    return np.mean([probabilities(model, x, classes) for model in models], 0).argmax(1)


class Quality(NamedTuple):
    """How good a choice of samples was, as shares; 1 where there was nothing to choose from."""

    kept: float  # of all samples
    purity: float  # of what was kept, learnt under its true label (precision)
    recall: float  # of the samples that came with their true label, kept


def quality(batch: Batch, verdict: Verdict) -> Quality:
    """What the verdict on this batch is worth."""
    right = verdict.labels == batch.truth
    clean = batch.given == batch.truth
    return Quality(
        float(verdict.kept.mean()),
        _share(right[verdict.kept]),
        _share(verdict.kept[clean]),
    )


def _share(hits: NDArray) -> float:
    return float(hits.mean()) if len(hits) else 1.0


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
