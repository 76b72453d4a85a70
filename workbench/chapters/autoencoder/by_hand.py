"""The gradients of `lesson.loss` and `lesson.critic_loss` by the chain rule, at half the cost."""

import torch
from torch import Tensor

from workbench.chapters.autoencoder.lesson import Autoencoder


@torch.no_grad()
def gradient(net: Autoencoder, shown: Tensor, x: Tensor, hole, jitter) -> None:
    """Leaves in each parameter's .grad what `lesson.autograd()` does."""
    code = net.encode(shown, jitter)
    out = net.decoder(code)
    batch = x.shape[1]
    d_out = (out - x).mul_(hole).div_(batch)
    if net.critic is not None:
        both = net.critic(torch.cat([x, shown + hole * (out - shown)], 1)).sigmoid_()
        d_input = net.critic.backward((both - 1).mul_(net.blame / batch), to_input=True)
        d_out.addcmul_(d_input[:, batch:], hole)
        both[:, :batch] -= 1
        net.critic.backward(both.div_(2 * batch))  # replaces what the line above left in .grad
    d_code = net.decoder.backward(d_out, to_input=True)
    if net.binary:
        d_code.mul_(code).mul_(1 - code)
    net.encoder.backward(d_code)
