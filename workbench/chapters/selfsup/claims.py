"""TODO."""

from __future__ import annotations

import numpy as np

from workbench.chapters.selfsup.colour_data import PAINTS
from workbench.chapters.selfsup.frames import train
from workbench.chapters.selfsup.knobs import Settings
from workbench.core.chapter import Claim


def measured(seed: int, at: int | None = None, **knobs) -> dict[str, float]:
    """The numbers of one run after the step `at`, or at its end."""
    settings = Settings(seed=seed, **knobs)
    (frame,) = next(train([settings], shown={at or settings.steps}, alone=True))
    return frame.scalars


def better_than_nothing(seed: int) -> tuple[bool, str]:
    """Probes on the features of a task and on random weights."""
    cases = {"colorization": {"data": "photos"}, "exemplar": {"data": "digits"}}
    ends = {kind: measured(seed, kind=kind, **knobs) for kind, knobs in cases.items()}
    holds = all(end["probe_pretext"] > end["probe_random"] for end in ends.values())
    return holds, "; ".join(
        f"{kind} {end['probe_pretext']:.3f} against {end['probe_random']:.3f}"
        for kind, end in ends.items()
    )


def squared_error_is_grey(seed: int) -> tuple[bool, str]:
    """How colourful both answers are when each kind has two opposite colours."""
    knobs = {"data": "digits", "paint": PAINTS[1], "temperature": 0.05}
    ends = {answer: measured(seed, answer=answer, **knobs) for answer in ("ab", "bins")}
    grey, bold, true = ends["ab"]["chroma"], ends["bins"]["chroma"], ends["ab"]["chroma_true"]
    return grey < true / 3 < bold, f"chroma {grey:.1f} and {bold:.1f}, true {true:.1f}"


def colour_must_be_there(seed: int) -> tuple[bool, str]:
    """Colorization when the paint depends on the digit, and when it does not."""
    one, any_ = (measured(seed, data="digits", paint=paint) for paint in (PAINTS[0], PAINTS[2]))
    holds = one["accuracy"] > 6 * one["chance"] and any_["accuracy"] < 3 * any_["chance"]
    return holds, (
        f"accuracy {one['accuracy']:.2f} and {any_['accuracy']:.2f}, chance {one['chance']:.2f}"
    )


def edges_give_away(seed: int) -> tuple[bool, str]:
    """Puzzles that are solved by comparing edges."""
    open_, shut = (
        measured(seed, at=1, kind="jigsaw", gap=on, normalise=on)["edges"] for on in (False, True)
    )
    return open_ > 0.5 and shut < 0.25, f"{open_:.2f}, then {shut:.2f}"


def exemplars_collide(seed: int) -> tuple[bool, str]:
    """The share of transformed exemplars that look more like another one."""
    counts = (20, 200, 2000)
    shares = [measured(seed, at=1, kind="exemplar", exemplars=n)["collisions"] for n in counts]
    return bool((np.diff(shares) > 0).all()), ", ".join(f"{share:.2f}" for share in shares)


CLAIMS = (
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
)
