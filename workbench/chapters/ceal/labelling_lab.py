"""Active learning by hand: a round stage by stage, and a reader who gives the labels.

Both are played by one network on a pool of the chapter. A labelling is a value, `Labelling`:
what was chosen and what was answered so far. All else follows from it, the same for everybody, so
it can wait in an address for as long as the reader likes, and nothing runs meanwhile.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench import data
from workbench.chapters.ceal import by_hand, lesson
from workbench.chapters.ceal import pictures as ceal_pictures
from workbench.chapters.ceal.knobs import STRATEGIES
from workbench.chapters.ceal.lesson import Round
from workbench.chapters.ceal.members import member
from workbench.chapters.ceal.pool import Pool, class_names, load_pool
from workbench.chapters.ceal.team import Team
from workbench.core.pictures import Curves, Images, Line, Picture, Table
from workbench.core.settings import SettingsError

PAPER = {"delta": 0.05, "decay": 0.0033, "schedule": "linear", "lr": 0.003}
FIRST, TUNE, INITIAL = 100, 50, 20  # steps on the first labels and in a round, and first labels
NETWORK, WIDTH = "MLP", 128


def begin(names: Sequence[str], data: str, k: int, seed: int) -> Team:
    """A team that has learnt the first labels."""
    members = [member(name, k=k, initial=INITIAL, seed=seed, **PAPER) for name in names]
    team = Team(members, load_pool(data), NETWORK, WIDTH)
    team.tune(FIRST, by_hand.descend)
    return team


STAGES = ("predict", "ask", "pseudo-label", "fine-tune", "forget")


class Stepper:
    """CEAL that the reader drives: `step()` does the next of the five stages."""

    def __init__(self, strategy: str = "CEAL_MS", data: str = "digits", k: int = 10, seed: int = 0):
        self.team = begin([strategy], data, k, seed)
        self.work, self.t, self.stage = self.team.pool, 0, ""
        self.accuracies = [self.team.accuracy(0)]
        self.step()

    def step(self) -> None:
        """One stage further."""
        if self.stage == "forget":
            self.t += 1
        self.stage = STAGES[(STAGES.index(self.stage) + 1) % 5 if self.stage else 0]
        none, team = np.array([], int), self.team
        match self.stage:
            case "predict":
                p = team.predict(0)
                self.round = Round(p, team.open_rows(0), none, none, none)
            case "ask":
                asked = lesson.ask(team, 0, self.round.p)
                self.round = self.round._replace(asked=asked)
                team.known[0, asked] = self.work.y[asked]
            case "pseudo-label":
                rows = lesson.believe(team, 0, self.t, self.round.p, self.round.asked)
                self.round = self.round._replace(believed=rows, pseudo=team.believed[0, rows])
            case "fine-tune":
                team.tune(TUNE, by_hand.descend)
                self.accuracies.append(team.accuracy(0))
            case "forget":
                team.forget()
                self.round = self.round._replace(believed=none, pseudo=none)

    def said(self) -> str:
        """What has just happened, in one sentence."""
        one, labels = self.round, int((self.team.known[0] >= 0).sum())
        wrong = int((one.pseudo != self.work.y[one.believed]).sum())
        return {
            "predict": f"The network has said what it thinks of {len(one.open)} items without a "
            "label.",
            "ask": f"The {len(one.asked)} it doubts most were put to the expert, who named them: "
            f"D^L has {labels} labels.",
            "pseudo-label": f"It is believed about {len(one.believed)} others, of which it has "
            f"{wrong} wrong: D^H.",
            "fine-tune": f"{TUNE} steps on D^L and D^H together: accuracy "
            f"{self.accuracies[-1]:.3f}.",
            "forget": "The pseudo-labels are forgotten and their items go back to the pool; the "
            "labels stay.",
        }[self.stage]

    def look(self) -> SimpleNamespace:
        """What a page shows."""
        return SimpleNamespace(
            t=self.t, stage=self.stage, said=self.said(), pictures=self.pictures()
        )

    def pictures(self) -> dict[str, Picture]:
        """What there is to see at this stage."""
        work, one, at = self.work, self.round, STAGES.index(self.stage)
        shown = {"margins": ceal_pictures.margins(one)}
        if at >= STAGES.index("ask"):
            shown["questions"] = ceal_pictures.questions(work, one)
        if at in (STAGES.index("pseudo-label"), STAGES.index("fine-tune")):
            shown["pseudo"] = ceal_pictures.pseudo_labels(work, one)
        curve = curves({"so far": self.accuracies})
        return shown | {"map": ceal_pictures.plane(work, one, 0), "accuracy": curve}


def curves(paths: dict[str, Sequence[float]]) -> Curves:
    """Accuracy after each round, a line for each path."""
    lines = (
        Line(name, np.arange(len(path), dtype=float), np.array(path), "dashed" if i else "solid")
        for i, (name, path) in enumerate(paths.items())
    )
    return Curves(
        "Accuracy on test items",
        tuple(lines),
        "rounds",
        "accuracy",
        caption="After the first labels (0) and after each round.",
    )


K, ROUNDS = 10, 5
KEYS = "0123456789abcdefghijklmnopqr"  # a key for each class; s skips, u takes back
SKIP = "s"
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
    def done(self) -> bool:
        return len(self.answers) == K * ROUNDS

    def answered(self, key: str) -> "Labelling":
        """With one more answer; what is no answer changes nothing."""
        keys = KEYS[: len(classes(self.data))] + SKIP
        if self.done or len(key) != 1 or key not in keys:
            return self
        return self._replace(answers=self.answers + key)

    def undone(self) -> "Labelling":
        """Without the last answer."""
        return self._replace(answers=self.answers[:-1])


def from_text(text: str, data: Sequence[str]) -> Labelling:
    """The labelling in an address; `data` are the sets that may be named.

    Raises SettingsError: an address is whatever somebody wrote.
    """
    try:
        pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=5))
        seed, seconds = _count(pairs["seed"], 99), _count(pairs["seconds"], MOST_SECONDS)
        answers = pairs.get("answers", "")
        found = Labelling(pairs["data"], pairs["strategy"], seed, answers, seconds)
    except (KeyError, ValueError):
        raise SettingsError("The link holds no labelling; here is a new one.") from None
    asking = {name for name, rule in STRATEGIES.items() if rule.asks != "ALL"}
    if found.data not in data or found.strategy not in asking:
        raise SettingsError("The link names data or a strategy that is not here: choose others.")
    keys = KEYS[: len(classes(found.data))] + SKIP
    if len(found.answers) > K * ROUNDS or set(found.answers) - set(keys):
        raise SettingsError("The link's answers are none of this task's; here is a new one.")
    return found


def _count(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > most:
        raise ValueError
    return int(text)


class Standing(NamedTuple):
    """Where a labelling stands: the questions of the open round (empty at the end), what the
    network says of the pool, every item asked about so far, and the accuracies [rounds + 1]."""

    questions: NDArray
    p: Tensor
    asked: NDArray
    accuracies: list[float]


@lru_cache(maxsize=256)
def standing(game: Labelling) -> Standing:
    """Plays all complete rounds anew with the reader's answers: call it with `game.settled`.

    A skipped item stays without a label and is not asked about again.
    """
    team = begin([game.strategy], game.data, K, game.seed)
    accuracies, asked = [team.accuracy(0)], np.array([], int)
    for t in range(ROUNDS + 1):
        p = team.predict(0)
        if t == ROUNDS:
            return Standing(asked[:0], p, asked, accuracies)
        questions = lesson.ask(team, 0, p, left_out=asked[team.known[0, asked] < 0])
        answers = game.answers[t * K : (t + 1) * K]
        if not answers:
            return Standing(questions, p, asked, accuracies)
        lesson.believe(team, 0, t, p, questions)
        for row, key in zip(questions, answers, strict=False):
            if key != SKIP:
                team.known[0, row] = KEYS.index(key)
        team.tune(TUNE, by_hand.descend)
        team.forget()
        asked = np.concatenate([asked, questions])
        accuracies.append(team.accuracy(0))


@lru_cache(maxsize=32)
def others(game: Labelling) -> dict[str, list[float]]:
    """The curves of an oracle who is never wrong and of random questions; of a new game."""
    team = begin([game.strategy, "AL_RAND"], game.data, K, game.seed)
    paths: list[list[float]] = [[team.accuracy(0)], [team.accuracy(1)]]
    for t in range(ROUNDS):
        for place in (0, 1):
            lesson.play_round(team, place, t)
        team.tune(TUNE, by_hand.descend)
        team.forget()
        for place in (0, 1):
            paths[place].append(team.accuracy(place))
    return {f"{game.strategy}, never wrong": paths[0], "AL_RAND, never wrong": paths[1]}


def fresh(game: Labelling) -> Labelling:
    """The same task without answers."""
    return game._replace(answers="", seconds=0)


LARGE = 160  # pixels that the longer side of the item in question takes


def position(game: Labelling) -> int:
    """The number of the open question in its round, from 0."""
    return len(game.answers) % K


def open_question(game: Labelling, now: Standing) -> Images:
    """The item in question, large."""
    work = load_pool(game.data)
    row = now.questions[position(game)]
    tile = work.data.tiles(work.x[[row]], 1)
    zoom = max(1, LARGE // max(tile.shape[2:]))
    return Images(
        "What is it?",
        tile.repeat(zoom, 2).repeat(zoom, 3),
        caption=f"Question {position(game) + 1} of {K} in this round.",
    )


def sheet(game: Labelling, now: Standing) -> Images:
    """All questions of the round, each with your answer; the open one has a question mark."""
    work, given = load_pool(game.data), game.answers[len(game.settled.answers) :]
    names = [spoken(work, key) for key in given] + ["?"] + [""] * K
    tiles = torch.zeros(K, work.data.pixels)
    tiles[: len(now.questions)] = work.x[torch.from_numpy(now.questions)].cpu()
    return Images(
        "The questions of this round",
        work.data.tiles(tiles, K),
        columns=tuple(names[:K]),
        caption="With your answers; a question mark is at the open one.",
    )


def spoken(work: Pool, key: str) -> str:
    return "skipped" if key == SKIP else work.classes[KEYS.index(key)]


@lru_cache(maxsize=4)
def classes(name: str) -> tuple[str, ...]:
    """What an item of this set can be called."""
    return class_names(data.load(name))


def keys_in_words(name: str) -> str:
    """Which key stands for which class."""
    names = classes(name)
    if names == tuple(KEYS[: len(names)]):
        return f"{names[0]} to {names[-1]}"
    return ", ".join(f"{key} {name}" for key, name in zip(KEYS, names, strict=False))


def shown(game: Labelling) -> SimpleNamespace:
    """Where a labelling stands, for a page: what is said, and pictures."""
    now, paths = standing(game.settled), others(fresh(game))
    return SimpleNamespace(said=told(game, now), pictures=pictures(game, now, paths))


def told(game: Labelling, now: Standing) -> tuple[str, str]:
    """Where the reader is, in words: what follows, and what stands in bold before it."""
    given, right = verdict(game, now)
    clock = f"{game.seconds // 60}:{game.seconds % 60:02d}"
    if game.done:
        pace = f", {game.seconds / given:.1f} seconds an answer" if given else ""
        return f"You gave {given} answers, {right} of them right{pace}.", f"Done in {clock}."
    at = f"Round {len(game.answers) // K + 1} of {ROUNDS}, question {position(game) + 1} "
    return (
        "Which class is the item below? Press its button, or a key: "
        f"{keys_in_words(game.data)}, s to skip, u to take back.",
        f"{at}of {K}, {clock} so far.",
    )


def pictures(game: Labelling, now: Standing, paths: dict[str, list[float]]) -> dict[str, Picture]:
    """The open question and those around it, or how it ended."""
    curve = curves({"you": now.accuracies} | paths)
    if not game.done:
        return {
            "question": open_question(game, now),
            "sheet": sheet(game, now),
            "accuracy": curve,
        }
    wrong, words = mistakes(game, now)
    return {"accuracy": curve, "wrong": wrong, "words": words}


def verdict(game: Labelling, now: Standing) -> tuple[int, int]:
    """(answers given, of them right), over the complete rounds."""
    truth = load_pool(game.data).y[now.asked]
    given = [(key, t) for key, t in zip(game.answers, truth, strict=False) if key != SKIP]
    return len(given), sum(KEYS.index(key) == t for key, t in given)


def mistakes(game: Labelling, now: Standing) -> tuple[Images, Table]:
    """The answers that were wrong, kept as they were given: pictures of the first, and a table."""
    work = load_pool(game.data)
    wrong = [
        (row, key)
        for row, key in zip(now.asked, game.answers, strict=False)
        if key != SKIP and KEYS.index(key) != work.y[row]
    ]
    names = [f"{spoken(work, key)} \u2717 {work.classes[work.y[row]]}" for row, key in wrong]
    rows = np.array([row for row, _ in wrong], int)
    pictures = Images(
        "Your wrong answers",
        ceal_pictures.draw_items(work, rows),
        columns=ceal_pictures.pad(names),
        caption=f"{len(wrong)} of them, as you gave them (and the true class): the network learnt "
        "them so.",
    )
    return pictures, Table(
        "In words",
        ("you said", "it is"),
        tuple((spoken(work, key), work.classes[work.y[row]]) for row, key in wrong),
        caption="Are you sure that the given label is the right one?",
    )
