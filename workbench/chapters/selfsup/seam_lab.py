"""Jigsaw puzzles for somebody who looks at edges only, and how far that goes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from workbench.chapters.selfsup import pictures as show
from workbench.chapters.selfsup.colour_data import load_album
from workbench.chapters.selfsup.jigsaw import Jigsaw, Safeguards, solve_by_seams
from workbench.core.pictures import Bars, Images
from workbench.science.later import Tensor, torch

PUZZLES = 200  # to count the solved ones
SHOWN = 8


WAYS = {
    "Open": (False, False),
    "Gap": (True, False),
    "Normalised": (False, True),
    "Both": (True, True),
}


class SeamLab:
    """Puzzles of one set, cut in one of four WAYS and put together by their seams."""

    def __init__(self, data: str = "photos", side: int = 2, way: str = "Open", seed: int = 0):
        self.album = load_album(data)
        self.side, self.way, self.seed = side, way, seed
        self.x = self.album.light_test[:PUZZLES]

    def puzzles(self, way: str) -> tuple[Jigsaw, Tensor, Tensor, Tensor]:
        """The task, its tiles, the order they came in, and the order that the seams say."""
        draws = torch.Generator().manual_seed(self.seed)
        task = Jigsaw(self.x, self.side, 24, Safeguards(*WAYS[way]), draws)
        tiles, order = task.ask(torch.arange(len(self.x)), draws)
        return task, tiles, order, solve_by_seams(task, tiles)

    def share(self, way: str) -> float:
        """The share of puzzles that seams solve."""
        _, _, order, said = self.puzzles(way)
        return (order == said).float().mean().item()

    def said(self) -> str:
        """What was found, in a sentence."""
        return (
            f"Comparing edges solves {self.share(self.way):.0%} of {len(self.x)} puzzles; guessing "
            f"one of 24 orders solves {1 / 24:.0%}."
        )

    def look(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(said=self.said(), pictures=self.pictures())

    def pictures(self) -> dict:
        """Some puzzles as given, by their seams and solved; and the share for every way."""
        task, tiles, order, said = self.puzzles(self.way)
        boards, rows = show.puzzles(task, self.album, tiles[:SHOWN], order[:SHOWN], said[:SHOWN])
        hits = (order == said)[:SHOWN].tolist()
        shares = np.array([self.share(way) for way in WAYS])
        return {
            "puzzles": Images(
                "Put together by edges alone",
                np.stack(boards),
                ("as given", "by edges", "solved"),
                tuple("right" if hit else "wrong" for hit in hits),
                caption="Of all orders the one whose facing edges differ least. Nothing is learnt, "
                "and nobody knows what is on the picture.",
            ),
            "shares": Bars(
                "Puzzles solved by edges alone",
                (*WAYS, "Guessing"),
                np.append(shares, 1 / 24),
                y_label="share",
                caption="A network that solves puzzles may have found this way.",
            ),
        }
