"""What a run labels: items with features and hidden classes, and the votes of the functions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling import features as features_of
from workbench.chapters.labelling.evaluate import SILENT, Features, vote_all
from workbench.chapters.labelling.knobs import VIDEOS, VOTERS, Settings, suggest
from workbench.chapters.labelling.language import Function, Refused, parse_all
from workbench.chapters.labelling.suggest import suggest as suggest_from_labels
from workbench.core.settings import SettingsError
from workbench.data import catalog, tables, texts

MOST_ITEMS = 4000  # of a large set, drawn by the seed
MOST_CLASSES = 20
TEST_SHARE = 3  # one item of so many is for testing
LOOPS = "0689"  # the digits with a closed loop


@dataclass(frozen=True, eq=False)
class Pool:
    """Items before the split, as they were found.

    x [n, d] is what a classifier learns from, None for texts; `tiles` [n, height, width] and
    `texts` are what a reader sees; `test` [n] marks a given split, None leaves it to the seed.
    """

    title: str
    classes: tuple[str, ...]
    y: NDArray
    features: Features
    x: NDArray | None = None
    tiles: NDArray | None = None
    texts: tuple[str, ...] = ()
    test: NDArray | None = None

    def take(self, rows: NDArray) -> dict[str, Any]:
        """What there is of these rows: features, x, tiles and texts."""
        return {
            "features": {name: values[rows] for name, values in self.features.items()},
            "x": None if self.x is None else self.x[rows],
            "tiles": None if self.tiles is None else self.tiles[rows],
            "texts": tuple(self.texts[i] for i in rows) if self.texts else (),
        }


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
    return with_copies(course, run.copies) if run.copies else course


def fingerprint(run: Settings) -> str:
    """What changes when the items do."""
    if run.items == "votes":
        return "votes"
    own = own_file(run)
    if run.items == "comments":
        return texts.load_comments().fingerprint()
    if own is not None and texts.has_texts(own):
        return texts.read_texts(own).fingerprint()
    return catalog.fingerprint(run.data)


def own_file(run: Settings):
    """Where the .csv of one's own lies, or None."""
    if run.items != "pictures":
        return None
    kind, path, _ = catalog.locate(run.data)
    return path if kind == "" and path is not None and path.suffix.lower() == ".csv" else None


def open_pool(run: Settings) -> Pool:
    """The items of a run. Raises DataError."""
    if run.items == "comments":
        comments = texts.load_comments()
        return pool_of_texts(comments, comments.part == VIDEOS.index(run.video))
    path = own_file(run)
    if path is None:
        return pool_of_pictures(run)
    if texts.has_texts(path):
        return pool_of_texts(texts.read_texts(path))
    return pool_of_table(path)


def pool_of_texts(found: texts.TextSet, test: NDArray | None = None) -> Pool:
    """Texts, with the test items marked where they are given."""
    own = features_of.of_texts(found.texts)
    return Pool(found.title, found.classes, found.y, own, texts=found.texts, test=test)


def pool_of_table(path) -> Pool:
    """A table of numbers of one's own, whose columns are the features. Raises DataError."""
    import pandas

    table = tables.own_table(path)  # its checks
    frame = pandas.read_csv(path, encoding="utf-8-sig")
    frame.columns = [str(column).strip() for column in frame.columns]
    classes, y = np.unique(frame.pop("label").astype(str), return_inverse=True)
    x = frame.to_numpy(np.float64)
    scaled = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
    low, high = scaled.min(), scaled.max()
    tiles = np.zeros((len(x), int(np.prod(table.shape))))
    tiles[:, : x.shape[1]] = (scaled - low) / max(high - low, 1e-9)
    own = features_of.of_table(list(frame.columns), x)
    tiles = tiles.reshape(len(x), *table.shape)
    return Pool(table.title, tuple(map(str, classes)), y, own, scaled, tiles)


def pool_of_pictures(run: Settings) -> Pool:
    """Pictures, and the question about them. Raises DataError and SettingsError."""
    table = tables.rows_of(run.data)
    x = np.concatenate([table.x_train, table.x_test])
    tiles = np.concatenate([table.pictures_train, table.pictures_test])
    rows, y, classes = ask(run.question, np.concatenate([table.y_train, table.y_test]), table)
    if len(rows) > MOST_ITEMS:
        rows = np.sort(np.random.default_rng([run.seed, 5]).permutation(rows)[:MOST_ITEMS])
    own = features_of.of_pictures(tiles[rows])
    title = f"{table.title}: {' or '.join(classes) if len(classes) == 2 else 'all classes'}"
    return Pool(title, classes, y[rows], own, x[rows], tiles[rows])


def ask(question: str, y: NDArray, table) -> tuple[NDArray, NDArray, tuple[str, ...]]:
    """The rows that the question is about, the answers y [all rows], and the classes."""
    names = table.classes
    if question == "all classes":
        return np.arange(len(y)), y, names
    if question == "loop or none":
        if names != tuple("0123456789"):
            raise SettingsError("Loops are a question about the digits 0 to 9; choose another.")
        return np.arange(len(y)), np.isin(y, [int(c) for c in LOOPS]) * 1, ("none", "loop")
    pair = tuple(question.split(" or "))
    if not set(pair) <= set(names):
        pair = names[:2]
    codes = [names.index(word) for word in pair]
    return np.flatnonzero(np.isin(y, codes)), (y == codes[1]) * 1, pair


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
    rng, accuracies = np.random.default_rng([run.seed, 2]), np.array(VOTERS[run.voters])
    parts = []
    for n in (int(run.count), 500):
        truth = rng.integers(0, 2, n)
        right = rng.random((n, len(accuracies))) < accuracies
        votes = np.where(right, truth[:, None], 1 - truth[:, None])
        votes[rng.random(votes.shape) > run.coverage] = SILENT
        parts.append(Part(votes.astype(np.int16), truth, {}))
    names = tuple(f"right {a:.0%} of the time" for a in accuracies)
    classes = ("no", "yes")
    return Course("Drawn votes", classes, names, (classes,) * len(names), *parts, np.arange(40))


def with_copies(course: Course, count: int) -> Course:
    """The same, with the function that does worst on the development set written again."""
    votes, truth = course.train.votes[course.dev], course.train.truth[course.dev]
    given = (votes != SILENT).sum(0)
    right = (votes == truth[:, None]).sum(0)
    worst = int(np.argmin((right + 1.5) / (given + 2)))  # a function hardly heard is not the worst
    parts = (
        Part(np.concatenate([p.votes] + [p.votes[:, [worst]]] * count, 1), *_known(p))
        for p in (course.train, course.test)
    )
    names = course.names + (f"copy of {worst + 1}",) * count
    outcomes = course.outcomes + (course.outcomes[worst],) * count
    return Course(course.title, course.classes, names, outcomes, *parts, course.dev)


def _known(part: Part) -> tuple:
    return part.truth, part.features, part.x, part.tiles, part.texts
