"""Prediction beside counting on the same text, over seeds: listed words, WordSim and analogies."""

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.words import by_hand
from workbench.chapters.words.counting import counts_of, vectors_of
from workbench.chapters.words.evaluation import grouped, read_off
from workbench.chapters.words.knobs import Settings
from workbench.chapters.words.people import analogy, similarity
from workbench.core.pictures import Table
from workbench.core.settings import SettingsError
from workbench.core.study import Study
from workbench.data.texts import corpora
from workbench.data.texts.corpus import Corpus

KNOBS = dict(dimension=50, window=5, subsample=0.001, lr=0.3, vocabulary=7000, steps=6400)
MOMENTS = (400, 1600, 6400)  # batches
PUBLISHED = (
    "No table of the papers could be opened, so no number of theirs stands here. Window, noise "
    "words and subsampling are the defaults of the authors' code (word2vec.c); the dimension, the "
    "optimizer and the size of the text are not."
)
Row = dict[str, list[float]]


def reproduce(data: str, seeds: int, budget: float | None, device: str = "cpu") -> Iterator[Table]:
    """Trains one seed after the other, until done or until `budget` seconds are spent."""
    if data not in corpora.names():
        names = ", ".join(corpora.names())
        raise SettingsError(f"data must be one of {names}, not {data[:40]!r}.")
    start, rows = time.monotonic(), {}
    run = Settings(data=data, **KNOBS)
    corpus = corpora.load(data).limited(int(run.vocabulary))
    counted = judge(corpus, vectors_of(run))
    for seed in range(seeds):
        if rows and budget is not None and time.monotonic() - start > budget:
            return
        for name, numbers in learn(run.replace(seed=seed), corpus, device).items():
            for test, value in numbers.items():
                rows.setdefault(name, {}).setdefault(test, []).append(value)
        yield table(corpus, rows, counted)


def judge(corpus: Corpus, vectors: NDArray) -> dict[str, float]:
    """What the vectors are worth in each test whose words are here."""
    listed = grouped(corpus)
    verdicts = {"WordSim": similarity(corpus, vectors), "analogies": analogy(corpus, vectors)}
    numbers = {test: verdict.value for test, verdict in verdicts.items() if verdict}
    return numbers | ({"same field": listed.share(vectors)} if listed else {})


def learn(run: Settings, corpus: Corpus, device: str) -> dict[str, dict[str, float]]:
    """The numbers of one seed after each of MOMENTS."""
    counts, lines = counts_of(run), {}
    for step, net, _ in by_hand.fit([run], corpus, device):
        if step in MOMENTS:
            v, u = (p[0].detach().cpu().numpy() for p in net.parameters())
            dots = (v[counts.centre] * u[counts.context]).sum(1)
            line = {"counts read off": read_off(dots, counts, run.k).r}
            lines[f"prediction, {step} batches"] = judge(corpus, v) | line
    return lines


def table(corpus: Corpus, rows: dict[str, Row], counted: dict[str, float]) -> Table:
    """A line for each moment, mean +- standard deviation over seeds, and one for counting."""
    tests = list(next(iter(rows.values())))
    lines = [(name, *(spread(test, row[test]) for test in tests)) for name, row in rows.items()]
    once = [spread(test, [counted[test]]) if test in counted else "" for test in tests]
    seeds = len(next(iter(rows.values()))[tests[0]])
    return Table(
        f"Prediction and counting: {corpus.title}",
        ("vectors of 50 numbers", *tests),
        (*lines, ("counting, PPMI and SVD", *once)),
        caption=f"Mean +- standard deviation over {seeds} seeds; counting has no seed. "
        f"{len(corpus.tokens)} words, {len(corpus.words)} different. {errors(corpus)}{PUBLISHED}",
    )


def errors(corpus: Corpus) -> str:
    """How far so many questions can be trusted."""
    any_vectors = np.random.default_rng(0).normal(size=(len(corpus.words), 2))
    similar, analogous = similarity(corpus, any_vectors), analogy(corpus, any_vectors)
    words = []
    if similar:
        words.append(
            f"WordSim has {similar.questions} pairs of these words, a standard error of "
            f"{similar.error:.2f}; "
        )
    if analogous:
        words.append(f"analogies are {analogous.questions} questions. ")
    return "".join(words)


def spread(test: str, values: list[float]) -> str:
    """Mean and standard deviation, shares in per cent."""
    mean, sd = float(np.mean(values)), float(np.std(values))
    if test in ("analogies", "same field"):
        both = f" +- {100 * sd:.1f}" if len(values) > 1 else ""
        return f"{100 * mean:.1f}{both} %"
    return f"{mean:.2f} +- {sd:.2f}" if len(values) > 1 else f"{mean:.2f}"


STUDY = Study(
    name="words",
    question="Does predicting company give better vectors than counting it, on a text of a "
    "million words?",
    reproduce=reproduce,
    data=corpora.ALL if corpora.ALL in corpora.names() else "docstrings",
)
