"""What the class has answered, as HTML: a histogram, and over it the dots of five seeds.

The same drawing stands on the instructor's page and on the readers', once it is shown. It is made
without the seeds before the answer is revealed, so that they are on no page before.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from workbench.classroom.ballot import Ballot, Vote
from workbench.classroom.tally import DIRECTIONS, count, count_reasons, moves, places
from workbench.core.chapter import Chapter
from workbench.core.lesson import Curve, Direction, Pick, Range, Task
from workbench.core.score import direction, outcome
from workbench.results.kept import Measured
from workbench.results.sentences import quantity_of
from workbench.view.page import prose

WAYS = {"up": "rises", "same": "stays about the same", "down": "falls"}
DOTS_APART = 40  # stretches of the scale: seeds in one of them stand above each other
WIDTH, HEIGHT = 600, 200  # of curves


def draw(chapter: Chapter, task: Task, ballot: Ballot, measured: Measured | None) -> str:
    """The histogram of the last vote, beside that of the first where there were several.

    measured: None until the answer may be seen.
    """
    rounds, drawn = _rounds(ballot), task.predict
    if isinstance(drawn, Curve):
        return _curves(drawn, rounds[-1], measured)
    if isinstance(drawn, Range):
        return _columns(chapter, task, drawn, rounds, measured) + _legend(rounds)
    assert drawn is not None
    counts = [count(drawn, each) for each in rounds]
    bars = _bars(_answers(task), counts, _right(task, measured))
    return bars + _legend(rounds) + _strip(chapter, task, measured)


def draw_reasons(task: Task, ballot: Ballot, seeds: bool) -> str:
    """How many chose each reason; which is right where the answer may be seen."""
    if not task.reasons:
        return ""
    right = next(i for i, each in enumerate(task.reasons) if each.right) if seeds else None
    texts = [prose.html(each.text) for each in task.reasons]
    counts = [count_reasons(each, len(texts)) for each in _rounds(ballot)]
    return "<h3>because …</h3>" + _bars(texts, counts, right)


def _rounds(ballot: Ballot) -> list[list[Vote]]:
    """The first vote and the last, where they are not the same."""
    votes = [list(each.values()) for each in ballot.rounds]
    return [votes[0], votes[-1]] if len(votes) > 1 else votes


def _legend(rounds: Sequence) -> str:
    if len(rounds) < 2:
        return ""
    return '<p class="legend"><i></i> first vote <i class="last"></i> last vote</p>'


def _answers(task: Task) -> list[str]:
    """What can be answered, as HTML."""
    if isinstance(task.predict, Pick):
        return [prose.html(each.text) for each in task.predict.outcomes]
    return [f"It {WAYS[way]}" for way in DIRECTIONS]


def _right(task: Task, measured: Measured | None) -> int | None:
    """Which answer came out."""
    if measured is None:
        return None
    if isinstance(task.predict, Pick):
        return outcome(task.predict, measured.values)
    assert isinstance(task.predict, Direction)
    return DIRECTIONS.index(direction(measured.values, measured.before, task.predict.same))


def _bars(texts: Sequence[str], rounds: Sequence[Sequence[int]], right: int | None) -> str:
    """A bar for each answer and round, with its number."""
    most = max((number for counts in rounds for number in counts), default=0) or 1
    rows = []
    for i, text in enumerate(texts):
        came = ' class="right"' if i == right else ""
        mark = "✓ " if i == right else ""
        bars = "".join(
            f'<div class="bar{_last(n, rounds)}"><i style="width: {85 * counts[i] / most:.1f}%">'
            f"</i><b>{counts[i]}</b></div>"
            for n, counts in enumerate(rounds)
        )
        rows.append(f"<li{came}><div>{mark}{text}</div>{bars}</li>")
    return f'<ul class="vote-bars">{"".join(rows)}</ul>'


def _last(number: int, rounds: Sequence) -> str:
    return " last" if number == len(rounds) - 1 else ""


def _columns(
    chapter: Chapter, task: Task, scale: Range, rounds: Sequence[Sequence[Vote]], measured
) -> str:
    """How many ranges reach over each place of the scale, with the seeds' dots above."""
    counts, at = [count(scale, each) for each in rounds], places(scale)
    most = max((number for each in counts for number in each), default=0) or 1
    quantity = quantity_of(chapter, task)
    half = (at[1] - at[0]) / 2
    low, high = at[0] - half, at[-1] + half
    columns = []
    for i in range(len(at)):
        bars = "".join(
            f'<i class="bar{_last(n, counts)}" style="height: {100 * each[i] / most:.1f}%"></i>'
            for n, each in enumerate(counts)
        )
        columns.append(f"<div>{bars}</div>")
    dots = _dots(low, high, measured.values) if measured else ""
    words = ", ".join(
        f"{quantity.write(place)}: {counts[-1][i]}" for i, place in enumerate(at) if counts[-1][i]
    )
    heading = f"How many ranges hold each value (at most {most})"
    return (
        f'<h3>{escape(heading)}</h3><div class="vote-columns" role="img" '
        f'aria-label="{escape(heading)}. {escape(words or "no answers")}.">'
        f"{''.join(columns)}{dots}</div>"
        f'<div class="ends"><span>{escape(quantity.write(at[0]))}</span>'
        f"<span>{escape(quantity.label)}</span><span>{escape(quantity.write(at[-1]))}</span></div>"
        + _seeds_in_words(chapter, task, measured)
    )


def _dots(low: float, high: float, values: Sequence[float]) -> str:
    """The seeds as dots over a scale; equal ones stand above each other."""
    stacked: dict[int, int] = {}
    dots = []
    for value in values:
        place = round(DOTS_APART * (value - low) / (high - low))
        level = stacked[place] = stacked.get(place, -1) + 1
        left = min(100.0, max(0.0, 100 * (value - low) / (high - low)))
        dots.append(f'<b class="dot" style="left: {left:.1f}%; bottom: {6 + 18 * level}px"></b>')
    return "".join(dots)


def _strip(chapter: Chapter, task: Task, measured: Measured | None) -> str:
    """The seeds' dots on a scale of their own, for answers that have none."""
    if measured is None:
        return ""
    values = [*measured.values, *measured.before]
    low, high = min(values), max(values)
    margin = 0.1 * (high - low) or 1.0
    dots = _dots(low - margin, high + margin, measured.values)
    quantity = quantity_of(chapter, task)
    return (
        f'<div class="vote-strip">{dots}</div><div class="ends">'
        f"<span>{escape(quantity.write(low))}</span><span>{escape(quantity.label)}</span>"
        f"<span>{escape(quantity.write(high))}</span></div>"
        + _seeds_in_words(chapter, task, measured)
    )


def _seeds_in_words(chapter: Chapter, task: Task, measured: Measured | None) -> str:
    if measured is None:
        return ""
    quantity = quantity_of(chapter, task)
    values = ", ".join(quantity.write(value) for value in measured.values)
    before = ""
    if measured.before:
        before = f" Before, on average: {quantity.write(float(np.mean(measured.before)))}."
    return f'<p class="seeds"><i>●</i> five seeds: {escape(values)}.{escape(before)}</p>'


def _curves(drawn: Curve, votes: Sequence[Vote], measured: Measured | None) -> str:
    """Every curve of the class as a thin line, and those of the seeds when they may be seen."""
    lines = [vote.given["curve"] for vote in votes]
    rows = list(zip(*measured.curve, strict=True)) if measured else []
    answers = "".join(_line(drawn, each, "answer") for each in sorted(lines))
    seeds = "".join(_line(drawn, each, "seed") for each in rows)
    names = "".join(f"<span>{place:g}</span>" for place in drawn.at)
    heading = f"{len(lines)} curve{'s' * (len(lines) != 1)} of the class"
    return (
        f'<h3>{heading}</h3><svg class="vote-curves" role="img" aria-label="{heading}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">{answers}{seeds}</svg>'
        f'<div class="ends">{names}</div>'
    )


def _line(drawn: Curve, values: Sequence[float], kind: str) -> str:
    share = (np.clip(values, drawn.low, drawn.high) - drawn.low) / (drawn.high - drawn.low)
    across = np.linspace(0, WIDTH, len(values))
    points = " ".join(f"{x:.0f},{HEIGHT * (1 - y):.0f}" for x, y in zip(across, share, strict=True))
    return f'<polyline class="{kind}" points="{points}"/>'


def tell_moves(task: Task, ballot: Ballot) -> str:
    """How many of those who answered in the first and in the last vote moved, and where to."""
    if len(ballot.rounds) < 2 or task.predict is None:
        return ""
    counted = moves(task.predict, ballot.rounds[0], ballot.rounds[-1])
    total = sum(counted.values())
    if isinstance(task.predict, Range):
        parts = [
            f"{counted[way]} {word}"
            for way, word in ((0, "stayed"), (1, "went up"), (-1, "went down"))
        ]
    elif isinstance(task.predict, Curve):
        parts = [f"{counted[0]} stayed", f"{counted[1]} drew another"]
    else:
        parts = _from_to(task, counted)
    return f"Of {total} who answered both times: {', '.join(parts)}."


def _from_to(task: Task, counted) -> list[str]:
    """ "3 from A to B", with the answers' letters, or the directions' words."""
    names = list(DIRECTIONS)
    if isinstance(task.predict, Pick):
        names = [f"answer {i + 1}" for i in range(len(task.predict.outcomes))]
    stayed = sum(number for (old, new), number in counted.items() if old == new)
    moved = [
        f"{number} from {names[old]} to {names[new]}"
        for (old, new), number in sorted(counted.items())
        if old != new
    ]
    return [f"{stayed} stayed", *moved]
