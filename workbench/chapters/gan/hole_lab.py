"""Fill a hole with the trained generator, and with simpler means."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.gan import by_hand, inpaint
from workbench.chapters.gan.inpaint import Pair
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.targets import load_target
from workbench.core.pictures import Images, Table
from workbench.science.judge import make_judge

KNOBS = dict(kind="pictures", repeats=1, r1=0.1, average=0.99)
FILLS, SHOWN, MEASURED = 8, 8, 60  # fills of a picture; pictures that are shown, and measured


@lru_cache(maxsize=4)
def trained(data: str) -> Pair:
    """The generator of this set, by the average of its weights, and its discriminator."""
    run = Settings(data=data, **KNOBS)
    *_, (_, net) = by_hand.fit([run], load_target(run).train)
    generator = net.generator.only([0])
    layers = len(generator.weights)
    generator.weights, generator.biases = net.average[:layers], net.average[layers:]
    return Pair(generator, net.discriminator.only([0]))


class HoleLab:
    """Held-out pictures with a rectangle cut out: rows and columns from 1, both ends missing."""

    def __init__(
        self, data: str = "digits", rows: tuple = (3, 6), columns: tuple = (3, 6), seed: int = 0
    ):
        self.target = load_target(Settings(kind="pictures", data=data))
        assert self.target.data is not None
        self.data = self.target.data
        self.hole = torch.zeros(self.data.shape)
        (top, low), (left, right) = sorted(rows), sorted(columns)
        self.hole[top - 1 : low, left - 1 : right] = 1
        self.whole = not bool((self.hole == 0).any())
        self.y = self.data.test[:MEASURED]
        self.judge = make_judge(data)
        if not self.whole:
            self.fills = inpaint.search(trained(data), self.y, self.hole, FILLS, seed)
            self.others = dict(inpaint.other_fills(self.data.train, self.y, self.hole))

    def made(self) -> dict[str, Tensor]:
        """The completed pictures [n, pixels] by what filled them."""
        own = {
            "generator, best of 8": self.fills.best,
            "mean of 8 fills": self.fills.pictures.mean(0),
        }
        return own | self.others

    def fallen(self) -> float:
        """By which share the context loss has fallen."""
        return 1 - float(self.fills.last.mean() / self.fills.first.mean())

    def sentence(self) -> str:
        """What the search came to."""
        if self.whole:
            return "Nothing is left to go by: leave some pixels outside the hole."
        own = inpaint.hole_psnr(self.fills.best, self.y, self.hole)
        other = inpaint.hole_psnr(self.others["context encoder"], self.y, self.hole)
        return (
            f"The context loss fell by {100 * self.fallen():.0f} %. In the hole the generator has "
            f"{own:.1f} dB, a context encoder {other:.1f} dB."
        )

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        pictures = {} if self.whole else {"fills": self.images(), "scores": self.table()}
        return SimpleNamespace(sentence=self.sentence(), pictures=pictures)

    def images(self) -> Images:
        """Pictures with their hole, three fills of the generator, and what else fills it."""
        cut = torch.where(self.hole.flatten() > 0, 0.5, self.y)
        rows = {"true": self.y, "with a hole": cut}
        rows |= {f"fill {i + 1}": self.fills.pictures[i] for i in range(3)} | self.made()
        return Images(
            "What may have been in the hole",
            np.concatenate([self.data.tiles(x[:SHOWN], SHOWN) for x in rows.values()]),
            tuple(rows),
            caption="Fills differ by the z that the search began with. What is known is put back "
            "as it was.",
        )

    def table(self) -> Table:
        """PSNR in the hole, and how often the judge still sees the true picture's class."""
        truth = self.judge.probabilities(self.y).argmax(-1)
        rows = []
        for name, x in self.made().items():
            same = (self.judge.probabilities(x).argmax(-1) == truth).double().mean().item()
            rows.append((name, f"{inpaint.hole_psnr(x, self.y, self.hole):.1f} dB", f"{same:.0%}"))
        return Table(
            "Who fills it best?",
            ("filled by", "PSNR in the hole", "class kept"),
            tuple(rows),
            caption=f"{len(self.y)} held-out pictures. On digits the generator loses on both: "
            "half a digit almost tells the other half. The paper's own comparison could not be "
            "read.",
        )
