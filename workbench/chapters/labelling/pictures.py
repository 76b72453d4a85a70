"""Numbers to pictures: what functions vote, how good they are, and which items to look at."""

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.evaluate import SILENT
from workbench.chapters.labelling.evaluation import (
    Measure,
    count,
    range_in_words,
    right_shares,
    worth,
    worth_in_words,
)
from workbench.chapters.labelling.items import Course
from workbench.chapters.labelling.knobs import MODELS
from workbench.chapters.labelling.lesson import Belief
from workbench.core.pictures import Curves, HeatMap, Images, Line, Picture, Scatter, Table

ROWS, EXAMPLES, TEXTS = 24, 8, 4  # items of the matrix; examples of each kind; texts of each kind
LONGEST = 110  # letters of a text that are shown
DIAGONAL = np.array([[0.0, 0.0], [1.0, 1.0]])
KINDS = ("no function votes", "functions disagree most", "labelled wrongly")


def functions(measure: Measure, beliefs: dict[str, Belief]) -> Table:
    """Every function with what it does, and what is known or found about it."""
    course = measure.course
    counts, dev = count(course.votes), course.dev
    known = right_shares(course.votes[dev], course.train.truth[dev])
    voted = (course.votes[dev] != SILENT).sum(0)
    believed, true = beliefs["em"].accuracies, measure.true_accuracies
    rows = tuple(
        (
            j + 1,
            name,
            " or ".join(course.outcomes[j]),
            *(f"{share[j]:.0%}" for share in counts),
            f"{known[j]:.0%} of {voted[j]}" if voted[j] else "never votes",
            f"{believed[j]:.0%}",
            f"{true[j]:.0%}" if np.isfinite(true[j]) else "never votes",
        )
        for j, name in enumerate(course.names)
    )
    columns = "no.", "function", "votes for", "covers", "overlaps", "conflicts"
    return Table(
        "The functions",
        (*columns, "right on the development set", "EM says", "right"),
        rows,
        caption="Covers: share of the items on which it votes. Overlaps, conflicts: on which "
        "another votes, too, or differently. The last column is hidden from every label model. "
        + one_sided_warning(course),
    )


def one_sided_warning(course: Course) -> str:
    """A sentence about functions that can vote for one class only, where there are any."""
    sides = sum(len(each) == 1 for each in course.outcomes)
    if not sides or len(course.classes) > 2:
        return ""
    return (
        f"Careful: {sides} of {len(course.outcomes)} functions can vote for one class only. "
        "With free accuracies, calling everything by one name explains all their votes."
    )


def matrix(measure: Measure, belief: Belief) -> HeatMap:
    """Votes of all functions on some items, sorted by what the label model says of them."""
    course = measure.course
    some = np.arange(min(ROWS, len(course.votes)))
    q = belief.posterior[some]
    some = some[np.lexsort((q.max(1), q.argmax(1)))]
    shown = np.column_stack(
        [course.votes[some], belief.posterior[some].argmax(1), course.train.truth[some]]
    )
    names = [str(j + 1) for j in range(course.votes.shape[1])]
    numbers = ", ".join(f"{c + 1} {name}" for c, name in enumerate(course.classes))
    return HeatMap(
        "The votes",
        shown + 1.0,
        tuple(str(i + 1) for i in some),
        (*names, "label", "true"),
        "function",
        "item",
        "class",
        caption=f"0: the function is silent. {numbers}. Sorted by the label model.",
    )


def accuracies(measure: Measure, beliefs: dict[str, Belief]) -> Scatter:
    """How often functions are right, against what each label model thinks."""
    true = measure.true_accuracies
    on = np.flatnonzero(np.isfinite(true))
    points = [np.column_stack([true[on], belief.accuracies[on]]) for belief in beliefs.values()]
    return Scatter(
        "Accuracies found without labels",
        np.concatenate(points).reshape(-1, 2),
        np.repeat(np.arange(len(beliefs)), len(on)),
        tuple(MODELS[name] for name in beliefs),
        "how often it is right",
        "how often the model thinks so",
        caption="A point for each function and label model. On the line a model has found the "
        "truth from agreement alone.",
        outlines=(DIAGONAL,),
    )


def models(measure: Measure, beliefs: dict[str, Belief]) -> Table:
    """The label models side by side."""
    rows = []
    for name, title in MODELS.items():
        q = beliefs[name].posterior[measure.voted]
        rows.append(
            (
                title,
                f"{measure.labels_right(beliefs[name]):.1%}",
                f"{measure.largest_share(q):.1%}",
                f"{q.max(1).mean():.2f}" if len(q) else "",
                f"{measure.end(name, beliefs):.1%}" if measure.judge else "none",
            )
        )
    return Table(
        "Label models side by side",
        ("label model", "labels right", "called one class", "confidence", "classifier"),
        tuple(rows),
        caption="On the items that a function covers; the classifier learns them and is judged on "
        f"test items. Truly of one class: {measure_share(measure):.1%}.",
    )


def measure_share(measure: Measure) -> float:
    """The share of the commonest class among covered items."""
    return float(np.bincount(measure.truth).max(initial=0) / max(1, len(measure.truth)))


def chosen_items(measure: Measure, belief: Belief) -> list[NDArray]:
    """Rows for each of KINDS, the most telling first."""
    course = measure.course
    k, votes = len(course.classes), course.votes
    shares = np.stack([(votes == c).sum(1) for c in range(k)], 1)
    most = shares.max(1)
    disagree = shares.sum(1) - most
    order = np.argsort(-disagree, kind="stable")
    wrong = measure.voted[belief.posterior[measure.voted].argmax(1) != measure.truth]
    sure = np.argsort(-belief.posterior[wrong].max(1), kind="stable")
    return [
        np.flatnonzero(shares.sum(1) == 0),
        order[disagree[order] > 0],
        wrong[sure],
    ]


def examples(measure: Measure, belief: Belief) -> Picture:
    """Items to look at: uncovered, disputed, and wrong."""
    course, rows = measure.course, chosen_items(measure, belief)
    counts = ", ".join(f"{kind} {len(own)}" for kind, own in zip(KINDS, rows, strict=True))
    caption = f"Of {len(course.votes)} items: {counts}. The surest mistakes come first."
    if course.train.tiles is None:
        return _table_of_texts(measure, belief, rows, caption)
    tiles = course.train.tiles
    board = np.zeros((len(KINDS), EXAMPLES, *tiles.shape[1:]), np.float32)
    for line, own in zip(board, rows, strict=True):
        line[: len(own[:EXAMPLES])] = tiles[own[:EXAMPLES]]
    return Images("Items to look at", board, KINDS, caption=caption)


def _table_of_texts(measure, belief: Belief, rows: list[NDArray], caption: str) -> Table:
    course = measure.course
    lines = [
        (
            kind,
            shorten(course.train.texts[i]) if course.train.texts else f"item {i + 1}",
            course.classes[int(belief.posterior[i].argmax())] if number else "",
            course.classes[course.train.truth[i]],
        )
        for number, (kind, own) in enumerate(zip(KINDS, rows, strict=True))
        for i in own[:TEXTS]
    ]
    return Table("Items to look at", ("why", "item", "label", "true"), tuple(lines), caption)


def shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def gold_curve(measure: Measure, scalars: dict[str, float]) -> Curves:
    """What the functions are worth: the classifier against one that learns true labels."""
    counts, curve = measure.gold_curve()
    mean = curve.mean(0)
    x = counts.astype(float)
    words = worth_in_words(worth(counts, mean, scalars["end"]), counts)
    single = range_in_words([worth(counts, draw, scalars["end"]) for draw in curve], counts)
    flat = [
        Line(name, x, np.full(len(x), scalars[key]), "dashed")
        for name, key in (("from functions", "end"), ("functions alone", "functions_right"))
    ]
    return Curves(
        "What the functions are worth",
        (Line("from gold labels", x, mean, low=curve.min(0), high=curve.max(0)), *flat),
        "gold labels",
        "test accuracy",
        log_x=True,
        caption=f"These functions are worth {words}; by single draws of gold labels it is "
        f"{single}. The band is the range over {len(curve)} draws.",
    )
