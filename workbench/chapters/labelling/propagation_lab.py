"""Ten comments, the votes of your functions, and the posterior worked out term by term."""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling import features
from workbench.chapters.labelling.evaluate import SILENT, vote_all
from workbench.chapters.labelling.lab_knobs import COUNT, FUNCTIONS
from workbench.chapters.labelling.label_models import expected_accuracies, posterior
from workbench.chapters.labelling.language import Refused, parse_all
from workbench.chapters.labelling.lesson import BEGIN, BELIEVED
from workbench.chapters.labelling.pictures import shorten
from workbench.core.pictures import Bars, Table
from workbench.core.settings import SettingsError
from workbench.data.texts import load_comments

PRIOR = 1.0  # ten comments are few: the belief in 0.75 counts as much as they do
SHORT = 90  # letters of a comment that suits the lab


def ten_comments() -> list[int]:
    """Four comments on which the chapter's functions disagree, four on which several agree, and two
    on which none votes."""
    comments = load_comments()
    names = features.of_texts(comments.texts)
    votes = vote_all(parse_all(FUNCTIONS), names, comments.classes, len(comments.texts))
    counts = np.stack([(votes == c).sum(1) for c in (0, 1)])
    short = np.array([15 < len(text) <= SHORT for text in comments.texts])
    kinds = (
        (counts.min(0) > 0, 4),
        ((counts.min(0) == 0) & (counts.max(0) > 1), 4),
        (counts.max(0) == 0, 2),
    )
    return [int(i) for kind, count in kinds for i in np.flatnonzero(kind & short)[:count]]


class PropagationLab:
    """Label propagation by hand: `choose(i)` puts a comment on the table, `count()` is one round.

    A round counts how often each function is right if the labels are what they seem (M), and weighs
    the votes anew (E). `accuracies` [m] is what is believed now, `q` [10, 2] the posterior.
    """

    def __init__(self, text: str = ""):
        try:
            self.functions = parse_all(text.strip() or FUNCTIONS)
            rows, comments = ten_comments(), load_comments()
            self.texts = [comments.texts[i] for i in rows]
            self.truth = comments.y[rows]
            self.classes = comments.classes
            names = features.of_texts(tuple(self.texts))
            self.votes = vote_all(self.functions, names, self.classes, COUNT)
        except Refused as problem:
            raise SettingsError(str(problem)) from None
        self.rounds = 0
        self.comment = 0
        self._believe(np.full(len(self.functions), BEGIN))

    def _believe(self, accuracies: NDArray) -> None:
        self.accuracies = accuracies
        self.q = posterior(self.votes, accuracies, len(self.classes))

    def choose(self, comment: int) -> None:
        """Puts this comment, 0 to 9, on the table."""
        self.comment = min(max(int(comment), 0), COUNT - 1)

    def count(self) -> None:
        """One round of EM on the ten comments."""
        self.rounds += 1
        self._believe(expected_accuracies(self.votes, self.q, PRIOR, BELIEVED))

    def terms(self) -> list[tuple]:
        """For each function that votes on the comment: its number, its vote, what is believed of
        it, the factor of each class, and the product of all factors so far."""
        product, rows = np.ones(len(self.classes)), []
        for j, vote in enumerate(self.votes[self.comment]):
            if vote == SILENT:
                continue
            a = self.accuracies[j]
            factors = np.where(np.arange(len(self.classes)) == vote, a, 1 - a)
            product = product * factors
            rows.append((j + 1, self.classes[vote], a, *factors, *product))
        return rows

    def sentence(self) -> str:
        """What has been done, and what comes of it for the comment on the table."""
        q = self.q[self.comment]
        votes = int((self.votes[self.comment] != SILENT).sum())
        if not votes:
            return "No function votes on this comment, so both classes stay equally likely."
        name = self.classes[int(q.argmax())]
        rest = " x ".join(f"{row[3 + int(q.argmax())]:.2f}" for row in self.terms())
        return (
            f"{votes} function{'s' * (votes > 1)} vote{'s' * (votes == 1)}. For {name}: {rest}; "
            f"divided by the sum over both classes that is {q.max():.2f}."
        )

    def state(self) -> SimpleNamespace:
        """What a page shows."""
        rounds = f"{self.rounds} round{'s' * (self.rounds != 1)}"
        return SimpleNamespace(
            comment=self.comment,
            at=f"Comment {self.comment + 1}, after {rounds} of counting.",
            sentence=self.sentence(),
            pictures={
                "comments": self.table(),
                "terms": self.table_of_terms(),
                "accuracies": self.bars(),
            },
        )

    def table(self) -> Table:
        """The ten comments with their votes and the posterior."""
        rows = tuple(
            (
                f"{i + 1} (here)" if i == self.comment else i + 1,
                " ".join(f"{j + 1}:{self.classes[v]}" for j, v in enumerate(votes) if v != SILENT)
                or "none",
                *(f"{p:.2f}" for p in q),
                self.classes[truth],
                shorten(text),
            )
            for i, (text, votes, q, truth) in enumerate(
                zip(self.texts, self.votes, self.q, self.truth, strict=True)
            )
        )
        chances = tuple(f"P({name})" for name in self.classes)
        return Table(
            "Ten comments",
            ("no.", "votes (function:class)", *chances, "true", "comment"),
            rows,
            caption="The posterior is what the votes say; what is true is for you alone.",
        )

    def table_of_terms(self) -> Table:
        """The product, factor by factor."""
        rows = tuple((*row[:2], *(f"{value:.3f}" for value in row[2:])) for row in self.terms())
        factors = tuple(f"factor for {name}" for name in self.classes)
        products = tuple(f"so far {name}" for name in self.classes)
        return Table(
            "Term by term",
            ("function", "votes", "believed", *factors, *products),
            rows,
            caption="A class that a function votes for gets its accuracy as a factor, the other "
            "what is left of 1. Divide the last products by their sum: that is the posterior.",
        )

    def bars(self) -> Bars:
        """What is believed of each function."""
        return Bars(
            "How far each function is believed",
            tuple(str(j + 1) for j in range(len(self.functions))),
            self.accuracies,
            "function",
            "accuracy",
            caption="All begin at 0.7. Each round counts the labels that they got right, if labels "
            "are what they seem; a belief in 0.75 counts as much as the comments do.",
        )
