"""The knobs of predicting the next frame, and the lengths of its clips."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base
from workbench.data import clips

FRAMES = 15  # of a clip
LEARNT = 8  # consecutive frames of a clip that a mini-batch holds
GIVEN = 5  # true frames before a network goes on by itself
FIRST = 2  # the first frame that is judged: any rule for motion needs two before it
LAST = 9  # the last frame that is judged, one frame ahead
MOTIONS = ("pictures", "sprites", "balls")  # clips that are drawn, with known velocities


def in_pixels(speed: float) -> str:
    """The speed as the slider writes it."""
    return f"{speed:g} px"


class Settings(Base):
    """The knobs of predicting the next frame."""

    data = knobs.data(
        "The pictures that move, or a clip of your own: a folder of frames, a .gif or an .npz."
    )
    source = param.Selector(
        default="pictures",
        objects=[*MOTIONS, *clips.names()],
        label="Clips",
        doc="Pictures of the data knob that move, four simple sprites, balls that push each other, "
        "or a clip of the data folder.",
    )
    measure = param.Selector(
        default="squared",
        objects=["squared", "absolute"],
        label="Error's measure",
        doc="What is made small: the squares of the errors, or the errors themselves, as in the "
        "paper.",
    )
    speed = Stops(
        1,
        [1, 2, 3],
        reads=in_pixels,
        label="Speed",
        doc="The most pixels that anything moves between two frames, across and down; a velocity "
        "is whole and drawn for each thing.",
    )
    horizon = Stops(
        5,
        [1, 2, 3, 5, 7, 10],
        label="Horizon",
        doc="Frames that it predicts by itself after five true ones, each from its own last.",
    )
    upper = Stops(
        0.0,
        [0.0, 0.03, 0.1, 0.3, 1.0],
        label="Weight of upper errors",
        doc="Weight of the second layer's errors beside those of the pixels; 0 is the paper's "
        "L_0, and 0.1 its L_all.",
    )
    objects = param.Integer(
        1,
        bounds=(1, 3),
        label="Things that move",
        precedence=2,
        doc="How many things move in a clip.",
    )
    extent = Stops(
        0.5,
        [0.25, 0.375, 0.5, 0.625],
        label="Size of what moves",
        precedence=2,
        doc="The longer side of a thing, as a share of the frame's side.",
    )
    size = Stops(
        16,
        [16, 24, 32, 48],
        label="Side of a frame",
        precedence=2,
        doc="Pixels across and down. More than 16 are for a GPU: the time grows with their square.",
    )
    lr = knobs.learning_rate(0.005, [0.0003, 0.001, 0.003, 0.005, 0.01, 0.03])
    steps = knobs.steps(
        100, [10, 25, 50, 100, 200, 400, 1000], "Mini-batches of four clips of eight frames."
    )
    seed = knobs.seed("the clips, the initial weights and the order of the clips")

    relevant = {
        "data": lambda s: s.source == "pictures",
        **dict.fromkeys(("speed", "objects", "extent"), lambda s: s.source in MOTIONS),
    }
