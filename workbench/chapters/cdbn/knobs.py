"""The knobs of the convolutional deep belief network. Nothing here loads a model."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base

LABELS = (50, 100)  # that a probe may see


class Settings(Base):
    """The knobs of the convolutional deep belief network."""

    data = knobs.data("The pictures, in grey; labels are for the probes alone.")
    block = Stops(
        2,
        [1, 2, 3, 4],
        label="Block size",
        doc="Side of a block of hidden units, of which at most one is on. 1: no pooling.",
    )
    sparsity = Stops(
        0.05,
        [0.0, 0.02, 0.05, 0.1, 0.2, 0.3],
        label="Sparsity target",
        doc="Share of hidden units that are to be on, on average; 0 is no target.",
    )
    lr = knobs.learning_rate(
        3.0,
        (0.1, 0.3, 1.0, 3.0, 10.0),
        doc="Step size. Gradients are means over all positions, so it is 3 and not the 0.1 of "
        "guides to training RBMs.",
    )
    second = param.Boolean(
        True,
        label="Second layer",
        doc="Train a second layer on the pooled first one, in the second half of the steps.",
    )
    fill = param.Boolean(
        False,
        label="Fill a hidden half",
        doc="Hide the right half of test pictures and let the layers fill it, from the top down.",
    )
    pictures = Stops(
        2000,
        [20, 50, 100, 200, 500, 1000, 2000, 5000, 60_000],
        label="Training pictures",
        doc="How many pictures it learns from, at most. Few are learnt by heart.",
    )
    half = param.Boolean(
        False,
        label="Halve the pictures",
        precedence=2,
        doc="Means of 2 x 2 pixels: a quarter of the time. MNIST becomes 14 x 14.",
    )
    filters = Stops(
        16,
        [4, 8, 16, 24, 40],
        label="Filters",
        precedence=2,
        doc="Filters of the first layer; the second has one and a half times as many.",
    )
    window = Stops(
        3,
        [2, 3, 5, 7, 9, 12],
        label="Width of a filter",
        precedence=2,
        doc="Pixels across a filter of the first layer; those of the second are 3 wide.",
    )
    chain = Stops(
        1,
        [1, 2, 3, 5, 10],
        label="Steps of the chain",
        precedence=2,
        doc="k of CD-k: how often pictures and hidden units are drawn in turns.",
    )
    drawn = param.Boolean(
        False,
        label="Draw the pixels",
        precedence=2,
        doc="Pixels in the chain are drawn as 0 or 1; else their probabilities go on, as grey.",
    )
    momentum = param.Number(
        0.5,
        bounds=(0, 0.9),
        step=0.1,
        label="Momentum",
        precedence=2,
        doc="Share of the step before that each step goes on with.",
    )
    steps = knobs.steps(400, [100, 200, 400, 800, 1600, 4000])
    seed = knobs.seed("the first weights, the order of the pictures and every sampled unit")
