"""What a run labels: items with features and hidden classes, and the votes of the functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.evaluate import SILENT, Features, vote_all
from workbench.chapters.labelling.knobs import VOTERS, Settings, suggest
from workbench.chapters.labelling.language import Function, Refused, parse_all
from workbench.chapters.labelling.pools import Pool, open_pool
from workbench.chapters.labelling.suggest import suggest as suggest_from_labels
from workbench.core.settings import SettingsError

MOST_CLASSES = 20
TEST_SHARE = 3  # one item of so many is for testing


@dataclass(frozen=True, eq=False)
class Part:
    """One side of the split: votes [n, m], and what is known of its n items.

    `truth` [n] is hidden: only whoever measures, and the development set, may look at it.
    """

    votes: NDArray
    truth: NDArray
    features: Features
    x: NDArray | None = None
    tiles: NDArray | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Course:
    """All that a run learns from, and is judged by.

    `names` [m] are the functions as a reader wrote them, `outcomes` the classes each can vote for,
    `dev` rows of `train` whose true class is known.
    """

    title: str
    classes: tuple[str, ...]
    names: tuple[str, ...]
    outcomes: tuple[tuple[str, ...], ...]
    train: Part
    test: Part
    dev: NDArray

    @property
    def votes(self) -> NDArray:
        """The votes [n, m] of the items to be labelled."""
        return self.train.votes


def open_course(run: Settings) -> Course:
    """The items that the knobs ask for. Raises DataError, and SettingsError for functions."""
    course = draw_votes(run) if run.items == "votes" else split(run, open_pool(run))
    return with_copies(course, run) if run.copies else course


def split(run: Settings, pool: Pool) -> Course:
    """Training and test items, and the votes of the functions on both."""
    if len(pool.classes) > MOST_CLASSES:
        raise SettingsError(
            f"These data have {len(pool.classes)} classes; functions are for at most "
            f"{MOST_CLASSES}, so ask about two of them."
        )
    rng = np.random.default_rng([run.seed, 1])
    order = rng.permutation(len(pool.y))
    test = pool.test if pool.test is not None else np.arange(len(order)) % TEST_SHARE == 0
    rows = (
        [order[~test[order]], order[test[order]]]
        if pool.test is not None
        else [order[~test], order[test]]
    )
    dev = rng.permutation(len(rows[0]))[: min(run.dev, len(rows[0]) // 2)]
    known = pool.take(rows[0][dev])["features"], pool.y[rows[0][dev]]
    functions = choose_functions(run, *known, pool.classes)
    train, tested = (make_part(pool, part, functions) for part in rows)
    return Course(
        pool.title,
        pool.classes,
        tuple(function.text for function in functions),
        tuple(function.outcomes for function in functions),
        train,
        tested,
        dev,
    )


def choose_functions(run, features: Features, y: NDArray, classes) -> list[Function]:
    """The reader's functions, the chapter's own, or those that the development set suggests."""
    text = run.functions or suggest(run) or suggest_from_labels(features, y, classes)
    return parse_all(text)


def make_part(pool: Pool, rows: NDArray, functions: list[Function]) -> Part:
    """These rows with the votes of the functions. Raises SettingsError for unknown names."""
    own = pool.take(rows)
    try:
        votes = vote_all(functions, own["features"], pool.classes, len(rows))
    except Refused as problem:
        raise SettingsError(str(problem)) from None
    return Part(votes, pool.y[rows], **own)


def draw_votes(run: Settings) -> Course:
    """Votes of independent functions of known accuracies, on items of two classes."""
    rng, accuracies = np.random.default_rng([run.seed, 2]), VOTERS[run.voters]
    parts = []
    for n in (int(run.count), 500):
        truth = rng.integers(0, 2, n)
        parts.append(Part(vote_by_chance(truth, accuracies, run.coverage, rng), truth, {}))
    names = tuple(f"right {a:.0%} of the time" for a in accuracies)
    classes = ("no", "yes")
    return Course("Drawn votes", classes, names, (classes,) * len(names), *parts, np.arange(40))


def vote_by_chance(
    truth: NDArray, accuracies: Sequence[float], coverage: float, rng: np.random.Generator
) -> NDArray:
    """Votes [n, m] of functions that err independently on items of two classes `truth` [n]."""
    right = rng.random((len(truth), len(accuracies))) < accuracies
    votes = np.where(right, truth[:, None], 1 - truth[:, None])
    votes[rng.random(votes.shape) > coverage] = SILENT
    return votes.astype(np.int16)


def with_copies(course: Course, run: Settings) -> Course:
    """The same, with the function that does worst on the development set written again.

    Of drawn votes, a copy may repeat a share of its votes and draw the others.
    """
    count, rng = run.copies, np.random.default_rng([run.seed, 3])
    votes, truth = course.train.votes[course.dev], course.train.truth[course.dev]
    given = (votes != SILENT).sum(0)
    right = (votes == truth[:, None]).sum(0)
    worst = int(np.argmin((right + 1.5) / (given + 2)))  # a function hardly heard is not the worst
    parts = []
    for part in (course.train, course.test):
        copies = np.repeat(part.votes[:, [worst]], count, 1)
        if run.matters("likeness"):
            alone = vote_by_chance(
                part.truth, [VOTERS[run.voters][worst]] * count, run.coverage, rng
            )
            copies = np.where(rng.random(copies.shape) < run.likeness, copies, alone)
        parts.append(Part(np.concatenate([part.votes, copies], 1), *_known(part)))
    names = course.names + (f"copy of {worst + 1}",) * count
    outcomes = course.outcomes + (course.outcomes[worst],) * count
    return Course(course.title, course.classes, names, outcomes, *parts, course.dev)


def _known(part: Part) -> tuple:
    return part.truth, part.features, part.x, part.tiles, part.texts
