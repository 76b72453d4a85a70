"""Clips that are drawn: things of known velocity that move and turn back at a frame's walls."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SPRITES = ("square", "disc", "triangle", "cross")
SUB = 4  # samples of a sprite's pixel along each axis


class Motion(NamedTuple):
    """How things move: so many of them in frames of this side, by whole pixels a frame, at most
    `speed` along each axis; whether they push each other."""

    frames: int
    side: int
    objects: int
    speed: int
    push: bool = False


class Paths(NamedTuple):
    """Where things are and how fast, in pixels down and across: both [clips, frames, objects, 2].

    `place` is the upper left corner of a thing.
    """

    place: NDArray
    velocity: NDArray


def draw_paths(motion: Motion, box: tuple[int, int], count: int, rng: np.random.Generator) -> Paths:
    """Paths of things of this height and width, which stay inside the frame."""
    room = motion.side - np.array(box)
    shape = (count, motion.objects, 2)
    place = rng.integers(room + 1, size=shape).astype(float)
    velocity = draw_velocities(motion.speed, shape[:2], rng).astype(float)
    places, velocities = [place], [velocity]
    for _ in range(motion.frames - 1):
        if motion.push:
            velocity = collide(place, velocity, box[0])
        place, velocity = turn_back(place + velocity, velocity, room)
        places.append(place)
        velocities.append(velocity)
    return Paths(np.stack(places, 1), np.stack(velocities, 1))


def draw_velocities(speed: int, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray:
    """Whole velocities [*shape, 2] from -speed to speed along each axis, all but (0, 0) alike."""
    side = 2 * speed + 1
    number = rng.integers(side * side - 1, size=shape)
    number += number >= side * side // 2  # the middle one stands still
    return np.stack([number // side - speed, number % side - speed], -1)


def turn_back(place: NDArray, velocity: NDArray, room: NDArray) -> tuple[NDArray, NDArray]:
    """Place and velocity [.., 2] after walls: what has passed one has come back from it."""
    outside = (place < 0) | (place > room)
    place = np.where(place < 0, -place, np.where(place > room, 2 * room - place, place))
    return np.clip(place, 0, room), np.where(outside, -velocity, velocity)


def collide(place: NDArray, velocity: NDArray, width: float) -> NDArray:
    """The velocities of balls of this width [clips, objects, 2] once those that meet have pushed.

    Balls are of one mass: along the line between them they exchange what they have.
    """
    velocity = velocity.copy()
    for i in range(place.shape[1]):
        for j in range(i):
            line = place[:, i] - place[:, j]
            distance = np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-9)
            nearing = ((velocity[:, i] - velocity[:, j]) * line).sum(1, keepdims=True) / distance
            push = np.where((distance < width) & (nearing < 0), nearing, 0) * line / distance
            velocity[:, i] -= push
            velocity[:, j] += push
    return velocity


def draw_frames(things: NDArray, place: NDArray, side: int) -> NDArray:
    """Frames float32 [clips, frames, side, side] of things [clips, objects, h, w] in these places.

    Between pixels a thing is shared out linearly; where things overlap the brighter one is seen.
    """
    height, width = things.shape[2:]
    down = _shares(place[..., 0], side, height)
    across = _shares(place[..., 1], side, width)
    drawn = down @ things[:, None] @ across.swapaxes(-1, -2)
    return drawn.max(2).astype(np.float32)


def _shares(place: NDArray, side: int, length: int) -> NDArray:
    """How much of each of a thing's rows falls into each row of the frame [.., side, length]."""
    offset = np.arange(side)[:, None] - np.arange(length) - place[..., None, None]
    return np.clip(1 - np.abs(offset), 0, 1)


def draw_sprite(name: str, side: int) -> NDArray:
    """One of SPRITES, white on black, as grey values [side, side]."""
    points = (np.arange(side * SUB) + 0.5) / (side * SUB) * 2 - 1
    v, u = np.meshgrid(points, points, indexing="ij")
    inside = {
        "square": np.maximum(abs(u), abs(v)) <= 0.85,
        "disc": u * u + v * v <= 1,
        "triangle": abs(u) <= (v + 1) / 2,
        "cross": np.minimum(abs(u), abs(v)) <= 0.34,
    }[name]
    return inside.reshape(side, SUB, side, SUB).mean((1, 3))


def resize(x: NDArray, side: int) -> NDArray:
    """Pictures x [n, h, w] whose longer side becomes `side`: linear, and averaged when smaller."""
    longest = max(x.shape[1:])
    for axis in (1, 2):
        old = x.shape[axis]
        new = max(1, round(side * old / longest))
        centres = (np.arange(new) + 0.5) * old / new - 0.5
        distance = np.abs(np.arange(old) - np.clip(centres, 0, old - 1)[:, None])
        shares = np.clip(1 - distance / max(1, old / new), 0, 1)
        shares /= shares.sum(1, keepdims=True)
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ shares.T, -1, axis)
    return x
