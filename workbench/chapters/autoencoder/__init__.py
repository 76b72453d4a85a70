"""Autoencoders."""

from workbench.chapters.autoencoder.knobs import Settings, Variant
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="autoencoder",
    number=1,
    Settings=Settings,
    stackable=Variant._fields[1:],
    traces=(
        Trace(
            "Learning curves",
            {
                "mse": "held-out",
                "train_mse": "training set",
                "pca_mse": "PCA",
                "fill_mse": "mean fill",
                "plain_mse": "no critic",
                "bits_mse": "from the bits",
            },
            "squared error per pixel",
            log_y=True,
            dashed=("train_mse", "pca_mse", "fill_mse"),
            caption="Dashed: the training set, and baselines that need no training (PCA with a "
            "code of the same size, or the mean picture in the hole).",
        ),
        Trace(
            "PSNR gain",
            {"gain": "denoising", "plain_gain": "plain autoencoder"},
            "dB",
            caption="Against the corrupted picture as it is, at the level of training.",
        ),
        Trace(
            "Contrast of the filling",
            {"contrast": "this run", "plain_contrast": "no critic"},
            "contrast, 1 is that of the true pixels",
            caption="Below 1 the filling is blurred: a mean of what could be there.",
        ),
        Trace(
            "Saturation",
            {"saturation": "this run", "saturation_off": "no noise"},
            "share of activations",
            caption="Within 0.05 of 0 or 1.",
        ),
    ),
    layout=(
        "Learning curves",
        "reconstructions",
        "codes",
        "sizes",
        "noise",
        "neighbours",
        "precision",
        "ball",
        "activations",
        "PSNR gain",
        "Saturation",
        "Contrast of the filling",
    ),
    thumbnail="reconstructions",
)
