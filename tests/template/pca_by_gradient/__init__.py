"""PCA by gradient: the smallest chapter, which docs/new_chapter.md walks through."""

from workbench.chapters.pca_by_gradient.knobs import Settings

from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="pca-by-gradient",
    number=0,
    Settings=Settings,
    stackable=("lr", "seed"),
    traces=(
        Trace(
            "Error",
            {"mse": "by gradient", "best_mse": "the best there is"},
            "squared error per pixel",
            dashed=("best_mse",),
            caption="On held-out pictures. Gradient descent finds what algebra gives at once.",
        ),
    ),
    layout=("Error", "reconstructions"),
    thumbnail="reconstructions",
)
