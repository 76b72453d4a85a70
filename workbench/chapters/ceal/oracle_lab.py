"""You are the oracle: the questions of active learning are the reader's to answer."""

from types import SimpleNamespace

import numpy as np
import torch

from workbench.chapters.ceal import pictures as ceal_pictures
from workbench.chapters.ceal.labelling_lab import (
    BACK,
    KEYS,
    MOST_SECONDS,
    ROUNDS,
    SKIP,
    K,
    Labelling,
    Standing,
    classes,
    from_text,
    perfect_oracles,
    replay,
)
from workbench.chapters.ceal.pool import Pool, load_pool
from workbench.chapters.ceal.team_lab import curves
from workbench.core.pictures import Images, Picture, Table
from workbench.core.settings import SettingsError

LONGEST = 60  # seconds that count for one answer: a reader who takes longer was away
LARGE = 160  # pixels that the longer side of the item in question takes


class Oracle:
    """A labelling that grows by the reader's keys, and the seconds they took.

    text: a labelling to go on with instead of a new one. Where it holds none, `alert` tells why.
    """

    def __init__(
        self, data: str = "digits", strategy: str = "CEAL_MS", seed: int = 0, text: str = ""
    ):
        self.labelling = Labelling(data, strategy, seed)
        self.alert = ""
        self.seconds = 0.0  # when the last answer came
        if text:
            try:
                self.labelling = from_text(text)
            except SettingsError as error:
                self.alert = str(error)

    def press(self, key: str, seconds: float = 0.0) -> None:
        """An answer, or one to be taken back, so many seconds after the beginning.

        A key that is neither changes nothing.
        """
        labelling = self.labelling.press(key)
        if labelling.answers == self.labelling.answers:
            return
        spent = round(labelling.seconds + min(LONGEST, seconds - self.seconds))
        self.labelling = labelling._replace(seconds=min(spent, MOST_SECONDS))
        self.seconds = seconds
        self.alert = ""

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        labelling, standing = self.labelling, replay(self.labelling.settled)
        first, sentence = in_words(labelling, standing)
        back = BACK if labelling.answers else ""
        return SimpleNamespace(
            chosen=(labelling.data, labelling.strategy),
            seed=labelling.seed,
            answers=tuple(zip(classes(labelling.data), KEYS, strict=False)),
            others=(("Skip", SKIP), ("Take back", BACK)),
            keys=frozenset(labelling.keys + back),
            answered=bool(labelling.answers),
            text=labelling.to_text(),
            first=first,
            sentence=sentence,
            alert=self.alert,
            pictures=pictures(labelling, standing),
        )


def in_words(labelling: Labelling, standing: Standing) -> tuple[str, str]:
    """Where the reader is, and what follows from that."""
    given, right = verdict(labelling, standing)
    clock = f"{labelling.seconds // 60}:{labelling.seconds % 60:02d}"
    if labelling.done:
        pace = f", {labelling.seconds / given:.1f} seconds an answer" if given else ""
        return f"Done in {clock}.", f"You gave {given} answers, {right} of them right{pace}."
    number = len(labelling.answers) // K + 1
    return (
        f"Round {number} of {ROUNDS}, question {labelling.position + 1} of {K}, {clock} so far.",
        "Which class is the item below? Press its button, or a key: "
        f"{keys_in_words(labelling.data)}, s to skip, u to take back.",
    )


def keys_in_words(name: str) -> str:
    """Which key stands for which class."""
    names = classes(name)
    if names == tuple(KEYS[: len(names)]):
        return f"{names[0]} to {names[-1]}"
    return ", ".join(f"{key} {name}" for key, name in zip(KEYS, names, strict=False))


def pictures(labelling: Labelling, standing: Standing) -> dict[str, Picture]:
    """The open question and those around it, or how it ended."""
    curve = curves({"you": standing.accuracies} | perfect_oracles(labelling.unanswered))
    if not labelling.done:
        return {
            "question": open_question(labelling, standing),
            "sheet": sheet(labelling, standing),
            "accuracy": curve,
        }
    wrong, words = mistakes(labelling, standing)
    return {"accuracy": curve, "wrong": wrong, "words": words}


def open_question(labelling: Labelling, standing: Standing) -> Images:
    """The item in question, large."""
    pool = load_pool(labelling.data)
    row = standing.questions[labelling.position]
    tile = pool.data.tiles(pool.x[[row]], 1)
    zoom = max(1, LARGE // max(tile.shape[2:]))
    return Images(
        "What is it?",
        tile.repeat(zoom, 2).repeat(zoom, 3),
        caption=f"Question {labelling.position + 1} of {K} in this round.",
    )


def sheet(labelling: Labelling, standing: Standing) -> Images:
    """All questions of the round, each with your answer; the open one has a question mark."""
    pool, answers = load_pool(labelling.data), labelling.answers[len(labelling.settled.answers) :]
    names = [class_name(pool, key) for key in answers] + ["?"] + [""] * K
    tiles = torch.zeros(K, pool.data.pixels)
    tiles[: len(standing.questions)] = pool.x[torch.from_numpy(standing.questions)].cpu()
    return Images(
        "The questions of this round",
        pool.data.tiles(tiles, K),
        columns=tuple(names[:K]),
        caption="With your answers; a question mark is at the open one.",
    )


def class_name(pool: Pool, key: str) -> str:
    """The class that a key stands for."""
    return "skipped" if key == SKIP else pool.classes[KEYS.index(key)]


def verdict(labelling: Labelling, standing: Standing) -> tuple[int, int]:
    """(answers given, of them right), over the complete rounds."""
    truth = load_pool(labelling.data).y[standing.asked]
    pairs = zip(labelling.answers, truth, strict=False)
    right = [KEYS.index(key) == true for key, true in pairs if key != SKIP]
    return len(right), sum(right)


def mistakes(labelling: Labelling, standing: Standing) -> tuple[Images, Table]:
    """The answers that were wrong, kept as they were given: pictures of the first, and a table."""
    pool = load_pool(labelling.data)
    pairs = zip(standing.asked, labelling.answers, strict=False)
    wrong = [(row, key) for row, key in pairs if key != SKIP and KEYS.index(key) != pool.y[row]]
    words = tuple((class_name(pool, key), pool.classes[pool.y[row]]) for row, key in wrong)
    pictures = Images(
        "Your wrong answers",
        ceal_pictures.draw_items(pool, np.array([row for row, _ in wrong], int)),
        columns=ceal_pictures.pad([f"{given} \u2717 {true}" for given, true in words]),
        caption=f"{len(wrong)} of them, as you gave them (and the true class): the network learnt "
        "them so.",
    )
    return pictures, Table(
        "In words",
        ("you said", "it is"),
        words,
        caption="Are you sure that the given label is the right one?",
    )
