"""Adam for a stack of networks."""

from collections.abc import Sequence

import torch
from torch import Tensor

LINE_NUMBERS = 16  # numbers of a cache line: what begins with one is read faster


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1) on stacked parameters laid out as one flat vector.

    lr is one number, or one for each run [runs]: the learning rate is a knob like any other.
    `factors`, one for each parameter, multiply it: 0 leaves a layer as it is.
    A run's numbers do not depend on whom it trains with: PyTorch's fused step takes every run's
    part of every parameter by itself, those of one rate in one call.
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        lr: float | Sequence[float] | Tensor,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        factors: Sequence[float] | None = None,
    ):
        self.betas = betas
        self.eps = eps
        device = parameters[0].device
        room = [-(-p.numel() // LINE_NUMBERS) * LINE_NUMBERS for p in parameters]
        vectors = [torch.zeros(sum(room)).to(parameters[0]) for _ in range(4)]
        self.flat = vectors[0]
        self.grad = vectors[1]
        self.mean = vectors[2]
        self.square = vectors[3]
        self.steps = torch.zeros((), device=device)
        rates = torch.as_tensor(lr, dtype=torch.float64).flatten().expand(len(parameters[0]))
        groups: dict[float, list] = {}
        factors = [1.0] * len(parameters) if factors is None else factors
        for p, factor, *parts in zip(
            parameters, factors, *(v.split(room) for v in vectors), strict=True
        ):
            parts = [part[: p.numel()].view_as(p) for part in parts]
            parts[0].copy_(p.detach())
            p.data = parts[0]  # from here on views
            p.grad = parts[1]
            for run, rate in enumerate(rates.tolist()):
                groups.setdefault(rate * factor, []).append(
                    (*(part[run] for part in parts), self.steps)
                )
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
