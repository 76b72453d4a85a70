"""What a linear classifier makes of each layer's features over seeds, beside pixels and filters
that were not learnt; and what Lee et al. 2009 report, as far as it is known here.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

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

KNOBS = {  # of the runs on each set, by the size of its pictures
    "digits": {"8 x 8": {"steps": 800}},
    "mnist": {
        "14 x 14": {"steps": 800, "half": True, "filters": 24, "window": 5},
        "28 x 28": {"steps": 800, "filters": 24, "window": 7},
    },
}
ALWAYS = {"fill": True, "pictures": 60_000}
MORE_LABELS = 500
MOST_TEST = 2000
PUBLISHED = (
    "Lee et al. 2009 report 0.82 % test error on MNIST with all 60,000 labels and features of two "
    "layers, from more filters and a support vector machine; the number is remembered and was not "
    f"re-read. No line here repeats that experiment: there are at most {MORE_LABELS} labels, and "
    "the classifier is ridge regression."
)


class Results(NamedTuple):
    """What the seeds of one size give: settings of one of them; for each kind of features and each
    number of labels the share that is right; and the other numbers, seconds of training among
    them."""

    run: Settings
    shares: dict[str, dict[int, list[float]]]
    numbers: dict[str, list[float]]


def reproduce(data: str, seeds: int, budget: float | None, device: str = "cpu") -> Iterator[Table]:
    """Trains a network a seed and a size, until done or until `budget` seconds are spent."""
    if data not in KNOBS:
        raise SettingsError(f"data must be one of {', '.join(KNOBS)}, not {data[:40]!r}.")
    start = time.monotonic()
    sizes = {
        size: Results(
            Settings(data=data, **ALWAYS | knobs),
            defaultdict(lambda: defaultdict(list)),
            defaultdict(list),
        )
        for size, knobs in KNOBS[data].items()
    }
    for seed in range(seeds):
        if seed and budget is not None and time.monotonic() - start > budget:
            return
        for results in sizes.values():
            measure(results.run.replace(seed=seed), results, device)
        yield table(data, sizes)


def measure(run: Settings, results: Results, device: str) -> None:
    """Adds what a network of these settings gives."""
    pictures = all_pictures(run, device)
    exam = Exam([run], pictures, device, (*LABELS, MORE_LABELS))
    begun = time.process_time()
    *_, (_, net) = lesson.fit([run], pictures, device)
    results.numbers["seconds"].append(time.process_time() - begun)
    for name, values in exam.measure(net).items():
        features, _, count = name.rpartition("_")
        if features in FEATURES and count.isdigit():
            results.shares[features][int(count)].append(values.item())
        else:
            results.numbers[name].append(values.item())


def all_pictures(run: Settings, device: str) -> Gallery:
    """The pictures of a run, with more test pictures than a frame judges."""
    _, test = whole(run.data, run.half, device)
    truth = torch.tensor(load(run.data).y_test, device=device)
    return replace(gallery(run, device), test=test[:MOST_TEST], truth=truth[:MOST_TEST])


def table(data: str, sizes: Mapping[str, Results]) -> Table:
    """Accuracy in per cent, mean and standard deviation over seeds; all sizes side by side."""
    columns = [
        (results, count, f"{count} labels" + (f", {size}" if len(sizes) > 1 else ""))
        for size, results in sizes.items()
        for count in (*LABELS, MORE_LABELS)
    ]
    rows = [
        (title, *(in_per_cent(results.shares[name][count]) for results, count, _ in columns))
        for name, title in FEATURES.items()
    ]
    seeds = len(columns[0][0].numbers["seconds"])
    each = " ".join(describe(size, results) for size, results in sizes.items())
    return Table(
        f"Probes on a convolutional belief network, {data}",
        ("features", *(title for _, _, title in columns)),
        tuple(rows),
        caption=f"Per cent of held-out pictures named rightly, mean +- standard deviation over "
        f"{seeds} seeds, each with {probes.DRAWS} draws of labels. {each} {PUBLISHED}",
    )


def describe(size: str, results: Results) -> str:
    """What was trained at this size, what it cost and how wrong its pictures are."""
    run, mean = results.run, {name: np.mean(each) for name, each in results.numbers.items()}
    return (
        f"{size} pixels: {run.filters} filters of {run.window} x {run.window} and "
        f"{run.filters + run.filters // 2} above them, {run.steps} steps in {mean['seconds']:.0f} "
        f"CPU seconds; squared error per pixel: mean field {mean['mse']:.4f}, sampled "
        f"{mean['sampled_mse']:.4f}, the mean picture {mean['mean_mse']:.4f}; in a right half that "
        f"is hidden: filled by the first layer {mean['fill_first']:.3f}, by both "
        f"{mean['fill_all']:.3f}, by the mean picture {mean['fill_mean']:.3f}."
    )


def in_per_cent(values: list[float]) -> str:
    return f"{100 * np.mean(values):.1f} +- {100 * np.std(values):.1f}"


STUDY = Study(
    name="cdbn",
    question="Do features that were learnt by dreaming serve a classifier better than pixels, or "
    "than filters that were not learnt?",
    reproduce=reproduce,
)
