r"""Online learning: predict, see the label, learn, and go on.

An item is a test before it is a lesson: a learner predicts its class, is told the label, and
learns from it once. The share of right predictions is the *prequential* accuracy (Dawid 1984). A
learner of gradients is softmax regression W [d, classes] that takes one step down the loss of the
newest item,

.. math:: W_{t+1} = \Pi_R(W_t - \eta_t \nabla \ell_t(W_t)),

where :math:`\Pi_R` brings it back into a ball of radius R (Zinkevich 2003). A learner of class
means names the class whose mean over what it remembers is nearest.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.online.knobs import Settings
from workbench.chapters.online.stream import Stream
from workbench.science import filters

FALLING = 4  # times the constant rate, over sqrt(t)
TRUSTED = 100  # first items that a filter believes, as RAD's clean batch


class Learner(Protocol):
    """Anything that says the class of x [d] and learns from (x, y), item number t = 1, 2, ..."""

    def predict(self, x: NDArray) -> int: ...

    def learn(self, x: NDArray, y: int, t: int) -> None: ...


class Step(NamedTuple):
    """The loss of one item in nats, and its gradient [d, classes]."""

    loss: float
    gradient: NDArray


def loss(W: NDArray, x: NDArray, y: int) -> Step:
    """-log softmax(x W)_y and its gradient x (softmax(x W) - onehot(y))^T."""
    logits = x @ W
    p = np.exp(logits - logits.max())
    p /= p.sum()
    value = -np.log(max(p[y], 1e-300))
    p[y] -= 1
    return Step(float(value), np.outer(x, p))


def into_ball(W: NDArray, radius: float) -> NDArray:
    """W, or the nearest point to it in the ball of this radius."""
    length = np.linalg.norm(W)
    return W if length <= radius else W * (radius / length)


class Gradient:
    """Softmax regression by online gradient descent. `rate(t)` is the step size at item t.

    The weights stay in the ball of `radius`, if one is given. `losses` holds the loss of every
    item, taken before the step.
    """

    def __init__(
        self, shape: tuple[int, int], rate: Callable[[int], float], loss=loss, radius: float = inf
    ):
        self.W = np.zeros(shape)
        self.rate = rate
        self.radius = radius
        self.loss = loss
        self.losses: list[float] = []

    def predict(self, x: NDArray) -> int:
        return int((x @ self.W).argmax())

    def learn(self, x: NDArray, y: int, t: int) -> None:
        value, gradient = self.loss(self.W, x, y)
        self.losses.append(value)
        self.W = into_ball(self.W - self.rate(t) * gradient, self.radius)


class Means:
    """The nearest class mean over the last `window` items, or over all without one."""

    def __init__(self, shape: tuple[int, int], window: int | None = None):
        self.sums = np.zeros(shape[::-1])
        self.counts = np.zeros(shape[1])
        self.window = window
        self.memory: deque[tuple[NDArray, int]] = deque()

    def predict(self, x: NDArray) -> int:
        means = self.sums / np.maximum(self.counts, 1)[:, None]
        nearness = 2 * means @ x - (means * means).sum(1)  # |x|^2 - |x - mean|^2
        return int(np.where(self.counts > 0, nearness, -np.inf).argmax())

    def learn(self, x: NDArray, y: int, t: int) -> None:
        self._add(x, y, 1)
        if self.window:
            self.memory.append((x, y))
            if len(self.memory) > self.window:
                self._add(*self.memory.popleft(), -1)

    def _add(self, x: NDArray, y: int, sign: int) -> None:
        self.sums[y] += sign * x
        self.counts[y] += sign


class Frozen:
    """A learner that stops learning after item number `last`."""

    def __init__(self, learner: Learner, last: int):
        self.learner = learner
        self.last = last

    def predict(self, x: NDArray) -> int:
        return self.learner.predict(x)

    def learn(self, x: NDArray, y: int, t: int) -> None:
        if t <= self.last:
            self.learner.learn(x, y, t)


class Filtered:
    """A learner behind RAD's filter: it learns what the label model would have labelled the same.

    The first items are believed unseen, as RAD's clean batch is.
    """

    def __init__(self, learner: Learner, label_model: Learner):
        self.learner = learner
        self.label_model = label_model
        self.believed = 0

    def predict(self, x: NDArray) -> int:
        return self.learner.predict(x)

    def learn(self, x: NDArray, y: int, t: int) -> None:
        if t <= TRUSTED or filters.agrees(y, self.label_model.predict(x)):
            self.believed += 1
            self.learner.learn(x, y, t)
            self.label_model.learn(x, y, t)


def best_rate(steps: int, radius: float, slope: float) -> float:
    """The constant rate D / (G sqrt(T)) of the smallest bound: D = 2 radius, G the slope."""
    return 2 * radius / (slope * steps**0.5)


def make_learners(run: Settings, data: Stream, loss=loss) -> dict[str, Learner]:
    """The learners that a run compares, and `theory`: in the ball, at the rate of the bound."""
    shape = data.x.shape[1], len(data.classes)
    rate, best = run.rate, best_rate(run.steps, run.radius, steepest(data.x))

    def constant() -> Gradient:
        return Gradient(shape, lambda t: rate, loss)

    return {
        "constant": constant(),
        "falling": Gradient(shape, lambda t: FALLING * rate / t**0.5, loss),
        "window": Means(shape, run.window),
        "everything": Means(shape),
        "frozen": Frozen(constant(), data.turn),
        "filtered": Filtered(constant(), Means(shape)),
        "theory": Gradient(shape, lambda t: best, loss, run.radius),
    }


def steepest(x: NDArray) -> float:
    """G, the largest norm that a gradient of the loss can have on rows x [n, d]."""
    return float(2**0.5 * np.linalg.norm(x, axis=1).max())


def fit(
    runs: Sequence[Settings], data: Stream, device: str = "cpu", learners=make_learners, loss=loss
) -> Iterator[tuple[int, dict[str, Learner], dict[str, int]]]:
    """Leads the learners along the stream; yields (number of the item, learners, the class that
    each has predicted for it before it learnt) after every item."""
    (run,) = runs
    team = learners(run, data, loss)
    for t in range(1, len(data) + 1):
        x, y = data.x[t - 1], int(data.y[t - 1])
        predicted = {name: learner.predict(x) for name, learner in team.items()}
        for learner in team.values():
            learner.learn(x, y, t)
        yield t, team, predicted
