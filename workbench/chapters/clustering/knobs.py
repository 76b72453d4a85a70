"""The knobs of the clustering chapter."""

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base

COVARIANCES = ("spherical", "diagonal", "tied", "full")


def steps_or_never(value: float) -> str:
    """A number of steps as its slider writes it; 0 stands for never."""
    return knobs.short(value) if value else "never"


class Settings(Base):
    """The knobs of the clustering methods."""

    data = knobs.data("The pictures to sort; labels only judge.")
    kind = param.Selector(
        default="vade",
        objects={
            "K-Means": "kmeans",
            "mixture (EM)": "mixture",
            "DEC": "dec",
            "VaDE": "vade",
            "DAC": "dac",
        },
        label="Method",
        doc="K-Means, EM for a Gaussian mixture, deep embedded clustering, a VAE with a mixture "
        "for its prior, or an adversarial autoencoder with a mixture that is refitted.",
    )
    features = param.Selector(
        default="autoencoder",
        objects={
            "pixels": "pixels",
            "principal components": "pca",
            "codes of an autoencoder": "autoencoder",
            "codes of a VAE": "vae",
        },
        label="Points",
        doc="What K-Means and the mixture see of a picture. Of more than 256 pixels a mixture "
        "sees the first 64 principal components.",
    )
    beta = knobs.Stops(
        1.0,
        [0, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
        label="Price of the rate (beta)",
        doc="What a VAE pays for a nat of its code's rate: 0 is an autoencoder with noise, 1 the "
        "ELBO.",
    )
    proximity = param.Selector(
        default="euclid",
        objects={"distance (Euclid)": "euclid", "direction (cosine)": "cosine"},
        label="Proximity",
        doc="What is near: points at a small distance, or points in the same direction from the "
        "origin, however bright or long.",
    )
    covariance = param.Selector(
        default="diagonal",
        objects=list(COVARIANCES),
        label="Covariance",
        doc="Balls, axis-parallel ellipses, one ellipse for all, or any ellipse for each.",
    )
    clusters = param.Integer(
        10, bounds=(1, 30), label="Clusters K", doc="How many clusters to look for."
    )
    latent = param.Integer(
        10, bounds=(1, 32), label="Code size", doc="Numbers in the code or principal components."
    )
    pretrain = param.Number(
        0.5,
        bounds=(0, 0.9),
        step=0.1,
        label="Pre-training",
        doc="Share of the steps that train the autoencoder alone, before there are clusters.",
    )
    refit = knobs.Stops(
        20,
        [0, 10, 20, 40, 80, 200, 500],
        reads=steps_or_never,
        label="Refit the mixture",
        doc="Steps between two fits of DAC's mixture to its codes.",
    )
    adversary = knobs.Stops(
        10.0,
        [0, 0.3, 1, 3, 10, 30],
        label="Weight of the critic",
        doc="What DAC's encoder pays for a code that the critic tells from one of the mixture; "
        "at 0 the autoencoder goes on alone.",
    )
    restarts = param.Integer(
        5,
        bounds=(1, 20),
        label="Restarts",
        doc="Starts to choose from, never by labels: the lowest inertia wins, or with method "
        "mixture the highest likelihood.",
    )
    ridge = knobs.Stops(
        1e-3,
        [1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1],
        label="Least variance",
        precedence=2,
        doc="Added to every variance of a mixture: without it a component can shrink to a point.",
    )
    lr = knobs.learning_rate(
        0.003,
        [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
        doc="Adam's step size in pre-training; clustering takes a tenth (DEC) or 0.3 of it.",
    )
    steps = knobs.steps(
        2000,
        [100, 200, 400, 800, 1500, 2000, 3000, 6000, 12000, 20000],
        doc="Mini-batches, or iterations of K-Means and EM, with those of the pre-training.",
    )
    seed = knobs.seed("the initial weights, the order of the data, the noise and the starts")

    relevant = {
        "features": lambda s: s.kind in ("kmeans", "mixture"),
        "beta": lambda s: s.variational,
        "proximity": lambda s: s.kind == "kmeans",
        "covariance": lambda s: s.kind == "mixture",
        "ridge": lambda s: s.kind == "mixture",
        "refit": lambda s: s.kind == "dac",
        "adversary": lambda s: s.kind == "dac",
        "latent": lambda s: not s.on_pixels,
        "pretrain": lambda s: s.deep,
        "lr": lambda s: s.deep,
    }

    @property
    def on_pixels(self) -> bool:
        return self.kind in ("kmeans", "mixture") and self.features == "pixels"

    @property
    def deep(self) -> bool:
        """Whether a network is trained."""
        return self.kind in ("dec", "vade", "dac") or self.features in ("autoencoder", "vae")

    @property
    def variational(self) -> bool:
        """Whether pre-training is that of a variational autoencoder."""
        return self.kind in ("kmeans", "mixture") and self.features == "vae"

    @property
    def generative(self) -> bool:
        """Whether the method draws pictures of its clusters."""
        return self.kind in ("vade", "dac")

    @property
    def before(self) -> int:
        """Steps of pre-training."""
        return round(self.pretrain * self.steps) if self.deep else 0
