"""What an instructor has in hand: plans of a lesson, and what each of its tasks comes to.

All of it is made from the chapter's tasks, from what is kept of them, and from the questions beside
them, so it cannot say other than they do. It holds the answers: no page and no student's notebook
shows it.
"""

from collections.abc import Iterator, Sequence

from workbench.core.chapter import Chapter
from workbench.core.lesson import Curve, Direction, Goal, Knobs, Pick, Task
from workbench.results import sentences
from workbench.results.attempts import make_id
from workbench.results.kept import Kept, Measured, kept, minutes
from workbench.results.plans import LENGTHS, baking, write_plan
from workbench.results.rubric import read_rubric


def write_guide(chapter: Chapter) -> str:
    """The whole guide of a chapter as Markdown."""
    baked = kept(chapter.name)
    lines = [f"# {chapter.title}: for the instructor", "", f"*{chapter.question}*", ""]
    for length in LENGTHS:
        lines += [*write_plan(chapter, length), ""]
    lines += ["## Before class", "", *write_preparation(chapter, baked), "", "## The tasks", ""]
    for task in chapter.teaching.tasks:
        lines += [*write_task(chapter, task, baked.values(task.id)), ""]
    lines += [*write_questions(chapter), "## To end with", "", chapter.teaching.reflection]
    return "\n".join(lines) + "\n"


def write_preparation(chapter: Chapter, baked: Kept) -> Iterator[str]:
    """What to bake, and what a run costs."""
    seconds = max((each.seconds for each in baked.tasks.values()), default=0.0)
    yield f"The slowest preset of a task took {seconds:.1f} CPU seconds. What the tasks show at"
    yield "once comes with the package."
    command = baking(chapter)
    if command is not None:
        yield "To have the whole slider of the main knob on every page:"
        yield from ("", "```", command, "```")


def write_questions(chapter: Chapter) -> Iterator[str]:
    """What to ask at the end, what a good answer holds, and what goes wrong in a class."""
    rubric = read_rubric(chapter)
    if rubric.questions:
        yield from ("## To ask", "")
    for question in rubric.questions:
        yield f"### {question.text}"
        yield ""
        yield f"- **A good answer:** {question.good}"
        yield f"- **Half an answer:** {question.half}"
        yield f"- **To show:** {', '.join(f'`{chapter.name}/{each}`' for each in question.show)}"
        yield ""
    if rubric.trouble:
        yield from ("## What goes wrong", "", *(f"- {each}" for each in rubric.trouble), "")


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
    claims = ", ".join(f"`{each}`" for each in task.tested)
    yield f"- **Where it fails:** {task.fails}{f' (claims: {claims})' if claims else ''}"
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


def answers(chapter: Chapter) -> Sequence[str]:
    """The sentences of the chapter's questions that no student sees at all."""
    return [text for each in read_rubric(chapter).questions for text in (each.good, each.half)]


def secrets(task: Task) -> Sequence[str]:
    """The sentences of a task that no student sees before they have answered."""
    texts = [task.why, *(reason.answer for reason in task.reasons)]
    if isinstance(task.predict, Pick):
        texts += [each.explanation for each in task.predict.outcomes]
    if task.goal is not None:
        texts += task.goal.hints
    return texts
