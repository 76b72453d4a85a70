"""What a reader predicts and solves in the chapter on multi-task learning."""

from collections.abc import Mapping, Sequence

from workbench.chapters.multitask.knobs import OTHER_TASK, Settings
from workbench.core.frames import Frame
from workbench.core.lesson import (
    Lesson,
    Range,
    Reason,
    Task,
)
from workbench.core.quantity import Quantity, digits, percent

POINTS = Quantity("Points gained", "points")


def finding(run: Settings, numbers: Mapping[str, float]) -> str:
    """What the other task adds to the first, in one sentence."""
    if "gain" not in numbers:
        return "Nothing is learnt yet."
    other = f"the task {run.task!r}"
    if run.kind == "transfer":
        source = other if run.source == OTHER_TASK else f"the classes of {run.source}"
        other = f"learning {source} first"
    points = 100 * numbers["gain"]
    effect = f"{'adds' if points > 0 else 'costs'} {digits(abs(points), 2)} points"
    if abs(points) < 0.5:
        effect = "changes less than half a point"
    with_it, without = percent(numbers["together"]), percent(numbers["alone"])
    return f"With {run.labels:g} labels {other} {effect}: {with_it} right, and {without} alone."


def points(frames: Sequence[Frame]) -> float:
    """What the other task adds to the accuracy of the main one, in points."""
    return 100 * frames[-1].scalars["gain"]


RANDOM = Task(
    id="random",
    title="A task that means nothing",
    know="Two tasks share a trunk, $L = L_\\text{main} + w L_\\text{other}$. Twenty digits have "
    "their class; a thousand have a label of the other task.",
    ask="The number of loops adds {before} to the accuracy of the digits. Now the other labels "
    "are drawn at random, one of ten for each picture. How many points do they add or cost?",
    preset=dict(task="random", curve=False),
    before=dict(curve=False),
    measure=points,
    quantity=POINTS,
    predict=Range(-30, 30, 1, tolerance=0.5),
    reasons=(
        Reason(
            "Any second task keeps the trunk from learning twenty digits by heart.",
            "",
        ),
        Reason(
            "Nothing that tells random labels apart tells digits apart, and the trunk is wide "
            "enough for both.",
            "",
            right=True,
        ),
        Reason(
            "Labels that mean nothing destroy what the trunk has learnt.",
            "",
        ),
    ),
    covered=("accuracy", "classes"),
    why="",
    fails="",
)

LESSON = Lesson(
    lead="Twenty pictures have a class, and a thousand have another label. Learn both on one "
    "trunk: when does the second task help the first?",
    diagram=(
        "picture",
        "trunk for both tasks",
        "class: {together} right, {alone} alone",
        "other task: {other} right",
    ),
    main="accuracy",
    beside=("relatedness", "classes"),
    knob="labels",
    values=(10, 20, 50, 100, 200, 500),
    track="gain",
    numbers=("together", "alone", "other"),
    front=("labels", "task", "shuffled"),
    finding=finding,
    tasks=(RANDOM,),
    reflection="",
)
