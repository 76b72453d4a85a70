"""The knobs of online learning, and the names of its learners. Nothing here loads a model."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base

LEARNERS = {  # what learns side by side, and its line among the accuracies
    "constant": "gradient, constant rate",
    "falling": "gradient, falling rate",
    "window": "class means, window",
    "everything": "class means, all items",
    "frozen": "frozen half-way",
    "filtered": "gradient behind RAD's filter",
}
DRIFTS = ("none", "labels shift", "labels shift slowly", "pictures turn")


class Settings(Base):
    """The knobs of online learning."""

    data = knobs.data("What arrives item by item: pictures, or a .csv of yours with labels.")
    drift = param.Selector(
        default="labels shift",
        objects=list(DRIFTS),
        label="Drift",
        doc="What changes half-way: every class gets another's label, at once or little by little "
        "over a third of the stream, or the pictures turn by 90 degrees.",
    )
    rate = Stops(
        5.0,
        [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0],
        label="Rate",
        doc="Step size of gradient descent; the falling rate is four times this over sqrt(t).",
    )
    window = Stops(
        300,
        [20, 50, 100, 200, 300, 500, 1000, 2000],
        label="Window",
        doc="How many of the latest items the class means remember.",
    )
    radius = Stops(
        20.0,
        [1.0, 2.0, 5.0, 10.0, 20.0, 50.0],
        label="Radius",
        precedence=2,
        doc="Of the ball in which the learner for the bound stays, and the best fixed weights.",
    )
    steps = knobs.steps(
        3000, [500, 1000, 2000, 3000, 5000, 10_000], label="Items", doc="Items that arrive."
    )
    seed = knobs.seed("the order of the items, and when a slow shift reaches each")
