"""The mathematics shared by the chapters: each formula once, in the symbols of its paper.

Shapes are ``[..., batch, features]``: any leading axes (one per run of a population, one per
sample) broadcast, and so do the knobs. A knob is a float, or a tensor such as ``[K, 1, 1]`` that
holds one value for each of K runs. Logarithms are natural, so information is in nats. Sums run
over features only; the mean over the batch is the caller's, because "sum over pixels, sum over
latents, mean over the batch" is what makes beta mean the same thing in every chapter.
"""

from workbench.science.formulas.adversarial import (
    critic_score,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    hinge_loss,
    jensen_shannon,
    optimal_discriminator,
    r1_penalty,
    wasserstein_loss,
)
from workbench.science.formulas.autoencoders import (
    explained_variance_ratio,
    pca,
    pca_code,
    pca_reconstruct,
    psnr,
    saturation,
    squared_error,
)
from workbench.science.formulas.bags import chance_positive
from workbench.science.formulas.knob import Knob
from workbench.science.formulas.labels import (
    bootstrap_hard,
    bootstrap_recon,
    bootstrap_soft,
    bootstrap_soft_detached,
    cross_entropy,
    multibox_hard,
    multibox_soft,
)
from workbench.science.formulas.mixtures import (
    log_responsibilities,
    mixture_log_joint,
    student_t,
    target_distribution,
    vade_elbo,
    vade_rate,
)
from workbench.science.formulas.queries import entropy, least_confidence, margin
from workbench.science.formulas.variational import (
    LOG_2PI,
    bernoulli_nll,
    capacity,
    gaussian_kl,
    gaussian_log_density,
    gaussian_nll,
    importance_bound,
    normalised_beta,
    reparameterise,
)

__all__ = [
    "Knob",
    "LOG_2PI",
    "bernoulli_nll",
    "bootstrap_hard",
    "bootstrap_recon",
    "bootstrap_soft",
    "bootstrap_soft_detached",
    "capacity",
    "chance_positive",
    "critic_score",
    "cross_entropy",
    "discriminator_loss",
    "entropy",
    "explained_variance_ratio",
    "gaussian_kl",
    "gaussian_log_density",
    "gaussian_nll",
    "generator_loss",
    "gradient_penalty",
    "hinge_loss",
    "importance_bound",
    "jensen_shannon",
    "least_confidence",
    "log_responsibilities",
    "margin",
    "mixture_log_joint",
    "multibox_hard",
    "multibox_soft",
    "normalised_beta",
    "optimal_discriminator",
    "pca",
    "pca_code",
    "pca_reconstruct",
    "psnr",
    "r1_penalty",
    "reparameterise",
    "saturation",
    "squared_error",
    "student_t",
    "target_distribution",
    "vade_elbo",
    "vade_rate",
    "wasserstein_loss",
]
