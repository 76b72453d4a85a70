"""Codes with an adversary: denoising adversarial autoencoders, InfoGAN and CatGAN."""

from workbench.chapters.adversarial_codes.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="adversarial-codes",
    number=15,
    Settings=Settings,
    stackable=("adversary", "noise", "information", "styles", "doubt", "r1", "lr", "seed"),
    traces=(
        Trace(
            "Samples",
            {
                "fd": "this run",
                "no_noise_fd": "no noise",
                "no_adversary_fd": "no adversary",
                "plain_fd": "neither",
                "fitted_fd": "Gaussian on the codes",
                "free_fd": "codes not asked for",
            },
            "Frechet distance",
            log_y=True,
            dashed=("fitted_fd", "free_fd"),
            caption="Of generated to held-out pictures, on their principal components. 0 would be "
            "the same Gaussian.",
        ),
        Trace(
            "Repaired pictures",
            {
                "repaired": "this run",
                "no_noise_repaired": "no noise",
                "no_adversary_repaired": "no adversary",
                "plain_repaired": "neither",
            },
            "PSNR in dB",
            caption="Held-out pictures under noise of deviation 0.5, as the autoencoder copies "
            "them. More is better.",
        ),
        Trace(
            "Information",
            {
                "li": "this run",
                "free_li": "codes not asked for",
                "most": "H(c): the most there is",
            },
            "L_I in nats",
            dashed=("most",),
            caption="A lower bound on what a generated picture tells of its category.",
        ),
        Trace(
            "Styles that can be read",
            {"style_1": "style 1", "style_2": "style 2"},
            "correlation",
            caption="Between a style and what Q reads of it off the generated picture.",
        ),
        Trace(
            "Agreement with the classes",
            {
                "acc": "this run",
                "free_acc": "codes not asked for",
                "alone_acc": "entropies alone",
                "labels_acc": "labels alone",
                "kmeans_acc": "K-means",
            },
            "share right",
            dashed=("kmeans_acc",),
            caption="Held-out pictures. Where no label was given, categories get the names that "
            "fit best.",
        ),
        Trace(
            "Three entropies",
            {
                "used": "all categories",
                "unsure": "real pictures",
                "unsure_fake": "invented pictures",
                "alone_unsure": "real, no adversary",
                "alone_unsure_fake": "invented, no adversary",
            },
            "share of ln K",
            dashed=("alone_unsure", "alone_unsure_fake"),
            caption="1: all categories alike, or a guess; 0: one category, or sure.",
        ),
    ),
    layout=(
        "samples",
        "square",
        "repairs",
        "confusion",
        "Information",
        "Agreement with the classes",
        "Three entropies",
        "entropies",
        "styles",
        "Samples",
        "Repaired pictures",
        "codes",
        "values",
        "Styles that can be read",
    ),
    thumbnail="samples",
    lessons={"infogan": "infogan", "catgan": "catgan"},
)
