"""What the chapter claims of CEAL, with the experiments that test it."""

import numpy as np

from workbench.chapters.ceal import CHAPTER
from workbench.chapters.ceal.knobs import Settings
from workbench.core.chapter import Claim
from workbench.core.frames import last_numbers

REPEATED = 5  # seeds that a claim is measured on, side by side


def repeated(seed: int, **knobs) -> list[Settings]:
    """The run of a claim: means over REPEATED seeds, unless the knobs ask for others."""
    return [Settings(**({"seeds": REPEATED} | knobs), seed=seed)]


def train_rounds(seed: int, **knobs) -> list[dict[str, float]]:
    """Trains a run and returns its numbers at the end of each round."""
    return [frame.scalars for (frame,) in CHAPTER.train(repeated(seed, **knobs))][1::2]


def train_to_end(seed: int, **knobs) -> dict[str, float]:
    """Trains a run and returns its last numbers."""
    return last_numbers(CHAPTER.train(repeated(seed, **knobs)))[0]


def margin_beats_random(seed: int) -> tuple[bool, str]:
    """Compares margin with random questions after 230 labels."""
    end = train_to_end(seed, strategy="AL_MS")
    holds = end["accuracy"] >= end["AL_RAND"] + 0.02
    return holds, CHAPTER.in_words(end, "accuracy", "AL_RAND", "AL_ALL")


def fewer_labels(seed: int) -> tuple[bool, str]:
    """Counts the labels for 95 % of AL_ALL's accuracy, of margin and of random questions."""
    rounds = train_rounds(seed, strategy="AL_MS", steps=40)
    labels = np.array([numbers["labels"] for numbers in rounds])
    margin, random = (
        CHAPTER.part("evaluation").labels_needed(
            labels,
            np.array([numbers[name] for numbers in rounds]),
            target=0.95 * rounds[-1]["AL_ALL"],
        )
        for name in ("accuracy", "AL_RAND")
    )
    return margin < 0.75 * random, f"margin {margin:.0f}, random {random:.0f}"


def pseudo_labels_add_little(seed: int) -> tuple[bool, str]:
    """Compares the same questions with and without pseudo-labels after 230 labels."""
    end = train_to_end(seed, also="AL_MS")
    return abs(end["accuracy"] - end["AL_MS"]) < 0.02, CHAPTER.in_words(end, "accuracy", "AL_MS")


def sure_is_right(seed: int) -> tuple[bool, str]:
    """Compares the errors of pseudo-labels and of the network on the pool, in the worst round."""
    shares = [
        numbers["pseudo_error"] / max(numbers["pool_error"], 1e-9) for numbers in train_rounds(seed)
    ]
    return max(shares) < 1 / 3, f"at most {max(shares):.2f} times the error on the open pool"


def overconfidence(seed: int) -> tuple[bool, str]:
    """Compares a network that is believed nearly everything with one that is believed nothing."""
    end = train_to_end(seed, delta=2, schedule="constant", also="AL_MS")
    holds = end["accuracy"] < end["AL_MS"] - 0.02
    return holds, CHAPTER.in_words(end, "accuracy", "AL_MS", "pseudo_error")


def recursion_stops(seed: int) -> tuple[bool, str]:
    """Counts the pseudo-labels of each round with the recursion."""
    counts = [numbers["pseudo"] for numbers in train_rounds(seed, schedule="recursion")]
    return counts[3] > 100 and not any(counts[6:]), " ".join(f"{count:.0f}" for count in counts)


def wrong_sign(seed: int) -> tuple[bool, str]:
    """Compares a margin whose terms are the other way round with random questions."""
    end = train_to_end(seed, strategy="AL_MS", sign_bug=True)
    return end["accuracy"] < end["AL_RAND"] - 0.05, CHAPTER.in_words(end, "accuracy", "AL_RAND")


def cold_start(seed: int) -> tuple[bool, str]:
    """Compares entropy from ten labels with random questions: after 30 labels, and at the end."""
    rounds = train_rounds(seed, strategy="AL_EN", initial=10, k=10, seeds=2 * REPEATED)
    early, end = rounds[1], rounds[-1]
    lost, won = (numbers["accuracy"] - numbers["AL_RAND"] for numbers in (early, end))
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
