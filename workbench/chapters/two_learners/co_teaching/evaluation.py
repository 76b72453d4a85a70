"""What a frame measures of co-teaching, on true classes that the networks never saw."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from workbench.chapters.two_learners.co_teaching.lesson import Pairs, item_losses, kept_items
from workbench.chapters.two_learners.task import Task

ITEMS_JUDGED = 1000  # training and test items that a frame's numbers are measured on
Positions = Mapping[str, Sequence[int]]  # of each method's members, one a seed


class Evaluation(NamedTuple):
    """What both networks of every member answer.

    tested [members, 2, test items]: their classes. Of training items: `losses` [members, 2, items]
    of the given labels, `picked` [members, 2, items] which each network would keep if they were
    one batch, `repeated` [members, 2, items] whether its class is the given one, `wrong` [members,
    items] whether the given label is.
    """

    tested: Tensor
    losses: Tensor
    picked: Tensor
    repeated: Tensor
    wrong: Tensor


@torch.no_grad()
def evaluate(model: Pairs, data: Task, epoch: int, test_items: int | None = None) -> Evaluation:
    """The answers of every member in this epoch, about so many test items or about all."""
    test = data.data.test[:test_items]
    x, networks = data.x[:ITEMS_JUDGED], 2 * len(model.members)
    parts = [model.net(part.expand(networks, -1, -1)) for part in test.split(ITEMS_JUDGED)]
    tested = torch.cat([part.argmax(-1).cpu() for part in parts], 1)
    logits, given = model.net(x.expand(networks, -1, -1)), model.given[:, : len(x)]
    losses = item_losses(logits, given.repeat_interleave(2, 0)).cpu()
    counts = [kept_items(epoch, m, len(x)) for m in model.members for _ in (0, 1)]
    ranks = losses.argsort(dim=-1, stable=True).argsort(-1)
    chosen = logits.argmax(-1).cpu().unflatten(0, (-1, 2))
    return Evaluation(
        tested.unflatten(0, (-1, 2)),
        losses.unflatten(0, (-1, 2)),
        (ranks < torch.tensor(counts)[:, None]).unflatten(0, (-1, 2)),
        chosen == given.cpu()[:, None],
        given.cpu() != data.y[: len(x)],
    )


def share(part: Tensor, rows: Tensor) -> float:
    """The share of these rows that is true in `part`; 0 where there are none."""
    return part[rows].double().mean().item() if rows.any() else 0.0


def pair_numbers(evaluation: Evaluation, m: int, y: Tensor) -> dict[str, float]:
    """The numbers of one member: means of its two networks."""
    tested, wrong = evaluation.tested[m], evaluation.wrong[m]
    right, apart = tested == y, tested[0] != tested[1]
    values = [
        {
            "accuracy": right[k].double().mean().item(),
            "precision": share(~wrong, evaluation.picked[m, k]),
            "apart": share(apart, ~right[k]),
            "agree": share(~apart, right[k]),
            "memorised": share(evaluation.repeated[m, k], wrong),
        }
        for k in (0, 1)
    ]
    return {name: (values[0][name] + values[1][name]) / 2 for name in values[0]}


PREFIXES = {"co-teaching": "", "own-picks": "own_", "standard": "standard_"}


def numbers(
    model: Pairs, evaluation: Evaluation, data: Task, compared: Positions, share_kept: float
) -> dict[str, float]:
    """The numbers of a run, means over its seeds; `share_kept` is R(T)."""
    y = data.y_test[: evaluation.tested.shape[-1]]
    scalars = {}
    for method, prefix in PREFIXES.items():
        members = [pair_numbers(evaluation, m, y) for m in compared[method]]
        for name in members[0]:
            mean = sum(member[name] for member in members) / len(members)
            scalars[f"{prefix}{name}"] = mean
    wrong = [model.given[m].cpu() != data.y for m in compared["standard"]]
    return scalars | {"kept": share_kept, "realised": torch.stack(wrong).double().mean().item()}
