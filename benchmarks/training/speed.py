"""What our training core costs beside others: `python benchmarks/training/speed.py [row ...]`.

Every row is a ratio of CPU seconds on one thread, from rounds in which both sides take turns;
medians, with the smallest and the largest ratio. The textbook is the loop of most tutorials:
DataLoader, two heads, autograd, torch.optim.Adam, `.item()` every step. All sides train the same
network on the same pictures with the same batch size; `--ledger` appends the rows to ledger.md.

    step, stack    one model, and K = 16 stacked, each per model-step against the textbook
    vmap           K = 16 stacked against torch.func: stack_module_state, vmap, one fused Adam
    wide           784-400-20, batch 128, on pictures of noise (a step's cost knows no contents)
    quality        CPU seconds to within 2 % of the ELBO (training set) of a run that has settled
    run            a whole default run with its 40 frames against the bare textbook loop
    scoring        60,000 items of 28 x 28 by CEAL's CNN against torch's modules, in CPU seconds
    pythae         an epoch of pythae's VAE 64-512-10, in an environment that this script makes
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import time
import venv
from datetime import date
from itertools import chain, islice, repeat
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from workbench.chapters import find
from workbench.chapters.beta_vae import by_hand, lesson
from workbench.chapters.beta_vae import frames as beta_vae
from workbench.core.frames import last_frames
from workbench.science import convnet, nets
from workbench.science.tensors import resident

CHAPTER = find("beta-vae")
LEDGER = Path(__file__).parents[1] / "ledger.md"
NEAR = 0.02  # of the settled -ELBO
SIZES = (64, 128, 10)


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


def loss_of(model, x: torch.Tensor) -> torch.Tensor:
    logits, mu, logvar = model(x)
    distortion = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    rate = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (distortion + rate) / len(x)


class TextbookLoop:
    """The loop of most tutorials; `go(steps)` returns its CPU seconds."""

    def __init__(self, x: torch.Tensor, sizes=SIZES, batch=64, lr=1e-3, seed=0):
        torch.manual_seed(seed)
        self.x, self.model = x, Textbook(*sizes)
        loader = DataLoader(TensorDataset(x), batch_size=batch, shuffle=True, drop_last=True)
        self.stream = chain.from_iterable(repeat(loader))
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=lr)

    def go(self, steps: int) -> float:
        start = time.process_time()
        for (x,) in islice(self.stream, steps):
            loss = loss_of(self.model, x)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            loss.item()
        return time.process_time() - start

    @torch.no_grad()
    def elbo(self, x: torch.Tensor) -> float:
        return -sum(loss_of(self.model, x).item() for _ in range(5)) / 5


class OurLoop:
    """The loop of the chapter without its frames, for K runs; `go` returns CPU seconds a run."""

    def __init__(self, x: torch.Tensor, sizes=SIZES, batch=64, lr=3e-3, runs=1, seed=0):
        pixels, hidden, latent = sizes
        seeds = nets.generators(range(seed, seed + runs))
        self.x, self.runs = x, runs
        self.vae = lesson.Vae(pixels, latent, seeds, "cpu", hidden=[hidden])
        self.adam = nets.Adam(self.vae.parameters(), [lr] * runs)
        self.batches = nets.Batches(len(x), batch, seeds, "cpu")
        self.noise = nets.Noise((batch, latent), seeds, "cpu")
        self.descend = nets.descent(by_hand.gradient)
        one = torch.ones(runs)
        self.price = lesson.Price("beta", one, one, one)

    def go(self, steps: int) -> float:
        start = time.process_time()
        for _ in range(steps):
            x = self.x[self.batches.draw()]
            self.descend(self.vae, self.adam, x, self.noise.draw(), self.price, "bernoulli")
        return (time.process_time() - start) / self.runs

    @torch.no_grad()
    def elbo(self, x: torch.Tensor) -> float:
        """Mean over the runs."""
        measurement = beta_vae.measure(self.vae, x, "bernoulli")
        return -(measurement.distortion + measurement.rates.sum(-1)).mean().item()


class VmapLoop:
    """K models as torch.func stacks them: vmap over grad, one fused Adam for all."""

    def __init__(self, x: torch.Tensor, sizes=SIZES, batch=64, lr=3e-3, runs=16):
        models = [Textbook(*sizes) for _ in range(runs)]
        self.params, _ = torch.func.stack_module_state(models)
        self.params = {name: p.detach().requires_grad_() for name, p in self.params.items()}
        self.optimiser = torch.optim.Adam(self.params.values(), lr=lr, fused=True)
        self.x, self.runs, self.skeleton = x, runs, models[0]
        self.batches = nets.Batches(len(x), batch, nets.generators(range(runs)), "cpu")

        def loss(params, x):
            return loss_of(lambda x: torch.func.functional_call(self.skeleton, params, (x,)), x)

        self.gradient = torch.func.vmap(torch.func.grad(loss), randomness="different")

    def go(self, steps: int) -> float:
        start = time.process_time()
        for _ in range(steps):
            found = self.gradient(self.params, self.x[self.batches.draw()])
            for name, p in self.params.items():
                p.grad = found[name]
            self.optimiser.step()
        return (time.process_time() - start) / self.runs


def ratios(theirs, ours, rounds: int, steps: tuple[int, int]) -> list[float]:
    """Their CPU time a step by ours, once for each round."""
    theirs.go(20), ours.go(20)  # caches, thread pools, code that is loaded late
    return [theirs.go(steps[0]) / steps[0] / (ours.go(steps[1]) / steps[1]) for _ in range(rounds)]


# ---- the rows: each gives its title, what is to be reached, and a ratio for each round


def step(rounds: int):
    x = resident("digits").train
    return (
        "one model, per step, against the textbook",
        5,
        ratios(TextbookLoop(x), OurLoop(x), rounds, (150, 500)),
    )


def stack(rounds: int):
    x = resident("digits").train
    return (
        "K = 16, per model-step, against the textbook",
        10,
        ratios(TextbookLoop(x), OurLoop(x, runs=16), rounds, (150, 100)),
    )


def vmap(rounds: int):
    x = resident("digits").train
    return (
        "K = 16 against torch.func's vmap, K = 16",
        2,
        ratios(VmapLoop(x), OurLoop(x, runs=16), rounds, (60, 100)),
    )


def wide(rounds: int):
    x = torch.rand(2048, 784, generator=torch.Generator().manual_seed(0))
    sizes = 784, 400, 20
    return (
        "VAE 784-400-20, batch 128, against the textbook",
        1.6,
        ratios(TextbookLoop(x, sizes, 128), OurLoop(x, sizes, 128), rounds, (20, 30)),
    )


def quality(rounds: int):
    """The textbook has its usual rate of 0.001, ours the chapter's; measuring is not counted."""
    x = resident("digits").train
    settled = OurLoop(x, lr=1e-3, seed=99)
    settled.go(500 * (len(x) // 64))
    target = settled.elbo(x) * (1 + NEAR)
    print(f"settled ELBO {settled.elbo(x):.3f} nats; within 2 %: {target:.3f}", flush=True)
    rate = CHAPTER.Settings().lr
    found = []
    for seed in range(min(rounds, 3)):
        theirs = seconds_to(TextbookLoop(x, seed=seed), target)
        found.append(theirs / seconds_to(OurLoop(x, lr=rate, seed=seed), target))
    return "CPU s to within 2 % of the settled ELBO, against the textbook", 10, found


def seconds_to(loop, target: float) -> float:
    """CPU seconds of training until the ELBO of the training set is above the target."""
    epoch, spent = len(loop.x) // 64, 0.0
    for _ in range(400):
        spent += loop.go(2 * epoch)
        if loop.elbo(loop.x) > target:
            return spent
    raise RuntimeError(f"{type(loop).__name__} did not reach {target:.3f} nats in 800 epochs.")


def run(rounds: int):
    settings, data = CHAPTER.Settings(), resident("digits")
    found = []
    for seed in range(rounds):
        start = time.process_time()
        (last,) = last_frames(CHAPTER.train([settings.replace(seed=seed)]))
        spent = time.process_time() - start
        loop = TextbookLoop(data.train, lr=settings.lr, seed=seed)
        found.append(loop.go(settings.steps) / spent)
        print(
            f"  seed {seed}: held-out ELBO {last.scalars['elbo']:.2f} nats, textbook "
            f"{loop.elbo(data.test):.2f}",
            flush=True,
        )
    return "a default run with its frames, against the bare textbook", None, found


class Scoring:
    """A pool that a network gives its probabilities of, 500 items at once."""

    def __init__(self, net, x: torch.Tensor):
        self.net, self.x = net, x

    @torch.no_grad()
    def go(self, steps: int) -> float:
        start = time.process_time()
        for part in islice(self.x.split(500), steps):
            self.net(part).softmax(-1)
        return time.process_time() - start


def scoring(rounds: int):
    x = torch.rand(60_000, 784, generator=torch.Generator().manual_seed(0))
    net = convnet.Cnn((28, 28), 10, nets.generators([0]))
    first, second = convnet.CHANNELS
    theirs = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, first, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(49 * second, 10),
    )
    ours, theirs = Scoring(lambda part: net.one(0, part), x), Scoring(theirs, x)
    found = ratios(theirs, ours, rounds, (120, 120))
    print(f"  all {len(x)} items: {ours.go(120):.1f} CPU s, by modules {theirs.go(120):.1f}")
    return "CEAL's CNN says what it thinks of 60,000 items, against torch's modules", 2, found


PYTHAE = """
import json, sys, time
import numpy as np, torch
from pythae.data.datasets import DatasetOutput
from pythae.models import VAE, VAEConfig
from pythae.trainers import BaseTrainer, BaseTrainerConfig
torch.set_num_threads(1); torch.set_flush_denormal(True)
x = np.load(sys.argv[1]); epochs = int(sys.argv[2])
class Dataset(torch.utils.data.Dataset):
    def __len__(self): return len(x)
    def __getitem__(self, i):
        return DatasetOutput(data=self.rows[i], labels=torch.tensor([1.0]))
    rows = torch.from_numpy(x)
model = VAE(VAEConfig(input_dim=(64,), latent_dim=10, reconstruction_loss="bce"))
trainer = BaseTrainer(model, Dataset(), training_config=BaseTrainerConfig(
    output_dir=sys.argv[3], num_epochs=epochs, learning_rate=1e-3,
    per_device_train_batch_size=64, no_cuda=True, keep_best_on_train=True))
start = time.process_time()
trainer.train()
spent = time.process_time() - start
model = trainer.model.eval()
with torch.no_grad():
    losses = [model(DatasetOutput(data=Dataset.rows)).loss.item() for _ in range(5)]
print(json.dumps({"epoch": spent / epochs, "elbo": -sum(losses) / 5}))
"""


def pythae(rounds: int, epochs: int = 20):
    """Its own VAE with its default networks (one hidden layer of 512) and trainer."""
    import numpy as np

    python, folder = pythae_environment()
    x = resident("digits").train
    np.save(folder / "x.npy", x.numpy())
    found = []
    for seed in range(min(rounds, 3)):
        command = [python, "-c", PYTHAE, folder / "x.npy", str(epochs), folder / "out"]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        theirs = json.loads(said.stdout.splitlines()[-1])
        ours = OurLoop(x, (64, 512, 10), lr=1e-3, seed=seed)
        spent = ours.go(epochs * (len(x) // 64)) / epochs
        found.append(theirs["epoch"] / spent)
        print(
            f"  ELBO (training set) after {epochs} epochs: {ours.elbo(x):.2f} nats, pythae "
            f"{theirs['elbo']:.2f}",
            flush=True,
        )
    return "VAE 64-512-10, an epoch, against pythae's", 5, found


def pythae_environment() -> tuple[Path, Path]:
    """Its interpreter and folder: a venv that sees this environment's torch, and pythae in it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "workbench-benchmarks" / "pythae"
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        venv.create(folder, clear=True, with_pip=True)
        (site,) = folder.glob("lib/python*/site-packages")
        (site / "torch_of_the_caller.pth").write_text(sysconfig.get_path("purelib"))
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pythae==0.1.2"], check=True)
        (folder / "made").touch()
    return python, folder


ROWS = {row.__name__: row for row in (step, stack, vmap, wide, quality, run, scoring, pythae)}


def main(names: list[str], rounds: int, ledger: bool) -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    for name in names or ROWS:
        title, reach, found = ROWS[name](rounds)
        line = as_line(title, reach, found, statistics.median(found))
        print(line, flush=True)
        if ledger:
            keep(line)


def as_line(title: str, reach: float | None, found: list[float], middle: float) -> str:
    """A row of the ledger: a ratio and what the rounds found."""
    asked = "" if reach is None else f"{reach:g}"
    return (
        f"| {date.today()} | {title} | {middle:.1f} | {min(found):.1f} to {max(found):.1f} "
        f"({len(found)}) | {asked} | {machine()} |"
    )


def keep(line: str) -> None:
    with LEDGER.open("a") as file:
        file.write(f"{line}\n")


def machine() -> str:
    """Processor, load and versions: what a ratio depends on."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        name = models[0].partition(":")[2].strip() if models else name
    busy = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    return f"{name}, {busy}; Python {platform.python_version()}, torch {torch.__version__}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ledger", action="store_true", help="append the rows to ledger.md")
    given = parser.parse_args()
    sys.exit(main(given.rows, given.rounds, given.ledger))
