"""Tests that people made: how alike words are, and analogies, with their standard errors."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.words.evaluation import unit
from workbench.data.texts import word_tests
from workbench.data.texts.corpus import Corpus

FEWEST = 20  # questions that a test needs
AT_ONCE = 500  # analogies


class Verdict(NamedTuple):
    """A number and its standard error over so many questions."""

    value: float
    error: float
    questions: int

    def __str__(self) -> str:
        return f"{self.value:.2f} +- {self.error:.2f}"


def similarity(corpus: Corpus, vectors: NDArray) -> Verdict | None:
    """Spearman's correlation of cosines with WordSim-353's scores, over pairs that are here.

    The standard error is 1 / sqrt(n - 1), that of no correlation. None with too few pairs.
    """
    from scipy.stats import spearmanr

    number = {word: i for i, word in enumerate(corpus.words)}
    known = [p for p in word_tests.wordsim() if p.a in number and p.b in number and p.a != p.b]
    if len(known) < FEWEST:
        return None
    a, b = (unit(vectors[[number[word] for word in words]]) for words in _columns(known))
    rho = spearmanr((a * b).sum(1), [pair.score for pair in known]).statistic
    rho = float(np.nan_to_num(rho))
    return Verdict(rho, 1 / np.sqrt(len(known) - 1), len(known))


def _columns(pairs: list[word_tests.Pair]) -> tuple[list[str], list[str]]:
    return [pair.a for pair in pairs], [pair.b for pair in pairs]


def analogy(corpus: Corpus, vectors: NDArray) -> Verdict | None:
    """How often the word nearest to b - a + c is d, over the questions whose words are here.

    The three words of the question are no answers. None with too few questions.
    """
    number = {word: i for i, word in enumerate(corpus.words)}
    known = [[number[w] for w in q] for q in word_tests.analogies() if all(w in number for w in q)]
    if len(known) < FEWEST:
        return None
    all_words, right = unit(vectors).astype(np.float32), 0
    for start in range(0, len(known), AT_ONCE):
        a, b, c, d = np.array(known[start : start + AT_ONCE]).T
        cosine = unit(all_words[b] - all_words[a] + all_words[c]) @ all_words.T
        for asked in (a, b, c):
            cosine[np.arange(len(a)), asked] = -np.inf
        right += int((cosine.argmax(1) == d).sum())
    share = right / len(known)
    return Verdict(share, float(np.sqrt(share * (1 - share) / len(known))), len(known))


def judge_similarity(corpus: Corpus, centre: NDArray, counted: NDArray) -> tuple | None:
    """WordSim as a row: test, questions, prediction, counting, chance."""
    both = [similarity(corpus, vectors) for vectors in (centre, counted)]
    if not all(both):
        return None
    return ("WordSim-353, rank correlation", both[0].questions, *map(str, both), "0")


def judge_analogies(corpus: Corpus, centre: NDArray, counted: NDArray) -> tuple | None:
    """Analogies as a row: test, questions, prediction, counting, chance."""
    both = [analogy(corpus, vectors) for vectors in (centre, counted)]
    if not all(both):
        return None
    chance = f"{1 / len(corpus.words):.4f}"
    return ("analogies, share right", both[0].questions, *map(str, both), chance)
