"""What the chapter asserts about the game, and the experiments that test it.

In the plane a claim is about five games that are played side by side: one seed teaches luck.
"""

from functools import lru_cache

import numpy as np

from workbench.chapters.gan import CHAPTER
from workbench.core.chapter import Claim

GAMES = 5
EARLY = 500  # steps after which fast generators are compared
FAST = {"ratio": 0.33, "lr": 0.003}  # a generator three times as fast


@lru_cache(maxsize=16)
def _play(seed: int, knobs: tuple) -> dict[str, np.ndarray]:
    first = CHAPTER.Settings(**dict(knobs))
    count = GAMES if first.kind == "plane" else 1
    runs = [first.replace(seed=(seed + 10 * game) % 100) for game in range(count)]
    ends = CHAPTER.part("evaluation").play_to_end(runs)
    return {name: np.array([end[name] for end in ends]) for name in ends[0]}


def play_games(seed: int, **knobs) -> dict[str, np.ndarray]:
    """The last numbers of five games in the plane, or of one on pictures: by name, [games]."""
    return _play(seed, tuple(sorted(knobs.items())))


def digits(seed: int, **knobs) -> dict[str, float]:
    """The last numbers of a game on digits."""
    return {name: values[0] for name, values in play_games(seed, kind="pictures", **knobs).items()}


def listed(values: np.ndarray) -> str:
    return " ".join(f"{value:.0f}" for value in values)


def equal_rates_cover_all(seed: int) -> tuple[bool, str]:
    """The modes and the quality of five games at equal rates."""
    end = play_games(seed)
    complete, quality = int((end["modes"] == 8).sum()), end["quality"].mean()
    return complete >= 4 and quality >= 0.6, f"modes {listed(end['modes'])}, quality {quality:.2f}"


def a_fast_generator_collapses(seed: int) -> tuple[bool, str]:
    """The modes after 500 steps at equal rates and with a generator ten times as fast."""
    equal, fast = (play_games(seed, steps=EARLY, ratio=r)["modes"] for r in (1.0, 0.1))
    holds = fast.mean() <= 4.5 and equal.mean() >= fast.mean() + 2
    return bool(holds), f"modes {listed(fast)}; at equal rates {listed(equal)}"


def half_proves_nothing(seed: int) -> tuple[bool, str]:
    """D(x) of the games that have collapsed, after 500 steps."""
    end = play_games(seed, steps=EARLY, ratio=0.1)
    score = end["real_score"].mean()
    return 0.4 <= score <= 0.62, f"modes {listed(end['modes'])}, mean D(x) {score:.2f}"


def r1_repairs(seed: int) -> tuple[bool, str]:
    """The modes after 500 steps with a generator three times as fast, with R1 and without."""
    plain, r1 = (play_games(seed, steps=EARLY, **FAST, r1=g)["modes"] for g in (0.0, 0.3))
    return bool(r1.mean() >= plain.mean() + 0.5), f"with R1 {listed(r1)}; without {listed(plain)}"


def wasserstein_covers_all(seed: int) -> tuple[bool, str]:
    """The modes of five games of the Wasserstein loss at equal rates."""
    end = play_games(seed, loss="Wasserstein")["modes"]
    return bool((end == 8).sum() >= 4), f"modes {listed(end)}"


def hinge_does_not_help(seed: int) -> tuple[bool, str]:
    """The modes of five games with spectral normalisation at equal rates."""
    end = play_games(seed, loss="hinge")["modes"]
    return bool(end.mean() <= 5), f"modes {listed(end)}"


def r1_helps_on_digits(seed: int) -> tuple[bool, str]:
    """The distance and the classes on digits with R1 and without."""
    plain, r1 = digits(seed), digits(seed, r1=0.1)
    holds = r1["classes"] >= 9 and r1["frechet"] <= 0.75 * plain["frechet"]
    return bool(holds), (
        f"Frechet {r1['frechet']:.2f} with R1, {plain['frechet']:.2f} without; "
        f"{r1['classes']:.0f} classes"
    )


def averages_help_on_digits(seed: int) -> tuple[bool, str]:
    """The distance on digits with R1, by the last weights and by their average."""
    last, mean = (digits(seed, r1=0.1, average=a)["frechet"] for a in (0.0, 0.99))
    return bool(mean <= 0.9 * last), f"Frechet {mean:.2f}, by the last weights {last:.2f}"


def digits_collapse(seed: int) -> tuple[bool, str]:
    """The classes of a generator ten times as fast, and D(x)."""
    end = digits(seed, ratio=0.1)
    holds = end["classes"] <= 8 and 0.38 <= end["real_score"] <= 0.64
    return bool(holds), f"{end['classes']:.0f} classes, D(x) {end['real_score']:.2f}"


def ten_gaussians_win(seed: int) -> tuple[bool, str]:
    """The distance of the best generator here, and that of ten Gaussians."""
    rival = CHAPTER.part("rivals").make_rivals("digits")["ten Gaussians"].numbers["frechet"]
    best = digits(seed, r1=0.1, average=0.99)["frechet"]
    return bool(best >= 1.5 * rival), f"Frechet {best:.2f}, ten Gaussians {rival:.2f}"


def nothing_is_copied(seed: int) -> tuple[bool, str]:
    """The distance to the training set of samples and of a copier that adds noise."""
    rivals = CHAPTER.part("rivals").make_rivals("digits")
    copier = rivals["a copier that adds noise"].numbers["nearest"]
    own = digits(seed, r1=0.1, average=0.99)["nearest"]
    return bool(own >= 1.1 and copier <= 0.75), f"samples {own:.2f}, a copier {copier:.2f}"


CLAIMS = (
    Claim(
        "equal-rates-cover-all",
        "At equal rates at least four of five games cover all eight Gaussians, with a mean quality "
        "of at least 60 %.",
        equal_rates_cover_all,
    ),
    Claim(
        "a-fast-generator-collapses",
        "After 500 steps a generator ten times as fast covers at most 4.5 modes in the mean of "
        "five games, and at least two fewer than at equal rates.",
        a_fast_generator_collapses,
    ),
    Claim(
        "half-proves-nothing",
        "With a generator ten times as fast the mean D(x) of five games lies between 0.40 and 0.62 "
        "all the same.",
        half_proves_nothing,
    ),
    Claim(
        "r1-repairs",
        "With a generator three times as fast (mean rate 0.003) R1 of 0.3 covers at least half a "
        "mode more after 500 steps, in the mean of five games.",
        r1_repairs,
    ),
    Claim(
        "wasserstein-covers-all",
        "At equal rates at least four of five games of the Wasserstein loss (lambda 1) cover all "
        "eight Gaussians.",
        wasserstein_covers_all,
    ),
    Claim(
        "hinge-does-not-help",
        "With spectral normalisation and the hinge loss five games cover at most five of eight "
        "Gaussians in the mean.",
        hinge_does_not_help,
    ),
    Claim(
        "r1-helps-on-digits",
        "On digits R1 of 0.1 covers at least nine classes, and its Frechet distance is at most "
        "three quarters of that without.",
        r1_helps_on_digits,
    ),
    Claim(
        "averages-help-on-digits",
        "On digits with R1 an average of the weights (0.99) takes at least a tenth off the Frechet "
        "distance.",
        averages_help_on_digits,
    ),
    Claim(
        "digits-collapse",
        "On digits a generator ten times as fast covers at most eight classes while D(x) stays "
        "between 0.38 and 0.64.",
        digits_collapse,
    ),
    Claim(
        "ten-gaussians-win",
        "On digits the Frechet distance of the generator with R1 and averaged weights is at least "
        "one and a half times that of a mixture of ten Gaussians.",
        ten_gaussians_win,
    ),
    Claim(
        "nothing-is-copied",
        "On digits the samples lie at least 1.1 times as far from the training set as new real "
        "digits do, and those of a copier at most 0.75 times.",
        nothing_is_copied,
    ),
)
