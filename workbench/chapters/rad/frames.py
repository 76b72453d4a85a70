"""Leads the chapter's learners along their stream and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.rad import lesson
from workbench.chapters.rad.estimators import ensemble
from workbench.chapters.rad.history import History
from workbench.chapters.rad.knobs import ASKING, Settings
from workbench.chapters.rad.lesson import Learner
from workbench.chapters.rad.stream import Batch, Course, open_stream
from workbench.chapters.rad.verdict import Verdict, quality
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite

HINT = "Choose another classifier."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains all variants over one stream and yields a frame for every batch."""
    (settings,) = runs
    data, course = open_stream(settings)
    history = History(settings, data, course)
    first = lesson.make_learner(lesson.RULES["no_sel"], settings, course)
    start = first.accuracy(course.x_test, course.y_test)
    for step, learners, verdicts in (fit or lesson.fit)(runs, course, device):
        yield [snapshot(history, step, learners, verdicts, start)]


def snapshot(
    history: History,
    step: int,
    learners: dict[str, Learner],
    verdicts: dict[str, Verdict],
    start: float,
) -> Frame:
    """The frame after a batch: what was measured, and what it looks like.

    `start` is the accuracy of a classifier that knows the first, clean batch alone.
    """
    settings, course = history.settings, history.course
    batch, verdict = course.batches[step], verdicts[settings.look]
    scalars = measure(settings, course, learners) | {"clean_batch": start}
    scalars |= measure_choice(batch, verdict)
    scalars |= {f"asked_{rule}": float(learners[rule].asked) for rule in ASKING if rule in learners}
    if "no_sel" in learners:
        scalars["memorised"] = memorised(learners["no_sel"])
    history.add(batch, verdict, learners, scalars)
    scalars["drift"] = history.drift()
    check_finite(step, scalars, HINT)
    note = f"{len(batch)} samples, {(batch.given != batch.truth).sum()} wrong labels"
    return Frame(step, settings.steps, scalars, history.pictures(learners, scalars), note)


def measure(settings: Settings, course: Course, learners: dict[str, Learner]) -> dict[str, float]:
    """The accuracy of every variant on clean test data, and how far RAD's two models agree."""
    x, y = course.x_test, course.y_test
    scalars = {rule: learner.accuracy(x, y) for rule, learner in learners.items()}
    if settings.ensemble:
        predicted = ensemble(learners["rad"].models, x, len(course.classes))
        scalars["ensemble"] = float((predicted == y).mean())
    by_l, by_c = (model.predict(x) for model in learners["rad"].models)
    scalars["label_model"] = float((by_l == y).mean())
    scalars["agreement"] = float((by_l == by_c).mean())
    return scalars


def measure_choice(batch: Batch, verdict: Verdict) -> dict[str, float]:
    """What the choice of the variant that is looked at is worth, and how many labels were wrong."""
    wrong = float((batch.given != batch.truth).mean())
    return quality(batch, verdict)._asdict() | {"noise": wrong}


def memorised(learner: Learner) -> float:
    """Share of the wrong labels in its training set that C repeats; 0 while there are none."""
    wrong = learner.y != learner.truth
    if not wrong.any():
        return 0.0
    return float((learner.models.C.predict(learner.x[wrong]) == learner.y[wrong]).mean())
