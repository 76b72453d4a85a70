"""Trains the chapter's networks and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.cdbn import lesson, pictures
from workbench.chapters.cdbn.evaluation import Exam
from workbench.chapters.cdbn.gallery import gallery
from workbench.chapters.cdbn.knobs import Settings
from workbench.chapters.cdbn.lesson import Network
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule

HINT = "Lower the learning rate."
FRAMES = 24  # a frame asks probes, which takes as long as many steps; half of them where
PIXELS = 256  # pictures have more pixels than these


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data = gallery(runs[0], device)
    large = data.test[0].numel() > PIXELS
    exam, shown = Exam(runs, data, device), schedule(runs[0].steps, FRAMES // (1 + large))
    for step, net in (fit or lesson.fit)(runs, data, device):
        if step in shown:
            yield snapshots(step, net, exam)


def snapshots(step: int, net: Network, exam: Exam) -> list[Frame]:
    """The frames of all runs after this step."""
    numbers, first = exam.measure(net), net.layers[0]
    v = pictures.example(exam.gallery, len(exam.runs))
    rebuilt = pictures.reconstructions(first, v, exam.chance)
    filled = pictures.filled(net, v, exam.mean, exam.chance) if exam.runs[0].fill else None
    frames = []
    for place, run in enumerate(exam.runs):
        scalars = {name: values[place].item() for name, values in numbers.items()}
        check_finite(step, scalars, HINT)
        drawn = {
            "filters": pictures.filters(first, place),
            "block": pictures.one_block(first, v[:, 0], place),
            "reconstructions": rebuilt[place],
        }
        if run.second:
            drawn["parts"] = pictures.parts(net, place)
        if exam.probes:
            drawn["probes"] = pictures.probes(scalars)
        if filled:
            drawn["filled"] = filled[place]
        frames.append(Frame(step, run.steps, scalars, drawn, note(run, step)))
    return frames


def note(run: Settings, step: int) -> str:
    """What is being learnt."""
    if step == run.steps:
        return "done"
    return "the second layer" if run.second and step > run.steps // 2 else "the first layer"
