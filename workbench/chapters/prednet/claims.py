"""What the chapter asserts about predicting frames, and the experiments that test it."""

from functools import lru_cache

from workbench.chapters.prednet import CHAPTER
from workbench.core.chapter import Claim
from workbench.core.frames import Frame, last_frames


@lru_cache(maxsize=32)
def end(seed: int, **knobs) -> Frame:
    """The last frame of a run with these knobs."""
    return last_frames(CHAPTER.train([CHAPTER.Settings(seed=seed, **knobs)]))[0]


def beats_copying(seed: int) -> tuple[bool, str]:
    """One frame ahead, 100 steps on digits that move by one pixel."""
    numbers = end(seed).scalars
    holds = numbers["ratio"] <= 0.65 and numbers["ratio"] < min(
        numbers["black"], numbers["mean"], numbers["extrapolation"]
    )
    return holds, f"PredNet {numbers['ratio']:.3f}, black {numbers['black']:.2f}"
