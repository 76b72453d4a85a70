"""The next frame on three kinds of motion: PredNet's two losses, a plain ConvLSTM, and rules.

`workbench reproduce prednet` trains L_0 and L_all of a seed in one stack, on the same clips.
"""

import time
from collections.abc import Iterator

import numpy as np

from workbench.chapters.prednet import lesson
from workbench.chapters.prednet.clips import open_clips
from workbench.chapters.prednet.evaluation import Judge
from workbench.chapters.prednet.knobs import Settings
from workbench.core.pictures import Table
from workbench.core.study import Study

MOTIONS = {  # what moves, and its knobs
    "pictures": {},
    "sprites": {"source": "sprites"},
    "three balls": {"source": "balls", "objects": 3, "extent": 0.25},
}
ALL_LAYERS = 0.1  # the weight of the upper layer in the paper's L_all
NAMES = {
    "L_0": "PredNet, L_0",
    "L_all": "PredNet, L_all",
    "plain": "plain ConvLSTM",
    "copy": "last frame again",
    "black": "black frame",
    "mean": "mean frame",
    "extrapolation": "extrapolation",
    "shift": "best shift",
}
PUBLISHED = (
    "Reported, on films from a car (KITTI, 128 x 160 in colour, four layers): MSE about 0.007 to "
    "0.0084 with the authors' weights, 0.0171 and 0.0183 trained again by users, 0.0212 for the "
    "previous frame (coxlab/prednet issue 31). The paper's own table could not be read."
)

Ratios = dict[tuple[str, str], list[float]]  # (motion, who): errors beside copying, of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Trains a seed at a time, until the budget would be passed."""
    start, longest, results = time.monotonic(), 0.0, {}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        for motion, knobs in MOTIONS.items():
            add_seed(results, motion, device, data=data, seed=seed, **knobs)
        longest = max(longest, time.monotonic() - began)
        yield table(results, data)


def add_seed(results: Ratios, motion: str, device: str, **knobs) -> None:
    """Trains both losses on the clips of one seed, and adds everybody's error."""
    runs = [Settings(upper=upper, **knobs) for upper in (0.0, ALL_LAYERS)]
    data = open_clips(runs, device)
    *_, (_, pair) = lesson.fit(runs, data, device)
    judge = Judge(runs, data)
    forecasts = judge.forecasts(pair)
    zero, all_layers = (judge.errors(number, forecasts).next for number in (0, 1))
    errors = zero | {"L_0": zero["prednet"], "L_all": all_layers["prednet"]}
    for name in NAMES:
        results.setdefault((motion, name), []).append(errors[name] / errors["copy"])


def table(results: Ratios, data: str) -> Table:
    """Means over seeds with standard deviations, a line for each who predicts."""
    seeds = len(next(iter(results.values())))

    def cell(motion: str, name: str) -> str:
        values = np.array(results[motion, name])
        return f"{values.mean():.2f} +- {values.std():.2f}"

    return Table(
        f"The next frame, pictures of {data}: {seeds} seed{'s' * (seeds > 1)}",
        ("who predicts", *MOTIONS),
        tuple(
            (title, *(cell(motion, name) for motion in MOTIONS)) for name, title in NAMES.items()
        ),
        caption="Mean squared error of held-out frames, as a multiple of that of the last frame "
        f"again: mean and standard deviation. {verdict(results)} {PUBLISHED}",
    )


def verdict(results: Ratios) -> str:
    """Which loss and which network is better, and in how many seeds."""

    def beats(name: str, other: str) -> str:
        parts = []
        for motion in MOTIONS:
            gain = np.subtract(results[motion, other], results[motion, name])
            parts.append(f"{gain.mean():+.3f} ({(gain > 0).sum()} of {len(gain)})")
        return ", ".join(parts)

    return (
        f"Won by L_all against L_0, and seeds that win: {beats('L_all', 'L_0')}; by passing on "
        f"errors (L_0) against the plain ConvLSTM: {beats('L_0', 'plain')}."
    )


STUDY = Study(
    name="prednet",
    question="Who predicts the next frame best, and does it help to pass on errors?",
    reproduce=reproduce,
)
