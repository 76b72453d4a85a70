"""TODO."""

from workbench.chapters.mil import bags as bagtask
from workbench.chapters.mil.claims import (
    attention_finds,
    mean_is_stuck,
    needs_both_labels,
    relative,
)
from workbench.chapters.mil.frames import train, train_together
from workbench.chapters.mil.knobs import Settings
from workbench.core.chapter import Chapter, Claim, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="mil",
    number=5,
    title="Bags: multi-instance learning with attention",
    question="Which instance made the bag positive?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    source=bagtask.source,
    stackable=("pooling", "share", "witness", "lr", "seed"),
    traces=(
        Trace(
            "AUC on bags",
            {"auc": "test bags", "train_auc": "training bags"},
            "area under ROC",
            dashed=("train_auc",),
            caption="The chance that a positive bag scores above a negative one; 0.5 is guessing.",
        ),
        Trace(
            "AUC on instances",
            {"instance_auc": "witness above the others", "top_witness": "largest weight"},
            "share",
            caption="In positive test bags: the chance that a witness has more weight "
            "than another instance, and how often the largest weight is a witness's. No instance "
            "label was ever given.",
        ),
        Trace(
            "Entropy of the weights",
            {"spread_positive": "positive bags", "spread_negative": "negative bags"},
            "share of log K",
            caption="Where there is nothing to find the weights stay spread.",
        ),
        Trace(
            "Loss",
            {"loss": "mini-batch"},
            "nats a bag",
            log_x=True,
            caption="Cross-entropy of bag labels, the only ones there are.",
        ),
    ),
    layout=(
        "AUC on bags",
        "strips",
        "AUC on instances",
        "removal",
        "making",
        "certainty",
        "Entropy of the weights",
        "mistakes",
        "Loss",
    ),
    thumbnail="strips",
    reading={
        "auc": "Chance that a positive test bag scores above a negative one.",
        "train_auc": "The same on training bags: a gap is overfitting.",
        "instance_auc": "Chance that a witness has more weight than another instance of its bag.",
        "top_witness": "Positive test bags whose largest weight is on a witness.",
        "spread_positive": "Entropy of the weights in positive bags, 0 to 1.",
        "spread_negative": "Entropy of the weights in negative bags, 0 to 1.",
        "loss": "Cross-entropy of the bags of a mini-batch, in nats.",
    },
    claims=(
        Claim(
            "attention-finds",
            "In bags of 30 attention ends with an AUC over 0.93, and its "
            "largest weight is on a witness in over 90 % of the positive bags.",
            attention_finds,
        ),
        Claim(
            "mean-is-stuck",
            "There the mean of instance probabilities stays below 0.80, and 0.1 below attention.",
            mean_is_stuck,
        ),
        Claim(
            "relative",
            "Weights are more spread in negative bags than in positive ones, by 0.1 "
            "of the largest entropy.",
            relative,
        ),
        Claim(
            "balance",
            "A hundred bags of fifty at random are nearly all positive: over five "
            "seeds the AUC ends more than 0.1 below that of balanced bags.",
            needs_both_labels,
        ),
    ),
    published=(
        Published(
            "MNIST bags of about 10, 50 training bags: AUC of attention",
            "0.768",
            "Ilse et al. 2018, as quoted in an issue of the authors' repository",
        ),
        Published(
            "The same with the authors' public loader",
            "0.898",
            "the same issue (the loader's bags are not balanced: 65 % are positive)",
        ),
    ),
    try_this=(
        ("Fifty bags: who learns from so few?", "bags=50"),
        ("The mean of probabilities: why does it stay stuck?", "pooling=instance-mean&size=30"),
        ("Max of features: right, but can it say why?", "pooling=max&size=30"),
        ("One positive bag among a hundred", "positives=1&bags=100&size=30"),
        (
            "Two kinds of witness: which pooling can?",
            "rule=two&share=0.2&bags=500&steps=1600&pooling=max",
        ),
        ("Bags at random: is 99 % positive a good score?", "size=50&balanced=false"),
    ),
)
