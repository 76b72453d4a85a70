"""A comparison over seeds: what each remedy does in the plane and on digits.

`workbench reproduce gan` plays a seed at a time; `--data` names other pictures. No published table
stands beside it: none could be read, and the first one's Parzen estimates are discredited.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from workbench.chapters.gan.evaluation import play_to_end
from workbench.chapters.gan.knobs import Settings
from workbench.chapters.gan.rivals import make_rivals
from workbench.core.pictures import Table
from workbench.core.study import Study

REMEDIES = {
    "nothing": {},
    "R1, gamma 0.3": {"r1": 0.3},
    "instance noise 1": {"noise": 1.0},
    "average 0.99": {"average": 0.99},
    "R1 and average": {"r1": 0.3, "average": 0.99},
    "Wasserstein, lambda 1": {"loss": "Wasserstein"},
    "hinge, spectral": {"loss": "hinge"},
}
RATIOS = {"equal rates": 1.0, "G 3 times as fast": 0.33, "G 10 times as fast": 0.1}
OF_PICTURES = ("frechet", "classes", "recall")
RIVALS = ("held-out real pictures", "ten Gaussians", "one Gaussian", "a copier that adds noise")
PICTURES = "pictures"

Ends = dict[tuple[str, str], list[Mapping[str, float]]]  # by remedy and column, of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """Plays a seed at a time, until the budget would be passed."""
    start, longest = time.monotonic(), 0.0
    results: Ends = {}
    for seed in range(seeds):
        began = time.monotonic()
        if seed and budget is not None and began - start + longest > budget:
            return
        add_seed(results, data, seed, device)
        longest = max(longest, time.monotonic() - began)
        yield table(results, data)


def add_seed(results: Ends, data: str, seed: int, device: str) -> None:
    """Plays every game of a seed and adds its last numbers to the results."""
    for name, knobs in REMEDIES.items():
        runs = [Settings(ratio=ratio, seed=seed, **knobs) for ratio in RATIOS.values()]
        for column, end in zip(RATIOS, play_to_end(runs, device), strict=True):
            results.setdefault((name, column), []).append(end)
        run = Settings(kind="pictures", data=data, seed=seed, **knobs)
        results.setdefault((name, PICTURES), []).extend(play_to_end([run], device))


def table(results: Ends, data: str) -> Table:
    """Means over seeds with standard deviations, a line for each remedy, and the rivals."""
    count = len(results["nothing", PICTURES])
    rivals = make_rivals(data)
    columns = [f"modes, {name}" for name in RATIOS]
    rows = [
        (
            name,
            *(spread(results[name, column], "modes") for column in RATIOS),
            *(spread(results[name, PICTURES], number) for number in OF_PICTURES),
        )
        for name in REMEDIES
    ]
    for name in RIVALS:
        rival = rivals[name].numbers
        alone = [f"{rival['frechet']:.2f}", f"{rival['classes']:.0f}", f"{rival['recall']:.2f}"]
        rows.append((name, *["-"] * len(RATIOS), *alone))
    return Table(
        f"Remedies in the plane and on {data}: {count} seed{'s' * (count > 1)}",
        ("remedy", *columns, "Frechet distance", "classes", "recall"),
        tuple(rows),
        caption=f"Eight Gaussians in the plane: modes covered of 8. On {data} at equal rates: "
        f"Frechet distance on 20 components, classes covered, recall. 1500 steps, mean rate 0.001; "
        f"mean and standard deviation. {verdict(results, rivals['ten Gaussians'].numbers)}",
    )


def spread(ends: Sequence[Mapping[str, float]], number: str) -> str:
    """Mean and standard deviation of a number over seeds."""
    values = np.array([end[number] for end in ends])
    digits = 1 if number in ("modes", "classes") else 2
    return f"{values.mean():.{digits}f} +- {values.std():.{digits}f}"


def verdict(results: Ends, rival: Mapping[str, float]) -> str:
    """In how many seeds ten Gaussians win against the best remedy."""
    each = np.array([[end["frechet"] for end in results[name, PICTURES]] for name in REMEDIES])
    wins = int((each.min(0) > rival["frechet"]).sum())
    return f"Ten Gaussians beat the best of all remedies in {wins} of {each.shape[1]} seeds."


STUDY = Study(
    name="gan",
    question="What does each remedy against collapse do, in the plane and on digits?",
    reproduce=reproduce,
)
