"""The knobs of co-training and co-teaching."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops, Text
from workbench.core.settings import Settings as Base
from workbench.data.inventory import known_names

LEAST_KEPT = 0.05  # of a batch, however many labels are wrong


class Settings(Base):
    """The knobs of co-training and co-teaching."""

    data = knobs.data("The pictures to tell apart, and their classes.")
    kind = param.Selector(
        default="co-training",
        objects=["co-training", "co-teaching"],
        label="Experiment",
        doc="Two views of few labelled items, or two networks on many labels of which some are "
        "wrong.",
    )
    rho = param.Number(
        0.0,
        bounds=(0, 1),
        step=0.05,
        label="Dependence of the views (rho)",
        doc="How often the second view is of the same picture as the first: 1 is a picture cut in "
        "two, 0 takes another picture of the same class each time.",
    )
    split = param.Selector(
        default="random",
        objects=["random", "left/right", "top/bottom", "in turn"],
        label="Cut",
        doc="Which pixels make the first view: any half of them, the left columns, the upper "
        "rows, or every other one. For a table of your own, left are the first columns.",
    )
    columns = Text(
        400,
        label="Columns of the first view",
        precedence=2,
        doc="For a table of your own: names of columns with commas between them. The first learner "
        "sees these and the second the others, at rho 1 of the same row; empty, the cut decides.",
    )
    per = param.Integer(
        3,
        bounds=(1, 10),
        label="Labels a round",
        doc="How many items of every class each view labels in a round of 25 steps: those it is "
        "surest of.",
    )
    labels = param.Integer(
        2, bounds=(1, 10), label="Labels a class", doc="True labels at the start, for each class."
    )
    pool = Stops(
        75,
        [20, 40, 75, 150, 300, 600],
        label="Pool (U')",
        precedence=2,
        doc="Items without a label that a view may choose from in a round (75 in the paper).",
    )
    pattern = param.Selector(
        default="symmetric",
        objects=["symmetric", "pair"],
        label="Noise pattern",
        doc="A wrong label is any other class, or always the next one.",
    )
    noise = param.Number(
        0.5,
        bounds=(0, 0.8),
        step=0.05,
        label="Wrong labels (share)",
        doc="Share of the training labels that are wrong, exact to one label.",
    )
    tau = Stops(
        1.0,
        [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5],
        label="Tau (times the noise)",
        doc="Share of each batch that is thrown out in the end, as a multiple of the share of "
        "wrong labels; never more than 95 % of the batch.",
    )
    ramp = Stops(
        10,
        [1, 2, 5, 10, 15, 20, 30],
        label="Ramp (T_k, epochs)",
        doc="Epochs until so much is thrown out; before that less, from nothing on.",
    )
    width = Stops(
        128,
        [16, 32, 64, 128, 256],
        label="Width",
        precedence=2,
        doc="Hidden units of each network.",
    )
    seeds = Stops(
        3,
        [1, 2, 3, 4, 5, 6, 8, 10],
        label="Seeds side by side",
        precedence=2,
        doc="Repetitions with other labels, networks and batches; the numbers are their means.",
    )
    lr = knobs.learning_rate(
        0.003,
        [0.0003, 0.001, 0.003, 0.01, 0.03],
        "Adam's step size; the learners of co-training, which have no hidden layer, take ten times "
        "as much.",
    )
    steps = knobs.steps(600, [100, 200, 400, 600, 1200, 2500, 5000, 10000])
    seed = knobs.seed(
        "the cut, the pairs, the first or the wrong labels, the initial weights and the batches"
    )

    relevant = {
        **{
            name: lambda s: s.kind == "co-training"
            for name in ("rho", "split", "per", "labels", "pool")
        },
        "columns": lambda s: s.kind == "co-training" and s.data not in known_names(),
        **{
            name: lambda s: s.kind == "co-teaching"
            for name in ("pattern", "noise", "tau", "ramp", "width")
        },
    }

    @property
    def forgotten(self) -> float:
        """The share of a batch that is thrown out after the ramp: tau in the paper."""
        return min(self.tau * self.noise, 1 - LEAST_KEPT)

    @property
    def all_seeds(self) -> list[int]:
        """The seeds of the repetitions."""
        return [self.seed + 100 * number for number in range(self.seeds)]
