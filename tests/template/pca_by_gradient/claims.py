"""What PCA by gradient teaches."""

from workbench.chapters.pca_by_gradient import CHAPTER

from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers


def near_the_best(seed: int) -> tuple[bool, str]:
    """The error by gradient against the error by algebra."""
    (end,) = last_numbers(CHAPTER.train([CHAPTER.Settings(seed=seed)]))
    return end["mse"] < 1.1 * end["best_mse"], f"{end['mse']:.4f} against {end['best_mse']:.4f}"


CLAIMS = (
    Claim(
        "near-the-best",
        "Gradient descent ends within a tenth of the error that algebra reaches.",
        near_the_best,
    ),
)
