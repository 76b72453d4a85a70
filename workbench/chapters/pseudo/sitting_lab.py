"""A reader who accepts guesses and answers questions, as a value: what was chosen and answered.

All else follows from a `Sitting`, the same for everybody. So it can wait in an address for as long
as the reader likes, and nothing runs meanwhile.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from workbench.chapters.pseudo import by_hand, draws
from workbench.chapters.pseudo.lab_knobs import LABELS, SEEDS, sets
from workbench.chapters.pseudo.members import Member
from workbench.chapters.pseudo.memory import Weights
from workbench.chapters.pseudo.pool import Pool, make_networks, picture_pool
from workbench.core.settings import SettingsError
from workbench.science import formulas, nets

GUESSES, QUESTIONS = 20, 10  # the surest that are judged, then the most doubtful that are named
KEYS = "0123456789abcdefghijklmnopqr"  # one for each class
ACCEPT, REFUSE, REST, SKIP, BACK = "y", "n", "r", "s", "u"
FIRST_STEPS, MORE_STEPS, BATCH, WIDTH, RATE = 100, 100, 64, 128, 0.003


class Sitting(NamedTuple):
    """What a reader has chosen and answered: a key for each guess, then one for each question."""

    data: str = "digits"
    labels: str = "1"
    seed: int = 0
    answers: str = ""

    def to_text(self) -> str:
        """The part of an address behind its #."""
        return urlencode(self._asdict())

    @property
    def judging(self) -> bool:
        """Whether guesses are still to be judged; afterwards the reader names items."""
        return len(self.answers) < GUESSES

    @property
    def done(self) -> bool:
        return len(self.answers) == GUESSES + QUESTIONS

    @property
    def settled(self) -> "Sitting":
        """Without the answers of the part that is not complete."""
        complete = 0 if self.judging else GUESSES + QUESTIONS if self.done else GUESSES
        return self._replace(answers=self.answers[:complete])

    @property
    def keys(self) -> str:
        """The keys that answer at this moment."""
        if self.done:
            return ""
        return ACCEPT + REFUSE if self.judging else class_keys(self.data) + SKIP

    def press(self, key: str) -> "Sitting":
        """With another answer, with REST for all guesses left, or with BACK without the last."""
        if key == BACK:
            return self._replace(answers=self.answers[:-1])
        if key == REST and self.judging:
            return self._replace(answers=self.answers.ljust(GUESSES, ACCEPT))
        if len(key) != 1 or key not in self.keys:
            return self
        return self._replace(answers=self.answers + key)


def class_keys(name: str) -> str:
    """The keys that name a class of this set."""
    return KEYS[: len(picture_pool(name).classes)]


def from_text(text: str) -> Sitting:
    """The sitting in an address. Raises SettingsError: an address is whatever somebody wrote."""
    try:
        pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=4))
        seed, answers = pairs["seed"], pairs.get("answers", "")
        if not re.fullmatch(r"[0-9]{1,2}", seed) or int(seed) >= SEEDS:
            raise ValueError
        sitting = Sitting(pairs["data"], pairs["labels"], int(seed), answers)
    except (KeyError, ValueError):
        raise SettingsError("The link holds no round; here is a new one.") from None
    if sitting.data not in sets().values() or sitting.labels not in LABELS.values():
        raise SettingsError("The link names data that are not here: choose others.")
    judged, named = answers[:GUESSES], answers[GUESSES:]
    foreign = set(judged) - {ACCEPT, REFUSE} or set(named) - set(class_keys(sitting.data) + SKIP)
    if foreign or len(named) > QUESTIONS:
        raise SettingsError("The link's answers are none of this round's; here is a new one.")
    return sitting


class Student:
    """A network that learns from labels [n], -1 where there is none."""

    def __init__(self, pool: Pool, seed: int):
        self.pool = pool
        self.seed = seed
        member = Member(labels=0, jitter=0.0, lr=RATE, seed=seed)
        self.net = make_networks(pool, [member], WIDTH)
        self.adam = nets.Adam(self.net.parameters(), RATE)
        self.accuracies: list[float] = []

    def learn(self, labels: Tensor, steps: int) -> None:
        """Trains on mini-batches of the items that have a label."""
        seeds = [self.seed + 1000 * (1 + len(self.accuracies))]
        rows = draws.Rows(draws.labelled_rows(labels[None]), BATCH, seeds, "cpu")
        targets = F.one_hot(labels.clamp_min(0), len(self.pool.classes)).float()
        nought = Weights(torch.zeros(1), torch.zeros(1))
        for _ in range(steps):
            batch = rows.draw()
            by_hand.memory_gradient(self.net, self.pool.x[batch], targets[batch], nought)
            self.adam.step()
        right = self.predict(self.pool.x_test).argmax(1) == self.pool.y_test
        self.accuracies.append(right.double().mean().item())

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """The probabilities [n, classes] of its guesses about x [n, d]."""
        return self.net(x[None])[0].softmax(-1)


class Standing(NamedTuple):
    """Where a round stands: the rows of the guesses that are judged and of the questions (empty
    before the guesses are), the network's guesses [n, classes] about the pool when it showed each,
    and its accuracies so far."""

    guesses: NDArray
    p_guesses: Tensor
    questions: NDArray
    p_questions: Tensor | None
    accuracies: list[float]


@lru_cache(maxsize=256)
def replay(sitting: Sitting) -> Standing:
    """Plays the round anew with the reader's answers: call it with `sitting.settled`.

    The network learns the labels, then also the guesses that were accepted, and then, without the
    items that were skipped, also what the reader named.
    """
    pool = picture_pool(sitting.data)
    labels = pool.expert.label(int(sitting.labels), sitting.seed)
    student = Student(pool, sitting.seed)
    student.learn(labels, FIRST_STEPS)
    p = student.predict(pool.x)
    guesses = surest(p, labels)
    nothing = np.array([], int)
    if not sitting.answers:
        return Standing(guesses, p, nothing, None, student.accuracies)
    judged, named = sitting.answers[:GUESSES], sitting.answers[GUESSES:]
    accepted = guesses[[key == ACCEPT for key in judged]]
    labels[accepted] = p[accepted].argmax(1)
    student.learn(labels, MORE_STEPS)
    later = student.predict(pool.x)
    refused = np.setdiff1d(guesses, accepted)
    questions = most_doubtful(later, labels, refused)
    for row, key in zip(questions, named, strict=False):
        if key != SKIP:
            labels[row] = KEYS.index(key)
    if named:
        student.learn(labels, MORE_STEPS)
    return Standing(guesses, p, questions, later, student.accuracies)


def surest(p: Tensor, labels: Tensor) -> NDArray:
    """The rows without a label of whose class the network is surest."""
    sure = p.max(1).values.masked_fill(labels >= 0, -1.0)
    return sure.argsort(descending=True, stable=True)[:GUESSES].numpy()


def most_doubtful(p: Tensor, labels: Tensor, left_out: NDArray) -> NDArray:
    """The rows without a label whose two likeliest classes are closest; none of `left_out`."""
    margin = formulas.margin(p).masked_fill(labels >= 0, 2.0)
    margin[left_out] = 2.0
    return margin.argsort(stable=True)[:QUESTIONS].numpy()


@lru_cache(maxsize=32)
def others(unanswered: Sitting) -> dict[str, list[float]]:
    """What becomes of those who accept every guess or none, and then name all items rightly."""
    paths = {}
    for name, key in (("accepts all", ACCEPT), ("accepts none", REFUSE)):
        judged = unanswered._replace(answers=key * GUESSES)
        truth = picture_pool(unanswered.data).y[replay(judged).questions]
        answers = judged.answers + "".join(KEYS[label] for label in truth)
        paths[f"{name}, then never wrong"] = replay(judged._replace(answers=answers)).accuracies
    return paths
