"""The clips of a run: drawn ones, or those of a film, cut into pieces of equal length."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.chapters.prednet import motion
from workbench.chapters.prednet.knobs import FRAMES, Settings
from workbench.chapters.prednet.source import film_of
from workbench.data import catalog
from workbench.data.clips import Film, load

TRAINING, HELD_OUT = 256, 128  # clips that are drawn
STEP = 3  # frames between the beginnings of two training clips of a film
SHARE = 0.2  # of a film's frames that are held out, at its end


@dataclass(frozen=True, eq=False)
class Clips:
    """Clips of FRAMES grey frames for each run, values 0 to 1, on one device.

    train [runs, n, frames, h, w] and test [runs, m, frames, h, w]. Of drawn clips the first thing's
    velocity [runs, clips, frames, 2] in pixels a frame (down, across) and its class [runs, clips]
    are known: `velocity` and `label` are pairs for train and test, or None. `classes` are names.
    """

    train: Tensor
    test: Tensor
    velocity: tuple[NDArray, NDArray] | None = None
    label: tuple[NDArray, NDArray] | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Part:
    """The training or the held-out clips of one run [n, frames, h, w], and what is known of them:
    velocity [n, frames, 2] and label [n], or None."""

    frames: NDArray
    velocity: NDArray | None = None
    label: NDArray | None = None


def open_clips(runs: list[Settings], device: str = "cpu") -> Clips:
    """The clips that these runs ask for. Raises DataError."""
    classes, parts = (), []
    for run in runs:
        name = film_of(run)
        if name is None:
            things, classes = open_things(run)
            parts.append([draw(run, own, which) for which, own in enumerate(things)])
        else:
            parts.append([Part(frames) for frames in cut(load(name), run.size)])
    train, test = zip(*parts, strict=True)
    return Clips(
        *(
            torch.from_numpy(np.stack([p.frames for p in part])).to(device)
            for part in (train, test)
        ),
        velocity=_both(train, test, "velocity"),
        label=_both(train, test, "label"),
        classes=classes,
    )


def _both(train, test, name: str):
    """The arrays of this name of all runs, for both parts, or None where nothing is known."""
    if any(getattr(part, name) is None for part in (*train, *test)):
        return None
    return tuple(np.stack([getattr(part, name) for part in both]) for both in (train, test))


Things = tuple[NDArray, NDArray | None]  # pictures [k, h, w] and their classes [k]


def open_things(run: Settings) -> tuple[list[Things], tuple[str, ...]]:
    """What moves in training clips and in held-out ones, and the names of its classes."""
    side = max(2, round(run.extent * run.size))
    if run.source == "pictures":
        images = catalog.load(run.data)
        both = (images.x_train, images.y_train), (images.x_test, images.y_test)
        return [(motion.resize(grey(x), side), y) for x, y in both], images.classes
    names = motion.SPRITES if run.source == "sprites" else ("disc",)
    drawn = np.stack([motion.draw_sprite(name, side) for name in names])
    known = np.arange(len(names)) if len(names) > 1 else None
    return [(drawn, known)] * 2, names


def grey(x: NDArray) -> NDArray:
    """Pictures [n, h, w] of pictures that may be in colour [n, h, w, 3]."""
    return x.mean(-1, dtype=np.float32) if x.ndim == 4 else x


def draw(run: Settings, things: Things, which: int) -> Part:
    """The clips of a run: training clips (0) or held-out ones (1)."""
    pictures, label = things
    rng = np.random.default_rng([run.seed, which])
    count = (TRAINING, HELD_OUT)[which]
    rows = rng.integers(len(pictures), size=(count, run.objects))
    rule = motion.Motion(FRAMES, run.size, run.objects, run.speed, run.source == "balls")
    paths = motion.draw_paths(rule, pictures.shape[1:], count, rng)
    frames = motion.draw_frames(pictures[rows], paths.place, run.size)
    first = None if label is None else label[rows[:, 0]]
    return Part(frames, paths.velocity[:, :, 0], first)


def cut(film: Film, side: int) -> tuple[NDArray, NDArray]:
    """Clips [n, FRAMES, side, side] of a film for training, and of its end to be judged by.

    No frame is in both.
    """
    parts: tuple[list, list] = ([], [])
    for shot in film.shots:
        shot = motion.resize(shot, side)
        held_out = max(FRAMES, round(SHARE * len(shot)))
        begin = len(shot) - held_out
        for part, start, end in ((parts[0], 0, begin), (parts[1], begin, len(shot))):
            starts = range(start, end - FRAMES + 1, STEP)
            part.extend(shot[s : s + FRAMES] for s in starts)
    train, test = (np.stack(part).astype(np.float32) for part in parts)
    return train, test[: 2 * HELD_OUT]
