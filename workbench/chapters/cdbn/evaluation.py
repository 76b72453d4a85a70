"""What a frame measures of the networks. Only here are test pictures and labels looked at."""

import copy
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from workbench.chapters.cdbn import blocks, filling
from workbench.chapters.cdbn.gallery import Gallery
from workbench.chapters.cdbn.knobs import LABELS, Settings
from workbench.chapters.cdbn.layer import Layer
from workbench.chapters.cdbn.lesson import Chance, Network
from workbench.chapters.cdbn.probes import Probes
from workbench.science import nets

Numbers = dict[str, Tensor]  # [runs] each
NAMES = ("probe", "second"), ("shuffled", "second_shuffled")  # of features, layer by layer


class Exam:
    """Measures a stack of networks, again and again, on the same pictures."""

    def __init__(
        self,
        runs: Sequence[Settings],
        gallery: Gallery,
        device: str,
        labels: Sequence[int] = LABELS,
    ):
        self.runs = runs
        self.gallery = gallery
        seeds = [run.seed for run in runs]
        self.test = self.stack(gallery.test)
        self.train = self.stack(gallery.seen)
        self.mean = gallery.train.mean(0)
        self.chance = Chance(nets.generators([seed + 4000 for seed in seeds]), device)
        self.shuffles = nets.generators([seed + 5000 for seed in seeds])
        self.orders: dict[int, Tensor] = {}
        self.probes = None if gallery.y is None else Probes(gallery, seeds, labels)
        self.fixed: Numbers = {"mean_mse": squares(self.test - self.mean)}
        if self.probes:
            untrained = Network(runs, gallery.shape, device).layers[0]
            v = self.probes.batch
            self.fixed |= self.ask("raw", v) | self.ask("random", untrained.pool(v))

    def stack(self, v: Tensor) -> Tensor:
        """v [batch, ...] for every run [runs, batch, ...]."""
        return v.expand(len(self.runs), *v.shape)

    def ask(self, name: str, features: Tensor) -> Numbers:
        """The probes' accuracy on these features of their batch, the mean over draws of labels."""
        shares = self.probes.accuracy(features)
        return {f"{name}_{count}": share.mean(-1) for count, share in shares.items()}

    def measure(self, net: Network) -> Numbers:
        """All numbers of a frame."""
        first = net.layers[0]
        on, off = first.probabilities(self.test)
        h = blocks.join(blocks.draw(on, self.chance.like(off)), first.form.block)
        free_train = first.free_energy(self.train).mean(-1)
        free_test = first.free_energy(self.test).mean(-1)
        numbers = {
            "mse": squares(first.reconstruct(self.test) - self.test),
            "sampled_mse": squares(first.down(h).sigmoid_() - self.test),
            "active": first.probabilities(self.train)[0].transpose(0, 1).flatten(1).mean(-1),
            "free_train": free_train,
            "free_test": free_test,
            "gap": free_test - free_train,
        }
        if len(net.layers) > 1:
            numbers |= self.measure_second(net)
        if self.probes:
            numbers |= self.measure_features(net)
        if self.runs[0].fill:
            numbers |= self.measure_filling(net)
        return numbers | self.fixed

    def measure_second(self, net: Network) -> Numbers:
        """What the second layer makes of the pooled first one."""
        first, second = net.layers
        below = first.pool(self.test)
        spread = squares(below - first.pool(self.train).mean(1, keepdim=True)).clamp_min(1e-12)
        return {"second_error": squares(second.reconstruct(below) - below) / spread}

    def measure_features(self, net: Network) -> Numbers:
        """What probes know from each layer, and from each with shuffled filters."""
        v, numbers = self.probes.batch, {}
        for layer, name, other in zip(net.layers, *NAMES, strict=False):
            below = layer.pool(v)
            numbers |= self.ask(name, below) | self.ask(other, self.shuffled(layer).pool(v))
            v = below
        return numbers

    def measure_filling(self, net: Network) -> Numbers:
        """The error in the hidden half of test pictures: by one layer, by all and by the mean."""
        v = self.test[:, : filling.FILLED]
        hidden = slice(filling.shown(v), None)
        ways = {
            "first": partial(filling.fill, net.layers[:1]),
            "all": partial(filling.fill, net.layers),
            "mean": lambda v, mean, _: filling.hide(v, mean),
        }
        return {
            f"fill_{name}": squares((way(v, self.mean, self.chance) - v)[..., hidden])
            for name, way in ways.items()
        }

    def shuffled(self, layer: Layer) -> Layer:
        """The layer with the weights of each of its filters in another order, always the same."""
        weights = layer.weights.flatten(3)
        key = layer.form.channels
        if key not in self.orders:
            draws = [torch.rand(weights.shape[1:], generator=g) for g in self.shuffles]
            self.orders[key] = torch.stack(draws).argsort(-1).to(weights.device)
        other = copy.copy(layer)
        other.weights = weights.gather(-1, self.orders[key]).view_as(layer.weights)
        return other


def squares(difference: Tensor) -> Tensor:
    """The mean square of each run [runs]."""
    return difference.square().flatten(1).mean(-1)
