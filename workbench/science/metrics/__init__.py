"""Numbers that judge a representation, once a model is trained. NumPy in, NumPy out.

Notation: ``codes [n, J]`` floats (the mean ``mu`` of ``q(z|x)``, one row an image) and
``factors [n, K]`` integers (how the image was made). Definitions follow Google's
disentanglement_lib, the code behind Locatello et al. 2019; where we differ, the docstring says
so. It draws fresh images without end, while these functions work on the n points at hand, which
should be a random sample of (or the whole of) a grid on which the factors vary independently.

``seed`` is an integer or a ``numpy.random.Generator``; the same integer gives the same number.
"""

from workbench.science.metrics.calibration import calibration_error, reliability
from workbench.science.metrics.clustering import (
    adjusted_rand_index,
    clustering_accuracy,
    contingency,
    matching,
    normalised_mutual_information,
)
from workbench.science.metrics.disentanglement import DCI, dci, dci_from_importance, sap
from workbench.science.metrics.fixed_factor import beta_vae_score, factor_vae_score, partners
from workbench.science.metrics.generation import frechet_distance, neighbour_precision_recall
from workbench.science.metrics.information import (
    active_dims,
    discretise,
    mig,
    mig_per_factor,
    mutual_information,
)
from workbench.science.metrics.ranking import auc, auc_within, average_precision, precision_recall
from workbench.science.metrics.retrieval import (
    Ball,
    bits_entropy,
    hamming,
    hamming_ball,
    precision_at_k,
    precision_curve,
)

__all__ = [
    "DCI",
    "Ball",
    "active_dims",
    "adjusted_rand_index",
    "auc",
    "auc_within",
    "average_precision",
    "beta_vae_score",
    "bits_entropy",
    "calibration_error",
    "clustering_accuracy",
    "contingency",
    "dci",
    "dci_from_importance",
    "discretise",
    "factor_vae_score",
    "frechet_distance",
    "hamming",
    "hamming_ball",
    "matching",
    "mig",
    "mig_per_factor",
    "mutual_information",
    "neighbour_precision_recall",
    "normalised_mutual_information",
    "partners",
    "precision_at_k",
    "precision_curve",
    "precision_recall",
    "reliability",
    "sap",
]
