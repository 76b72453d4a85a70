"""The chapter's pictures: what the decoders draw, and what the codes say."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.beta_vae.lesson import Vae
from workbench.core.pictures import Bars, HeatMap, Images, Picture, Scatter, Table
from workbench.science import metrics
from workbench.science.tensors import Resident

REACH = np.linspace(-2.5, 2.5, 9)  # how far a traversal goes, in prior standard deviations
SIDE = 11  # the manifold is SIDE x SIDE pictures
POINTS = 600  # of a scatter


# ---- what the decoders draw


def decode(vae: Vae, data: Resident, rates: Tensor, likelihood: str) -> dict[str, Tensor]:
    """Pictures [runs, n, pixels] by name, of all runs in one pass. rates [runs, J]."""
    device, runs, latents = data.test.device, *rates.shape
    examples = data.test[torch.from_numpy(data.examples(20)).to(device)]
    codes = vae.encode(examples.expand(runs, *examples.shape))[0]
    prior = torch.randn(20, latents, generator=torch.Generator().manual_seed(2)).to(device)
    z = {
        "reconstructions": codes,
        "samples": prior.expand(runs, -1, -1),
        "traversals": traverse(codes[:, :1]),
        "manifold": span_plane(rates).to(device),
    }
    out = vae.decoder(torch.cat(list(z.values()), 1))
    brightness = out.sigmoid() if likelihood == "bernoulli" else out.clamp(0, 1)
    parts = brightness.split([part.shape[1] for part in z.values()], 1)
    return dict(zip(z, parts, strict=True)) | {"examples": examples.expand(runs, -1, -1)}


def traverse(code: Tensor) -> Tensor:
    """code [runs, 1, J] -> [runs, J * len(REACH), J]: each latent in turn moved along REACH."""
    latents = code.shape[-1]
    reach = torch.from_numpy(REACH).to(code)
    along = torch.eye(latents, device=code.device)[:, None, :]  # (latent, 1, J)
    moved = code[:, None] * (1 - along) + reach[:, None] * along  # (runs, latent, reach, J)
    return moved.flatten(1, 2)


def span_plane(rates: Tensor) -> Tensor:
    """Codes [runs, SIDE * SIDE, J] on a plane through the two latents of the highest rate."""
    axis = torch.from_numpy(np.linspace(-2.5, 2.5, SIDE)).float()
    right = axis.repeat(SIDE)
    up = axis.flip(0).repeat_interleave(SIDE)
    z = torch.zeros(len(rates), SIDE * SIDE, rates.shape[1])
    for codes, run in zip(z, rates, strict=True):
        across, above = two_busiest(run.numpy())
        codes[:, above] = up
        codes[:, across] = right
    return z


def two_busiest(rates: np.ndarray) -> tuple[int, int]:
    """The latents of the highest rate, in ascending order so that axes stay; or one, twice."""
    top = sorted(np.argsort(-rates, kind="stable")[:2])
    return int(top[0]), int(top[-1])


def name_latents(count: int) -> tuple[str, ...]:
    """z1, z2 and so on."""
    return tuple(f"z{j + 1}" for j in range(count))


# ---- the pictures of one run


def draw(
    data: Resident, decoded: dict[str, Tensor], rates: np.ndarray, codes: np.ndarray
) -> dict[str, Picture]:
    """The pictures of one run by name, in the order of the page.

    decoded: its part of what `decode` gives; rates [J]; codes [n, J] of held-out pictures.
    """
    names = name_latents(len(rates))
    across, up = two_busiest(rates)
    return {
        "reconstructions": draw_reconstructions(data, decoded),
        "samples": Images(
            "Samples from the prior",
            data.tiles(decoded["samples"], 10),
            caption="Codes drawn from N(0, 1), the same ones throughout, decoded.",
        ),
        "traversals": draw_traversals(data, decoded, names),
        "manifold": Images(
            "The plane of the two busiest latents",
            data.tiles(decoded["manifold"], SIDE),
            caption=f"Decoded on a grid: {names[across]} across, {names[up]} up, the other "
            "latents at 0.",
        ),
        "rates": Bars(
            "Rate per latent",
            names,
            rates,
            y_label="nats",
            caption="How much each latent says about a picture. 0 is silent.",
        ),
        "latents": draw_codes(data, codes, (across, up), names),
    }


def draw_reconstructions(data: Resident, decoded: dict[str, Tensor]) -> Images:
    """Two pairs of rows: held-out pictures, and below each what the code keeps of it."""
    halves = [decoded[name].unflatten(0, (2, -1)) for name in ("examples", "reconstructions")]
    return Images(
        "Reconstructions",
        data.tiles(torch.stack(halves, 1).flatten(0, 2), 10),
        ("held-out", "decoded") * 2,
        caption="Held-out pictures and their reconstructions.",
    )


def draw_traversals(data: Resident, decoded: dict[str, Tensor], names: Sequence[str]) -> Images:
    """A row for each latent: one picture's code with this latent moved."""
    return Images(
        "Latent traversals",
        data.tiles(decoded["traversals"], len(REACH)),
        tuple(names),
        tuple(f"{reach:+.1f}" if i % 4 == 0 else "" for i, reach in enumerate(REACH)),
        caption="One picture's code with one latent at a time moved from -2.5 to +2.5. "
        "A row that does not change is a silent latent.",
    )


def draw_codes(
    data: Resident, codes: np.ndarray, axes: tuple[int, int], names: Sequence[str]
) -> Scatter:
    """Held-out pictures by two of their latents, `axes`."""
    return Scatter(
        "Codes of held-out pictures",
        codes[:POINTS][:, list(axes)],
        None if data.labels is None else data.labels[:POINTS],
        data.images.classes,
        *(names[axis] for axis in axes),
        equal=True,
        caption="Each dot is a held-out picture, placed by the two latents that say most. Training "
        "never saw a label.",
    )


# ---- where the factors of the pictures are known


def draw_factors(data: Resident, codes: np.ndarray, last: bool) -> dict[str, Picture]:
    """What codes [n, J] of held-out pictures tell about the factors; metrics in the last frame."""
    factors = data.images.factors_test
    if factors is None:
        return {}
    factors = factors[: len(codes)]
    pictures = {"information": draw_information(codes, factors, data.images.factor_names)}
    return pictures | ({"metrics": list_metrics(codes, factors)} if last else {})


def draw_information(codes: np.ndarray, factors: np.ndarray, names: tuple[str, ...]) -> HeatMap:
    """What each latent tells about each factor. codes [n, J]; factors [n, names]."""
    information = metrics.mutual_information(codes, factors)
    return HeatMap(
        "What each latent knows",
        information,
        name_latents(len(information)),
        names,
        "factor",
        "latent",
        "nats",
        caption="Mutual information of a latent and a factor (20 bins). Disentangled would be "
        "one bright cell in every row and column.",
    )


def list_metrics(codes: np.ndarray, factors: np.ndarray) -> Table:
    """The metrics of disentanglement. codes [n, J]; factors [n, factors]."""
    dci = metrics.dci(codes, factors)
    scores = {
        "MIG": metrics.mig(codes, factors),
        "SAP": metrics.sap(codes, factors),
        "DCI disentanglement": dci.disentanglement,
        "DCI completeness": dci.completeness,
        "DCI informativeness": dci.informativeness,
        "beta-VAE metric": metrics.beta_vae_score(codes, factors),
        "FactorVAE metric": metrics.factor_vae_score(codes, factors),
    }
    return Table(
        "Disentanglement",
        ("metric (0 to 1)", "this run"),
        tuple((name, f"{score:.2f}") for name, score in scores.items()),
        caption="Held-out sprites; higher is better. No setting of beta is promised to "
        "disentangle (Locatello et al. 2019): let the metrics speak.",
    )
