"""CPU seconds until attention ranks test bags with an AUC of 0.95:
`python benchmarks/training/mil.py`.

Three ways to train the same network (64-64-32, attention of 32, Adam at 0.002) on the same 500 bags
of about ten digits: the chapter's, torchmil's ABMIL in its Trainer with batches of 32, and the loop
of most tutorials, one bag a step. Only training counts, on one thread; the AUC is looked at between
epochs, off the clock. Interleaved rounds over seeds; the ratio of medians is what to quote, and
what `--ledger` appends to ledger.md.

torchmil goes into a folder of its own, beside our torch, which pip is told to leave alone;
`--without-torchmil` needs no network.
"""

import argparse
import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

import torch
from speed import as_line, keep
from torch import nn
from torch.utils.data import DataLoader

from workbench.chapters.mil import by_hand, lesson, tensors
from workbench.chapters.mil.bags import make_task
from workbench.chapters.mil.evaluation import evaluate
from workbench.chapters.mil.knobs import BATCH, Settings
from workbench.science import metrics

OTHERS = (
    "torchmil==1.0.2",
    "tensordict",
    "pyvers",
    "torchmetrics",
    "lightning-utilities",
    "einops",
    "h5py",
    "orjson",
    "cloudpickle",
    "importlib_metadata",
    "zipp",
)
ENOUGH, EPOCHS = 0.95, 40
KNOBS = {"bags": 500, "lr": 0.002, "steps": 800}


def encoder(pixels: int) -> nn.Module:
    return nn.Sequential(nn.Linear(pixels, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())


def train_until(epochs, auc) -> tuple[float, float, int]:
    """CPU seconds spent in the epochs until auc() is ENOUGH, the AUC then, and how many epochs."""
    spent = 0.0
    for count in range(1, EPOCHS + 1):  # noqa: B007
        start = time.process_time()
        next(epochs)
        spent += time.process_time() - start
        if (reached := auc()) >= ENOUGH:
            break
    return spent, reached, count


def time_ours(seed: int) -> tuple[float, float, int]:
    run = Settings(seed=seed, **KNOBS)
    task = make_task(run)
    networks = {}

    def epochs():
        data = tensors.load([task])
        for step, network, _ in lesson.fit([run], data, descend=by_hand.descend):
            if step % (run.bags // BATCH) == 0:
                networks["last"] = network, data.x
                yield

    def auc() -> float:
        (answers,) = evaluate(*networks["last"], [task.test])
        return metrics.auc(task.test.y, answers.p)

    return train_until(epochs(), auc)


class Attention(nn.Module):
    """The network of most tutorials, for one bag [instances, pixels]."""

    def __init__(self, pixels: int):
        super().__init__()
        self.encoder, self.classifier = encoder(pixels), nn.Linear(32, 1)
        self.attention = nn.Sequential(nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, x):
        h = self.encoder(x)
        return self.classifier(torch.softmax(self.attention(h), 0).T @ h)[0, 0]


def list_bags(task, bags) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Bags as a list of (instances [K, pixels], label)."""
    return [
        (torch.from_numpy(task.x[items[mask]]), torch.tensor(float(y)))
        for items, mask, y in zip(bags.items, bags.mask, bags.y, strict=True)
    ]


def time_one_bag_a_step(seed: int) -> tuple[float, float, int]:
    torch.manual_seed(seed)
    task = make_task(Settings(seed=seed, **KNOBS))
    train, test = list_bags(task, task.train), list_bags(task, task.test)
    model = Attention(task.x.shape[1])
    adam, loss_of = torch.optim.Adam(model.parameters(), lr=KNOBS["lr"]), nn.BCEWithLogitsLoss()

    def epochs():
        while True:
            for i in torch.randperm(len(train)).tolist():
                x, y = train[i]
                adam.zero_grad()
                loss_of(model(x), y).backward()
                adam.step()
            yield

    @torch.no_grad()
    def auc() -> float:
        return metrics.auc(task.test.y, [model(x).item() for x, _ in test])

    return train_until(epochs(), auc)


def time_torchmil(seed: int) -> tuple[float, float, int]:
    parts = (importlib.import_module(f"torchmil.{name}") for name in ("data", "models", "utils"))
    data, models, utils = parts  # not ours to declare: they are in the folder of their own
    torch.manual_seed(seed)
    task = make_task(Settings(seed=seed, **KNOBS))
    pixels = task.x.shape[1]
    bags = [{"X": x, "Y": y} for x, y in list_bags(task, task.train)]
    loader = DataLoader(bags, batch_size=BATCH, shuffle=True, collate_fn=data.collate_fn)
    model = models.ABMIL(in_shape=(pixels,), att_dim=32, feat_ext=encoder(pixels))
    adam = torch.optim.Adam(model.parameters(), lr=KNOBS["lr"])
    trainer = utils.Trainer(model, adam, device="cpu", disable_pbar=True, verbose=False)
    items, mask = (torch.from_numpy(part) for part in (task.test.items, task.test.mask))
    x = torch.from_numpy(task.x)[items]

    def epochs():
        while True:
            trainer.train(max_epochs=1, train_dataloader=loader)
            model.train()
            yield

    @torch.no_grad()
    def auc() -> float:
        return metrics.auc(task.test.y, model(x, mask).numpy())

    return train_until(epochs(), auc)


REACH = {"torchmil": 3.5, "one bag a step": 10}


def compare(rounds: int, without_torchmil: bool, ledger: bool) -> None:
    torch.set_num_threads(1)
    ways = {
        "workbench": time_ours,
        "torchmil": time_torchmil,
        "one bag a step": time_one_bag_a_step,
    }
    if without_torchmil:
        del ways["torchmil"]
    spent = {name: [] for name in ways}
    for way in ways.values():
        way(99)  # warm
    for seed in range(rounds):
        for name, way in ways.items():
            seconds, auc, epochs = way(seed)
            spent[name].append(seconds)
            print(f"seed {seed}  {name:<15}{seconds:7.2f} s  AUC {auc:.3f} in {epochs} epochs")
    first = statistics.median(spent["workbench"])
    for name, seconds in spent.items():
        middle = statistics.median(seconds)
        print(f"{name:<15} median {middle:.2f} s CPU, {middle / first:.1f} x the workbench's")
        if ledger and name in REACH:
            each = [theirs / ours for theirs, ours in zip(seconds, spent["workbench"], strict=True)]
            title = f"MIL, CPU s to AUC {ENOUGH}, against {name}"
            keep(as_line(title, REACH[name], each, middle / first))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--without-torchmil", action="store_true")
    parser.add_argument("--ledger", action="store_true", help="append the rows to ledger.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.inside or words.without_torchmil:
        compare(words.rounds, words.without_torchmil, words.ledger)
        return
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder]
        subprocess.run([*pip, *OTHERS], check=True)
        paths = [folder, os.getcwd(), os.environ.get("PYTHONPATH", "")]
        there = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        again = [
            sys.executable,
            __file__,
            "--inside",
            "--rounds",
            str(words.rounds),
            *["--ledger"] * words.ledger,
        ]
        subprocess.run(again, check=True, env=there)


if __name__ == "__main__":
    main()
