"""Deep embedded clustering: codes move to centres until they belong to one or another for sure.

The soft assignment q_ij ~ (1 + |z_i - mu_j|^2)^-1 of a code z_i to a centre mu_j is to equal a
sharper copy of itself, p_ij ~ q_ij^2 / sum_i q_ij. Encoder and centres descend on KL(P || Q), and
the decoder is let go (Xie et al. 2016). Every tensor has a leading axis of runs.
"""

import itertools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from workbench.chapters.clustering import kmeans
from workbench.chapters.clustering.autoencoder import Autoencoder
from workbench.chapters.clustering.clusters import Assignment
from workbench.chapters.clustering.points import Setup, points
from workbench.science import formulas, nets

RATE = 0.1  # learning rate, relative to the knob
TARGET_STEPS = 30, 140  # steps between two targets, up to 10,000 pictures and beyond
LEAST_MOVED = 0.001  # DEC stops when a smaller share of pictures changed cluster between targets


def loss(dec: "Dec", x: Tensor, p: Tensor) -> Tensor:
    """KL(P || Q) of a batch, a mean over pictures [runs]: x [runs, batch, pixels], P [.., K]."""
    z, _ = dec.coder.encode(x)
    return divergence(p, formulas.student_t(z, dec.mu)).mean(-1)


def divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL of assignments [..., K] in nats, of each picture [...]."""
    return (p * (p.clamp_min(1e-30) / q).log()).sum(-1)


def fit(setup: Setup, gradient: Callable[..., None]) -> Iterator["Dec"]:
    """Yields centres from K-Means on the codes, and then after every step down `gradient`."""
    dec = Dec(setup.coder, centres(setup), setup.x)
    yield dec
    adam = nets.Adam(dec.parameters(), [RATE * run.lr for run in setup.runs])
    interval = TARGET_STEPS[len(setup.x) > 10_000]
    clusters = dec.aim()
    for step in itertools.count(1):
        if not all(dec.stopped):
            rows = setup.batches.draw()
            gradient(dec, setup.x[rows], torch.take_along_dim(dec.target, rows[..., None], 1))
            adam.step()
            if step % interval == 0:
                before, clusters = clusters, dec.aim()
                dec.stop(step, (before != clusters).float().mean(-1).tolist())
        yield dec


def centres(setup: Setup) -> Tensor:
    """The centres [runs, K, J] of K-Means on the codes."""
    best = [
        kmeans.best_centres(x, run.clusters, run.seed, run.restarts).float()
        for x, run in zip(points(setup), setup.runs, strict=True)
    ]
    return torch.stack(best).requires_grad_()


class Dec:
    """Encoders and centres mu [runs, K, J], and the target P [runs, n, K] that they train for."""

    def __init__(self, coder: Autoencoder, mu: Tensor, x: Tensor):
        self.coder = coder
        self.mu = mu
        self.x = x
        self.target: Tensor | None = None  # until it aims
        self.stopped = [0] * len(mu)  # after how many steps
        self.ended: dict[int, Assignment] = {}  # how: the networks of its company may go on

    def parameters(self) -> list[Tensor]:
        return [*self.coder.encoder.parameters(), self.mu]

    def assign(self, run: int, rows: int) -> tuple[Tensor, Tensor]:
        """Codes [rows, J] of the first pictures and Q [rows, K], for a single run."""
        codes, _ = self.coder.codes(run, self.x[:rows])
        return codes, formulas.student_t(codes, self.mu[run].detach())

    def aim(self) -> Tensor:
        """Makes a new target from all pictures; returns the cluster of each [runs, n]."""
        q = torch.stack([self.assign(run, len(self.x))[1] for run in range(len(self.mu))])
        self.target = formulas.target_distribution(q)
        return q.argmax(-1)

    def stop(self, step: int, moved: list[float]) -> None:
        """Stops the runs in which hardly any picture changed cluster; moved: the share in each."""
        for run, share in enumerate(moved):
            if share < LEAST_MOVED and not self.stopped[run]:
                self.ended[run] = self.evaluate(run, len(self.x))
                self.stopped[run] = step

    def note(self, run: int) -> str:
        if self.stopped[run]:
            steps = self.stopped[run]
            return f"stopped after {steps} steps: fewer than {LEAST_MOVED:.1%} changed cluster"
        return "clustering"

    def evaluate(self, run: int, rows: int) -> Assignment:
        if run in self.ended:
            end = self.ended[run]
            return end._replace(points=end.points[:rows], gamma=end.gamma[:rows])
        codes, q = (t.double() for t in self.assign(run, rows))
        kl = divergence(formulas.target_distribution(q), q).mean().item()
        return Assignment(codes, q, None, {"kl": kl})
