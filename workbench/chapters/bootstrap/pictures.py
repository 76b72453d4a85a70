"""What the answers of the classifiers look like."""

import numpy as np
import torch
from torch import Tensor

from workbench.chapters.bootstrap.evaluation import Evaluation
from workbench.chapters.bootstrap.knobs import ROLES, Settings
from workbench.chapters.bootstrap.labels import NO_LABEL, Task, Voted, Wrong
from workbench.core.pictures import Bars, HeatMap, Images, Picture
from workbench.science import corruption

CHANGES_SHOWN = 8


def label_pictures(
    run: Settings, task: Task, evaluation: Evaluation, compared: dict[str, int]
) -> dict[str, Picture]:
    """The pictures of a run with wrong labels; compared: the position of each role."""
    own, classes = compared["run"], len(task.classes)
    learnt = "How labels go wrong, as learnt"
    if run.loss == "recon" or run.baselines:
        position = own if run.loss == "recon" else compared["layer"]
        believed = evaluation.noise[position].T
        source = "Its noise layer" if run.loss == "recon" else "The noise layer alone"
    else:
        rows = evaluation.given[own] != NO_LABEL
        pair = evaluation.chosen[own][rows], evaluation.given[own][rows]
        believed = corruption.noise_matrix(*pair, classes)
        source = "No noise layer: the given labels, counted by the network's own"
    flips = Wrong(run.pattern, run.noise).flips(task)
    true = torch.eye(classes).lerp(flips, run.noise)
    in_truth = "How often each class is given each label."
    return {
        "changed": change_picture(task, evaluation, own),
        "believed": matrix(learnt, believed, task, f"{source}. Compare with the true matrix."),
        "matrix": matrix("How labels go wrong, in truth", true, task, in_truth),
    }


def people_pictures(
    run: Settings, task: Task, evaluation: Evaluation, compared: dict[str, int]
) -> dict[str, Picture]:
    """The pictures of a run with annotators; compared: the position of each role."""
    voted = Voted(run.annotators, run.careless, True)
    votes = voted.votes(task, torch.Generator().manual_seed(run.seed + 2000))
    habits = corruption.noise_matrix(task.y, votes[0], len(task.classes))
    first = "What annotator 1 calls each class"
    caption = "Everybody has habits of their own; that is why votes help."
    return {
        "changed": change_picture(task, evaluation, compared["hard"]),
        "shares": share_bars(votes, task, evaluation, compared),
        "habits": matrix(first, habits, task, caption),
    }


def share_bars(votes: Tensor, task: Task, evaluation: Evaluation, compared) -> Bars:
    """How often the annotators, their majority and the classifiers are right."""
    right = (votes == task.y).double().mean(1).tolist()
    majority = 1 - evaluation.wrong[compared["majority"]]
    same = evaluation.chosen == task.y[: evaluation.chosen.shape[1]]
    answers = [same[compared[role]].double().mean().item() for role in ROLES]
    people = tuple(str(i + 1) for i in range(len(votes)))
    return Bars(
        "Who is right about the training items",
        (*people, "vote", *ROLES),
        np.array([*right, majority, *answers]),
        y_label="share right",
        caption="Each annotator, the vote of all, and the networks' own answers: after single "
        "votes by cross-entropy, soft and hard, and after the majority.",
    )


def change_picture(task: Task, evaluation: Evaluation, position: int) -> Images:
    """The items whose label a classifier would change, those first of which it is surest."""
    chosen, given = evaluation.chosen[position], evaluation.given[position]
    differs = (chosen != given) & (given != NO_LABEL)
    other = torch.nonzero(differs)[:, 0]
    order = evaluation.sure[position][other].argsort(descending=True, stable=True)
    rows = other[order][:CHANGES_SHOWN]
    names = [change_name(task, given[i], chosen[i], task.y[i]) for i in rows]
    right = (chosen == task.y[: len(chosen)])[other]
    labelled = int((given != NO_LABEL).sum())
    share = f"right in {right.double().mean():.0%} of cases" if len(right) else "none so far"
    return Images(
        "Labels the network would change",
        task.data.row(task.x[rows.to(task.x.device)], CHANGES_SHOWN),
        columns=tuple(names + [""] * (CHANGES_SHOWN - len(names))),
        caption=f"Given and own label of those it is surest of; a cross: the change is wrong. Of "
        f"{labelled} training items with a label it would change {len(other)}, {share}.",
    )


def change_name(task: Task, given, chosen, true) -> str:
    """A change in words: given and own label, and a cross if the change is wrong."""
    wrong = "" if chosen == true else " \u2717"
    return f"{task.classes[given]} \u2192 {task.classes[chosen]}{wrong}"


def matrix(title: str, values: Tensor, task: Task, caption: str) -> HeatMap:
    """How often each true class is given each label."""
    return HeatMap(
        title,
        values.double().numpy(),
        task.classes,
        task.classes,
        "given",
        "true",
        "share",
        caption=caption,
    )
