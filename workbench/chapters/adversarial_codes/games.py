"""What the three lessons share: noise of a stack, and players who follow their own loss.

Every tensor has a leading axis of members, games that train side by side and share nothing.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Generator, Tensor

from workbench.chapters.adversarial_codes.knobs import Member
from workbench.science import nets

BETAS = (0.5, 0.999)  # of Adam: with less momentum than usual (Radford et al. 2016)
BATCH = 64


def hidden_layers(pixels: int) -> list[int]:
    """Units of the hidden layers for pictures of so many pixels."""
    return [128] if pixels <= 256 else [256]


def column(values: Sequence[float], device: str) -> Tensor:
    """One value for each member, as [members, 1, 1]."""
    return torch.tensor(values, dtype=torch.float32, device=device).view(-1, 1, 1)


def seeded(stack: Sequence[Member], purpose: int) -> list[Generator]:
    """A generator for each member; those of one seed draw alike."""
    return nets.generators([member.seed + 1000 * purpose for member in stack])


def uniform(
    shape: Sequence[int], generators: Sequence[Generator], device: str, block: int = 16
) -> Iterator[Tensor]:
    """Numbers between 0 and 1 [members, *shape], step by step, each member's from its generator."""
    while True:
        rows = [torch.rand((block, *shape), generator=generator) for generator in generators]
        yield from torch.stack(rows, 1).to(device).unbind()


def network(sizes: Sequence[int], generators: Sequence[Generator], device: str) -> nets.Mlp:
    """An Mlp whose weights have the variance 1 / fan_in (LeCun et al. 1998), thrice that of Mlp.

    With less, what a code says is lost on its way through generator and reader at the start.
    """
    net = nets.Mlp(sizes, generators, device)
    for weight in net.weights:
        weight.data.mul_(3**0.5)
    return net


def follow(parameters: Sequence[Tensor], losses: Tensor) -> None:
    """Leaves in .grad of these parameters, and of no others, the gradient of losses [members]."""
    for p, grad in zip(parameters, torch.autograd.grad(losses.sum(), parameters), strict=True):
        p.grad.copy_(grad)


Gradient = Callable[..., None]
