"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

DIGITS = tuple(map(str, range(10)))
STARTS = {  # the filter that the lab begins with, 3 x 3
    "Noise": ((0.2, -0.1, 0.0), (-0.2, 0.1, 0.2), (0.1, -0.2, -0.1)),
    "Upright stroke": ((-1.0, 2.0, -1.0),) * 3,
    "Level stroke": ((-1.0, -1.0, -1.0), (2.0, 2.0, 2.0), (-1.0, -1.0, -1.0)),
}
RATE = 3.0  # of a step
