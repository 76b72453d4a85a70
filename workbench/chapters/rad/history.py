"""What the pictures of a frame need to remember of the batches before."""

from collections import deque

import numpy as np

from workbench.chapters.rad import pictures
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.lesson import RULES, Learner
from workbench.chapters.rad.stream import Batch, Course
from workbench.chapters.rad.verdict import Verdict
from workbench.data.tables import TableSet


class History:
    """What the pictures need to remember of the batches before."""

    def __init__(self, settings: Settings, data: TableSet, course: Course):
        self.settings = settings
        self.data = data
        self.course = course
        self.title = RULES[settings.look].title
        self.arrived = np.zeros(len(course.classes))
        self.kept = np.zeros(len(course.classes))
        self.costs: dict[str, list[tuple[int, float]]] = {}
        self.tiles: dict[str, deque] = {
            name: deque(maxlen=pictures.EXAMPLES) for name in pictures.FATES
        }

    def add(self, batch: Batch, verdict: Verdict, learners, scalars) -> None:
        """Remembers a batch, and what became of it."""
        self.batch = batch
        self.verdict = verdict
        self.arrived += np.bincount(batch.truth, minlength=len(self.arrived))
        self.kept += np.bincount(batch.truth[verdict.kept], minlength=len(self.arrived))
        for name, mask in pictures.fates_of(batch, verdict).items():
            rows = np.flatnonzero(mask)[-pictures.EXAMPLES :]
            self.tiles[name].extend(pictures.drawn(self.data, batch.x[rows], batch.rows[rows]))
        for rule in ("active", "slim"):
            if rule in learners:
                point = learners[rule].asked, scalars[rule]
                self.costs.setdefault(rule, []).append(point)

    def drift(self) -> float:
        """How far the classes that were kept are from those that arrived: 0 to 1."""
        arrived, kept = (part / max(1, part.sum()) for part in (self.arrived, self.kept))
        return float(np.abs(arrived - kept).sum() / 2)

    def pictures(self, learners: dict[str, Learner], scalars: dict[str, float]) -> dict:
        """What there is to see after the newest batch, by name."""
        batch, verdict, title = self.batch, self.verdict, self.title
        classes = self.course.classes
        return {
            "fates": pictures.fates(batch, verdict, title),
            "examples": pictures.examples(self.data, self.tiles, title),
            "variants": pictures.variants(learners, scalars),
            "costs": pictures.costs(self.costs),
            "classes": pictures.class_rates(classes, self.arrived, self.kept, title),
            "confusion": pictures.confusion(learners[self.settings.look], self.course),
            "relabelled": pictures.relabelled(classes, batch, verdict, title),
        }
