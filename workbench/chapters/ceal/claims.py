"""What the chapter claims of CEAL, with the experiments that test it."""

from collections.abc import Sequence

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


def mean_courses(seed: int, names: Sequence[str], count: int, **knobs) -> dict[str, np.ndarray]:
    """The test accuracy [count + 1] of each strategy after each round, mean over REPEATED seeds."""
    study, members = CHAPTER.part("study"), CHAPTER.part("members")
    seeds = [seed + 100 * i for i in range(REPEATED)]
    chosen = study.PAPER | {"k": 20, "initial": 30} | knobs
    stack = [members.member(name, seed=own, **chosen) for name in names for own in seeds]
    courses = study.train_courses(stack, CHAPTER.part("pool").load_pool("digits"), count, 50)
    accuracies = np.array([course.accuracy for course in courses]).reshape(len(names), REPEATED, -1)
    return dict(zip(names, accuracies.mean(1), strict=True))


def fusion_does_not_win(seed: int) -> tuple[bool, str]:
    """Compares FUSION with each single criterion, mean over ten rounds."""
    names = ("CEAL_FUSION", "CEAL_MS", "CEAL_LC", "CEAL_EN")
    courses = mean_courses(seed, names, 10)
    means = {name: 100 * own[1:].mean() for name, own in courses.items()}
    return means["CEAL_FUSION"] < means["CEAL_MS"], write_points(means)


def no_criterion_gains(seed: int) -> tuple[bool, str]:
    """Compares the same questions with and without pseudo-labels, mean over ten rounds."""
    criteria = ("LC", "EN", "RAND")
    names = [f"{kind}_{name}" for name in criteria for kind in ("CEAL", "AL")]
    courses = mean_courses(seed, names, 10)
    gains = {
        name: 100 * (courses[f"CEAL_{name}"] - courses[f"AL_{name}"])[1:].mean()
        for name in criteria
    }
    return all(abs(gain) < 2 for gain in gains.values()), write_points(gains)


def soft_labels_gain(seed: int) -> tuple[bool, str]:
    """Compares soft labels of the whole pool with none and with hard ones, from ten labels."""
    names = ("SOFT_MS", "AL_MS", "CEAL_MS")
    courses = mean_courses(seed, names, 6, k=5, initial=10)
    soft, plain, hard = (100 * courses[name][1:].mean() for name in names)
    return soft > max(plain, hard) + 2, write_points(
        dict(zip(names, (soft, plain, hard), strict=True))
    )


def write_points(means: dict[str, float]) -> str:
    """These numbers, in points of accuracy."""
    return ", ".join(f"{name} {value:.1f}" for name, value in means.items())


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
        "no-criterion-gains",
        "Pseudo-labels at the paper's delta move LC, EN and random questions by less than 2 points "
        "either way, mean over ten rounds.",
        no_criterion_gains,
    ),
    Claim(
        "fusion-does-not-win",
        "FUSION does not win: it ends below margin alone on the mean of ten rounds (5 seeds).",
        fusion_does_not_win,
    ),
    Claim(
        "soft-labels-gain",
        "From 10 labels, soft labels of the whole pool put margin more than 2 points above itself "
        "and above CEAL (digits, mean over six rounds of five questions and 5 seeds).",
        soft_labels_gain,
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
