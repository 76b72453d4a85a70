"""Trains the networks of the chapter and shows them as frames."""

from collections.abc import Iterator, Sequence

from workbench.chapters.prednet import lesson, pictures, probe
from workbench.chapters.prednet.clips import Clips, open_clips
from workbench.chapters.prednet.evaluation import LEAST, Errors, Judge
from workbench.chapters.prednet.knobs import Settings
from workbench.core.chapter import Fit
from workbench.core.frames import Frame, check_finite, schedule
from workbench.core.pictures import Picture
from workbench.science import nets

FRAMES_SHOWN = 20  # of training
HINT = "Lower the learning rate."


def train(
    runs: Sequence[Settings], device: str = "cpu", fit: Fit | None = None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    data, shown = open_clips(runs, device), schedule(runs[0].steps, FRAMES_SHOWN)
    judge = Judge(runs, data)
    for step, pair in (fit or lesson.fit)(runs, data, device):
        if step in shown:
            forecasts = judge.forecasts(pair)
            frames = []
            for number, run in enumerate(runs):
                errors = judge.errors(number, forecasts)
                shown_now = draw(judge, number, forecasts, errors)
                if step == run.steps and data.velocity is not None:
                    shown_now["top"] = pictures.top(know(pair.prednet, run, data, number))
                frames.append(snapshot(run, step, errors, shown_now))
            yield frames


def snapshot(run: Settings, step: int, errors: Errors, shown: dict[str, Picture]) -> Frame:
    """The frame of one run."""
    copy = max(errors.next["copy"], LEAST)
    ratios = {name: value / copy for name, value in errors.next.items() if name != "copy"}
    held = max(float(errors.ahead["copy"][-1]), LEAST)
    scalars = {
        "ratio": ratios.pop("prednet"),
        **ratios,
        "copy": errors.next["copy"],
        "ahead": float(errors.ahead["prednet"][-1]) / held,
        "ahead_plain": float(errors.ahead["plain"][-1]) / held,
        "ahead_black": float(errors.ahead["black"][-1]) / held,
        "sharpness": float(errors.sharpness["prednet"][-1]),
    }
    check_finite(step, scalars, HINT)
    note = "done" if step == run.steps else "training"
    return Frame(step, run.steps, scalars, shown, note)


def draw(judge: Judge, run: int, forecasts: list, errors: Errors) -> dict[str, Picture]:
    """The pictures of one run."""
    return {
        "strip": pictures.strip(judge, run, forecasts),
        "alone": pictures.alone(judge, run, forecasts),
        "ahead": pictures.ahead(errors),
        "beside": pictures.beside(errors),
        "sharpness": pictures.sharp(errors),
    }


def know(net: lesson.PredNet, run: Settings, data: Clips, number: int) -> probe.Knowledge:
    """What the top layer of one run knows, beside the same layer untrained and two frames."""
    train, test = (each[number : number + 1] for each in (data.train, data.test))
    untrained = lesson.PredNet(nets.generators([run.seed]), train.mean()[None])
    sources = {"trained": net.only(number), "untrained": untrained}
    features = {
        name: (probe.top_states(each, train), probe.top_states(each, test))
        for name, each in sources.items()
    }
    features["two frames"] = probe.last_two(train), probe.last_two(test)
    return probe.measure(features, data, number)
