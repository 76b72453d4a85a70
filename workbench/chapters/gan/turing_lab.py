"""Be the discriminator: twenty pictures, real or generated, beside the network's own answers."""

from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.chapters.gan import by_hand
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.lab_knobs import PICTURES
from workbench.chapters.gan.targets import load_target, numbers
from workbench.core.pictures import Images, Table

KNOBS = dict(kind="pictures", repeats=1, r1=0.1, average=0.99)
REAL, GENERATED = "real", "generated"


class Exam(NamedTuple):
    """Pictures [PICTURES, height, width], which of them are real, and what D says of each."""

    tiles: NDArray
    real: NDArray
    scores: NDArray


@lru_cache(maxsize=16)
def make_exam(data: str, steps: int, seed: int) -> Exam:
    """Held-out real pictures and as many samples of a generator that was trained for these steps,
    in an order that the seed draws."""
    run = Settings(data=data, steps=steps, **KNOBS)
    target = load_target(run)
    *_, (_, net) = by_hand.fit([run], target.train)
    rng, half = np.random.default_rng(seed), PICTURES // 2
    rows = torch.from_numpy(rng.integers(0, len(target.test), half))
    samples = net.sample(0, numbers(half, net.latent, 1 + seed))
    x = torch.cat([target.test[rows], samples])
    order = rng.permutation(PICTURES)
    x = x[torch.from_numpy(order)]
    with torch.no_grad():
        scores = net.discriminator.only([0])(x[None])[0, :, 0].sigmoid().numpy()
    assert target.data is not None
    return Exam(x.numpy().reshape(PICTURES, *target.data.shape), order < half, scores)


class TuringLab:
    """A reader who says of one picture after the other whether it is real."""

    def __init__(self, data: str = "digits", steps: int = 1500, seed: int = 0):
        self.exam = make_exam(data, steps, seed)
        self.answers: list[str] = []

    def answer(self, word: str) -> None:
        """Says what the picture is that is shown: REAL or GENERATED."""
        if len(self.answers) < PICTURES and word in (REAL, GENERATED):
            self.answers.append(word)

    def right(self) -> NDArray:
        """Which answers so far are right."""
        count = len(self.answers)
        return (np.array(self.answers) == REAL) == self.exam.real[:count] if count else np.zeros(0)

    def right_of_d(self) -> NDArray:
        """Which of the same pictures the discriminator gets right, above one half being real."""
        count = len(self.answers)
        return ((self.exam.scores > 0.5) == self.exam.real)[:count]

    def sentence(self) -> str:
        """How the reader stands, or what to do."""
        count = len(self.answers)
        if count == 0:
            return f"{PICTURES} pictures, half of them real. Is this one?"
        own, other = int(self.right().sum()), int(self.right_of_d().sum())
        stand = f"You have {own} of {count} right, the discriminator {other}."
        if count < PICTURES:
            was = REAL if self.exam.real[count - 1] else GENERATED
            return f"It was {was}. {stand} And this one?"
        return f"{stand} Guessing gets {PICTURES // 2} on average."

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(
            sentence=self.sentence(),
            pictures=self.pictures(),
            done=len(self.answers) == PICTURES,
        )

    def pictures(self) -> dict:
        """The picture that is asked about, or at the end all of them and the answers."""
        count = len(self.answers)
        if count < PICTURES:
            return {
                "asked": Images(
                    "Real or generated?",
                    self.exam.tiles[count][None, None],
                    caption=f"Picture {count + 1} of {PICTURES}.",
                )
            }
        return {"all": self.all_pictures(), "score": self.score()}

    def all_pictures(self) -> Images:
        """Real ones above, generated ones below."""
        real = self.exam.real
        tiles = np.stack([self.exam.tiles[real], self.exam.tiles[~real]])
        return Images(
            "All twenty",
            tiles,
            (REAL, GENERATED),
            caption="Held-out digits above, samples below.",
        )

    def score(self) -> Table:
        """How many of each the reader and the discriminator got right."""
        real, half = self.exam.real, PICTURES // 2
        rows = tuple(
            (name, f"{int(right[real].sum())} of {half}", f"{int(right[~real].sum())} of {half}")
            for name, right in (("you", self.right()), ("the discriminator", self.right_of_d()))
        )
        return Table(
            "Who was right?",
            ("", REAL, GENERATED),
            rows,
            caption="The discriminator was trained against this generator, and it learns no more "
            "after the last step.",
        )
