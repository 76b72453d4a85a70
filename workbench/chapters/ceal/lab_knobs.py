"""What a reader can choose in the labs of this chapter. Nothing here loads a model."""

from workbench import data

SETS = {"digits": "Handwritten digits", "faces": "Faces, where they look"}  # small, for `replay`
STRATEGIES = ("CEAL_MS", "CEAL_EN", "CEAL_LC", "CEAL_FUSION", "AL_MS", "AL_RAND")
SEEDS = 100  # of labellings that differ in their first labels


def sets() -> dict[str, str]:
    """The names of the data sets that can be had here, by title."""
    names = data.names()
    return {title: name for name, title in SETS.items() if name in names}
