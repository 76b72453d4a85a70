"""TODO."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.selfsup import pictures as show
from workbench.chapters.selfsup import probes
from workbench.chapters.selfsup import tasks as pretext
from workbench.chapters.selfsup.colour_data import Coloured
from workbench.chapters.selfsup.knobs import Settings
from workbench.chapters.selfsup.lesson import Learner
from workbench.core.frames import Frame, check_finite
from workbench.core.pictures import Curves, Line
from workbench.science.later import Tensor, torch

DRAWS, MORE_DRAWS = 3, 5  # of the probe's labels: in every frame, and in the last picture
COUNTS = (10, 20, 50, 100, 200, 500)  # labels of the last picture
POOL = 2000  # pictures whose labels may be bought
JUDGED = 300  # test pictures of a probe, and training pictures that may be neighbours
HINT = "Lower the learning rate."


class Exam:
    """The questions of a run's frames, drawn once, and what does not change from frame to frame."""

    def __init__(self, settings: Settings, album: Coloured, learners: list[Learner], untrained):
        self.settings, self.album, self.learners = settings, album, learners
        pupil, task = learners[0].encoder, learners[0].task
        generator = torch.Generator().manual_seed(settings.seed + 1000)
        self.test, self.others = album.light_test[:JUDGED], album.light[:JUDGED]
        self.queries = show.one_of_each(album.y_test, len(self.test), 6)
        self.task = task.of(self.test, pretext.under(pupil, album.ab_test[:JUDGED]))
        rows = torch.arange(len(self.test), device=self.test.device)
        self.x, self.y = self.task.ask(rows, generator)
        self.fixed = {"chance": task.chance}
        if settings.kind == "jigsaw":
            self.fixed["edges"] = (task.by_seams(self.x) == self.y).float().mean().item()
        if settings.kind == "exemplar":
            self.fixed["collisions"] = pretext.collisions(task, generator)
        self.known = album.y is not None
        if self.known:
            self.encoders = {
                "pretext": pupil,
                "random": untrained,
                "raw": None,
                "supervised": learners[1].encoder,
            }
            for name in ("random", "raw"):
                self.fixed[f"probe_{name}"] = self.probe_mean(name)

    @torch.no_grad()
    def frame(self, step: int, alone: bool) -> Frame:
        """What the encoder knows after `step` steps."""
        settings, encoder = self.settings, self.learners[0].encoder
        last = step == settings.steps
        note = "done" if last else "training"
        logits = self.task.logits(encoder, self.x)
        scalars = {
            "loss": self.task.loss(encoder, self.x, self.y).item(),
            "accuracy": self.task.right(logits, self.y),
        } | self.fixed
        check_finite(step, scalars, HINT)
        test = features(encoder, self.test)
        if settings.kind == "colorization":
            said = self.task.colours(logits, settings.temperature)
            scalars |= hues(said, self.task.pixels(self.y))
        if self.known:
            scalars["probe_pretext"] = self.probe_mean("pretext", test)
        if alone:
            return Frame(step, settings.steps, scalars, {}, note)
        if self.known:
            scalars["probe_supervised"] = self.probe_mean("supervised")
        pictures = show.examples(self.task, self.album, self.x, self.y, logits, settings)
        near = probes.neighbours(test[self.queries], features(encoder, self.others), 6)
        pictures["neighbours"] = show.neighbours(self.album, self.queries, near)
        pictures["filters"] = show.filters(encoder, self.album)
        if last and self.known:
            pictures["labels"] = self.curve()
        return Frame(step, settings.steps, scalars, pictures, note)

    def probe_mean(self, name: str, test: NDArray | None = None) -> float:
        """Test accuracy with as many labels as the knob says, mean over few draws."""
        return float(np.mean(self.probe(name, [self.settings.labels], DRAWS, test)))

    def probe(self, name: str, counts, draws: int, test: NDArray | None = None) -> NDArray:
        """Test accuracy of probes with so many labels, for every draw of them [counts, draws]."""
        album, encoder, seed = self.album, self.encoders[name], self.settings.seed
        pool = album.y[:POOL]
        bought = np.stack(
            [probes.draw_labels(pool, max(counts), MORE_DRAWS * seed + r) for r in range(draws)]
        )
        rows, places = np.unique(bought, return_inverse=True)
        known = features(encoder, album.light[torch.from_numpy(rows).to(self.test.device)])
        known, y = known[places.reshape(bought.shape)], pool[bought]
        test, truth = features(encoder, self.test) if test is None else test, album.y_test[:JUDGED]
        return np.array(
            [
                [probes.probe(known[r, :n], y[r, :n], test, truth) for r in range(draws)]
                for n in counts
            ]
        )

    def curve(self) -> Curves:
        """Probe accuracy against the number of labels, for all four encoders."""
        most = min(POOL, len(self.album.y))
        counts = [count for count in COUNTS if count <= most] or [most]
        lines = []
        for name, title in PROBES.items():
            found = self.probe(name, counts, MORE_DRAWS)
            lines.append(
                Line(title, np.array(counts), found.mean(1), low=found.min(1), high=found.max(1))
            )
        return Curves(
            "Probe accuracy and labels",
            tuple(lines),
            "labels",
            "test accuracy",
            log_x=True,
            caption="A linear classifier on frozen features. Bands: least and most of "
            f"{MORE_DRAWS} draws of the labels.",
        )


@torch.no_grad()
def features(encoder: pretext.Encoder | None, x: Tensor) -> NDArray:
    """What a probe reads of light x [n, 1, h, w]: features [n, d], or the pixels themselves."""
    if encoder is None:
        return x.flatten(1).cpu().numpy()
    return torch.cat([encoder.features(part) for part in x.split(250)]).cpu().numpy()


def hues(said: Tensor, truth: Tensor) -> dict[str, float]:
    """How far off the colours are, and how colourful, in units of ab: [places, 2] each."""
    return {
        "error": (said - truth).square().sum(-1).mean().sqrt().item(),
        "chroma": said.norm(dim=-1).mean().item(),
        "chroma_true": truth.norm(dim=-1).mean().item(),
    }


PROBES = {
    "pretext": "this task",
    "random": "random weights",
    "raw": "pixels",
    "supervised": "taught all labels",
}
