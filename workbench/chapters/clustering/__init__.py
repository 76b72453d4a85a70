"""Clustering: K-Means, EM, DEC, VaDE and DAC."""

from workbench.chapters.clustering.knobs import Settings
from workbench.core.chapter import Chapter
from workbench.core.frames import Trace

CHAPTER = Chapter(
    package=__name__,
    name="clustering",
    number=3,
    Settings=Settings,
    stackable=("lr", "seed"),
    traces=(
        Trace(
            "Agreement with the labels",
            {
                "acc": "ACC",
                "nmi": "NMI",
                "ari": "ARI",
                "base_acc": "ACC before",
                "base_nmi": "NMI before",
                "base_ari": "ARI before",
            },
            "agreement, 1 is perfect",
            dashed=("base_acc", "base_nmi", "base_ari"),
            caption="Dashed, for DEC, VaDE and DAC: the clusters that pre-training alone gives. "
            "What lies above is what clustering added.",
        ),
        Trace(
            "Inertia",
            {"inertia": "inertia"},
            "squared distance",
            log_x=True,
            caption="Mean over points. Neither half-step of K-Means can raise it; pre-training "
            "can, for it moves the points.",
        ),
        Trace(
            "Log-likelihood",
            {"log_likelihood": "log-likelihood"},
            "nats a point",
            log_x=True,
            caption="Neither half-step of EM can lower it; pre-training can, for it moves the "
            "points.",
        ),
        Trace(
            "Distance of Q and P",
            {"kl": "KL(P||Q)"},
            "nats",
            log_x=True,
            caption="To a target made anew at each frame: how much it asks for. DEC follows a "
            "target for some steps, and as codes move apart the next one asks for more.",
        ),
        Trace(
            "Loss of VaDE",
            {"loss": "minus the ELBO"},
            "nats",
            log_y=True,
            caption="Lower is better. In pre-training: with what VaDE would start if its "
            "clusters began now.",
        ),
        Trace(
            "Codes under the mixture",
            {"code_likelihood": "log-likelihood"},
            "nats a code",
            log_x=True,
            caption="Of codes brought to a variance of 1 in each number, as smaller codes would "
            "be likelier for their size alone. That they fit the mixture better does not say that "
            "they are sorted better.",
        ),
        Trace(
            "What the critic can tell",
            {"critic": "told right"},
            "share",
            caption="Codes of pictures from codes of the mixture: 0.5 is guessing, and says that "
            "the codes look like the mixture. It does not say that its clusters are classes.",
        ),
        Trace(
            "How unsure",
            {"entropy": "entropy of the assignment"},
            "nats",
            caption="0: every picture is sure of its cluster. That is not to say right.",
        ),
        Trace(
            "Reconstruction",
            {"mse": "decoded from the code"},
            "squared error per pixel",
            log_y=True,
            caption="DEC lets go of the decoder: its codes forget how to draw.",
        ),
    ),
    layout=(
        "codes",
        "Agreement with the labels",
        "confusion",
        "members",
        "samples",
        "sizes",
        "weights",
        "Inertia",
        "Log-likelihood",
        "Loss of VaDE",
        "Distance of Q and P",
        "target",
        "What the critic can tell",
        "Codes under the mixture",
        "How unsure",
        "Reconstruction",
    ),
    thumbnail="codes",
)
