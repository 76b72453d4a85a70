"""Trains detectors and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.bootstrap.detection import by_hand
from workbench.chapters.bootstrap.detection.evaluation import box_numbers, evaluate
from workbench.chapters.bootstrap.detection.lesson import Detectors
from workbench.chapters.bootstrap.detection.pictures import box_pictures
from workbench.chapters.bootstrap.detection.scenes import Scenery
from workbench.chapters.bootstrap.knobs import Settings
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.science.tensors import resident

HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains the detectors of all runs side by side; yields a list of the runs' frames."""
    scenery, shown = Scenery(resident(runs[0].data, device), runs, device), schedule(runs[0].steps)
    for step, model in (fit or by_hand.fit)(runs, scenery, device):
        if step in shown:
            yield [snapshot(model, scenery, run, n, step) for n, run in enumerate(runs)]


def snapshot(model: Detectors, scenery: Scenery, run: Settings, number: int, step: int) -> Frame:
    """What was measured after `step` steps of the run that is the `number`th, and its scenes."""
    stage = scenery.stages[number]
    answers = evaluate(model.only(number), stage)
    check_finite(step, {"an answer": float(answers.tested.abs().max())}, HINT)
    pictures = box_pictures(scenery.pictures, stage, answers)
    note = "done" if step == run.steps else "training"
    return Frame(step, run.steps, box_numbers(stage, answers), pictures, note)
