"""TODO."""

import numpy as np

from workbench.chapters.ceal.frames import train
from workbench.chapters.ceal.knobs import Settings
from workbench.chapters.ceal.rounds import labels_needed
from workbench.core.chapter import Claim
from workbench.core.frames import Frame

REPEATED = 5  # seeds that a claim is measured on, side by side


def course(seed: int, **knobs) -> list[Frame]:
    """The frames at the end of each round; means over REPEATED seeds unless told otherwise."""
    settings = Settings(**({"seeds": REPEATED} | knobs), seed=seed)
    return [frame for (frame,) in train([settings])][1::2]


def _said(end: Frame, *names: str) -> str:
    return ", ".join(f"{name} {end.scalars[name]:.3f}" for name in names)


def margin_beats_random(seed: int) -> tuple[bool, str]:
    """Margin and random questions after 230 labels."""
    end = course(seed, strategy="AL_MS")[-1]
    return end.scalars["accuracy"] >= end.scalars["AL_RAND"] + 0.02, _said(
        end, "accuracy", "AL_RAND", "AL_ALL"
    )


def fewer_labels(seed: int) -> tuple[bool, str]:
    """Labels for 95 % of AL_ALL's accuracy: margin and random."""
    frames = course(seed, strategy="AL_MS", steps=40)
    labels = [frame.scalars["labels"] for frame in frames]
    target = 0.95 * frames[-1].scalars["AL_ALL"]
    need = [
        labels_needed(np.array(labels), np.array([f.scalars[name] for f in frames]), target)
        for name in ("accuracy", "AL_RAND")
    ]
    return need[0] < 0.75 * need[1], "margin {:.0f}, random {:.0f}".format(*need)


def pseudo_labels_add_little(seed: int) -> tuple[bool, str]:
    """The same questions with and without pseudo-labels after 230 labels."""
    end = course(seed, also="AL_MS")[-1]
    gap = abs(end.scalars["accuracy"] - end.scalars["AL_MS"])
    return gap < 0.02, _said(end, "accuracy", "AL_MS")


def sure_is_right(seed: int) -> tuple[bool, str]:
    """Error of pseudo-labels and of the network on the pool, in the worst round."""
    shares = [
        frame.scalars["pseudo_error"] / max(frame.scalars["pool_error"], 1e-9)
        for frame in course(seed)
    ]
    return max(shares) < 1 / 3, f"at most {max(shares):.2f} times the error on the open pool"


def overconfidence(seed: int) -> tuple[bool, str]:
    """Believing nearly everything, and believing nothing."""
    end = course(seed, delta=2, schedule="constant", also="AL_MS")[-1]
    return end.scalars["accuracy"] < end.scalars["AL_MS"] - 0.02, _said(
        end, "accuracy", "AL_MS", "pseudo_error"
    )


def recursion_stops(seed: int) -> tuple[bool, str]:
    """Pseudo-labels by round with the recursion."""
    counts = [frame.scalars["pseudo"] for frame in course(seed, schedule="recursion")]
    return counts[3] > 100 and not any(counts[6:]), " ".join(f"{count:.0f}" for count in counts)


def wrong_sign(seed: int) -> tuple[bool, str]:
    """Margin with its terms the other way round."""
    end = course(seed, strategy="AL_MS", sign_bug=True)[-1]
    return end.scalars["accuracy"] < end.scalars["AL_RAND"] - 0.05, _said(
        end, "accuracy", "AL_RAND"
    )


def cold_start(seed: int) -> tuple[bool, str]:
    """Entropy from ten labels, ten a round: after 30 labels, and at the end."""
    frames = course(seed, strategy="AL_EN", initial=10, k=10, seeds=2 * REPEATED)
    early, end = frames[1].scalars, frames[-1].scalars
    lost, won = (each["accuracy"] - each["AL_RAND"] for each in (early, end))
    return lost < -0.02 < won, f"against random {lost:+.3f} at 30 labels, {won:+.3f} at 110"


CLAIMS = (
    Claim(
        "margin-beats-random",
        "After 230 labels margin is at least 2 points above random "
        "questions (digits, mean of 5 seeds).",
        margin_beats_random,
    ),
    Claim(
        "fewer-labels",
        "For 95 % of the accuracy that all labels give, margin needs less than "
        "three quarters of the labels that random questions need.",
        fewer_labels,
    ),
    Claim(
        "pseudo-labels-add-little",
        "Pseudo-labels at the paper's delta change the accuracy "
        "after 230 labels by less than 2 points either way.",
        pseudo_labels_add_little,
    ),
    Claim(
        "sure-is-right",
        "In every round pseudo-labels are wrong less than a third as often as "
        "the network is on the open pool.",
        sure_is_right,
    ),
    Claim(
        "overconfidence",
        "A network that is believed at delta 2 ends more than 2 points below one that never is.",
        overconfidence,
    ),
    Claim(
        "recursion-stops",
        "With the recursion nothing is believed from round 7 (t = 6) on.",
        recursion_stops,
    ),
    Claim(
        "wrong-sign",
        "With the margin's sign turned round it ends more than 5 points below random questions.",
        wrong_sign,
    ),
    Claim(
        "cold-start",
        "From 10 labels, entropy is worse than random at 30 labels and not at "
        "the end (mean of 10 seeds: so few labels leave much to luck).",
        cold_start,
    ),
)
