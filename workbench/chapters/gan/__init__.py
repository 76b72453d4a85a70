"""A game of two networks: a generator forges, a discriminator tells forged from real."""

from workbench.chapters.gan.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="gan",
    number=14,
    Settings=Settings,
    stackable=("ratio", "r1", "noise", "average", "penalty", "lr", "seed"),
    traces=(
        Trace(
            "Distance to the real pictures",
            {"frechet": "generated", "mixture": "ten Gaussians", "gaussian": "one Gaussian"},
            "Frechet distance",
            log_y=True,
            dashed=("mixture", "gaussian"),
            caption="On 20 principal components of the training pictures: 0 would be their very "
            "mean and covariance. The Gaussians are fitted in a tenth of a second.",
        ),
        Trace(
            "Precision and recall",
            {"precision": "samples among real ones", "recall": "real ones among samples"},
            "share",
            caption="On the principal components of the pictures, by neighbours (k = 5).",
        ),
        Trace(
            "Copied?",
            {"nearest": "samples to the training set", "copies": "a copier's"},
            "distance, held-out pictures = 1",
            dashed=("copies",),
            caption="Mean distance to the nearest training picture. Below 1 the samples are nearer "
            "than new real pictures are, as those of a copier that adds noise.",
        ),
    ),
    layout=(
        "samples",
        "modes",
        "Distance to the real pictures",
        "scores",
        "seeds",
        "classes",
        "rivals",
        "quality",
        "Precision and recall",
        "nearest",
        "Copied?",
    ),
    thumbnail="samples",
)
