"""A reader who gives the labels, as a value: what was chosen, and what was answered so far.

All else follows from a `Labelling`, the same for everybody. So it can wait in an address for as
long as the reader likes, and nothing runs meanwhile.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from workbench import data
from workbench.chapters.ceal import by_hand, lesson
from workbench.chapters.ceal.knobs import LABELS, STRATEGIES
from workbench.chapters.ceal.lab_knobs import SEEDS, sets
from workbench.chapters.ceal.pool import class_names
from workbench.chapters.ceal.team_lab import ROUND_STEPS, begin
from workbench.core.settings import SettingsError

K, ROUNDS = 10, 5  # questions a round, and rounds
KEYS = "0123456789abcdefghijklmnopqr"  # one for each class
SKIP, BACK = "s", "u"
MOST_SECONDS = 86_400


class Labelling(NamedTuple):
    """What a reader has chosen and answered: a key for each question, SKIP where they passed."""

    data: str = "digits"
    strategy: str = "CEAL_MS"
    seed: int = 0
    answers: str = ""
    seconds: int = 0  # spent on questions

    def to_text(self) -> str:
        """The part of an address behind its #."""
        return urlencode(self._asdict())

    @property
    def settled(self) -> "Labelling":
        """Without the answers of the round that is not complete."""
        return self._replace(answers=self.answers[: len(self.answers) // K * K], seconds=0)

    @property
    def unanswered(self) -> "Labelling":
        """The same questions without answers."""
        return self._replace(answers="", seconds=0)

    @property
    def done(self) -> bool:
        return len(self.answers) == K * ROUNDS

    @property
    def keys(self) -> str:
        """The keys that answer a question."""
        return "" if self.done else answer_keys(self.data)

    @property
    def position(self) -> int:
        """The number of the open question in its round, from 0."""
        return len(self.answers) % K

    def press(self, key: str) -> "Labelling":
        """With another answer, or with BACK without the last; another key changes nothing."""
        if key == BACK:
            return self._replace(answers=self.answers[:-1])
        if len(key) != 1 or key not in self.keys:
            return self
        return self._replace(answers=self.answers + key)


def from_text(text: str) -> Labelling:
    """The labelling in an address. Raises SettingsError: an address is whatever somebody wrote."""
    try:
        pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=5))
        seed, seconds = _count(pairs["seed"], SEEDS - 1), _count(pairs["seconds"], MOST_SECONDS)
        answers = pairs.get("answers", "")
        labelling = Labelling(pairs["data"], pairs["strategy"], seed, answers, seconds)
    except (KeyError, ValueError):
        raise SettingsError("The link holds no labelling; here is a new one.") from None
    asking = {name for name, rule in STRATEGIES.items() if rule.asks != "ALL"}
    if labelling.data not in sets().values() or labelling.strategy not in asking:
        raise SettingsError("The link names data or a strategy that is not here: choose others.")
    if len(answers) > K * ROUNDS or set(answers) - set(answer_keys(labelling.data)):
        raise SettingsError("The link's answers are none of this task's; here is a new one.")
    return labelling


def _count(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > most:
        raise ValueError
    return int(text)


@data.cache_by(data.locate, 4)
def classes(name: str) -> tuple[str, ...]:
    """What an item of this set can be called."""
    return class_names(data.load(name))


def answer_keys(name: str) -> str:
    """The keys that answer a question about this set."""
    return KEYS[: len(classes(name))] + SKIP


class Standing(NamedTuple):
    """Where a labelling stands: the questions of the open round (empty at the end), what the
    network says of the pool, every item asked about so far, and the accuracies [rounds + 1]."""

    questions: NDArray
    p: Tensor
    asked: NDArray
    accuracies: list[float]


@lru_cache(maxsize=256)
def replay(labelling: Labelling) -> Standing:
    """Plays all complete rounds anew with the reader's answers: call it with `labelling.settled`.

    A skipped item stays without a label and is not asked about again.
    """
    team = begin([labelling.strategy], labelling.data, K, labelling.seed)
    accuracies, asked = [team.accuracy(0)], np.array([], int)
    for t in range(ROUNDS + 1):
        p = team.predict(0)
        if t == ROUNDS:
            return Standing(asked[:0], p, asked, accuracies)
        questions = lesson.ask(team, 0, p, left_out=asked[team.known[0, asked] < 0])
        answers = labelling.answers[t * K : (t + 1) * K]
        if not answers:
            return Standing(questions, p, asked, accuracies)
        lesson.believe(team, 0, t, p, questions)
        for row, key in zip(questions, answers, strict=False):
            if key != SKIP:
                team.known[0, row] = KEYS.index(key)
        team.tune(ROUND_STEPS, by_hand.descend)
        team.forget()
        asked = np.concatenate([asked, questions])
        accuracies.append(team.accuracy(0))


@lru_cache(maxsize=32)
def perfect_oracles(labelling: Labelling) -> dict[str, list[float]]:
    """The curves of an oracle who is never wrong, and of random questions to such a one.

    Call it with `labelling.unanswered`.
    """
    names = labelling.strategy, "AL_RAND"
    team = begin(names, labelling.data, K, labelling.seed)
    paths = [[team.accuracy(place)] for place in (0, 1)]
    for t in range(ROUNDS):
        for place in (0, 1):
            lesson.play_round(team, place, t)
        team.tune(ROUND_STEPS, by_hand.descend)
        team.forget()
        for place in (0, 1):
            paths[place].append(team.accuracy(place))
    return {f"{LABELS[name]}, never wrong": path for name, path in zip(names, paths, strict=True)}
