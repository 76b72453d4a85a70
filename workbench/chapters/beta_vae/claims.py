"""TODO."""

from collections.abc import Sequence

import numpy as np

from workbench.chapters.beta_vae.frames import train
from workbench.chapters.beta_vae.knobs import Settings
from workbench.core.chapter import Claim


def last_frames(runs: Sequence[Settings]) -> list[dict[str, float]]:
    """The last numbers of runs trained side by side."""
    *_, frames = train(runs)
    return [frame.scalars for frame in frames]


def _sweep(seed: int, name: str, values: Sequence[float], **knobs) -> list[dict[str, float]]:
    return last_frames([Settings(seed=seed, **knobs, **{name: value}) for value in values])


def _said(name: str, values, ends, *shown: str) -> str:
    columns = (f"{s} " + ", ".join(f"{e[s]:.4g}" for e in ends) for s in shown)
    return f"{name} {', '.join(f'{v:g}' for v in values)}: " + "; ".join(columns)


def rate_falls(seed: int) -> tuple[bool, str]:
    """Rate and distortion along beta."""
    betas = (0, 0.1, 0.5, 1, 2)
    ends = _sweep(seed, "beta", betas)
    rates, distortions = (np.diff([e[s] for e in ends]) for s in ("rate", "distortion"))
    holds = bool((rates < 0).all() and (distortions > 0).all())
    return holds, _said("beta", betas, ends, "rate", "distortion")


def collapse(seed: int) -> tuple[bool, str]:
    """Active latents without a price and with a prohibitive one."""
    betas = (0, 16)
    ends = _sweep(seed, "beta", betas)
    return ends[0]["active"] == 10 and ends[1]["active"] == 0, _said("beta", betas, ends, "active")


def best_bound(seed: int) -> tuple[bool, str]:
    """The ELBO along beta."""
    betas = (0, 0.25, 1, 4)
    ends = _sweep(seed, "beta", betas)
    best = max(range(len(betas)), key=lambda i: ends[i]["elbo"])
    return betas[best] == 1, _said("beta", betas, ends, "elbo")


def rate_as_asked(seed: int) -> tuple[bool, str]:
    """The rate that the capacity form ends with."""
    asked = (2, 4, 6)
    ends = _sweep(seed, "capacity", asked, kind="capacity")
    holds = all(abs(e["rate"] - c) < 0.2 * c for c, e in zip(asked, ends, strict=True))
    return holds, _said("C", asked, ends, "rate")


CLAIMS = (
    Claim(
        "rate-falls",
        "The dearer a nat of rate, the lower the rate and the higher the "
        "distortion (digits, beta 0, 0.1, 0.5, 1, 2).",
        rate_falls,
    ),
    Claim("collapse", "With beta 0 all ten latents are active; with beta 16 none is.", collapse),
    Claim(
        "best-bound",
        "Of beta 0, 0.25, 1 and 4, beta 1 ends with the highest ELBO: it is "
        "the one that trains on it.",
        best_bound,
    ),
    Claim(
        "rate-as-asked",
        "The capacity form ends within 20 % of the rate asked for (C = 2, 4, 6 nats).",
        rate_as_asked,
    ),
)
