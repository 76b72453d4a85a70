"""Semantic hashing of texts: what a ball of bits round a query returns, radius by radius.

After Salakhutdinov & Hinton 2009, small: the word counts of a text go into the chapter's hashing
autoencoder, which becomes a few bits; held-out texts are the queries, and the label, which no code
has seen, says what is right. Beside it stand the same network without noise on its code and the
signs of principal components. Theirs is a stack of restricted Boltzmann machines on 2000 words of
20 Newsgroups; ours begins at random. Texts are docstrings by the part of their package, or a folder
of your own, LABEL/FILE, which is how 20 Newsgroups comes.
"""

import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.chapters.autoencoder import by_hand, lesson
from workbench.chapters.autoencoder.knobs import Settings, comparison
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import ImageSet
from workbench.data.imageset import split
from workbench.data.texts.documents import Documents, read_docstrings, read_folder
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident

WORDS = 1000  # the commonest of the training texts that are no common word of English
BITS, STEPS = 20, 1500
RADII = (0, 1, 2, 3, 4, 6, 8)
NEAREST = 10
SCALE = 0.3  # of an input: about the spread of a pixel, which the learning rate was chosen for
TEST_SHARE = 0.2
KNOBS = {"kind": "hashing", "latent": BITS, "steps": STEPS, "lr": 0.003}

Balls = Mapping[str, list[tuple[metrics.Ball, float]]]  # of each seed, and precision of the nearest


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Seed after seed, until the budget is spent. Raises DataError."""
    texts = read_docstrings() if data == "docstrings" else read_folder(Path(data))
    pictures, start = as_rows(texts, device), time.monotonic()
    balls: dict[str, list[tuple[metrics.Ball, float]]] = {}
    for seed in range(seeds):
        for name, codes in learn_codes(pictures, seed, device).items():
            balls.setdefault(name, []).append(judge(pictures, *codes))
        yield table(balls, pictures, texts)
        if budget is not None and time.monotonic() - start > budget:
            return


def as_rows(texts: Documents, device: str = "cpu") -> Resident:
    """log(1 + count) of the commonest words, each row of length `SCALE` sqrt(words), as the rows
    that the lesson learns from. Only training texts choose the words."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    train, test = split(len(texts.y), TEST_SHARE, texts.y)
    counter = CountVectorizer(
        analyzer=lambda words: [word for word in words if word not in ENGLISH_STOP_WORDS],
        max_features=WORDS,
    ).fit([texts.words[row] for row in train])
    counts = np.log1p(counter.transform(texts.words).toarray()).astype(np.float32)
    length = np.linalg.norm(counts, axis=1, keepdims=True)
    rows = counts / np.maximum(length, 1e-6) * np.float32(SCALE * counts.shape[1] ** 0.5)
    images = ImageSet(
        name="texts",
        title="Word counts",
        source=texts.source,
        x_train=rows[train][:, None],
        x_test=rows[test][:, None],
        y_train=texts.y[train],
        y_test=texts.y[test],
        classes=texts.classes,
    )
    parts = (torch.from_numpy(rows[part]).to(device) for part in (train, test))
    return Resident(images, *parts)


def learn_codes(data: Resident, seed: int, device: str) -> dict[str, tuple[NDArray, NDArray]]:
    """The bits of test and of training texts by the name of the code."""
    run = Settings(seed=seed, **KNOBS)
    for _, net in lesson.fit([run], data, device, gradient=by_hand.gradient):
        last = net
    order = [last.variants.index(variant) for variant in comparison(run, data.pixels, device)]
    codes = {}
    for name, network in zip(("hashing", "hashing, no noise"), order, strict=True):
        own = last.only([network])
        codes[name] = partial(lambda own, x: own.encode(x[None])[0] > 0.5, own)
    mean, components, _ = formulas.pca(data.train, BITS)
    codes["signs of PCA"] = lambda x: formulas.pca_code(x, mean, components) > 0
    with torch.no_grad():
        return {
            name: (code(data.test).cpu().numpy(), code(data.train).cpu().numpy())
            for name, code in codes.items()
        }


def judge(data: Resident, queries: NDArray, base: NDArray) -> tuple[metrics.Ball, float]:
    """The balls of the held-out texts among the training texts, and the nearest ones' precision."""
    y, base_y = data.images.y_test, data.images.y_train
    nearest = metrics.precision_at_k(queries, y, base, base_y, NEAREST)
    return metrics.hamming_ball(queries, y, base, base_y, RADII), nearest


def table(balls: Balls, data: Resident, texts: Documents) -> Table:
    """A row for each code and radius: means over seeds."""
    rows = []
    for name, ends in balls.items():
        found, nearest = zip(*ends, strict=True)
        for i, radius in enumerate(RADII):
            parts = [
                np.array([getattr(ball, part)[i] for ball in found]) for part in found[0]._fields
            ]
            means = ["" if np.isnan(part).any() else f"{part.mean():.3f}" for part in parts]
            rows.append((name, radius, *means, f"{np.mean(nearest):.3f}" if not i else ""))
    y, base_y = data.images.y_test, data.images.y_train
    guess = float((y[:, None] == base_y).mean())
    return Table(
        f"A ball of {BITS} bits, {len(texts.classes)} kinds of texts",
        ("code", "radius", "precision", "recall", "returned", "finds none", f"nearest {NEAREST}"),
        tuple(rows),
        caption=f"{len(y)} held-out queries among {len(base_y)} texts, {data.pixels} words, "
        f"{STEPS} steps, means of {len(next(iter(balls.values())))} seeds. Precision of guessing "
        f"{guess:.3f}. Nearest {NEAREST}: precision of as many texts, whatever the radius. "
        f"{texts.source}.",
    )


STUDY = Study(
    name="autoencoder-text",
    question="Which texts lie within a few bits of a query?",
    reproduce=reproduce,
    data="docstrings",
    seeds=3,
)
