"""TODO."""

from workbench.chapters.rad.claims import (
    active_is_cheaper,
    attacks,
    filter_cleans,
    opt_sel_has_less,
    rad_holds,
    robust_c,
)
from workbench.chapters.rad.frames import train
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.pictures import ACCURACY
from workbench.core.chapter import Chapter, Claim, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="rad",
    number=7,
    title="RAD: learning on-line from lying labels",
    question="How do you learn on when the labels lie?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    traces=(
        Trace(
            "Accuracy on clean test data",
            ACCURACY,
            "accuracy",
            x_label="batch",
            caption="No-Sel believes every label, Opt-Sel drops exactly the wrong ones.",
            dashed=("no_sel", "opt_sel", "full_clean"),
        ),
        Trace(
            "What the filter keeps",
            {
                "kept": "share kept",
                "purity": "purity (precision)",
                "recall": "recall",
                "noise": "wrong labels in the batch",
            },
            "share",
            x_label="batch",
            caption="Purity: kept samples learnt under their true label. Recall: samples that came "
            "with the right label and were kept.",
            dashed=("noise",),
        ),
        Trace(
            "Questions asked",
            {"asked_active": "Active", "asked_slim": "Slim", "asked_full_clean": "Full-clean"},
            "questions so far",
            x_label="batch",
            caption="What each variant costs the expert.",
        ),
        Trace(
            "Drift of the class balance",
            {"drift": "distance"},
            "total variation",
            x_label="batch",
            caption="Between the classes that arrived and those that were kept: 0 is faithful.",
        ),
        Trace(
            "Learnt by heart",
            {"memorised": "No-Sel"},
            "share of the wrong labels",
            x_label="batch",
            caption="Wrong labels that No-Sel's classifier repeats. Only a classifier that "
            "memorises can be helped by a filter.",
        ),
    ),
    layout=(
        "Accuracy on clean test data",
        "What the filter keeps",
        "fates",
        "variants",
        "examples",
        "Questions asked",
        "costs",
        "classes",
        "confusion",
        "relabelled",
        "Drift of the class balance",
        "Learnt by heart",
    ),
    thumbnail="Accuracy on clean test data",
    reading={
        "rad": "Accuracy of RAD's classifier on clean test data.",
        "no_sel": "Accuracy when every label is believed: what to beat.",
        "opt_sel": "Accuracy when exactly the wrong labels are dropped.",
        "kept": "Share of the newest batch that was kept.",
        "purity": "Share of what was kept that is learnt under its true label.",
        "recall": "Share of the rightly labelled samples that were kept.",
        "asked_active": "Questions that RAD Active Learning has asked so far.",
        "asked_slim": "Questions that RAD Slim has asked so far.",
        "drift": "How far the classes kept are from those that arrived: 0 to 1.",
        "memorised": "Share of the wrong labels that No-Sel's classifier repeats.",
    },
    claims=(
        Claim(
            "rad-holds",
            "With a decision tree and 30 % wrong labels RAD ends more than 0.10 "
            "above No-Sel (digits).",
            rad_holds,
        ),
        Claim(
            "filter-cleans",
            "Of the labels that RAD keeps at 30 % noise more than 85 % are "
            "right (digits, k-NN as L).",
            filter_cleans,
        ),
        Claim(
            "c-must-memorise",
            "With a network that resists wrong labels RAD gains less than a "
            "third of what it gains with a tree that learns them by heart (digits, 30 %).",
            robust_c,
        ),
        Claim(
            "active-is-cheaper",
            "Without a limit Active asks less than half as many questions as Slim (digits, 30 %).",
            active_is_cheaper,
        ),
        Claim(
            "opt-sel-has-less",
            "At 40 % noise Full-clean learns from more than 1.4 times as many samples as Opt-Sel.",
            opt_sel_has_less,
        ),
        Claim(
            "attacks",
            "On simulated IoT attacks with 40 % wrong labels RAD ends more than 0.07 "
            "above No-Sel (decision tree).",
            attacks,
        ),
    ),
    published=(
        Published(
            "IoT attacks: accuracy up to (gain over no selection)",
            "98 % (+11)",
            "Zhao et al., DSN 2019, abstract",
        ),
        Published(
            "Cluster tasks: accuracy up to (gain)", "83 % (+20)", "Zhao et al., DSN 2019, abstract"
        ),
        Published("IoT attacks (gain)", "98 % (+11)", "arXiv 1911.04383, abstract"),
        Published("Cluster tasks at 40 % noise (gain)", "84 % (+20)", "arXiv 1911.04383, abstract"),
        Published(
            "Faces of 20 celebrities at 30 % noise (gain)",
            "74 % (+28)",
            "arXiv 1911.04383, abstract",
        ),
        Published(
            "IoT attacks at 40 % noise (gain)",
            "98.95 % (+7)",
            "arXiv 2103.10824 (TDSC 2021), abstract",
        ),
        Published(
            "Cluster tasks at 40 % noise (gain)",
            "85.03 % (+14)",
            "arXiv 2103.10824 (TDSC 2021), abstract",
        ),
        Published(
            "Faces of 100 celebrities at 30 % noise (gain)",
            "77.51 % (+39)",
            "arXiv 2103.10824 (TDSC 2021), abstract",
        ),
    ),
    try_this=(
        ("40 % of the labels lie: who sinks?", "noise=0.4"),
        ("A network instead of a tree: is there anything to repair?", "classifier=MLP"),
        ("No wrong labels: what does the filter cost?", "noise=0"),
        ("No limit on questions: what do Active and Slim ask?", "budget=2000"),
        ("Simulated botnet attacks", "stream=iot&initial=500&batch=100&noise=0.4"),
        (
            "Cluster tasks: which class does the filter starve?",
            "stream=cluster&initial=500&batch=100&look=rad",
        ),
    ),
)
