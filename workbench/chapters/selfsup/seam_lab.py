"""Jigsaw puzzles for somebody who looks at edges only, and how far that goes."""

from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.selfsup import pictures as show
from workbench.chapters.selfsup.colour_data import load_album
from workbench.chapters.selfsup.jigsaw import Jigsaw, Safeguards, solve_by_seams
from workbench.chapters.selfsup.lab_knobs import WAYS
from workbench.core.pictures import Bars, Images

PUZZLES = 200  # to count the solved ones
SHOWN = 6  # of them as pictures, so few that each pixel is two of a card's
ORDERS = 24  # in which the tiles may come


class SeamLab:
    """Puzzles of one set, cut in one of four WAYS and put together by their seams."""

    def __init__(self, data: str = "photos", side: int = 2, way: str = "Open", seed: int = 0):
        self.album = load_album(data)
        self.side = side
        self.way = way
        self.seed = seed
        self.x = self.album.light_test[:PUZZLES]

    def puzzles(self, way: str) -> tuple[Jigsaw, Tensor, Tensor, Tensor]:
        """The task, its tiles, the order they came in, and the order that the seams say."""
        draws = torch.Generator().manual_seed(self.seed)
        task = Jigsaw(self.x, self.side, ORDERS, Safeguards(*WAYS[way]), draws)
        tiles, order = task.ask(torch.arange(len(self.x)), draws)
        return task, tiles, order, solve_by_seams(task, tiles)

    def share(self, way: str) -> float:
        """The share of puzzles that seams solve."""
        _, _, order, by_seams = self.puzzles(way)
        return (order == by_seams).float().mean().item()

    def sentence(self) -> str:
        """The shares in words."""
        return (
            f"Comparing edges solves {self.share(self.way):.0%} of {len(self.x)} puzzles; guessing "
            f"one of {ORDERS} orders solves {1 / ORDERS:.0%}."
        )

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(sentence=self.sentence(), pictures=self.pictures())

    def pictures(self) -> dict:
        """Some puzzles as given, by their seams and solved; and the share for every way."""
        task, tiles, order, by_seams = self.puzzles(self.way)
        some = tiles[:SHOWN], order[:SHOWN], by_seams[:SHOWN]
        boards, _ = show.puzzles(task, self.album, *some)
        hits = (order == by_seams)[:SHOWN].tolist()
        shares = np.array([self.share(way) for way in WAYS])
        return {
            "puzzles": Images(
                "Put together by edges alone",
                np.stack(boards),
                ("as given", "by edges", "solved"),
                tuple("\u2713" if hit else "\u2717" for hit in hits),
                caption="Of all orders the one whose facing edges differ least. Nothing is learnt, "
                "and nobody knows what is on the picture. A cross: it is not the right one.",
            ),
            "shares": Bars(
                "Puzzles solved by edges alone",
                (*WAYS, "Guessing"),
                np.append(shares, 1 / ORDERS),
                y_label="share",
                caption="A network that solves puzzles may have found this way.",
            ),
        }
