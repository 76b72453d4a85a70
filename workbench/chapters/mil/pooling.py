r"""Pooling: from the instances of a bag to one number, whatever their order and their number.

Bags of unlike size lie in one padded tensor. Scores are ``[..., bags, instances]``, embeddings
``h [..., bags, instances, M]``, and ``mask [..., bags, instances]`` is True for an instance, False
for padding; every bag holds at least one. Padding never counts: it gets no weight and no gradient.
Probabilities stay log-odds as long as they can.

Instance-level poolings turn instance log-odds into the bag's; embedding-level ones turn embeddings
into one embedding ``z [..., bags, M]``, which a classifier reads. Ilse, Tomczak & Welling 2018.
"""

from workbench.science import nets
from workbench.science.later import F, Tensor, torch

SHARP = 5.0  # r of log-sum-exp: 0 would be the mean, infinity the max
INSTANCE = ("instance-max", "instance-mean", "noisy-or", "log-sum-exp")
EMBEDDING = ("max", "mean", "attention", "gated")
KINDS = INSTANCE + EMBEDDING


def instance_max(scores: Tensor, mask: Tensor) -> Tensor:
    """``P = max_k p_k``: the standard assumption to the letter; one instance learns at a time."""
    return scores.masked_fill(~mask, -torch.inf).amax(-1)


def instance_mean(scores: Tensor, mask: Tensor) -> Tensor:
    """``P = (1/K) sum_k p_k``: says of a bag how many witnesses it has, not whether it has one."""

    def log_sum(signed: Tensor) -> Tensor:
        return F.logsigmoid(signed).masked_fill(~mask, -torch.inf).logsumexp(-1)

    return log_sum(scores) - log_sum(-scores)  # both logarithms carry the same log K


def noisy_or(scores: Tensor, mask: Tensor) -> Tensor:
    """``P = 1 - prod_k (1 - p_k)``: each instance has its own chance to make the bag positive."""
    log_not = -F.softplus(scores).masked_fill(~mask, 0).sum(-1)
    log_not = log_not.clamp_max(-1e-6)  # the logarithm of 1 - 1 would be that of 0
    return (-torch.expm1(log_not)).log() - log_not


def log_sum_exp(scores: Tensor, mask: Tensor, r: float = SHARP) -> Tensor:
    """``P = (1/r) log (1/K) sum_k exp(r p_k)``: between mean (small r) and max (large r).

    Ramon & De Raedt 2000.
    """
    terms = (r * scores.sigmoid()).masked_fill(~mask, -torch.inf)
    p = (terms.logsumexp(-1) - mask.sum(-1).to(terms).log()) / r
    return torch.logit(p, eps=1e-6)


def max_pool(h: Tensor, mask: Tensor) -> Tensor:
    """``z_m = max_k h_km``, feature by feature."""
    return h.masked_fill(~mask.unsqueeze(-1), -torch.inf).amax(-2)


def weighted(h: Tensor, weights: Tensor) -> Tensor:
    """``z = sum_k a_k h_k``; weights [..., bags, instances]."""
    return (weights.unsqueeze(-1) * h).sum(-2)  # cheaper than a small matrix product for each bag


def uniform_weights(h: Tensor, mask: Tensor) -> Tensor:
    """``a_k = 1/K``: mean pooling."""
    return mask.to(h) / mask.sum(-1, keepdim=True)


def attention_weights(
    h: Tensor, mask: Tensor, V: Tensor, w: Tensor, U: Tensor | None = None
) -> Tensor:
    """``a_k = softmax_k(w^T tanh(V^T h_k))``, gated with U: ``tanh(V^T h_k) * sigm(U^T h_k)``.

    V and U ``[..., M, L]``, w ``[..., L, 1]`` with the leading axes of h. The weights of a bag sum
    to 1; on padding they are 0. They compare instances of one bag only. Ilse et al. 2018,
    equations 8 and 9.
    """
    flat = h.flatten(-3, -2)  # (..., bags x instances, M)
    hidden = torch.tanh(flat @ V)
    if U is not None:
        hidden = hidden * torch.sigmoid(flat @ U)
    scores = project(hidden, w).view(mask.shape)
    return scores.masked_fill(~mask, -torch.inf).softmax(-1)


def project(x: Tensor, column: Tensor) -> Tensor:
    """``x column``, [..., n, d] and [..., d, 1] -> [..., n].

    As a sum: a matrix product with one column is rounded otherwise alone than in a stack.
    """
    return (x * column.mT).sum(-1)


def features_won(h: Tensor, mask: Tensor) -> Tensor:
    """Share of the M features of ``max_pool`` that each instance gives, [..., bags, instances]."""
    winner = h.masked_fill(~mask.unsqueeze(-1), -torch.inf).argmax(-2)  # (..., bags, M)
    share = torch.full_like(winner, 1 / h.shape[-1], dtype=h.dtype)
    return torch.zeros(mask.shape, dtype=h.dtype, device=h.device).scatter_add_(-1, winner, share)


class Head:
    """What follows the embeddings: attention, pooling and a linear classifier, one for each run.

    Every run draws all parameters, whatever its pooling: runs of one seed start alike. V, U
    [runs, units, attention], w [runs, attention, 1], c [runs, units, 1], b [runs, 1, 1].
    """

    def __init__(self, units: int, attention: int, generators, device="cpu"):
        self.attend = nets.Mlp([units, attention], generators, device).weights[0]
        self.gate = nets.Mlp([units, attention], generators, device).weights[0]
        self.score = nets.Mlp([attention, 1], generators, device).weights[0]
        classifier = nets.Mlp([units, 1], generators, device)
        self.c, self.b = classifier.weights[0], classifier.biases[0]

    def parameters(self) -> list[Tensor]:
        return [self.attend, self.gate, self.score, self.c, self.b]

    # `runs` are those of the stack that h, or z, is of; None: all of them

    def classify(self, z: Tensor, runs: slice | None = None) -> Tensor:
        """Log-odds ``c^T z + b``: [runs, n, units] -> [runs, n]."""
        return project(z, _of(self.c, runs)) + _of(self.b, runs)[:, 0]

    def weights(self, kind: str, h: Tensor, mask: Tensor, runs: slice | None = None) -> Tensor:
        """What every instance counts for, [runs, bags, instances].

        Instance-level: its own probability ``p_k``. Embedding-level: its share ``a_k``, of max
        pooling the share of the features it wins.
        """
        if kind in INSTANCE:
            scores = self.classify(h.flatten(1, 2), runs).view(mask.shape)
            return scores.sigmoid() * mask
        if kind == "max":
            return features_won(h, mask)
        if kind == "mean":
            return uniform_weights(h, mask)
        gate = _of(self.gate, runs) if kind == "gated" else None
        return attention_weights(h, mask, _of(self.attend, runs), _of(self.score, runs), gate)

    def logits(self, kind: str, h: Tensor, mask: Tensor, runs: slice | None = None) -> Tensor:
        """Log-odds of a positive bag, [runs, bags], from h [runs, bags, instances, units]."""
        if kind in INSTANCE:
            scores = self.classify(h.flatten(1, 2), runs).view(mask.shape)
            return POOLS[kind](scores, mask)
        if kind == "max":
            return self.classify(max_pool(h, mask), runs)
        return self.classify(weighted(h, self.weights(kind, h, mask, runs)), runs)

    def learn(self, kind: str, h: Tensor, mask: Tensor, y: Tensor, runs: slice | None = None):
        """Log-odds of every bag [runs, bags], and the gradient to h of their mean cross-entropy.

        That to the head's own parameters goes into their .grad, which must be zero before. y
        [runs, bags] is 0 or 1. Of attention the chain rule is written out, which takes a quarter
        off a step; the others have autograd.
        """
        if kind in ("attention", "gated"):
            return self._learn_attention(kind, h.detach(), mask, y, runs)
        h = h.detach().requires_grad_()
        logits = self.logits(kind, h, mask, runs)
        loss = F.binary_cross_entropy_with_logits(logits, y, reduction="sum")
        (loss / y.shape[1]).backward()  # the runs share nothing: each gets its own gradient
        return logits.detach(), h.grad

    @torch.no_grad()
    def _learn_attention(self, kind: str, h: Tensor, mask: Tensor, y: Tensor, runs: slice | None):
        """The classifier is linear, so ``c^T z = sum_k a_k c^T h_k``: what the instances would say
        by themselves, weighted. A score therefore gains by ``a_k (c^T h_k - c^T z)``."""
        used = self.attend, self.score, self.c, self.b
        V, w, c, b = (_of(part, runs) for part in used)
        to_V, to_w, to_c, to_b = (_of(part.grad, runs) for part in used)
        flat = h.flatten(1, 2)
        hidden = tanh = torch.bmm(flat, V).tanh_()
        if kind == "gated":
            U, to_U = _of(self.gate, runs), _of(self.gate.grad, runs)
            opened = torch.bmm(flat, U).sigmoid_()
            hidden = tanh * opened
        scores = project(hidden, w).view(mask.shape)
        a = scores.masked_fill_(~mask, -torch.inf).softmax(-1)
        said = project(flat, c).view(mask.shape)
        total = (a * said).sum(-1, keepdim=True)
        logits = total[..., 0] + b[:, 0]
        # and back
        to_logits = ((logits.sigmoid() - y) / y.shape[1]).unsqueeze(-1)
        to_said = to_logits * a
        to_scores = ((said - total) * to_said).view(*flat.shape[:2], 1)
        to_said = to_said.view(*flat.shape[:2], 1)
        torch.sum(to_logits, 1, keepdim=True, out=to_b)
        torch.sum(to_said * flat, 1, out=to_c[..., 0])
        torch.sum(to_scores * hidden, 1, out=to_w[..., 0])
        to_h = to_said * c.mT
        to_hidden = to_scores * w.mT
        if kind == "gated":
            back = torch.ops.aten.sigmoid_backward(to_hidden * tanh, opened)
            torch.bmm(flat.mT, back, out=to_U)
            to_h.baddbmm_(back, U.mT)
            to_hidden *= opened
        back = torch.ops.aten.tanh_backward(to_hidden, tanh)
        torch.bmm(flat.mT, back, out=to_V)
        to_h.baddbmm_(back, V.mT)
        return logits, to_h.view_as(h)


def _of(part: Tensor, runs: slice | None) -> Tensor:
    """The parameters of these runs; all of them as they are, for slices cost on the way back."""
    return part if runs is None else part[runs]


POOLS = {
    "instance-max": instance_max,
    "instance-mean": instance_mean,
    "noisy-or": noisy_or,
    "log-sum-exp": log_sum_exp,
}
