"""Words in the plane: which of them, where, and which are named."""

from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.words.evaluation import nearest, unit
from workbench.chapters.words.knobs import Settings, suggest
from workbench.core.pictures import Scatter
from workbench.data.texts.corpus import Corpus, words_of

COMMON = 50  # the rank of the word that is looked at where nobody names one
OTHERS = 40  # common words in the plane of a text without groups
NEAR, NEAR_NAMED = 10, 5  # neighbours of the word in the plane, and those with a name


def look_up(run: Settings, corpus: Corpus) -> tuple[int, str]:
    """The number of the word that the reader asks for, and a sentence where it is another: a word
    that is not here gets the nearest spelling."""
    (word,) = words_of(run.word or suggest(run))[:1] or [""]
    if not word:
        return min(COMMON, len(corpus.words) - 1), ""
    if word in corpus.words:
        return corpus.words.index(word), ""
    (near,) = get_close_matches(word, corpus.words, 1, 0)
    return corpus.words.index(near), f"This text has no word {word}; the nearest spelling is {near}"


class Plane:
    """The two directions in which the directions of some words differ most.

    Those words are the listed ones of a corpus that has groups, common ones of another, and the
    nearest to the reader's word. Each plane is turned as the one before lay, so that words move and
    the plane does not flip.
    """

    def __init__(self, corpus: Corpus, word: int):
        self.corpus = corpus
        self.word = word
        number = {each: i for i, each in enumerate(corpus.words)}
        listed = [
            (number[each], group)
            for group, words in enumerate(corpus.groups.values())
            for each in words
            if each in number
        ]
        if not listed:
            first = min(COMMON, max(0, len(corpus.words) - OTHERS))
            listed = [(i, 0) for i in range(first, min(first + OTHERS, len(corpus.words)))]
        self.group = dict(listed)
        self.groups = (*(corpus.groups or ["other words"]), f"near {corpus.words[word]}")
        self.before: dict[int, NDArray] = {}

    def draw(self, vectors: NDArray) -> Scatter:
        """The plane of these vectors [words, dimension]."""
        near, _ = nearest(vectors, self.word, NEAR)
        last = len(self.groups) - 1
        group = {int(i): last for i in (self.word, *near)} | self.group
        rows = sorted(group)
        xy = self._turned(rows, project(unit(vectors[rows])))
        words, name = self.corpus.words, self.corpus.words[self.word]
        named = {self.word, *map(int, near[:NEAR_NAMED]), *self._commonest()}
        return Scatter(
            "Words in the plane",
            xy,
            np.array([group[i] for i in rows]),
            self.groups,
            "first component",
            "second component",
            caption=f"{len(rows)} words by the direction of their vectors, and names for {name}, "
            "its nearest and the commonest of each group. Near is near only as far as two "
            "components show it.",
            equal=True,
            names=tuple(words[i] if i in named else "" for i in rows),
        )

    def _commonest(self) -> list[int]:
        """The first of each group; a third of the words of a text without groups."""
        if not self.corpus.groups:
            return list(self.group)[:: OTHERS // 12]
        first = {group: i for i, group in sorted(self.group.items(), reverse=True)}
        return list(first.values())

    def _turned(self, rows: list[int], xy: NDArray) -> NDArray:
        """xy turned or mirrored to lie as these words lay before."""
        both = [k for k, i in enumerate(rows) if i in self.before]
        if both:
            target = np.array([self.before[rows[k]] for k in both])
            u, _, v = np.linalg.svd(xy[both].T @ target)
            xy = xy @ (u @ v)
        self.before = dict(zip(rows, xy, strict=True))
        return xy


def project(points: NDArray) -> NDArray:
    """points [n, d] on their first two principal axes [n, 2]."""
    centred = points - points.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    return u[:, :2] * s[:2]
