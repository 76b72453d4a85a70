"""The experiment of Ilse et al. 2018 on MNIST bags: AUC against the number of training bags.

Sizes of about 10, 50 and 100, 50 to 500 balanced bags, the positive ones at random but for having a
witness, six poolings. Of the published table one number for attention could be read at the source,
so verdicts are about its shape. Where we differ: pictures have at most 16 x 16 pixels, a perceptron
stands for LeNet-5 (two small convolutions in a row of their own, where bags are small), a step
takes 32 bags instead of one, their number is fixed, and the last one is judged.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from workbench import data as sets
from workbench.chapters.mil.frames import train
from workbench.chapters.mil.knobs import Settings
from workbench.core.frames import last_numbers
from workbench.core.pictures import Curves, Line, Table
from workbench.core.study import Study

POOLINGS = ("attention", "instance-mean", "instance-max", "gated", "max", "mean")
CONVOLUTIONS = "attention, convolutions"  # of the smallest bags only: it takes 15 times as long
ROWS = (*POOLINGS, CONVOLUTIONS)
SIZES, COUNTS = (10, 50, 100), (50, 100, 150, 200, 300, 400, 500)
STEPS = 400
FIRST_COUNTS = (50, 200, 100, 500)  # the most telling

# AUC of attention on bags of about 10 from 50 training bags, and where it is printed
PUBLISHED = dict.fromkeys(
    [(10, 50, "attention"), (10, 50, CONVOLUTIONS)], "0.768 (public loader 0.898)"
)
SOURCE = (
    "Ilse et al. 2018, as quoted in issue 14 of the authors' repository; the public loader's bags "
    "are not balanced"
)

Case = tuple[int, int, str]  # bag size, training bags, row
Results = Mapping[Case, Sequence[float]]  # AUC of each seed


def cases() -> list[Case]:
    """The cells of the table, the most telling counts of every size first."""
    rest = [count for count in COUNTS if count not in FIRST_COUNTS]
    return [
        (size, count, row)
        for counts in (FIRST_COUNTS, rest)
        for size in SIZES
        for count in counts
        for row in (ROWS if size == SIZES[0] else POOLINGS)
    ]


def measure(case: Case, data: str, seeds: int, device: str = "cpu", **knobs) -> list[float]:
    """AUC on test bags at the end of a run of each seed, all in one stack."""
    size, count, row = case
    pooling, encoder = row.split(", ") if row == CONVOLUTIONS else (row, "perceptron")
    knobs = {"steps": STEPS, "pooling": pooling, "encoder": encoder, "exact": False} | knobs
    runs = [Settings(data=data, size=size, bags=count, seed=seed, **knobs) for seed in range(seeds)]
    ends = last_numbers(train(runs, device, shown={runs[0].steps}))
    return [end["auc"] for end in ends]


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Cell after cell, all seeds of it in one stack, until the budget is spent."""
    start, results = time.monotonic(), {}
    for case in cases():
        if results and budget is not None and time.monotonic() - start > budget:
            return
        results[case] = measure(case, data, seeds, device)
        yield table(results, data, seeds)


def table(results: Results, data: str, seeds: int) -> Table:
    """Mean and standard deviation over seeds; a row for each size and pooling."""
    counts = [count for count in COUNTS if any(case[1] == count for case in results)]
    rows = []
    for size in SIZES:
        for pooling in ROWS:
            cells = [results.get((size, count, pooling)) for count in counts]
            if any(cells):
                published = PUBLISHED.get((size, 50, pooling), "")
                rows.append((size, pooling, *map(describe_cell, cells), published))
    sentences = [
        f"Mean +/- sd of {seeds} seeds, {STEPS} steps.{describe_empty(results)} "
        f"Published: {SOURCE}.",
        *verdicts(results),
    ]
    return Table(
        f"AUC against training bags, {data}",
        ("size", "pooling", *map(str, counts), "published, 50 bags"),
        tuple(rows),
        caption=" ".join(sentences),
    )


def describe_empty(results: Results) -> str:
    """What an empty cell means, if there is one."""
    empty = [case for case in cases() if case not in results]
    if not empty:
        return ""
    sizes = " and ".join(str(size) for size in sorted({size for size, *_ in empty}))
    return (
        f" {len(empty)} of {len(cases())} cells, of size {sizes}, were beyond the budget and "
        "are empty: what a cell costs grows with the size of the bags."
    )


def describe_cell(values: Sequence[float] | None) -> str:
    """Mean and standard deviation of a cell."""
    return f"{np.mean(values):.3f} +/- {np.std(values):.2f}" if values else ""


def verdicts(results: Results) -> list[str]:
    """A sentence for each size: whether the published table's traits are there."""
    sentences = []
    for size in SIZES:
        means = {
            case[1:]: float(np.mean(aucs)) for case, aucs in results.items() if case[0] == size
        }
        counts = [count for count in COUNTS if all((count, p) in means for p in POOLINGS)]
        if len(counts) < 2:
            sentences.append(f"Size {size}: not measured.")
            continue
        traits = judge_traits(means, counts[0], counts[-1])
        sentences.append(f"Size {size}: " + "; ".join(traits) + ".")
    return sentences


def judge_traits(means: Mapping[tuple[int, str], float], few: int, many: int) -> list[str]:
    """The three traits, from the mean AUC by (bags, pooling) at the fewest and the most bags."""
    stuck, late, first = (
        [means[count, name] for count in (few, many)]
        for name in ("instance-mean", "instance-max", "attention")
    )
    best = max(POOLINGS, key=lambda name: means[few, name])
    yes = {True: "yes", False: "no"}
    is_stuck = stuck[1] < min(0.80, first[1] - 0.05)
    is_late = late[0] < first[0] - 0.02 and late[1] > first[1] - 0.03
    return [
        f"instance-mean stuck, {stuck[1]:.3f} of {many} bags against attention's {first[1]:.3f}: "
        f"{yes[is_stuck]}",
        f"instance-max late, {late[0]:.3f} against {first[0]:.3f} of {few} and {late[1]:.3f} "
        f"against {first[1]:.3f} of {many}: {yes[is_late]}",
        f"attention first with few, {best} is best of {few}: {yes[best in ('attention', 'gated')]}",
    ]


def figure(results: Results, size: int) -> Curves:
    """The paper's figure for one bag size, with the range over seeds."""
    counts = sorted({case[1] for case in results if case[0] == size})
    complete = [p for p in POOLINGS if all((size, count, p) in results for count in counts)]
    aucs = {p: np.array([results[size, count, p] for count in counts]) for p in complete}
    return Curves(
        f"AUC against training bags, about {size} instances",
        tuple(line(pooling, counts, values) for pooling, values in aucs.items()),
        "training bags",
        "AUC on test bags",
        caption="Mean over seeds, with the range.",
    )


def line(pooling: str, counts: Sequence[int], aucs: np.ndarray) -> Line:
    """One pooling's mean over seeds with its range, from aucs [counts, seeds]."""
    style = "dashed" if pooling.startswith("instance") else "solid"
    x, low, high = np.array(counts, float), aucs.min(1), aucs.max(1)
    return Line(pooling, x, aucs.mean(1), style, low=low, high=high)


STUDY = Study(
    name="mil",
    question="Which pooling needs how many bags?",
    reproduce=reproduce,
    data="mnist" if "mnist" in sets.names() else "digits",
)
