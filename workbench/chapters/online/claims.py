"""What the chapter asserts about online learning, and the experiments that test it."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.online import CHAPTER
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers


@lru_cache(maxsize=32)
def hits(drift: str, seed: int, rate: float = 5.0, window: int = 300) -> dict[str, NDArray]:
    """Which predictions of each learner were right [items], on 3000 digits."""
    run = CHAPTER.Settings(drift=drift, seed=seed, rate=rate, window=window)
    stream = CHAPTER.part("stream").open_stream(run)
    right: dict[str, list[bool]] = {}
    for t, _, predicted in CHAPTER.part("lesson").fit([run], stream):
        for name, answer in predicted.items():
            right.setdefault(name, []).append(answer == stream.y[t - 1])
    return {name: np.array(values) for name, values in right.items()}


def in_words(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in values.items())


def all_items_stay_behind(seed: int) -> tuple[bool, str]:
    """The last 500 items after a shift of labels."""
    right = hits("labels shift", seed)
    end = {name: right[name][-500:].mean() for name in ("everything", "window")}
    return end["everything"] < 0.35 and end["window"] > 0.80, in_words(end)


def what_wins_loses(seed: int) -> tuple[bool, str]:
    """The whole stream, without drift and with shifted labels."""
    calm, shifted = (hits(drift, seed) for drift in ("none", "labels shift"))
    gain, loss = (r["falling"].mean() - r["constant"].mean() for r in (calm, shifted))
    return gain > 0.010 and loss < -0.05, f"falling - constant: {gain:+.3f} calm, {loss:+.3f} after"


def frozen_is_lost(seed: int) -> tuple[bool, str]:
    """The last 500 items after a shift of labels, frozen half-way."""
    end = hits("labels shift", seed)["frozen"][-500:].mean()
    return end < 0.05, f"frozen {end:.3f}"


def quick_rates_recover(seed: int) -> tuple[bool, str]:
    """The 200 items after the shift at rates 5 and 1."""
    after = slice(1500, 1700)
    quick, slow = (hits("labels shift", seed, r)["constant"][after].mean() for r in (5.0, 1.0))
    return quick > slow + 0.15, f"rate 5 {quick:.3f}, rate 1 {slow:.3f}"


def filter_hides_the_change(seed: int) -> tuple[bool, str]:
    """The last 500 items after a shift of labels, with and without RAD's filter."""
    right = hits("labels shift", seed)
    end = {name: right[name][-500:].mean() for name in ("filtered", "constant")}
    return end["filtered"] < 0.35 and end["constant"] > 0.80, in_words(end)


def regret_is_bounded(seed: int) -> tuple[bool, str]:
    """The regret at the rate of the bound, without drift, as a share of the bound."""
    shares = []
    for steps in (500, 1000, 3000):
        run = CHAPTER.Settings(drift="none", steps=steps, seed=seed)
        (end,) = last_numbers(CHAPTER.train([run]))
        shares.append(end["regret"] / end["bound"])
    return max(shares) < 0.3, "of the bound: " + ", ".join(f"{share:.2f}" for share in shares)


CLAIMS = (
    Claim(
        "all-items-stay-behind",
        "After the labels have shifted, class means over all items end below 0.35 and class means "
        "over the last 300 above 0.80 (digits).",
        all_items_stay_behind,
    ),
    Claim(
        "what-wins-loses",
        "The falling rate is more than 0.01 above the constant rate over a stream without drift, "
        "and more than 0.05 below it over one whose labels shift (digits).",
        what_wins_loses,
    ),
    Claim(
        "frozen-is-lost",
        "A model frozen half-way ends below 0.05 after the labels have shifted (digits).",
        frozen_is_lost,
    ),
    Claim(
        "quick-rates-recover",
        "In the 200 items after the shift a rate of 5 is more than 0.15 above one of 1 (digits).",
        quick_rates_recover,
    ),
    Claim(
        "filter-hides-the-change",
        "Behind RAD's filter the learner ends below 0.35 after the labels have shifted, without "
        "it above 0.80 (digits).",
        filter_hides_the_change,
    ),
    Claim(
        "regret-is-bounded",
        "At the rate D / (G sqrt(T)) the regret is below 0.3 of its bound for 500, 1000 and 3000 "
        "items (digits).",
        regret_is_bounded,
    ),
)
