"""TODO."""

from workbench.chapters.autoencoder.claims import CLAIMS
from workbench.chapters.autoencoder.frames import train, train_together
from workbench.chapters.autoencoder.knobs import Settings
from workbench.chapters.autoencoder.lesson import Member
from workbench.core.chapter import Chapter, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="autoencoder",
    number=1,
    title="Autoencoders",
    question="What must a small code keep of a picture?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=Member._fields[1:],  # codes of other sizes agree with a run alone to rounding only
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
            dashed=("pca_mse", "fill_mse"),
            caption="Dashed is what costs no training: PCA with a code of the same size, or the "
            "mean picture in the hole.",
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
            "spread of pixels, share of the true one",
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
        "activations",
        "PSNR gain",
        "Saturation",
        "Contrast of the filling",
    ),
    thumbnail="reconstructions",
    reading={
        "mse": "Held-out squared error per pixel (of the hole, when in-painting). 0 is perfect.",
        "train_mse": "The same on training pictures. Far below held-out: overfitting.",
        "pca_mse": "Held-out error of PCA with a code of the same size, shown the same pictures.",
        "gain": "Decibels of PSNR that denoising gains over the corrupted picture.",
        "plain_gain": "The same for an autoencoder that never saw noise.",
        "fill_mse": "Error of the mean picture in the hole: what to beat.",
        "contrast": "Spread of the filled pixels as a share of the true ones. Below 1 is blur.",
        "saturation": "Share of code units within 0.05 of 0 or 1.",
        "entropy": "Mean entropy of a bit: 1 is on for half the pictures, 0 is dead.",
        "precision": "Share of the 10 nearest codes with the query's label.",
    },
    claims=CLAIMS,
    published=(
        Published(
            "Context encoder features, VOC 2007 classification (AlexNet)",
            "56.5 % mAP",
            "Pathak et al. 2016, as a later comparison lists it",
        ),
        Published(
            "Context encoder features, VOC 2007 detection",
            "44.5 % mAP",
            "Pathak et al. 2016, as a later comparison lists it",
        ),
        Published(
            "Context encoder features, VOC 2012 segmentation",
            "29.7 mIoU",
            "Pathak et al. 2016, as a later comparison lists it",
        ),
    ),
    try_this=(
        ("Two numbers a digit: which ones lie together?", "latent=2"),
        ("No hidden layer: does it ever pass PCA?", "kind=linear&steps=3000"),
        ("Half the pixels missing: does it still read the digit?", "kind=denoising&level=0.5"),
        ("Gaussian noise: when does repairing harm?", "kind=denoising&noise=gaussian"),
        ("A hole of half the side, with a critic", "kind=inpainting&hole=0.5&adversarial=true"),
        ("32 bits: look up a digit", "kind=hashing&latent=32"),
    ),
)
