"""The jigsaw on pictures whose tiles show parts of things: Caltech-101 at 96 x 96.

Tiles of 4 to 10 pixels, as small pictures have, show strokes and no parts. Here each of nine tiles
has 27 pixels a side, and labels are counted by the class, so that a probe knows each of them. An
encoder that learnt nothing stands beside it, and rotation, which needs no tiles.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from workbench.chapters.selfsup import lesson
from workbench.chapters.selfsup.colour_data import load_album
from workbench.chapters.selfsup.exam import Exam
from workbench.chapters.selfsup.knobs import Settings
from workbench.chapters.selfsup.pretext import lesson_data
from workbench.chapters.selfsup.study import verdict
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.data import DataError

CASES = {  # task: its knobs
    "jigsaw": {"kind": "jigsaw", "side": 3, "orders": 100, "steps": 2000, "lr": 0.001},
    "rotation": {"kind": "rotation", "steps": 2000, "lr": 0.001},
}
A_CLASS = (5, 10)  # labels

Case = tuple[str, int]  # task, labels a class
Ends = Mapping[str, float]


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Seed after seed, all tasks of it, until the budget is spent. Raises DataError."""
    start, results = time.monotonic(), {}
    for seed in range(seeds):
        for task, knobs in CASES.items():
            if results and budget is not None and time.monotonic() - start > budget:
                return
            run = Settings(data=data, seed=seed, **knobs)
            for labels, ends in measure(run, device).items():
                results.setdefault((task, labels), []).append(ends)
            yield table(results, data)


def measure(run: Settings, device: str) -> dict[int, Ends]:
    """The numbers at the end of a run, by the labels of a class that its probes may see."""
    album = load_album(run.data, device, run.paint)
    if album.y is None:
        raise DataError(f"{run.data} has no labels: a probe needs some.")
    for at in lesson.fit([run], lesson_data(run, album), device, supervised=False):
        step, learners = at
    task = learners["pretext"].task
    counts = {count: run.replace(labels=count * album.classes) for count in A_CLASS}
    return {
        count: Exam(asked, album, task).take(step, learners).scalars
        for count, asked in counts.items()
    }


def table(results: Mapping[Case, Sequence[Ends]], data: str) -> Table:
    """Means over seeds, and the gain over random weights with a verdict."""
    rows = []
    for (task, labels), ends in results.items():
        gains = np.array([end["probe_pretext"] - end["probe_random"] for end in ends])
        numbers = ("accuracy", "probe_pretext", "probe_random")
        means = [f"{np.mean([end[name] for end in ends]):.3f}" for name in numbers]
        gain = f"{gains.mean():+.3f} +/- {gains.std():.3f}"
        rows.append((task, labels, len(ends), *means, gain, verdict(gains)))
    columns = ("pretext accuracy", "this task", "random weights", "gain over random")
    return Table(
        f"Probes with labels of every class, {data}",
        ("task", "labels a class", "seeds", *columns, "verdict"),
        tuple(rows),
        caption=f"{CASES['jigsaw']['steps']} steps, nine tiles in 100 orders with gaps between, "
        "held-out pictures. Better, worse: in every one of at least five seeds. Pixels are no row: "
        "the probe's settings are made for features, and it says one class for 9216 pixels.",
    )


STUDY = Study(
    name="selfsup-jigsaw",
    question="Does a jigsaw teach where its tiles show parts of things?",
    reproduce=reproduce,
    data="caltech20",
)
