"""What needs no training: rules that predict the next frames from the ones before them.

Each is a function of true frames [.., t, h, w] with t >= 2 and a number of frames ahead; it gives
the frames that follow [.., ahead, h, w].
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

REACH = 4  # pixels that the best shift may be, each way
Rule = Callable[[NDArray, int], NDArray]


def copy_last(frames: NDArray, ahead: int) -> NDArray:
    """The last frame, again and again."""
    return np.repeat(frames[..., -1:, :, :], ahead, -3)


def black(frames: NDArray, ahead: int) -> NDArray:
    """Nothing but black."""
    return np.zeros_like(copy_last(frames, ahead))


def extrapolate(frames: NDArray, ahead: int) -> NDArray:
    """What each pixel becomes if it goes on changing as between the last two frames."""
    last, before = frames[..., -1:, :, :], frames[..., -2:-1, :, :]
    steps = np.arange(1, ahead + 1)[:, None, None]
    return np.clip(last + steps * (last - before), 0, 1)


def shift(frames: NDArray, ahead: int) -> NDArray:
    """Block matching with the whole frame as its block: the last frame, shifted on as the frame
    before it has to be to come nearest to it. What comes in from outside is black."""
    last, before = frames[..., -1, :, :], frames[..., -2, :, :]
    span = range(-REACH, REACH + 1)
    moves = sorted(((y, x) for y in span for x in span), key=lambda m: m[0] ** 2 + m[1] ** 2)
    miss = np.stack([((moved(before, *m) - last) ** 2).mean((-1, -2)) for m in moves])
    best = miss.argmin(0)
    out = np.empty(copy_last(frames, ahead).shape, frames.dtype)
    for number, (y, x) in enumerate(moves):
        rows = best == number
        for k in range(ahead if rows.any() else 0):
            out[rows, k] = moved(last[rows], (k + 1) * y, (k + 1) * x)
    return out


def moved(frames: NDArray, down: int, across: int) -> NDArray:
    """Frames [.., h, w] shifted by whole pixels, with black where nothing has come from."""
    out = np.zeros_like(frames)
    height, width = frames.shape[-2:]
    if abs(down) < height and abs(across) < width:
        to = (slice(max(0, n), min(s, s + n)) for n, s in ((down, height), (across, width)))
        fro = (slice(max(0, -n), min(s, s - n)) for n, s in ((down, height), (across, width)))
        out[(..., *to)] = frames[(..., *fro)]
    return out


def mean_frame(mean: NDArray) -> Rule:
    """The rule that always gives this mean frame [h, w] of training clips."""

    def predict(frames: NDArray, ahead: int) -> NDArray:
        return np.broadcast_to(mean, copy_last(frames, ahead).shape).astype(frames.dtype)

    return predict


def all_rules(mean: NDArray) -> dict[str, Rule]:
    """Every rule by its name; `mean` [h, w] is the mean frame of training clips."""
    return {
        "copy": copy_last,
        "black": black,
        "mean": mean_frame(mean),
        "extrapolation": extrapolate,
        "shift": shift,
    }


def next_frames(rule: Rule, clips: NDArray, first: int, last: int) -> NDArray:
    """The rule's predictions of the frames number first to last of clips [n, frames, h, w], each
    from the true frames before it: [n, last - first + 1, h, w]."""
    return np.concatenate([rule(clips[:, :t], 1) for t in range(first, last + 1)], 1)
