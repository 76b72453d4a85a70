"""Writes docs/plans.md, what an instructor has for each chapter: `make results`.

It is made of the chapters' tasks, their rubrics and what was measured, as `workbench guide` is, and
a test compares it.
"""

from pathlib import Path

from workbench import chapters
from workbench.core.chapter import Chapter
from workbench.results.guide import write_questions
from workbench.results.plans import LENGTHS, baking, plan

PLACE = Path(__file__).parent / "plans.md"
HEAD = """<!-- This page is generated: run `make results`. -->

# Plans for every chapter, and what to ask

**For instructors: the questions hold answers.** `workbench guide CHAPTER` prints the same with what
each task comes to.

Minutes are reading at 150 words a minute, a minute of thought before each answer, and CPU seconds
that runs and notebooks took where they were measured. Two minutes of talk a task are added.
"""


def main() -> None:
    PLACE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The whole page."""
    return HEAD + "".join(part_of(chapters.find(name)) for name in chapters.NAMES)


def part_of(chapter: Chapter) -> str:
    """The part of a chapter: a table of its plans, what to bake, and what to ask."""
    lines = ["", f"## {chapter.title} (`{chapter.name}`)", "", *table(chapter), ""]
    command = baking(chapter)
    if command is not None:
        lines += [f"To bake before class: `{command}`", ""]
    lines += [f"#{line}" if line.startswith("##") else line for line in write_questions(chapter)]
    return "\n".join(lines).rstrip() + "\n"


def table(chapter: Chapter) -> list[str]:
    """Rows of what is done, with its minutes in a lesson of each length."""
    lessons = [{step.text: step.minutes for step in plan(chapter, length)} for length in LENGTHS]
    texts = list(dict.fromkeys(text for steps in reversed(lessons) for text in steps))
    heads = [f"{length} min" for length in LENGTHS]
    lines = [f"| | {' | '.join(heads)} |", "| --- | ---: | ---: | ---: |"]
    for text in texts:
        lines.append(f"| {text} | {' | '.join(str(steps.get(text, '')) for steps in lessons)} |")
    return lines


if __name__ == "__main__":
    main()
