"""What an instructor has in hand: plans of a lesson, and what each of its tasks comes to.

All of it is made from the chapter's tasks and from what is kept of them, so it cannot say other
than they do. It holds the answers: no page and no student's notebook shows it.
"""

from collections.abc import Iterator, Sequence

from workbench.core.chapter import Chapter
from workbench.core.lesson import Curve, Direction, Goal, Knobs, Pick, Task
from workbench.results import sentences
from workbench.results.attempts import make_id
from workbench.results.kept import Kept, Measured, kept, minutes

LESSONS = (20, 50, 90)  # minutes
OPENING, CLOSING = 4, 3  # minutes: the question and the diagram; the rubric and the reflection
NOTEBOOK = 30  # minutes that its own change of the lesson and its exercises take
TALKING = 2  # minutes a task: show of hands, why, where it fails
RUBRIC = (
    "Does the prediction give a mechanism, or only a number?",
    "Is the verdict read off five seeds, or off one run?",
    "Can they name a setting where it does not hold, and why?",
)


def plan(chapter: Chapter, length: int) -> list[tuple[Task, int]]:
    """The tasks that fit into so many minutes, each with its own, in the lesson's order."""
    left, chosen = length - OPENING - CLOSING, []
    for task in chapter.teaching.tasks:
        own = minutes(task, kept(chapter.name).values(task.id)) + TALKING
        if own <= left:
            chosen.append((task, own))
            left -= own
    return chosen


def write_guide(chapter: Chapter) -> str:
    """The whole guide of a chapter as Markdown."""
    baked = kept(chapter.name)
    lines = [f"# {chapter.title}: for the instructor", "", f"*{chapter.question}*", ""]
    for length in LESSONS:
        lines += [*write_plan(chapter, length), ""]
    lines += ["## Before class", "", *write_preparation(chapter, baked), "", "## The tasks", ""]
    for task in chapter.teaching.tasks:
        lines += [*write_task(chapter, task, baked.values(task.id)), ""]
    lines += ["## To end with", "", chapter.teaching.reflection, ""]
    lines += ["Three questions to a prediction or a talk:", ""]
    lines += [f"{number}. {question}" for number, question in enumerate(RUBRIC, 1)]
    return "\n".join(lines) + "\n"


def write_plan(chapter: Chapter, length: int) -> Iterator[str]:
    """A lesson of so many minutes, a line a step."""
    tasks = plan(chapter, length)
    used = OPENING + CLOSING + sum(own for _, own in tasks)
    yield f"## In {length} minutes"
    yield ""
    yield f"- {OPENING} min: the question, the diagram, the default run of everybody."
    for task, own in tasks:
        yield f"- {own} min: `{make_id(chapter, task)}`, {task.title}"
    yield f"- {CLOSING} min: what was surprising; the question to end with."
    if length - used > TALKING:
        yield f"- {length - used} min are left: {what_is_left(length - used)}."


def what_is_left(time: int) -> str:
    """What to do with so many minutes."""
    if time < NOTEBOOK:
        return "free play, a lab, or *Test it* on a claim"
    return "the notebook (its change of the lesson, its exercises), a lab, *Test it* on a claim"


def write_preparation(chapter: Chapter, baked: Kept) -> Iterator[str]:
    """What to bake, and what a run costs."""
    lesson = chapter.teaching
    seconds = max((each.seconds for each in baked.tasks.values()), default=0.0)
    yield f"The slowest preset of a task took {seconds:.1f} CPU seconds. What the tasks show at"
    yield "once comes with the package. To have the whole slider of the main knob on every page:"
    yield ""
    knob = chapter.Settings.knobs().get(lesson.knob)
    ends = [value for value in lesson.values if isinstance(value, int | float)]
    over = f"{lesson.knob}={min(ends):g}:{max(ends):g}:{len(ends)}" if knob and ends else "KNOB=..."
    yield "```"
    yield f"workbench bake {chapter.name} --over {over} --seeds 5"
    yield "```"


def write_task(chapter: Chapter, task: Task, measured: Measured | None) -> Iterator[str]:
    """A task with its outcome, its reasons, and the solution of its goal."""
    yield f"### {task.title} (`{make_id(chapter, task)}`, {minutes(task, measured)} min)"
    yield ""
    before = measured.before if measured else ()
    quantity = sentences.quantity_of(chapter, task)
    known = sentences.usual(quantity, before) if before else "{before}"
    yield f"- **Ask:** {task.ask.replace('{before}', known)}"
    if measured and task.predict is not None:
        yield f"- **Five seeds:** {outcome(chapter, task, measured)}"
    for reason in task.reasons:
        sign = "Right" if reason.right else "A common error"
        yield f"- **{sign}:** *{reason.text}* {reason.answer}"
    if isinstance(task.predict, Pick):
        for each in task.predict.outcomes:
            yield f"- **To choose:** *{each.text}* {each.explanation}"
    yield f"- **Why:** {task.why}"
    yield f"- **Where it fails:** {task.fails}"
    if task.goal is not None:
        yield from write_goal(chapter, task.goal)


def outcome(chapter: Chapter, task: Task, measured: Measured) -> str:
    """What was measured, in words."""
    quantity = sentences.quantity_of(chapter, task)
    if isinstance(task.predict, Curve):
        places = (
            f"{sentences.usual(quantity, row)} at {place:g}"
            for place, row in zip(task.predict.at, measured.curve, strict=True)
        )
        return f"{quantity.label}: {', '.join(places)}."
    text = sentences.spread(quantity, measured.values)
    if isinstance(task.predict, Direction):
        text += f" Before: {sentences.extent(quantity, measured.before)}."
    return text


def write_goal(chapter: Chapter, goal: Goal) -> Iterator[str]:
    """The hints, a solution, and what nearly does it."""
    yield f"- **Hints, in this order:** {' / '.join(goal.hints)}"
    yield f"- **A solution:** {in_words(chapter, goal.solution)}."
    yield f"- **Not enough:** {'; '.join(in_words(chapter, miss) for miss in goal.near_misses)}."


def in_words(chapter: Chapter, knobs: Knobs) -> str:
    """Knobs with their labels and values: "Beta 1, Latents 3"."""
    known = chapter.Settings.knobs()
    return ", ".join(f"{known[name].label} {known[name].reads(v)}" for name, v in knobs.items())


def secrets(task: Task) -> Sequence[str]:
    """The sentences of a task that no student sees before they have answered."""
    texts = [task.why, *(reason.answer for reason in task.reasons)]
    if isinstance(task.predict, Pick):
        texts += [each.explanation for each in task.predict.outcomes]
    if task.goal is not None:
        texts += task.goal.hints
    return texts
