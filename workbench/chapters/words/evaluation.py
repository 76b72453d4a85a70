"""What word vectors are worth: neighbours, the counts that they hide, and tests by people."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.words.counting import Counts
from workbench.data.texts.corpus import Corpus


class Line(NamedTuple):
    """How dot products follow log counts: r against the smoothed and the plain logarithm, slope
    and bias of the line through them, and by how much they lie lower on the whole."""

    r: float
    r_plain: float
    slope: float
    bias: float
    offset: float


def read_off(dots: NDArray, counts: Counts, k: float) -> Line:
    """The line of dots u_c v_w [n] over log(#(w, c) / (#(w) P_n(c))) - log k, pair by pair."""
    target = counts.smoothed - np.log(k)
    slope, bias = np.polyfit(target, dots, 1)
    return Line(
        r=correlation(dots, target),
        r_plain=correlation(dots, counts.plain),
        slope=float(slope),
        bias=float(bias),
        offset=float((counts.smoothed - dots).mean()),
    )


def correlation(a: NDArray, b: NDArray) -> float:
    """Pearson's r; 0 where either does not vary."""
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def unit(vectors: NDArray) -> NDArray:
    """The vectors [n, d] at length one; a vector of zeros stays."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1)


def nearest(vectors: NDArray, word: int, count: int) -> tuple[NDArray, NDArray]:
    """The `count` words of the largest cosine with this word, and their cosines."""
    cosine = unit(vectors) @ unit(vectors[[word]])[0]
    cosine[word] = -np.inf
    order = np.argsort(-cosine, kind="stable")[:count]
    return order, cosine[order]


class Grouped(NamedTuple):
    """The words that somebody has put into groups: their numbers [n] and groups [n]."""

    words: NDArray
    group: NDArray

    def share(self, vectors: NDArray) -> float:
        """How often the nearest of the other words is of the own group."""
        own = unit(vectors[self.words])
        cosine = own @ own.T
        np.fill_diagonal(cosine, -np.inf)
        return float((self.group[cosine.argmax(1)] == self.group).mean())

    @property
    def chance(self) -> float:
        """The same for a neighbour drawn at random."""
        sizes = np.bincount(self.group)[self.group]
        return float(((sizes - 1) / (len(self.group) - 1)).mean())


def grouped(corpus: Corpus) -> Grouped | None:
    """The listed words that the corpus has; None without groups."""
    number = {word: i for i, word in enumerate(corpus.words)}
    pairs = [
        (number[word], g)
        for g, words in enumerate(corpus.groups.values())
        for word in words
        if word in number
    ]
    return Grouped(*np.array(pairs).T) if pairs else None
