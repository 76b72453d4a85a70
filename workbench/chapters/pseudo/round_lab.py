"""One round by hand: accept or refuse what the network is surest of, name what it doubts."""

from types import SimpleNamespace

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.chapters.pseudo.pool import Pool, picture_pool
from workbench.chapters.pseudo.sitting_lab import (
    ACCEPT,
    BACK,
    GUESSES,
    KEYS,
    QUESTIONS,
    REFUSE,
    REST,
    SKIP,
    Sitting,
    Standing,
    from_text,
    others,
    replay,
)
from workbench.core.pictures import Curves, Images, Line, Picture, Table
from workbench.core.settings import SettingsError

SHEET = 10  # items that are shown at a time
LARGE = 160  # pixels that the longer side of the item in question takes


class Round:
    """A round that goes on by the reader's keys.

    text: a round to go on with instead of a new one. Where it holds none, `alert` tells why.
    """

    def __init__(self, data: str = "digits", labels: str = "1", seed: int = 0, text: str = ""):
        self.sitting = Sitting(data, labels, seed)
        self.alert = ""
        if text:
            try:
                self.sitting = from_text(text)
            except SettingsError as error:
                self.alert = str(error)

    def press(self, key: str, seconds: float = 0.0) -> None:
        """An answer, or one to be taken back. A key that is neither changes nothing."""
        self.sitting = self.sitting.press(key)
        self.alert = ""

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        sitting, standing = self.sitting, replay(self.sitting.settled)
        pool = picture_pool(sitting.data)
        first, sentence = in_words(sitting, standing, pool)
        if sitting.judging:
            answers, more = (("Accept", ACCEPT), ("Refuse", REFUSE)), (("Accept the rest", REST),)
        else:
            answers, more = tuple(zip(pool.classes, KEYS, strict=False)), (("Skip", SKIP),)
        keys = set(sitting.keys) | ({REST} if sitting.judging else set())
        return SimpleNamespace(
            chosen=(sitting.data, sitting.labels),
            seed=sitting.seed,
            answers=answers,
            others=(*more, ("Take back", BACK)),
            keys=frozenset(keys | ({BACK} if sitting.answers else set())),
            answered=bool(sitting.answers),
            text=sitting.to_text(),
            first=first,
            sentence=sentence,
            alert=self.alert,
            pictures=pictures(sitting, standing, pool),
        )


def in_words(sitting: Sitting, standing: Standing, pool: Pool) -> tuple[str, str]:
    """Where the reader is, and what follows from that."""
    count = len(sitting.answers)
    if sitting.judging:
        return (
            f"Guess {count + 1} of {GUESSES}.",
            "Is the network right about the item below? Accept (y) or refuse (n) what it is surest "
            "of; r accepts the rest, u takes back.",
        )
    gain = standing.accuracies[1] - standing.accuracies[0]
    learnt = f"Training on the guesses that you accepted moved the accuracy by {gain:+.3f}. "
    if not sitting.done:
        return (
            f"Question {count - GUESSES + 1} of {QUESTIONS}.",
            learnt + "These are the items that it doubts most: which class is the one below? "
            "Press its button or key, s to skip, u to take back.",
        )
    last = standing.accuracies[2] - standing.accuracies[1]
    right, wrong = verdict(sitting, standing, pool)
    return (
        f"Done: accuracy {standing.accuracies[2]:.3f}.",
        f"{learnt}Your {right + wrong} answers about what it doubts, {wrong} of them wrong, moved "
        f"it by {last:+.3f}.",
    )


def verdict(sitting: Sitting, standing: Standing, pool: Pool) -> tuple[int, int]:
    """How many of the reader's answers to questions are right, and how many are wrong."""
    pairs = zip(sitting.answers[GUESSES:], pool.y[standing.questions].tolist(), strict=False)
    right = [KEYS.index(key) == true for key, true in pairs if key != SKIP]
    return sum(right), len(right) - sum(right)


def pictures(sitting: Sitting, standing: Standing, pool: Pool) -> dict[str, Picture]:
    """The item in question and those around it, or how it ended."""
    curve = accuracy_curves({"you": standing.accuracies} | others(sitting._replace(answers="")))
    if sitting.done:
        return {"accuracy": curve, "guesses": judged(sitting, standing, pool)}
    rows, p = standing.guesses, standing.p_guesses
    names = [f"{pool.classes[c]}?" for c in p[rows].argmax(1)]
    answers = sitting.answers
    if not sitting.judging:
        rows, p, answers = standing.questions, standing.p_questions, sitting.answers[GUESSES:]
        pairs = p[rows].topk(2, 1).indices.tolist()
        names = [f"{pool.classes[a]} or {pool.classes[b]}?" for a, b in pairs]
    at, given = len(answers), zip(names, answers, strict=False)
    return {
        "question": open_item(pool, rows[at], names[at], float(p[rows[at]].max())),
        "sheet": sheet(pool, rows, [answer_name(pool, *each) for each in given]),
        "accuracy": curve,
    }


def answer_name(pool: Pool, name: str, key: str) -> str:
    """What stands above an item that has been answered."""
    marks = {ACCEPT: "\u2713", REFUSE: "\u2717", SKIP: "skipped"}
    if key in (ACCEPT, REFUSE):
        return f"{name.rstrip('?')} {marks[key]}"
    return marks.get(key) or pool.classes[KEYS.index(key)]


def open_item(pool: Pool, row: int, name: str, sure: float) -> Images:
    """The item in question, large."""
    tile = pool.data.tiles(pool.x[[row]], 1)
    zoom = max(1, LARGE // max(tile.shape[2:]))
    return Images(
        "What is it?",
        tile.repeat(zoom, 2).repeat(zoom, 3),
        columns=(name,),
        caption=f"Above it what the network says. It is sure of that with {sure:.2f}.",
    )


def sheet(pool: Pool, rows: NDArray, names: list[str]) -> Images:
    """The ten items around the open one, with the reader's answers and a question mark at it."""
    first = len(names) // SHEET * SHEET
    marks = [*names, "?", *[""] * len(rows)][first : first + SHEET]
    few = torch.from_numpy(rows[first : first + SHEET])
    return Images(
        "The items of this part",
        pool.data.tiles(pool.x[few], len(few)),
        columns=tuple(marks[: len(few)]),
        caption=f"Items {first + 1} to {first + len(few)} of {len(rows)} with your answers; a "
        "question mark is at the open one.",
    )


def judged(sitting: Sitting, standing: Standing, pool: Pool) -> Table:
    """How many of the guesses were right, among those that were accepted and refused."""
    rows = standing.guesses
    right = (standing.p_guesses[rows].argmax(1) == pool.y[rows]).numpy()
    accepted = np.array([key == ACCEPT for key in sitting.answers[:GUESSES]])
    lines = (("accepted", accepted & right, accepted & ~right),)
    lines += (("refused", ~accepted & right, ~accepted & ~right),)
    return Table(
        "Your judgement of its guesses",
        ("", "it was right", "it was wrong"),
        tuple((name, int(good.sum()), int(bad.sum())) for name, good, bad in lines),
        caption="The network is usually right where it is surest: what it knows teaches it little, "
        "and what it doubts teaches it most. Chapter CEAL goes on from here.",
    )


def accuracy_curves(paths: dict[str, list[float]]) -> Curves:
    """Accuracy after the first labels, after the guesses and after the questions."""
    return Curves(
        "Accuracy on test items",
        tuple(
            Line(
                name, np.arange(len(path), dtype=float), np.array(path), "dashed" if i else "solid"
            )
            for i, (name, path) in enumerate(paths.items())
        ),
        "part",
        "accuracy",
        caption="After the first labels (0), after the accepted guesses (1) and after the answers "
        "(2).",
    )
