"""Be the generator in one dimension: place coins, and see the best discriminator's answer."""

import math
from types import SimpleNamespace

import numpy as np
import torch

from workbench.chapters.gan.lab_knobs import MOST_COINS, PLACES, PRESETS, REAL
from workbench.core.pictures import Curves, Line, Table
from workbench.science import formulas

TICKS = tuple((float(place), str(place)) for place in range(1, PLACES + 1))
START = "Spread evenly"


class ForgerLab:
    """Coins on places in a row; p and q are their shares, of the real ones and of the reader's."""

    def __init__(self, preset: str = START):
        self.coins = list(PRESETS[preset])
        self.sentence = ""
        self._judge()

    def put(self, place: int) -> None:
        """One more coin on this place, counted from 1."""
        if self.coins[place - 1] >= MOST_COINS:
            self.sentence = f"Place {place} is full: put a coin elsewhere."
            return
        self.coins[place - 1] += 1
        self._judge()

    def take(self, place: int) -> None:
        """One coin less on this place; the last coin of all stays."""
        if self.coins[place - 1] == 0:
            self.sentence = f"There is no coin on place {place}."
            return
        if sum(self.coins) == 1:
            self.sentence = "One coin must stay: put another before you take it."
            return
        self.coins[place - 1] -= 1
        self._judge()

    def shares(self) -> tuple[torch.Tensor, torch.Tensor]:
        """p and q [PLACES]."""
        p, q = (torch.tensor(part, dtype=torch.float64) for part in (REAL, self.coins))
        return p / p.sum(), q / q.sum()

    def _judge(self) -> None:
        divergence = formulas.jensen_shannon(*self.shares()).item()
        value = round(2 * divergence - math.log(4), 3) + 0.0  # no minus before a 0
        self.sentence = (
            f"JSD {divergence:.3f} of at most {math.log(2):.3f} nats; the game is worth "
            f"2 JSD - ln 4 = {value:.3f}."
        )
        if divergence < 1e-9:
            self.sentence += " That is the least there is: D is one half everywhere."

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(sentence=self.sentence, pictures=self.pictures())

    def pictures(self) -> dict:
        """Both distributions, the best answer to them, and how the divergence comes about."""
        p, q = self.shares()
        best = formulas.optimal_discriminator(p, q)
        x = np.arange(1.0, PLACES + 1)
        return {
            "coins": Curves(
                "Where the coins lie",
                (Line("real, p", x, p.numpy()), Line("yours, q", x, q.numpy())),
                "place",
                "share of coins",
                x_ticks=TICKS,
                caption="Move your coins until both lie alike.",
            ),
            "answer": Curves(
                "The best discriminator's answer",
                (
                    Line("D* = p / (p + q)", x, best.numpy()),
                    Line("one half", x, np.full(PLACES, 0.5), "dashed"),
                ),
                "place",
                "probability of being real",
                x_ticks=TICKS,
                caption="Above one half, real coins are missing from yours; below it, you have put "
                "too many. Where there are none of either it says one half.",
            ),
            "sum": Table(
                "Worked out",
                ("place", "p", "q", "D*", "adds to the JSD"),
                tuple(
                    (place, *(round(float(value), 3) for value in row))
                    for place, row in enumerate(
                        zip(p, q, best, divergence_parts(p, q), strict=True), 1
                    )
                ),
                caption="JSD = sum of p/2 ln(p/m) + q/2 ln(q/m) with m = (p + q)/2.",
            ),
        }


def divergence_parts(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """What each place adds to the Jensen-Shannon divergence [n]."""
    middle = (p + q) / 2
    parts = [torch.xlogy(each, each) - torch.xlogy(each, middle) for each in (p, q)]
    return (parts[0] + parts[1]) / 2
