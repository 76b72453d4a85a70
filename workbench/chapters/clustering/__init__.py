"""TODO."""

from workbench.chapters.clustering.claims import CLAIMS
from workbench.chapters.clustering.frames import train, train_together
from workbench.chapters.clustering.knobs import Settings
from workbench.core.chapter import Chapter, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="clustering",
    number=3,
    title="Clustering: K-Means, EM, DEC and VaDE",
    question="Which pictures belong together, when nobody says what they show?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
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
            "1 is agreement",
            dashed=("base_acc", "base_nmi", "base_ari"),
            caption="Dashed, for DEC and VaDE: the clusters that pre-training alone gives. What "
            "lies above is what clustering added.",
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
        "Inertia",
        "Log-likelihood",
        "Loss of VaDE",
        "Distance of Q and P",
        "target",
        "How unsure",
        "Reconstruction",
    ),
    thumbnail="codes",
    reading={
        "acc": "Share of pictures in the cluster matched to their label. Chance is about 1 / K.",
        "nmi": "Shared information of clusters and labels, 0 to 1. Many clusters raise it.",
        "ari": "Share of pairs treated as the labels do, with chance at 0.",
        "base_nmi": "NMI of the clusters that pre-training alone gives.",
        "inertia": "Mean squared distance of a point to its centre. Lower is better.",
        "log_likelihood": "Nats a point under the mixture. Higher is better.",
        "elbo": "Nats a picture. Higher is better; the only judge VaDE may use.",
        "kl": "How far the soft assignments are from their sharper target, in nats.",
        "used": "Clusters that hold a picture.",
        "entropy": "Mean doubt about a picture's cluster, in nats. ln K is none the wiser.",
        "mse": "Squared error per pixel of pictures decoded from their codes.",
    },
    claims=CLAIMS,
    published=(
        Published(
            "VaDE, ACC on MNIST (70,000 pictures)",
            "94.46 %",
            "Jiang et al. 2017, the authors' repository",
        ),
        Published(
            "VaDE, ACC on MNIST, an independent implementation over 20 seeds",
            "71.6 +- 4.4 %",
            "OpenDeepClustering, issue 23",
        ),
        Published("DEC, ACC on MNIST", "84.30 %", "Xie et al. 2016, as Harchaoui et al. list it"),
        Published(
            "DEC, ACC / NMI / ARI on MNIST, another implementation, 10 trials",
            "91.2 % (83.0 to 96.4) / 0.869 / 0.856",
            "DEC-keras, table of results",
        ),
        Published(
            "Autoencoder + mixture, ACC on MNIST",
            "82.56 %",
            "Harchaoui et al. 2017, slides (median of 10)",
        ),
        Published(
            "K-Means on pixels, ACC on MNIST",
            "53.47 %",
            "Harchaoui et al. 2017, slides (median of 10)",
        ),
    ),
    try_this=(
        ("K-Means on pixels: the score to beat", "kind=kmeans&features=pixels"),
        (
            "Full covariances on 20 principal components",
            "kind=mixture&features=pca&latent=20&covariance=full",
        ),
        ("DEC: pulling pictures to their clusters", "kind=dec"),
        ("Failure: VaDE without pre-training", "pretrain=0&restarts=1"),
        ("Failure: half as many clusters as digits", "clusters=5"),
        ("Failure: three times as many", "clusters=30"),
        ("Failure: steps too large", "lr=0.03"),
        (
            "Failure: variances without a floor",
            "kind=mixture&features=pixels&covariance=full&ridge=1e-9",
        ),
        ("Two numbers a code: see the components move", "latent=2"),
    ),
)
