"""TODO."""

from __future__ import annotations

from workbench.chapters.selfsup.claims import (
    better_than_nothing,
    colour_must_be_there,
    edges_give_away,
    exemplars_collide,
    squared_error_is_grey,
)
from workbench.chapters.selfsup.exam import DRAWS, PROBES
from workbench.chapters.selfsup.frames import train
from workbench.chapters.selfsup.knobs import Settings
from workbench.core.chapter import Chapter, Claim, Published
from workbench.core.frames import Trace

CHAPTER = Chapter(
    name="selfsup",
    number=4,
    title="Self-supervision: pretext tasks",
    question="What can a picture teach without a label?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    traces=(
        Trace(
            "Pretext accuracy",
            {"accuracy": "held-out", "chance": "chance", "edges": "edges alone"},
            "accuracy",
            dashed=("chance", "edges"),
            log_x=True,
            caption="Right answers to the task itself. Good answers do not make good features.",
        ),
        Trace(
            "Probe accuracy",
            {f"probe_{name}": title for name, title in PROBES.items()},
            "test accuracy",
            dashed=("probe_random", "probe_raw"),
            log_x=True,
            caption="A linear classifier on the frozen features, with the labels of the knob; "
            f"means of {DRAWS} draws of the labels.",
        ),
        Trace(
            "Colourfulness",
            {"chroma": "answered", "chroma_true": "true"},
            "chroma",
            dashed=("chroma_true",),
            log_x=True,
            caption="Mean distance from grey in the ab plane. Squared error plays safe: grey.",
        ),
    ),
    layout=(
        "Pretext accuracy",
        "examples",
        "Probe accuracy",
        "labels",
        "colours",
        "mistakes",
        "neighbours",
        "Colourfulness",
        "filters",
    ),
    thumbnail="examples",
    reading={
        "accuracy": "Held-out questions that are answered rightly.",
        "chance": "What guessing gets right.",
        "edges": "Puzzles solved by comparing edges, without any learning.",
        "collisions": "Transformed exemplars that look more like another exemplar, pixel by pixel.",
        "probe_pretext": "Test accuracy of a linear classifier on the features of this task.",
        "probe_random": "The same on an encoder that learnt nothing.",
        "probe_raw": "The same on the pixels.",
        "probe_supervised": "The same on an encoder taught with every training label.",
        "error": "Root mean squared distance between answered and true colour, in the ab plane.",
        "chroma": "Mean distance of the answered colours from grey.",
    },
    claims=(
        Claim(
            "better-than-nothing",
            "With 50 labels, a probe on features of colorization "
            "(photographs) and of exemplars (digits) beats one on random weights.",
            better_than_nothing,
        ),
        Claim(
            "grey",
            "Where every digit has two opposite colours, squared error answers with less "
            "than a third of the true chroma, and the likeliest bin with more.",
            squared_error_is_grey,
        ),
        Claim(
            "predictable",
            "Colours that depend on the digit are learnt, colours that do not are not.",
            colour_must_be_there,
        ),
        Claim(
            "edges",
            "Comparing edges solves more than half of the puzzles without gap and "
            "normalisation, and less than a quarter with both (photographs).",
            edges_give_away,
        ),
        Claim(
            "collisions",
            "Of 20, 200 and 2000 exemplars, more collide the more there are.",
            exemplars_collide,
        ),
    ),
    published=(
        Published(
            "Colorization: trials in which people took its colours for the true ones",
            "32 %",
            "Zhang, Isola & Efros 2016, abstract",
        ),
        Published(
            "Jigsaw, ImageNet, linear classifier on frozen features",
            "38.1 %",
            "Noroozi & Favaro 2016, abstract of arXiv version 1",
        ),
        Published(
            "Jigsaw, detection on PASCAL VOC 2007, against 56.5 % with labels",
            "51.8 %",
            "Noroozi & Favaro 2016, abstract of arXiv version 1",
        ),
        Published(
            "Exemplar-CNN on STL-10 and CIFAR-10",
            "72.8 % and 82 %",
            "Dosovitskiy et al. 2014, as listed by Papers with Code",
        ),
    ),
    try_this=(
        ("Squared error: where have the colours gone?", "answer=ab"),
        ("Two colours a digit: grey or a choice?", "data=digits&paint=two+a+kind&answer=ab"),
        ("Colours that nobody can know", "data=digits&paint=any"),
        ("Digits as puzzles", "data=digits&kind=jigsaw"),
        ("A puzzle for edges: look at the dashed line", "kind=jigsaw&gap=false&normalise=false"),
        ("Exemplars", "kind=exemplar&data=digits"),
        ("Too many exemplars", "kind=exemplar&exemplars=2000&data=digits"),
        (
            "Exemplars that stay as they are",
            "kind=exemplar&shift=0&turn=0&zoom=0&contrast=0&data=digits",
        ),
    ),
)
