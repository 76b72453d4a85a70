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

from workbench.chapters.rad.estimators import Estimator, probabilities
from workbench.chapters.rad.stream import Batch


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
