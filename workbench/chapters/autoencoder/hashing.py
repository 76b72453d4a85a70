"""What hashing adds to a frame: how sure the bits are, and which pictures they find."""

from functools import lru_cache

import numpy as np
import torch

from workbench.chapters.autoencoder.evaluation import SHOWN, Moment, principal_components
from workbench.chapters.autoencoder.pictures import QUERIES, Report
from workbench.core.pictures import Curves, Images, Line
from workbench.science import formulas, metrics
from workbench.science.tensors import Resident

DEPTHS = (1, 2, 5, 10, 20, 50, 100)  # neighbours that precision is counted among


def report_hashing(moment: Moment) -> Report:
    """The run's bits beside those of a network whose code units had no noise."""
    net, size = moment.net, moment.run.latent
    held_out, examples = moment.held_out, moment.examples
    own, off = (held_out.codes[network, :, :size] for network in (0, -1))
    bits = (held_out.codes > 0.5).float()
    scalars = {
        "bits_mse": held_out.mse(net.decoder(bits))[0],
        "saturation": formulas.saturation(own).item(),
        "saturation_off": formulas.saturation(off).item(),
        "entropy": metrics.bits_entropy(bits[0, :, :size].cpu().numpy()).mean(),
    }
    decoded = net.decoder((examples.codes > 0.5).float())
    rows = {
        "held-out": examples.x,
        "from the code": examples.out[0],
        "from its bits": decoded[0],
        "bits, no noise": decoded[-1],
    }
    caption = f"{size} bits a picture; the last row: a network whose code units had no noise."
    base = code_bits(moment, moment.data.train[:SHOWN])
    pictures = {
        "neighbours": draw_neighbours(moment, base[0]),
        "activations": draw_activations(moment),
    }
    if moment.data.labels is not None:
        queries = held_out.codes[:, :QUERIES, :size].cpu().numpy() > 0.5
        shares = [precision(moment.data, *pair) for pair in zip(queries, base, strict=True)]
        pictures["precision"] = draw_precision(moment, shares)
        pictures["ball"] = draw_ball(moment.data, queries, base)
        scalars |= {
            "precision": shares[0][DEPTHS.index(10)],
            "precision_off": shares[-1][DEPTHS.index(10)],
            "chance": chance(moment.data),
        }
    return Report(scalars, rows, caption, pictures)


def code_bits(moment: Moment, x: torch.Tensor) -> np.ndarray:
    """x [n, pixels] -> the bits [networks, n, latent] of its codes."""
    codes = moment.net.encode(x.expand(moment.networks, *x.shape))
    return (codes[..., : moment.run.latent] > 0.5).cpu().numpy()


def draw_neighbours(moment: Moment, base: np.ndarray) -> Images:
    """A row for each of six queries: the training pictures whose bits, base [n, J], are nearest."""
    data = moment.data
    queries = data.test[torch.from_numpy(data.examples(6))]
    near = metrics.hamming(code_bits(moment, queries)[0], base).argsort(1, kind="stable")[:, :8]
    neighbours = data.train[torch.from_numpy(near)]  # (query, neighbour, pixel)
    tiles = torch.cat([queries[:, None], neighbours], 1).flatten(0, 1)
    return Images(
        "Nearest codes",
        data.tiles(tiles, 9),
        columns=("query", *map(str, range(1, 9))),
        caption="A held-out query and the training pictures whose bits differ least from its own.",
    )


def draw_activations(moment: Moment) -> Curves:
    """How the activations of the code units are spread over 0 to 1."""
    codes = moment.held_out.codes[..., : moment.run.latent].flatten(1).cpu().numpy()
    edges = np.linspace(0, 1, 21)
    shares = [np.histogram(code, edges)[0] / len(code) for code in codes]
    middle = (edges[1:] + edges[:-1]) / 2
    return Curves(
        "How sure the code units are",
        (Line("this run", middle, shares[0]), Line("no noise", middle, shares[-1], "dashed")),
        "activation",
        "share of activations",
        caption="Noise pushes activations to 0 and 1, so rounding them to bits costs little.",
    )


def draw_precision(moment: Moment, shares: list[np.ndarray]) -> Curves:
    """shares: the precision at DEPTHS of each network."""
    data, size = moment.data, moment.run.latent
    depths = np.array(DEPTHS, float)
    return Curves(
        "Precision among the nearest",
        (
            Line("this run", depths, shares[0]),
            Line("no noise", depths, shares[-1]),
            Line("signs of PCA", depths, pca_precision(data, size), "dashed"),
            Line("chance", depths, np.full(len(depths), chance(data)), "dashed"),
        ),
        "neighbours",
        "share with the query's label",
        log_x=True,
        caption=f"{QUERIES} held-out queries against {SHOWN} training pictures, "
        f"{size} bits. Labels judge only.",
    )


def draw_ball(data: Resident, queries: np.ndarray, base: np.ndarray) -> Curves:
    """What a radius returns; bits [networks, queries, J] and [networks, n, J], no noise last."""
    radii = np.arange(queries.shape[-1] + 1)
    y, base_y = data.images.y_test[: queries.shape[1]], data.images.y_train[: base.shape[1]]
    own, off = (metrics.hamming_ball(queries[n], y, base[n], base_y, radii) for n in (0, -1))
    some = own.returned > 0
    return Curves(
        "Within a radius of the query",
        (
            Line("right among those returned", radii[some], own.precision[some]),
            Line("found of its label", radii, own.recall),
            Line("found, no noise", radii, off.recall, "dashed"),
            Line("queries that find nothing", radii, own.empty, "dashed"),
        ),
        "bits that may differ",
        "share",
        caption="Precision and recall of a Hamming ball. A wider one finds more of the query's "
        "label and more of everything else.",
    )


def precision(data: Resident, queries: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Share of the nearest training pictures with the query's label, for each of DEPTHS."""
    y, base_y = data.images.y_test[: len(queries)], data.images.y_train[: len(base)]
    return metrics.precision_curve(queries, y, base, base_y, DEPTHS)


@lru_cache(maxsize=16)
def pca_precision(data: Resident, bits: int) -> np.ndarray:
    """The same with the signs of the first principal components for bits."""
    mean, components = principal_components(data)
    parts = data.test[:QUERIES], data.train[:SHOWN]
    codes = (formulas.pca_code(x, mean, components[:bits]) for x in parts)
    return precision(data, *((code > 0).cpu().numpy() for code in codes))


def chance(data: Resident) -> float:
    """Precision of guessing: the chance that a query and a training picture share a label."""
    y, base_y = data.images.y_test[:QUERIES], data.images.y_train[:SHOWN]
    return float((y[:, None] == base_y).mean())
