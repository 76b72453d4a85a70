"""CPU seconds of DEC and VaDE on the digits against ClustPy's:
`python benchmarks/training/clustpy.py`.

Both train the network 64-256-128-10 on all 1797 digits in batches of 128, as many epochs of
pre-training as of clustering, with Adam, from the best of as many starts: of K-Means, but for
ClustPy's VaDE, which takes the best of as many mixtures. Each has its own default learning rates;
ClustPy did worse with ours. Ours is the chapter's run with a first frame and a last, for ClustPy
draws and judges nothing on the way; theirs is `fit`. One thread, interleaved rounds over seeds; the
ratio of medians and the mean accuracies are what to quote. `--ledger` adds the rows to
benchmarks/ledger.md; `python benchmarks/training/clustpy.py vade` compares VaDE alone.

ClustPy goes into a folder of its own, beside our torch, which pip is told to leave alone. It needs
Python 3.11 and a C compiler.
"""

import argparse
import contextlib
import importlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from workbench.chapters.clustering import frames
from workbench.chapters.clustering.knobs import Settings
from workbench.chapters.clustering.points import all_labels, all_pictures
from workbench.core.frames import last_numbers
from workbench.science import metrics
from workbench.science.tensors import resident

CLUSTPY = "clustpy==0.0.3"  # what it needs besides is there with our own
LAYERS, BATCH = [64, 256, 128, 10], 128
STEPS = 3000  # half of them pre-training
EPOCHS = STEPS // 2 // -(-1797 // BATCH)  # in each half; to ClustPy a short last batch is a step
STARTS = {"dec": 20, "vade": 10}
AIM = {"dec": 2, "vade": 3}  # times less CPU
NAMES = {"dec": "DEC", "vade": "VaDE"}


def ours(kind: str, seed: int) -> float:
    """The accuracy of the chapter's run."""
    knobs = {"kind": kind, "steps": STEPS, "restarts": STARTS[kind], "seed": seed}
    (numbers,) = last_numbers(frames.train([Settings(**knobs)]))
    return numbers["acc"]


def theirs(kind: str, seed: int) -> float:
    """The accuracy of ClustPy's DEC or VaDE."""
    parts = (importlib.import_module(f"clustpy.deep{name}") for name in ("", ".neural_networks"))
    deep, networks = parts  # not ours to declare: they are in the folder of their own
    common = {
        "n_clusters": 10,
        "batch_size": BATCH,
        "pretrain_epochs": EPOCHS,
        "clustering_epochs": EPOCHS,
        "embedding_size": 10,
        "random_state": seed,
        "device": "cpu",
    }
    if kind == "dec":
        model = deep.DEC(
            neural_network=(networks.FeedforwardAutoencoder, {"layers": LAYERS}),
            initial_clustering_params={"n_init": STARTS["dec"]},
            **common,
        )
    else:  # whose default is ten mixtures
        network = importlib.import_module("clustpy.deep.vade")._VaDE_VAE
        model = deep.VaDE(neural_network=(network, {"layers": LAYERS}), **common)
    data = resident("digits")
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        model.fit(all_pictures(data).numpy())
    return metrics.clustering_accuracy(all_labels(data), getattr(model, f"{kind}_labels_"))


def compare(kind: str, rounds: int) -> str:
    """Prints every round; returns the ledger's row."""
    spent, accuracy = {ours: [], theirs: []}, {ours: [], theirs: []}
    for seed in range(rounds):
        for way in spent:
            start = time.process_time()
            accuracy[way].append(way(kind, seed))
            spent[way].append(time.process_time() - start)
        print(
            f"{kind:<5} seed {seed}  "
            + "  ".join(
                f"{way.__name__} {spent[way][-1]:6.2f} s, ACC {accuracy[way][-1]:.3f}"
                for way in spent
            ),
            flush=True,
        )
    ratio = statistics.median(spent[theirs]) / statistics.median(spent[ours])
    ratios = [b / a for a, b in zip(*spent.values(), strict=True)]
    mean, other = (statistics.mean(values) for values in accuracy.values())
    sentence = f"{NAMES[kind]} on the digits, against ClustPy's: ACC {mean:.3f} and {other:.3f}"
    print(sentence)
    speed = importlib.import_module("speed")
    return (
        f"| {speed.date.today()} | {sentence} | {ratio:.1f} | {min(ratios):.1f} to "
        f"{max(ratios):.1f} ({rounds}) | {AIM[kind]} | {speed.machine()} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", help=", ".join(AIM))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--ledger", action="store_true", help="append the rows to ledger.md")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        torch.set_num_threads(1)
        torch.set_flush_denormal(True)
        frames.shown_steps = lambda run: frozenset({run.steps})
        sys.path.append(str(Path(__file__).parent))  # last: this file is called clustpy, too
        rows = [compare(kind, options.rounds) for kind in options.kinds or AIM]
        print(*rows, sep="\n")
        if options.ledger:
            with (Path(__file__).parents[1] / "ledger.md").open("a") as ledger:
                print(*rows, sep="\n", file=ledger)
        return
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder]
        subprocess.run([*pip, CLUSTPY], check=True)
        paths = [folder, os.getcwd(), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        again = [sys.executable, "-P", __file__, "--inside", *sys.argv[1:]]
        subprocess.run(again, check=True, env=environment)


if __name__ == "__main__":
    main()
