"""One step of contrastive divergence by hand: up, sample, down, up, two products, a difference."""

from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.cdbn import blocks
from workbench.chapters.cdbn.gallery import gallery
from workbench.chapters.cdbn.knobs import Settings
from workbench.chapters.cdbn.lab_knobs import RATE, STARTS
from workbench.chapters.cdbn.layer import Form, Layer, Means
from workbench.core.pictures import HeatMap, Images, Picture, Table

STAGES = ("picture", "up", "sample", "down", "up again", "products", "difference")
FORM = Form(channels=1, height=8, width=8, filters=1, window=3, block=2)
HIDDEN_BIAS, VISIBLE_BIAS = -1.0, -1.0  # of the layer, which stay


class StepLab:
    """A layer of one filter and one digit, gone through stage by stage.

    `step()` goes to the next stage, and from the last one to the first of another step with the
    filter that has come out; `draw()` throws the dice of the hidden units again.
    """

    def __init__(self, digit: str = "4", start: str = "Noise", seed: int = 0):
        self.v = gallery(Settings()).examples[int(digit)][None, None]
        self.layer = Layer(FORM, [torch.Generator()], "cpu")
        self.layer.weights[:] = torch.tensor(STARTS[start])
        self.layer.hidden.fill_(HIDDEN_BIAS)
        self.layer.visible.fill_(VISIBLE_BIAS)
        self.dice = torch.Generator().manual_seed(seed)
        self.stage = 0
        self.count = 0  # of steps that are done
        self.chain()

    def chain(self) -> None:
        """The whole step with new dice; the stages show it piece by piece."""
        self.on, self.off = self.layer.probabilities(self.v)
        self.uniform = torch.rand(self.off.shape, generator=self.dice)
        self.drawn = blocks.draw(self.on, self.uniform)
        self.dreamt = self.layer.down(blocks.join(self.drawn, FORM.block)).sigmoid()
        self.again, _ = self.layer.probabilities(self.dreamt)
        self.data = self.means(self.v, self.on)
        self.model = self.means(self.dreamt, self.again)

    def means(self, v: Tensor, on: Tensor) -> Means:
        return self.layer.means(v, blocks.join(on, FORM.block))

    def step(self) -> None:
        """The next stage, or another step with the filter that has come out of this one."""
        if STAGES[self.stage] == "difference":
            self.layer.weights += RATE * (self.data.weights - self.model.weights)
            self.count += 1
            self.stage = 0
            self.chain()
        self.stage += 1

    def draw(self) -> None:
        """Other hidden units from the same probabilities; the stage is that of sampling."""
        self.chain()
        self.stage = STAGES.index("sample")

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the block whose numbers are shown: it has the surest unit."""
        best = int(self.on.amax(0).flatten().argmax())
        row, column = np.unravel_index(best, FORM.pooled)
        return int(row), int(column)

    def block(self, values: Tensor) -> list[float]:
        """The values of that block, of maps cut into blocks."""
        return values[:, 0, 0, 0, self.place[0], self.place[1]].tolist()

    def sentence(self) -> str:
        """What this stage does, with the numbers of one block."""
        row, column = self.place
        where = f"row {row + 1}, column {column + 1} of the blocks"
        inputs = self.block(blocks.cut(self.layer.up(self.v), FORM.block))
        off, dice = (x[0, 0, 0, row, column].item() for x in (self.off, self.uniform))
        total = 1 + sum(np.exp(inputs))
        unit = next((i + 1 for i, h in enumerate(self.block(self.drawn)) if h), None)
        is_on = f"unit {unit} is on" if unit else "none is on"
        change = (self.data.weights - self.model.weights)[0, 0, 0]
        most = np.unravel_index(int(change.abs().argmax()), change.shape)
        return {
            "picture": "A digit and a filter of nine weights. Up: what does the filter see?",
            "up": f"In the block at {where} the exponentials sum to {total:.2f} with the 1 of "
            f"nothing: divided by it they are probabilities, and {off:.2f} is left for off.",
            "sample": f"A die for each block: here {dice:.2f}, and {is_on}. At most one of four.",
            "down": "Each unit that is on puts its filter where it stands: the machine's dream of "
            "the digit, as probabilities of ink.",
            "up again": "The filter looks at the dream as it looked at the digit.",
            "products": "A weight's product is the probability of a unit times the ink it sees "
            "through that weight, a mean over all positions: once with the digit, once with the "
            "dream.",
            "difference": f"Digit less dream: the weight in row {most[0] + 1}, column "
            f"{most[1] + 1} changes most, by {RATE:g} x {change[most].item():+.3f}. That is a "
            "step.",
        }[STAGES[self.stage]]

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        at = f"Step {self.count + 1}, {STAGES[self.stage]}."
        return SimpleNamespace(at=at, sentence=self.sentence(), pictures=self.pictures())

    def pictures(self) -> dict[str, Picture]:
        """The pictures up to this stage."""
        stage = self.stage
        shown: dict[str, Picture] = {"maps": self.maps()}
        if stage < STAGES.index("products"):
            shown["filter"] = weights("The filter", self.layer.weights)
        if 1 <= stage < STAGES.index("products"):
            shown["block"] = self.one_block()
        if stage >= STAGES.index("products"):
            shown["data"] = weights("Product with the digit", self.data.weights)
            shown["model"] = weights("Product with the dream", self.model.weights)
        if STAGES[stage] == "difference":
            change = self.data.weights - self.model.weights
            shown["difference"] = weights("Their difference", change)
            shown["after"] = weights(
                "The filter after the step", self.layer.weights + RATE * change
            )
        return shown

    def maps(self) -> Images:
        """Digit, hidden probabilities, drawn units, dream and its hidden probabilities."""
        rows = {
            "digit": self.v[0, 0, 0],
            "up": self.map(self.on),
            "sample": self.map(self.drawn),
            "down": self.dreamt[0, 0, 0],
            "up again": self.map(self.again),
        }
        count = min(self.stage + 1, len(rows))
        tiles = torch.stack(list(rows.values()))
        tiles[count:] = 0.5
        names = tuple(name if i < count else "" for i, name in enumerate(rows))
        return Images(
            "Up, sample, down, up",
            tiles[None].numpy(),
            columns=names,
            caption="Hidden probabilities are shown where their unit stands: white is on.",
        )

    def map(self, values: Tensor) -> Tensor:
        return blocks.join(values, FORM.block)[0, 0, 0]

    def one_block(self) -> Table:
        """The arithmetic of one block."""
        inputs = self.block(blocks.cut(self.layer.up(self.v), FORM.block))
        rows = [
            (f"{i + 1}", f"{x:.2f}", f"{np.exp(x):.2f}", f"{p:.3f}", f"{passed:.3f}")
            for i, (x, p, passed) in enumerate(
                zip(inputs, self.block(self.on), np.cumsum(self.block(self.on)), strict=True)
            )
        ]
        off = self.off[0, 0, 0, self.place[0], self.place[1]].item()
        rows.append(("off", "", "1.00", f"{off:.3f}", "1.000"))
        return Table(
            "One block",
            ("unit", "I", "exp(I)", "probability", "sum so far"),
            tuple(rows),
            caption="The unit at which the sum first passes the die is on.",
        )


def weights(title: str, values: Tensor) -> HeatMap:
    """Nine numbers where they stand in the filter [1, 1, 1, 3, 3]."""
    names = tuple(map(str, range(1, FORM.window + 1)))
    return HeatMap(
        title,
        values[0, 0, 0].double().numpy().copy(),
        names,
        names,
        "column",
        "row",
        caption="Row and column of the filter.",
    )
