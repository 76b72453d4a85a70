"""Tables 4 and 8 of Han et al. 2018, small: MNIST with three kinds of wrong labels, tau 0.5 to 1.5.

What is the paper's: the noise, Adam at 0.001, batches of 128, T_k of 10 epochs, tau as a multiple
of the true noise, and the number that counts, the mean test accuracy of the last ten epochs. What
is not: the network is one hidden layer of 64 units and not nine layers of convolutions, it trains
for 20 epochs and not 200 (its rate does not fall, and Adam's memory stays), and on the first 5,000
pictures and not on 60,000, judged on the first 2,000 of the test set. Two networks train in every
line, and the numbers are their mean.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from workbench.chapters.two_learners.co_teaching import by_hand
from workbench.chapters.two_learners.co_teaching.evaluation import evaluate, pair_numbers
from workbench.chapters.two_learners.co_teaching.lesson import BATCH
from workbench.chapters.two_learners.co_teaching.members import Member, comparison
from workbench.chapters.two_learners.knobs import Settings
from workbench.chapters.two_learners.task import load_task
from workbench.core.pictures import Table
from workbench.core.study import Study
from workbench.science.side_by_side import cores, side_by_side

ITEMS = 5_000
WIDTH = 64
TEST_ITEMS = 2_000
EPOCHS = 20
EPOCHS_JUDGED = 10  # the last ones, as in the paper
NOISES = {  # name: pattern and share of wrong labels
    "pair 45 %": ("pair", 0.45),
    "symmetric 50 %": ("symmetric", 0.5),
    "symmetric 20 %": ("symmetric", 0.2),
}
TAUS = (0.5, 0.75, 1.0, 1.25, 1.5)
PUBLISHED = {  # test accuracy in per cent: standard, then co-teaching by tau (tables 4 and 8)
    "pair 45 %": (56.52, 66.74, 77.86, 87.63, 97.89, 69.47),
    "symmetric 50 %": (66.05, 75.89, 82.00, 91.32, 98.62, 79.43),
    "symmetric 20 %": (94.05, 94.94, 96.25, 97.25, 98.90, 99.39),
}
MENTORNET = {"pair 45 %": 80.88, "symmetric 50 %": 90.05, "symmetric 20 %": 96.70}  # table 4


class Line(NamedTuple):
    """A line of the table: a method and its tau, 0 where there is none."""

    method: str
    tau: float

    @property
    def title(self) -> str:
        return f"{self.method}, tau {self.tau:g}" if self.tau else self.method

    def published(self, noise: str) -> float | None:
        """The paper's accuracy in per cent; own picks are its MentorNet, without a teacher."""
        if self.method == "own picks":
            return MENTORNET[noise]
        return PUBLISHED[noise][TAUS.index(self.tau) + 1 if self.tau else 0]


LINES = (
    Line("standard", 0),
    Line("own picks", 1.0),
    *(Line("co-teaching", tau) for tau in TAUS),
)
METHODS = {"standard": "standard", "own picks": "own-picks", "co-teaching": "co-teaching"}
Measured = Mapping[tuple[str, Line], Sequence[dict[str, float]]]  # by noise: numbers of each seed


def reproduce(data: str, seeds: int, budget: float | None, device: str) -> Iterator[Table]:
    """One kind of noise and one seed at a time, all lines in one stack, until the budget would be
    passed; a process a core."""
    start = time.perf_counter()
    end = start + budget if budget else inf
    measured = defaultdict(list)
    tasks = [(noise, seed, data, device) for seed in range(seeds) for noise in NOISES]
    for noise, numbers in side_by_side(train_lines, tasks, cores(device), end):
        for line, values in numbers.items():
            measured[noise, line].append(values)
        yield table(data, measured, time.perf_counter() - start)


def members_of(noise: str, seed: int, data: str, steps: int) -> tuple[list[Settings], list[Member]]:
    """Runs that hold all lines at this noise, and each line's pair of networks."""
    pattern, share = NOISES[noise]
    knobs = {"pattern": pattern, "noise": share, "lr": 0.001, "ramp": 10, "width": WIDTH}
    knobs |= {"data": data, "seed": seed, "seeds": 1, "steps": steps}
    runs = [Settings(kind="co-teaching", tau=tau, **knobs) for tau in TAUS]
    by_tau = dict(zip(TAUS, map(comparison, runs), strict=True))
    return runs, [by_tau[line.tau or 1.0][METHODS[line.method]][0] for line in LINES]


def train_lines(
    noise: str, seed: int, data: str, device: str
) -> tuple[str, dict[Line, dict[str, float]]]:
    """The numbers of every line at this noise: means over the epochs judged."""
    task = load_task(data, device).first(ITEMS)
    epoch_steps = max(1, len(task.x) // BATCH)
    runs, own = members_of(noise, seed, data, max(100, EPOCHS * epoch_steps))
    judged = {runs[0].steps - epoch_steps * epoch for epoch in range(EPOCHS_JUDGED)}
    numbers = defaultdict(list)
    for step, model in by_hand.fit(runs, task, device):
        if step in judged:
            evaluation = evaluate(model, task, (step - 1) // epoch_steps, TEST_ITEMS)
            for line, member in zip(LINES, own, strict=True):
                m = model.members.index(member)
                numbers[line].append(pair_numbers(evaluation, m, task.y_test[:TEST_ITEMS]))
    return noise, {line: mean(values) for line, values in numbers.items()}


def mean(values: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each number."""
    return {name: float(np.mean([each[name] for each in values])) for name in values[0]}


def table(data: str, measured: Measured, seconds: float) -> Table:
    """Ours beside what was published, by noise and line."""
    rows = []
    for (noise, line), seeds in sorted(measured.items(), key=place):
        accuracy = 100 * np.array([each["accuracy"] for each in seeds])
        others = [mean(seeds)[name] for name in ("precision", "apart")]
        published = line.published(noise)
        cells = (f"{accuracy.mean():.1f} +/- {accuracy.std():.1f}", f"{published:.2f}")
        rows.append((noise, line.title, *cells, *(f"{value:.2f}" for value in others)))
    count = max(map(len, measured.values()))
    return Table(
        f"Wrong labels and two networks, {data}",
        ("noise", "method", "ours, %", "published, %", "label precision", "apart on errors"),
        tuple(rows),
        caption=f"Accuracy on the first {TEST_ITEMS:,} test pictures, mean of the last "
        f"{EPOCHS_JUDGED} epochs and standard deviation over {count} seeds. Ours: the first "
        f"{ITEMS:,} pictures, one hidden layer of {WIDTH}, {EPOCHS} epochs; published: Han et al. "
        "2018, tables 4 and 8, MNIST, all 60,000, 9-layer CNN, 200 epochs; beside own picks stands "
        "their MentorNet. Label precision is that of the picks; apart is how often the other "
        f"network says something else where one is wrong. It took {seconds / 60:.0f} minutes.",
    )


def place(entry: tuple) -> tuple[int, int]:
    """Where a line stands in the table."""
    (noise, line), _ = entry
    return list(NOISES).index(noise), LINES.index(line)


STUDY = Study(
    name="two-learners",
    question="What is the exchange worth, and how much should be thrown out?",
    reproduce=reproduce,
    data="mnist",
)
