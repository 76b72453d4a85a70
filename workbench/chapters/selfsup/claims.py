"""What chapter selfsup claims, and the experiments that test it."""

import numpy as np

from workbench.chapters.selfsup import CHAPTER
from workbench.chapters.selfsup.knobs import PAINTS, Settings
from workbench.core.chapter import Claim


def numbers_of(run: Settings, **more) -> dict[str, float]:
    """What `frames.measure` gives; it loads PyTorch, which a page that shows the claims has not."""
    return CHAPTER.part("frames").measure(run, **more)


def better_than_nothing(seed: int) -> tuple[bool, str]:
    """Probes on the features of a task and on random weights."""
    cases = {"colorization": {"data": "photos"}, "exemplar": {"data": "digits"}}
    ends = {
        kind: numbers_of(Settings(seed=seed, kind=kind, **case)) for kind, case in cases.items()
    }
    holds = all(end["probe_pretext"] > end["probe_random"] for end in ends.values())
    return holds, "; ".join(
        f"{kind} {end['probe_pretext']:.3f} against {end['probe_random']:.3f}"
        for kind, end in ends.items()
    )


def squared_error_is_grey(seed: int) -> tuple[bool, str]:
    """How colourful both answers are when each kind has two opposite colours."""
    knobs = {"data": "digits", "paint": PAINTS[1], "temperature": 0.05}
    ends = {a: numbers_of(Settings(seed=seed, answer=a, **knobs)) for a in ("ab", "bins")}
    grey, bold, true = ends["ab"]["chroma"], ends["bins"]["chroma"], ends["ab"]["chroma_true"]
    return grey < true / 3 < bold, f"chroma {grey:.1f} and {bold:.1f}, true {true:.1f}"


def colour_must_be_there(seed: int) -> tuple[bool, str]:
    """Colorization when the paint depends on the digit, and when it does not."""
    paints = (PAINTS[0], PAINTS[2])
    known, hidden = (
        numbers_of(Settings(seed=seed, data="digits", paint=paint)) for paint in paints
    )
    gains = [end["accuracy"] / end["chance"] for end in (known, hidden)]
    accuracies = f"{known['accuracy']:.2f} and {hidden['accuracy']:.2f}"
    return gains[0] > 6 and gains[1] < 3, f"accuracy {accuracies}, chance {known['chance']:.2f}"


def edges_give_away(seed: int) -> tuple[bool, str]:
    """Puzzles that are solved by comparing edges."""
    without, with_both = (
        numbers_of(Settings(seed=seed, kind="jigsaw", gap=on, normalise=on), step=1)["edges"]
        for on in (False, True)
    )
    return without > 0.5 and with_both < 0.25, f"{without:.2f}, then {with_both:.2f}"


def exemplars_collide(seed: int) -> tuple[bool, str]:
    """The share of transformed exemplars that look more like another one."""
    runs = [Settings(seed=seed, kind="exemplar", exemplars=count) for count in (20, 200, 2000)]
    shares = [numbers_of(run, step=1)["collisions"] for run in runs]
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
