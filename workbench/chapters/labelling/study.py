"""What eleven functions over YouTube comments are worth: label models, classifiers and gold labels,
each video once left out for testing, beside what Snorkel reports.
"""

import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from workbench.chapters.labelling import lesson, snorkel_model
from workbench.chapters.labelling.evaluation import (
    Measure,
    accuracy,
    vote_on,
    worth,
    worth_in_words,
)
from workbench.chapters.labelling.items import Course, open_course
from workbench.chapters.labelling.knobs import VIDEOS, Settings
from workbench.chapters.labelling.lesson import Belief
from workbench.core.pictures import Table
from workbench.core.settings import SettingsError
from workbench.core.study import Study

GOLD = (20, 50, 100, 200, 400, 800)
ROUNDS = 50
PRIORS = {
    "EM, accuracies free": 0.0,
    "EM, prior 0.3": 0.3,
    "EM, prior 1": 1.0,
    "EM, prior 3": 3.0,
}
JUDGED = "EM, prior 1"  # the label model whose worth is told
PUBLISHED = (
    "Snorkel's abstract reports building 2.8 times faster, +45.5 % over seven hours of labelling "
    "by hand, +132 % over heuristics, and a distance within 3.60 % of hand-curated sets, on other "
    "data: there is no number here to meet. A line for snorkel itself stands where it is installed."
)
Rows = dict[str, list[tuple[float, ...]]]  # of each line: a tuple for each video


def reproduce(data: str, seeds: int, budget: float | None, device: str = "cpu") -> Iterator[Table]:
    """Leaves one video after the other out, with `seeds` draws of gold labels for each, until done
    or until `budget` seconds are spent."""
    if data != "comments":
        raise SettingsError(f"data must be comments, not {data[:40]!r}.")
    start = time.monotonic()
    rows: Rows = defaultdict(list)
    worths: list[float] = []
    for video in VIDEOS:
        if rows and budget is not None and time.monotonic() - start > budget:
            return
        measure_video(video, seeds, rows, worths)
        yield table(rows, worths)


def measure_video(video: str, seeds: int, rows: Rows, worths: list[float]) -> None:
    """Adds what there is to measure with this video left out."""
    run = Settings(items="comments", video=video, steps=ROUNDS)
    course = open_course(run)
    measure = Measure(run, course)
    for name, (model, belief) in all_beliefs(run, course).items():
        rows[name].append(judge(measure, model, belief))
    n = len(course.train.truth)
    means = []
    for count in (*GOLD, n):
        ends = [measure.judge.learn_gold(count, draw) for draw in range(seeds if count < n else 1)]
        means.append(float(np.mean(ends)))
        rows["gold: all" if count == n else f"gold: {count}"].append((means[-1],))
    worths.append(worth(np.array([*GOLD, n]), np.array(means), rows[JUDGED][-1][2]))


def all_beliefs(run: Settings, course: Course) -> dict[str, tuple[str, Belief]]:
    """The beliefs of each label model, with the kind of model that it is."""
    beliefs: dict[str, tuple[str, Belief]] = {}
    for name, prior in PRIORS.items():
        runs = [run.replace(prior=prior)]
        *_, (_, last) = lesson.fit(runs, course)
        beliefs[name] = "em", last["em"]
    fixed = {
        "majority vote": ("majority", last["majority"]),
        "triplets": ("triplet", last["triplet"]),
        "class-conditional EM": ("confusion", last["confusion"]),
    }
    if snorkel_model.installed():
        own = snorkel_model.by_snorkel(course.votes, len(course.classes), run.seed)
        beliefs["snorkel"] = "em", own
    return fixed | beliefs


def judge(measure: Measure, model: str, belief: Belief) -> tuple[float, ...]:
    """Labels right, share of the commonest name, classifier from hard labels and from
    probabilities, and the functions alone, weighted in this way."""
    q, k = belief.posterior[measure.voted], len(measure.course.classes)
    alone = vote_on(measure.course.test, {model: belief}, model, k)
    return (
        accuracy(q, measure.truth),
        measure.largest_share(q),
        measure.judge.learn(q, measure.voted),
        measure.judge.learn(q, measure.voted, hard=False),
        accuracy(alone, measure.course.test.truth),
    )


def table(rows: Rows, worths: list[float]) -> Table:
    """Means over the videos in per cent, with the standard deviation over them."""
    lines = []
    for name, videos in rows.items():
        cells = [in_per_cent(each) for each in zip(*videos, strict=True)]
        lines.append((name, *(["", ""] + cells + ["", ""] if len(cells) == 1 else cells)))
    count = len(worths)
    gain = [a[2] - b[2] for a, b in zip(rows[JUDGED], rows["majority vote"], strict=True)]
    further = [each[2] - each[4] for each in rows[JUDGED]]
    caption = (
        f"Per cent, mean +- standard deviation over {count} videos left out in turn. "
        f"{JUDGED}: the eleven functions are worth {worth_in_words(*median(worths))} (median; "
        f"{', '.join(in_words(each) for each in worths)}). Its labels teach the classifier "
        f"{100 * np.mean(gain):+.1f} +- {100 * np.std(gain):.1f} points more than the vote's; "
        f"the classifier is {100 * np.mean(further):+.1f} +- {100 * np.std(further):.1f} points "
        f"beyond the functions alone. {PUBLISHED}"
    )
    columns = "labels from", "right on covered comments", "called one class"
    ends = "classifier, hard labels", "classifier, probabilities", "functions alone"
    return Table("What labelling functions are worth", (*columns, *ends), tuple(lines), caption)


def median(worths: list[float]) -> tuple[float, np.ndarray]:
    """The median, and the ends of the scale that its words need."""
    return float(np.median(worths)), np.array([GOLD[0], GOLD[-1]])


def in_words(labels: float) -> str:
    return f"{labels:.0f}" if np.isfinite(labels) else "more than all"


def in_per_cent(values: tuple[float, ...]) -> str:
    return f"{100 * np.mean(values):.1f} +- {100 * np.std(values):.1f}"


STUDY = Study(
    name="labelling",
    question="How many gold labels are eleven rules of thumb worth, and which label model finds "
    "out whom to believe?",
    reproduce=reproduce,
    data="comments",
)
