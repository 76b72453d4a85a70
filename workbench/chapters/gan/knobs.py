"""The knobs of the game, and the names of its shapes and losses."""

import param

from workbench.chapters.gan.drawn import LONGEST_TEXT, check_points, suggest_points
from workbench.core import knobs
from workbench.core.knobs import Stops, Text
from workbench.core.settings import Settings as Base

DRAWN = "drawn by you"
SHAPES = ("eight Gaussians", "two moons", "spiral", DRAWN)
LOSSES = ("non-saturating", "Wasserstein", "hinge")


class Settings(Base):
    """The knobs of the game."""

    kind = param.Selector(
        default="plane",
        objects=["plane", "pictures"],
        label="Where",
        doc="Points in the plane, where all can be seen, or pictures (the data knob).",
    )
    shape = param.Selector(
        default=SHAPES[0],
        objects=list(SHAPES),
        label="Real points",
        doc="Where the real points lie; each shape has eight parts, called its modes.",
    )
    points = Text(
        LONGEST_TEXT,
        check_points,
        lambda _run: suggest_points(),
        label="Your points",
        doc="Centres of small clouds as x,y pairs from -3 to 3 with a space between pairs, such as "
        "1,0 0,1 -1,0; at most 24. Nothing gives a ring.",
    )
    data = knobs.data("The pictures to forge; colour becomes grey.")
    ratio = Stops(
        1.0,
        [0.1, 0.33, 1.0, 3.0, 10.0],
        label="D's rate against G's",
        doc="Below 1 the generator is the faster one, above 1 the discriminator is. Their mean "
        "rate stays.",
    )
    r1 = Stops(
        0.0,
        [0.0, 0.01, 0.03, 0.1, 0.3, 1.0],
        label="R1 penalty (gamma)",
        doc="Weight of the squared gradient of D at real points; 0 is none.",
    )
    noise = Stops(
        0.0,
        [0.0, 0.1, 0.3, 1.0],
        label="Instance noise",
        doc="Deviation of the noise on all that D sees; it falls to 0 by the last step.",
    )
    average = Stops(
        0.0,
        [0.0, 0.9, 0.99, 0.999],
        label="Average of G's weights",
        doc="The samples come from a running mean of the generator's weights with this decay; 0 "
        "is none. The game itself does not change.",
    )
    loss = param.Selector(
        default=LOSSES[0],
        objects=list(LOSSES),
        label="Loss",
        doc="Non-saturating (Goodfellow et al. 2014), Wasserstein with a gradient penalty, or "
        "hinge with spectral normalisation.",
    )
    penalty = Stops(
        1.0,
        [0.1, 1.0, 10.0],
        label="Gradient penalty (lambda)",
        precedence=2,
        doc="Weight of (|gradient| - 1)^2 between real and generated points.",
    )
    repeats = param.Integer(
        3,
        bounds=(1, 8),
        label="Seeds at once",
        precedence=2,
        doc="Games of this run, each with other weights and draws: one seed teaches luck.",
    )
    lr = knobs.learning_rate(
        0.001,
        [0.0001, 0.0003, 0.001, 0.003, 0.01],
        "Adam's step size: the geometric mean of both networks'.",
    )
    steps = knobs.steps(
        1500, [100, 200, 500, 1000, 1500, 3000, 6000], "Turns of both networks, a batch each."
    )
    seed = knobs.seed("the weights, the batches, z and the noise")

    relevant = {
        "shape": lambda s: s.kind == "plane",
        "points": lambda s: s.kind == "plane" and s.shape == DRAWN,
        "data": lambda s: s.kind == "pictures",
        "r1": lambda s: s.loss == "non-saturating",
        "penalty": lambda s: s.loss == "Wasserstein",
    }
