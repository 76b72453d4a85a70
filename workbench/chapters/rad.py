r"""How do you learn on when the labels lie?

Batches of samples arrive one after the other, and a share of their labels is wrong. RAD (robust
anomaly detection, Zhao et al. 2019) begins with one clean batch and then believes only what it has
reason to believe. It keeps a set $\mathcal D^*$ and two models trained on it, the label model $L$
and the classifier $C$. Of a batch $(x_i, \tilde y_i)$ it keeps

* **RAD**: the samples with $L(x_i) = \tilde y_i$;
* **RAD Voting**: where $L$ disagrees, $C$ decides. If $C(x_i) = \tilde y_i$ the label stays, if
  $C(x_i) = L(x_i)$ it becomes theirs, and otherwise the sample is dropped;
* **RAD Active Learning**: as Voting, but an expert names the class of what would be dropped, for at
  most so many samples of a batch;
* **RAD Slim**: no $L$; where $C(x_i) \ne \tilde y_i$, ask the expert or drop.

Then $\mathcal D^*$ grows by what was kept and both models are trained anew. **Ensemble** lets RAD's
$L$ and $C$ predict together (the mean of their probabilities: the paper's rule was not to be had).
They stand between **No-Sel**, which believes everything, and **Opt-Sel**, which drops exactly the
wrong labels. Opt-Sel is no upper bound: it learns from fewer samples than **Full-clean**, which has
an expert look at everything.

Of $B$ labels in a batch, $\lfloor B \cdot \mathcal N(\mu, \sigma) \rfloor$ are wrong, at least
none and at most all; a wrong label is any other class with equal odds. The paper is quoted with
"$40 \pm 8$" and with "$\mathcal N(40, \sqrt{80})$" for the same batch of 400, which cannot both be
meant; the authors' code takes $\sigma = 0.2$ of the batch. So $\sigma$ is a knob: relative to
$\mu$, or absolute.

All of it rests on one condition: $C$ must be hurt by wrong labels. A tree grown to pure leaves
learns them by heart and has much to gain; a network that resists them has little to gain from
throwing samples away.
"""

from collections import deque
from collections.abc import Iterator
from functools import partial

import numpy as np
import param
from numpy.typing import NDArray

from workbench import estimators, selection
from workbench.chapters import Chapter, Claim, Published
from workbench.data import tables
from workbench.data.tables import TableSet
from workbench.frames import Bars, Curves, Frame, HeatMap, Images, Line, Table, Trace, check_finite
from workbench.selection import RULES, Batch, Course, Learner, Noise, Verdict, Walk
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

TESTED = 1000  # clean test samples, as in Zhao et al.
SHOWN = 6  # examples in a row of pictures, and rows of the table of relabelled samples
ASKING = ("active", "slim", "full_clean")


class Settings(Base):
    """The knobs of RAD."""

    stream = param.Selector(
        default="pictures",
        objects=["pictures", *tables.names()],
        label="Stream",
        doc="What arrives: pictures (the data knob), simulated IoT attacks or cluster tasks, or a "
        "real table from the data folder.",
    )
    data = DataName("digits", label="Data", doc="The pictures, or a .csv of yours with labels.")
    noise = param.Number(
        0.3,
        bounds=(0, 1),
        step=0.05,
        label="Noise level",
        doc="Mean share of wrong labels in a batch.",
    )
    noise_std = param.Number(
        0.2,
        bounds=(0, 1),
        step=0.05,
        label="Noise std",
        doc="How much that share varies from batch to batch.",
    )
    spread = param.Selector(
        default="relative",
        objects=["relative", "absolute"],
        label="Noise std is",
        doc="Relative: std times the level (the paper's 40 +/- 8). Absolute: std itself, as in the "
        "authors' code.",
    )
    classifier = param.Selector(
        default="decision tree",
        objects=list(estimators.NAMES),
        label="Classifier C",
        doc="What is to be trained. Trees learn wrong labels by heart, the network resists.",
    )
    label_model = param.Selector(
        default="k-NN",
        objects=list(estimators.NAMES),
        label="Label model L",
        doc="What judges labels.",
    )
    budget = Stops(
        5,
        [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
        label="Questions a batch",
        doc="How many samples of a batch the expert may be asked about (Active, Slim).",
    )
    look = param.Selector(
        default="active",
        objects=["rad", "voting", "active", "slim"],
        label="Look at",
        doc="The variant whose choices are shown.",
    )
    initial = Stops(
        100,
        [10, 20, 50, 100, 200, 500, 1000, 2000, 6000],
        label="Clean samples at first",
        precedence=2,
        doc="Size of the first batch, which is clean.",
    )
    batch = Stops(
        60,
        [10, 20, 30, 60, 100, 200, 300, 500, 1000, 2000],
        label="Batch",
        precedence=2,
        doc="Samples that arrive at once; fewer if the data do not reach.",
    )
    voting = param.Boolean(True, label="RAD Voting", precedence=2, doc="Train it beside RAD.")
    active = param.Boolean(True, label="RAD Active", precedence=2, doc="Train it beside RAD.")
    slim = param.Boolean(True, label="RAD Slim", precedence=2, doc="Train it beside RAD.")
    ensemble = param.Boolean(
        True, label="Ensemble", precedence=2, doc="Let RAD's L and C predict together."
    )
    no_sel = param.Boolean(
        True, label="No-Sel", precedence=2, doc="Train a classifier on all labels as they are."
    )
    opt_sel = param.Boolean(
        True, label="Opt-Sel", precedence=2, doc="Train a classifier on the right labels alone."
    )
    full_clean = param.Boolean(
        True, label="Full-clean", precedence=2, doc="Train a classifier on the true labels of all."
    )
    steps = Stops(20, [20, 30, 40, 60], label="Batches", precedence=2, doc="Batches that arrive.")
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the order of the samples, the wrong labels and the models' own random numbers.",
    )

    relevant = {
        "data": lambda s: s.stream == "pictures",
        "noise_std": lambda s: s.noise > 0 or s.spread == "absolute",
        "spread": lambda s: s.noise > 0,
        "budget": lambda s: s.active or s.slim or s.look in ASKING,
    }


def shown(settings: Settings) -> list[str]:
    """The rules to train: RAD, those that are switched on, and the one that is looked at."""
    wanted = {rule for rule in RULES if getattr(settings, rule, False)}
    return [rule for rule in RULES if rule in wanted | {"rad", settings.look}]


def open_stream(settings: Settings) -> tuple[TableSet, Course]:
    """The data, and the stream that these settings make of it. Raises data.DataError.

    Columns of tables are scaled by mean and standard deviation of the first, clean batch: nothing
    else is known to a learner at the start.
    """
    pictures = settings.stream == "pictures"
    data = tables.rows_of(settings.data) if pictures else tables.load(settings.stream)
    noise = Noise(settings.noise, settings.noise_std, settings.spread == "relative")
    make = partial(
        selection.stream,
        y=data.y_train,
        classes=len(data.classes),
        noise=noise,
        initial=settings.initial,
        batch=settings.batch,
        count=settings.steps,
        seed=settings.seed,
    )
    scale = _identity
    if data.seen_train is None:
        scale = _standard(make(data.x_train)[0].x)
    rows = np.random.default_rng(0).permutation(len(data.x_test))[:TESTED]
    batches = make(scale(data.x_train))
    return data, Course(batches, scale(data.x_test[rows]), data.y_test[rows], data.classes)


def _identity(x: NDArray) -> NDArray:
    return x


def _standard(known: NDArray):
    mean, std = known.mean(0), known.std(0)
    return lambda x: ((x - mean) / np.where(std > 1e-6, std, 1)).clip(-10, 10)


def learner(rule: str, settings: Settings, course: Course) -> Learner:
    """A learner that follows the rule, after the first, clean batch."""
    make_l, make_c = (
        partial(estimators.make, name, len(course.classes), settings.seed)
        for name in (settings.label_model, settings.classifier)
    )
    return Learner(rule, make_l, make_c, course.batches[0], settings.budget)


def walk(settings: Settings, batches: int) -> tuple[TableSet, Walk]:
    """The data, and the first `batches` of the stream to go through by hand.

    The rule is the one that `look` names. Raises data.DataError.
    """
    data, course = open_stream(settings)
    course = course._replace(batches=course.batches[: batches + 1])
    return data, Walk(learner(settings.look, settings, course), course)


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Runs all variants over one stream and yields a frame for every batch.

    The models are small and mostly scikit-learn's, so all of it happens on the CPU.
    """
    data, course = open_stream(settings)
    learners = {rule: learner(rule, settings, course) for rule in shown(settings)}
    history = History(settings, data, course)
    for step, batch in enumerate(course.batches[1:], 1):
        verdicts = {rule: one.meet(batch) for rule, one in learners.items()}
        scalars = measure(settings, course, batch, learners, verdicts[settings.look])
        history.add(batch, verdicts[settings.look], learners, scalars)
        check_finite(step, scalars, "Choose another classifier.")
        note = f"{len(batch)} samples, {(batch.given != batch.truth).sum()} wrong labels"
        yield Frame(step, settings.steps, scalars, history.pictures(learners, scalars), note)


# --- what is measured


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


class History:
    """What the pictures need to remember of the batches before."""

    def __init__(self, settings: Settings, data: TableSet, course: Course):
        self.settings, self.data, self.course = settings, data, course
        self.title = RULES[settings.look].title
        classes = len(course.classes)
        self.arrived, self.kept = np.zeros(classes), np.zeros(classes)
        self.costs: dict[str, list[tuple[int, float]]] = {}
        self.tiles: dict[str, deque] = {name: deque(maxlen=SHOWN) for name in FATES}

    def add(self, batch: Batch, seen: Verdict, learners, scalars) -> None:
        """Remembers a batch, and notes in `scalars` how far the balance of classes has drifted."""
        classes = len(self.arrived)
        self.batch, self.seen = batch, seen
        self.arrived += np.bincount(batch.truth, minlength=classes)
        self.kept += np.bincount(batch.truth[seen.kept], minlength=classes)
        shares = [part / max(1, part.sum()) for part in (self.arrived, self.kept)]
        scalars["drift"] = float(np.abs(shares[0] - shares[1]).sum() / 2)
        for name, mask in fates_of(batch, seen).items():
            rows = np.flatnonzero(mask)[-SHOWN:]
            self.tiles[name].extend(drawn(self.data, batch.x[rows], batch.rows[rows]))
        for rule in ("active", "slim"):
            if rule in learners:
                point = learners[rule].asked, scalars[rule]
                self.costs.setdefault(rule, []).append(point)

    def pictures(self, learners: dict[str, Learner], scalars: dict[str, float]) -> dict:
        one = learners[self.settings.look]
        return {
            "fates": fates(self.batch, self.seen, self.title),
            "examples": examples(self.data, self.tiles, self.title),
            "variants": variants(learners, scalars),
            "costs": costs(self.costs),
            "classes": class_rates(self.course.classes, self.arrived, self.kept, self.title),
            "confusion": confusion(one, self.course),
            "relabelled": relabelled(self.course.classes, self.batch, self.seen, self.title),
        }


# --- pictures


# what can become of a sample: in words, and short; + is as it should be
FATES = {
    "kept, label right": "keep +",
    "kept, label wrong": "keep -",
    "relabelled rightly": "change +",
    "relabelled wrongly": "change -",
    "asked": "ask",
    "dropped, label wrong": "drop +",
    "dropped, label right": "drop -",
}


def fates_of(batch: Batch, seen: Verdict) -> dict[str, NDArray]:
    """Masks [n] of what became of the samples of a batch, by the words of FATES; each sample is in
    one."""
    clean, right = batch.given == batch.truth, seen.labels == batch.truth
    asked = np.zeros(len(batch), bool)
    asked[seen.asked] = True
    believed = seen.kept & ~seen.relabelled & ~asked
    changed, dropped = seen.relabelled, ~seen.kept
    masks = (
        believed & right,
        believed & ~right,
        changed & right,
        changed & ~right,
        asked,
        dropped & ~clean,
        dropped & clean,
    )
    return dict(zip(FATES, masks, strict=True))


def fates(batch: Batch, seen: Verdict, title: str) -> Bars:
    counts = [mask.sum() for mask in fates_of(batch, seen).values()]
    return Bars(
        "What became of the batch",
        tuple(FATES.values()),
        np.array(counts, float),
        y_label="samples",
        caption=f"{title}: labels kept, changed, asked for, samples dropped; + rightly, - wrongly.",
    )


def examples(data: TableSet, newest: dict[str, deque], title: str) -> Images:
    names = tuple(name for name in newest if name != "kept, label right")
    tiles = np.zeros((len(names), SHOWN, *data.shape), np.float32)
    for row, name in zip(tiles, names, strict=True):
        row[: len(newest[name])] = np.reshape(newest[name], (-1, *data.shape))
    flows = "" if data.seen_train is not None else " Each picture is the features of one sample."
    return Images(
        "Mistakes and doubts",
        tiles,
        names,
        caption=f"{title}: the newest of each kind so far.{flows}",
    )


def drawn(data: TableSet, x: NDArray, rows: NDArray) -> NDArray:
    """Samples x [n, d], `rows` [n] of the data, as pictures [n, height, width] in [0, 1]."""
    if data.seen_train is not None:
        return data.seen_train[rows]
    height, width = data.shape
    tiles = np.zeros((len(x), height * width), np.float32)
    tiles[:, : x.shape[1]] = (0.5 + x / 6).clip(0, 1)  # 3 standard deviations either way
    return tiles.reshape(-1, height, width)


def variants(learners: dict[str, Learner], scalars: dict[str, float]) -> Table:
    def row(name: str, one: Learner) -> tuple:
        wrong = int((one.y != one.truth).sum())
        return ACCURACY[name], f"{scalars[name]:.3f}", len(one.y), wrong, one.asked

    return Table(
        "The variants so far",
        ("variant", "accuracy", "samples", "wrong", "asked"),
        tuple(row(*each) for each in learners.items()),
        caption="Samples each has learnt from, how many of them under a wrong label, and questions "
        "asked. Opt-Sel drops what is wrong and so has fewer samples than those who ask.",
    )


def costs(points: dict[str, list[tuple[int, float]]]) -> Curves:
    lines = []
    for rule, path in points.items():
        asked, accuracy = np.array(path, float).T
        lines.append(Line(RULES[rule].title, asked, accuracy))
    return Curves(
        "Accuracy for questions",
        tuple(lines),
        "questions so far",
        "accuracy",
        caption="What an answer of the expert buys.",
    )


def class_rates(classes: tuple[str, ...], arrived: NDArray, kept: NDArray, title: str) -> Bars:
    return Bars(
        "Kept of each class",
        classes,
        kept / np.maximum(arrived, 1),
        "true class",
        "share",
        caption=f"{title}, all batches so far. Low bars: a class that the filter starves.",
    )


def confusion(one: Learner, course: Course) -> HeatMap:
    n = len(course.classes)
    counts = np.zeros((n, n))
    np.add.at(counts, (course.y_test, one.models.C.predict(course.x_test)), 1)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return HeatMap(
        "Confusion",
        shares,
        course.classes,
        course.classes,
        "said",
        "true",
        "share",
        caption=f"{one.rule.title}: what C says of the clean test samples of each class.",
    )


def relabelled(classes: tuple[str, ...], batch: Batch, seen: Verdict, title: str) -> Table:
    rows = np.flatnonzero(seen.relabelled)
    right = (seen.labels == batch.truth)[rows]
    return Table(
        "Relabelled in this batch",
        ("came as", "became", "is", "verdict"),
        tuple(
            (
                classes[batch.given[i]],
                classes[seen.labels[i]],
                classes[batch.truth[i]],
                "right" if ok else "wrong",
            )
            for i, ok in zip(rows[:SHOWN], right, strict=False)
        ),
        caption=f"{title}: {len(rows)} relabelled, {int(right.sum())} of them rightly.",
    )


# --- claims


SWITCHES = tuple(name for name in [*RULES, "ensemble"] if name != "rad")


def last(*rules: str, **knobs) -> dict[str, float]:
    """The numbers at the end of a run of RAD and these variants; without any, of all."""
    alone = {name: name in rules for name in SWITCHES} | {"look": "rad"} if rules else {}
    *_, frame = train(Settings(**(alone | knobs)))
    return frame.scalars


def _said(end: dict[str, float], *names: str) -> str:
    return ", ".join(f"{name} {end[name]:.3g}" for name in names)


def rad_holds(seed: int) -> tuple[bool, str]:
    """RAD and No-Sel with a tree."""
    end = last("no_sel", "opt_sel", seed=seed)
    return end["rad"] > end["no_sel"] + 0.10, _said(end, "rad", "no_sel", "opt_sel")


def filter_cleans(seed: int) -> tuple[bool, str]:
    """What RAD has learnt from."""
    settings = Settings(seed=seed, look="rad")
    _, course = open_stream(settings)
    one = learner("rad", settings, course)
    for batch in course.batches[1:]:
        one.meet(batch)
    fresh = slice(len(course.batches[0]), None)
    purity = float((one.y == one.truth)[fresh].mean())
    return purity > 0.85, f"{purity:.3f} of the labels that were kept are right"


def robust_c(seed: int) -> tuple[bool, str]:
    """What RAD gains over No-Sel with a network and with a tree."""
    ends = [last("no_sel", seed=seed, classifier=name) for name in ("MLP", "decision tree")]
    gains = [end["rad"] - end["no_sel"] for end in ends]
    said = (f"{gain:+.3f} ({end['memorised']:.0%})" for gain, end in zip(gains, ends, strict=True))
    return gains[0] < gains[1] / 3, "gain (memorised) with MLP, tree: " + ", ".join(said)


def active_is_cheaper(seed: int) -> tuple[bool, str]:
    """Questions of Active and Slim without a limit."""
    end = last("active", "slim", seed=seed, budget=2000)
    return 2 * end["asked_active"] < end["asked_slim"], _said(end, "asked_active", "asked_slim")


def opt_sel_has_less(seed: int) -> tuple[bool, str]:
    """Samples of Opt-Sel and Full-clean."""
    *_, frame = train(Settings(seed=seed, noise=0.4))
    samples = {row[0]: row[2] for row in frame.pictures["variants"].rows}
    few, all_of_them = samples["Opt-Sel"], samples["Full-clean"]
    return all_of_them > 1.4 * few, f"{few} and {all_of_them} samples"


def attacks(seed: int) -> tuple[bool, str]:
    """RAD and No-Sel on simulated attacks at 40 %."""
    end = last("no_sel", "opt_sel", seed=seed, stream="iot", noise=0.4, initial=500, batch=100)
    return end["rad"] > end["no_sel"] + 0.07, _said(end, "rad", "no_sel", "opt_sel")


ACCURACY = {
    "rad": "RAD",
    "voting": "Voting",
    "active": "Active",
    "slim": "Slim",
    "ensemble": "Ensemble",
    "no_sel": "No-Sel",
    "opt_sel": "Opt-Sel",
    "full_clean": "Full-clean",
}
CHAPTER = Chapter(
    name="rad",
    number=7,
    title="RAD: learning on-line from lying labels",
    question="How do you learn on when the labels lie?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    traces=(
        Trace(
            "Accuracy on clean test data",
            ACCURACY,
            "accuracy",
            x_label="batch",
            caption="No-Sel believes every label, Opt-Sel drops exactly the wrong ones.",
            dashed=("no_sel", "opt_sel", "full_clean"),
        ),
        Trace(
            "What the filter keeps",
            {
                "kept": "share kept",
                "purity": "purity (precision)",
                "recall": "recall",
                "noise": "wrong labels in the batch",
            },
            "share",
            x_label="batch",
            caption="Purity: kept samples learnt under their true label. Recall: samples that came "
            "with the right label and were kept.",
            dashed=("noise",),
        ),
        Trace(
            "Questions asked",
            {"asked_active": "Active", "asked_slim": "Slim", "asked_full_clean": "Full-clean"},
            "questions so far",
            x_label="batch",
            caption="What each variant costs the expert.",
        ),
        Trace(
            "Drift of the class balance",
            {"drift": "distance"},
            "total variation",
            x_label="batch",
            caption="Between the classes that arrived and those that were kept: 0 is faithful.",
        ),
        Trace(
            "Learnt by heart",
            {"memorised": "No-Sel"},
            "share of the wrong labels",
            x_label="batch",
            caption="Wrong labels that No-Sel's classifier repeats. Only a classifier that "
            "memorises can be helped by a filter.",
        ),
    ),
    layout=(
        "Accuracy on clean test data",
        "What the filter keeps",
        "fates",
        "variants",
        "examples",
        "Questions asked",
        "costs",
        "classes",
        "confusion",
        "relabelled",
        "Drift of the class balance",
        "Learnt by heart",
    ),
    thumbnail="Accuracy on clean test data",
    reading={
        "rad": "Accuracy of RAD's classifier on clean test data.",
        "no_sel": "Accuracy when every label is believed: what to beat.",
        "opt_sel": "Accuracy when exactly the wrong labels are dropped.",
        "kept": "Share of the newest batch that was kept.",
        "purity": "Share of what was kept that is learnt under its true label.",
        "recall": "Share of the rightly labelled samples that were kept.",
        "asked_active": "Questions that RAD Active Learning has asked so far.",
        "asked_slim": "Questions that RAD Slim has asked so far.",
        "drift": "How far the classes kept are from those that arrived: 0 to 1.",
        "memorised": "Share of the wrong labels that No-Sel's classifier repeats.",
    },
    claims=(
        Claim(
            "rad-holds",
            "With a decision tree and 30 % wrong labels RAD ends more than 0.10 "
            "above No-Sel (digits).",
            rad_holds,
        ),
        Claim(
            "filter-cleans",
            "Of the labels that RAD keeps at 30 % noise more than 85 % are "
            "right (digits, k-NN as L).",
            filter_cleans,
        ),
        Claim(
            "c-must-memorise",
            "With a network that resists wrong labels RAD gains less than a "
            "third of what it gains with a tree that learns them by heart (digits, 30 %).",
            robust_c,
        ),
        Claim(
            "active-is-cheaper",
            "Without a limit Active asks less than half as many questions as Slim (digits, 30 %).",
            active_is_cheaper,
        ),
        Claim(
            "opt-sel-has-less",
            "At 40 % noise Full-clean learns from more than 1.4 times as many samples as Opt-Sel.",
            opt_sel_has_less,
        ),
        Claim(
            "attacks",
            "On simulated IoT attacks with 40 % wrong labels RAD ends more than 0.07 "
            "above No-Sel (decision tree).",
            attacks,
        ),
    ),
    published=(
        Published(
            "IoT attacks: accuracy up to (gain over no selection)",
            "98 % (+11)",
            "Zhao et al., DSN 2019, abstract",
        ),
        Published(
            "Cluster tasks: accuracy up to (gain)", "83 % (+20)", "Zhao et al., DSN 2019, abstract"
        ),
        Published("IoT attacks (gain)", "98 % (+11)", "arXiv 1911.04383, abstract"),
        Published("Cluster tasks at 40 % noise (gain)", "84 % (+20)", "arXiv 1911.04383, abstract"),
        Published(
            "Faces of 20 celebrities at 30 % noise (gain)",
            "74 % (+28)",
            "arXiv 1911.04383, abstract",
        ),
        Published(
            "IoT attacks at 40 % noise (gain)",
            "98.95 % (+7)",
            "arXiv 2103.10824 (TDSC 2021), abstract",
        ),
        Published(
            "Cluster tasks at 40 % noise (gain)",
            "85.03 % (+14)",
            "arXiv 2103.10824 (TDSC 2021), abstract",
        ),
        Published(
            "Faces of 100 celebrities at 30 % noise (gain)",
            "77.51 % (+39)",
            "arXiv 2103.10824 (TDSC 2021), abstract",
        ),
    ),
    try_this=(
        ("40 % of the labels lie: who sinks?", "noise=0.4"),
        ("A network instead of a tree: is there anything to repair?", "classifier=MLP"),
        ("No wrong labels: what does the filter cost?", "noise=0"),
        ("No limit on questions: what do Active and Slim ask?", "budget=2000"),
        ("Simulated botnet attacks", "stream=iot&initial=500&batch=100&noise=0.4"),
        (
            "Cluster tasks: which class does the filter starve?",
            "stream=cluster&initial=500&batch=100&look=rad",
        ),
    ),
)
