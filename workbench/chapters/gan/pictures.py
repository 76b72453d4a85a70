"""What a game looks like."""

import numpy as np
import torch

from workbench.chapters.gan.evaluation import Evaluation
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.rivals import nearest_rows
from workbench.chapters.gan.shapes import Shape
from workbench.chapters.gan.targets import Target
from workbench.core.frames import schedule
from workbench.core.pictures import Bars, Curves, Field, HeatMap, Images, Line, Scatter, Table
from workbench.core.quantity import digits, percent
from workbench.science import nets

POINTS_DRAWN = 250  # real ones, and as many samples
GRID = 40, 32  # cells of D's field, across and up
WIDE = 1.25  # how much wider than high the field is
TILES = 10  # pictures in a row
ROWS = 3  # of samples
History = list[tuple[int, list[Evaluation]]]


def plane(run: Settings, shape: Shape, judge: nets.Mlp, samples: torch.Tensor) -> Scatter:
    """Real points and samples on what D says of every place."""
    real = shape.test[:POINTS_DRAWN].numpy()
    drawn = samples[:POINTS_DRAWN].numpy()
    return Scatter(
        "Real points and samples",
        np.concatenate([real, drawn]).astype(float),
        np.repeat([0, 1], [len(real), len(drawn)]),
        ("real", "generated"),
        "x1",
        "x2",
        caption="Tinted like the real points: D takes what lies there for real. Tinted like the "
        "samples: for generated. No tint: it cannot tell.",
        equal=True,
        field=opinion(run, shape, judge),
    )


def opinion(run: Settings, shape: Shape, judge: nets.Mlp) -> Field:
    """D(x) all over the plane. A critic's score has no zero: its mean over real points is .5."""
    right, high = WIDE * shape.edge, shape.edge
    middles = (
        end * (2 * (np.arange(count) + 0.5) / count - 1)
        for end, count in zip((right, high), GRID, strict=True)
    )
    grid = np.stack(np.meshgrid(*middles), -1).reshape(-1, 2)
    device = judge.weights[0].device
    with torch.no_grad():
        logits = judge(torch.from_numpy(grid).float().to(device)[None])[0, :, 0].cpu()
        if run.loss == "Wasserstein":
            logits = logits - judge(shape.test.to(device)[None]).mean().cpu()
    values = logits.sigmoid().numpy().reshape(GRID[::-1])
    return Field("D(x)", values, -right, right, -high, high)


def modes(steps: int, shape: Shape, history: History) -> HeatMap:
    """The share of the samples in each mode over time: a generator that hops shows as a path."""
    marks = sorted(schedule(steps))
    values = np.zeros((shape.modes, len(marks)))
    for column, (_, (own, *_)) in enumerate(history):
        values[:, column] = own.shares
    return HeatMap(
        "Where the samples are",
        values,
        tuple(f"mode {i + 1}" for i in range(shape.modes)),
        tuple(map(str, marks)),
        "step",
        "",
        "share",
        caption="Each column is a moment. One bright cell that jumps from row to row: the "
        "generator hops. What is missing to 1 is farther than three deviations from all modes.",
    )


def over_steps(history: History, names: dict[str, str]) -> tuple[Line, ...]:
    """A line for each of these numbers of the game that is shown; names: what they are called."""
    steps = np.array([step for step, _ in history], float)
    return tuple(
        Line(label, steps, np.array([own.numbers[name] for _, (own, *_) in history]))
        for name, label in names.items()
    )


def scores(history: History) -> Curves:
    """How sure the discriminator is that real items and samples are real."""
    names = {"real_score": "D(x), real", "fake_score": "D(G(z)), generated"}
    lines = over_steps(history, names)
    half = Line("one half", lines[0].x, np.full(len(history), 0.5), "dashed")
    return Curves(
        "What the discriminator says",
        (*lines, half),
        y_label="probability of being real",
        caption="Means over held-out real items and over samples. Both end near one half when all "
        "is well, and also when the generator has collapsed: one half proves nothing.",
    )


def quality(history: History) -> Curves:
    """Modes that are covered, and samples that lie on the data."""
    return Curves(
        "Modes and quality",
        over_steps(history, {"covered": "modes covered", "quality": "samples near the data"}),
        y_label="share",
        caption="Modes with at least 1 % of the samples, and samples within three standard "
        "deviations of the data's curve.",
    )


def seeds(run: Settings, history: History, number: str, label: str) -> Curves:
    """One number of every game of the run over time."""
    steps = np.array([step for step, _ in history], float)
    lines = [
        Line(
            "this seed" if game == 0 else f"seed {run.seed + 100 * game}",
            steps,
            np.array([each[game].numbers[number] for _, each in history]),
        )
        for game in range(run.repeats)
    ]
    return Curves(
        "Games of other seeds",
        tuple(lines),
        y_label=label,
        log_y=number == "frechet",
        caption="The same knobs, other weights and draws. The first is the game that is shown.",
    )


def samples(target: Target, own: Evaluation) -> Images:
    """Samples between real pictures and draws of a mixture of ten Gaussians."""
    data = target.data
    assert data is not None
    parts = (
        data.test[torch.from_numpy(data.examples(TILES))].cpu(),
        take(own.samples, ROWS * TILES),
        take(target.rivals["ten Gaussians"].pictures, TILES),
    )
    rows = ("real", *["generated"] * ROWS, "ten Gaussians")
    return Images(
        "Samples",
        data.tiles(torch.cat(parts), TILES),
        rows,
        caption="Held-out pictures, samples of the generator, and draws of a mixture of ten "
        "Gaussians, which was fitted in a tenth of a second.",
    )


def take(x: torch.Tensor, count: int) -> torch.Tensor:
    """The first rows, from the start again where there are fewer."""
    return x[torch.arange(count) % len(x)]


def classes(target: Target, own: Evaluation) -> Bars:
    """The share of the samples that the judge puts into each class."""
    learnt = "clusters of K-means, for there are no labels" if target.judge.clusters else "labels"
    return Bars(
        "Classes of the samples",
        target.judge.classes,
        own.shares,
        "cluster" if target.judge.clusters else "class",
        "share of samples",
        caption=f"By a judge that was trained on {learnt}. The generator never sees them.",
    )


def rivals(target: Target, own: Evaluation) -> Table:
    """The generator's numbers above those of what else could make such pictures."""
    everyone = {"generator": own.numbers} | {n: r.numbers for n, r in target.rivals.items()}
    return Table(
        "Who makes them best?",
        ("made by", "Frechet", "precision", "recall", "nearest", "classes"),
        tuple(
            (
                name,
                digits(numbers["frechet"], 2),
                percent(round(numbers["precision"], 2)),
                percent(round(numbers["recall"], 2)),
                digits(numbers["nearest"], 2),
                f"{numbers['classes']:.0f}",
            )
            for name, numbers in everyone.items()
        ),
        caption="Frechet: 0 is best. Nearest: distance to the nearest training picture, new real "
        "pictures being 1; far below 1 is copying, which no other column shows.",
    )


def nearest(target: Target, own: Evaluation) -> Images:
    """Samples above the training pictures that are most like them."""
    data = target.data
    assert data is not None
    few = own.samples[:TILES]
    twins = data.train[nearest_rows(few, data.train).to(data.train.device)].cpu()
    return Images(
        "Nearest training pictures",
        data.tiles(torch.cat([few, twins]), TILES),
        ("generated", "nearest"),
        caption="A generator that has learnt pictures by heart would show the same row twice.",
    )
