"""Runs the chapter's label models round by round and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.labelling import lesson, pictures
from workbench.chapters.labelling.evaluation import Measure
from workbench.chapters.labelling.items import Course, open_course
from workbench.chapters.labelling.knobs import Settings
from workbench.chapters.labelling.lesson import Belief
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite

HINT = "Put more weight on the prior."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Yields a frame for every round of EM."""
    (run,) = runs
    course = open_course(run)
    measure = Measure(run, course)
    for step, beliefs in (fit or lesson.fit)(runs, course, device):
        yield [snapshot(measure, step, beliefs)]


def snapshot(measure: Measure, step: int, beliefs: dict[str, Belief]) -> Frame:
    """The frame after a round: what was measured, and what it looks like."""
    run, course = measure.run, measure.course
    scalars = measure.scalars(beliefs)
    check_finite(step, scalars, HINT)
    return Frame(step, run.steps, scalars, draw(measure, step, beliefs, scalars), note(course))


def draw(measure: Measure, step: int, beliefs: dict[str, Belief], scalars) -> dict:
    """What there is to see after a round, by name."""
    chosen = beliefs[measure.run.model]
    shown = {
        "functions": pictures.functions(measure, beliefs),
        "matrix": pictures.matrix(measure, chosen),
        "accuracies": pictures.accuracies(measure, beliefs),
        "models": pictures.models(measure, beliefs),
        "examples": pictures.examples(measure, chosen),
    }
    if step == measure.run.steps and measure.judge:
        shown["worth"] = pictures.gold_curve(measure, scalars)
    return shown


def note(course: Course) -> str:
    """The items in a few words, and a warning where functions can vote for one class only."""
    warning = pictures.one_sided_warning(course).partition(". ")[0]
    return f"{course.title}, {len(course.votes)} items" + (f". {warning}" if warning else "")
