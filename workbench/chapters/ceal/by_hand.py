"""The gradient of `lesson.loss` by the chain rule, faster than autograd's."""

import torch
from torch import Tensor

from workbench.chapters.ceal import lesson
from workbench.science import nets
from workbench.science.convnet import Cnn

by_autograd = nets.autograd(lesson.loss)


@torch.no_grad()
def gradient(net: nets.Mlp, x: Tensor, y: Tensor) -> None:
    """The gradient of `lesson.loss`, left in each .grad: (p - onehot(y)) / N at the logits."""
    p = net(x).softmax(-1)
    net.backward(p.scatter_add_(-1, y[..., None], p.new_full((*y.shape, 1), -1)).div_(y.shape[-1]))


def descend(net: nets.Mlp | Cnn, adam: nets.Adam, x: Tensor, y: Tensor) -> None:
    """One step of Adam; the gradient of convolutions is autograd's."""
    if isinstance(net, Cnn):
        by_autograd(net, x, y)
    else:
        gradient(net, x, y)
    adam.step()
