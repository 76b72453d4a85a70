"""Small networks trained side by side: every parameter carries a leading run axis [runs, ...].

One run is the ordinary case of the same code. The runs share nothing: each draws its weights
from its own generator, and the sum over runs of their losses gives every run its own gradient.

On nets this small a step costs what its number of operations costs, not its arithmetic, and
autograd more than doubles that number. So an `Mlp` can also be differentiated by hand: `backward`
is the chain rule written out. A chapter keeps both, autograd for the reader and the hand-written
gradient for speed, and a test compares them; `benchmarks/training/speed.py` prints the gain.
"""

from collections.abc import Callable, Sequence

from workbench.science.later import Generator, Tensor, torch


class Mlp:
    """Multilayer perceptrons with ReLU between layers, one for each generator.

    sizes: units from input to output; x [runs, batch, sizes[0]] -> [runs, batch, sizes[-1]].
    Weights start as in torch.nn.Linear, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), drawn on the CPU so
    that a seed means the same network on every device.
    """

    def __init__(self, sizes: Sequence[int], generators: Sequence[Generator], device="cpu"):
        self.weights, self.biases = [], []
        for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
            for shape, keep in (((fan_in, fan_out), self.weights), ((1, fan_out), self.biases)):
                runs = [torch.rand(shape, generator=g).mul_(2).sub_(1) for g in generators]
                keep.append(torch.stack(runs).div_(fan_in**0.5).to(device).requires_grad_())

    def parameters(self) -> list[Tensor]:
        return [*self.weights, *self.biases]

    def __call__(self, x: Tensor) -> Tensor:
        """The output; the input of every layer is kept for `backward`."""
        self.inputs = [x]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            self.inputs.append(torch.baddbmm(bias, self.inputs[-1], weight).relu_())
        return torch.baddbmm(self.biases[-1], self.inputs[-1], self.weights[-1])

    def backward(self, grad: Tensor, to_input: bool = False) -> Tensor:
        """Fills every parameter's .grad from dLoss/d(output of the last call) [runs, batch, out].

        With to_input it returns dLoss/d(input), the gradient for whatever came before.
        """
        through = torch.ops.aten.threshold_backward.grad_input
        for layer in reversed(range(len(self.weights))):
            weight, x = self.weights[layer], self.inputs[layer]
            torch.sum(grad, 1, keepdim=True, out=self.biases[layer].grad)
            torch.bmm(x.mT, grad, out=weight.grad)
            if layer > 0 or to_input:
                grad = torch.bmm(grad, weight.mT)
            if layer > 0:  # ReLU lets a gradient through where its output is above zero
                through(grad, x, 0, grad_input=grad)
        return grad


LINE = 16  # numbers of a cache line: what begins with one is read faster


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1) on stacked parameters laid out as one flat vector.

    lr is one number, or one for each run [runs]: the learning rate is a knob like any other.
    A run's numbers do not depend on whom it trains with: PyTorch's fused step takes every run's
    part of every parameter by itself, those of one rate in one call.
    """

    def __init__(self, parameters: Sequence[Tensor], lr, betas=(0.9, 0.999), eps=1e-8):
        self.betas, self.eps, device = betas, eps, parameters[0].device
        room = [-(-p.numel() // LINE) * LINE for p in parameters]
        like = {"dtype": parameters[0].dtype, "device": device}
        vectors = [torch.zeros(sum(room), **like) for _ in range(4)]
        self.flat, self.grad, self.mean, self.square = vectors
        self.steps = torch.zeros((), device=device)
        rates = torch.as_tensor(lr, dtype=torch.float64).flatten().expand(len(parameters[0]))
        groups: dict[float, list] = {}
        for p, *parts in zip(parameters, *(v.split(room) for v in vectors), strict=True):
            parts = [part[: p.numel()].view_as(p) for part in parts]
            parts[0].copy_(p.detach())
            p.data, p.grad = parts[:2]  # from here on views
            for run, rate in enumerate(rates.tolist()):
                groups.setdefault(rate, []).append((*(part[run] for part in parts), self.steps))
        self.groups = {rate: list(zip(*parts, strict=True)) for rate, parts in groups.items()}

    @property
    def state(self) -> list[Tensor]:
        """All that a step changes."""
        return [self.flat, self.grad, self.mean, self.square, self.steps]

    def zero_grad(self) -> None:
        self.grad.zero_()

    @torch.inference_mode()
    def step(self, pace: float = 1.0) -> None:
        """One update, with every learning rate times `pace`."""
        self.steps += 1
        first, second = self.betas
        for rate, (flat, grad, mean, square, steps) in self.groups.items():
            torch._fused_adam_(
                flat,
                grad,
                mean,
                square,
                [],
                steps,
                lr=rate * pace,
                beta1=first,
                beta2=second,
                weight_decay=0.0,
                eps=self.eps,
                amsgrad=False,
                maximize=False,
            )


def autograd(loss: Callable[..., Tensor]) -> Callable[..., None]:
    """gradient(net, *batch): the gradient of `loss(net, *batch)` [runs], left in each .grad."""

    def gradient(net, *batch) -> None:
        for parameter in net.parameters():
            parameter.grad.zero_()
        loss(net, *batch).sum().backward()

    return gradient


def descent(gradient: Callable[..., None]) -> Callable[..., None]:
    """descend(net, adam, *batch): one step of Adam down `gradient(net, *batch)`."""

    def descend(net, adam: Adam, *batch) -> None:
        gradient(net, *batch)
        adam.step()

    return descend


def captured(step: Callable[..., None], state: Sequence[Tensor], *examples: Tensor):
    """`step` as one CUDA graph: a function of tensors like `examples` that does the same.

    A step of a small net is some fifty kernels, and launching them costs more than running them; a
    graph launches them all at once. `state`: every tensor that a step changes; it is left as it
    was. Whatever else the step reads must be tensors that stay where they are: a number would be
    frozen.
    """
    before = [tensor.clone() for tensor in state]
    inputs = [tensor.clone() for tensor in examples]
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # libraries make their workspaces before the capture
        for _ in range(3):
            step(*inputs)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step(*inputs)
    for tensor, saved in zip(state, before, strict=True):
        tensor.copy_(saved)

    def replay(*given: Tensor) -> None:
        for held, tensor in zip(inputs, given, strict=True):
            held.copy_(tensor)
        graph.replay()

    return replay


def generators(seeds: Sequence[int]) -> list[Generator]:
    """One CPU generator for each run."""
    return [torch.Generator().manual_seed(seed) for seed in seeds]


class Batches:
    """Mini-batches of resident data: each run walks through its own random permutations.

    `draw()` gives indices [runs, batch]. Runs with the same seed see the same order, whatever
    company they train in.
    """

    def __init__(self, count: int, size: int, generators: Sequence[Generator], device):
        self.count, self.size = count, min(size, count)
        self.generators, self.device = generators, device
        self.order, self.position = None, count

    def draw(self) -> Tensor:
        if self.position + self.size > self.count:  # a short last batch is left out
            orders = [torch.randperm(self.count, generator=g) for g in self.generators]
            self.order, self.position = torch.stack(orders).to(self.device), 0
        start, self.position = self.position, self.position + self.size
        return self.order[:, start : self.position]


class Noise:
    """Standard normal numbers [runs, *shape] for one step after the other.

    Each run's come from its own generator, a block of steps at a time: drawing costs per call.
    """

    def __init__(self, shape, generators: Sequence[Generator], device, block: int = 16):
        self.shape, self.generators, self.device = (block, *shape), generators, device
        self.ready: list[Tensor] = []

    def draw(self) -> Tensor:
        if not self.ready:
            runs = [torch.randn(self.shape, generator=g) for g in self.generators]
            self.ready = list(torch.stack(runs, 1).to(self.device).unbind())[::-1]
        return self.ready.pop()
