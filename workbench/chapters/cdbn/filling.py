"""A hidden half of a picture, filled by what the layers dream of it, from the top down."""

import torch
from torch import Tensor

from workbench.chapters.cdbn import blocks
from workbench.chapters.cdbn.layer import Layer
from workbench.chapters.cdbn.lesson import Chance

SWEEPS = 30
KEPT = 10  # of the last sweeps, whose mean is the answer
FILLED = 20  # test pictures


def hide(v: Tensor, mean: Tensor) -> Tensor:
    """v [..., height, width] with the mean picture in place of its right half."""
    return torch.cat([v[..., : shown(v)], mean.expand_as(v)[..., shown(v) :]], -1)


def shown(v: Tensor) -> int:
    """How many columns of v stay: the left half."""
    return v.shape[-1] // 2


def fill(layers: list[Layer], v: Tensor, mean: Tensor, chance: Chance) -> Tensor:
    """v [runs, batch, 1, height, width] with its right half drawn anew, SWEEPS times in turns with
    the hidden units; the mean of the pixels' probabilities over the last KEPT.

    With two layers a block of the first hears from below and from above (Lee et al. 2009, section
    3.6): e^(I + T) / (1 + sum over the block of e^(I + T)), T what the second layer tells it.
    """
    first, side = layers[0], layers[0].form.block
    state, above, total = hide(v, mean), 0.0, torch.zeros_like(v)
    for sweep in range(SWEEPS):
        on, off = first.probabilities(state, above)
        units = blocks.draw(on, chance.like(off))
        p = first.down(blocks.join(units, side)).sigmoid_()
        state = torch.cat([v[..., : shown(v)], p[..., shown(v) :]], -1)
        if sweep >= SWEEPS - KEPT:
            total += state / KEPT
        if len(layers) > 1:
            above = spread(from_above(layers[1], units.sum(0), chance), side)
    return total


def from_above(second: Layer, pooled: Tensor, chance: Chance) -> Tensor:
    """T [runs, batch, filters, rows, columns]: what units of the second layer, drawn from pooled
    ones, tell those."""
    on, off = second.probabilities(pooled)
    return second.project(blocks.join(blocks.draw(on, chance.like(off)), second.form.block))


def spread(maps: Tensor, side: int) -> Tensor:
    """maps [..., rows, columns] with each of its numbers for all units of a block."""
    return maps.repeat_interleave(side, -1).repeat_interleave(side, -2)
