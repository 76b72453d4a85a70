"""Active learning: a pool of items, and networks side by side that learn labels by asking.

A `Team` holds networks of one pool, each with its own labels: what an oracle has said (D^L) and,
until `forget`, what the network was believed about (D^H). All of them take each step of training
together; what a network learns does not depend on whom it trains with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.ceal import backbone, queries
from workbench.chapters.ceal.queries import STRATEGIES, Strategy
from workbench.data import DataError, ImageSet
from workbench.science import formulas, nets
from workbench.science.convnet import Cnn
from workbench.science.later import F, Tensor, torch
from workbench.science.tensors import Resident, resident

BATCH = 64
CHUNK = 500  # items scored at once: what the convolutions make of more leaves the cache
MAPPED = 2000  # items whose principal components make the map
GROUPS = 5  # clusters that stand for the classes of pictures without labels
HINT = "Lower the learning rate."


@dataclass(frozen=True, eq=False)
class Pool:
    """A data set to be labelled: x [n, d] and the test items on the device as a network is given
    them, pixels or features; their true labels y [n] and y_test [m]; and `plane` [n, 2], the first
    two principal components of x."""

    data: Resident
    classes: tuple[str, ...]
    x: Tensor
    y: NDArray
    x_test: Tensor
    y_test: NDArray
    plane: NDArray

    def __len__(self) -> int:
        return len(self.y)


def networks() -> list[str]:
    """The networks that can be had here: one of them needs weights that somebody has brought."""
    return ["MLP", "CNN", *[backbone.NAME] * backbone.offered()]


def classes(images: ImageSet) -> tuple[str, ...]:
    """What the items of a set can be called."""
    if images.y_train is None:
        return tuple(f"cluster {c + 1}" for c in range(GROUPS))
    return images.classes


@lru_cache(maxsize=4)
def pool(name: str, device: str = "cpu", pretrained: bool = False) -> Pool:
    """The data set `name` as a pool; without labels, clusters of K-means stand for classes.

    With `pretrained`, x are what a frozen ResNet-18 makes of the pictures. Raises DataError when
    it cannot be read or has one class only, and when those weights are absent.
    """
    data = resident(name, device)
    images = data.images
    y, y_test = images.y_train, images.y_test
    if y is None:
        from sklearn.cluster import KMeans

        clusters = KMeans(GROUPS, n_init=1, random_state=0).fit(data.train.cpu().numpy())
        y, y_test = (clusters.predict(x.cpu().numpy()) for x in (data.train, data.test))
    if len(np.unique(y)) < 2:
        raise DataError(f"{images.name} has one class only: give pictures of two or more.")
    x, x_test = backbone.features(images, device) if pretrained else (data.train, data.test)
    mean, components, _ = formulas.pca(x[:MAPPED].cpu(), min(2, x.shape[1]))
    plane = F.pad(formulas.pca_code(x.cpu(), mean, components), (0, 2))[:, :2]
    return Pool(
        data, classes(images), x, y.astype(np.int64), x_test, y_test.astype(np.int64), plane.numpy()
    )


class Member(NamedTuple):
    """One network of a team: how it asks and what it believes, how it learns, and its seed."""

    strategy: str
    k: int
    initial: int
    delta: float
    decay: float
    schedule: str
    lr: float
    seed: int
    sign_bug: bool = False

    @property
    def rule(self) -> Strategy:
        return STRATEGIES[self.strategy]


def member(strategy: str, **knobs) -> Member:
    """A member without what its strategy does not use, so that equal ones are trained once."""
    rule = STRATEGIES[strategy]
    if not rule.believes:
        knobs |= {"delta": 0.0, "decay": 0.0, "schedule": "linear"}
    if rule.asks == "ALL":
        knobs |= {"k": 0, "initial": 0}
    knobs["sign_bug"] = knobs.get("sign_bug", False) and rule.asks == "MS"
    return Member(strategy, **knobs)


class Team:
    """Networks that learn one pool side by side.

    known, believed: [members, n], the class that the oracle gave or that the network was believed
    to be right about, and -1 elsewhere. A pseudo-label never stands where a known one does.
    """

    def __init__(self, members: Sequence[Member], work: Pool, network: str, width: int):
        self.members, self.work = members, work
        self.network, self.width = network, width
        self.device = work.x.device.type
        self.order = nets.generators([m.seed + 1000 for m in members])
        self.draws = [np.random.default_rng([m.seed, 2000]) for m in members]
        self.known = np.full((len(members), len(work)), -1)
        self.believed = self.known.copy()
        for place, one in enumerate(members):
            rng = np.random.default_rng([one.seed, 3000])
            count = len(work) if one.rule.asks == "ALL" else one.initial
            rows = queries.first_labels(work.y, count, rng)
            self.known[place, rows] = work.y[rows]
        self.begin()

    def begin(self) -> None:
        """Fresh networks, those of the members' seeds."""
        seeds, classes = nets.generators([m.seed for m in self.members]), len(self.work.classes)
        if self.network == "CNN":
            self.net = Cnn(self.work.data.shape, classes, seeds, self.device)
        else:
            self.net = nets.Mlp([self.work.x.shape[1], self.width, classes], seeds, self.device)
        self.adam = nets.Adam(self.net.parameters(), [m.lr for m in self.members])

    @torch.no_grad()
    def predict(self, place: int, x: Tensor | None = None) -> Tensor:
        """What the network at `place` says of x, or of the pool: probabilities [n, classes]."""
        x = self.work.x if x is None else x
        parts = [one(self.net, place, part).softmax(-1).cpu() for part in x.split(CHUNK)]
        return torch.cat(parts)

    def open_rows(self, place: int) -> NDArray:
        """The rows D^U that nobody has labelled."""
        return np.flatnonzero(self.known[place] < 0)

    def ask(self, place: int, p: Tensor | None, left_out: NDArray | None = None) -> NDArray:
        """The rows that the member's strategy asks about, at most k, but none of `left_out`.

        p [n, classes] is what the network says; strategies that do not look take None.
        """
        member, rng, rows = self.members[place], self.draws[place], self.open_rows(place)
        if left_out is not None:
            rows = np.setdiff1d(rows, left_out, assume_unique=True)
        match member.rule.asks:
            case "ALL":
                return rows[:0]
            case "RAND":
                return rng.permutation(rows)[: member.k]
            case "FUSION":
                return queries.fusion(p, rows, member.k, rng)
            case "TCAL":
                x = self.work.x.cpu().numpy()
                return queries.tcal(x, self.known[place], rows, member.k, member.seed)
            case criterion:
                scores = queries.CRITERIA[criterion](p)
                return queries.most_doubtful(-scores if member.sign_bug else scores, rows, member.k)

    def threshold(self, place: int, t: int) -> float:
        """delta_t of the member, in nats, in round t = 0, 1, ..."""
        one = self.members[place]
        return formulas.delta_at(t, one.delta, one.decay, one.schedule)

    def believe(self, place: int, t: int, p: Tensor | None, asked: NDArray) -> NDArray:
        """Takes the network's word where it is sure; gives those rows, D^H."""
        if not self.members[place].rule.believes:
            return asked[:0]
        rows = queries.confident(p, self.threshold(place, t), self.open_rows(place), asked)
        self.believed[place, rows] = p[rows].argmax(1).numpy()
        return rows

    def forget(self) -> None:
        """Empties every D^H back into D^U; its labels are discarded."""
        self.believed[:] = -1

    def tune(self, steps: int, gradient=None) -> None:
        """`steps` of Adam on mini-batches of D^L and D^H, each item as likely as any other."""
        gradient = gradient or gradient_of(self.net)
        labels = np.where(self.known >= 0, self.known, self.believed)
        y = torch.from_numpy(labels).to(self.device)
        for rows in self._batches(labels, steps):
            gradient(self.net, self.work.x[rows], y.gather(1, rows))
            self.adam.step()

    def _batches(self, labels: NDArray, steps: int) -> Tensor:
        """Rows [step, member, batch] of what has a label, drawn with replacement."""
        drawn = []
        for mine, generator in zip(labels, self.order, strict=True):
            rows = torch.from_numpy(np.flatnonzero(mine >= 0))
            u = torch.rand(steps, BATCH, generator=generator, dtype=torch.float64)
            drawn.append(rows[(u * len(rows)).long()])
        return torch.stack(drawn, 1).to(self.device)

    def accuracy(self, place: int) -> float:
        """The share of the test items that the network classifies rightly."""
        said = self.predict(place, self.work.x_test).argmax(1).numpy()
        return float((said == self.work.y_test).mean())


def one(net: nets.Mlp | Cnn, place: int, x: Tensor) -> Tensor:
    """The network at `place` alone: x [n, pixels] -> logits [n, classes]."""
    if isinstance(net, Cnn):
        return net.one(place, x)
    *hidden, (weight, bias) = zip(net.weights, net.biases, strict=True)
    for w, b in hidden:
        x = torch.addmm(b[place], x, w[place]).relu_()
    return torch.addmm(bias[place], x, weight[place])


def gradient_by_autograd(net: nets.Mlp | Cnn, x: Tensor, y: Tensor) -> None:
    """Leaves in every .grad the gradient of each network's cross-entropy, mean over its batch.

    x [members, batch, pixels], y [members, batch]: ``-(1/N) sum_i log p(y_i | x_i)``, Wang et al.
    2017. The sum over members gives each its own gradient.
    """
    for parameter in net.parameters():
        parameter.grad.zero_()
    formulas.cross_entropy(net(x), y).sum().backward()


@torch.no_grad()
def gradient_by_hand(net: nets.Mlp, x: Tensor, y: Tensor) -> None:
    """The same by the chain rule: the gradient at the logits is (p - onehot(y)) / batch."""
    p = net(x).softmax(-1)
    net.backward(p.scatter_add_(-1, y[..., None], p.new_full((*y.shape, 1), -1)).div_(y.shape[-1]))


def gradient_of(net: nets.Mlp | Cnn):
    """By hand where there is such a thing."""
    return gradient_by_autograd if isinstance(net, Cnn) else gradient_by_hand
