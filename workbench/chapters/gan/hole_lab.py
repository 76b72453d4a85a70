"""Fill a hole with the trained generator, and with simpler means."""

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.gan import by_hand, inpaint
from workbench.chapters.gan.holes import SIDE, Cells, rectangle, spread
from workbench.chapters.gan.inpaint import Pair
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.lab_knobs import HOLE
from workbench.chapters.gan.targets import load_target
from workbench.core.pictures import Images, Picture, Table
from workbench.core.quantity import percent
from workbench.science.judge import make_judge

KNOBS = dict(kind="pictures", repeats=1, r1=0.1, average=0.99)
CENTRE = rectangle(HOLE[:2], HOLE[2:])
FILLS, SHOWN, MEASURED = 8, 13, 60  # fills of a picture; pictures that are shown, and measured

SHORT = {  # names of what fills a hole, as they have room beside pictures
    "generator, best of 8": "best of 8",
    "mean of 8 fills": "mean of 8",
    "context encoder": "encoder",
    "nearest picture": "nearest",
    "mean picture": "mean",
}


@lru_cache(maxsize=4)
def trained(data: str, seed: int = 0, steps: int = 1500) -> Pair:
    """The generator of this set, by the average of its weights, and its discriminator."""
    run = Settings(data=data, seed=seed, steps=steps, **KNOBS)
    *_, (_, net) = by_hand.fit([run], load_target(run).train)
    generator = net.generator.only([0])
    layers = len(generator.weights)
    generator.weights, generator.biases = net.average[:layers], net.average[layers:]
    return Pair(generator, net.discriminator.only([0]))


class HoleLab:
    """Held-out pictures from which the reader cut these cells of a grid: see `holes`."""

    def __init__(self, data: str = "digits", cells: Cells = CENTRE, seed: int = 0):
        self.target = load_target(Settings(kind="pictures", data=data))
        assert self.target.data is not None
        self.data = self.target.data
        height, width = self.data.shape
        self.hole = torch.from_numpy(spread(cells, (height, width)))
        self.fillable = 0 < len(set(cells)) < SIDE**2
        self.whole = not cells
        self.y = self.data.test[:MEASURED]
        self.judge = make_judge(data)
        if self.fillable:
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
            return "Nothing is missing: draw a hole first, or choose a rectangle."
        if not self.fillable:
            return "Nothing is left to go by: leave some pixels outside the hole."
        own = inpaint.hole_psnr(self.fills.best, self.y, self.hole)
        other = inpaint.hole_psnr(self.others["context encoder"], self.y, self.hole)
        return (
            f"The context loss fell by {100 * self.fallen():.0f} %. In the hole the generator has "
            f"{own:.1f} dB, a context encoder {other:.1f} dB."
        )

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        pictures = self.images() | {"scores": self.table()} if self.fillable else {}
        example = self.data.tiles(self.y[:1], 1)[0, 0]
        return SimpleNamespace(sentence=self.sentence(), pictures=pictures, example=example)

    def images(self) -> dict[str, Picture]:
        """Pictures with their hole and three fills of the generator; and what else fills it."""
        cut = torch.where(self.hole.flatten() > 0, 0.5, self.y)
        rows = {"true": self.y, "with a hole": cut}
        rows |= {f"fill {i + 1}": self.fills.pictures[i] for i in range(3)}
        return {
            "fills": self.draw(
                "What may have been in the hole",
                rows,
                "Fills differ by the z that the search began with. What is known is put back.",
            ),
            "means": self.draw(
                "The same hole, filled by other means",
                {SHORT[name]: x for name, x in self.made().items()},
                f"Of {FILLS} fills the one that agrees best with what is left, and their mean.",
            ),
        }

    def draw(self, title: str, rows: dict[str, Tensor], caption: str) -> Images:
        """The first pictures of each row, wide enough to be scrolled on a telephone."""
        tiles = np.concatenate([self.data.tiles(x[:SHOWN], SHOWN) for x in rows.values()])
        return Images(title, tiles, tuple(rows), caption=caption)

    def table(self) -> Table:
        """PSNR in the hole, and how often the judge still sees the true picture's class."""
        truth = self.judge.probabilities(self.y).argmax(-1)
        found = {}
        for name, x in self.made().items():
            same = (self.judge.probabilities(x).argmax(-1) == truth).double().mean().item()
            found[name] = inpaint.hole_psnr(x, self.y, self.hole), same
        rows = (
            (name, f"{psnr:.1f} dB", percent(round(same, 2)))
            for name, (psnr, same) in found.items()
        )
        return Table(
            "Who fills it best?",
            ("filled by", "PSNR in the hole", "class kept"),
            tuple(rows),
            caption=f"{len(self.y)} held-out pictures. {verdict(*list(found.values())[::2][:2])} "
            "That such fills look better at a lower PSNR is the paper's finding on photographs; "
            "its numbers could not be checked.",
        )


def verdict(own: tuple[float, float], other: tuple[float, float]) -> str:
    """How the generator stands beside a context encoder; each is (PSNR, share of classes kept)."""
    psnr, same = (a > b for a, b in zip(own, other, strict=True))
    if psnr == same:
        return f"On both the generator stands {'above' if psnr else 'below'} the context encoder."
    more, less = ("PSNR", "classes") if psnr else ("classes", "PSNR")
    return f"Beside the context encoder the generator wins by {more} and loses by {less}."
