"""Take instances out of a bag and let the trained network answer again."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.mil import by_hand, lesson, tensors
from workbench.chapters.mil.bags import Task, make_task
from workbench.chapters.mil.knobs import Settings
from workbench.chapters.mil.lab_knobs import NEGATIVE_BAGS, POOLINGS, POSITIVE_BAGS
from workbench.chapters.mil.lesson import Network
from workbench.core.pictures import Bars, Curves, Line

SHARE, STEPS = 0.2, 200  # two witnesses in a bag of ten: taking out one is not enough


@lru_cache(maxsize=1)
def trained() -> tuple[Network, Tensor, Task]:
    """One network for each pooling, the instances, and the bags; about a second, once."""
    runs = [Settings(pooling=name, share=SHARE, steps=STEPS) for name in POOLINGS.values()]
    tasks = [make_task(run) for run in runs]
    data = tensors.load(tasks)
    *_, (_, network, _) = lesson.fit(runs, data, descend=by_hand.descend)
    return network, data.x, tasks[0]  # one seed: all have the same bags


class BagLab:
    """A bag, the instances that were taken out of it, and what the network says of the rest.

    `out` are the places that were taken out, `p` the probability of a positive bag and `weights`
    [size] what each instance counts for, 0 where it is out; `path` lists p after every change.
    """

    def __init__(self, pooling: str = "attention", bag: int = 0):
        model, x, task = trained()
        self.model = model
        self.x = x
        y = task.test.y
        halves = (np.flatnonzero(y)[:POSITIVE_BAGS], np.flatnonzero(~y)[:NEGATIVE_BAGS])
        self.bags = task.test.take(np.concatenate(halves))
        self.item_tiles = task.tiles
        self.pooling = pooling
        self.choose(bag)

    def choose(self, bag: int) -> None:
        """Puts this bag on the table, complete."""
        self.bag = bag
        self.size = int(self.bags.mask[bag].sum())
        self._begin()

    def pool(self, pooling: str) -> None:
        """Asks the network with another pooling, about the complete bag."""
        self.pooling = pooling
        self._begin()

    def _begin(self) -> None:
        self.out: set[int] = set()
        self.path: list[float] = []
        self._answer()

    @property
    def positive(self) -> bool:
        return bool(self.bags.y[self.bag])

    @property
    def tiles(self) -> np.ndarray:
        """The instances as pictures [size, height, width] in [0, 1]."""
        return self.item_tiles[self.bags.items[self.bag, : self.size]]

    @property
    def witnesses(self) -> np.ndarray:
        """Which instances are witnesses, [size]."""
        return self.bags.truth[self.bag, : self.size]

    def toggle(self, place: int) -> bool:
        """Takes an instance out or puts it back. False, and no change, if the bag were empty."""
        changed = self.out ^ {place}
        if len(changed) == self.size:
            return False
        self.out = changed
        self._answer()
        return True

    @torch.no_grad()
    def _answer(self) -> None:
        """The network's answer, computed anew from the embeddings of what is left."""
        run = self.model.kinds.index(self.pooling)
        items = torch.from_numpy(self.bags.items[self.bag, : self.size])
        some = self.x[items].expand(len(self.model.kinds), 1, self.size, -1)
        h = self.model.embed(some)[run : run + 1]
        mask = torch.tensor([[[place not in self.out for place in range(self.size)]]])
        part = slice(run, run + 1)
        head = self.model.head.only(part)
        self.p = float(head.logits(self.pooling, h, mask).sigmoid())
        self.weights = head.weights(self.pooling, h, mask)[0, 0].numpy()
        self.path.append(self.p)

    def sentence(self) -> str:
        """What the network says, in a sentence or two."""
        answer = f"The network says positive with probability {self.p:.2f}."
        if not self.out:
            return f"The bag is complete. {answer} Which instance made it say so?"
        missing = ", ".join(str(place + 1) for place in sorted(self.out))
        change = self.p - self.path[-2] if len(self.path) > 1 else 0.0
        return f"Without {missing}: {answer} The last change moved it by {change:+.2f}."

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(
            bag=(self.pooling, self.bag),
            size=self.size,
            tiles=self.tiles,
            positive=self.positive,
            witnesses=self.witnesses,
            out=frozenset(self.out),
            weights=self.weights,
            sentence=self.sentence(),
            pictures={"weights": self.bars(), "path": self.curve()},
        )

    def bars(self) -> Bars:
        """What every instance counts for now."""
        return Bars(
            "What each instance counts for",
            tuple(str(k + 1) for k in range(self.size)),
            self.weights,
            "instance",
            "weight",
            caption="Attention and means: shares that sum to 1. Max of features: the share of the "
            "features it gives. Of probabilities: its own.",
        )

    def curve(self) -> Curves:
        """The probability after every change."""
        clicks = np.arange(len(self.path), dtype=float)
        return Curves(
            "What the network says",
            (Line("positive", clicks, np.array(self.path)),),
            "changes",
            "probability of a positive bag",
            caption="After every change to the bag.",
        )
