"""PCA by gradient: axes that lose least of the pictures, found without algebra."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from workbench.chapters.pca_by_gradient.knobs import Settings

from workbench.science import formulas, nets
from workbench.science.tensors import Resident


class Projection:
    """x -> x W W^T: what k numbers keep of a picture. W [runs, pixels, k]."""

    def __init__(self, pixels: int, axes: int, generators, device: str):
        first = [torch.randn(pixels, axes, generator=g) / pixels**0.5 for g in generators]
        self.axes = torch.stack(first).to(device).requires_grad_()

    def parameters(self) -> list[Tensor]:
        return [self.axes]

    def __call__(self, x: Tensor) -> Tensor:
        return x @ self.axes @ self.axes.mT


def loss(net: Projection, x: Tensor) -> Tensor:
    """Squared error of the pictures x [runs, batch, pixels], the mean over the batch [runs]."""
    return formulas.squared_error(net(x), x).mean(-1)


def fit(
    runs: Sequence[Settings], data: Resident, device: str = "cpu", loss=loss
) -> Iterator[tuple[int, Projection]]:
    """Trains axes for each run and yields (step, axes) after every step."""
    seeds = nets.generators([run.seed for run in runs])
    net = Projection(data.pixels, runs[0].axes, seeds, device)
    adam = nets.Adam(net.parameters(), [run.lr for run in runs])
    batches = nets.Batches(len(data.train), 64, seeds, device)
    descend = nets.descent(nets.autograd(loss))
    for step in range(1, runs[0].steps + 1):
        descend(net, adam, data.train[batches.draw()])
        yield step, net
