"""What a reader can choose in the lab of this chapter. Nothing here loads a model."""

from workbench import data

SETS = {"digits": "Handwritten digits", "faces": "Faces, where they look"}  # small, for `replay`
LABELS = {"1 a class": "1", "2 a class": "2", "4 a class": "4"}
SEEDS = 100  # of rounds that differ in their first labels


def sets() -> dict[str, str]:
    """The names of the data sets that can be had here, by title."""
    names = data.names()
    return {title: name for name, title in SETS.items() if name in names}
