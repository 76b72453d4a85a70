"""What the chapter asserts, each sentence with the experiment that tests it."""

from functools import lru_cache

import numpy as np

from workbench.chapters.clustering import CHAPTER
from workbench.chapters.clustering.knobs import Settings
from workbench.core.chapter import Claim


@lru_cache(maxsize=16)
def outcome(**knobs) -> tuple[dict[str, float], dict[str, float]]:
    """The numbers of a run on the CPU when its clusters began, and at its end."""
    settings = Settings(**knobs)
    marks = settings.before, settings.steps
    frames = [f.scalars for (f,) in CHAPTER.train([settings]) if f.step in marks]
    return frames[0], frames[-1]


def in_words(*pairs: tuple[str, float]) -> str:
    """ACC 0.700, then 0.750"""
    return ", ".join(f"{name} {value:.3f}" for name, value in pairs)


def vade_keeps(seed: int) -> tuple[bool, str]:
    """VaDE's NMI against that of the autoencoder's mixture which it starts from."""
    _, end = outcome(seed=seed, steps=1000)
    holds = end["nmi"] >= end["base_nmi"] - 0.02
    return holds, in_words(("NMI of the mixture", end["base_nmi"]), ("of VaDE", end["nmi"]))


def elbo_rises(seed: int) -> tuple[bool, str]:
    """The ELBO when the clusters begin and at the end."""
    begin, end = outcome(seed=seed, steps=1000)
    return end["elbo"] > begin["elbo"], in_words(("ELBO", begin["elbo"]), ("then", end["elbo"]))


def collapse(seed: int) -> tuple[bool, str]:
    """NMI and ACC of VaDE without pre-training, against the mixture which it starts from."""
    _, end = outcome(seed=seed, steps=1000, pretrain=0)
    before, nmi, acc = end["base_nmi"], end["nmi"], end["acc"]
    holds = before > 0.3 and nmi < 0.05 and acc < 0.15
    return holds, in_words(("NMI of the mixture", before), ("of VaDE", nmi), ("ACC", acc))


def collapse_shows(seed: int) -> tuple[bool, str]:
    """The ELBO of VaDE with and without pre-training: what a reader without labels would see."""
    trained, untrained = (
        outcome(seed=seed, steps=1000, **knobs)[1]["elbo"] for knobs in ({}, {"pretrain": 0})
    )
    measured = in_words(("ELBO", trained), ("without pre-training", untrained))
    return trained > untrained + 1, measured


def dec_sharpens(seed: int) -> tuple[bool, str]:
    """DEC's accuracy and entropy against those of its start."""
    begin, end = outcome(kind="dec", seed=seed, steps=1000)
    holds = end["acc"] >= end["base_acc"] - 0.01 and end["entropy"] < begin["entropy"]
    return holds, in_words(
        ("ACC", end["base_acc"]),
        ("then", end["acc"]),
        ("entropy", begin["entropy"]),
        ("then", end["entropy"]),
    )


def dac_keeps(seed: int) -> tuple[bool, str]:
    """DAC's accuracy against that of the mixture which it starts from."""
    _, end = outcome(kind="dac", seed=seed, steps=1000)
    holds = abs(end["acc"] - end["base_acc"]) <= 0.05
    return holds, in_words(("ACC of the mixture", end["base_acc"]), ("of DAC", end["acc"]))


def dac_deceives(seed: int) -> tuple[bool, str]:
    """What the critic tells, and what DAC's codes gain under their mixture."""
    begin, end = outcome(kind="dac", seed=seed, steps=1000)
    gained = end["code_likelihood"] - begin["code_likelihood"]
    holds = 0.42 <= end["critic"] <= 0.68 and gained < 0.5
    return holds, in_words(("told right", end["critic"]), ("likelihood gained", gained))


def rate_costs_clusters(seed: int) -> tuple[bool, str]:
    """K-Means on the codes of a VAE at two prices of the rate."""
    cheap, dear = (
        outcome(kind="kmeans", features="vae", beta=beta, seed=seed, steps=1000, pretrain=0.9)[1]
        for beta in (0.25, 8)
    )
    holds = cheap["nmi"] - dear["nmi"] > 0.2
    return holds, in_words(("NMI at beta 0.25", cheap["nmi"]), ("at 8", dear["nmi"]))


def nmi_hardly_notices(seed: int) -> tuple[bool, str]:
    """Three times as many clusters as digits, for K-Means on pixels."""
    ten, thirty = (
        outcome(kind="kmeans", features="pixels", clusters=k, steps=100, seed=seed)[1]
        for k in (10, 30)
    )
    holds = ten["acc"] - thirty["acc"] > 0.2 and abs(ten["nmi"] - thirty["nmi"]) < 0.05
    return holds, in_words(
        ("ACC", ten["acc"]),
        ("with 30", thirty["acc"]),
        ("NMI", ten["nmi"]),
        ("with 30", thirty["nmi"]),
    )


def likelihood_explodes(seed: int) -> tuple[bool, str]:
    """A mixture on pixels with next to no least variance, against the default one."""
    floor, none = (
        outcome(kind="mixture", features="pixels", ridge=ridge, steps=100, seed=seed)[1]
        for ridge in (1e-3, 1e-9)
    )
    holds = none["log_likelihood"] > floor["log_likelihood"] + 50 and none["acc"] < floor["acc"]
    return holds, in_words(
        ("log-likelihood", floor["log_likelihood"]),
        ("without", none["log_likelihood"]),
        ("ACC", floor["acc"]),
        ("without", none["acc"]),
    )


def singletons(seed: int) -> tuple[bool, str]:
    """NMI and ARI of a clustering that put every digit into a cluster of its own."""
    from workbench.science import metrics
    from workbench.science.tensors import resident

    labels = CHAPTER.part("points").all_labels(resident("digits"))
    each = np.random.default_rng(seed).permutation(len(labels))
    nmi = metrics.normalised_mutual_information(labels, each)
    ari = metrics.adjusted_rand_index(labels, each)
    return abs(nmi - 0.47) < 0.005 and abs(ari) < 1e-9, in_words(("NMI", nmi), ("ARI", ari))


CLAIMS = (
    Claim(
        "vade-keeps",
        "VaDE ends with an NMI no more than 0.02 below that of the mixture of "
        "codes that it starts from (digits, 1000 steps).",
        vade_keeps,
    ),
    Claim("elbo-rises", "Training raises VaDE's ELBO above that of its start.", elbo_rises),
    Claim(
        "collapse",
        "Without pre-training VaDE ends with nearly every digit in one cluster: an "
        "ACC below 0.15 (one cluster for all has 0.10) and an NMI below 0.05, though the mixture "
        "it starts from has more than 0.3.",
        collapse,
    ),
    Claim(
        "collapse-shows",
        "It takes no label to notice: without pre-training VaDE's ELBO ends more than a nat lower.",
        collapse_shows,
    ),
    Claim(
        "dec-sharpens",
        "DEC ends surer of its clusters, and with an ACC no more than 0.01 "
        "below that of K-Means on the codes that it starts from.",
        dec_sharpens,
    ),
    Claim(
        "dac-keeps",
        "DAC ends with an ACC within 0.05 of that of the mixture of codes that it starts from: it "
        "gains nothing over it on the digits.",
        dac_keeps,
    ),
    Claim(
        "dac-deceives",
        "DAC's critic tells at most 68 % of codes and draws from the mixture, where 50 % is "
        "guessing, and yet the codes, brought to variance 1, are less than half a nat likelier "
        "than at the start.",
        dac_deceives,
    ),
    Claim(
        "rate-costs-clusters",
        "K-Means on the codes of a VAE has an NMI more than 0.2 lower where a nat of the rate "
        "costs 8 instead of 0.25.",
        rate_costs_clusters,
    ),
    Claim(
        "nmi-hardly-notices",
        "K-Means with 30 clusters instead of 10 loses more than 0.2 of "
        "ACC and less than 0.05 of NMI.",
        nmi_hardly_notices,
    ),
    Claim(
        "likelihood-explodes",
        "Without a floor under its variances a mixture on pixels gains "
        "more than 50 nats of likelihood a picture, and loses accuracy: components shrink onto "
        "pixels that never change.",
        likelihood_explodes,
    ),
    Claim(
        "singletons", "If every digit is a cluster of its own, NMI is 0.47 and ARI 0.", singletons
    ),
)
