"""TODO."""

from workbench.chapters.bootstrap import detection
from workbench.chapters.bootstrap.claims import CLAIMS
from workbench.chapters.bootstrap.frames import train, train_together
from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.pictures import ROLES
from workbench.core.chapter import Chapter, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="bootstrap",
    number=6,
    title="Bootstrapping: wrong labels",
    question="What does a network learn from wrong labels?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=(
        "pattern",
        "noise",
        "loss",
        "annotators",
        "careless",
        "annotated",
        "beta",
        "k",
        "baselines",
        "warm_up",
        "decay",
        "lr",
        "seed",
    ),
    traces=(
        Trace(
            "Test accuracy",
            {
                "accuracy": "this loss",
                "plain_accuracy": "cross-entropy",
                "early_accuracy": "cross-entropy, stopped early",
                "layer_accuracy": "noise layer alone",
                **{f"{role}_accuracy": label for role, label in ROLES.items()},
            },
            "share right",
            dashed=("plain_accuracy", "single_accuracy"),
            caption="True labels of held-out items. A curve that falls has begun to memorise.",
        ),
        Trace(
            "Memorisation",
            {
                "learnt": "right labels",
                "memorised": "wrong labels",
                "plain_learnt": "right labels, cross-entropy",
                "plain_memorised": "wrong labels, cross-entropy",
            },
            "share reproduced",
            dashed=("plain_learnt", "plain_memorised"),
            caption="Training items whose given label the network repeats. To repeat a wrong one "
            "is to know it by heart.",
        ),
        Trace(
            "Second thoughts",
            {"changed": "labels it would change", "right": "right to do so"},
            "share",
            caption="Training labels that the network disagrees with, and how often its own is "
            "the true one.",
        ),
        Trace(
            "Average precision",
            {f"ap_{loss}": loss for loss in detection.LOSSES},
            "average precision",
            dashed=("ap_baseline",),
            caption="Area under precision and recall on test scenes.",
        ),
        Trace(
            "Objects found",
            {f"recall_{loss}": loss for loss in detection.LOSSES},
            "share found",
            dashed=("recall_baseline",),
            caption="Objects of test scenes with a box of confidence over 1/2.",
        ),
        Trace(
            "Forgotten objects found",
            {f"missing_{loss}": loss for loss in detection.LOSSES},
            "share found",
            dashed=("missing_baseline",),
            caption="Objects of training scenes that nobody drew a box around. Where the curve "
            "falls, the detector learns by heart that nothing is there.",
        ),
    ),
    layout=(
        "Test accuracy",
        "Memorisation",
        "changed",
        "believed",
        "matrix",
        "Second thoughts",
        "shares",
        "habits",
        "Average precision",
        "scenes",
        "precision_recall",
        "Objects found",
        "annotation",
        "Forgotten objects found",
    ),
    thumbnail="Test accuracy",
    reading={
        "accuracy": "Held-out items classified right, by their true labels.",
        "plain_accuracy": "The same for cross-entropy on the same noise.",
        "early_accuracy": "Cross-entropy, stopped when best on 100 clean training items.",
        "layer_accuracy": "Cross-entropy through a learnt noise matrix, no reconstruction.",
        "memorised": "Wrongly labelled training items whose wrong label it repeats.",
        "plain_memorised": "The same for cross-entropy.",
        "right": "How often the network is right when it disagrees with a label.",
        "realised": "Share of the training labels that is wrong, exact to one label.",
        "single_accuracy": "Cross-entropy on one vote an item.",
        "hard_accuracy": "Hard bootstrapping on one vote an item.",
        "majority_accuracy": "Cross-entropy on the majority of all votes.",
        "ap_baseline": "Average precision of plain binary cross-entropy.",
        "ap_hard": "Average precision of multibox-hard.",
        "ap_top-k": "Average precision without the k surest empty locations.",
    },
    claims=CLAIMS,
    published=(
        Published(
            "MNIST, 40 % permuted labels: baseline, soft, hard, reconstruction",
            "0.950, 0.952, 0.973, 0.982 (+/- 0.004)",
            "Reed et al. 2015, figure 2, digitised",
        ),
        Published(
            "MNIST, 50 % permuted labels: the same four",
            "0.52, 0.67, 0.45, 0.52",
            "Reed et al. 2015, figure 2, digitised",
        ),
        Published(
            "MNIST, 46 % permuted labels, independent: baseline, soft, hard",
            "0.725, 0.735, 0.82",
            "Goldberger & Ben-Reuven's code, read off its plot",
        ),
        Published(
            "Hard bootstrapping against standard training, MNIST, 50 % symmetric noise",
            "+1.5 points",
            "Han et al. 2018 (co-teaching), table 4",
        ),
    ),
    try_this=(
        ("60 % wrong labels: who learns them by heart?", "noise=0.6"),
        ("The paper's permutation, with a noise layer", "pattern=permutation&loss=recon&beta=0.3"),
        ("The detached soft loss: do you see a difference?", "loss=soft-detached&beta=0.8"),
        ("Is early stopping all you need?", "noise=0.6&baselines=true"),
        ("Nine careless people", "kind=annotators&annotators=9&careless=0.6"),
        ("A third of the boxes: what does sure mean now?", "kind=missing-boxes&annotated=0.35"),
    ),
)
