"""What a frame measures of the classifiers, by true classes that they never saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.chapters.pseudo import by_hand
from workbench.chapters.pseudo.knobs import Settings
from workbench.chapters.pseudo.members import members, positions
from workbench.chapters.pseudo.pool import STRANGER, Pool, give_labels, load_pool
from workbench.science import metrics, nets

ITEMS_JUDGED = 1000  # items of the pool and of the test set that a frame's numbers are measured on
CERTAIN = 0.9  # a guess at least so sure counts as firmly believed


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What every member of a stack answers, on the CPU.

    `test` [members, m, classes] and `pool` [members, n, classes] are its distributions, `y_test`
    [m] and `y` [n] the true classes (below 0 for strangers and where nobody knows), `given`
    [members, n] the labels it knows.
    `early` holds for each T1 which guesses [members, n] were wrong when guesses began to count.
    """

    test: Tensor
    pool: Tensor
    y_test: Tensor
    y: Tensor
    given: Tensor
    early: dict[float, Tensor]

    def accuracy(self, position: int) -> float:
        return (self.test[position].argmax(-1) == self.y_test).double().mean().item()

    def calibration(self, position: int) -> tuple[Tensor, Tensor]:
        """How sure it is of each test item, and whether it is right."""
        sure, label = self.test[position].max(-1)
        return sure, label == self.y_test

    def named(self, position: int) -> Tensor:
        """Which items of the pool have no label and a class that somebody named [n]."""
        return (self.given[position] < 0) & (self.y >= 0)


class Judge:
    """Measures the members of these runs as their training goes on; nothing here is learnt from."""

    def __init__(self, runs: Sequence[Settings], pool: Pool):
        self.runs = runs
        self.pool = pool
        self.given = give_labels(pool, members(runs))
        self.early: dict[float, Tensor] = {}

    @torch.no_grad()
    def evaluate(self, net: nets.Mlp, step: int) -> Evaluation:
        """The members' answers after this step; it wants every moment that is shown, in turn."""
        pool, steps = self.pool, self.runs[0].steps
        few = slice(None) if step == steps else slice(ITEMS_JUDGED)
        on_pool, y = answer(net, pool.x[:ITEMS_JUDGED]), pool.y[:ITEMS_JUDGED]
        wrong = on_pool.argmax(-1) != y
        for start in {run.start for run in self.runs}:
            if start not in self.early or step <= start * steps:
                self.early[start] = wrong
        return Evaluation(
            test=answer(net, pool.x_test[few]),
            pool=on_pool,
            y_test=pool.y_test[few],
            y=y,
            given=self.given[:, :ITEMS_JUDGED].cpu(),
            early=dict(self.early),
        )


def answer(net: nets.Mlp, x: Tensor) -> Tensor:
    """Every member's distribution over the classes of x [n, d]: [members, n, classes].

    Each member answers by itself, so that it gives the same bits in any company.
    """
    alone = [net.only([position]) for position in range(len(net.weights[0]))]
    rows = [torch.cat([each(part[None]) for part in x.split(ITEMS_JUDGED)], 1) for each in alone]
    return torch.cat(rows).softmax(-1).cpu()


def measure(run: Settings, evaluation: Evaluation, compared: dict[str, int]) -> dict[str, float]:
    """The numbers of a run; compared: the position of each role.

    Those about guesses are left out where nobody knows of any guess whether it is right.
    """
    own, plain = compared["run"], compared["supervised"]
    guesses = {
        **guess_numbers(evaluation, own, ""),
        **guess_numbers(evaluation, plain, "supervised_"),
        **course_numbers(evaluation, own, run.start, ""),
        **course_numbers(evaluation, plain, run.start, "supervised_"),
    }
    others = {
        f"{role}_accuracy": evaluation.accuracy(position)
        for role, position in compared.items()
        if role != "run"
    }
    return {
        "accuracy": evaluation.accuracy(own),
        **others,
        **(guesses if evaluation.named(own).any() else {}),
        **{
            f"{role}_ece".removeprefix("run_"): metrics.calibration_error(
                *(part.numpy() for part in evaluation.calibration(position))
            )
            for role, position in compared.items()
        },
        "least_share": evaluation.test[own].mean(0).min().item(),
        "strange": strangers_believed(evaluation, own),
    }


def guess_numbers(evaluation: Evaluation, position: int, prefix: str) -> dict[str, float]:
    """How many guesses about unlabelled items are right, and how sure the right and wrong are."""
    rows = evaluation.named(position)
    sure, label = evaluation.pool[position][rows].max(-1)
    right = label == evaluation.y[rows]
    values = {"guessed": right.double(), "sure_right": sure[right], "sure_wrong": sure[~right]}
    return {prefix + name: mean(value) for name, value in values.items()}


def course_numbers(
    evaluation: Evaluation, position: int, start: float, prefix: str
) -> dict[str, float]:
    """What became of the guesses since they began to count, as shares of the unlabelled items."""
    rows = evaluation.named(position)
    wrong = (evaluation.pool[position].argmax(-1) != evaluation.y)[rows]
    early = evaluation.early[start][position][rows]
    parts = {
        "still_wrong": early & wrong,
        "repaired": early & ~wrong,
        "newly_wrong": ~early & wrong,
    }
    return {prefix + name: mean(part.double()) for name, part in parts.items()}


def strangers_believed(evaluation: Evaluation, position: int) -> float:
    """The share of the firmly believed guesses that are about items of no named class."""
    open_rows = evaluation.given[position] < 0
    sure = evaluation.pool[position].max(-1).values >= CERTAIN
    return mean((evaluation.y == STRANGER)[open_rows & sure].double())


def mean(values: Tensor) -> float:
    """The mean, and 0 of nothing."""
    return float(values.mean()) if len(values) else 0.0


def train_to_end(runs: Sequence[Settings], device: str = "cpu") -> list[dict[str, float]]:
    """Trains the runs in one stack, and gives the last numbers of each."""
    stack, steps = members(runs), runs[0].steps
    judge = Judge(runs, load_pool(runs[0], device))
    marks = {max(1, int(run.start * steps)) for run in runs} | {steps}
    for step, net, *_ in by_hand.FITS[runs[0].kind](runs, judge.pool, device):
        if step in marks:
            evaluation = judge.evaluate(net, step)
    return [measure(run, evaluation, positions(stack, run)) for run in runs]
