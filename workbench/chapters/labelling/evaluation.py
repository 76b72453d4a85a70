"""What labels and classifiers are worth: measured with the hidden classes, learnt by nobody."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.classifier import Judge
from workbench.chapters.labelling.evaluate import SILENT
from workbench.chapters.labelling.items import Course, Part
from workbench.chapters.labelling.knobs import MODELS, Settings
from workbench.chapters.labelling.label_models import majority, posterior
from workbench.chapters.labelling.lesson import Belief

GOLD_COUNTS = (4, 10, 20, 50, 100, 200, 400, 800)
GOLD_DRAWS = 5


def accuracy(q: NDArray, truth: NDArray) -> float:
    """The share of items whose true class is the likeliest of q [n, k]; a tie counts its share."""
    best = q >= q.max(1, keepdims=True) - 1e-9
    return float((best[np.arange(len(q)), truth] / best.sum(1)).mean()) if len(q) else 0.0


class Counts(NamedTuple):
    """Of each function [m]: the share of items that it votes on (coverage), that another function
    votes on, too (overlap), and that another votes on differently (conflict)."""

    coverage: NDArray
    overlap: NDArray
    conflict: NDArray


def count(votes: NDArray) -> Counts:
    """Coverage, overlap and conflict of the votes [n, m]."""
    given = votes != SILENT
    others = given.sum(1, keepdims=True) - given
    same = (votes[:, :, None] == votes[:, None, :]) & given[:, :, None]
    differ = others - (same.sum(2) - given)
    return Counts(given.mean(0), (given & (others > 0)).mean(0), (given & (differ > 0)).mean(0))


def right_shares(votes: NDArray, truth: NDArray) -> NDArray:
    """How often each function is right where it votes, [m]; NaN where it never does."""
    given = votes != SILENT
    with np.errstate(all="ignore"):
        return (votes == truth[:, None]).sum(0) / given.sum(0)


class Measure:
    """Measures the label models of one run, and trains what learns their labels.

    A classifier whose labels have not changed since the last time is not trained again.
    """

    def __init__(self, run: Settings, course: Course):
        self.run = run
        self.course = course
        self.voted = np.flatnonzero((course.votes != SILENT).any(1))
        self.truth = course.train.truth[self.voted]
        self.true_accuracies = right_shares(course.votes, course.train.truth)
        self.judge = Judge(course) if run.items != "votes" else None
        self.ends: dict[str, tuple[bytes, float]] = {}
        self.gold = self.judge.learn_gold(int(run.gold), run.seed) if self.judge else 0.0

    def scalars(self, beliefs: dict[str, Belief]) -> dict[str, float]:
        """The numbers of a frame."""
        own = beliefs[self.run.model].posterior[self.voted]
        numbers = {
            "labels_right": accuracy(own, self.truth),
            **{f"{name}_right": self.labels_right(beliefs[name]) for name in MODELS},
            "one_class": self.largest_share(own),
            "true_class": float(np.bincount(self.truth).max(initial=0) / max(1, len(self.truth))),
            "covered": len(self.voted) / len(self.course.votes),
            "conflict": self.conflict(),
            **{f"{name}_error": self.error(beliefs[name]) for name in ("em", "triplet")},
        }
        if self.judge:
            numbers |= {
                "end": self.end(self.run.model, beliefs),
                "end_majority": self.end("majority", beliefs),
                "end_gold": self.gold,
                "functions_right": accuracy(
                    vote_on(self.course.test, beliefs, self.run.model, len(self.course.classes)),
                    self.course.test.truth,
                ),
            }
        return {name: float(value) for name, value in numbers.items()}

    def labels_right(self, belief: Belief) -> float:
        """The share of right labels among the items that a function covers."""
        return accuracy(belief.posterior[self.voted], self.truth)

    @staticmethod
    def largest_share(q: NDArray) -> float:
        """The share of items [n, k] that are called by the commonest name."""
        return float(np.bincount(q.argmax(1)).max(initial=0) / max(1, len(q)))

    def conflict(self) -> float:
        """The share of items on which two functions disagree."""
        votes = self.course.votes
        low = np.where(votes == SILENT, votes.max(initial=0), votes).min(1)
        return float((votes.max(1) > low).mean())

    def error(self, belief: Belief) -> float:
        """How far the accuracies that a model finds are from the true ones, on average."""
        apart = np.abs(belief.accuracies - self.true_accuracies)
        return float(np.nanmean(apart)) if np.isfinite(apart).any() else 0.0

    def end(self, name: str, beliefs: dict[str, Belief]) -> float:
        """The test accuracy of the classifier that learns the labels of this model."""
        q, hard = beliefs[name].posterior[self.voted], self.run.labels == "hard"
        mark = (q.argmax(1) if hard else q).tobytes()
        if name not in self.ends or self.ends[name][0] != mark:
            self.ends[name] = mark, self.judge.learn(q, self.voted, hard)
        return self.ends[name][1]

    def gold_curve(self) -> tuple[NDArray, NDArray]:
        """Numbers of gold labels [c], and test accuracies [GOLD_DRAWS, c] after learning them."""
        n = len(self.course.train.truth)
        counts = np.array([c for c in GOLD_COUNTS if c < n] + [n])
        draws = [100 * self.run.seed + draw for draw in range(GOLD_DRAWS)]
        return counts, np.array([[self.judge.learn_gold(c, d) for c in counts] for d in draws])


def vote_on(part: Part, beliefs: dict[str, Belief], model: str, k: int) -> NDArray:
    """What the functions alone say of the items of a part, weighted as the model finds: [n, k]."""
    if model == "majority":
        return majority(part.votes, k)
    return posterior(part.votes, beliefs[model].accuracies, k)


def worth(counts: NDArray, curve: NDArray, target: float) -> float:
    """How many gold labels reach the accuracy `target`: between the points of the curve [c] in
    proportion; the first number where fewer do, and infinity where none of them does."""
    above = np.flatnonzero(curve >= target)
    if not len(above):
        return float("inf")
    i = int(above[0])
    if i == 0:
        return float(counts[0])
    share = (target - curve[i - 1]) / (curve[i] - curve[i - 1])
    return float(counts[i - 1] + share * (counts[i] - counts[i - 1]))


def worth_in_words(labels: float, counts: NDArray) -> str:
    """The number of labels, as a sentence says it."""
    if not np.isfinite(labels):
        return f"more than {counts[-1]} labels"
    if labels <= counts[0]:
        return f"{counts[0]} labels or fewer"
    return f"about {labels:.0f} labels"


def range_in_words(labels: Sequence[float], counts: NDArray) -> str:
    """The least and the largest of these numbers of labels; one where they are alike."""
    low, high = (worth_in_words(end, counts) for end in (min(labels), max(labels)))
    return high if low == high else f"from {low.removesuffix(' labels')} to {high}"
