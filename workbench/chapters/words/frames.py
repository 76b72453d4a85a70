"""Trains the chapter's vectors and shows them as frames."""

from collections.abc import Iterator, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.words import by_hand, pictures
from workbench.chapters.words.counting import counts_of, vectors_of
from workbench.chapters.words.evaluation import Line, grouped, read_off
from workbench.chapters.words.knobs import Settings
from workbench.chapters.words.lesson import Vectors
from workbench.chapters.words.plane import Plane, look_up
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Picture
from workbench.data.texts import corpora
from workbench.data.texts.corpus import Corpus

HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    corpus = corpora.load(runs[0].data).limited(int(runs[0].vocabulary))
    views = [View(run, corpus) for run in runs]
    shown, since, losses = schedule(runs[0].steps), 0, 0.0
    for step, net, loss in (fit or by_hand.fit)(runs, corpus, device):
        losses, since = losses + loss, since + 1
        if step in shown:
            means = (losses / since).tolist()
            yield [view.snapshot(step, net, i, means[i]) for i, view in enumerate(views)]
            losses, since = 0.0, 0


class View:
    """What a run shows: its vectors beside the counts of its text."""

    def __init__(self, run: Settings, corpus: Corpus):
        self.run = run
        self.corpus = corpus
        self.counts = counts_of(run)
        self.counted = vectors_of(run)
        self.grouped = grouped(corpus)
        word, note = look_up(run, corpus)
        self.word = word
        self.note = note
        self.plane = Plane(corpus, word)

    def snapshot(self, step: int, net: Vectors, row: int, loss: float) -> Frame:
        """The frame of the run in this row of the stack."""
        centre, context = (p[row].detach().cpu().numpy() for p in net.parameters())
        dots = (centre[self.counts.centre] * context[self.counts.context]).sum(1)
        scalars = self.scalars(centre, dots, loss)
        check_finite(step, scalars | {"a number": float(np.abs(centre).max())}, HINT)
        last = step == self.run.steps
        stage = "done" if last else "training"
        note = f"{stage}. {self.note}" if self.note else stage
        return Frame(step, self.run.steps, scalars, self.draw(centre, dots, last), note)

    def scalars(self, centre: NDArray, dots: NDArray, loss: float) -> dict[str, float]:
        """What is measured."""
        line: Line = read_off(dots, self.counts, self.run.k)
        numbers = {
            "loss": loss,
            "start": (self.run.k + 1) * log(2),
            **line._asdict(),
            "log_k": log(self.run.k),
        }
        if self.grouped:
            numbers |= {
                "same_group": self.grouped.share(centre),
                "same_group_counts": self.grouped.share(self.counted),
                "chance": self.grouped.chance,
            }
        return numbers

    def draw(self, centre: NDArray, dots: NDArray, last: bool) -> dict[str, Picture]:
        """What it looks like; the tests come with the last frame."""
        shown: dict[str, Picture] = {
            "plane": self.plane.draw(centre),
            "factors": pictures.factors(dots, self.counts, self.run.k),
            "neighbours": pictures.neighbours(self.corpus, self.word, centre, self.counted),
            "offset": pictures.offset(dots, self.counts, self.run.k),
        }
        if last:
            shown["tests"] = pictures.tests(self.corpus, self.grouped, centre, self.counted)
        return shown
