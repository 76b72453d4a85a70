"""TODO."""

from dataclasses import dataclass

import numpy as np

from workbench.chapters.bootstrap.knobs import Settings
from workbench.chapters.bootstrap.labels import Task, Voted, Wrong
from workbench.chapters.bootstrap.lesson import Classifiers
from workbench.core.pictures import Bars, HeatMap, Images
from workbench.science import corruption
from workbench.science.later import Tensor, torch

SHOWN = 1000  # how many training and test items a frame's numbers are measured on
EXAMPLES = 8


@dataclass(frozen=True, eq=False)
class Look:
    """What each network says: accuracy on the test set and on the clean items, the share of its
    labels that is wrong; its class for training items, how sure it is, and their labels, each
    [members, items]."""

    accuracy: list[float]
    clean: list[float]
    wrong: list[float]
    chosen: Tensor
    sure: Tensor
    given: Tensor


@torch.no_grad()
def look(model: Classifiers, work: Task, given: Tensor, whole: bool) -> Look:
    """The networks' answers; `whole` asks for the complete test set."""
    runs, test = len(given), work.data.test if whole else work.data.test[:SHOWN]

    def answers(x: Tensor) -> Tensor:
        """Distributions over the true class, [members, n, classes], on the CPU."""
        parts = [model.net(part.expand(runs, *part.shape)) for part in x.split(SHOWN)]
        return torch.cat(parts, 1).softmax(-1).cpu()

    sure, chosen = answers(work.x[:SHOWN]).max(-1)
    accuracy = (answers(test).argmax(-1) == work.y_test[: len(test)]).double().mean(1)
    clean = (answers(work.x_clean).argmax(-1) == work.y_clean).double().mean(1)
    wrong = (given.cpu() != work.y).double().mean(1)
    return Look(
        accuracy.tolist(), clean.tolist(), wrong.tolist(), chosen, sure, given[:, :SHOWN].cpu()
    )


def _labels(model, work: Task, run: Settings, kin, seen: Look, best) -> tuple[dict, dict]:
    me, plain = kin["run"], kin["plain"]
    truth = work.y[:SHOWN]
    scalars = {
        "accuracy": seen.accuracy[me],
        "plain_accuracy": seen.accuracy[plain],
        **_fits(seen, truth, me, ""),
        **_fits(seen, truth, plain, "plain_"),
        **_changes(seen, truth, me),
        "realised": seen.wrong[me],
    }
    if run.baselines:
        scalars |= {"early_accuracy": best[plain][1], "layer_accuracy": seen.accuracy[kin["layer"]]}
    classes = len(work.classes)
    if run.loss == "recon" or run.baselines:
        layer = me if run.loss == "recon" else kin["layer"]
        believed = model.noise_matrix(layer).cpu()
        how = "Its noise layer" if run.loss == "recon" else "The noise layer alone"
    else:
        believed = corruption.noise_matrix(seen.chosen[me], seen.given[me], classes)
        how = "No noise layer: the given labels, counted by the network's own"
    flips = Wrong(run.pattern, run.noise).flips(work)
    true = torch.eye(classes).lerp(flips, run.noise)
    return scalars, {
        "changed": _changed(work, seen, me),
        "believed": _matrix(
            "How labels go wrong, as learnt",
            believed,
            work,
            f"{how}. Compare with the true matrix.",
        ),
        "matrix": _matrix(
            "How labels go wrong, in truth", true, work, "How often each class is given each label."
        ),
    }


def _fits(seen: Look, truth: Tensor, place: int, prefix: str) -> dict:
    """How well a network reproduces right and wrong labels; 0 where there are none."""
    same, wrong = seen.chosen[place] == seen.given[place], seen.given[place] != truth
    return {
        f"{prefix}{name}": same[rows].double().mean() if rows.any() else 0.0
        for name, rows in (("learnt", ~wrong), ("memorised", wrong))
    }


def _changes(seen: Look, truth: Tensor, place: int) -> dict:
    """How many labels the network would change, and how many of these to the true one."""
    other = seen.chosen[place] != seen.given[place]
    right = (seen.chosen[place] == truth)[other]
    return {"changed": other.double().mean(), "right": right.double().mean() if len(right) else 0.0}


def _changed(work: Task, seen: Look, place: int) -> Images:
    chosen, given = seen.chosen[place], seen.given[place]
    other = torch.nonzero(chosen != given)[:, 0]
    order = other[seen.sure[place][other].argsort(descending=True, stable=True)][:EXAMPLES]
    shots = torch.zeros(EXAMPLES, work.data.pixels)
    shots[: len(order)] = work.x[order.to(work.x.device)].cpu()
    names = [_name(work, given[i], chosen[i], work.y[i]) for i in order]
    right = (chosen == work.y[: len(chosen)])[other]
    share = f"right in {right.double().mean():.0%} of cases" if len(right) else "none so far"
    return Images(
        "Labels the network would change",
        work.data.tiles(shots, EXAMPLES),
        columns=tuple(names + [""] * (EXAMPLES - len(names))),
        caption=f"Given and own label of those it is surest of; a cross: the change is wrong. Of "
        f"{len(chosen)} training items it would change {len(other)}, {share}.",
    )


def _name(work: Task, given, chosen, true) -> str:
    wrong = "" if chosen == true else " \u2717"
    return f"{work.classes[given]} \u2192 {work.classes[chosen]}{wrong}"


def _matrix(title: str, values: Tensor, work: Task, caption: str) -> HeatMap:
    return HeatMap(
        title,
        values.double().numpy(),
        work.classes,
        work.classes,
        "given",
        "true",
        "share",
        caption=caption,
    )


ROLES = {
    "single": "cross-entropy, one vote",
    "soft": "soft, one vote",
    "hard": "hard, one vote",
    "majority": "cross-entropy, majority",
}


def _people(model, work: Task, run: Settings, kin, seen: Look, best) -> tuple[dict, dict]:
    truth = work.y[:SHOWN]
    scalars = {f"{role}_accuracy": seen.accuracy[kin[role]] for role in ROLES}
    for role in ("single", "majority"):
        scalars[f"{role}_right"] = 1 - seen.wrong[kin[role]]
    voted = Voted(run.annotators, run.careless, True)
    votes = voted.votes(work, torch.Generator().manual_seed(run.seed + 2000))
    right = (votes == work.y).double().mean(1).tolist()
    answers = [(seen.chosen[kin[role]] == truth).double().mean().item() for role in ROLES]
    people = tuple(str(i + 1) for i in range(run.annotators))
    habits = corruption.noise_matrix(work.y, votes[0], len(work.classes))
    return scalars, {
        "changed": _changed(work, seen, kin["hard"]),
        "shares": Bars(
            "Who is right about the training items",
            (*people, "vote", *ROLES),
            np.array([*right, scalars["majority_right"], *answers]),
            y_label="share right",
            caption="Each annotator, the vote of all, and the networks' own answers: after single "
            "votes by cross-entropy, soft and hard, and after the majority.",
        ),
        "habits": _matrix(
            "What annotator 1 calls each class",
            habits,
            work,
            "Everybody has habits of their own; that is why votes help.",
        ),
    }
