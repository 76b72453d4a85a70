"""What a default beta-VAE run costs beside the textbook loop: `python benchmarks/speed.py`.

Both train the same network (64-128-10) on the same digits with the same batch size, learning rate
and number of steps, and so to the same held-out ELBO, which is printed for both. The textbook is
the loop of most tutorials: DataLoader, two heads, autograd, torch.optim.Adam, `.item()` every
step. CPU seconds on one thread, interleaved rounds over seeds, medians; the ratio is what to
quote. The workbench's time includes making all its frames, the textbook's shows nothing.
"""

import argparse
import statistics
import time
from itertools import chain, islice, repeat

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from workbench.chapters import find
from workbench.resident import resident

CHAPTER = find("beta-vae")


class Textbook(nn.Module):
    def __init__(self, pixels: int, hidden: int, latent: int):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.mu, self.logvar = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels)
        )

    def forward(self, x):
        h = self.encoder(x)
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.decoder(z), mu, logvar


def loss_of(model: Textbook, x: torch.Tensor) -> torch.Tensor:
    logits, mu, logvar = model(x)
    distortion = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    rate = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (distortion + rate) / len(x)


def textbook(steps: int, lr: float, seed: int) -> tuple[float, float]:
    """CPU seconds of `steps` steps, and the held-out ELBO after them (mean of 5 samples)."""
    torch.manual_seed(seed)
    data = resident("digits")
    loader = DataLoader(TensorDataset(data.train), batch_size=64, shuffle=True, drop_last=True)
    model = Textbook(data.pixels, 128, 10)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    start = time.process_time()
    for (x,) in islice(chain.from_iterable(repeat(loader)), steps):
        loss = loss_of(model, x)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()
    spent = time.process_time() - start
    with torch.no_grad():
        return spent, -sum(loss_of(model, data.test).item() for _ in range(5)) / 5


def ours(settings) -> tuple[float, float]:
    """CPU seconds of one whole run with all its frames, and its held-out ELBO."""
    start = time.process_time()
    *_, last = CHAPTER.train(settings, "cpu")
    return time.process_time() - start, last.scalars["elbo"]


def main(rounds: int) -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    settings = CHAPTER.Settings()
    textbook(50, settings.lr, 0), ours(settings.replace(steps=100))  # imports, caches
    ratios = []
    for seed in range(rounds):
        run, elbo = ours(settings.replace(seed=seed))
        loop, theirs = textbook(settings.steps, settings.lr, seed)
        ratios.append(loop / run)
        print(
            f"seed {seed}, {settings.steps} steps: workbench {run:.2f} CPU s, held-out ELBO "
            f"{elbo:.2f} nats; textbook {loop:.2f} CPU s, {theirs:.2f} nats; "
            f"{ratios[-1]:.1f} times",
            flush=True,
        )
    print(f"median {statistics.median(ratios):.1f} times less CPU to the same ELBO")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    main(parser.parse_args().rounds)
