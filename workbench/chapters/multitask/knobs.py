"""The knobs of multi-task learning, and the names of its other tasks."""

import param

from workbench import data as sets
from workbench.core import knobs
from workbench.core.knobs import Stops
from workbench.core.settings import Settings as Base

TASKS = ("loops", "at least half", "parity", "rotation", "ink", "random")
OTHER_TASK = "the other task"
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of shuffled labels, along the curve over relatedness


class Settings(Base):
    """The knobs of multi-task learning."""

    kind = param.Selector(
        default="sharing",
        objects=["sharing", "transfer"],
        label="How",
        doc="Sharing: both tasks at once on one trunk. Transfer: first the other task, then the "
        "main one from its weights.",
    )
    data = knobs.data("The pictures whose class is the main task.")
    task = param.Selector(
        default="loops",
        objects=list(TASKS),
        label="Other task",
        doc="Loops in the digit; is it in the upper half of the classes; is it odd; by which angle "
        "was the picture turned; has it more ink than most; one of ten random labels.",
    )
    weight = Stops(
        1.0,
        [0.0, 0.1, 0.3, 1.0, 3.0, 10.0],
        label="Weight of the other task",
        doc="What its loss counts for; that of the main task counts 1. 0 is the main task alone.",
    )
    shuffled = param.Number(
        0.0,
        bounds=(0, 1),
        step=0.25,
        label="Shuffled labels",
        doc="Share of the other task's labels that are shuffled among its items: at 1 it has "
        "nothing to do with the picture.",
    )
    labels = Stops(
        20,
        [10, 20, 50, 100, 200, 500],
        label="Labels of the main task",
        doc="Items whose class is known; the other task knows the label of every item.",
    )
    weights = param.Selector(
        default="fixed",
        objects=["fixed", "learnt"],
        label="Weights are",
        doc="Fixed, or learnt as uncertainties of the tasks (Kendall et al. 2018).",
    )
    source = param.Selector(
        default=OTHER_TASK,
        objects=[OTHER_TASK, *sets.names()],
        label="Learn first",
        doc="What is learnt first: the other task, or the classes of another set of pictures.",
    )
    cap = Stops(
        100.0,
        [1.0, 3.0, 10.0, 30.0, 100.0, 1000.0, 10_000.0],
        label="Largest learnt weight",
        precedence=2,
        doc="Learnt weights stop here. Without a cap that of 20 items runs away to thousands.",
    )
    repeats = param.Integer(
        5,
        bounds=(1, 10),
        label="Repeats",
        precedence=2,
        doc="Networks of a line, each with other weights and other labelled items.",
    )
    curve = param.Boolean(
        True,
        label="Curve over relatedness",
        precedence=2,
        doc="Train networks for every share of shuffled labels, too.",
    )
    lr = knobs.learning_rate(0.003)
    steps = knobs.steps(400, [100, 200, 400, 600, 1000, 2000])
    seed = knobs.seed("the initial weights, the labelled items and the order of all")

    relevant = {
        "weight": lambda s: s.kind == "sharing" and s.weights == "fixed",
        "weights": lambda s: s.kind == "sharing",
        "cap": lambda s: s.kind == "sharing" and s.weights == "learnt",
        "source": lambda s: s.kind == "transfer",
        "task": lambda s: s.kind == "sharing" or s.source == OTHER_TASK,
    }
