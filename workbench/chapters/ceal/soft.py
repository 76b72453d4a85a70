"""SOFT_MS: the network's probabilities are the labels of everything that nobody has paid for.

CEAL takes hard classes of what the network is sure of. This strategy takes its probabilities of the
whole open pool, keeps half of each mini-batch for paid labels, blends items (mixup), and pulls the
predictions to be sure one by one and even on the whole: the treatment of Arazo et al. 2020 between
the questions of Wang et al. 2017.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

WEIGHT_A, WEIGHT_H = 0.8, 0.4  # of the regularisers, as in Arazo et al. 2020
MIX = 1.0  # lambda of mixup is drawn from Beta(MIX, MIX)


def loss(logits: Tensor, t: Tensor) -> Tensor:
    """CE(t) + 0.8 R_A + 0.4 R_H of logits [batch, classes] and distributions t of that shape.

    R_A = sum_c 1/C log(1/C / h_c), with h the mean prediction, is 0 where all classes are as likely
    on the whole. R_H is the mean entropy of the predictions (Arazo et al. 2020, eq. 6).
    """
    log_p = logits.log_softmax(-1)
    p = log_p.exp()
    cross_entropy = -(t * log_p).sum(-1).mean()
    imbalance = -(p.mean(0).clamp_min(1e-8) * p.shape[-1]).log().mean()
    uncertainty = -(p * log_p).sum(-1).mean()
    return cross_entropy + WEIGHT_A * imbalance + WEIGHT_H * uncertainty


class Blender:
    """Blends the mini-batches of one network for one round of training.

    p [n, classes] are its labels of the open pool, known [n] the classes that were paid for (-1
    elsewhere); rows [steps, batch] are those that the round will draw.
    """

    def __init__(self, x: Tensor, p: Tensor, known: np.ndarray, rows: Tensor, seed: Sequence[int]):
        rng, (steps, size) = np.random.default_rng(seed), rows.shape
        paid = torch.from_numpy(known)
        onehot = F.one_hot(paid.clamp_min(0), p.shape[1]).float()
        self.labels = torch.where((paid >= 0)[:, None], onehot, p).to(x.device)
        self.x = x
        self.rows = rows
        shares = rng.beta(MIX, MIX, steps)
        self.shares = torch.tensor(shares, dtype=torch.float32, device=x.device)
        self.partners = torch.from_numpy(rng.permuted(np.tile(np.arange(size), (steps, 1)), axis=1))

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """The blended items [batch, d] of a step, and their labels [batch, classes]."""
        near = self.rows[step]
        far, share = near[self.partners[step]], self.shares[step]
        x, t = ((share * v[near] + (1 - share) * v[far]) for v in (self.x, self.labels))
        return x, t


class Step:
    """A step of Adam that first puts the gradient of soft labels where it belongs.

    Whatever made the gradient of the stack made one from hard labels for every network; those at
    `positions` learn from their blended batch instead, and the others never notice.
    """

    def __init__(self, team, blenders: dict[int, Blender]):
        self.team = team
        self.blenders = blenders
        self.count = 0

    def step(self, pace: float = 1.0) -> None:
        """Corrects the gradients and makes the step."""
        parameters = self.team.net.parameters()
        for position, blender in self.blenders.items():
            x, t = blender.draw(self.count)
            with torch.enable_grad():
                value = loss(self.team.logits(position, x), t)
                slopes = torch.autograd.grad(value, parameters)
            for parameter, slope in zip(parameters, slopes, strict=True):
                parameter.grad[position] = slope[position]
        self.count += 1
        self.team.adam.step(pace)
