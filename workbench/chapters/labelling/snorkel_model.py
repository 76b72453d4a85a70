"""Snorkel's own label model, for whoever has installed it: a reference beside ours, not a part.

`pip install --no-deps snorkel munkres` is enough for it. It is no extra of ours, because all extras
are installed for the tests, and this one would bring a score of packages for one reference.
"""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.label_models import expected_accuracies
from workbench.chapters.labelling.lesson import BELIEVED, Belief

ROUNDS = 500


def installed() -> bool:
    """Whether snorkel can be imported here."""
    return find_spec("snorkel") is not None


def by_snorkel(votes: NDArray, k: int, seed: int) -> Belief:
    """What snorkel's LabelModel makes of the votes [n, m], with balanced classes given."""
    model = import_module("snorkel.labeling.model").LabelModel(cardinality=k, verbose=False)
    balance = [1 / k] * k
    model.fit(votes.astype(int), n_epochs=ROUNDS, seed=seed, class_balance=balance)
    q = np.asarray(model.predict_proba(votes.astype(int)))
    return Belief(q, expected_accuracies(votes, q, 0.0, BELIEVED))
