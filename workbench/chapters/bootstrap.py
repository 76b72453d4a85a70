r"""What does a network learn from wrong labels?

First what most items of a class have in common, and with time each wrong label by heart. Reed et
al. 2015 let the network object. With $t$ the label it was given, $q$ its own distribution over the
classes and $z$ the class it finds likeliest,

$$L_\text{soft} = -\sum_k \left[\beta t_k + (1-\beta)\, q_k\right] \log q_k
= \beta\, \mathrm{CE}(t, q) + (1-\beta)\, \mathrm H(q),$$

$$L_\text{hard} = -\sum_k \left[\beta t_k + (1-\beta)\, z_k\right] \log q_k .$$

$\beta = 1$ is cross-entropy; the smaller it is, the more the network believes itself. The
reconstruction form learns how labels go wrong: its noise layer $N$ turns the distribution over
the *true* label into that of the given one, and $R q$ must look like the picture,

$$L_\text{recon} = -\sum_k t_k \log \textstyle\sum_j N_{kj} q_j
+ \beta\, \lVert x - R q \rVert^2 .$$

Three experiments: **wrong labels** in classification, **annotators** who disagree, and detection
with **missing boxes** (there the losses are those of every location's confidence). Beside each run
train those it is compared with, on the same labels, from the same weights, with the same batches.

Mind three things. These losses carry a leading minus that is easily lost, and then training climbs.
The $q$ in front of the soft logarithm must stay in the graph: *soft-detached*, which popular code
has by default, is cross-entropy with a smaller learning rate. And noise is drawn once and kept:
labels that change with every epoch cannot be learnt by heart. Pictures without labels get those of
five K-means clusters; the labels of the test set are never touched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import param

from workbench import corruption, detection, formulas, nets
from workbench.chapters import Chapter, Claim, Published
from workbench.data import DataError
from workbench.frames import Bars, Frame, HeatMap, Images, Trace, check_finite, schedule
from workbench.later import Generator, Tensor, torch
from workbench.resident import Resident, resident
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

CLEAN = 100  # training items with checked labels, set aside for early stopping
STAY = 1.5  # logit of "the label is right" in a fresh noise layer: a third of ten classes
QUICK = 3  # how much faster a noise layer learns than the network before it
HINT = "Lower the learning rate, or beta of the reconstruction."


class Settings(Base):
    """The knobs of bootstrapping."""

    data = DataName("digits", label="Data", doc="The pictures to tell apart, and their classes.")
    kind = param.Selector(
        default="wrong-labels",
        objects=["wrong-labels", "annotators", "missing-boxes"],
        label="Experiment",
        doc="Labels at fault, people who disagree, or boxes nobody drew.",
    )
    pattern = param.Selector(
        default="uniform",
        objects=["uniform", "pair", "permutation", "look-alikes"],
        label="Noise pattern",
        doc="Where a wrong label goes: any other class, the next one, the paper's permutation, "
        "or a class that looks alike.",
    )
    noise = param.Number(
        0.4,
        bounds=(0, 0.8),
        step=0.05,
        label="Wrong labels (share)",
        doc="Share of the training labels that are wrong, exact to one label.",
    )
    loss = param.Selector(
        default="hard",
        objects=["cross-entropy", "soft", "hard", "recon", "soft-detached"],
        label="Loss",
        doc="What to minimise; cross-entropy trains beside it.",
    )
    annotators = param.Integer(
        3, bounds=(1, 9), label="Annotators", doc="How many people label each item."
    )
    careless = param.Number(
        0.4,
        bounds=(0, 0.8),
        step=0.05,
        label="Carelessness",
        doc="How often an annotator is wrong on average; each has habits of their own.",
    )
    annotated = param.Number(
        0.6,
        bounds=(0.1, 1),
        step=0.05,
        label="Annotated (share of boxes)",
        doc="Share of the objects in training scenes that somebody drew a box around.",
    )
    beta = Stops(
        0.6,
        [0, 0.001, 0.005, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
        label="Beta",
        doc="Weight of the given label; 1 is cross-entropy. In recon, weight of the picture "
        "(0.005 in the paper).",
    )
    k = param.Integer(
        2,
        bounds=(0, 8),
        label="Top k",
        doc="Locations a scene that the top-k heuristic leaves out: the surest without a box.",
    )
    baselines = param.Boolean(
        False,
        label="Baselines",
        doc="Also show early stopping on a small clean set, and the noise layer alone.",
    )
    warm_up = Stops(
        50,
        [0, 25, 50, 100, 200, 400, 800],
        label="Warm-up (steps)",
        precedence=2,
        doc="Steps of plain cross-entropy first: an untrained network has no opinion.",
    )
    width = Stops(
        128,
        [16, 32, 64, 128, 256, 500],
        label="Width",
        precedence=2,
        doc="Hidden units; pictures over 16 x 16 get a second layer of three fifths of them.",
    )
    decay = Stops(
        0.0,
        [0, 0.00001, 0.0001, 0.001, 0.003, 0.01],
        label="Weight decay",
        precedence=2,
        doc="L2 penalty on the weights (0.0001 in the paper).",
    )
    lr = Stops(
        0.003,
        [0.0003, 0.001, 0.003, 0.01, 0.03],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size.",
    )
    steps = Stops(
        1200,
        [100, 200, 400, 800, 1200, 2400, 5000, 10000, 20000],
        label="Steps",
        precedence=2,
        doc="Mini-batches to train on.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the wrong labels, the initial weights and the order of the data.",
    )

    relevant = {
        "pattern": lambda s: s.kind == "wrong-labels",
        "noise": lambda s: s.kind == "wrong-labels",
        "loss": lambda s: s.kind == "wrong-labels",
        "baselines": lambda s: s.kind == "wrong-labels",
        "annotators": lambda s: s.kind == "annotators",
        "careless": lambda s: s.kind == "annotators",
        "annotated": lambda s: s.kind == "missing-boxes",
        "k": lambda s: s.kind == "missing-boxes",
        "beta": lambda s: s.kind != "wrong-labels" or s.loss != "cross-entropy",
        "warm_up": lambda s: s.kind != "wrong-labels" or s.loss not in ("cross-entropy", "recon"),
    }


# --- labels that are wrong


@dataclass(frozen=True, eq=False)
class Task:
    """A data set with the true label of everything: `y` [n], `y_test`, and `x_clean`, `y_clean`,
    a few training items that keep their labels and are not trained on."""

    data: Resident
    classes: tuple[str, ...]
    x: Tensor
    y: Tensor
    y_test: Tensor
    x_clean: Tensor
    y_clean: Tensor


@lru_cache(maxsize=4)
def task(name: str, device: str) -> Task:
    """The data set `name` as a task. Raises DataError when it has fewer than two classes."""
    data = resident(name, device)
    images = data.images
    y, y_test, classes = images.y_train, images.y_test, images.classes
    if y is None:
        from sklearn.cluster import KMeans

        clusters = KMeans(5, n_init=1, random_state=0).fit(data.train.cpu().numpy())
        y, y_test = (clusters.predict(x.cpu().numpy()) for x in (data.train, data.test))
        classes = tuple(f"cluster {c + 1}" for c in range(5))
    if len(classes) < 2:
        raise DataError(f"{images.name} has one class only: give pictures of two or more.")
    aside = min(CLEAN, len(y) // 10)
    y, y_test = (torch.from_numpy(np.array(labels, np.int64)) for labels in (y, y_test))
    return Task(data, classes, data.train[aside:], y[aside:], y_test, data.train[:aside], y[:aside])


class Wrong(NamedTuple):
    """Labels of which a share `noise` is wrong."""

    pattern: str
    noise: float

    def draw(self, work: Task, generator: Generator) -> Tensor:
        return corruption.wrong_labels(work.y, self.noise, self.flips(work), generator)

    def flips(self, work: Task) -> Tensor:
        if self.pattern == "look-alikes":
            return corruption.lookalike_flips(work.x.cpu(), work.y, len(work.classes))
        return corruption.FLIPS[self.pattern](len(work.classes))


class Voted(NamedTuple):
    """Labels by careless people: one vote an item, or the majority of all votes."""

    annotators: int
    careless: float
    majority: bool

    def draw(self, work: Task, generator: Generator) -> Tensor:
        votes = self.votes(work, generator)
        if self.majority:
            return corruption.majority(votes, len(work.classes))
        return votes.gather(0, (torch.arange(len(work.y)) % self.annotators)[None])[0]

    def votes(self, work: Task, generator: Generator) -> Tensor:
        """Everybody's label of every item, [annotators, n]."""
        habits = corruption.annotators(self.annotators, len(work.classes), self.careless, generator)
        return torch.stack(
            [
                corruption.wrong_labels(work.y, *habit, generator)
                for habit in zip(*habits, strict=True)
            ]
        )


# --- networks side by side


class Member(NamedTuple):
    """One network of a stack."""

    loss: str
    beta: float
    given: Wrong | Voted
    warm_up: int
    decay: float
    lr: float
    seed: int


def family(run: Settings) -> dict[str, Member]:
    """The networks that a run trains, by role; all but loss and labels are the same."""
    rest = (run.decay, run.lr, run.seed)
    if run.kind == "annotators":
        single, all_votes = (Voted(run.annotators, run.careless, m) for m in (False, True))
        return {
            "single": Member("cross-entropy", 1.0, single, 0, *rest),
            "soft": Member("soft", run.beta, single, run.warm_up, *rest),
            "hard": Member("hard", run.beta, single, run.warm_up, *rest),
            "majority": Member("cross-entropy", 1.0, all_votes, 0, *rest),
        }
    given = Wrong(run.pattern, run.noise)
    plain = Member("cross-entropy", 1.0, given, 0, *rest)
    # no warm-up: it would put the noise into the network's own distribution for good
    layered = Member("recon", run.beta, given, 0, *rest)
    own = {"cross-entropy": plain, "recon": layered}
    me = own.get(run.loss) or Member(run.loss, run.beta, given, run.warm_up, *rest)
    alone = {"layer": layered._replace(beta=0.0)} if run.baselines else {}
    return {"run": me, "plain": plain} | alone


def sizes(work: Task, width: int) -> list[int]:
    """Units of each layer; 784-500-300-10 for MNIST at the width of the paper."""
    pixels = work.data.pixels
    hidden = [width] if pixels <= 256 else [width, max(2, width * 3 // 5)]
    return [pixels, *hidden, len(work.classes)]


class Classifiers:
    """A classifier for each member, and for those that reconstruct, last in the stack, a noise
    layer and a picture of every class."""

    def __init__(self, members: Sequence[Member], units: Sequence[int], device: str):
        self.net = nets.Mlp(units, nets.generators([m.seed for m in members]), device)
        self.layers = sum(m.loss == "recon" for m in members)
        classes, shape = units[-1], (self.layers, units[-1], units[-1])
        self.noise = (STAY * torch.eye(classes, device=device)).expand(shape).clone()
        self.reconstruction = torch.zeros(self.layers, classes, units[0], device=device)
        self.layer = [self.noise.requires_grad_(), self.reconstruction.requires_grad_()]

    def parameters(self) -> list[Tensor]:
        return self.net.parameters() + (self.layer if self.layers else [])

    def noise_matrix(self, place: int) -> Tensor:
        """The noise layer of the member at `place`, [true, given]; its rows sum to 1."""
        return self.noise[place - len(self.net.weights[0])].detach().softmax(0).T


def gradient_by_autograd(
    model: Classifiers, x: Tensor, t: Tensor, losses: tuple[str, ...], beta: tuple[float, ...]
) -> None:
    """Gradients of every member's loss (mean over the batch), left in each .grad.

    x [members, batch, pixels]; t [members, batch] the given labels; losses, beta: one for each
    member. This is the lesson; what follows is the same, written out for speed.
    """
    for p in model.parameters():
        p.grad.zero_()
    logits, total = model.net(x), 0.0
    first = len(losses) - model.layers
    for m, loss in enumerate(losses):
        if loss == "recon":
            layer = model.noise[m - first], t[m], x[m], model.reconstruction[m - first]
            total = total + formulas.bootstrap_recon(logits[m], *layer, beta[m])
        elif loss == "cross-entropy":
            total = total + formulas.cross_entropy(logits[m], t[m])
        else:
            form = getattr(formulas, f"bootstrap_{loss.replace('-', '_')}")
            total = total + form(logits[m], t[m], beta[m])
    total.backward()


@torch.no_grad()
def gradient_by_hand(
    model: Classifiers, x: Tensor, t: Tensor, losses: tuple[str, ...], beta: tuple[float, ...]
) -> None:
    """The gradient of `gradient_by_autograd` by the chain rule, for all members at once.

    On the logits it is `own q - given t - hard z - soft q (log q + H)`; the loss decides on the
    four weights.
    """
    log_q = torch.log_softmax(model.net(x), -1)
    q = log_q.exp()
    given, own, hard, soft, layer, picture = _weights(losses, beta, x.device)
    d = q * own
    d.scatter_add_(2, t[..., None], -given.expand(*t.shape, 1))
    if "hard" in losses:
        z = log_q.argmax(-1, keepdim=True)
        d.scatter_add_(2, z, -hard.expand(z.shape))
    if "soft" in losses:
        spread = q * log_q
        spread.sub_(q * spread.sum(-1, keepdim=True))  # q (log q + H)
        d.sub_(spread.mul_(soft))
    if model.layers:
        last = slice(-model.layers, None)
        _through_noise(model, *(part[last] for part in (d, q, x, t, layer, picture)))
    model.net.backward(d.div_(x.shape[1]))


@lru_cache(maxsize=64)
def _weights(losses: tuple[str, ...], beta: tuple[float, ...], device) -> Tensor:
    """[6, members, 1, 1]: what given label, own distribution, own decision and entropy weigh, and
    whether there is a noise layer, and what its picture weighs."""
    table = {
        "soft": lambda b: (b, b, 0, 1 - b, 0, 0),
        "soft-detached": lambda b: (b, b, 0, 0, 0, 0),
        "hard": lambda b: (b, 1, 1 - b, 0, 0, 0),
        "recon": lambda b: (1, 1, 0, 0, 1, b),
        "cross-entropy": lambda b: (1, 1, 0, 0, 0, 0),
    }
    rows = [table[loss](b) for loss, b in zip(losses, beta, strict=True)]
    return torch.tensor(rows, dtype=torch.float32, device=device).T[..., None, None].contiguous()


def _through_noise(model: Classifiers, d, q, x, t, layer: Tensor, picture: Tensor) -> None:
    """Gradients of the members with a noise layer: of the layers in .grad, of the logits in `d`.

    layer [members, 1, 1] is 0 for one that still learns by cross-entropy: there nothing changes.
    """
    n, r, batch = model.noise.softmax(1), model.reconstruction, q.shape[1]
    t = t[..., None].expand(q.shape)
    share = n.gather(1, t)  # (member, batch, true): N of the given label
    share.div_((share * q).sum(-1, keepdim=True))
    error = (x - torch.bmm(q, r)).mul_(2 * picture)
    d_q = torch.bmm(error, r.mT).add_(share).neg_()
    d.copy_(torch.where(layer > 0, q * (d_q - (q * d_q).sum(-1, keepdim=True)), d))
    d_n = torch.zeros_like(n).scatter_add_(1, t, share * q)  # minus N dL/dN, summed over the batch
    torch.mul(n * d_n.sum(1, keepdim=True) - d_n, layer / batch, out=model.noise.grad)
    torch.mul(torch.bmm(q.mT, error), layer / -batch, out=model.reconstruction.grad)


def fit(
    members: Sequence[Member], work: Task, width: int, steps: int, shown, gradient=gradient_by_hand
) -> Iterator[tuple[int, Classifiers, Tensor]]:
    """Trains the members, those that reconstruct last, and yields (step, networks, given labels
    [members, n]) after the steps in `shown`. Members of one seed see the same batches."""
    device = work.x.device.type
    order, noise = (nets.generators([m.seed + o for m in members]) for o in (1000, 2000))
    drawn = [m.given.draw(work, g) for m, g in zip(members, noise, strict=True)]
    given = torch.stack(drawn).to(device)
    model = Classifiers(members, sizes(work, width), device)
    rates = [m.lr for m in members]
    adams = [nets.Adam(model.net.parameters(), rates)]
    if model.layers:
        adams.append(nets.Adam(model.layer, [QUICK * r for r in rates[-model.layers :]]))
    batches = nets.Batches(len(work.x), 64 if len(work.x) <= 10_000 else 128, order, device)
    beta = tuple(m.beta for m in members)
    decay = torch.tensor([m.decay for m in members], device=device).view(-1, 1, 1)
    penalised = any(m.decay for m in members)
    changes = {1, *(m.warm_up + 1 for m in members)}
    for step in range(1, steps + 1):
        if step in changes:
            losses = tuple(m.loss if step > m.warm_up else "cross-entropy" for m in members)
        rows = batches.draw()
        gradient(model, work.x[rows], given.gather(1, rows), losses, beta)
        for weight in model.net.weights if penalised else ():
            weight.grad.addcmul_(weight.detach(), decay)
        for adam in adams:
            adam.step()
        if step in shown:
            yield step, model, given


def train_together(
    runs: Sequence[Settings], device: str = "cpu", gradient=gradient_by_hand
) -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    first = runs[0]
    if first.kind == "missing-boxes":
        yield from detection.train_together(runs, device)
        return
    work = task(first.data, device)
    families = [family(run) for run in runs]
    members = sorted(
        dict.fromkeys(chain(*(f.values() for f in families))), key=lambda m: m.loss == "recon"
    )
    places = [{role: members.index(m) for role, m in kin.items()} for kin in families]
    best: dict[int, tuple[float, float]] = {}  # by place: accuracy on clean items, and on the test
    shown = schedule(first.steps)
    for step, model, given in fit(members, work, first.width, first.steps, shown, gradient):
        seen = look(model, work, given, whole=step == first.steps)
        for place, (clean, test) in enumerate(zip(seen.clean, seen.accuracy, strict=True)):
            best[place] = max(best.get(place, (0.0, 0.0)), (clean, test), key=lambda b: b[0])
        yield [
            snapshot(model, work, run, kin, seen, best, step)
            for run, kin in zip(runs, places, strict=True)
        ]


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Trains one run and those it is compared with, and yields its frames."""
    for (frame,) in train_together([settings], device):
        yield frame


# --- what a frame shows

SHOWN = 1000  # how many training and test items a frame's numbers are measured on
EXAMPLES = 8


@dataclass(frozen=True, eq=False)
class Look:
    """What each network says: accuracy on the test set and on the clean items, the share of its
    labels that is wrong; its class for training items, how sure it is, and their labels, each
    [members, items]."""

    accuracy: list[float]
    clean: list[float]
    wrong: list[float]
    chosen: Tensor
    sure: Tensor
    given: Tensor


@torch.no_grad()
def look(model: Classifiers, work: Task, given: Tensor, whole: bool) -> Look:
    """The networks' answers; `whole` asks for the complete test set."""
    runs, test = len(given), work.data.test if whole else work.data.test[:SHOWN]

    def answers(x: Tensor) -> Tensor:
        """Distributions over the true class, [members, n, classes], on the CPU."""
        parts = [model.net(part.expand(runs, *part.shape)) for part in x.split(SHOWN)]
        return torch.cat(parts, 1).softmax(-1).cpu()

    sure, chosen = answers(work.x[:SHOWN]).max(-1)
    accuracy = (answers(test).argmax(-1) == work.y_test[: len(test)]).double().mean(1)
    clean = (answers(work.x_clean).argmax(-1) == work.y_clean).double().mean(1)
    wrong = (given.cpu() != work.y).double().mean(1)
    return Look(
        accuracy.tolist(), clean.tolist(), wrong.tolist(), chosen, sure, given[:, :SHOWN].cpu()
    )


def snapshot(
    model: Classifiers,
    work: Task,
    run: Settings,
    kin: dict[str, int],
    seen: Look,
    best: dict,
    step: int,
) -> Frame:
    """What was measured after `step` steps and what it looks like; kin: the place of each role."""
    exhibit = _people if run.kind == "annotators" else _labels
    scalars, pictures = exhibit(model, work, run, kin, seen, best)
    scalars = {name: float(value) for name, value in scalars.items()}
    weights = model.net.weights[-1].detach().abs().amax((1, 2))
    check_finite(step, {"a weight": max(weights[p].item() for p in kin.values())}, HINT)
    return Frame(step, run.steps, scalars, pictures, "done" if step == run.steps else "training")


def _labels(model, work: Task, run: Settings, kin, seen: Look, best) -> tuple[dict, dict]:
    me, plain = kin["run"], kin["plain"]
    truth = work.y[:SHOWN]
    scalars = {
        "accuracy": seen.accuracy[me],
        "plain_accuracy": seen.accuracy[plain],
        **_fits(seen, truth, me, ""),
        **_fits(seen, truth, plain, "plain_"),
        **_changes(seen, truth, me),
        "realised": seen.wrong[me],
    }
    if run.baselines:
        scalars |= {"early_accuracy": best[plain][1], "layer_accuracy": seen.accuracy[kin["layer"]]}
    classes = len(work.classes)
    if run.loss == "recon" or run.baselines:
        layer = me if run.loss == "recon" else kin["layer"]
        believed = model.noise_matrix(layer).cpu()
        how = "Its noise layer" if run.loss == "recon" else "The noise layer alone"
    else:
        believed = corruption.noise_matrix(seen.chosen[me], seen.given[me], classes)
        how = "No noise layer: the given labels, counted by the network's own"
    flips = Wrong(run.pattern, run.noise).flips(work)
    true = torch.eye(classes).lerp(flips, run.noise)
    return scalars, {
        "changed": _changed(work, seen, me),
        "believed": _matrix(
            "How labels go wrong, as learnt",
            believed,
            work,
            f"{how}. Compare with the true matrix.",
        ),
        "matrix": _matrix(
            "How labels go wrong, in truth", true, work, "How often each class is given each label."
        ),
    }


def _fits(seen: Look, truth: Tensor, place: int, prefix: str) -> dict:
    """How well a network reproduces right and wrong labels; 0 where there are none."""
    same, wrong = seen.chosen[place] == seen.given[place], seen.given[place] != truth
    return {
        f"{prefix}{name}": same[rows].double().mean() if rows.any() else 0.0
        for name, rows in (("learnt", ~wrong), ("memorised", wrong))
    }


def _changes(seen: Look, truth: Tensor, place: int) -> dict:
    """How many labels the network would change, and how many of these to the true one."""
    other = seen.chosen[place] != seen.given[place]
    right = (seen.chosen[place] == truth)[other]
    return {"changed": other.double().mean(), "right": right.double().mean() if len(right) else 0.0}


def _changed(work: Task, seen: Look, place: int) -> Images:
    chosen, given = seen.chosen[place], seen.given[place]
    other = torch.nonzero(chosen != given)[:, 0]
    order = other[seen.sure[place][other].argsort(descending=True, stable=True)][:EXAMPLES]
    shots = torch.zeros(EXAMPLES, work.data.pixels)
    shots[: len(order)] = work.x[order.to(work.x.device)].cpu()
    names = [_name(work, given[i], chosen[i], work.y[i]) for i in order]
    right = (chosen == work.y[: len(chosen)])[other]
    share = f"right in {right.double().mean():.0%} of cases" if len(right) else "none so far"
    return Images(
        "Labels the network would change",
        work.data.tiles(shots, EXAMPLES),
        columns=tuple(names + [""] * (EXAMPLES - len(names))),
        caption=f"Given and own label of those it is surest of; a cross: the change is wrong. Of "
        f"{len(chosen)} training items it would change {len(other)}, {share}.",
    )


def _name(work: Task, given, chosen, true) -> str:
    wrong = "" if chosen == true else " \u2717"
    return f"{work.classes[given]} \u2192 {work.classes[chosen]}{wrong}"


def _matrix(title: str, values: Tensor, work: Task, caption: str) -> HeatMap:
    return HeatMap(
        title,
        values.double().numpy(),
        work.classes,
        work.classes,
        "given",
        "true",
        "share",
        caption=caption,
    )


ROLES = {
    "single": "cross-entropy, one vote",
    "soft": "soft, one vote",
    "hard": "hard, one vote",
    "majority": "cross-entropy, majority",
}


def _people(model, work: Task, run: Settings, kin, seen: Look, best) -> tuple[dict, dict]:
    truth = work.y[:SHOWN]
    scalars = {f"{role}_accuracy": seen.accuracy[kin[role]] for role in ROLES}
    for role in ("single", "majority"):
        scalars[f"{role}_right"] = 1 - seen.wrong[kin[role]]
    voted = Voted(run.annotators, run.careless, True)
    votes = voted.votes(work, torch.Generator().manual_seed(run.seed + 2000))
    right = (votes == work.y).double().mean(1).tolist()
    answers = [(seen.chosen[kin[role]] == truth).double().mean().item() for role in ROLES]
    people = tuple(str(i + 1) for i in range(run.annotators))
    habits = corruption.noise_matrix(work.y, votes[0], len(work.classes))
    return scalars, {
        "changed": _changed(work, seen, kin["hard"]),
        "shares": Bars(
            "Who is right about the training items",
            (*people, "vote", *ROLES),
            np.array([*right, scalars["majority_right"], *answers]),
            y_label="share right",
            caption="Each annotator, the vote of all, and the networks' own answers: after single "
            "votes by cross-entropy, soft and hard, and after the majority.",
        ),
        "habits": _matrix(
            "What annotator 1 calls each class",
            habits,
            work,
            "Everybody has habits of their own; that is why votes help.",
        ),
    }


# --- what the chapter claims


def finals(*knobs: dict, **same) -> list[dict[str, float]]:
    """The last numbers of runs trained side by side."""
    *_, frames = train_together([Settings(**same, **each) for each in knobs])
    return [frame.scalars for frame in frames]


def best_and_last(**knobs) -> tuple[float, float]:
    """Test accuracy of cross-entropy at its best frame and at the last."""
    course = [frame.scalars["plain_accuracy"] for frame in train(Settings(**knobs))]
    return max(course), course[-1]


def _memorises(seed: int) -> tuple[bool, str]:
    best, last = best_and_last(noise=0.6, seed=seed)
    (end,) = finals({}, noise=0.6, seed=seed)
    said = f"best {best:.2f}, last {last:.2f}; {end['plain_memorised']:.0%} learnt by heart"
    return last < best - 0.1 and end["plain_memorised"] > 0.15, said


def _against_plain(seed: int, loss: str, beta: float, **knobs) -> tuple[float, str]:
    (end,) = finals({}, loss=loss, beta=beta, seed=seed, **knobs)
    ours, plain = end["accuracy"], end["plain_accuracy"]
    return ours - plain, f"{loss}({beta:g}) {ours:.3f}, cross-entropy {plain:.3f}"


def _hard_helps(seed: int) -> tuple[bool, str]:
    gain, said = _against_plain(seed, "hard", 0.6, noise=0.6)
    return gain > 0.05, said


def _soft_hardly(seed: int) -> tuple[bool, str]:
    gain, said = _against_plain(seed, "soft", 0.95, noise=0.6)
    return abs(gain) < 0.05, said


def _recon_learns(seed: int) -> tuple[bool, str]:
    gain, said = _against_plain(seed, "recon", 0.3, noise=0.4, pattern="permutation")
    return gain > 0.15, said


def _each(losses: Sequence[tuple[str, float]], **same) -> tuple[list[dict], str]:
    """The ends of these losses, and their accuracies in words."""
    ends = finals(*({"loss": loss, "beta": beta} for loss, beta in losses), **same)
    said = (
        f"{loss}({beta:g}) {end['accuracy']:.3f}"
        for (loss, beta), end in zip(losses, ends, strict=True)
    )
    return ends, ", ".join([*said, f"cross-entropy {ends[0]['plain_accuracy']:.3f}"])


def _harmless(seed: int) -> tuple[bool, str]:
    ends, said = _each((("hard", 0.6), ("soft", 0.95), ("recon", 0.3)), noise=0, seed=seed)
    return all(abs(end["accuracy"] - end["plain_accuracy"]) <= 0.02 for end in ends), said


def _half(seed: int) -> tuple[bool, str]:
    losses = (("hard", 0.8), ("hard", 0.6), ("soft", 0.95), ("recon", 0.3))
    ends, said = _each(losses, noise=0.5, pattern="permutation", seed=seed)
    return all(end["accuracy"] < 0.65 for end in ends), said


def _early(seed: int) -> tuple[bool, str]:
    (end,) = finals({}, noise=0.6, baselines=True, seed=seed)
    early, last = end["early_accuracy"], end["plain_accuracy"]
    return early > last + 0.1, f"stopped early {early:.3f}, at the end {last:.3f}"


def _votes(seed: int) -> tuple[bool, str]:
    (end,) = finals({}, kind="annotators", seed=seed)
    said = ", ".join(f"{role} {end[f'{role}_accuracy']:.3f}" for role in ROLES)
    return (
        end["majority_accuracy"] > end["single_accuracy"] + 0.03
        and end["hard_accuracy"] > end["single_accuracy"] + 0.03
    ), said


def _top_k(seed: int) -> tuple[bool, str]:
    (end,) = finals({}, kind="missing-boxes", seed=seed)
    said = ", ".join(f"{loss} {end[f'ap_{loss}']:.3f}" for loss in detection.LOSSES)
    return end["ap_top-k"] > end["ap_baseline"] + 0.02, said


CLAIMS = (
    Claim(
        "memorises",
        "With 60 % wrong labels cross-entropy ends more than 10 points below its "
        "best, with over 15 % of the wrong labels learnt by heart.",
        _memorises,
    ),
    Claim(
        "hard-helps",
        "There hard bootstrapping (beta 0.6) ends more than 5 points above cross-entropy.",
        _hard_helps,
    ),
    Claim(
        "soft-hardly",
        "There soft bootstrapping (beta 0.95) ends within 5 points of cross-entropy.",
        _soft_hardly,
    ),
    Claim(
        "early-stopping",
        "There stopping on 100 clean items ends more than 10 points above going on.",
        _early,
    ),
    Claim(
        "recon-learns",
        "With 40 % permuted labels reconstruction (beta 0.3) ends more than 15 "
        "points above cross-entropy.",
        _recon_learns,
    ),
    Claim("harmless", "Without noise every loss ends within 2 points of cross-entropy.", _harmless),
    Claim(
        "half",
        "At 50 % permuted labels nobody can tell true from wrong: no loss reaches 65 %.",
        _half,
    ),
    Claim(
        "votes",
        "Three annotators, wrong in 40 % of cases: their majority, and hard "
        "bootstrapping on one vote an item, both end more than 3 points above cross-entropy on "
        "one vote.",
        _votes,
    ),
    Claim(
        "top-k",
        "Where boxes are missing, leaving out the surest empty locations ends with a "
        "higher average precision than the baseline.",
        _top_k,
    ),
)

CHAPTER = Chapter(
    name="bootstrap",
    number=6,
    title="Bootstrapping: wrong labels",
    question="What does a network learn from wrong labels?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=(
        "pattern",
        "noise",
        "loss",
        "annotators",
        "careless",
        "annotated",
        "beta",
        "k",
        "baselines",
        "warm_up",
        "decay",
        "lr",
        "seed",
    ),
    traces=(
        Trace(
            "Test accuracy",
            {
                "accuracy": "this loss",
                "plain_accuracy": "cross-entropy",
                "early_accuracy": "cross-entropy, stopped early",
                "layer_accuracy": "noise layer alone",
                **{f"{role}_accuracy": label for role, label in ROLES.items()},
            },
            "share right",
            dashed=("plain_accuracy", "single_accuracy"),
            caption="True labels of held-out items. A curve that falls has begun to memorise.",
        ),
        Trace(
            "Memorisation",
            {
                "learnt": "right labels",
                "memorised": "wrong labels",
                "plain_learnt": "right labels, cross-entropy",
                "plain_memorised": "wrong labels, cross-entropy",
            },
            "share reproduced",
            dashed=("plain_learnt", "plain_memorised"),
            caption="Training items whose given label the network repeats. To repeat a wrong one "
            "is to know it by heart.",
        ),
        Trace(
            "Second thoughts",
            {"changed": "labels it would change", "right": "right to do so"},
            "share",
            caption="Training labels that the network disagrees with, and how often its own is "
            "the true one.",
        ),
        Trace(
            "Average precision",
            {f"ap_{loss}": loss for loss in detection.LOSSES},
            "average precision",
            dashed=("ap_baseline",),
            caption="Area under precision and recall on test scenes.",
        ),
        Trace(
            "Objects found",
            {f"recall_{loss}": loss for loss in detection.LOSSES},
            "share found",
            dashed=("recall_baseline",),
            caption="Objects of test scenes with a box of confidence over 1/2.",
        ),
        Trace(
            "Forgotten objects found",
            {f"missing_{loss}": loss for loss in detection.LOSSES},
            "share found",
            dashed=("missing_baseline",),
            caption="Objects of training scenes that nobody drew a box around. Where the curve "
            "falls, the detector learns by heart that nothing is there.",
        ),
    ),
    layout=(
        "Test accuracy",
        "Memorisation",
        "changed",
        "believed",
        "matrix",
        "Second thoughts",
        "shares",
        "habits",
        "Average precision",
        "scenes",
        "precision_recall",
        "Objects found",
        "annotation",
        "Forgotten objects found",
    ),
    thumbnail="Test accuracy",
    reading={
        "accuracy": "Held-out items classified right, by their true labels.",
        "plain_accuracy": "The same for cross-entropy on the same noise.",
        "early_accuracy": "Cross-entropy, stopped when best on 100 clean training items.",
        "layer_accuracy": "Cross-entropy through a learnt noise matrix, no reconstruction.",
        "memorised": "Wrongly labelled training items whose wrong label it repeats.",
        "plain_memorised": "The same for cross-entropy.",
        "right": "How often the network is right when it disagrees with a label.",
        "realised": "Share of the training labels that is wrong, exact to one label.",
        "single_accuracy": "Cross-entropy on one vote an item.",
        "hard_accuracy": "Hard bootstrapping on one vote an item.",
        "majority_accuracy": "Cross-entropy on the majority of all votes.",
        "ap_baseline": "Average precision of plain binary cross-entropy.",
        "ap_hard": "Average precision of multibox-hard.",
        "ap_top-k": "Average precision without the k surest empty locations.",
    },
    claims=CLAIMS,
    published=(
        Published(
            "MNIST, 40 % permuted labels: baseline, soft, hard, reconstruction",
            "0.950, 0.952, 0.973, 0.982 (+/- 0.004)",
            "Reed et al. 2015, figure 2, digitised",
        ),
        Published(
            "MNIST, 50 % permuted labels: the same four",
            "0.52, 0.67, 0.45, 0.52",
            "Reed et al. 2015, figure 2, digitised",
        ),
        Published(
            "MNIST, 46 % permuted labels, independent: baseline, soft, hard",
            "0.725, 0.735, 0.82",
            "Goldberger & Ben-Reuven's code, read off its plot",
        ),
        Published(
            "Hard bootstrapping against standard training, MNIST, 50 % symmetric noise",
            "+1.5 points",
            "Han et al. 2018 (co-teaching), table 4",
        ),
    ),
    try_this=(
        ("60 % wrong labels: who learns them by heart?", "noise=0.6"),
        ("The paper's permutation, with a noise layer", "pattern=permutation&loss=recon&beta=0.3"),
        ("The detached soft loss: do you see a difference?", "loss=soft-detached&beta=0.8"),
        ("Is early stopping all you need?", "noise=0.6&baselines=true"),
        ("Nine careless people", "kind=annotators&annotators=9&careless=0.6"),
        ("A third of the boxes: what does sure mean now?", "kind=missing-boxes&annotated=0.35"),
    ),
)
