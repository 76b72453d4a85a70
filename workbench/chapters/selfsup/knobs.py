"""The knobs of chapter selfsup, and the names that its page needs."""

import param

from workbench.core import knobs
from workbench.core.settings import Settings as Base

BATCH = 64  # pictures in a step
PAINTS = ("one a kind", "two a kind", "any")
PROBES = {  # what a probe reads, and what its line is called
    "pretext": "this task",
    "random": "random weights",
    "raw": "pixels",
    "supervised": "taught all labels",
}
DRAWS = 3  # of a probe's labels, in every frame


class Settings(Base):
    """The knobs of the pretext tasks."""

    data = knobs.data("The pictures; labels are for the probe alone.", default="photos")
    kind = param.Selector(
        default="colorization",
        objects=["colorization", "jigsaw", "exemplar", "rotation"],
        label="Task",
        doc="What is asked of a picture.",
    )
    answer = param.Selector(
        default="bins",
        objects={"bins of colours": "bins", "two numbers": "ab"},
        label="Answer",
        doc="Choose between bins of colours, or name two numbers and pay their squared error.",
    )
    width = knobs.Stops(
        20,
        [10, 15, 20, 25, 30, 40],
        label="Width of a bin",
        doc="In units of ab; Zhang et al.: 10.",
    )
    rebalance = param.Boolean(
        True, label="Rare colours count more", doc="Weigh places by how rare their colour is."
    )
    temperature = knobs.Stops(
        0.38,
        [0.05, 0.1, 0.2, 0.38, 0.6, 0.8, 1],
        label="Temperature",
        precedence=2,
        doc="Of the colour shown: 1 is the mean over the bins, near 0 the likeliest bin.",
    )
    paint = param.Selector(
        default=PAINTS[0],
        objects=list(PAINTS),
        label="Colours of grey pictures",
        doc="Grey pictures get one colour for each class, one of two, or any at all.",
    )
    side = knobs.Stops(2, [2, 3], label="Tiles a side", doc="2 makes four tiles, 3 makes nine.")
    orders = knobs.Stops(
        24,
        [2, 6, 12, 24, 50, 100, 200, 500, 1000],
        label="Permutations",
        doc="Orders to tell apart, far from each other; four tiles have 24.",
    )
    gap = param.Boolean(
        True, label="Gap between tiles", doc="Cut tiles at a random place of a larger cell."
    )
    normalise = param.Boolean(
        True, label="Normalise tiles", doc="Give every tile the same brightness and contrast."
    )
    exemplars = knobs.Stops(
        200,
        [10, 20, 50, 100, 200, 500, 1000, 2000, 8000],
        label="Exemplars",
        doc="Pictures to tell apart, each a class of its own.",
    )
    shift = param.Number(
        0.15, bounds=(0, 0.5), step=0.05, label="Shift", doc="Largest move, in shares of a side."
    )
    turn = knobs.Stops(
        15, [0, 5, 10, 15, 20, 30, 45, 90, 180], label="Turn", doc="Largest, in degrees."
    )
    zoom = param.Number(
        0.4, bounds=(0, 2), step=0.1, label="Zoom", doc="Largest, in doublings, both ways."
    )
    contrast = param.Number(
        0.8, bounds=(0, 3), step=0.1, label="Contrast", doc="Largest, in doublings, both ways."
    )
    labels = knobs.Stops(
        50,
        [10, 20, 50, 100, 200, 500, 1000, 2000],
        label="Labels for the probe",
        doc="How many pictures the probe may see labelled.",
    )
    lr = knobs.learning_rate(0.002, [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02])
    steps = knobs.steps(
        300, [60, 100, 200, 300, 500, 1000, 2000, 5000], f"Mini-batches of {BATCH} to train on."
    )
    seed = knobs.seed("the initial weights, the order of the data and the questions")

    relevant = {
        **dict.fromkeys(("answer", "paint"), lambda s: s.kind == "colorization"),
        **dict.fromkeys(
            ("width", "rebalance", "temperature"),
            lambda s: s.kind == "colorization" and s.answer == "bins",
        ),
        **dict.fromkeys(("side", "orders", "gap", "normalise"), lambda s: s.kind == "jigsaw"),
        **dict.fromkeys(
            ("exemplars", "shift", "turn", "zoom", "contrast"), lambda s: s.kind == "exemplar"
        ),
    }
