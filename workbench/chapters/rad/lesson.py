r"""RAD (Zhao et al. 2019): which samples of a batch to believe, and the loop over the batches.

A stream begins with a clean batch and goes on with batches whose labels are partly wrong. A rule
judges a batch: which samples to keep, which to relabel, and which to ask an expert about. It is a
pure function of the batch and of two models, the label model L and the classifier C. A `Learner`
follows one rule: it grows the set :math:`D^*` of what it believes and trains its models on that.

RAD, Voting, Active Learning and Slim are those of DSN 2019 and arXiv 1911.04383.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad import estimators
from workbench.chapters.rad.estimators import Estimator
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.late import Expert, Post, join, wait
from workbench.chapters.rad.stream import Batch, Course
from workbench.chapters.rad.verdict import Verdict, answer, keep
from workbench.science import filters

Oracle = Callable[[Batch, NDArray], NDArray]  # (batch, rows [q]) -> the classes [q] of these rows


class Models(NamedTuple):
    """L, the label model (None for rules that have none), and C, the classifier."""

    L: Estimator | None
    C: Estimator


def no_sel(batch: Batch, models: Models) -> Verdict:
    """Believe every label."""
    return keep(batch, np.ones(len(batch), bool))


def opt_sel(batch: Batch, models: Models) -> Verdict:
    """Keep what is right and drop what is wrong, as nobody can: the perfect filter."""
    return keep(batch, batch.given == batch.truth)


def full_clean(batch: Batch, models: Models) -> Verdict:
    """Believe nothing and ask about everything: the perfect filter and nothing lost."""
    return keep(batch, np.zeros(len(batch), bool))


def rad(batch: Batch, models: Models) -> Verdict:
    """Keep a sample when L would have given it the same label."""
    return keep(batch, filters.agrees(batch.given, models.L.predict(batch.x)))


def voting(batch: Batch, models: Models) -> Verdict:
    """Where L disagrees with the label, C decides.

    C sides with the label: keep it. C sides with L: keep the sample under their label. C says a
    third thing: drop it.
    """
    believed = filters.vote(batch.given, models.L.predict(batch.x), models.C.predict(batch.x))
    return keep(batch, believed.kept, believed.labels, believed.relabelled)


def slim(batch: Batch, models: Models) -> Verdict:
    """No L: keep a sample when C would have given it the same label."""
    return keep(batch, filters.agrees(batch.given, models.C.predict(batch.x)))


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


def tell_truth(batch: Batch, rows: NDArray) -> NDArray:
    """The perfect oracle: the true labels of these rows."""
    return batch.truth[rows]


class Learner:
    """Follows one rule: what it believes, and the models it has trained on that.

    x [m, d], y [m]: the set that it believes; truth [m] and rows [m], for measuring and drawing.
    make_l() and make_c() give new estimators: anything with `fit` and `predict`. One whose `fit`
    goes on from where it stood (`estimators.Mlp`) reuses what it has learnt.
    """

    def __init__(self, rule: Rule, make_l, make_c, initial: Batch, expert: Expert):
        self.rule = rule
        self.expert = expert
        self.post = Post(expert.delay)
        self.models = Models(make_l() if rule.has_l else None, make_c())
        self.x = initial.x
        self.y = initial.truth
        self.truth = initial.truth
        self.rows = initial.rows
        self.asked = 0
        self._fit()

    def meet(self, batch: Batch, oracle: Oracle = tell_truth) -> Verdict:
        """Judges, asks and learns: one batch from beginning to end."""
        verdict = self.judge(batch)
        rows = self.choose_questions(verdict)
        labels = oracle(batch, rows) if len(rows) else batch.given[rows]
        if self.expert.delay and self.rule.asks == "limited":
            verdict = wait(verdict, rows)
            self.learn(*join(batch, verdict, self.post.exchange(batch, rows, labels)))
        else:
            verdict = answer(verdict, rows, labels)
            self.learn(batch, verdict)
        return verdict

    def judge(self, batch: Batch) -> Verdict:
        """What the rule makes of the batch before anybody is asked."""
        return self.rule.judge(batch, self.models)

    def choose_questions(self, verdict: Verdict) -> NDArray:
        """The rows to ask about: the first doubtful ones, within the budget of a batch."""
        limit = {"none": 0, "limited": self.expert.budget, "all": None}[self.rule.asks]
        return verdict.doubtful[:limit]

    def learn(self, batch: Batch, verdict: Verdict) -> None:
        """Adds what was kept, under the labels of the verdict, and trains the models on all of it.

        Where nothing was kept nothing is trained.
        """
        kept = verdict.kept
        self.asked += len(verdict.asked)
        if kept.any():
            self.x = np.concatenate([self.x, batch.x[kept]])
            self.y = np.concatenate([self.y, verdict.labels[kept]])
            self.truth = np.concatenate([self.truth, batch.truth[kept]])
            self.rows = np.concatenate([self.rows, batch.rows[kept]])
            self._fit()

    def _fit(self) -> None:
        for model in self.models:
            if model is not None:
                model.fit(self.x, self.y)

    def accuracy(self, x: NDArray, y: NDArray) -> float:
        """Share of x [n, d] whose label y [n] C gives."""
        return float((self.models.C.predict(x) == y).mean())


def make_learner(rule: Rule, settings: Settings, course: Course) -> Learner:
    """A learner that follows the rule, after the first, clean batch."""
    make_l, make_c = (
        partial(estimators.make, name, len(course.classes), settings.seed)
        for name in (settings.label_model, settings.classifier)
    )
    expert = Expert(settings.budget, settings.delay)
    return Learner(rule, make_l, make_c, course.batches[0], expert)


def choose_rules(settings: Settings) -> list[str]:
    """The rules to train: RAD, those that are switched on, and the one that is looked at."""
    switched_on = {name for name in RULES if getattr(settings, name, False)}
    return [name for name in RULES if name in switched_on | {"rad", settings.look}]


def fit(
    runs: Sequence[Settings],
    data: Course,
    device: str = "cpu",
    rules: Mapping[str, Rule] = RULES,
    oracle: Oracle = tell_truth,
) -> Iterator[tuple[int, dict[str, Learner], dict[str, Verdict]]]:
    """Leads a learner for each rule along the stream, all of them over the same batches.

    Yields (step, learners, what each has made of the batch) after every batch. The models are small
    and mostly scikit-learn's, so all of it happens on the CPU.
    """
    (settings,) = runs
    names = choose_rules(settings)
    learners = {name: make_learner(rules[name], settings, data) for name in names}
    for step, batch in enumerate(data.batches[1:], 1):
        verdicts = {name: learner.meet(batch, oracle) for name, learner in learners.items()}
        yield step, learners, verdicts
