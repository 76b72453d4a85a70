r"""Counting instead of predicting: which words stand near each other how often, and its SVD.

Everything here is read off the text in one go, without a step of training (Levy & Goldberg 2014):
the counts that the pairs of the lesson have on average, the logarithm that training is after, and
vectors from a truncated singular value decomposition of its positive part.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.chapters.words.knobs import Settings
from workbench.chapters.words.pairs import keep_chances, noise_chances
from workbench.data.texts import corpora
from workbench.data.texts.corpus import Corpus

FEWEST = 20  # times that a pair occurs whose count is believed
LEAST_PAIRS, MOST_PAIRS = 100, 50_000  # whose dot products are compared with counts
DENSE = 300  # words up to which the whole decomposition is cheap


@dataclass(frozen=True, eq=False)
class Counts:
    """What counting makes of a corpus.

    pairs: #(w, c), sparse [words, words]; logs: log #(w, c) / (#(w) P_n(c)) at the same places.
    centre, context [n] are the pairs that `choose` takes, smoothed [n] their logs, and plain
    [n] the same where P_n is not smoothed but the share of c: pointwise mutual information.
    """

    pairs: sparse.csr_array
    logs: sparse.csr_array
    centre: NDArray
    context: NDArray
    smoothed: NDArray
    plain: NDArray


def count_pairs(corpus: Corpus, window: int, keep: NDArray) -> sparse.csr_array:
    """#(w, c) [words, words]: how often the lesson draws each pair, on average, in one walk.

    A window of random reach holds a word at distance d with probability (window - d + 1) / window.
    """
    words, total = len(corpus.words), None
    for d in range(1, window + 1):
        near = corpus.text[d:] == corpus.text[:-d]
        a, b = corpus.tokens[:-d][near], corpus.tokens[d:][near]
        weights = np.full(len(a), (window - d + 1) / window)
        once = sparse.coo_array((weights, (a, b)), shape=(words, words)).tocsr()
        total = once if total is None else total + once
    both = (total + total.T).tocoo()
    expected = both.data * keep[both.row] * keep[both.col]
    return sparse.coo_array((expected, (both.row, both.col)), shape=(words, words)).tocsr()


def count(corpus: Corpus, window: int, subsample: float, exponent: float) -> Counts:
    """Counts the pairs of a corpus, and takes their logarithms."""
    pairs = count_pairs(corpus, window, keep_chances(corpus.counts, subsample))
    chances, where = noise_chances(corpus.counts, exponent), pairs.tocoo()
    rows = pairs.sum(1)
    base = np.log(where.data) - np.log(rows[where.row])
    logs = base - np.log(chances[where.col])
    often = choose(where.data)
    centre, context = where.row[often], where.col[often]
    return Counts(
        pairs=pairs,
        logs=sparse.coo_array((logs, (where.row, where.col)), shape=pairs.shape).tocsr(),
        centre=centre,
        context=context,
        smoothed=logs[often],
        plain=base[often] - np.log(noise_chances(corpus.counts, 1)[context]),
    )


def choose(often: NDArray) -> NDArray:
    """Which pairs to compare with their counts [n]: those that occur FEWEST times, evenly thinned
    out to MOST_PAIRS; the LEAST_PAIRS commonest where a short text has fewer."""
    rows = np.flatnonzero(often >= FEWEST)
    if len(rows) < LEAST_PAIRS:
        return np.sort(np.argsort(-often, kind="stable")[:LEAST_PAIRS])
    return rows[:: -(-len(rows) // MOST_PAIRS)]


def decompose(logs: sparse.csr_array, dimension: int) -> NDArray:
    """Vectors U sqrt(S) [words, dimension] of the truncated SVD of the positive part of `logs`."""
    positive = logs.copy()
    positive.data = np.maximum(positive.data, 0)
    size = min(dimension, len(positive.indptr) - 2)
    if positive.shape[0] <= DENSE:
        u, s, _ = np.linalg.svd(positive.toarray())
        return u[:, :size] * np.sqrt(s[:size])
    from scipy.sparse.linalg import svds

    u, s, _ = svds(positive, k=size, v0=np.ones(positive.shape[0]))
    return u * np.sqrt(s)


@lru_cache(maxsize=8)
def _counts(place: tuple, vocabulary: int, window: int, subsample: float, exponent: float):
    return count(corpora.load(place[0]).limited(vocabulary), window, subsample, exponent)


def counts_of(run: Settings) -> Counts:
    """The counts of a run's text, made once for all runs that share them."""
    place = run.data, corpora.locate(run.data)
    return _counts(place, int(run.vocabulary), int(run.window), run.subsample, run.exponent)


@lru_cache(maxsize=8)
def _vectors(counts: Counts, dimension: int) -> NDArray:
    return decompose(counts.logs, dimension)


def vectors_of(run: Settings) -> NDArray:
    """The vectors that counting gives a run's words [words, dimension]."""
    return _vectors(counts_of(run), int(run.dimension))
