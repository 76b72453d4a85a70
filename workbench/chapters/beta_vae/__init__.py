"""TODO."""

from workbench.chapters.beta_vae.claims import best_bound, collapse, rate_as_asked, rate_falls
from workbench.chapters.beta_vae.frames import train, train_together
from workbench.chapters.beta_vae.knobs import Settings
from workbench.core.chapter import Chapter, Claim, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="beta-vae",
    number=2,
    title="VAE and beta-VAE",
    question="How much should a code be allowed to say?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=("beta", "capacity", "gamma", "lr", "seed"),
    traces=(
        Trace(
            "Learning curves",
            {"elbo": "held-out", "train_elbo": "training set"},
            "ELBO (nats)",
            caption="Higher is better. A gap between the two lines is overfitting.",
            log_x=True,
        ),
        Trace(
            "Distortion and rate",
            {"distortion": "distortion", "rate": "rate"},
            "nats",
            caption="Held-out. Beta buys a lower rate with a higher distortion.",
            log_x=True,
        ),
        Trace(
            "Rate-distortion plane",
            {"distortion": "this run"},
            "distortion (nats)",
            caption="The path of training. Lines of equal ELBO fall at 45 degrees.",
            against="rate",
            x_label="rate (nats)",
        ),
    ),
    layout=(
        "Learning curves",
        "reconstructions",
        "latents",
        "traversals",
        "Distortion and rate",
        "rates",
        "manifold",
        "Rate-distortion plane",
        "samples",
        "information",
        "metrics",
    ),
    thumbnail="manifold",
    reading={
        "elbo": "Held-out evidence lower bound in nats a picture. Higher is better.",
        "distortion": "Nats it takes to describe a held-out picture given its code.",
        "rate": "Nats that the code says about a picture: KL(q(z|x) || p(z)).",
        "active": "Latents that say more than 0.05 nat.",
        "effective_beta": "What a nat of rate costs now, in nats of distortion.",
        "normalised_beta": "Beta x latents / pixels: comparable between data sets (Higgins).",
    },
    claims=(
        Claim(
            "rate-falls",
            "The dearer a nat of rate, the lower the rate and the higher the "
            "distortion (digits, beta 0, 0.1, 0.5, 1, 2).",
            rate_falls,
        ),
        Claim(
            "collapse", "With beta 0 all ten latents are active; with beta 16 none is.", collapse
        ),
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
    ),
    published=(
        Published(
            "More than 12,000 models, 6 methods, 6 metrics, 7 data sets: unsupervised "
            "disentanglement",
            "impossible without inductive bias",
            "Locatello et al. 2019, abstract",
        ),
        Published(
            "beta of the study, 300,000 steps, 10 latents, Bernoulli pixels",
            "1, 2, 4, 6, 8, 16",
            "disentanglement_lib, study configuration",
        ),
        Published(
            "beta-VAE metric of a beta-VAE (beta = 4) on dSprites",
            "99.23 % (unverified: quoted from memory; a 2021 note reports that it could "
            "not be reproduced)",
            "Higgins et al. 2017",
        ),
    ),
    try_this=(
        ("Beta 0: a code that may say anything", "beta=0"),
        ("Beta 4: which latents fall silent?", "beta=4"),
        ("Beta 16: posterior collapse", "beta=16"),
        ("Two latents: a map of the digits", "latent=2"),
        ("Ask for a rate of 6 nats", "kind=capacity&capacity=6"),
        ("Sprites: do latents find the factors?", "data=sprites&beta=4&latent=8&steps=3000"),
    ),
)
