"""What a linear classifier makes of each layer's features over seeds, beside pixels and filters
that were not learnt; and what Lee et al. 2009 report, as far as it is known here.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch

from workbench.chapters.cdbn import lesson, probes
from workbench.chapters.cdbn.evaluation import Exam
from workbench.chapters.cdbn.gallery import Gallery, gallery, whole
from workbench.chapters.cdbn.knobs import LABELS, Settings
from workbench.chapters.cdbn.pictures import FEATURES
from workbench.core.pictures import Table
from workbench.core.settings import SettingsError
from workbench.core.study import Study
from workbench.data import load

KNOBS = {  # of a run on each set
    "digits": {"fill": True, "steps": 800},
    "mnist": {"fill": True, "steps": 800, "half": True, "filters": 24, "window": 5},
}
MORE_LABELS = 500
MOST_TEST = 2000
PUBLISHED = (
    "Lee et al. 2009 report 0.82 % test error on MNIST with all 60,000 labels and features of two "
    "layers, from larger pictures, more filters and a support vector machine; the number is "
    "remembered and was not re-read. No line here repeats that experiment: there are at most "
    f"{MORE_LABELS} labels, and the classifier is ridge regression."
)
Shares = dict[str, dict[int, list[float]]]  # of features: for each number of labels, the seeds'


def reproduce(data: str, seeds: int, budget: float | None, device: str = "cpu") -> Iterator[Table]:
    """Trains a network a seed, until done or until `budget` seconds are spent."""
    if data not in KNOBS:
        raise SettingsError(f"data must be one of {', '.join(KNOBS)}, not {data[:40]!r}.")
    start = time.monotonic()
    shares: Shares = defaultdict(lambda: defaultdict(list))
    numbers: dict[str, list[float]] = defaultdict(list)
    for seed in range(seeds):
        if seed and budget is not None and time.monotonic() - start > budget:
            return
        run = Settings(data=data, seed=seed, **KNOBS[data])
        measure(run, shares, numbers, device)
        yield table(run, shares, numbers)


def measure(run: Settings, shares: Shares, numbers: dict[str, list[float]], device: str) -> None:
    """Adds what a network of these settings gives."""
    pictures = all_pictures(run, device)
    exam = Exam([run], pictures, device, (*LABELS, MORE_LABELS))
    *_, (_, net) = lesson.fit([run], pictures, device)
    for name, values in exam.measure(net).items():
        features, _, count = name.rpartition("_")
        if features in FEATURES and count.isdigit():
            shares[features][int(count)].append(values.item())
        else:
            numbers[name].append(values.item())


def all_pictures(run: Settings, device: str) -> Gallery:
    """The pictures of a run, with more test pictures than a frame judges."""
    _, test = whole(run.data, run.half, device)
    truth = torch.tensor(load(run.data).y_test, device=device)
    return replace(gallery(run, device), test=test[:MOST_TEST], truth=truth[:MOST_TEST])


def table(run: Settings, shares: Shares, numbers: Mapping[str, list[float]]) -> Table:
    """Accuracy in per cent, mean and standard deviation over seeds."""
    counts = list(next(iter(shares.values())))
    rows = [
        (title, *(in_per_cent(shares[name][count]) for count in counts))
        for name, title in FEATURES.items()
    ]
    mean = {name: np.mean(values) for name, values in numbers.items()}
    seeds = len(numbers["mse"])
    return Table(
        f"Probes on a convolutional belief network, {run.data}",
        ("features", *(f"{count} labels" for count in counts)),
        tuple(rows),
        caption=f"Per cent of held-out pictures named rightly, mean +- standard deviation over "
        f"{seeds} seeds of {run.steps} steps, each with {probes.DRAWS} draws of labels. Squared "
        f"error per pixel: mean field {mean['mse']:.4f}, sampled {mean['sampled_mse']:.4f}, the "
        f"mean picture {mean['mean_mse']:.4f}. In a right half that is hidden: filled by the first "
        f"layer {mean['fill_first']:.3f}, by both {mean['fill_all']:.3f}, by the mean picture "
        f"{mean['fill_mean']:.3f}. {PUBLISHED}",
    )


def in_per_cent(values: list[float]) -> str:
    return f"{100 * np.mean(values):.1f} +- {100 * np.std(values):.1f}"


STUDY = Study(
    name="cdbn",
    question="Do features that were learnt by dreaming serve a classifier better than pixels, or "
    "than filters that were not learnt?",
    reproduce=reproduce,
)
