"""TODO."""

import numpy as np

from workbench.chapters.beta_vae.lesson import Vae
from workbench.core.pictures import Bars, HeatMap, Images, Scatter, Table
from workbench.science import metrics
from workbench.science.later import Tensor, torch
from workbench.science.tensors import Resident

REACH = np.linspace(-2.5, 2.5, 9)  # how far a traversal goes, in prior standard deviations
SIDE = 11  # the manifold is SIDE x SIDE pictures


def _shots(vae: Vae, data: Resident, rates: Tensor, likelihood: str) -> dict[str, Tensor]:
    """Decoded pictures [runs, n, pixels] by name, all runs and all pictures in one pass."""
    device, runs, j = data.test.device, len(rates), vae.latent
    examples = data.test[torch.from_numpy(data.examples(20)).to(device)]
    codes = vae.encode(examples.expand(runs, *examples.shape))[0]
    prior = torch.randn(20, j, generator=torch.Generator().manual_seed(2)).to(device)
    shots = {
        "reconstructions": codes,
        "samples": prior.expand(runs, -1, -1),
        "traversals": _traversals(codes[:, :1]),
        "manifold": _plane(rates).to(device),
    }
    out = vae.decoder(torch.cat(list(shots.values()), 1))
    seen = out.sigmoid() if likelihood == "bernoulli" else out.clamp(0, 1)
    parts = seen.split([z.shape[1] for z in shots.values()], 1)
    return dict(zip(shots, parts, strict=True)) | {"examples": examples.expand(runs, -1, -1)}


def _traversals(code: Tensor) -> Tensor:
    """code [runs, 1, J] -> [runs, J * len(REACH), J]: each latent in turn moved along REACH."""
    j = code.shape[-1]
    reach = torch.from_numpy(REACH).to(code)
    along = torch.eye(j, device=code.device)[:, None, :]  # (latent, 1, J)
    moved = code[:, None] * (1 - along) + reach[:, None] * along  # (runs, latent, reach, J)
    return moved.flatten(1, 2)


def _plane(rates: Tensor) -> Tensor:
    """Codes [runs, SIDE * SIDE, J] on a plane through the two latents of the highest rate."""
    runs, j = rates.shape
    axis = torch.from_numpy(np.linspace(-2.5, 2.5, SIDE)).float()
    across, up = axis.repeat(SIDE), axis.flip(0).repeat_interleave(SIDE)
    z = torch.zeros(runs, SIDE * SIDE, j)
    for k, top in enumerate(_two_busiest(rates)):
        z[k, :, top[-1]] = up
        z[k, :, top[0]] = across
    return z


def _two_busiest(rates: Tensor) -> list[list[int]]:
    """The latents of the highest rate [runs][1 or 2], in ascending order so that axes stay."""
    return [sorted(r.topk(min(2, len(r))).indices.tolist()) for r in rates]


def _pictures(data: Resident, shots, rates: np.ndarray, codes: np.ndarray) -> dict:
    names = tuple(f"z{j + 1}" for j in range(len(rates)))
    top = sorted(np.argsort(-rates, kind="stable")[:2])
    across, up = names[top[0]], names[top[-1]]
    pairs = torch.stack(
        [shots[name].unflatten(0, (2, -1)) for name in ("examples", "reconstructions")], 1
    )
    reach = tuple(f"{r:+.1f}" if i % 4 == 0 else "" for i, r in enumerate(REACH))
    return {
        "reconstructions": Images(
            "Reconstructions",
            data.tiles(pairs.flatten(0, 2), 10),
            ("held-out", "decoded") * 2,
            caption="Held-out pictures and what is left of them after the code.",
        ),
        "samples": Images(
            "Samples from the prior",
            data.tiles(shots["samples"], 10),
            caption="Codes drawn from N(0, 1), the same ones throughout, decoded.",
        ),
        "traversals": Images(
            "Latent traversals",
            data.tiles(shots["traversals"], len(REACH)),
            names,
            reach,
            caption="One picture's code with one latent at a time moved from -2.5 to +2.5. "
            "A row that does not change is a silent latent.",
        ),
        "manifold": Images(
            "The plane of the two busiest latents",
            data.tiles(shots["manifold"], SIDE),
            caption=f"Decoded on a grid: {across} across, {up} up, the other latents at 0.",
        ),
        "rates": Bars(
            "Rate per latent",
            names,
            rates,
            y_label="nats",
            caption="How much each latent says about a picture. 0 is silent.",
        ),
        "latents": Scatter(
            "Codes of held-out pictures",
            codes[:600][:, [top[0], top[-1]]],
            None if data.labels is None else data.labels[:600],
            data.images.classes,
            across,
            up,
            caption="Means of the codes in the two busiest latents. Training never saw a label.",
        ),
    }


def _information(codes: np.ndarray, factors: np.ndarray, names: tuple[str, ...]) -> HeatMap:
    information = metrics.mutual_information(codes, factors)
    return HeatMap(
        "What each latent knows",
        information,
        tuple(f"z{j + 1}" for j in range(len(information))),
        names,
        "factor",
        "latent",
        "nats",
        caption="Mutual information of a latent and a factor (20 bins). Disentangled would be "
        "one bright cell in every row and column.",
    )


def _metrics_table(codes: np.ndarray, factors: np.ndarray) -> Table:
    score = metrics.dci(codes, factors)
    rows = (
        ("MIG", metrics.mig(codes, factors)),
        ("SAP", metrics.sap(codes, factors)),
        ("DCI disentanglement", score.disentanglement),
        ("DCI completeness", score.completeness),
        ("DCI informativeness", score.informativeness),
        ("beta-VAE metric", metrics.beta_vae_score(codes, factors)),
        ("FactorVAE metric", metrics.factor_vae_score(codes, factors)),
    )
    return Table(
        "Disentanglement",
        ("metric (0 to 1)", "this run"),
        tuple((name, f"{value:.2f}") for name, value in rows),
        caption="Held-out sprites; higher is better. No setting of beta is promised to "
        "disentangle (Locatello et al. 2019): let the metrics speak.",
    )
