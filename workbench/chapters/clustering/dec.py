"""TODO."""

from workbench.chapters.clustering import mixtures
from workbench.chapters.clustering.coder import Coder
from workbench.chapters.clustering.planes import View
from workbench.chapters.clustering.stage import Stage
from workbench.science import formulas, nets
from workbench.science.later import Tensor, torch

UPDATE = 30, 140  # steps between two targets of DEC, up to 10,000 pictures and beyond
FEW = 0.001  # DEC stops when a smaller share of pictures changed cluster between two targets
TURN = {"dec": 0.1, "vade": 0.3}  # learning rate of the clustering stage, relative to the knob


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


def dec_loss(net: Coder, mu: Tensor, x: Tensor, p: Tensor) -> Tensor:
    """KL(P || Q) of a batch, a mean over pictures [runs]: x [runs, batch, pixels], P [.., K]."""
    q = formulas.student_t(net.encode(x)[0], mu)
    return (p * (p.clamp_min(1e-30) / q).log()).sum(-1).mean(-1)


@torch.inference_mode()
def dec_gradient(net: Coder, mu: Tensor, x: Tensor, p: Tensor) -> None:
    """The gradient of `dec_loss` for encoder and centres mu [runs, K, J], left in each .grad.

    dL/dz_i = 2 sum_j (p_ij - q_ij) (z_i - mu_j) / (1 + |z_i - mu_j|^2), and minus the sum over i
    for mu_j: Xie et al. 2016, equations 4 and 5 with alpha = 1.
    """
    z, logvar = net.encode(x)
    apart = z[..., :, None, :] - mu[..., None, :, :]  # (run, picture, cluster, J)
    near = 1 / (1 + apart.square().sum(-1))
    q = near / near.sum(-1, keepdim=True)
    pull = ((2 / x.shape[1]) * near * (p - q))[..., None] * apart
    torch.sum(-pull, 1, out=mu.grad)
    net.encoder.backward(torch.cat([pull.sum(2), torch.zeros_like(logvar)], -1))
