"""What the chapter asserts, and the experiments that test it.

Single seeds differ by more than most effects here, so all but two claims are about the mean of
five seeds, those that follow from the seed of the claim.
"""

from collections.abc import Sequence
from functools import lru_cache

from workbench.chapters.two_learners import CHAPTER
from workbench.core.chapter import Claim

SEEDS = 5
LATE_FRAMES = 4  # of which co-teaching's numbers are the mean: the last ten epochs of a default run

INDEPENDENT = {"rho": 0.0}
CUT_IN_TWO = {"rho": 1.0}
HALVES = {"rho": 0.0, "split": "left/right"}
AS_MANY = {"tau": 1.0}
TOO_MANY = {"tau": 1.5}
TOO_FEW = {"tau": 0.5}
PAIRS = {"pattern": "pair", "noise": 0.45}


def late_numbers(changes: Sequence[dict], frames: int, **knobs) -> list[dict[str, float]]:
    """Trains a run for each change of the knobs, side by side; gives the mean of the last frames'
    numbers of each."""
    runs = [CHAPTER.Settings(**knobs, **change) for change in changes]
    last = list(zip(*CHAPTER.train(runs), strict=True))
    return [
        {
            name: sum(frame.scalars[name] for frame in of[-frames:]) / frames
            for name in of[-1].scalars
        }
        for of in last
    ]


@lru_cache(maxsize=8)
def trained_by_views(seed: int) -> list[dict[str, float]]:
    """Co-training with independent views, with pictures cut in two, and with left and right."""
    return late_numbers([INDEPENDENT, CUT_IN_TWO, HALVES], 1, seeds=SEEDS, seed=seed)


@lru_cache(maxsize=8)
def taught(seed: int) -> list[dict[str, float]]:
    """Co-teaching that throws out as many as are wrong, too many, too few, and at pair noise."""
    changes = [AS_MANY, TOO_MANY, TOO_FEW, PAIRS]
    return late_numbers(changes, LATE_FRAMES, kind="co-teaching", seeds=SEEDS, seed=seed)


def gain_with_one_seed(seed: int) -> tuple[bool, str]:
    (end,) = late_numbers([INDEPENDENT], 1, seeds=1, seed=seed)
    return end["gain"] > 0.06, f"gain {end['gain']:.3f}"


def ahead_of_self(end: dict[str, float]) -> float:
    """How far co-training ends above self-training."""
    return end["accuracy"] - end["self_accuracy"]


def independent_views_win(seed: int) -> tuple[bool, str]:
    independent, _, halves = map(ahead_of_self, trained_by_views(seed))
    measured = f"random pixels {independent:+.3f}, left and right {halves:+.3f}"
    return independent > 0.03 and halves > 0.02, measured


def dependence_costs(seed: int) -> tuple[bool, str]:
    independent, cut, _ = (end["gain"] for end in trained_by_views(seed))
    return independent - cut > 0.06, f"gain {independent:.3f} at rho 0, {cut:.3f} at rho 1"


def dependent_views_do_not_win(seed: int) -> tuple[bool, str]:
    ahead = ahead_of_self(trained_by_views(seed)[1])
    return ahead < 0.03, f"{ahead:+.3f} against self-training"


def mistakes_are_noise(seed: int) -> tuple[bool, str]:
    ends = trained_by_views(seed)[:2]
    errors = [(1 - end["accuracy"], end["wrong"]) for end in ends]
    independent, cut = (error / wrong for error, wrong in errors)
    measured = "; ".join(f"error {error:.3f}, wrong labels {wrong:.3f}" for error, wrong in errors)
    return independent < 0.75 and cut > 0.8, f"rho 0 and 1: {measured}"


def picks_are_right(seed: int) -> tuple[bool, str]:
    (end,) = late_numbers([AS_MANY], LATE_FRAMES, kind="co-teaching", seeds=1, seed=seed)
    return end["precision"] > 0.9, f"precision {end['precision']:.3f}"


def above_standard(seed: int) -> tuple[bool, str]:
    symmetric, _, _, pairs = taught(seed)
    gains = [end["accuracy"] - end["standard_accuracy"] for end in (symmetric, pairs)]
    return gains[0] > 0.02 and gains[1] > 0.06, "symmetric {:+.3f}, pairs {:+.3f}".format(*gains)


def exchange_adds_nothing(seed: int) -> tuple[bool, str]:
    end = taught(seed)[0]
    difference = end["accuracy"] - end["own_accuracy"]
    return abs(difference) < 0.015, f"co-teaching {difference:+.3f} against own picks"


def agree_on_errors(seed: int) -> tuple[bool, str]:
    end = taught(seed)[0]
    pair, own, standard = (end[f"{prefix}apart"] for prefix in ("", "own_", "standard_"))
    measured = f"co-teaching {pair:.3f}, own picks {own:.3f}, standard {standard:.3f}"
    return pair < 0.65 * own and pair < 0.45 * standard, measured


def too_many(seed: int) -> tuple[bool, str]:
    right, many, *_ = taught(seed)
    loss = right["accuracy"] - many["accuracy"]
    measured = f"precision {right['precision']:.3f} and {many['precision']:.3f}, {-loss:+.3f}"
    return loss > 0.1 and many["precision"] > right["precision"], measured


def too_few(seed: int) -> tuple[bool, str]:
    few = taught(seed)[2]
    gain = few["accuracy"] - few["standard_accuracy"]
    return gain < 0.01, f"{gain:+.3f} against standard training"


CLAIMS = (
    Claim(
        "independent-gain",
        "With independent views (rho 0) and two labels a class, co-training gains over 6 points on "
        "supervised training, in every seed.",
        gain_with_one_seed,
    ),
    Claim(
        "independent-wins",
        "With independent views co-training also ends above self-training on both views, by over 3 "
        "points with random pixels and over 2 with left and right, on average over five seeds.",
        independent_views_win,
    ),
    Claim(
        "dependence-costs",
        "With a picture cut in two (rho 1) the gain is over 6 points smaller, on average over five "
        "seeds.",
        dependence_costs,
    ),
    Claim(
        "dependent-no-better",
        "With a picture cut in two co-training is less than 3 points above self-training, on "
        "average over five seeds; mostly it is below.",
        dependent_views_do_not_win,
    ),
    Claim(
        "mistakes-are-noise",
        "With independent views the error ends below three quarters of the share of wrong labels "
        "that were given; with a picture cut in two it ends near that share, on average over five "
        "seeds.",
        mistakes_are_noise,
    ),
    Claim(
        "precise-picks",
        "With half of the labels wrong, over 90 % of what co-teaching keeps in the end is right, "
        "in every seed.",
        picks_are_right,
    ),
    Claim(
        "above-standard",
        "Co-teaching ends over 2 points above standard training with half of the labels wrong, and "
        "over 6 at 45 % pair noise, on average over five seeds.",
        above_standard,
    ),
    Claim(
        "exchange",
        "The exchange adds nothing to co-teaching: own picks without it end within 1.5 points, on "
        "average over five seeds.",
        exchange_adds_nothing,
    ),
    Claim(
        "agree-on-errors",
        "The exchange makes the two networks agree on errors: where one is wrong, the other says "
        "something else less than 0.65 times as often as without exchange, and less than 0.45 "
        "times as often as after standard training, on average over five seeds.",
        agree_on_errors,
    ),
    Claim(
        "too-many",
        "Throwing out 1.5 times as many as are wrong costs over 10 points, though what is kept is "
        "purer, on average over five seeds.",
        too_many,
    ),
    Claim(
        "too-few",
        "Throwing out half as many as are wrong gains nothing on standard training, on average "
        "over five seeds.",
        too_few,
    ),
)
