"""The pictures of predicting frames."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.prednet.evaluation import SHOWN, Errors, Forecast, Judge
from workbench.chapters.prednet.knobs import GIVEN, LAST
from workbench.chapters.prednet.probe import Knowledge
from workbench.core.pictures import Bars, Curves, Images, Line

TITLES = {
    "prednet": "PredNet",
    "plain": "ConvLSTM",
    "copy": "last frame again",
    "black": "black frame",
    "mean": "mean frame",
    "extrapolation": "extrapolation",
    "shift": "best shift",
}
TRAINED = ("prednet", "plain")


def strip(judge: Judge, run: int, forecasts: list[Forecast]) -> Images:
    """A held-out clip, what was predicted of it, and the errors that each layer passes on."""
    true = judge.true[run, SHOWN, : LAST + 1]
    prednet, plain = forecasts
    rows = [true, prednet.next[run, SHOWN], plain.next[run, SHOWN]]
    for layer in prednet.passed:
        rows += halves(layer[run], true.shape[-1])
    return Images(
        "The next frame",
        np.stack(rows),
        (
            "true",
            "PredNet",
            "ConvLSTM",
            "error: more",
            "error: less",
            "2nd layer: more",
            "2nd layer: less",
        ),
        tuple(str(t + 1) for t in range(LAST + 1)),
        caption="Each frame is predicted from the true frames before it. Below, the errors that "
        "PredNet passes on: where the frame has more than was predicted, and where less; of the "
        "second layer the mean over its maps, brightened.",
    )


def halves(errors: NDArray, side: int) -> list[NDArray]:
    """Errors [frames, 2 channels, h, w] as two rows of pictures [frames, side, side], the mean over
    the channels of each half."""
    parts = np.split(errors, 2, 1)
    rows = [part.mean(1) for part in parts]
    if errors.shape[1] == 2:
        return rows
    zoom = side // errors.shape[-1]
    brightest = max(float(row.max()) for row in rows)
    return [np.kron(row, np.ones((1, zoom, zoom))) / max(brightest, 1e-9) for row in rows]


def alone(judge: Judge, run: int, forecasts: list[Forecast]) -> Images:
    """What the networks go on with by themselves, beside what comes and what a rule gives."""
    clip = judge.true[run, SHOWN]
    shift = judge.fixed[run][1]["shift"][SHOWN]
    last = clip[GIVEN - 1 : GIVEN]
    ahead = [clip[GIVEN : GIVEN + judge.horizon], *(f.own[run, SHOWN] for f in forecasts), shift]
    return Images(
        "On its own",
        np.stack([np.concatenate([last, frames]) for frames in ahead]),
        ("true", "PredNet", "ConvLSTM", "best shift"),
        ("given", *(f"+{k + 1}" for k in range(judge.horizon))),
        caption=f"After {GIVEN} true frames each prediction is taken for the next frame.",
    )


def ahead(errors: Errors) -> Curves:
    """The error for each frame ahead."""
    lines = []
    for name, values in errors.ahead.items():
        x = np.arange(1.0, len(values) + 1)
        style = "solid" if name in TRAINED else "dashed"
        lines.append(Line(TITLES[name], x, values.astype(float), style))
    return Curves(
        "How far ahead",
        tuple(sorted(lines, key=lambda line: line.style == "dashed")),
        x_label="frames ahead",
        y_label="mean squared error",
        caption="Held-out clips. What lies below the line of the black frame shows something "
        "right.",
    )


def beside(errors: Errors) -> Bars:
    """Everybody's error of the next frame."""
    values = errors.next
    names = sorted(values, key=values.__getitem__)
    copy = max(values["copy"], 1e-9)
    return Bars(
        "Who predicts the next frame",
        tuple(TITLES[name] for name in TITLES),
        np.array([values[name] / copy for name in TITLES]),
        y_label="error, last frame again = 1",
        caption=f"Frames 3 to {LAST + 1} of held-out clips. Best now: {TITLES[names[0]]}.",
    )


def sharp(errors: Errors) -> Curves:
    """How sharp the networks' own frames are."""
    lines = [
        Line(TITLES[name], np.arange(1.0, len(values) + 1), values.astype(float))
        for name, values in errors.sharpness.items()
    ]
    return Curves(
        "Sharpness",
        tuple(lines),
        x_label="frames ahead",
        y_label="true frames = 1",
        caption="The mean step between neighbouring pixels, beside that of true frames; plain grey "
        "and black have 0.",
    )


def top(knowledge: Knowledge) -> Curves:
    """What can be read off the top layer, after more and more frames."""
    lines = []
    for what, of in (("velocity", knowledge.velocity), ("class", knowledge.label)):
        for name, (mean, deviation) in of.items():
            x = np.arange(1.0, len(mean) + 1)
            style = "solid" if name == "trained" else "dashed" if name == "untrained" else "dots"
            lines.append(
                Line(f"{what}, {name}", x, mean, style, mean - deviation, mean + deviation)
            )
    return Curves(
        "What the top layer knows",
        tuple(lines),
        x_label="frames seen",
        y_label="R2 of velocity, accuracy of class",
        caption="Read off linearly on held-out clips, beside the same layer untrained and the last "
        "two frames themselves. Bands: one standard deviation over five draws of clips.",
    )
