"""The knobs of PCA by gradient."""

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base


class Settings(Base):
    """The knobs of PCA by gradient."""

    data = knobs.data("The pictures to describe, without labels.")
    axes = param.Integer(8, bounds=(1, 32), label="Axes", doc="How many numbers describe one.")
    lr = knobs.learning_rate(0.01)
    steps = knobs.steps(400, [50, 100, 200, 400, 800])
    seed = knobs.seed("the first axes and the order of the data")
