"""TODO."""

from functools import lru_cache

import numpy as np

from workbench.chapters.autoencoder.looks import QUERIES, SHOWN, Scene, principal
from workbench.core.pictures import Curves, Images, Line
from workbench.science import formulas, metrics
from workbench.science.later import torch
from workbench.science.tensors import Resident

DEPTHS = (1, 2, 5, 10, 20, 50, 100)  # neighbours that precision is counted among


def _bits(s: Scene):
    shots = (s.shots.codes > 0.5).float()
    held = (s.held.codes > 0.5).float()
    k = s.run.latent
    loud, silent = (formulas.saturation(s.held.codes[m, :, :k]).item() for m in (0, -1))
    scalars = {
        "bits_mse": s.held.mse(s.net.decoder(held))[0],
        "saturation": loud,
        "saturation_off": silent,
        "entropy": metrics.bits_entropy(held[0, :, :k].cpu().numpy()).mean(),
    }
    rows = {
        "held-out": s.shots.x,
        "from the code": s.shots.out[0],
        "from its bits": s.net.decoder(shots)[0],
        "bits, no noise": s.net.decoder(shots)[-1],
    }
    base = s.net.encode(s.data.train[:SHOWN].expand(len(s.kin), -1, -1)) > 0.5
    base, queries = base[..., :k].cpu().numpy(), s.held.codes[:, :QUERIES, :k].cpu().numpy() > 0.5
    pictures = {
        "neighbours": _neighbours(s, base[0]),
        "activations": _activations(s),
    }
    if s.data.labels is not None:
        found = [precision(s.data, q, b) for q, b in zip(queries, base, strict=True)]
        pictures["precision"] = _precision(s, found)
        at_ten = DEPTHS.index(10)
        scalars |= {
            "precision": found[0][at_ten],
            "precision_off": found[-1][at_ten],
            "chance": chance(s.data),
        }
    caption = f"{k} bits a picture; the last row: a network whose code units had no noise."
    return scalars, rows, caption, pictures


def _neighbours(s: Scene, base: np.ndarray) -> Images:
    rows = s.data.examples(6)
    asked = s.data.test[torch.from_numpy(rows)]
    bits = s.net.encode(asked.expand(len(s.kin), -1, -1))[0, :, : s.run.latent] > 0.5
    near = metrics.hamming(bits.cpu().numpy(), base).argsort(1, kind="stable")[:, :8]
    found = s.data.train[torch.from_numpy(near)]  # (query, neighbour, pixel)
    tiles = torch.cat([asked[:, None], found], 1).flatten(0, 1)
    return Images(
        "Nearest codes",
        s.data.tiles(tiles, 9),
        columns=("query", *map(str, range(1, 9))),
        caption="A held-out query and the training pictures whose bits differ least from its own.",
    )


def _activations(s: Scene) -> Curves:
    codes = s.held.codes[..., : s.run.latent].flatten(1).cpu().numpy()
    edges = np.linspace(0, 1, 21)
    shares = [np.histogram(c, edges)[0] / len(c) for c in codes]
    middle = (edges[1:] + edges[:-1]) / 2
    return Curves(
        "How sure the code units are",
        (Line("this run", middle, shares[0]), Line("no noise", middle, shares[-1], "dashed")),
        "activation",
        "share of activations",
        caption="Noise pushes activations to 0 and 1, so rounding them to bits costs little.",
    )


def precision(data: Resident, queries: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Share of the nearest training pictures with the query's label, for each of DEPTHS."""
    y, base_y = data.images.y_test[: len(queries)], data.images.y_train[: len(base)]
    return metrics.precision_curve(queries, y, base, base_y, DEPTHS)


@lru_cache(maxsize=16)
def pca_precision(data: Resident, bits: int) -> np.ndarray:
    """The same with the signs of the first principal components for bits."""
    mean, components = principal(data)
    parts = data.test[:QUERIES], data.train[:SHOWN]
    return precision(
        data, *((formulas.pca_code(x, mean, components[:bits]) > 0).cpu().numpy() for x in parts)
    )


def chance(data: Resident) -> float:
    """Precision of guessing: the chance that a query and a training picture share a label."""
    y, base_y = data.images.y_test[:QUERIES], data.images.y_train[:SHOWN]
    return float((y[:, None] == base_y).mean())


def _precision(s: Scene, found: list[np.ndarray]) -> Curves:
    depths = np.array(DEPTHS, float)
    return Curves(
        "Precision among the nearest",
        (
            Line("this run", depths, found[0]),
            Line("no noise", depths, found[-1]),
            Line("signs of PCA", depths, pca_precision(s.data, s.run.latent), "dashed"),
            Line("chance", depths, np.full(len(depths), chance(s.data)), "dashed"),
        ),
        "neighbours",
        "share with the query's label",
        log_x=True,
        caption=f"{QUERIES} held-out queries against {SHOWN} training pictures, "
        f"{s.run.latent} bits. Labels judge only.",
    )
