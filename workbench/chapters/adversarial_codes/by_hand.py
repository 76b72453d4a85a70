"""The gradients of the three lessons by the chain rule, at less than half the cost.

Both sides of a game move at the same moment, so a pass through the judge serves both.
"""

import torch
from torch import Tensor

from workbench.chapters.adversarial_codes import catgan, infogan, lesson
from workbench.chapters.adversarial_codes.infogan import SPREAD, Code
from workbench.science import nets
from workbench.science.nets.input_gradient import input_gradient, penalty_gradient


def pull_back(net: nets.Mlp, grad: Tensor, rows: slice) -> Tensor:
    """d loss / d input of these rows of the last call, from d loss / d output [members, rows, out].

    It leaves the weights' gradients alone: for who moves the input and not this network.
    """
    for layer in reversed(range(len(net.weights))):
        grad = torch.bmm(grad, net.weights[layer].mT)
        if layer:
            grad *= net.inputs[layer][:, rows] > 0
    return grad


@torch.no_grad()
def denoising(net: lesson.Autoencoder, shown: Tensor, x: Tensor, prior: Tensor) -> None:
    """Leaves in each parameter's .grad what `lesson.autograd()` does."""
    batch, pixels = x.shape[1:]
    code = net.encoder(shown)
    logits = net.decoder(code)
    d_code = net.decoder.backward((logits.sigmoid_() - x).div_(batch * pixels), to_input=True)
    answer = net.critic(torch.cat([prior, code], 1)).sigmoid_()
    pleased = (answer[:, batch:] - 1) * (net.adversary / batch)
    d_code += pull_back(net.critic, pleased, slice(batch, None))
    net.encoder.backward(d_code)
    answer[:, :batch] -= 1
    net.critic.backward(answer.div_(batch))


@torch.no_grad()
def info(net: infogan.Players, x: Tensor, code: Code) -> None:
    """Leaves in each parameter's .grad what `infogan.autograd()` does."""
    batch = x.shape[1]
    fake = net.make(code)
    hidden = net.trunk(torch.cat([x, fake], 1)).relu_()
    on_real, on_fake = hidden[:, :batch], hidden[:, batch:]
    answer = net.head(hidden).sigmoid_()
    reading = net.reader.backward(misread(net, on_fake, code), to_input=True)
    # the generator: be taken for real, and be read
    d_hidden = torch.bmm((answer[:, batch:] - 1) / batch, net.head.weights[0].mT) + reading
    d_fake = pull_back(net.trunk, d_hidden * (on_fake > 0), slice(batch, None))
    net.generator.backward(d_fake * fake * (1 - fake))
    # the discriminator: tell both apart, and help to read
    answer[:, :batch] -= 1
    d_hidden = net.head.backward(answer.div_(batch), to_input=True)
    d_hidden[:, batch:] += reading
    net.trunk.backward(d_hidden.mul_(hidden > 0))
    if net.r1.any():
        weights = [*net.trunk.weights, *net.head.weights]
        layers = [units[:, :batch] for units in net.trunk.inputs[1:]] + [on_real]
        chain = input_gradient(weights, layers)
        asked = penalty_gradient(weights, layers, chain, chain[0] * (net.r1 / batch))
        for weight, more in zip(weights, asked, strict=True):
            weight.grad += more


def misread(net: infogan.Players, hidden: Tensor, code: Code) -> Tensor:
    """-lambda dL_I / d what Q reads [members, batch, K + 2]; Q reads the hidden layer anew."""
    read, size = net.reader(hidden), net.categories
    category = (read[..., :size].softmax(-1) - code.category) * net.information
    styles = (read[..., size:] - code.styles) * (net.style_weight / SPREAD**2)
    return torch.cat([category, styles], -1).div_(hidden.shape[1])


def entropy_slope(logits: Tensor) -> Tensor:
    """d mean_entropy / d logits [members, batch, K]."""
    log_p = logits.log_softmax(-1)
    p = log_p.exp()
    return p * ((p * log_p).sum(-1, keepdim=True) - log_p) / logits.shape[1]


def marginal_slope(logits: Tensor) -> Tensor:
    """d marginal_entropy / d logits [members, batch, K]."""
    p = logits.softmax(-1)
    rise = -(p.mean(1, keepdim=True).clamp_min(catgan.LEAST).log() + 1)
    return p * (rise - (p * rise).sum(-1, keepdim=True)) / logits.shape[1]


@torch.no_grad()
def cat(net: catgan.Players, batch: catgan.Batch) -> None:
    """Leaves in each parameter's .grad what `catgan.autograd()` does."""
    count = batch.x.shape[1]
    invented = slice(count, 2 * count)
    fake = net.make(batch.z)
    noisy = torch.cat([batch.x, fake, batch.given], 1).add_(batch.blur)
    logits = net.classifier(noisy)
    real, on_fake, given = logits.split([count, count, batch.given.shape[1]], 1)
    unsure = entropy_slope(on_fake)
    d_fake = pull_back(net.classifier, unsure - marginal_slope(on_fake), invented)
    net.generator.backward(d_fake * fake * (1 - fake))
    d_real = (entropy_slope(real) - marginal_slope(real)) * net.certain
    d_invented = -unsure * (net.doubt * net.certain)
    d_given = (given.softmax(-1) - batch.t) / max(1, given.shape[1])
    net.classifier.backward(torch.cat([d_real, d_invented, d_given], 1))
