"""Ways to damage images: noises of Vincent et al. 2010, and the hole of Pathak et al. 2016."""

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor

Level = float | Tensor  # one for all runs, or one for each


def gaussian(
    x: Tensor, level: Level, generator: Generator | None = None, draws: Tensor | None = None
) -> Tensor:
    """``x + level * n`` with ``n ~ N(0, 1)``: ``level`` is the standard deviation of the noise.

    Not clipped to [0, 1]. Clipping would pull black and white pixels inwards and make the noise
    smaller than its level, and ``r(x) - x = sigma^2 grad log p(x)`` (Alain & Bengio 2014) holds
    for the plain sum only. A picture of it is clipped when it is drawn.
    """
    if draws is None:
        draws = _draw(torch.randn, x, x.shape, generator)
    return x + level * draws


def salt_and_pepper(
    x: Tensor, level: Level, generator: Generator | None = None, draws: Tensor | None = None
) -> Tensor:
    """A share ``level`` of the pixels becomes 0 or 1 with equal odds; ``draws`` are uniform."""
    if draws is None:
        draws = _draw(torch.rand, x, x.shape, generator)
    return torch.where(draws < level, (draws < 0.5 * level).to(x.dtype), x)


def masking(
    x: Tensor, level: Level, generator: Generator | None = None, draws: Tensor | None = None
) -> Tensor:
    """A share ``level`` of the pixels becomes 0 (``nu`` of Vincent et al.); uniform ``draws``."""
    if draws is None:
        draws = _draw(torch.rand, x, x.shape, generator)
    return x * (draws >= level)


def drop_block(
    x: Tensor,
    side: int | Tensor,
    height: int,
    width: int,
    generator: Generator | None = None,
    draws: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Set one ``side x side`` block of each image to 0: ``(corrupted, mask)``.

    ``x [..., batch, height * width]`` holds one channel, row by row; ``mask`` is 1 on the hole and
    0 elsewhere (``M^`` of Pathak et al.). The block lies anywhere inside the image with equal
    odds, so ``0 <= side <= min(height, width)``. ``draws [..., batch, 2]`` are uniform: how far
    down and how far right.
    """
    if draws is None:
        draws = _draw(torch.rand, x, (*x.shape[:-1], 2), generator)
    hole = (
        _span(draws[..., :1], side, height)[..., :, None]
        & _span(draws[..., 1:], side, width)[..., None, :]
    ).flatten(-2)
    return x.masked_fill(hole, 0), hole.to(x.dtype)


def _span(draw: Tensor, side: int | Tensor, length: int) -> Tensor:
    """Which of ``length`` places a stretch of ``side`` covers: ``[..., batch, length]``."""
    start = torch.floor(draw * (length - side + 1))
    position = torch.arange(length, device=draw.device)
    return (position >= start) & (position < start + side)


def _draw(
    draw: Callable[..., Tensor], x: Tensor, shape: Sequence[int], generator: Generator | None
) -> Tensor:
    return draw(shape, generator=generator, device=x.device, dtype=x.dtype)


NOISES = {"gaussian": gaussian, "salt-and-pepper": salt_and_pepper, "masking": masking}

DRAWS = {"gaussian": torch.randn, "salt-and-pepper": torch.rand, "masking": torch.rand}
