"""VAE and beta-VAE."""

from workbench.chapters.beta_vae.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="beta-vae",
    number=2,
    Settings=Settings,
    stackable=("beta", "capacity", "gamma", "lr", "seed"),
    traces=(
        Trace(
            "Learning curves",
            {"elbo": "held-out", "train_elbo": "training set"},
            "ELBO (nats)",
            caption="Higher is better. A gap between the two lines is overfitting.",
            dashed=("train_elbo",),
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
)
