"""What a reader can choose in the labs of this chapter, by name. Nothing here loads a model."""

from workbench import data

REAL = (1, 4, 8, 4, 1, 0, 6, 8)  # coins of the real thing on each place
PLACES = len(REAL)
PRESETS = {  # of coins on each place
    "As the real ones": REAL,
    "Spread evenly": (4,) * PLACES,
    "All on the summit": (0, 0, 32, 0, 0, 0, 0, 0),
    "Where nothing is real": (0, 0, 0, 0, 0, 32, 0, 0),
}
MOST_COINS = 32  # on one place
PICTURES = 20  # to be told apart
SETS = {"Handwritten digits": "digits"}  # small, for the generator is trained while you wait
STRENGTHS = {"after 100 steps": 100, "after 300 steps": 300, "after 1500 steps": 1500}
HOLE = (3, 6, 3, 6)  # first and last row, first and last column of the first hole
LARGER_SETS = {"mnist": "MNIST (takes longer)", "faces": "Faces (takes longer)"}


def hole_sets() -> dict[str, str]:
    """The names of the sets that can get a hole here, by title."""
    names = data.names()
    return SETS | {title: name for name, title in LARGER_SETS.items() if name in names}
