"""What chapter mil claims, and the experiments that test it."""

from collections.abc import Sequence

import numpy as np

from workbench.chapters.mil import CHAPTER
from workbench.chapters.mil.knobs import Settings
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers


def measure(*runs: dict, **shared) -> list[dict[str, float]]:
    """The last numbers of runs trained side by side: the knobs of each, and those they share."""
    settings = [Settings(**(shared | run)) for run in runs]
    return last_numbers(CHAPTER.train(settings, shown={settings[0].steps}))


def compare(poolings: Sequence[str], **shared) -> dict[str, dict[str, float]]:
    """The last numbers of a run with each pooling."""
    runs = measure(*({"pooling": name} for name in poolings), **shared)
    return dict(zip(poolings, runs, strict=True))


def describe(ends: dict[str, dict], *scalars: str) -> str:
    """These numbers of every pooling in words."""
    return "; ".join(
        f"{pooling}: {CHAPTER.in_words(end, *scalars)}" for pooling, end in ends.items()
    )


def attention_finds(seed: int) -> tuple[bool, str]:
    """Attention on bags of 30."""
    ends = compare(["attention"], size=30, seed=seed)
    end = ends["attention"]
    holds = end["auc"] > 0.93 and end["top_witness"] > 0.9
    return holds, describe(ends, "auc", "top_witness")


def mean_is_stuck(seed: int) -> tuple[bool, str]:
    """The mean of instance probabilities on bags of 30."""
    ends = compare(["instance-mean", "attention"], size=30, seed=seed)
    mean, attention = (ends[name]["auc"] for name in ends)
    return mean < min(0.80, attention - 0.1), describe(ends, "auc")


def weights_are_relative(seed: int) -> tuple[bool, str]:
    """Entropy of the weights in positive and negative bags."""
    ends = compare(["attention"], seed=seed)
    end = ends["attention"]
    holds = end["spread_positive"] < end["spread_negative"] - 0.1
    return holds, describe(ends, "spread_positive", "spread_negative")


def needs_both_labels(seed: int) -> tuple[bool, str]:
    """What bags at random of 50 instances are worth beside balanced ones, means of five seeds."""
    seeds = [{"seed": (5 * seed + k) % 100} for k in range(5)]
    balanced, chance = (
        np.mean([end["auc"] for end in measure(*seeds, size=50, bags=100, balanced=b)])
        for b in (True, False)
    )
    return bool(chance < balanced - 0.1), f"auc balanced {balanced:.3f}, at random {chance:.3f}"


def wrong_labels_are_learnt(seed: int) -> tuple[bool, str]:
    """Attention on bags of ten, without wrong labels and with a fifth of them wrong."""
    right, wrong = measure({}, {"wrong": 0.2}, seed=seed)
    holds = wrong["auc"] < right["auc"] - 0.05 and wrong["train_auc"] > 0.95
    measured = f"auc {right['auc']:.3f} and {wrong['auc']:.3f}, training {wrong['train_auc']:.3f}"
    return holds, measured


CLAIMS = (
    Claim(
        "attention-finds",
        "In bags of 30 attention ends with an AUC over 0.93, and its "
        "largest weight is on a witness in over 90 % of the positive bags.",
        attention_finds,
    ),
    Claim(
        "mean-is-stuck",
        "In bags of 30 the mean of instance probabilities stays below 0.80 of AUC, and 0.1 below "
        "attention.",
        mean_is_stuck,
    ),
    Claim(
        "relative",
        "Weights are more spread in negative bags than in positive ones, by 0.1 "
        "of the largest entropy.",
        weights_are_relative,
    ),
    Claim(
        "balance",
        "A hundred bags of fifty at random are nearly all positive: over five "
        "seeds the AUC ends more than 0.1 below that of balanced bags.",
        needs_both_labels,
    ),
    Claim(
        "wrong-labels",
        "With a fifth of its bags labelled wrong, attention repeats the labels it was given "
        "(training AUC over 0.95) and ends more than 0.05 of AUC lower on test bags.",
        wrong_labels_are_learnt,
    ),
)
