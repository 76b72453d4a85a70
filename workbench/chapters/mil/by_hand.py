"""The gradient of `lesson.loss` by the chain rule, which takes a quarter off a step.

The classifier is linear, so ``c^T z = sum_k a_k c^T h_k``: the log-odds of the instances by
themselves, weighted. A score therefore gains by ``a_k (c^T h_k - c^T z)``.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.chapters.mil.lesson import Head, Network
from workbench.chapters.mil.pooling import project
from workbench.science import nets


def descend(network: Network, adam: nets.Adam, x: Tensor, mask: Tensor, y: Tensor) -> Tensor:
    """One step of Adam down the gradient; the losses before it, [runs]."""
    adam.zero_grad()
    losses = gradient(network, x, mask, y)
    adam.step()
    return losses


def gradient(network: Network, x: Tensor, mask: Tensor, y: Tensor) -> Tensor:
    """The losses [runs]; their gradient is left in each parameter's .grad, which was zero.

    Head and encoder are differentiated one after the other: autograd has what is not written out,
    which is a convolution and every pooling but attention.
    """
    written_out = isinstance(network.encoder, nets.Mlp)
    with torch.set_grad_enabled(not written_out):
        h = network.embed(x)
    logits, d_h = heads_gradient(network, h, mask, y)
    if written_out:
        with torch.no_grad():  # ReLU lets a gradient through where its output is above zero
            d_h = torch.ops.aten.threshold_backward(d_h, h, 0)
            network.encoder.backward(d_h.flatten(1, 2))
    else:
        h.backward(d_h)
    return F.binary_cross_entropy_with_logits(logits, y, reduction="none").mean(-1)


def heads_gradient(network: Network, h: Tensor, mask: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Log-odds of every bag [runs, bags], and the gradient to h; the heads' is left in .grad."""
    head = network.head
    slopes = Head(*(part.grad for part in head))
    if len(network.groups) == 1:
        return head_gradient(network.kinds[0], head, slopes, (h, mask, y))
    parts = [
        head_gradient(kind, head.only(r), slopes.only(r), (h[r], mask[r], y[r]))
        for kind, r in network.groups
    ]
    logits, d_h = zip(*parts, strict=True)
    return torch.cat(logits), torch.cat(d_h)


Batch = tuple[Tensor, Tensor, Tensor]  # embeddings h, mask and y of some bags


def head_gradient(kind: str, head: Head, slopes: Head, batch: Batch) -> tuple[Tensor, Tensor]:
    """The same for runs of one pooling; `slopes` is where their heads' gradient belongs."""
    h, mask, y = batch
    if kind in ("attention", "gated"):
        return attention_gradient(kind == "gated", head, slopes, (h.detach(), mask, y))
    h = h.detach().requires_grad_()
    logits = head.logits(kind, h, mask)
    loss = F.binary_cross_entropy_with_logits(logits, y, reduction="sum")
    (loss / y.shape[1]).backward()  # the runs share nothing: each gets its own gradient
    return logits.detach(), h.grad


@torch.no_grad()
def attention_gradient(
    gated: bool, head: Head, slopes: Head, batch: Batch
) -> tuple[Tensor, Tensor]:
    """The same for attention, written out: the way to the log-odds, and back."""
    h, mask, y = batch
    flat = h.flatten(1, 2)
    hidden = tanh = torch.bmm(flat, head.V).tanh_()
    if gated:
        gate = torch.bmm(flat, head.U).sigmoid_()
        hidden = tanh * gate
    scores = project(hidden, head.w).view(mask.shape)
    a = scores.masked_fill_(~mask, -torch.inf).softmax(-1)
    alone = project(flat, head.c).view(mask.shape)  # c^T h_k
    together = (a * alone).sum(-1, keepdim=True)  # c^T z
    logits = together[..., 0] + head.b[:, 0]

    d_logits = ((logits.sigmoid() - y) / y.shape[1]).unsqueeze(-1)
    d_alone = d_logits * a
    d_scores = ((alone - together) * d_alone).view(*flat.shape[:2], 1)
    d_alone = d_alone.view(*flat.shape[:2], 1)
    torch.sum(d_logits, 1, keepdim=True, out=slopes.b)
    torch.sum(d_alone * flat, 1, out=slopes.c[..., 0])
    torch.sum(d_scores * hidden, 1, out=slopes.w[..., 0])
    d_h = d_alone * head.c.mT
    d_hidden = d_scores * head.w.mT
    if gated:
        d_gate = torch.ops.aten.sigmoid_backward(d_hidden * tanh, gate)
        torch.bmm(flat.mT, d_gate, out=slopes.U)
        d_h.baddbmm_(d_gate, head.U.mT)
        d_hidden *= gate
    d_tanh = torch.ops.aten.tanh_backward(d_hidden, tanh)
    torch.bmm(flat.mT, d_tanh, out=slopes.V)
    d_h.baddbmm_(d_tanh, head.V.mT)
    return logits, d_h.view_as(h)
