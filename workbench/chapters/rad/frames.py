"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.rad import rules as selection
from workbench.chapters.rad.knobs import ASKING, Settings
from workbench.chapters.rad.lesson import learner, open_stream, shown
from workbench.chapters.rad.pictures import History
from workbench.chapters.rad.rules import Learner, Verdict
from workbench.chapters.rad.stream import Batch, Course
from workbench.core.frames import Frame, check_finite


def train(runs: Sequence[Settings], device: str = "cpu") -> Iterator[list[Frame]]:
    """Runs all variants over one stream and yields a frame for every batch.

    The models are small and mostly scikit-learn's, so all of it happens on the CPU.
    """
    (settings,) = runs
    data, course = open_stream(settings)
    learners = {rule: learner(rule, settings, course) for rule in shown(settings)}
    history = History(settings, data, course)
    for step, batch in enumerate(course.batches[1:], 1):
        verdicts = {rule: one.meet(batch) for rule, one in learners.items()}
        scalars = measure(settings, course, batch, learners, verdicts[settings.look])
        history.add(batch, verdicts[settings.look], learners, scalars)
        check_finite(step, scalars, "Choose another classifier.")
        note = f"{len(batch)} samples, {(batch.given != batch.truth).sum()} wrong labels"
        pictures = history.pictures(learners, scalars)
        yield [Frame(step, settings.steps, scalars, pictures, note)]


def measure(
    settings: Settings, course: Course, batch: Batch, learners: dict[str, Learner], seen: Verdict
) -> dict[str, float]:
    """The numbers after a batch; those of a choice are about the variant that is looked at."""
    x, y = course.x_test, course.y_test
    scalars = {rule: one.accuracy(x, y) for rule, one in learners.items()}
    if settings.ensemble:
        both = selection.ensemble(learners["rad"].models, x, len(course.classes))
        scalars["ensemble"] = float((both == y).mean())
    scalars |= selection.quality(batch, seen)._asdict()
    scalars["noise"] = float((batch.given != batch.truth).mean())
    scalars |= {f"asked_{rule}": float(learners[rule].asked) for rule in ASKING if rule in learners}
    if "no_sel" in learners:
        scalars["memorised"] = memorised(learners["no_sel"])
    return scalars


def memorised(one: Learner) -> float:
    """Share of the wrong labels in its training set that C repeats; 0 while there are none."""
    wrong = one.y != one.truth
    if not wrong.any():
        return 0.0
    return float((one.models.C.predict(one.x[wrong]) == one.y[wrong]).mean())
