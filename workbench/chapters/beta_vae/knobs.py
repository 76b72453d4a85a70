"""The knobs of the beta-VAE."""

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base

SIGMA = 0.2  # standard deviation of a pixel under the Gaussian likelihood


class Settings(Base):
    """The knobs of the beta-VAE."""

    data = knobs.data("The pictures to learn from, without labels.")
    kind = param.Selector(
        default="beta",
        objects=["beta", "capacity"],
        label="Objective",
        doc="beta weighs the rate; capacity asks for a rate of C nats (Burgess et al. 2018).",
    )
    beta = knobs.Stops(
        1.0,
        [0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 14, 16],
        label="Beta",
        doc="Price of one nat of rate, in nats of distortion. 1 is the VAE.",
    )
    capacity = param.Number(
        10.0,
        bounds=(0, 40),
        step=1,
        label="Capacity C (nats)",
        doc="The rate asked for; it grows from 0 to C over the first 60 % of training.",
    )
    latent = param.Integer(
        10, bounds=(1, 32), label="Latents", doc="How many numbers the code has."
    )
    likelihood = param.Selector(
        default="bernoulli",
        objects=["bernoulli", "gaussian"],
        label="Pixels",
        doc=f"How a pixel is scored: as a coin, or as a Gaussian of sd {SIGMA:g}.",
    )
    gamma = knobs.Stops(
        30,
        [1, 3, 10, 30, 100, 300, 1000],
        label="Gamma",
        precedence=2,
        doc="How strictly the capacity form keeps to its rate.",
    )
    lr = knobs.learning_rate(0.003)
    steps = knobs.steps(1500, [100, 200, 400, 800, 1500, 3000, 6000, 12000, 20000])
    seed = knobs.seed()

    relevant = {
        "beta": lambda s: s.kind == "beta",
        "capacity": lambda s: s.kind == "capacity",
        "gamma": lambda s: s.kind == "capacity",
    }
