"""What the chapter asserts, and the experiments that test it."""

from collections.abc import Sequence

import numpy as np

from workbench.chapters.beta_vae import CHAPTER
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers

BETAS = (0, 0.1, 0.5, 1, 2)
CAPACITIES = (2, 4, 6)


def train_along(knob: str, values: Sequence[float], **knobs) -> dict[str, np.ndarray]:
    """Trains a run for each value of a knob; gives the last numbers by name, a number a run."""
    runs = [CHAPTER.Settings(**knobs, **{knob: value}) for value in values]
    numbers = last_numbers(CHAPTER.train(runs))
    return {name: np.array([each[name] for each in numbers]) for name in numbers[0]}


def in_words(knob: str, values: Sequence[float], **numbers: np.ndarray) -> str:
    """beta 0, 1: rate 3.1, 2.2; distortion 20.1, 21.5"""
    columns = (f"{name} " + ", ".join(f"{v:.4g}" for v in row) for name, row in numbers.items())
    return f"{knob} {', '.join(f'{value:g}' for value in values)}: " + "; ".join(columns)


def rate_falls(seed: int) -> tuple[bool, str]:
    """Rate and distortion along beta."""
    ends = train_along("beta", BETAS, seed=seed)
    rate, distortion = ends["rate"], ends["distortion"]
    holds = (np.diff(rate) < 0).all() and (np.diff(distortion) > 0).all()
    return bool(holds), in_words("beta", BETAS, rate=rate, distortion=distortion)


def collapse(seed: int) -> tuple[bool, str]:
    """Active latents without a price and with a prohibitive one."""
    betas = (0, 16)
    active = train_along("beta", betas, seed=seed)["active"]
    return active.tolist() == [10, 0], in_words("beta", betas, active=active)


def best_bound(seed: int) -> tuple[bool, str]:
    """The ELBO along beta."""
    betas = (0, 0.25, 1, 4)
    elbo = train_along("beta", betas, seed=seed)["elbo"]
    return betas[elbo.argmax()] == 1, in_words("beta", betas, elbo=elbo)


def rate_as_asked(seed: int) -> tuple[bool, str]:
    """The rate that the capacity form ends with."""
    rate = train_along("capacity", CAPACITIES, kind="capacity", seed=seed)["rate"]
    holds = np.abs(rate - CAPACITIES) < 0.2 * np.array(CAPACITIES)
    return bool(holds.all()), in_words("C", CAPACITIES, rate=rate)


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
