r"""Labels without labelling: what functions vote for, and how far to believe each of them.

m labelling functions vote on n items, or abstain: votes [n, m], classes 0 .. k-1, SILENT. If they
err independently of each other, and function j is right with probability :math:`a_j`, then

.. math:: P(y | \lambda_1 .. \lambda_m) \propto \prod_{j votes}
    a_j^{[\lambda_j = y]} \left(\frac{1 - a_j}{k - 1}\right)^{[\lambda_j \ne y]}.

Nobody knows :math:`a_j`. EM finds it from agreement alone: believe some accuracies, see how
probable each class is (E), count how often each function is right if that is so (M), and again.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling import label_models
from workbench.chapters.labelling.evaluate import SILENT
from workbench.chapters.labelling.items import Course
from workbench.chapters.labelling.knobs import Settings
from workbench.chapters.labelling.label_models import expected_accuracies, posterior

BEGIN, BELIEVED = 0.7, 0.75  # accuracies at the start, and before any vote


class Belief(NamedTuple):
    """What a label model says: the probability of each class for each item, posterior [n, k], and
    how often it thinks each function is right, accuracies [m]."""

    posterior: NDArray
    accuracies: NDArray


def fit(
    runs: Sequence[Settings],
    data: Course,
    device: str = "cpu",
    e_step=posterior,
    m_step=expected_accuracies,
) -> Iterator[tuple[int, dict[str, Belief]]]:
    """Yields (round, beliefs by label model) after every round of EM. No label is looked at."""
    (run,) = runs
    k, votes = len(data.classes), data.votes
    voted = (votes != SILENT).any(1)
    fixed = {"majority": by_majority(votes, k), "triplet": by_triplets(votes, k)}
    accuracies = np.full(votes.shape[1], BEGIN)
    q = fixed["majority"].posterior  # Dawid & Skene begin with the vote
    for step in range(1, run.steps + 1):
        p = e_step(votes, accuracies, k)
        accuracies = m_step(votes, p, run.prior, BELIEVED)
        em = Belief(e_step(votes, accuracies, k), accuracies)
        confusion, classes = label_models.confusions(votes[voted], q[voted])
        q = label_models.posterior_of_confusions(votes, confusion, classes)
        conditional = Belief(q, expected_accuracies(votes, q, 0.0, BELIEVED))
        yield step, fixed | {"em": em, "confusion": conditional}


def by_majority(votes: NDArray, k: int) -> Belief:
    """Every function counts alike."""
    q = label_models.majority(votes, k)
    return Belief(q, expected_accuracies(votes, q, 0.0, BELIEVED))


def by_triplets(votes: NDArray, k: int) -> Belief:
    """Accuracies in closed form, from how often functions agree."""
    accuracies = label_models.triplet(votes, k)
    return Belief(posterior(votes, accuracies, k), accuracies)
