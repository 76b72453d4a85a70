"""TODO."""

from functools import lru_cache

from workbench.chapters.bootstrap.lesson import Classifiers
from workbench.science.later import Tensor, torch


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
