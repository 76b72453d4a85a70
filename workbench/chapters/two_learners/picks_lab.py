"""Small-loss selection by hand: a batch sorted by its losses, and the reader draws the line."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import torch

from workbench.chapters.two_learners.co_teaching import by_hand
from workbench.chapters.two_learners.co_teaching.lesson import item_losses, kept_items
from workbench.chapters.two_learners.co_teaching.members import comparison, members
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.lab_knobs import BATCHES, ITEMS, LABELS
from workbench.chapters.two_learners.task import load_task
from workbench.core.pictures import Curves, Images, Line, Scatter

EPOCHS = {"early": 3, "late": 100}
SEEN, UNSEEN = ("right label", "wrong label"), "nobody has looked"


@lru_cache(maxsize=len(LABELS))
def trained(labels: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What two networks of standard training make of their given labels, early and late; seconds,
    once. Returns losses [2, n] by moment, and the labels that the items were given [n]."""
    pattern, noise = LABELS[labels]
    data = load_task("digits", "cpu")
    run = Settings(kind="co-teaching", pattern=pattern, noise=noise, tau=0, seeds=1)
    m = members([run]).index(comparison(run)["standard"][0])
    steps = {epochs * (len(data.x) // 128): name for name, epochs in EPOCHS.items()}
    losses = {}
    for step, model in by_hand.fit([run.replace(steps=max(steps))], data):
        if step in steps:
            pair = model.net.only([2 * m, 2 * m + 1])
            t = model.given[m].expand(2, -1)
            losses[steps[step]] = item_losses(pair(data.x.expand(2, -1, -1)), t).numpy()
            given = model.given[m].numpy()
    return losses, given


class PicksLab:
    """A batch of which the reader keeps the `count` items with the smallest losses.

    `losses` [2, items] are those of both networks, sorted by the first's; `right` [items] says
    which labels are, and is shown when `revealed`.
    """

    def __init__(self, labels: str = "", moment: str = "early", batch: int = 0):
        self.labels = labels or next(iter(LABELS))
        self.data = load_task("digits", "cpu")
        losses, given = trained(self.labels)
        line = np.random.default_rng(0).permutation(len(given))
        rows = line[ITEMS * (batch % BATCHES) :][:ITEMS]
        self.rows = rows[losses[moment][0, rows].argsort(kind="stable")]
        self.losses = losses[moment][:, self.rows]
        self.given = given[self.rows]
        self.right = self.given == self.data.y.numpy()[self.rows]
        self.count = ITEMS
        self.revealed = False

    def draw(self, count: int) -> None:
        """Keeps so many items, at least one."""
        self.count = min(max(count, 1), ITEMS)

    def reveal(self) -> None:
        """Shows which labels are wrong."""
        self.revealed = True

    @property
    def quota(self) -> int:
        """How many a network keeps that throws out as many as are wrong."""
        pattern, noise = LABELS[self.labels]
        run = Settings(kind="co-teaching", pattern=pattern, noise=noise)
        return kept_items(run.ramp, comparison(run)["co-teaching"][0], ITEMS)

    def picks(self, network: int) -> np.ndarray:
        """The places [quota] that a network keeps, those with its smallest losses."""
        return self.losses[network].argsort(kind="stable")[: self.quota]

    def sentence(self) -> str:
        """What the reader's line does, and when it is revealed, what the networks would do."""
        drawn = f"You keep {self.count} of {ITEMS} items and throw out {ITEMS - self.count}."
        if not self.revealed:
            return f"{drawn} Which labels are wrong is hidden."
        picks = self.right[: self.count]
        lost = int(self.right[self.count :].sum())
        networks = [int(self.right[self.picks(network)].sum()) for network in (0, 1)]
        both = len(set(self.picks(0)) & set(self.picks(1)))
        return (
            f"{drawn} Of your picks {picks.sum()} are right (precision {picks.mean():.2f}), and "
            f"{lost} right labels are thrown out. The networks would keep {self.quota} each: "
            f"{networks[0]} of the first's picks are right, which the second learns from, and "
            f"{networks[1]} of the second's, which the first learns from; {both} are the same."
        )

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(
            count=self.count,
            revealed=self.revealed,
            sentence=self.sentence(),
            pictures={"batch": self.tiles(), "losses": self.curve(), "both": self.plane()},
        )

    def tiles(self) -> Images:
        """The batch, its items in the upper row where they are kept and in the lower elsewhere."""
        x = self.data.x[torch.from_numpy(self.rows)]
        board = torch.full((2, ITEMS, self.data.data.pixels), 0.5)
        board[0, : self.count] = x[: self.count]
        board[1, self.count :] = x[self.count :]
        marks = ["" if right or not self.revealed else " \u2717" for right in self.right]
        names = [self.data.classes[c] + mark for c, mark in zip(self.given, marks, strict=True)]
        return Images(
            "The batch, smallest loss first",
            self.data.data.tiles(board.flatten(0, 1), ITEMS),
            ("keep", "drop"),  # longer names would leave a pixel of the card for one of theirs
            tuple(names),
            "Above what you keep, below what you throw out, under the labels they were given."
            + " A cross: it is wrong." * self.revealed,
        )

    def curve(self) -> Curves:
        """The losses of both networks in the order of the first's, and the reader's line."""
        place = np.arange(1.0, ITEMS + 1)
        cut = self.count + 0.5
        first, second = self.losses.astype(float)
        top = float(self.losses.max())
        return Curves(
            "What the networks make of the labels",
            (
                Line("first network", place, first),
                Line("second network", place, second, "dots"),
                Line("your line", np.array([cut, cut]), np.array([0.0, top]), "dashed"),
            ),
            "item",
            "loss in nats",
            caption="Items in the order of the first network's loss.",
        )

    def plane(self) -> Scatter:
        """Every item by the losses of both networks."""
        group = np.where(self.right, 0, 1) if self.revealed else np.full(ITEMS, 2)
        return Scatter(
            "Two opinions",
            self.losses.T.astype(float),
            group,
            (*SEEN, UNSEEN),
            "loss of the first network",
            "loss of the second",
            caption="Where both losses are large, two networks doubt a label.",
        )
