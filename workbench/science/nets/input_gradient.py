"""The gradient of a network's output by its input, and what a penalty on it asks of the weights.

For ReLU networks all of it is products of matrices and masks, so a penalty of the gradient, such
as R1 or that of the Wasserstein GAN, needs no second pass of autograd.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def input_gradient(weights: Sequence[Tensor], hidden: Sequence[Tensor]) -> list[Tensor]:
    """What reaches each layer of a network with a single output, the input's gradient first.

    weights: of each layer [runs, in, out], the last with out = 1; hidden: what the ReLUs gave,
    [runs, batch, units] each. Gives [runs, batch, units] for the input and for every hidden layer,
    there after the mask of its ReLU.
    """
    batch = hidden[-1].shape[1]
    reaching = weights[-1].mT.expand(-1, batch, -1)
    chain = []
    for weight, units in zip(reversed(weights[:-1]), reversed(hidden), strict=True):
        chain.append(reaching * (units > 0))
        reaching = torch.bmm(chain[-1], weight.mT)
    return [reaching, *reversed(chain)]


def penalty_gradient(
    weights: Sequence[Tensor], hidden: Sequence[Tensor], chain: Sequence[Tensor], grad: Tensor
) -> list[Tensor]:
    """What a penalty of the input's gradient asks of each weight [runs, in, out].

    chain: as `input_gradient` gives it; grad: d penalty / d chain[0] [runs, batch, inputs]. For R1,
    gamma / 2 E |dD/dx|^2, that is gamma / batch * chain[0]. Biases are asked for nothing: they
    move where a ReLU bends, which has no slope.
    """
    asked = []
    for weight, units, below in zip(weights[:-1], hidden, chain[1:], strict=True):
        asked.append(torch.bmm(grad.mT, below))
        grad = torch.bmm(grad, weight) * (units > 0)
    return [*asked, grad.sum(1)[..., None]]
