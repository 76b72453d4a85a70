"""What the encoder and its pixels are worth: attention on MNIST bags of about ten.

The bags are those of Ilse et al. 2018, as in `study`: 50 for training, and positive at random but
for having a witness. LeNet-5 on 28 x 28 pixels is the paper's encoder; ours sees at most 16 pixels
a side. All rows take the same few steps, as LeNet-5 costs fifty times what the perceptron does.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from workbench.chapters.mil.frames import train
from workbench.chapters.mil.knobs import Settings
from workbench.chapters.mil.study import PUBLISHED, SOURCE
from workbench.core.frames import last_numbers
from workbench.core.pictures import Table
from workbench.core.study import Study

ENCODERS = {"perceptron": "14 x 14", "convolutions": "14 x 14", "LeNet-5": "28 x 28"}  # of MNIST
KNOBS = {"pooling": "attention", "exact": False, "size": 10, "bags": 50, "steps": 100}

Results = Mapping[str, Sequence[tuple[float, float]]]  # AUC and CPU seconds of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Seed after seed, all encoders of each, until the budget is spent."""
    start = time.monotonic()
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in ENCODERS}
    for seed in range(seeds):
        for name, ends in results.items():
            if ends and budget is not None and time.monotonic() - start > budget:
                return
            ends.append(measure(Settings(data=data, encoder=name, seed=seed, **KNOBS), device))
            yield table(results, data)


def measure(run: Settings, device: str) -> tuple[float, float]:
    """AUC on test bags at the end of a run, and the CPU seconds it took."""
    start = time.process_time()
    (end,) = last_numbers(train([run], device, shown={run.steps}))
    return end["auc"], time.process_time() - start


def table(results: Results, data: str) -> Table:
    """Mean and standard deviation over seeds, and what a run costs."""
    rows = []
    for name, ends in results.items():
        if ends:
            aucs, seconds = np.array(ends).T
            cell = f"{aucs.mean():.3f} +/- {aucs.std():.2f}"
            rows.append((name, ENCODERS[name], len(ends), cell, f"{seconds.mean():.1f}"))
    return Table(
        f"Attention from 50 bags of about ten, {data}",
        ("encoder", "pixels", "seeds", "AUC", "CPU seconds a run"),
        tuple(rows),
        caption=f"{KNOBS['steps']} steps of 32 bags, mean +/- sd over seeds; pixels are those of "
        f"MNIST. Published: {PUBLISHED[10, 50, 'attention']}. {SOURCE}.",
    )


STUDY = Study(
    name="mil-encoder",
    question="How much of the published AUC is the encoder and its pixels?",
    reproduce=reproduce,
    data="mnist",
)
