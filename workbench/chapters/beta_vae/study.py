"""Metrics of disentanglement over seeds, for each beta: does a dearer rate disentangle?

On dSprites where its file is there, else on the chapter's own sprites, whose factors are known as
well. The papers train convolutions for 300,000 steps on all 737,280 pictures; here are perceptrons,
a fixed draw of pictures at half size, and 1500 steps, so their numbers are no bar for ours.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from workbench import data as sets
from workbench.chapters.beta_vae import by_hand, lesson
from workbench.chapters.beta_vae.frames import measure
from workbench.chapters.beta_vae.knobs import Settings
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident, resident

BETAS = (1.0, 4.0, 8.0)
STEPS = 1500
JUDGED = 1800  # held-out pictures that the metrics read
DIMENSIONS = 10  # of a code, and principal components beside it
SCORES = (
    "MIG",
    "SAP",
    "DCI disentanglement",
    "DCI completeness",
    "beta-VAE metric",
    "FactorVAE metric",
)
ROWS = ("principal components", "untrained", *(f"beta {beta:g}" for beta in BETAS))

Results = Mapping[str, Sequence[Mapping[str, float]]]  # by row: the scores of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Seed after seed, its betas in one stack, until the budget is spent. Raises DataError."""
    pictures, start = resident(data, device), time.monotonic()
    if pictures.images.factors_test is None:
        raise DataError(f"Nobody knows the factors of {data}: choose sprites or dsprites.")
    results: dict[str, list[Mapping[str, float]]] = {name: [] for name in ROWS}
    for seed in range(seeds):
        for name, codes in learn_codes(pictures, data, seed, device).items():
            results[name].append(score(codes, pictures.images.factors_test[:JUDGED], seed))
        yield table(results, pictures)
        if budget is not None and time.monotonic() - start > budget:
            return


def learn_codes(pictures: Resident, data: str, seed: int, device: str) -> dict[str, np.ndarray]:
    """Mean codes [n, 10] of held-out pictures by the name of the row."""
    x = pictures.test[:JUDGED]
    mean, components, _ = formulas.pca(pictures.train, DIMENSIONS)
    codes = {"principal components": formulas.pca_code(x, mean, components).cpu().numpy()}
    runs = [
        Settings(data=data, beta=beta, seed=seed, steps=STEPS, latent=DIMENSIONS) for beta in BETAS
    ]
    training = lesson.fit(runs, pictures, device, descend=by_hand.descent())
    for step, vae in training:
        if step == 1:  # as good as untrained; all betas begin with the same weights
            codes["untrained"] = mean_codes(vae, x)[0]
    trained = mean_codes(vae, x)
    return codes | {f"beta {beta:g}": trained[k] for k, beta in enumerate(BETAS)}


@torch.no_grad()
def mean_codes(vae: lesson.Vae, x: Tensor) -> np.ndarray:
    """The mean codes [runs, n, J] of pictures x [n, pixels], as a frame of the chapter has them."""
    return measure(vae, x, "bernoulli").codes.numpy()


def score(codes: np.ndarray, factors: np.ndarray, seed: int) -> dict[str, float]:
    """The metrics of codes [n, J] whose pictures have these factors [n, K]."""
    dci = metrics.dci(codes, factors, seed=seed)
    values = (
        metrics.mig(codes, factors),
        metrics.sap(codes, factors, seed=seed),
        dci.disentanglement,
        dci.completeness,
        metrics.beta_vae_score(codes, factors, seed=seed),
        metrics.factor_vae_score(codes, factors, seed=seed),
    )
    return dict(zip(SCORES, map(float, values), strict=True))


def table(results: Results, pictures: Resident) -> Table:
    """Mean and standard deviation over seeds of each metric, and whether a dearer rate helps."""
    rows = [
        (name, *(describe([end[metric] for end in ends]) for metric in SCORES))
        for name, ends in results.items()
        if ends
    ]
    seeds = len(results[ROWS[0]])
    images = pictures.images
    return Table(
        f"Disentanglement, {images.title}",
        ("code", *SCORES),
        tuple(rows),
        caption=f"{STEPS} steps, codes of {DIMENSIONS} numbers, {min(JUDGED, len(pictures.test))} "
        f"held-out pictures, mean +/- sd of {seeds} seeds; all metrics from 0 to 1, higher is "
        f"better. {verdict(results)} Of published values none could be read at its source with "
        "this metric, set and size of training.",
    )


def describe(values: Sequence[float]) -> str:
    """Mean and standard deviation."""
    return f"{np.mean(values):.2f} +/- {np.std(values):.2f}"


def verdict(results: Results) -> str:
    """Of each metric: in how many seeds beta 4 is above the VAE."""
    dear, plain = results["beta 4"], results["beta 1"]
    parts = []
    for metric in SCORES:
        gains = np.array(
            [ours[metric] - other[metric] for ours, other in zip(dear, plain, strict=True)]
        )
        parts.append(f"{metric} {gains.mean():+.2f} ({(gains > 0).sum()} of {len(gains)})")
    return f"Beta 4 against beta 1, and in how many seeds it is above: {', '.join(parts)}."


STUDY = Study(
    name="beta-vae",
    question="Does a dearer rate disentangle the factors of pictures?",
    reproduce=reproduce,
    data="dsprites" if "dsprites" in sets.names() else "sprites",
)
