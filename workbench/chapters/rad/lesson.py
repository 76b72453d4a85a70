"""TODO."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.rad import estimators, stream
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.rules import RULES, Learner
from workbench.chapters.rad.stream import Course, Noise
from workbench.chapters.rad.walk import Walk
from workbench.data import tables
from workbench.data.tables import TableSet

TESTED = 1000  # clean test samples, as in Zhao et al.


def shown(settings: Settings) -> list[str]:
    """The rules to train: RAD, those that are switched on, and the one that is looked at."""
    wanted = {rule for rule in RULES if getattr(settings, rule, False)}
    return [rule for rule in RULES if rule in wanted | {"rad", settings.look}]


def open_stream(settings: Settings) -> tuple[TableSet, Course]:
    """The data, and the stream that these settings make of it. Raises data.DataError.

    Columns of tables are scaled by mean and standard deviation of the first, clean batch: nothing
    else is known to a learner at the start.
    """
    pictures = settings.stream == "pictures"
    data = tables.rows_of(settings.data) if pictures else tables.load(settings.stream)
    noise = Noise(settings.noise, settings.noise_std, settings.spread == "relative")
    make = partial(
        stream.stream,
        y=data.y_train,
        classes=len(data.classes),
        noise=noise,
        initial=settings.initial,
        batch=settings.batch,
        count=settings.steps,
        seed=settings.seed,
    )
    scale = _identity
    if data.seen_train is None:
        scale = _standard(make(data.x_train)[0].x)
    rows = np.random.default_rng(0).permutation(len(data.x_test))[:TESTED]
    batches = make(scale(data.x_train))
    return data, Course(batches, scale(data.x_test[rows]), data.y_test[rows], data.classes)


def _identity(x: NDArray) -> NDArray:
    return x


def _standard(known: NDArray):
    mean, std = known.mean(0), known.std(0)
    return lambda x: ((x - mean) / np.where(std > 1e-6, std, 1)).clip(-10, 10)


def learner(rule: str, settings: Settings, course: Course) -> Learner:
    """A learner that follows the rule, after the first, clean batch."""
    make_l, make_c = (
        partial(estimators.make, name, len(course.classes), settings.seed)
        for name in (settings.label_model, settings.classifier)
    )
    return Learner(rule, make_l, make_c, course.batches[0], settings.budget)


def walk(settings: Settings, batches: int) -> tuple[TableSet, Walk]:
    """The data, and the first `batches` of the stream to go through by hand.

    The rule is the one that `look` names. Raises data.DataError.
    """
    data, course = open_stream(settings)
    course = course._replace(batches=course.batches[: batches + 1])
    return data, Walk(learner(settings.look, settings, course), course)
