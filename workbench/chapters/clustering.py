r"""Which pictures belong together, when nobody says what they show?

A clustering method sorts pictures $x_i$ into $K$ clusters without a label. Four of them, from the
plainest to the deepest; the first two work on pixels, on principal components or on an
autoencoder's codes, and each alternates two half-steps that never make its objective worse.

* **kmeans** puts each point to its nearest centre and each centre into the middle of its points:
  $J = \frac1n \sum_i \lVert x_i - \mu_{c_i} \rVert^2$ falls (Lloyd 1982).
* **mixture** does so by degrees, for Gaussians with weights and covariances. EM's E-step is
  $\gamma_{ik} = \pi_k \mathcal N(x_i | \mu_k, \Sigma_k) / \sum_j \pi_j \mathcal N(x_i | \mu_j,
  \Sigma_j)$, its M-step $\mu_k = \sum_i \gamma_{ik} x_i / \sum_i \gamma_{ik}$ and the like; the
  likelihood rises (Dempster et al. 1977).
* **dec** lets go of the decoder and moves the codes $z_i$ themselves: its soft assignment
  $q_{ij} \propto (1 + \lVert z_i - \mu_j \rVert^2)^{-1}$ is to equal a sharper copy of itself,
  $p_{ij} \propto q_{ij}^2 / f_j$ with $f_j = \sum_i q_{ij}$, by descent on
  $\mathrm{KL}(P \Vert Q)$ (Xie et al. 2016).
* **vade** is a variational autoencoder whose prior is the mixture: draw a cluster $c \sim \pi$, a
  code $z \sim \mathcal N(\mu_c, \sigma_c^2)$, a picture $x \sim p(x|z)$. It maximises
  $$\mathrm{ELBO} = \mathbb E_q[\log p(x|z)] - \mathrm{KL}(q(z, c|x) \,\Vert\, p(z, c)),$$
  with $q(c|x) = \gamma_c = p(c|z)$, and can draw pictures of each cluster (Jiang et al. 2017).
  Weights are a softmax and variances an exponential, so neither can leave its range.

Labels, where there are some, only judge:
$\mathrm{ACC} = \max_m \frac1n \sum_i 1[y_i = m(c_i)]$ needs a matching $m$ of clusters to labels;
$\mathrm{NMI} = I(Y; C) / \frac12 (H(Y) + H(C))$ is above 0 by chance;
$\mathrm{ARI}$, the share of pairs treated alike, is set to 0 at chance. All three count all the
pictures, as the papers do: nothing is held out, because no label was used.

All of them can fail, and it takes no label to notice (try the links that begin with *Failure*).
VaDE without pre-training leaves all but one or two clusters as good as empty: the sizes show it,
and its ELBO stays below that of a run with pre-training. With too few clusters the typical pictures
of one do not resemble each other; with too many those of two do. And a Gaussian that shrinks onto a
few points, or onto a pixel that never changes, can have any likelihood: so every M-step adds a
least variance. VaDE learns the logarithms of its variances and adds densities up in log space;
should a number leave the finite range all the same, the run ends and says at which step.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import param

from workbench import formulas, metrics, mixtures, nets
from workbench.chapters import Chapter, Claim, Published
from workbench.data import DataError
from workbench.deepclustering import (
    Coder,
    Prior,
    autoencoder_gradient,
    dec_gradient,
    vade_gradient,
)
from workbench.frames import (
    Bars,
    Diverged,
    Frame,
    Images,
    Picture,
    Scatter,
    Trace,
    check_finite,
    schedule,
)
from workbench.later import Tensor, torch
from workbench.partitions import (
    View,
    confusion,
    everyones_labels,
    everything,
    grid,
    matched,
    outlines,
    plane,
    principal_scores,
    target,
)
from workbench.resident import Resident, resident
from workbench.settings import DataName, Stops
from workbench.settings import Settings as Base

RIDGE = 1e-3  # added to every variance of the mixture that VaDE begins with
WIDE = 64  # a mixture of pictures with more than 256 pixels sees so many components of them
TOLERANCE = 1e-3  # nats a point: EM has settled when an iteration gains less
UPDATE = 30, 140  # steps between two targets of DEC, up to 10,000 pictures and beyond
FEW = 0.001  # DEC stops when a smaller share of pictures changed cluster between two targets
TURN = {"dec": 0.1, "vade": 0.3}  # learning rate of the clustering stage, relative to the knob
HINT = "Lower the learning rate."


class Settings(Base):
    """The knobs of the clustering methods."""

    data = DataName("digits", label="Data", doc="The pictures to sort; labels only judge.")
    kind = param.Selector(
        default="vade",
        objects=["kmeans", "mixture", "dec", "vade"],
        label="Method",
        doc="K-Means, EM for a Gaussian mixture, deep embedded clustering, or a VAE with a "
        "mixture for its prior.",
    )
    features = param.Selector(
        default="autoencoder",
        objects=["pixels", "pca", "autoencoder"],
        label="Points",
        doc="What K-Means and the mixture see of a picture. Of more than 256 pixels a mixture "
        "sees the first 64 principal components.",
    )
    covariance = param.Selector(
        default="diagonal",
        objects=list(mixtures.COVARIANCES),
        label="Covariance",
        doc="Balls, axis-parallel ellipses, one ellipse for all, or any ellipse for each.",
    )
    clusters = param.Integer(
        10, bounds=(1, 30), label="Clusters K", doc="How many clusters to look for."
    )
    latent = param.Integer(
        10, bounds=(1, 32), label="Code size", doc="Numbers in the code or principal components."
    )
    pretrain = param.Number(
        0.5,
        bounds=(0, 0.9),
        step=0.1,
        label="Pre-training",
        doc="Share of the steps that train the autoencoder alone, before there are clusters.",
    )
    restarts = param.Integer(
        5,
        bounds=(1, 20),
        label="Restarts",
        doc="Starts to choose from, never by labels: the lowest inertia wins, or with method "
        "mixture the highest likelihood.",
    )
    ridge = Stops(
        1e-3,
        [1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1],
        label="Least variance",
        precedence=2,
        doc="Added to every variance of a mixture: without it a component can shrink to a point.",
    )
    lr = Stops(
        0.003,
        [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
        label="Learning rate",
        precedence=2,
        doc="Adam's step size in pre-training; clustering takes a tenth (DEC) or a third (VaDE).",
    )
    steps = Stops(
        2000,
        [100, 200, 400, 800, 1500, 2000, 3000, 6000, 12000, 20000],
        label="Steps",
        precedence=2,
        doc="Mini-batches, or iterations of K-Means and EM, with those of the pre-training.",
    )
    seed = param.Integer(
        0,
        bounds=(0, 99),
        label="Seed",
        precedence=2,
        doc="Draws the initial weights, the order of the data, the noise and the starts.",
    )

    relevant = {
        "features": lambda s: s.kind in ("kmeans", "mixture"),
        "covariance": lambda s: s.kind == "mixture",
        "ridge": lambda s: s.kind == "mixture",
        "latent": lambda s: not s.on_pixels,
        "pretrain": lambda s: s.deep,
        "lr": lambda s: s.deep,
    }

    @property
    def on_pixels(self) -> bool:
        return self.kind in ("kmeans", "mixture") and self.features == "pixels"

    @property
    def deep(self) -> bool:
        """Whether a network is trained."""
        return self.kind in ("dec", "vade") or self.features == "autoencoder"

    @property
    def before(self) -> int:
        """Steps of pre-training."""
        return round(self.pretrain * self.steps) if self.deep else 0


# ---- the stages of a run


@dataclass(frozen=True, eq=False)
class Stage:
    """What the methods share: all pictures x [n, pixels], networks, random order and noise."""

    runs: Sequence[Settings]
    data: Resident
    x: Tensor
    net: Coder | None
    batches: nets.Batches
    noise: nets.Noise

    @property
    def first(self) -> Settings:
        """The run that stands for all in every knob that is not stackable."""
        return self.runs[0]

    def few(self) -> "Stage":
        """The same with the first pictures alone: quick enough for every frame."""
        return replace(self, x=self.x[:SHOWN])

    def branch(self, runs: Sequence[Settings]) -> "Stage":
        """The same for other runs, which go on from here and leave this one as it is: methods that
        begin with the same pre-training need it once."""
        net, batches, noise = copy.deepcopy((self.net, self.batches, self.noise))
        return replace(self, runs=runs, net=net, batches=batches, noise=noise)

    def points(self) -> list[Tensor]:
        """What K-Means and the mixture see, [n, d], for every run: in float64, but for K-Means on
        many pixels, which would take gigabytes.

        Raises Diverged when pre-training has left the finite numbers.
        """
        first, pixels = self.first, self.data.pixels
        if self.net is not None:
            codes = [self.net.codes(r, self.x)[0].double() for r in range(len(self.runs))]
            if not all(each.isfinite().all() for each in codes):
                raise Diverged(f"Training diverged before there were clusters. {HINT}")
            return codes
        if first.on_pixels and pixels <= 256:
            points = self.x
        elif first.on_pixels and first.kind == "kmeans":
            return [self.x] * len(self.runs)
        else:
            size = WIDE if first.on_pixels else min(first.latent, pixels)
            points = principal_scores(self.data, size)
        return [points.double()] * len(self.runs)


def stage(runs: Sequence[Settings], device: str) -> Stage:
    """Raises DataError if there are fewer pictures than clusters, or all are the same."""
    first, data = runs[0], resident(runs[0].data, device)
    x = everything(data)
    if torch.equal(x.amin(0), x.amax(0)):
        raise DataError(f"All pictures of {first.data} are the same: give some that differ.")
    if len(x) < first.clusters:
        raise DataError(f"{first.data} has {len(x)} pictures: ask for at most so many clusters.")
    seeds = nets.generators([run.seed for run in runs])
    net = Coder(data.pixels, first.latent, seeds, device) if first.deep else None
    batch = 128 if len(x) <= 10_000 else 256
    batches = nets.Batches(len(x), batch, seeds, device)
    noise = nets.Noise((batches.size, first.latent), seeds, device)
    return Stage(runs, data, x, net, batches, noise)


def pre_train(now: Stage) -> Iterator[list[Frame]]:
    """Trains the autoencoders alone, and rehearses on a few pictures what clusters they give."""
    first, shown = now.first, shown_steps(now.first)
    shows = [Show(now, k) for k in range(len(now.runs))]
    if first.before:
        adam = nets.Adam(now.net.parameters(), [run.lr for run in now.runs])
    for step in range(1, first.before + 1):
        autoencoder_gradient(now.net, now.x[now.batches.draw()])
        adam.step(pace=1 - 0.9 * step / first.before)
        if step in shown and step < first.before:
            rehearsal = METHODS[first.kind](now.few(), restarts=1)
            yield [show.frame(step, "pre-training", rehearsal) for show in shows]


def cluster(now: Stage) -> Iterator[list[Frame]]:
    """Finds first clusters, and then lets the method work on them."""
    first, shown = now.first, shown_steps(now.first)
    shows = [Show(now, k) for k in range(len(now.runs))]
    method = METHODS[first.kind](now, first.restarts)
    for show in shows:
        show.settle(method)
    if first.before:
        yield [show.frame(first.before, "clusters initialised", method) for show in shows]
    method.start()
    for step in range(first.before + 1, first.steps + 1):
        method.step(pace=1 - 0.9 * (step - first.before) / (first.steps - first.before))
        if step in shown:
            yield [show.frame(step, method.note(show.k), method) for show in shows]


def train_together(runs: Sequence[Settings], device: str = "cpu") -> Iterator[list[Frame]]:
    """Trains runs that differ in stackable knobs side by side; yields a list of their frames."""
    now = stage(runs, device)
    yield from pre_train(now)
    yield from cluster(now)


def train(settings: Settings, device: str = "cpu") -> Iterator[Frame]:
    """Clusters once and yields the frames."""
    for (frame,) in train_together([settings], device):
        yield frame


def shown_steps(run: Settings) -> frozenset[int]:
    """The steps that are shown: each stage dense early and sparse late."""
    if not run.before:
        return schedule(run.steps)
    later = schedule(run.steps - run.before, 28)
    return schedule(run.before, 12) | {run.before + mark for mark in later}


class KMeans:
    """Lloyd's iterations from every start, side by side; the lowest inertia is shown."""

    def __init__(self, now: Stage, restarts: int):
        k = now.first.clusters
        self.points = now.points()
        self.centres = [
            [mixtures.plus_plus(x, k, run.seed + 1000 * i) for i in range(restarts)]
            for x, run in zip(self.points, now.runs, strict=True)
        ]
        self.inertia = [[np.inf] * restarts for _ in now.runs]
        self.settled = [[0] * restarts for _ in now.runs]  # the step after which nothing moved
        self.count = 0
        if now.net is not None:
            for _ in range(10):  # on codes the first frames show clusters, not starts
                self.step()

    def start(self) -> None:
        pass

    def step(self, pace: float = 1.0) -> None:
        self.count += 1
        for r, x in enumerate(self.points):
            for i, centres in enumerate(self.centres[r]):
                if not self.settled[r][i]:
                    labels, inertia = mixtures.assign(x, centres)
                    self.centres[r][i] = mixtures.centre(x, labels, centres)
                    if inertia >= self.inertia[r][i]:
                        self.settled[r][i] = self.count
                    self.inertia[r][i] = inertia

    def note(self, r: int) -> str:
        last = max(self.settled[r])
        return f"all starts settled by iteration {last}" if all(self.settled[r]) else "clustering"

    def view(self, r: int, rows: int) -> View:
        centres = self.centres[r][int(np.argmin(self.inertia[r]))]
        labels, inertia = mixtures.assign(self.points[r], centres)
        gamma = torch.nn.functional.one_hot(labels[:rows], len(centres))
        return View(self.points[r][:rows], gamma.double(), None, {"inertia": inertia})


class Em:
    """EM from every start, side by side, each from the clusters of a K-Means of its own; the
    highest likelihood is shown."""

    def __init__(self, now: Stage, restarts: int):
        first = now.first
        self.points, self.kind, self.ridge = now.points(), first.covariance, first.ridge
        self.mixtures = [
            [
                mixtures.begin(
                    x,
                    mixtures.kmeans(x, first.clusters, run.seed + 1000 * i),
                    self.kind,
                    self.ridge,
                )
                for i in range(restarts)
            ]
            for x, run in zip(self.points, now.runs, strict=True)
        ]
        self.likelihood = [[-np.inf] * restarts for _ in now.runs]
        self.settled = [[0] * restarts for _ in now.runs]
        self.count = 0

    start, note = KMeans.start, KMeans.note

    def step(self, pace: float = 1.0) -> None:
        self.count += 1
        for r, x in enumerate(self.points):
            for i, mixture in enumerate(self.mixtures[r]):
                if not self.settled[r][i]:
                    gamma, likelihood = mixtures.expect(x, mixture)
                    self.mixtures[r][i] = mixtures.maximise(x, gamma, self.kind, self.ridge)
                    if likelihood < self.likelihood[r][i] + TOLERANCE:
                        self.settled[r][i] = self.count
                    self.likelihood[r][i] = likelihood

    def view(self, r: int, rows: int) -> View:
        mixture = self.mixtures[r][int(np.argmax(self.likelihood[r]))]
        gamma, likelihood = mixtures.expect(self.points[r], mixture)
        shape = mixture.mu, mixture.matrices()
        return View(self.points[r][:rows], gamma[:rows], shape, {"log_likelihood": likelihood})


class Dec:
    """Centres from K-Means on the codes; then encoder and centres descend on KL(P || Q)."""

    def __init__(self, now: Stage, restarts: int):
        self.now, self.count, self.update = now, 0, UPDATE[len(now.x) > 10_000]
        self.stopped, self.kept = [0] * len(now.runs), {}
        centres = [
            mixtures.kmeans(x, now.first.clusters, run.seed, restarts).float()
            for x, run in zip(now.points(), now.runs, strict=True)
        ]
        self.mu = torch.stack(centres).requires_grad_()

    def _assign(self, r: int, rows: int) -> tuple[Tensor, Tensor]:
        """Codes [rows, J] of the first pictures and Q [rows, K], for one run."""
        codes, _ = self.now.net.codes(r, self.now.x[:rows])
        return codes, formulas.student_t(codes, self.mu[r].detach())

    def _assign_all(self) -> Tensor:
        """Q of all pictures and runs: [runs, n, K]."""
        return torch.stack([self._assign(r, len(self.now.x))[1] for r in range(len(self.mu))])

    def start(self) -> None:
        self.q = self._assign_all()
        self.p = formulas.target_distribution(self.q)
        rates = [TURN["dec"] * run.lr for run in self.now.runs]
        self.adam = nets.Adam([*self.now.net.encoder.parameters(), self.mu], rates)

    def step(self, pace: float = 1.0) -> None:
        if all(self.stopped):
            return
        rows = self.now.batches.draw()
        target = torch.take_along_dim(self.p, rows[..., None], 1)
        dec_gradient(self.now.net, self.mu, self.now.x[rows], target)
        self.adam.step()
        self.count += 1
        if self.count % self.update == 0:
            self._aim()

    def _aim(self) -> None:
        """A new target from all pictures; stops the runs in which hardly any changed cluster."""
        before = self.q.argmax(-1)
        self.q = self._assign_all()
        self.p = formulas.target_distribution(self.q)
        moved = (before != self.q.argmax(-1)).float().mean(-1).tolist()
        for r, share in enumerate(moved):
            if share < FEW and not self.stopped[r]:  # its company may go on: keep how it ended
                self.stopped[r], self.kept[r] = self.count, self.view(r, len(self.now.x))

    def note(self, r: int) -> str:
        if self.stopped[r]:
            return f"stopped after {self.stopped[r]} steps: fewer than {FEW:.1%} changed cluster"
        return "clustering"

    def view(self, r: int, rows: int) -> View:
        if r in self.kept:
            kept = self.kept[r]
            return kept._replace(points=kept.points[:rows], gamma=kept.gamma[:rows])
        codes, q = (t.double() for t in self._assign(r, rows))
        p = formulas.target_distribution(q)
        kl = (p * (p.clamp_min(1e-30) / q).log()).sum(-1).mean().item()
        return View(codes, q, None, {"kl": kl})


class Vade:
    """A prior from the mixture of the codes; then coder and prior climb the ELBO together."""

    def __init__(self, now: Stage, restarts: int):
        self.now = now
        found = [
            self._mixture(x, run.seed, restarts)
            for x, run in zip(now.points(), now.runs, strict=True)
        ]
        terms = ([t.float() for t in (m.log_pi, m.mu, m.covariance.log())] for m in found)
        self.prior = Prior(*(torch.stack(each) for each in zip(*terms, strict=True)))

    def _mixture(self, points: Tensor, seed: int, restarts: int) -> mixtures.Mixture:
        """Twenty iterations of EM on the codes, from the K-Means of the lowest inertia."""
        centres = mixtures.kmeans(points, self.now.first.clusters, seed, restarts)
        # codes of an untrained network lie closer together than the ridge
        ridge = RIDGE * min(1.0, points.var(0, unbiased=False).mean().item() + 1e-9)
        mixture = mixtures.begin(points, centres, "diagonal", ridge)
        for _ in range(20):
            gamma, _ = mixtures.expect(points, mixture)
            mixture = mixtures.maximise(points, gamma, "diagonal", ridge)
        return mixture

    def _rate(self, means: Tensor, logvars: Tensor, terms) -> tuple[Tensor, Tensor]:
        """A sample of the codes [n, J], the same noise throughout, and the rate [n]."""
        eps = torch.randn(means.shape, generator=torch.Generator().manual_seed(1))
        z = formulas.reparameterise(means, logvars, eps.to(means.device))
        log_gamma = formulas.log_responsibilities(formulas.mixture_log_joint(z, *terms))
        return z, formulas.vade_rate(means, logvars, log_gamma, *terms)

    def start(self) -> None:
        rates = [TURN["vade"] * run.lr for run in self.now.runs]
        self.adam = nets.Adam(self.now.net.parameters() + self.prior.parameters(), rates)

    def step(self, pace: float = 1.0) -> None:
        x = self.now.x[self.now.batches.draw()]
        vade_gradient(self.now.net, self.prior, x, self.now.noise.draw())
        self.adam.step(pace)

    def note(self, r: int) -> str:
        return "clustering"

    def view(self, r: int, rows: int) -> View:
        means, logvars = self.now.net.codes(r, self.now.x[:rows])
        terms = [t[r].detach() for t in self.prior.terms()]
        z, rate = self._rate(means, logvars, terms)
        nll = formulas.bernoulli_nll(self.now.net.decode(r, z), self.now.x[:rows])
        gamma = formulas.mixture_log_joint(means, *terms).double().softmax(-1)  # at the mean code
        shape = terms[1].double(), torch.diag_embed(terms[2].double().exp())
        loss = (nll + rate).mean().item()
        return View(means.double(), gamma, shape, {"elbo": -loss, "loss": loss})

    def samples(self, r: int, count: int) -> Tensor:
        """Pictures from each component, with the same noise throughout: [K, count, pixels]."""
        _, mu, logvar = (t[r].detach() for t in self.prior.terms())
        eps = torch.randn(count, mu.shape[1], generator=torch.Generator().manual_seed(2))
        z = mu[:, None] + (0.5 * logvar).exp()[:, None] * eps.to(mu.device)  # (cluster, draw, J)
        out = self.now.net.decode(r, z.flatten(0, 1)).sigmoid()
        return out.unflatten(0, (len(mu), count))


METHODS = {"kmeans": KMeans, "mixture": Em, "dec": Dec, "vade": Vade}


# ---- what a reader sees

SHOWN = 2000  # pictures that a frame is measured on; the last frame counts all
DRAWN = 600  # points of a scatter
ACROSS = 10  # pictures in a row


class Show:
    """Makes one run's frames. With the clusters, their plane and the baseline are settled."""

    def __init__(self, now: Stage, k: int):
        self.now, self.k, self.run = now, k, now.runs[k]
        self.labels, self.plane, self.base = everyones_labels(now.data), None, None

    def settle(self, method) -> None:
        """Fixes the plane, and the baseline: the clusters that pre-training alone gives."""
        view = method.view(self.k, len(self.now.x))
        self.plane, self.base = plane(view.points[:SHOWN], self.now.data), self._judge(view)

    def frame(self, step: int, note: str, method) -> Frame:
        """What was measured after `step` steps, and what it looks like."""
        last = step == self.run.steps
        view = method.view(self.k, len(self.now.x) if last else SHOWN)
        scalars = self._scalars(view)
        check_finite(step, scalars, HINT)
        done = "done" if note == "clustering" else f"done: {note}"
        return Frame(
            step, self.run.steps, scalars, self._pictures(view, method), done if last else note
        )

    def _judge(self, view: View) -> dict[str, float]:
        """ACC, NMI and ARI against the labels; nothing where there are none."""
        if self.labels is None:
            return {}
        clusters, labels = view.gamma.argmax(1).cpu().numpy(), self.labels[: len(view.gamma)]
        return {
            "acc": metrics.clustering_accuracy(labels, clusters),
            "nmi": metrics.normalised_mutual_information(labels, clusters),
            "ari": metrics.adjusted_rand_index(labels, clusters),
        }

    def _scalars(self, view: View) -> dict[str, float]:
        judged = self._judge(view)
        scalars = judged | view.scalars | {"used": float(len(view.gamma.argmax(1).unique()))}
        if self.run.kind != "kmeans":
            scalars["entropy"] = torch.special.entr(view.gamma).sum(1).mean().item()
        if self.run.kind in ("dec", "vade"):
            base = judged if self.base is None else self.base
            scalars |= {f"base_{name}": value for name, value in base.items()}
        if self.now.net is not None:
            out = self.now.net.decode(self.k, view.points[:DRAWN].float()).sigmoid()
            error = formulas.squared_error(out, self.now.x[: len(out)]).mean().item()
            scalars["mse"] = error / self.now.data.pixels
        return scalars

    def _pictures(self, view: View, method) -> dict[str, Picture]:
        clusters, k = view.gamma.argmax(1).cpu().numpy(), self.run.clusters
        order, names = np.arange(k), tuple(str(c + 1) for c in range(k))
        pictures: dict[str, Picture] = {"codes": self._codes(view, clusters, names)}
        if self.labels is not None:
            classes = self.now.data.images.classes
            table = metrics.contingency(self.labels[: len(clusters)], clusters, (len(classes), k))
            order, names = matched(table, classes)
            pictures["confusion"] = confusion(table[:, order].T, names, classes)
        pictures["members"] = self._members(view, order, names)
        pictures["sizes"] = Bars(
            "Size of the clusters",
            names,
            np.bincount(clusters, minlength=k)[order].astype(float),
            "cluster",
            "pictures",
            caption="A cluster without pictures is dead.",
        )
        if self.run.kind == "vade":
            drawn = method.samples(self.k, ACROSS)[torch.from_numpy(order)]
            pictures["samples"] = Images(
                "Drawn from each cluster",
                *self._tiles(drawn, names),
                caption="Codes drawn from one component of the prior at a time, with the same "
                "noise throughout, and decoded.",
            )
        if self.run.kind == "dec":
            pictures["target"] = target(view.gamma)
        return pictures

    def _codes(self, view: View, clusters: np.ndarray, names: tuple[str, ...]) -> Scatter:
        look = self.plane or plane(view.points, self.now.data)
        xy = look.see(view.points, self.now.data)
        known, drawn = self.labels is not None, "component" if view.shape else "cluster's points"
        return Scatter(
            "Points and clusters",
            xy[:DRAWN],
            (self.labels if known else clusters)[:DRAWN],
            self.now.data.images.classes if known else names,
            *look.labels,
            outlines=outlines(look, view, xy, clusters, len(names)),
            caption=("Colours are labels, which training never saw. " if known else "")
            + f"Outlines: two standard deviations of each {drawn}.",
        )

    def _members(self, view: View, order: np.ndarray, names: tuple[str, ...]) -> Images:
        clusters, x = view.gamma.argmax(1), self.now.x
        rows = x.new_zeros(len(order), ACROSS, x.shape[1])
        for row, c in zip(rows, order.tolist(), strict=True):
            mine = (clusters == c).nonzero().flatten()
            points = view.points[mine]
            far = (points - points.mean(0)).square().sum(1)
            best = mine[far.argsort(stable=True)[:ACROSS]]
            row[: len(best)] = x[best]
        return Images(
            "Typical pictures of each cluster",
            *self._tiles(rows, names),
            caption="The members nearest the middle. Black: there are no more.",
        )

    def _tiles(self, pictures: Tensor, names: tuple) -> tuple[np.ndarray, tuple]:
        """Pictures [K, across, pixels] as `Images` takes them, and the names of its rows."""
        rows, names = grid(pictures, names)
        return self.now.data.tiles(rows.flatten(0, 1), rows.shape[1]), names


# ---- what it teaches


@lru_cache(maxsize=16)
def outcome(**knobs) -> tuple[dict[str, float], dict[str, float]]:
    """The numbers of a run on the CPU when its clusters began, and at its end."""
    settings = Settings(**knobs)
    frames = [f.scalars for f in train(settings) if f.step in (settings.before, settings.steps)]
    return frames[0], frames[-1]


def _said(*pairs: tuple[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in pairs)


def vade_keeps(seed: int) -> tuple[bool, str]:
    """VaDE's NMI against that of the autoencoder's mixture which it starts from."""
    _, end = outcome(seed=seed, steps=1000)
    return end["nmi"] >= end["base_nmi"] - 0.02, _said(
        ("NMI of the mixture", end["base_nmi"]), ("of VaDE", end["nmi"])
    )


def elbo_rises(seed: int) -> tuple[bool, str]:
    """The ELBO when the clusters begin and at the end."""
    begin, end = outcome(seed=seed, steps=1000)
    return end["elbo"] > begin["elbo"], _said(("ELBO", begin["elbo"]), ("then", end["elbo"]))


def collapse(seed: int) -> tuple[bool, str]:
    """NMI and ACC of VaDE without pre-training, against the mixture which it starts from."""
    _, end = outcome(seed=seed, steps=1000, pretrain=0)
    return end["base_nmi"] > 0.3 and end["nmi"] < 0.05 and end["acc"] < 0.15, _said(
        ("NMI of the mixture", end["base_nmi"]), ("of VaDE", end["nmi"]), ("ACC", end["acc"])
    )


def collapse_shows(seed: int) -> tuple[bool, str]:
    """The ELBO of VaDE with and without pre-training: what a reader without labels would see."""
    ends = [outcome(seed=seed, steps=1000, **knobs)[1]["elbo"] for knobs in ({}, {"pretrain": 0})]
    return ends[0] > ends[1] + 1, _said(("ELBO", ends[0]), ("without pre-training", ends[1]))


def dec_sharpens(seed: int) -> tuple[bool, str]:
    """DEC's accuracy and entropy against those of its start."""
    begin, end = outcome(kind="dec", seed=seed, steps=1000)
    holds = end["acc"] >= end["base_acc"] - 0.01 and end["entropy"] < begin["entropy"]
    return holds, _said(
        ("ACC", end["base_acc"]),
        ("then", end["acc"]),
        ("entropy", begin["entropy"]),
        ("then", end["entropy"]),
    )


def nmi_hardly_notices(seed: int) -> tuple[bool, str]:
    """Three times as many clusters as digits, for K-Means on pixels."""
    ten, thirty = (
        outcome(kind="kmeans", features="pixels", clusters=k, steps=100, seed=seed)[1]
        for k in (10, 30)
    )
    holds = ten["acc"] - thirty["acc"] > 0.2 and abs(ten["nmi"] - thirty["nmi"]) < 0.05
    return holds, _said(
        ("ACC", ten["acc"]),
        ("with 30", thirty["acc"]),
        ("NMI", ten["nmi"]),
        ("with 30", thirty["nmi"]),
    )


def likelihood_explodes(seed: int) -> tuple[bool, str]:
    """A mixture on pixels with next to no least variance, against the default one."""
    floor, none = (
        outcome(kind="mixture", features="pixels", ridge=ridge, steps=100, seed=seed)[1]
        for ridge in (1e-3, 1e-9)
    )
    holds = none["log_likelihood"] > floor["log_likelihood"] + 50 and none["acc"] < floor["acc"]
    return holds, _said(
        ("log-likelihood", floor["log_likelihood"]),
        ("without", none["log_likelihood"]),
        ("ACC", floor["acc"]),
        ("without", none["acc"]),
    )


def singletons(seed: int) -> tuple[bool, str]:
    """NMI and ARI of a clustering that put every digit into a cluster of its own."""
    labels = everyones_labels(resident("digits"))
    each = np.random.default_rng(seed).permutation(len(labels))
    nmi = metrics.normalised_mutual_information(labels, each)
    ari = metrics.adjusted_rand_index(labels, each)
    return abs(nmi - 0.47) < 0.005 and abs(ari) < 1e-9, _said(("NMI", nmi), ("ARI", ari))


CLAIMS = (
    Claim(
        "vade-keeps",
        "VaDE ends with an NMI no more than 0.02 below that of the mixture of "
        "codes that it starts from (digits, 1000 steps).",
        vade_keeps,
    ),
    Claim("elbo-rises", "Training raises VaDE's ELBO above that of its start.", elbo_rises),
    Claim(
        "collapse",
        "Without pre-training VaDE ends with nearly every digit in one cluster: an "
        "ACC below 0.15 (one cluster for all has 0.10) and an NMI below 0.05, though the mixture "
        "it starts from has more than 0.3.",
        collapse,
    ),
    Claim(
        "collapse-shows",
        "It takes no label to notice: without pre-training VaDE's ELBO ends more than a nat lower.",
        collapse_shows,
    ),
    Claim(
        "dec-sharpens",
        "DEC ends surer of its clusters, and with an ACC no more than 0.01 "
        "below that of K-Means on the codes that it starts from.",
        dec_sharpens,
    ),
    Claim(
        "nmi-hardly-notices",
        "K-Means with 30 clusters instead of 10 loses more than 0.2 of "
        "ACC and less than 0.05 of NMI.",
        nmi_hardly_notices,
    ),
    Claim(
        "likelihood-explodes",
        "Without a floor under its variances a mixture on pixels gains "
        "more than 50 nats of likelihood a picture, and loses accuracy: components shrink onto "
        "pixels that never change.",
        likelihood_explodes,
    ),
    Claim(
        "singletons", "If every digit is a cluster of its own, NMI is 0.47 and ARI 0.", singletons
    ),
)

CHAPTER = Chapter(
    name="clustering",
    number=3,
    title="Clustering: K-Means, EM, DEC and VaDE",
    question="Which pictures belong together, when nobody says what they show?",
    doc=__doc__,
    Settings=Settings,
    train=train,
    train_together=train_together,
    stackable=("lr", "seed"),
    traces=(
        Trace(
            "Agreement with the labels",
            {
                "acc": "ACC",
                "nmi": "NMI",
                "ari": "ARI",
                "base_acc": "ACC before",
                "base_nmi": "NMI before",
                "base_ari": "ARI before",
            },
            "1 is agreement",
            dashed=("base_acc", "base_nmi", "base_ari"),
            caption="Dashed, for DEC and VaDE: the clusters that pre-training alone gives. What "
            "lies above is what clustering added.",
        ),
        Trace(
            "Inertia",
            {"inertia": "inertia"},
            "squared distance",
            log_x=True,
            caption="Mean over points. Neither half-step of K-Means can raise it; pre-training "
            "can, for it moves the points.",
        ),
        Trace(
            "Log-likelihood",
            {"log_likelihood": "log-likelihood"},
            "nats a point",
            log_x=True,
            caption="Neither half-step of EM can lower it; pre-training can, for it moves the "
            "points.",
        ),
        Trace(
            "Distance of Q and P",
            {"kl": "KL(P||Q)"},
            "nats",
            log_x=True,
            caption="To a target made anew at each frame: how much it asks for. DEC follows a "
            "target for some steps, and as codes move apart the next one asks for more.",
        ),
        Trace(
            "Loss of VaDE",
            {"loss": "minus the ELBO"},
            "nats",
            log_y=True,
            caption="Lower is better. In pre-training: with what VaDE would start if its "
            "clusters began now.",
        ),
        Trace(
            "How unsure",
            {"entropy": "entropy of the assignment"},
            "nats",
            caption="0: every picture is sure of its cluster. That is not to say right.",
        ),
        Trace(
            "Reconstruction",
            {"mse": "decoded from the code"},
            "squared error per pixel",
            log_y=True,
            caption="DEC lets go of the decoder: its codes forget how to draw.",
        ),
    ),
    layout=(
        "codes",
        "Agreement with the labels",
        "confusion",
        "members",
        "samples",
        "sizes",
        "Inertia",
        "Log-likelihood",
        "Loss of VaDE",
        "Distance of Q and P",
        "target",
        "How unsure",
        "Reconstruction",
    ),
    thumbnail="codes",
    reading={
        "acc": "Share of pictures in the cluster matched to their label. Chance is about 1 / K.",
        "nmi": "Shared information of clusters and labels, 0 to 1. Many clusters raise it.",
        "ari": "Share of pairs treated as the labels do, with chance at 0.",
        "base_nmi": "NMI of the clusters that pre-training alone gives.",
        "inertia": "Mean squared distance of a point to its centre. Lower is better.",
        "log_likelihood": "Nats a point under the mixture. Higher is better.",
        "elbo": "Nats a picture. Higher is better; the only judge VaDE may use.",
        "kl": "How far the soft assignments are from their sharper target, in nats.",
        "used": "Clusters that hold a picture.",
        "entropy": "Mean doubt about a picture's cluster, in nats. ln K is none the wiser.",
        "mse": "Squared error per pixel of pictures decoded from their codes.",
    },
    claims=CLAIMS,
    published=(
        Published(
            "VaDE, ACC on MNIST (70,000 pictures)",
            "94.46 %",
            "Jiang et al. 2017, the authors' repository",
        ),
        Published(
            "VaDE, ACC on MNIST, an independent implementation over 20 seeds",
            "71.6 +- 4.4 %",
            "OpenDeepClustering, issue 23",
        ),
        Published("DEC, ACC on MNIST", "84.30 %", "Xie et al. 2016, as Harchaoui et al. list it"),
        Published(
            "DEC, ACC / NMI / ARI on MNIST, another implementation, 10 trials",
            "91.2 % (83.0 to 96.4) / 0.869 / 0.856",
            "DEC-keras, table of results",
        ),
        Published(
            "Autoencoder + mixture, ACC on MNIST",
            "82.56 %",
            "Harchaoui et al. 2017, slides (median of 10)",
        ),
        Published(
            "K-Means on pixels, ACC on MNIST",
            "53.47 %",
            "Harchaoui et al. 2017, slides (median of 10)",
        ),
    ),
    try_this=(
        ("K-Means on pixels: the score to beat", "kind=kmeans&features=pixels"),
        (
            "Full covariances on 20 principal components",
            "kind=mixture&features=pca&latent=20&covariance=full",
        ),
        ("DEC: pulling pictures to their clusters", "kind=dec"),
        ("Failure: VaDE without pre-training", "pretrain=0&restarts=1"),
        ("Failure: half as many clusters as digits", "clusters=5"),
        ("Failure: three times as many", "clusters=30"),
        ("Failure: steps too large", "lr=0.03"),
        (
            "Failure: variances without a floor",
            "kind=mixture&features=pixels&covariance=full&ridge=1e-9",
        ),
        ("Two numbers a code: see the components move", "latent=2"),
    ),
)
