"""Features that a network learns from the pool without a label: which way up is the picture?

Wang et al. 2017 begin with a network that had seen a million labelled pictures. Here a pretext task
stands in: all pictures of the pool, turned by quarters, and four classes to tell them apart
(Gidaris et al. 2018). The layers below the last are what the strategies begin with.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from workbench.science import formulas, nets
from workbench.science.convnet import Cnn

STEPS, BATCH, RATE = 400, 64, 0.003


def turned(x: Tensor, shape: tuple[int, int]) -> list[Tensor]:
    """x [n, height * width] turned by 0, 90, 180 and 270 degrees; by 0 and 180 if not square."""
    pictures = x.view(-1, *shape)
    quarters = (0, 1, 2, 3) if shape[0] == shape[1] else (0, 2)
    return [pictures.rot90(k, (1, 2)).flatten(1) for k in quarters]


def rotation(
    make: Callable[[int], nets.Mlp | Cnn], x: Tensor, shape: tuple[int, int], seeds: Sequence[int]
) -> nets.Mlp | Cnn:
    """Networks, one a seed, that have learnt which way up the pictures x [n, d] are.

    `make(classes)` gives fresh networks of so many classes.
    """
    views = torch.stack(turned(x, shape))
    net = make(len(views))
    adam = nets.Adam(net.parameters(), RATE)
    descend = nets.descent(nets.autograd(lambda net, x, y: formulas.cross_entropy(net(x), y)))
    generators = nets.generators([seed + 4000 for seed in seeds])
    size = len(views) * len(x)
    draws = [torch.randint(size, (STEPS, BATCH), generator=g) for g in generators]
    for rows in torch.stack(draws, 1).to(x.device):
        way = rows % len(views)
        descend(net, adam, views[way, rows // len(views)], way)
    return net


@torch.no_grad()
def take_features(net: nets.Mlp | Cnn, trained: nets.Mlp | Cnn) -> None:
    """Copies every layer but the last from networks that were trained on something else."""
    for own, other in zip(net.weights[:-1], trained.weights[:-1], strict=True):
        own.copy_(other)
    for own, other in zip(net.biases[:-1], trained.biases[:-1], strict=True):
        own.copy_(other)
