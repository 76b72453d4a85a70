r"""What can a picture teach without a label?

Ask a question whose answer the picture itself knows, and let a network find it. The answer is
worth nothing. What counts are the features that it takes: freeze the encoder, put a linear
classifier on top (a *probe*), give it a few labels, and compare with an encoder that never learnt
anything. This is *self-supervised* learning; self-training, which sounds alike, is learning from
one's own guesses at labels.

* **Colorization**: given lightness $L$, which colour $ab$ has each part? As a choice between bins
  $q$ of the $ab$ plane,
  $$\mathcal L = -\sum_{h,w} v(Z_{hw}) \sum_q Z_{hwq} \log \hat Z_{hwq}, \qquad
  w \propto \Bigl((1-\lambda)\,\tilde p + \tfrac{\lambda}{Q}\Bigr)^{-1},$$
  where $Z$ is the true colour spread over its five nearest bins and $v = w_{q^*}$ makes rare
  colours count; the colour shown is the mean of $\hat Z^{1/T}$, normalised. Regression on $ab$
  answers two equally likely colours with their mean, which is grey.
* **Jigsaw**: the tiles $x_{\sigma(1)}, \dots, x_{\sigma(9)}$ came in the order $\sigma$, one of a
  set of permutations far apart; $\mathcal L = -\log p(\sigma \mid x_{\sigma(1)}, \dots)$. Edges
  that continue would give it away, so tiles are cut with a gap and each is normalised.
* **Exemplar**: $N$ pictures are $N$ classes,
  $\mathcal L = -\sum_i \sum_T \log p(i \mid T x_i)$ with random transformations $T$. With many
  exemplars some look alike, and are told apart all the same.
* **Rotation**: by how many quarter turns was the picture turned?

All tasks train the same small encoder on lightness alone. Grey pictures are painted, so that there
is a colour to find.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import param
from numpy.typing import NDArray

from workbench import nets, probes, show
from workbench.chapters import Chapter, Claim, Published
from workbench.coloured import PAINTS, Coloured, coloured
from workbench.frames import Curves, Frame, Line, Trace, check_finite, schedule
from workbench.later import Generator, Later, Tensor, torch
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

if TYPE_CHECKING:
    from workbench import pretext
else:
    pretext = Later("workbench.pretext")  # its networks are PyTorch's modules

BATCH = 64
FRAMES = 24  # a frame trains probes, which takes longer than its steps
DRAWS, MORE_DRAWS = 3, 5  # of the probe's labels: in every frame, and in the last picture
COUNTS = (10, 20, 50, 100, 200, 500)  # labels of the last picture
POOL = 2000  # pictures whose labels may be bought
JUDGED = 300  # test pictures of a probe, and training pictures that may be neighbours
HINT = "Lower the learning rate."


class Settings(Base):
    """The knobs of the pretext tasks."""

    data = DataName("photos", label="Data", doc="The pictures; labels are for the probe alone.")
    kind = param.Selector(
        default="colorization",
        objects=["colorization", "jigsaw", "exemplar", "rotation"],
        label="Task",
        doc="What is asked of a picture.",
    )
    answer = param.Selector(
        default="bins",
        objects=["bins", "ab"],
        label="Answer",
        doc="Bins: choose between bins of colours. Ab: name two numbers and pay their squared "
        "error.",
    )
    width = Stops(
        20,
        [10, 15, 20, 25, 30, 40],
        label="Width of a bin",
        doc="In units of ab; Zhang et al.: 10.",
    )
    rebalance = param.Boolean(
        True, label="Rare colours count more", doc="Weigh places by how rare their colour is."
    )
    temperature = Stops(
        0.38,
        [0.05, 0.1, 0.2, 0.38, 0.6, 0.8, 1],
        label="Temperature",
        precedence=2,
        doc="Of the colour shown: 1 is the mean over the bins, near 0 the likeliest bin.",
    )
    paint = param.Selector(
        default=PAINTS[0],
        objects=list(PAINTS),
        label="Paint of grey pictures",
        doc="Grey pictures get one colour for each class, one of two, or any at all.",
    )
    side = Stops(2, [2, 3], label="Tiles a side", doc="2 makes four tiles, 3 makes nine.")
    orders = Stops(
        24,
        [2, 6, 12, 24, 50, 100, 200, 500, 1000],
        label="Permutations",
        doc="Orders to tell apart, far from each other; four tiles have 24.",
    )
    gap = param.Boolean(
        True, label="Gap between tiles", doc="Cut tiles at a random place of a larger cell."
    )
    normalise = param.Boolean(
        True, label="Normalise tiles", doc="Give every tile the same brightness and contrast."
    )
    exemplars = Stops(
        200,
        [10, 20, 50, 100, 200, 500, 1000, 2000, 8000],
        label="Exemplars",
        doc="Pictures to tell apart, each a class of its own.",
    )
    shift = param.Number(
        0.15, bounds=(0, 0.5), step=0.05, label="Shift", doc="Largest move, in shares of a side."
    )
    turn = Stops(15, [0, 5, 10, 15, 20, 30, 45, 90, 180], label="Turn", doc="Largest, in degrees.")
    zoom = param.Number(
        0.4, bounds=(0, 2), step=0.1, label="Zoom", doc="Largest, in doublings, both ways."
    )
    contrast = param.Number(
        0.8, bounds=(0, 3), step=0.1, label="Contrast", doc="Largest, in doublings, both ways."
    )
    labels = Stops(
        50,
        [10, 20, 50, 100, 200, 500, 1000, 2000],
        label="Labels for the probe",
        doc="How many pictures the probe may see labelled.",
    )
    lr = Stops(
        0.002,
        [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size.",
    )
    steps = Stops(
        300,
        [60, 100, 200, 300, 500, 1000, 2000, 5000],
        label="Steps",
        precedence=2,
        doc=f"Mini-batches of {BATCH} to train on.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the initial weights, the order of the data and the questions.",
    )

    relevant = {
        **dict.fromkeys(("answer", "paint"), lambda s: s.kind == "colorization"),
        **dict.fromkeys(
            ("width", "rebalance", "temperature"),
            lambda s: s.kind == "colorization" and s.answer == "bins",
        ),
        **dict.fromkeys(("side", "orders", "gap", "normalise"), lambda s: s.kind == "jigsaw"),
        **dict.fromkeys(
            ("exemplars", "shift", "turn", "zoom", "contrast"), lambda s: s.kind == "exemplar"
        ),
    }


def make_task(settings: Settings, album: Coloured, encoder: pretext.Encoder, generator):
    """The pretext task that the settings name, on the training pictures."""
    x = album.light
    if settings.kind == "jigsaw":
        return pretext.Jigsaw(
            x, int(settings.side), settings.orders, settings.gap, settings.normalise, generator
        )
    if settings.kind == "exemplar":
        strength = {name: getattr(settings, name) for name in ("shift", "turn", "zoom", "contrast")}
        return pretext.Exemplar(x, settings.exemplars, strength, generator)
    if settings.kind == "rotation":
        return pretext.Rotation(x, generator)
    mix = 0.5 if settings.rebalance else 1.0
    ab = pretext.under(encoder, album.ab)
    return pretext.Colorization(x, ab, settings.answer == "bins", settings.width, mix, generator)


class Learner:
    """An encoder, the task that teaches it, and its optimiser.

    All parameters become views of one vector, as `nets.Adam` wants them: torch.optim.Adam takes
    two seconds to import, which is when a reader wants to see the first frame.
    """

    def __init__(self, encoder: pretext.Encoder, task, lr: float):
        self.encoder, self.task = encoder, task
        parts = [*encoder.parameters(), *task.head.parameters()]
        flat = torch.cat([p.detach().flatten() for p in parts])[None]
        self.adam = nets.Adam([flat], lr)
        ends = np.cumsum([p.numel() for p in parts])
        for p, end in zip(parts, ends, strict=True):
            here = slice(end - p.numel(), end)
            p.data, p.grad = flat[0, here].view_as(p), flat.grad[0, here].view_as(p)

    def step(self, rows: Tensor, generator: Generator) -> None:
        """One update on questions about these rows."""
        x, y = self.task.ask(rows, generator)
        self.adam.zero_grad()
        self.task.loss(self.encoder, x, y).backward()
        self.adam.step()


def train(
    settings: Settings, device: str = "cpu", shown=None, alone: bool = False
) -> Iterator[Frame]:
    """Trains the encoder on its task, and beside it one on the labels, from the same weights.

    A frame after each of the steps `shown`, or after those of the usual schedule. For who wants
    the task's numbers only, `alone` leaves out the encoder beside it and all pictures, which is
    half of the work; the numbers are the same.
    """
    album = coloured(settings.data, device, settings.paint)
    generator = torch.Generator().manual_seed(settings.seed)
    untrained = pretext.Encoder(min(album.light.shape[-2:]), generator).to(device)
    pupil = copy.deepcopy(untrained)
    learners = [Learner(pupil, make_task(settings, album, pupil, generator), settings.lr)]
    if album.y is not None:
        taught, y = copy.deepcopy(untrained), torch.tensor(album.y, device=device)
        labels = pretext.Labels(album.light, y, album.classes, generator)
        learners.append(Learner(taught, labels, settings.lr))
    batches = nets.Batches(len(album.light), BATCH, [generator], device)
    exam = Exam(settings, album, learners, untrained)
    shown = shown or schedule(settings.steps, FRAMES)
    for step in range(1, settings.steps + 1):
        (rows,) = batches.draw()
        for learner in learners[:1] if alone else learners:
            learner.step(rows, generator)
        if step in shown:
            yield exam.frame(step, alone)


# --- what is measured


class Exam:
    """The questions of a run's frames, drawn once, and what does not change from frame to frame."""

    def __init__(self, settings: Settings, album: Coloured, learners: list[Learner], untrained):
        self.settings, self.album, self.learners = settings, album, learners
        pupil, task = learners[0].encoder, learners[0].task
        generator = torch.Generator().manual_seed(settings.seed + 1000)
        self.test, self.others = album.light_test[:JUDGED], album.light[:JUDGED]
        self.queries = show.one_of_each(album.y_test, len(self.test), 6)
        self.task = task.of(self.test, pretext.under(pupil, album.ab_test[:JUDGED]))
        rows = torch.arange(len(self.test), device=self.test.device)
        self.x, self.y = self.task.ask(rows, generator)
        self.fixed = {"chance": task.chance}
        if settings.kind == "jigsaw":
            self.fixed["edges"] = (task.by_seams(self.x) == self.y).float().mean().item()
        if settings.kind == "exemplar":
            self.fixed["collisions"] = pretext.collisions(task, generator)
        self.known = album.y is not None
        if self.known:
            self.encoders = {
                "pretext": pupil,
                "random": untrained,
                "raw": None,
                "supervised": learners[1].encoder,
            }
            for name in ("random", "raw"):
                self.fixed[f"probe_{name}"] = self.probe_mean(name)

    @torch.no_grad()
    def frame(self, step: int, alone: bool) -> Frame:
        """What the encoder knows after `step` steps."""
        settings, encoder = self.settings, self.learners[0].encoder
        last = step == settings.steps
        note = "done" if last else "training"
        logits = self.task.logits(encoder, self.x)
        scalars = {
            "loss": self.task.loss(encoder, self.x, self.y).item(),
            "accuracy": self.task.right(logits, self.y),
        } | self.fixed
        check_finite(step, scalars, HINT)
        test = features(encoder, self.test)
        if settings.kind == "colorization":
            said = self.task.colours(logits, settings.temperature)
            scalars |= hues(said, self.task.pixels(self.y))
        if self.known:
            scalars["probe_pretext"] = self.probe_mean("pretext", test)
        if alone:
            return Frame(step, settings.steps, scalars, {}, note)
        if self.known:
            scalars["probe_supervised"] = self.probe_mean("supervised")
        pictures = show.examples(self.task, self.album, self.x, self.y, logits, settings)
        near = probes.neighbours(test[self.queries], features(encoder, self.others), 6)
        pictures["neighbours"] = show.neighbours(self.album, self.queries, near)
        pictures["filters"] = show.filters(encoder, self.album)
        if last and self.known:
            pictures["labels"] = self.curve()
        return Frame(step, settings.steps, scalars, pictures, note)

    def probe_mean(self, name: str, test: NDArray | None = None) -> float:
        """Test accuracy with as many labels as the knob says, mean over few draws."""
        return float(np.mean(self.probe(name, [self.settings.labels], DRAWS, test)))

    def probe(self, name: str, counts, draws: int, test: NDArray | None = None) -> NDArray:
        """Test accuracy of probes with so many labels, for every draw of them [counts, draws]."""
        album, encoder, seed = self.album, self.encoders[name], self.settings.seed
        pool = album.y[:POOL]
        bought = np.stack(
            [probes.draw_labels(pool, max(counts), MORE_DRAWS * seed + r) for r in range(draws)]
        )
        rows, places = np.unique(bought, return_inverse=True)
        known = features(encoder, album.light[torch.from_numpy(rows).to(self.test.device)])
        known, y = known[places.reshape(bought.shape)], pool[bought]
        test, truth = features(encoder, self.test) if test is None else test, album.y_test[:JUDGED]
        return np.array(
            [
                [probes.probe(known[r, :n], y[r, :n], test, truth) for r in range(draws)]
                for n in counts
            ]
        )

    def curve(self) -> Curves:
        """Probe accuracy against the number of labels, for all four encoders."""
        most = min(POOL, len(self.album.y))
        counts = [count for count in COUNTS if count <= most] or [most]
        lines = []
        for name, title in PROBES.items():
            found = self.probe(name, counts, MORE_DRAWS)
            lines.append(
                Line(title, np.array(counts), found.mean(1), low=found.min(1), high=found.max(1))
            )
        return Curves(
            "Probe accuracy and labels",
            tuple(lines),
            "labels",
            "test accuracy",
            log_x=True,
            caption="A linear classifier on frozen features. Bands: least and most of "
            f"{MORE_DRAWS} draws of the labels.",
        )


@torch.no_grad()
def features(encoder: pretext.Encoder | None, x: Tensor) -> NDArray:
    """What a probe reads of light x [n, 1, h, w]: features [n, d], or the pixels themselves."""
    if encoder is None:
        return x.flatten(1).cpu().numpy()
    return torch.cat([encoder.features(part) for part in x.split(250)]).cpu().numpy()


def hues(said: Tensor, truth: Tensor) -> dict[str, float]:
    """How far off the colours are, and how colourful, in units of ab: [places, 2] each."""
    return {
        "error": (said - truth).square().sum(-1).mean().sqrt().item(),
        "chroma": said.norm(dim=-1).mean().item(),
        "chroma_true": truth.norm(dim=-1).mean().item(),
    }


PROBES = {
    "pretext": "this task",
    "random": "random weights",
    "raw": "pixels",
    "supervised": "taught all labels",
}

# --- the chapter


def measured(seed: int, at: int | None = None, **knobs) -> dict[str, float]:
    """The numbers of one run after the step `at`, or at its end."""
    settings = Settings(seed=seed, **knobs)
    return next(train(settings, shown={at or settings.steps}, alone=True)).scalars


def better_than_nothing(seed: int) -> tuple[bool, str]:
    """Probes on the features of a task and on random weights."""
    cases = {"colorization": {"data": "photos"}, "exemplar": {"data": "digits"}}
    ends = {kind: measured(seed, kind=kind, **knobs) for kind, knobs in cases.items()}
    holds = all(end["probe_pretext"] > end["probe_random"] for end in ends.values())
    return holds, "; ".join(
        f"{kind} {end['probe_pretext']:.3f} against {end['probe_random']:.3f}"
        for kind, end in ends.items()
    )


def squared_error_is_grey(seed: int) -> tuple[bool, str]:
    """How colourful both answers are when each kind has two opposite colours."""
    knobs = {"data": "digits", "paint": PAINTS[1], "temperature": 0.05}
    ends = {answer: measured(seed, answer=answer, **knobs) for answer in ("ab", "bins")}
    grey, bold, true = ends["ab"]["chroma"], ends["bins"]["chroma"], ends["ab"]["chroma_true"]
    return grey < true / 3 < bold, f"chroma {grey:.1f} and {bold:.1f}, true {true:.1f}"


def colour_must_be_there(seed: int) -> tuple[bool, str]:
    """Colorization when the paint depends on the digit, and when it does not."""
    one, any_ = (measured(seed, data="digits", paint=paint) for paint in (PAINTS[0], PAINTS[2]))
    holds = one["accuracy"] > 6 * one["chance"] and any_["accuracy"] < 3 * any_["chance"]
    return holds, (
        f"accuracy {one['accuracy']:.2f} and {any_['accuracy']:.2f}, chance {one['chance']:.2f}"
    )


def edges_give_away(seed: int) -> tuple[bool, str]:
    """Puzzles that are solved by comparing edges."""
    open_, shut = (
        measured(seed, at=1, kind="jigsaw", gap=on, normalise=on)["edges"] for on in (False, True)
    )
    return open_ > 0.5 and shut < 0.25, f"{open_:.2f}, then {shut:.2f}"


def exemplars_collide(seed: int) -> tuple[bool, str]:
    """The share of transformed exemplars that look more like another one."""
    counts = (20, 200, 2000)
    shares = [measured(seed, at=1, kind="exemplar", exemplars=n)["collisions"] for n in counts]
    return bool((np.diff(shares) > 0).all()), ", ".join(f"{share:.2f}" for share in shares)


CHAPTER = Chapter(
    name="selfsup",
    number=4,
    title="Self-supervision: pretext tasks",
    question="What can a picture teach without a label?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    traces=(
        Trace(
            "Pretext accuracy",
            {"accuracy": "held-out", "chance": "chance", "edges": "edges alone"},
            "accuracy",
            dashed=("chance", "edges"),
            log_x=True,
            caption="Right answers to the task itself. Good answers do not make good features.",
        ),
        Trace(
            "Probe accuracy",
            {f"probe_{name}": title for name, title in PROBES.items()},
            "test accuracy",
            dashed=("probe_random", "probe_raw"),
            log_x=True,
            caption="A linear classifier on the frozen features, with the labels of the knob; "
            f"means of {DRAWS} draws of the labels.",
        ),
        Trace(
            "Colourfulness",
            {"chroma": "answered", "chroma_true": "true"},
            "chroma",
            dashed=("chroma_true",),
            log_x=True,
            caption="Mean distance from grey in the ab plane. Squared error plays safe: grey.",
        ),
    ),
    layout=(
        "Pretext accuracy",
        "examples",
        "Probe accuracy",
        "labels",
        "colours",
        "mistakes",
        "neighbours",
        "Colourfulness",
        "filters",
    ),
    thumbnail="examples",
    reading={
        "accuracy": "Held-out questions that are answered rightly.",
        "chance": "What guessing gets right.",
        "edges": "Puzzles solved by comparing edges, without any learning.",
        "collisions": "Transformed exemplars that look more like another exemplar, pixel by pixel.",
        "probe_pretext": "Test accuracy of a linear classifier on the features of this task.",
        "probe_random": "The same on an encoder that learnt nothing.",
        "probe_raw": "The same on the pixels.",
        "probe_supervised": "The same on an encoder taught with every training label.",
        "error": "Root mean squared distance between answered and true colour, in the ab plane.",
        "chroma": "Mean distance of the answered colours from grey.",
    },
    claims=(
        Claim(
            "better-than-nothing",
            "With 50 labels, a probe on features of colorization "
            "(photographs) and of exemplars (digits) beats one on random weights.",
            better_than_nothing,
        ),
        Claim(
            "grey",
            "Where every digit has two opposite colours, squared error answers with less "
            "than a third of the true chroma, and the likeliest bin with more.",
            squared_error_is_grey,
        ),
        Claim(
            "predictable",
            "Colours that depend on the digit are learnt, colours that do not are not.",
            colour_must_be_there,
        ),
        Claim(
            "edges",
            "Comparing edges solves more than half of the puzzles without gap and "
            "normalisation, and less than a quarter with both (photographs).",
            edges_give_away,
        ),
        Claim(
            "collisions",
            "Of 20, 200 and 2000 exemplars, more collide the more there are.",
            exemplars_collide,
        ),
    ),
    published=(
        Published(
            "Colorization: trials in which people took its colours for the true ones",
            "32 %",
            "Zhang, Isola & Efros 2016, abstract",
        ),
        Published(
            "Jigsaw, ImageNet, linear classifier on frozen features",
            "38.1 %",
            "Noroozi & Favaro 2016, abstract of arXiv version 1",
        ),
        Published(
            "Jigsaw, detection on PASCAL VOC 2007, against 56.5 % with labels",
            "51.8 %",
            "Noroozi & Favaro 2016, abstract of arXiv version 1",
        ),
        Published(
            "Exemplar-CNN on STL-10 and CIFAR-10",
            "72.8 % and 82 %",
            "Dosovitskiy et al. 2014, as listed by Papers with Code",
        ),
    ),
    try_this=(
        ("Squared error: where have the colours gone?", "answer=ab"),
        ("Two colours a digit: grey or a choice?", "data=digits&paint=two+a+kind&answer=ab"),
        ("Colours that nobody can know", "data=digits&paint=any"),
        ("Digits as puzzles", "data=digits&kind=jigsaw"),
        ("A puzzle for edges: look at the dashed line", "kind=jigsaw&gap=false&normalise=false"),
        ("Exemplars", "kind=exemplar&data=digits"),
        ("Too many exemplars", "kind=exemplar&exemplars=2000&data=digits"),
        (
            "Exemplars that stay as they are",
            "kind=exemplar&shift=0&turn=0&zoom=0&contrast=0&data=digits",
        ),
    ),
)
