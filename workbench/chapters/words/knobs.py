"""The knobs of words from their company. Nothing here loads a model."""

import param

from workbench.core import knobs
from workbench.core.knobs import Stops, Text
from workbench.core.settings import Settings as Base
from workbench.data.texts import corpora

LONGEST_WORD = 60


def suggest(run: "Settings") -> str:
    """The word that the chapter looks at in this corpus; "" where it takes a common one."""
    return {"toy": "king", "docstrings": "eigenvalues", "gutenberg": "whale"}.get(run.data, "")


class Settings(Base):
    """The knobs of words from their company."""

    data = knobs.data("The text to learn from.", default="toy", sets=corpora.entries)
    dimension = Stops(
        16,
        [2, 4, 8, 16, 32, 50, 100],
        label="Dimension",
        doc="Numbers in each vector. A word has two vectors: as a centre and as company.",
    )
    k = Stops(
        5,
        [1, 2, 5, 10, 15],
        label="Noise words (k)",
        doc="Words drawn at random that each pair of the text is compared with.",
    )
    word = Text(
        LONGEST_WORD,
        suggest=suggest,
        label="Word",
        doc="The word whose neighbours are shown; the nearest spelling if the text lacks it.",
    )
    window = Stops(
        3,
        [1, 2, 3, 5, 8],
        label="Window",
        precedence=2,
        doc="How many words to each side are company, at most. Near words count more.",
    )
    exponent = param.Number(
        0.75,
        bounds=(0, 1),
        step=0.25,
        label="Noise exponent",
        precedence=2,
        doc="Power of the count by which noise words are drawn: 1 as in the text, 0 all alike.",
    )
    subsample = Stops(
        0.0,
        [0, 0.0001, 0.001, 0.01],
        label="Subsampling (t)",
        precedence=2,
        doc="A word of share f above t stays with probability sqrt(t/f). 0: every word stays.",
    )
    vocabulary = Stops(
        4000,
        [30, 100, 300, 1000, 4000, 10_000],
        label="Vocabulary",
        precedence=2,
        doc="How many of the commonest words are learnt; the others leave no gap.",
    )
    shared = param.Boolean(
        True,
        label="Shared noise words",
        precedence=2,
        doc="A batch shares 128 noise words, each of which counts k/128: the same on average, and "
        "much faster. Off: k words for each pair, as in the paper.",
    )
    lr = Stops(
        0.1,
        [0.01, 0.03, 0.1, 0.3, 1.0],
        label="Learning rate",
        precedence=2,
        doc="Adagrad's step size.",
    )
    steps = knobs.steps(
        1600, [100, 200, 400, 800, 1600, 3200, 6400, 12_800], doc="Batches of 512 pairs."
    )
    seed = knobs.seed("the first vectors, the windows, the order of the pairs and the noise words")
