"""Codes and few labels: which code, learnt without labels, needs the fewest of them afterwards?

`workbench reproduce codes`. Every code of the chapters without labels is learnt on the training
pictures of one set. Then a linear classifier reads it with 10 to 500 labels and is tested on
held-out pictures. This study needs several chapters, so it lies above them.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters import autoencoder, beta_vae, clustering, selfsup
from workbench.chapters.autoencoder.knobs import Settings, comparison
from workbench.chapters.selfsup.colour_data import MOST, TESTED, Album, load_album
from workbench.chapters.selfsup.knobs import PAINTS
from workbench.chapters.selfsup.lesson import Encoder
from workbench.chapters.selfsup.probes import draw_labels, probe, read_features
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science import formulas
from workbench.science.tensors import Resident, resident

COUNTS = (10, 20, 50, 100, 200, 500)  # labels
DRAWS = 3  # of the labels, for every seed
POOL = 2000  # training pictures whose labels may be bought
SIZE = 10  # numbers in a code of the first three chapters
BETAS = (0.25, 1.0, 4.0, 16.0)
COMPARED = 50  # labels at which codes are compared with pixels

Codes = tuple[str, NDArray, NDArray]  # name, code of the training and of the test pictures


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Yields the table after every code of every seed, within `budget` seconds."""
    pictures = first_pictures(data, device)
    labels_of(pictures)
    begin, accuracies = time.monotonic(), defaultdict(list)
    for seed in range(seeds):
        for name, train, test in learn_codes(pictures, data, seed, device):
            accuracies[name].append(accuracy(train, test, pictures, seed))
            yield table(data, accuracies)
            if budget is not None and time.monotonic() - begin > budget:
                return


def first_pictures(data: str, device: str) -> Resident:
    """As many pictures as chapter selfsup reads, so that all codes learn from the same."""
    whole = resident(data, device)
    return replace(whole, train=whole.train[:MOST], test=whole.test[:TESTED])


def labels_of(pictures: Resident) -> tuple[NDArray, NDArray]:
    """The labels of training and test pictures. Raises DataError where they are missing."""
    train, test = pictures.images.y_train, pictures.images.y_test
    if train is None or test is None:
        raise DataError("These pictures have no labels: there is nothing to ask a classifier.")
    return train[: len(pictures.train)], test[: len(pictures.test)]


def learn_codes(pictures: Resident, data: str, seed: int, device: str) -> Iterator[Codes]:
    """Every code in turn, learnt on the training pictures without a label."""
    yield "pixels", *both(pictures, lambda x: x)
    mean, components, _ = formulas.pca(pictures.train, SIZE)
    yield "PCA", *both(pictures, lambda x: formulas.pca_code(x, mean, components))
    yield from autoencoders(pictures, data, seed, device)
    yield from variational(pictures, data, seed, device)
    yield from clusterers(pictures, data, seed, device)
    yield from pretexts(data, seed, device)


@torch.no_grad()
def both(pictures: Resident, encode: Callable[..., Tensor]) -> tuple[NDArray, NDArray]:
    """What `encode` makes of the training and of the test pictures."""
    train, test = (encode(part).detach().cpu().numpy() for part in (pictures.train, pictures.test))
    return train, test


def autoencoders(pictures: Resident, data: str, seed: int, device: str) -> Iterator[Codes]:
    """The plain, the denoising and the in-painting autoencoder of chapter autoencoder."""
    chapter = autoencoder.CHAPTER
    names = {"autoencoder": "autoencoder", "denoising": "denoiser", "inpainting": "context encoder"}
    for kind, name in names.items():
        run = Settings(data=data, kind=kind, latent=SIZE, ladder=False, seed=seed)
        gradient = chapter.part("by_hand").gradient
        for _, net in chapter.part("lesson").fit([run], pictures, device, gradient=gradient):
            last = net
        own = last.only([last.variants.index(comparison(run, pictures.pixels, device)[0])])
        yield name, *both(pictures, lambda x, own=own: own.encode(x[None])[0])


def variational(pictures: Resident, data: str, seed: int, device: str) -> Iterator[Codes]:
    """Mean codes of beta-VAEs, which train side by side."""
    chapter = beta_vae.CHAPTER
    runs = [chapter.Settings(data=data, latent=SIZE, beta=beta, seed=seed) for beta in BETAS]
    descend = chapter.part("by_hand").descent()
    for _, vae in chapter.part("lesson").fit(runs, pictures, device, descend=descend):
        last = vae

    def encode(x: Tensor, k: int) -> Tensor:
        return last.encode(x.expand(len(runs), *x.shape))[0][k]

    for k, beta in enumerate(BETAS):
        yield f"VAE, beta {beta:g}", *both(pictures, lambda x, k=k: encode(x, k))


def clusterers(pictures: Resident, data: str, seed: int, device: str) -> Iterator[Codes]:
    """Codes of DEC, VaDE and DAC, which here do not see the test pictures."""
    chapter = clustering.CHAPTER
    unseen = chapter.part("points").without_test(pictures)
    gradient = chapter.part("by_hand").gradient
    for kind, name in (("dec", "DEC"), ("vade", "VaDE"), ("dac", "DAC")):
        run = chapter.Settings(data=data, kind=kind, latent=SIZE, seed=seed)
        for stage in chapter.part("lesson").fit([run], unseen, device, gradient=gradient):
            coder = stage.coder
        yield name, *both(pictures, lambda x, coder=coder: coder.codes(0, x)[0])


def pretexts(data: str, seed: int, device: str) -> Iterator[Codes]:
    """Features of chapter selfsup: random weights, and each pretext task.

    Grey pictures are painted in any colour, as a colour for each class would be a label.
    """
    chapter = selfsup.CHAPTER
    lesson, pretext = chapter.part("lesson"), chapter.part("pretext")
    album = load_album(data, device, PAINTS[2])
    for kind in chapter.Settings.knobs()["kind"].choices:
        run = chapter.Settings(data=data, kind=kind, paint=PAINTS[2], seed=seed)
        if kind == "colorization":  # all tasks begin with the same weights
            untrained = chapter.part("exam").draw_untrained(run, album)
            yield "random weights", *features(untrained, album)
        known = pretext.lesson_data(run, album)
        for _, learners in lesson.fit([run], known, device, supervised=False):
            encoder = learners["pretext"].encoder
        yield kind, *features(encoder, album)


def features(encoder: Encoder, album: Album) -> tuple[NDArray, NDArray]:
    """What a probe reads of the training and of the test pictures."""
    return read_features(encoder, album.light), read_features(encoder, album.light_test)


def accuracy(train: NDArray, test: NDArray, pictures: Resident, seed: int) -> list[float]:
    """Test accuracy with each of COUNTS labels, the mean over draws of them."""
    y, truth = labels_of(pictures)
    right = []
    for draw in range(DRAWS):
        bought = draw_labels(y[:POOL], max(COUNTS), DRAWS * seed + draw)
        few = (bought[:count] for count in COUNTS)
        right.append([probe(train[rows], y[rows], test, truth) for rows in few])
    return np.mean(right, 0).tolist()


def table(data: str, accuracies: dict[str, list[list[float]]]) -> Table:
    """A line for each code: accuracy over seeds in percent, and what it gains over pixels."""
    rows = []
    for name, runs in accuracies.items():
        mean, spread = 100 * np.mean(runs, 0), 100 * np.std(runs, 0)
        cells = [f"{m:.1f} +- {s:.1f}" for m, s in zip(mean, spread, strict=True)]
        rows.append((name, len(runs), *cells, gain(runs, accuracies["pixels"])))
    return Table(
        f"Codes and few labels, on {data}",
        ("code", "seeds", *(f"{count} labels" for count in COUNTS), f"over pixels, {COMPARED}"),
        tuple(rows),
        caption=f"Test accuracy in percent of a logistic regression, mean and standard deviation "
        f"over seeds; each is the mean of {DRAWS} draws of the labels. Codes of PCA, of "
        f"autoencoders, VAEs and clustering methods have {SIZE} numbers, those of random weights "
        f"and pretext tasks 256. The last column is the gain with {COMPARED} labels, seed by seed, "
        f"and in how many seeds there is one. All were learnt with their chapter's defaults.",
    )


def gain(runs: list, pixels: list) -> str:
    """What a code gains over pixels with COMPARED labels: +1.2 +- 0.5 (5 of 5)."""
    column = COUNTS.index(COMPARED)
    each = 100 * (np.array(runs) - np.array(pixels[: len(runs)]))[:, column]
    return f"{each.mean():+.1f} +- {each.std():.1f} ({(each > 0).sum()} of {len(each)})"


STUDY = Study(
    name="codes",
    question="Which code, learnt without labels, needs the fewest of them afterwards?",
    reproduce=reproduce,
)
