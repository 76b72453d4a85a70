r"""Which instance made the bag positive?

In multi-instance learning a label belongs to a bag, not to what is in it: somewhere on this slide
is a tumour, one shape of this molecule smells. With $y_k$ the unknown labels of the instances
$x_1, \dots, x_K$, the standard assumption is $Y = \max_k y_k$. What is in a bag has no order, so
the network embeds each instance, $h_k = f(x_k)$, and pools.

**Instance level**: a classifier gives every instance a probability $p_k$, and the bag gets their
max, their mean, the *noisy-or* $1 - \prod_k (1 - p_k)$, or *log-sum-exp*
$\frac 1r \log \frac 1K \sum_k e^{r p_k}$, which lies between mean and max. **Embedding level**: the
max of every feature, the mean, or **attention** (Ilse et al. 2018), a mean whose weights are
learnt,

$$z = \sum_k a_k h_k, \qquad a_k = \frac{\exp\{w^\top \tanh(V h_k)\}}
{\sum_j \exp\{w^\top \tanh(V h_j)\}},$$

and one classifier reads $z$. *Gated* attention multiplies the hyperbolic tangent by
$\mathrm{sigm}(U h_k)$. Nobody tells the network which instance it was; the weights say what it
thinks.

Mind three things. Weights compare instances of *one* bag: in a negative bag, where there is nothing
to find, they sum to 1 all the same. Of bags drawn at random nearly all are positive (of ten digits
65 % hold a nine, of fifty 99.5 %), so bags are balanced here unless you say otherwise. And train
and test bags share no instance.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import param
from numpy.typing import NDArray

from workbench import convnet, formulas, metrics, nets, pooling
from workbench.chapters import Chapter, Claim, Published
from workbench.data import bagtask, realbags
from workbench.data.bags import RULES, Bags
from workbench.data.bagtask import Task
from workbench.frames import Bars, Frame, Images, Scatter, Table, Trace, check_finite, schedule
from workbench.later import F, Tensor, torch
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

BATCH = 32  # bags in a step; whole vector registers, see nets.LANES
SHOWN = 256  # training bags that a frame's numbers are measured on
UNITS, ATTENTION = 32, 32  # M and L of Ilse et al., who have 500 and 128


class Settings(Base):
    """The knobs of multi-instance learning."""

    data = DataName("digits", label="Data", doc="Pictures to make bags of, or your own bags.")
    source = param.Selector(
        default="pictures",
        objects=["pictures", *realbags.names()],
        label="Bags",
        doc="Made of pictures (the data knob), or real ones from the data folder.",
    )
    pooling = param.Selector(
        default="attention",
        objects=list(pooling.KINDS),
        label="Pooling",
        doc="What turns the instances of a bag into one answer; the first four pool the "
        "probabilities of instances, the others their embeddings.",
    )
    bags = Stops(
        200,
        [10, 20, 50, 100, 150, 200, 300, 400, 500, 1000],
        label="Training bags",
        doc="How many labelled bags there are to learn from.",
    )
    size = Stops(
        10, [2, 5, 10, 20, 30, 50, 70, 100], label="Bag size", doc="Mean number of instances."
    )
    spread = param.Number(
        0.2,
        bounds=(0, 0.5),
        step=0.05,
        label="Spread of sizes",
        precedence=2,
        doc="Standard deviation of the sizes, as a share of the mean.",
    )
    share = param.Number(
        0.1,
        bounds=(0.01, 0.5),
        step=0.01,
        label="Witnesses (share)",
        doc="Share of a positive bag that makes it positive; at least one instance.",
    )
    exact = param.Boolean(
        True,
        label="Exact share",
        precedence=2,
        doc="Off: each instance of a positive bag is a witness with that probability, and one is "
        "at least. Bags of ten then have 1.5 of them instead of 1, as in Ilse et al.",
    )
    witness = param.Integer(
        9,
        bounds=(0, 9),
        label="Witness class",
        doc="The class that makes a bag positive; counted from the first again if there are fewer.",
    )
    rule = param.Selector(
        default="one",
        objects=list(RULES),
        label="Positive if",
        doc="One witness is there; two or more are counted; or two kinds are, the witness class "
        "and the class after it.",
    )
    positives = Stops(
        0,
        [0, 1, 2, 5, 10, 20, 50, 100],
        label="Positive bags",
        doc="How many of the training bags are positive; 0 makes it half of them.",
    )
    balanced = param.Boolean(
        True,
        label="Balanced",
        precedence=2,
        doc="Off: instances at random, and the rule decides. Test bags are always balanced.",
    )
    encoder = param.Selector(
        default="perceptron",
        objects=["perceptron", "convolutions"],
        label="Encoder",
        precedence=2,
        doc="What embeds an instance. Convolutions are more often right where bags "
        "are many and small, and take some fifteen times as long.",
    )
    lr = Stops(
        0.002,
        [0.0001, 0.0003, 0.001, 0.002, 0.003, 0.01],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size.",
    )
    steps = Stops(
        400,
        [50, 100, 200, 400, 800, 1600, 3200],
        label="Steps",
        precedence=2,
        doc=f"Mini-batches of {BATCH} bags to train on.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the bags, the initial weights and the order of the bags.",
    )

    relevant = dict.fromkeys(
        ("data", "size", "spread", "share", "witness", "rule", "balanced", "encoder"),
        lambda s: s.source == "pictures",
    ) | {
        **dict.fromkeys(("share", "exact"), lambda s: s.source == "pictures" and s.balanced),
        "positives": lambda s: s.source != "pictures" or s.balanced,
    }


# --- the network, and its training


class Network:
    """An encoder and a head for each run; `groups` are runs of one pooling, side by side.

    Instances are rows of `inputs` numbers; with a shape they are pictures, and the encoder is two
    convolutions.
    """

    def __init__(self, inputs: int, shape, runs: Sequence[Settings], device: str):
        generators = nets.generators([run.seed for run in runs])
        if shape:
            self.encoder = convnet.Cnn(shape, UNITS, generators, device)
        else:
            hidden = 64 if inputs <= 256 else 128
            self.encoder = nets.Mlp([inputs, hidden, UNITS], generators, device)
        self.head = pooling.Head(UNITS, ATTENTION, generators, device)
        self.kinds = kinds = [run.pooling for run in runs]
        self.groups = [
            (kind, slice(kinds.index(kind), kinds.index(kind) + kinds.count(kind)))
            for kind in dict.fromkeys(kinds)
        ]

    def parameters(self) -> list[Tensor]:
        return [*self.encoder.parameters(), *self.head.parameters()]

    def embed(self, x: Tensor) -> Tensor:
        """Embeddings h: x [runs, bags, instances, pixels] -> [runs, bags, instances, UNITS]."""
        return self.encoder(x.flatten(1, 2)).relu().view(*x.shape[:3], UNITS)

    def logits(self, h: Tensor, mask: Tensor) -> Tensor:
        """Log-odds of every bag, [runs, bags]."""
        return self._by_pooling(self.head.logits, h, mask)

    def weights(self, h: Tensor, mask: Tensor) -> Tensor:
        """What every instance counts for, [runs, bags, instances]."""
        return self._by_pooling(self.head.weights, h, mask)

    def learn(self, x: Tensor, mask: Tensor, y: Tensor) -> Tensor:
        """Log-odds of every bag, [runs, bags]; fills every parameter's .grad, zero before.

        Head and encoder are differentiated one after the other, so that what is known by hand is
        not worked out by autograd.
        """
        by_hand = isinstance(self.encoder, nets.Mlp)
        with torch.set_grad_enabled(not by_hand):
            h = self.embed(x)
        if len(self.groups) == 1:
            logits, to_h = self.head.learn(self.kinds[0], h, mask, y)
        else:
            found = [
                self.head.learn(kind, h[part], mask[part], y[part], part)
                for kind, part in self.groups
            ]
            logits, to_h = (torch.cat(parts) for parts in zip(*found, strict=True))
        if not by_hand:
            h.backward(to_h)
            return logits
        with torch.no_grad():  # ReLU lets a gradient through where its output is above zero
            to_h = torch.ops.aten.threshold_backward(to_h, h, 0)
            self.encoder.backward(to_h.flatten(1, 2))
        return logits

    def _by_pooling(self, answer, h: Tensor, mask: Tensor) -> Tensor:
        if len(self.groups) == 1:
            return answer(self.kinds[0], h, mask)
        return torch.cat([answer(kind, h[part], mask[part], part) for kind, part in self.groups])


def stacked(bags: Sequence[Bags], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """items, mask [runs, bags, instances] and y [runs, bags] of one set of bags a run."""
    parts = (np.stack([getattr(b, part) for b in bags]) for part in ("items", "mask", "y"))
    items, mask, y = (torch.from_numpy(part).to(device) for part in parts)
    return items, mask, y.float()


def fit(runs: Sequence[Settings], device: str, shown) -> Iterator[tuple]:
    """Trains runs that differ in stackable knobs, those of one pooling side by side, and yields
    (step, network, instances x, the task of each run, its loss) after the steps in `shown`."""
    tasks, first = [bagtask.task(run) for run in runs], runs[0]
    x = torch.from_numpy(tasks[0].x).to(device)  # equal in runs that can share a stack
    items, mask, y = stacked([work.train for work in tasks], device)
    shape = tasks[0].shape if first.encoder == "convolutions" else None
    model = Network(x.shape[1], shape, runs, device)
    adam = nets.Adam(model.parameters(), [run.lr for run in runs])
    count, first_of = y.shape[1], torch.arange(len(runs), device=device)[:, None] * y.shape[1]
    order = nets.generators([run.seed + 1000 for run in runs])
    batches = nets.Batches(count * -(-BATCH // count), BATCH, order, device)
    for step in range(1, first.steps + 1):
        rows = first_of + batches.draw() % count  # of few bags each is several times in the draw
        some, there, truth = (picked(part.flatten(0, 1), rows) for part in (items, mask, y))
        adam.zero_grad()
        logits = model.learn(picked(x, some), there, truth)
        adam.step()
        if step in shown:
            loss = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
            yield step, model, x, tasks, [row.mean().item() for row in loss]


def picked(table: Tensor, rows: Tensor) -> Tensor:
    """``table[rows]``, in half the time."""
    return table.index_select(0, rows.flatten()).view(*rows.shape, *table.shape[1:])


def train_together(
    runs: Sequence[Settings], device: str = "cpu", shown=None
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    order = sorted(range(len(runs)), key=lambda r: pooling.KINDS.index(runs[r].pooling))
    grouped = [runs[r] for r in order]
    for step, model, x, tasks, losses in fit(grouped, device, shown or schedule(runs[0].steps)):
        frames = snapshots(model, x, grouped, tasks, losses, step)
        yield [frames[order.index(r)] for r in range(len(runs))]


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one run and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


# --- what is measured


class Look(NamedTuple):
    """What one run says of some bags, all NumPy: p [bags] the probability of being positive,
    weights [bags, K], and spread [bags], the entropy of the weights from 0 (one instance has it
    all) to 1 (all are alike)."""

    p: NDArray
    weights: NDArray
    spread: NDArray


@torch.no_grad()
def look(model: Network, x: Tensor, bags: Sequence[Bags]) -> list[Look]:
    """What every run says of its bags."""
    items, mask, _ = stacked(bags, x.device.type)
    runs, count = items.shape[:2]
    rows = torch.arange(-(-count // BATCH) * BATCH, device=x.device) % count
    each = torch.arange(runs, device=x.device)[:, None]
    found = []
    for some in rows.split(2 * BATCH):  # whole vector registers, so that company changes nothing
        h, there = model.embed(x[items[each, some]]), mask[:, some]
        found.append((model.logits(h, there), model.weights(h, there)))
    logits, weights = (torch.cat(part, 1)[:, :count].cpu() for part in zip(*found, strict=True))
    spread = entropy(weights, mask.cpu()).numpy()
    parts = zip(logits.sigmoid().numpy(), weights.numpy(), spread, strict=True)
    return [Look(*part) for part in parts]


def entropy(weights: Tensor, mask: Tensor) -> Tensor:
    """Entropy of the weights, made to sum to 1, as a share of its largest value log K: [..., bags].

    A bag of one instance has 0.
    """
    a = weights / weights.sum(-1, keepdim=True).clamp_min(1e-30)
    bits = -torch.special.xlogy(a, a).sum(-1)
    return bits / mask.sum(-1).clamp_min(2).log()


def snapshots(
    model: Network,
    x: Tensor,
    runs: Sequence[Settings],
    tasks: Sequence[Task],
    losses: list[float],
    step: int,
) -> list[Frame]:
    """The frame of every run after `step` steps."""
    count = len(tasks[0].train.y)
    some = np.linspace(0, count - 1, min(SHOWN, count)).astype(int)
    tested = look(model, x, [work.test for work in tasks])
    train_bags = [work.train.take(some) for work in tasks]
    trained = look(model, x, train_bags)
    frames = []
    for r, (run, work) in enumerate(zip(runs, tasks, strict=True)):
        scalars = {
            "loss": losses[r],
            "auc": metrics.auc(work.test.y, tested[r].p),
            "train_auc": metrics.auc(train_bags[r].y, trained[r].p),
            **attention_numbers(work, tested[r]),
        }
        check_finite(step, scalars, "Lower the learning rate.")
        shown = pictures(model, r, x, work, tested[r], last=step == run.steps)
        note = f"{work.train.y.mean():.0%} of the training bags are positive"
        frames.append(Frame(step, run.steps, scalars, shown, note))
    return frames


def attention_numbers(work: Task, seen: Look) -> dict[str, float]:
    """Where the weights lie: their entropy, and whether witnesses have them, if any are known."""
    y = work.test.y
    scalars = {
        "spread_positive": float(seen.spread[y].mean()),
        "spread_negative": float(seen.spread[~y].mean()),
    }
    if work.known:
        witnesses = work.test.take(np.flatnonzero(y))
        weights = seen.weights[y]
        top = np.take_along_axis(witnesses.truth, weights.argmax(1)[:, None], 1)
        scalars["top_witness"] = float(top.mean())
        scalars["instance_auc"] = metrics.auc_within(witnesses.truth, weights, witnesses.mask)
    return scalars


@torch.no_grad()
def without_one(
    model: Network, r: int, x: Tensor, work: Task, bag: int, places: NDArray
) -> NDArray:
    """P(positive) of a test bag of run r when each of the `places` is taken out, [places]."""
    items, mask = (
        torch.from_numpy(part[bag]).to(x.device) for part in (work.test.items, work.test.mask)
    )
    some = x[items].expand(len(model.head.b), 1, *x[items].shape)
    h = model.embed(some)[r : r + 1].expand(1, len(places), -1, -1)
    there = mask.repeat(1, len(places), 1)
    there[0, range(len(places)), places] = False
    return model.head.logits(model.kinds[r], h, there, slice(r, r + 1))[0].sigmoid().cpu().numpy()


# --- pictures

STRIPS, LONGEST = (3, 2), 14  # positive and negative bags shown, and instances of each


def pictures(model: Network, r: int, x: Tensor, work: Task, seen: Look, last: bool) -> dict:
    y = work.test.y
    halves = [
        np.flatnonzero(y == label)[:n] for label, n in zip((True, False), STRIPS, strict=True)
    ]
    shown = np.concatenate(halves)
    sure = shown[np.argsort(-seen.p[shown], kind="stable")]
    bag = halves[0][work.test.mask[halves[0]].sum(1).argmax()]  # the longest positive one shown
    found = {
        "strips": Images(
            "Bags, the likeliest positive on top",
            strips(work, seen, sure),
            tuple(f"{'+' if y[b] else '-'} {seen.p[b]:.2f}" for b in sure),
            caption="Before each bag its true label and the probability. Instances by falling "
            "weight, the brighter the more; " + FRAMED[work.known],
        ),
        "removal": removal(model, r, x, work, seen, bag),
        "certainty": Scatter(
            "Attention and certainty",
            np.stack([seen.p, seen.spread], 1),
            y.astype(int),
            work.classes,
            "probability of a positive bag",
            "entropy of the weights",
            caption="Test bags. Entropy 1: every instance counts alike; 0: one has all the weight.",
        ),
        "making": making(work),
    }
    if last:
        found["mistakes"] = mistakes(work, seen)
    return found


FRAMED = {True: "witnesses are framed.", False: "nobody knows the witnesses."}


def strips(work: Task, seen: Look, bags: NDArray) -> NDArray:
    """Tiles [bags, columns, height, width]: the instances of each bag by falling weight, as bright
    as their share of the largest, witnesses in a frame."""
    test, columns = work.test, min(LONGEST, work.test.mask.shape[1])
    tiles = np.zeros((len(bags), columns, *work.seen.shape[1:]), np.float32)
    for row, bag in zip(tiles, bags, strict=True):
        weights = np.where(test.mask[bag], seen.weights[bag], -1)
        places = np.argsort(-weights, kind="stable")[: min(columns, test.mask[bag].sum())]
        for tile, place in zip(row, places, strict=False):
            bright = 0.15 + 0.85 * weights[place] / max(weights.max(), 1e-30)
            tile[:] = bright * work.seen[test.items[bag, place]]
            if work.known and test.truth[bag, place]:
                frame(tile)
    return tiles


def frame(tile: NDArray) -> None:
    """Draws a frame round the picture, in place."""
    wide = max(1, min(tile.shape) // 16)
    inside = np.zeros(tile.shape, bool)
    inside[wide:-wide, wide:-wide] = True
    tile[~inside] = 1.0


def removal(model: Network, r: int, x: Tensor, work: Task, seen: Look, bag: int) -> Bars:
    size = work.test.mask[bag].sum()
    weights = np.where(work.test.mask[bag], seen.weights[bag], -1)
    places = np.argsort(-weights, kind="stable")[: min(size - 1, LONGEST)]
    without = without_one(model, r, x, work, bag, places) if size > 1 else np.zeros(0)
    names = ("none", *(str(k + 1) for k in range(len(places))))
    return Bars(
        "A positive bag without one instance",
        names,
        np.append(seen.p[bag], without),
        "taken out",
        "probability of a positive bag",
        caption="The longest of the positive bags shown; its instances by falling weight, taken "
        "out one at a time.",
    )


def making(work: Task) -> Table:
    """How the bags came about, with a warning what chance would make of them."""
    rows = []
    for name, bags in (("training", work.train), ("test", work.test)):
        sizes, witnesses = bags.mask.sum(1), ""
        if bags.truth is not None:
            witnesses = f"{bags.truth.sum(1)[bags.y].mean():.1f}" if bags.y.any() else "none"
        rows.append((name, len(bags.y), f"{bags.y.mean():.1%}", f"{sizes.mean():.1f}", witnesses))
    if (recipe := work.recipe) is not None:
        chance = formulas.chance_positive(recipe.size, work.rate, recipe.rule)
        rows.append(
            ("at random", "", f"{chance:.1%}", recipe.size, f"{recipe.size * work.rate:.1f}")
        )
    return Table(
        "How the bags are made",
        ("bags", "how many", "positive", "size", "witnesses"),
        tuple(rows),
        caption="Witnesses in a positive bag. At random: what instances drawn blindly would give, "
        "by formula; a network that always says yes would then look good.",
    )


def mistakes(work: Task, seen: Look) -> Images:
    """The failure gallery: the bags that went wrong most, of three kinds."""
    y, p = work.test.y, seen.p
    blank = np.full(len(y), -np.inf)
    astray = blank
    if work.known:
        top = np.take_along_axis(work.test.truth, seen.weights.argmax(1)[:, None], 1)[:, 0]
        astray = np.where(y & ~top, p, blank)
    kinds = (
        ("wrong instance", 2, astray),
        ("missed", 1, np.where(y & (p < 0.5), -p, blank)),
        ("false alarm", 1, np.where(~y & (p >= 0.5), p, blank)),
    )
    tiles, rows = [], []
    for name, count, score in kinds:
        for bag in np.argsort(-score, kind="stable")[:count]:
            there = np.isfinite(score[bag])
            tiles.append(strips(work, seen, np.array([bag]))[0] * there)
            rows.append(f"{name} {p[bag]:.2f}" if there else f"{name}: none")
    return Images(
        "Where it goes wrong",
        np.stack(tiles),
        tuple(rows),
        caption="The worst, and what was said. Wrong instance: a positive bag whose largest weight "
        "is on no witness. Detect it by taking that instance out: the answer hardly moves.",
    )


# --- claims


def finals(*runs: dict, **same) -> list[dict[str, float]]:
    """The last numbers of runs trained side by side: knobs of each, and those they share."""
    settings = [Settings(**(same | run)) for run in runs]
    (frames,) = train_together(settings, shown={settings[0].steps})
    return [frame.scalars for frame in frames]


def _said(ends: dict[str, dict], *names: str) -> str:
    return "; ".join(
        f"{who} " + ", ".join(f"{name} {end[name]:.3f}" for name in names)
        for who, end in ends.items()
    )


def _ends(poolings: Sequence[str], **knobs) -> dict[str, dict[str, float]]:
    found = finals(*({"pooling": name} for name in poolings), **knobs)
    return dict(zip(poolings, found, strict=True))


def attention_finds(seed: int) -> tuple[bool, str]:
    """Attention on bags of 30."""
    ends = _ends(["attention"], size=30, seed=seed)
    end = ends["attention"]
    holds = end["auc"] > 0.93 and end["top_witness"] > 0.9
    return holds, _said(ends, "auc", "top_witness")


def mean_is_stuck(seed: int) -> tuple[bool, str]:
    """The mean of instance probabilities on bags of 30."""
    ends = _ends(["instance-mean", "attention"], size=30, seed=seed)
    stuck, attention = (ends[name]["auc"] for name in ends)
    return stuck < min(0.80, attention - 0.1), _said(ends, "auc")


def relative(seed: int) -> tuple[bool, str]:
    """Entropy of the weights in positive and negative bags."""
    ends = _ends(["attention"], seed=seed)
    end = ends["attention"]
    said = _said(ends, "spread_positive", "spread_negative")
    return end["spread_positive"] < end["spread_negative"] - 0.1, said


def needs_both_labels(seed: int) -> tuple[bool, str]:
    """What bags at random of 50 instances are worth beside balanced ones, means of five seeds."""
    seeds = [{"seed": (5 * seed + k) % 100} for k in range(5)]
    balanced, chance = (
        np.mean([end["auc"] for end in finals(*seeds, size=50, bags=100, balanced=b)])
        for b in (True, False)
    )
    return bool(chance < balanced - 0.1), f"auc balanced {balanced:.3f}, at random {chance:.3f}"


CHAPTER = Chapter(
    name="mil",
    number=5,
    title="Bags: multi-instance learning with attention",
    question="Which instance made the bag positive?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    source=bagtask.source,
    stackable=("pooling", "share", "witness", "lr", "seed"),
    traces=(
        Trace(
            "AUC on bags",
            {"auc": "test bags", "train_auc": "training bags"},
            "area under ROC",
            dashed=("train_auc",),
            caption="The chance that a positive bag scores above a negative one; 0.5 is guessing.",
        ),
        Trace(
            "AUC on instances",
            {"instance_auc": "witness above the others", "top_witness": "largest weight"},
            "share",
            caption="In positive test bags: the chance that a witness has more weight "
            "than another instance, and how often the largest weight is a witness's. No instance "
            "label was ever given.",
        ),
        Trace(
            "Entropy of the weights",
            {"spread_positive": "positive bags", "spread_negative": "negative bags"},
            "share of log K",
            caption="Where there is nothing to find the weights stay spread.",
        ),
        Trace(
            "Loss",
            {"loss": "mini-batch"},
            "nats a bag",
            log_x=True,
            caption="Cross-entropy of bag labels, the only ones there are.",
        ),
    ),
    layout=(
        "AUC on bags",
        "strips",
        "AUC on instances",
        "removal",
        "making",
        "certainty",
        "Entropy of the weights",
        "mistakes",
        "Loss",
    ),
    thumbnail="strips",
    reading={
        "auc": "Chance that a positive test bag scores above a negative one.",
        "train_auc": "The same on training bags: a gap is overfitting.",
        "instance_auc": "Chance that a witness has more weight than another instance of its bag.",
        "top_witness": "Positive test bags whose largest weight is on a witness.",
        "spread_positive": "Entropy of the weights in positive bags, 0 to 1.",
        "spread_negative": "Entropy of the weights in negative bags, 0 to 1.",
        "loss": "Cross-entropy of the bags of a mini-batch, in nats.",
    },
    claims=(
        Claim(
            "attention-finds",
            "In bags of 30 attention ends with an AUC over 0.93, and its "
            "largest weight is on a witness in over 90 % of the positive bags.",
            attention_finds,
        ),
        Claim(
            "mean-is-stuck",
            "There the mean of instance probabilities stays below 0.80, and 0.1 below attention.",
            mean_is_stuck,
        ),
        Claim(
            "relative",
            "Weights are more spread in negative bags than in positive ones, by 0.1 "
            "of the largest entropy.",
            relative,
        ),
        Claim(
            "balance",
            "A hundred bags of fifty at random are nearly all positive: over five "
            "seeds the AUC ends more than 0.1 below that of balanced bags.",
            needs_both_labels,
        ),
    ),
    published=(
        Published(
            "MNIST bags of about 10, 50 training bags: AUC of attention",
            "0.768",
            "Ilse et al. 2018, as quoted in an issue of the authors' repository",
        ),
        Published(
            "The same with the authors' public loader",
            "0.898",
            "the same issue (the loader's bags are not balanced: 65 % are positive)",
        ),
    ),
    try_this=(
        ("Fifty bags: who learns from so few?", "bags=50"),
        ("The mean of probabilities: why does it stay stuck?", "pooling=instance-mean&size=30"),
        ("Max of features: right, but can it say why?", "pooling=max&size=30"),
        ("One positive bag among a hundred", "positives=1&bags=100&size=30"),
        (
            "Two kinds of witness: which pooling can?",
            "rule=two&share=0.2&bags=500&steps=1600&pooling=max",
        ),
        ("Bags at random: is 99 % positive a good score?", "size=50&balanced=false"),
    ),
)
