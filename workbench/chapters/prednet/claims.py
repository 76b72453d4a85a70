"""What the chapter asserts about predicting frames, and the experiments that test it."""

from collections.abc import Iterable
from functools import lru_cache

from workbench.chapters.prednet import CHAPTER
from workbench.core.chapter import Claim
from workbench.core.frames import Frame

SHORT = 50  # steps that settle what the errors' measure does
EARLY = 40  # steps within which copying is beaten


@lru_cache(maxsize=32)
def frames_of(seed: int, **knobs) -> tuple[Frame, ...]:
    """All frames of a run with these knobs."""
    run = CHAPTER.Settings(seed=seed, **knobs)
    return tuple(frame for (frame,) in CHAPTER.train([run]))


def end(seed: int, **knobs) -> dict[str, float]:
    """The last numbers of a run with these knobs."""
    return frames_of(seed, **knobs)[-1].scalars


def in_words(numbers: dict[str, float], names: Iterable[str]) -> str:
    return ", ".join(f"{name} {numbers[name]:.3f}" for name in names)


def beats_copying(seed: int) -> tuple[bool, str]:
    """One frame ahead at the defaults, beside all rules but the best shift."""
    numbers = end(seed)
    others = ("black", "mean", "extrapolation")
    early = [f.step for f in frames_of(seed) if f.scalars["ratio"] < 1][0]
    holds = numbers["ratio"] <= 0.6 and all(numbers["ratio"] < numbers[name] for name in others)
    return holds and early <= EARLY, in_words(numbers, ("ratio", *others)) + f", at step {early}"


def block_matching_wins(seed: int) -> tuple[bool, str]:
    """The best shift beside both networks at the defaults."""
    numbers = end(seed)
    least = min(numbers["ratio"], numbers["plain"])
    return numbers["shift"] <= 0.35 < least, in_words(numbers, ("shift", "ratio", "plain"))


def black_beats_copying(seed: int) -> tuple[bool, str]:
    """A black frame beside the last one again, at one pixel and at three: nothing is learnt."""
    slow, quick = (end(seed, speed=speed, steps=10)["black"] for speed in (1, 3))
    return slow > 1.1 and quick < 0.95, f"one pixel {slow:.3f}, three pixels {quick:.3f}"


def absolute_ends_black(seed: int) -> tuple[bool, str]:
    """PredNet with the paper's measure beside a black frame, and with squares as long."""
    numbers = end(seed, measure="absolute", steps=SHORT)
    share = numbers["ratio"] / numbers["black"]
    squared = end(seed)["ratio"]
    return abs(share - 1) <= 0.02 and squared <= 0.6, f"{share:.3f} of black; squared {squared:.3f}"


def fades(seed: int) -> tuple[bool, str]:
    """How sharp the frames are that PredNet goes on with, beside true ones."""
    lines = frames_of(seed)[-1].pictures["sharpness"].lines
    values = next(line.y for line in lines if line.name == "PredNet")
    return values[-1] <= min(0.6, 0.9 * values[0]), ", ".join(f"{v:.2f}" for v in values)


def upper_errors_change_nothing(seed: int) -> tuple[bool, str]:
    """L_0 and L_all, one frame ahead."""
    zero, all_layers = end(seed)["ratio"], end(seed, upper=0.1)["ratio"]
    return abs(zero - all_layers) <= 0.05, f"L_0 {zero:.3f}, L_all {all_layers:.3f}"


def plain_is_as_good(seed: int) -> tuple[bool, str]:
    """The plain ConvLSTM of the same size on the same clips."""
    numbers = end(seed)
    return numbers["plain"] <= numbers["ratio"] + 0.01, in_words(numbers, ("ratio", "plain"))


def knows_velocity(seed: int) -> tuple[bool, str]:
    """R^2 of velocity read off the top layer after three frames, trained and untrained."""
    lines = {line.name: line.y for line in frames_of(seed)[-1].pictures["top"].lines}
    trained, untrained = (lines[f"velocity, {name}"][2] for name in ("trained", "untrained"))
    return trained >= 0.4 and untrained <= 0.25, f"trained {trained:.2f}, untrained {untrained:.2f}"


CLAIMS = (
    Claim(
        "beats-copying",
        "One frame ahead PredNet's error is at most 0.6 of that of the last frame again, and below "
        "that of a black, a mean and an extrapolated frame; it beats copying within 40 steps "
        "(digits, one pixel).",
        beats_copying,
    ),
    Claim(
        "block-matching-wins",
        "Where one thing moves rigidly the best shift is better than both networks: at most 0.35 "
        "of copying (digits, one pixel).",
        block_matching_wins,
    ),
    Claim(
        "black-beats-copying",
        "At one pixel a frame a black frame has more than 1.1 times the error of copying, and at "
        "three pixels less than 0.95 times (digits).",
        black_beats_copying,
    ),
    Claim(
        "absolute-ends-black",
        "With the paper's absolute errors PredNet ends within 2 % of a black frame; with squares "
        "it ends at most at 0.6 of copying (digits).",
        absolute_ends_black,
    ),
    Claim(
        "fades",
        "On its own PredNet fades: its fifth frame is at most 0.6 as sharp as a true one, and at "
        "most 0.9 as sharp as its own first (digits).",
        fades,
    ),
    Claim(
        "upper-errors-change-nothing",
        "Whether the second layer's errors count (L_all) or not (L_0) changes the next frame's "
        "error by at most 0.05 of copying's (digits).",
        upper_errors_change_nothing,
    ),
    Claim(
        "plain-is-as-good",
        "A plain ConvLSTM of the same size, which passes on no errors, predicts the next frame at "
        "least as well, to 0.01 of copying's error (digits).",
        plain_is_as_good,
    ),
    Claim(
        "knows-velocity",
        "After three frames the velocity can be read off the top layer with an R2 of at least 0.4, "
        "and off an untrained one with at most 0.25 (digits).",
        knows_velocity,
    ),
)
