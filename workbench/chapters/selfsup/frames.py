"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.selfsup import lesson, pictures
from workbench.chapters.selfsup.colour_data import load_album
from workbench.chapters.selfsup.exam import Exam
from workbench.chapters.selfsup.knobs import PROBES, Settings
from workbench.chapters.selfsup.lesson import Learner
from workbench.chapters.selfsup.pretext import lesson_data
from workbench.chapters.selfsup.probes import JUDGED, MORE_DRAWS, nearest, read_features
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, schedule
from workbench.core.pictures import Curves

FRAMES = 24  # a frame trains probes, which takes longer than its steps
QUERIES, NEIGHBOURS = 6, 6
COUNTS = (10, 20, 50, 100, 200, 500)  # labels of the last picture


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains one run, its encoder and the one taught with labels; yields lists of one frame."""
    (run,) = runs
    album, exam = load_album(run.data, device, run.paint), None
    fit, shown = fit or lesson.fit, schedule(run.steps, FRAMES)
    for step, learners in fit(runs, lesson_data(run, album), device):
        exam = exam or Exam(run, album, learners["pretext"].task)
        if step in shown:
            yield [snapshot(exam, step, learners)]


def measure(
    run: Settings, device: str = "cpu", step: int | None = None, supervised: bool = False
) -> dict[str, float]:
    """The numbers of one run after `step` steps, or at its end, without a picture.

    Without the encoder taught with labels, which no other number depends on, this is half the work.
    """
    album = load_album(run.data, device, run.paint)
    states = lesson.fit([run], lesson_data(run, album), device, supervised=supervised)
    at, learners = next(state for state in states if state[0] == (step or run.steps))
    return Exam(run, album, learners["pretext"].task).take(at, learners).scalars


def snapshot(exam: Exam, step: int, learners: dict[str, Learner]) -> Frame:
    """What was measured after `step` steps and what it looks like."""
    run, album, last = exam.run, exam.album, step == exam.run.steps
    encoder, result = learners["pretext"].encoder, exam.take(step, learners)
    shown = pictures.examples(run, album, exam.questions, result.logits)
    queries = pictures.one_of_each(album.y_test, len(exam.test), QUERIES)
    others = read_features(encoder, album.light[:JUDGED])
    near = nearest(result.features[queries], others, NEIGHBOURS)
    shown["neighbours"] = pictures.neighbours(album, queries, near)
    shown["filters"] = pictures.filters(encoder, album)
    if last and exam.probes:
        shown["labels"] = label_curve(exam, learners)
    note = "done" if last else "training"
    return Frame(step, run.steps, result.scalars, shown, note)


def label_curve(exam: Exam, learners: dict[str, Learner]) -> Curves:
    """Probe accuracy against the number of labels, for all encoders."""
    most = len(exam.probes.labels)
    counts = [count for count in COUNTS if count <= most] or [most]
    taught = {name: learner.encoder for name, learner in learners.items()}
    encoders = {"random": exam.untrained, "raw": None} | taught
    accuracies = {
        title: exam.probes.accuracy(encoders[name], counts, MORE_DRAWS)
        for name, title in PROBES.items()
        if name in encoders
    }
    return pictures.label_curve(counts, accuracies)
