"""The knobs of the clustering chapter."""

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base

COVARIANCES = ("spherical", "diagonal", "tied", "full")


class Settings(Base):
    """The knobs of the clustering methods."""

    data = knobs.data("The pictures to sort; labels only judge.")
    kind = param.Selector(
        default="vade",
        objects={"K-Means": "kmeans", "mixture (EM)": "mixture", "DEC": "dec", "VaDE": "vade"},
        label="Method",
        doc="K-Means, EM for a Gaussian mixture, deep embedded clustering, or a VAE with a "
        "mixture for its prior.",
    )
    features = param.Selector(
        default="autoencoder",
        objects={
            "pixels": "pixels",
            "principal components": "pca",
            "codes of an autoencoder": "autoencoder",
        },
        label="Points",
        doc="What K-Means and the mixture see of a picture. Of more than 256 pixels a mixture "
        "sees the first 64 principal components.",
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
        doc="Adam's step size in pre-training; clustering takes a tenth (DEC) or a third (VaDE).",
    )
    steps = knobs.steps(
        2000,
        [100, 200, 400, 800, 1500, 2000, 3000, 6000, 12000, 20000],
        doc="Mini-batches, or iterations of K-Means and EM, with those of the pre-training.",
    )
    seed = knobs.seed("the initial weights, the order of the data, the noise and the starts")

    relevant = {
        "features": lambda s: s.kind in ("kmeans", "mixture"),
        "covariance": lambda s: s.kind == "mixture",
        "ridge": lambda s: s.kind == "mixture",
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
        return self.kind in ("dec", "vade") or self.features == "autoencoder"

    @property
    def before(self) -> int:
        """Steps of pre-training."""
        return round(self.pretrain * self.steps) if self.deep else 0
