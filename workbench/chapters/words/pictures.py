"""What word vectors look like: beside counts, beside each other, and in tests."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.words.counting import Counts
from workbench.chapters.words.evaluation import Grouped, nearest
from workbench.chapters.words.people import judge_analogies, judge_similarity
from workbench.core.pictures import Curves, Line, Scatter, Table
from workbench.core.quantity import percent
from workbench.data.texts import word_tests
from workbench.data.texts.corpus import Corpus

POINTS = 500  # pairs that are drawn
NEIGHBOURS = 8
BINS = 24


def factors(dots: NDArray, counts: Counts, k: float) -> Scatter:
    """Dot products over the logarithms that they are after."""
    target = counts.smoothed - np.log(k)
    some = np.linspace(0, len(dots) - 1, min(POINTS, len(dots))).astype(int)
    ends = np.array([target.min(), target.max()])
    return Scatter(
        "Dot products and counts",
        np.stack([target[some], dots[some]], 1),
        x_label="log(#(w,c) / (#(w) Pn(c))) - log k",
        y_label="u(c) . v(w)",
        caption=f"{len(some)} of the {len(dots)} pairs that the text has often enough to believe "
        "their counts. The line: where both are equal.",
        outlines=(np.stack([ends, ends], 1),),
    )


def offset(dots: NDArray, counts: Counts, k: float) -> Curves:
    """How far the dot products lie below log #(w, c) / (#(w) P_n(c)), as a histogram."""
    below = counts.smoothed - dots
    edges = np.linspace(np.log(k) - 3, np.log(k) + 3, BINS + 1)
    share = np.histogram(np.clip(below, edges[0], edges[-1]), edges)[0] / len(below)
    middle = (edges[1:] + edges[:-1]) / 2
    at_log_k = np.array([np.log(k), np.log(k)])
    return Curves(
        "What k does",
        (
            Line("pairs", middle, share),
            Line("log k", at_log_k, np.array([0, max(share.max(), 0.01)]), "dashed"),
        ),
        x_label="log(#(w,c) / (#(w) Pn(c))) - u(c) . v(w)",
        y_label="share of the pairs",
        caption="By how much each dot product lies below the logarithm of its counts. The more "
        "noise words, the lower: by log k.",
    )


def neighbours(corpus: Corpus, word: int, centre: NDArray, counted: NDArray) -> Table:
    """The words nearest to one, by prediction and by counting."""
    lists = (nearest(vectors, word, NEIGHBOURS) for vectors in (centre, counted))
    rows = tuple(
        (corpus.words[i], f"{a:.2f}", corpus.words[j], f"{b:.2f}")
        for i, a, j, b in zip(*(column for pair in lists for column in pair), strict=True)
    )
    return Table(
        f"Nearest to {corpus.words[word]}",
        ("by prediction", "cosine", "by counting", "cosine of counts"),
        rows,
        caption="Counting is PPMI with a truncated SVD of as many dimensions.",
    )


def tests(corpus: Corpus, groups: Grouped | None, centre: NDArray, counted: NDArray) -> Table:
    """What the vectors are worth in tests: of groups that somebody listed, and of people."""
    rows = []
    if groups:
        own, count = (percent(groups.share(v)) for v in (centre, counted))
        kind = "same slot" if corpus.name == "toy" else "same group"
        title = f"nearest listed word is of the {kind}"
        rows.append((title, len(groups.words), own, count, percent(groups.chance)))
    similar = judge_similarity(corpus, centre, counted)
    rows += [similar] if similar else []
    analogous = judge_analogies(corpus, centre, counted)
    rows += [analogous] if analogous else []
    if not rows:
        rows = [("no test has words of this text", 0, "-", "-", "-")]
    has_tests = bool(word_tests.wordsim() or word_tests.analogies())
    more = "" if has_tests else " WordSim and analogies are taken where the data folder has them."
    return Table(
        "Tests",
        ("test", "asked", "predicted", "counted", "chance"),
        tuple(rows),
        caption="By prediction, by counting and by chance; +- one standard error of so many "
        "questions." + more,
    )
