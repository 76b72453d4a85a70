"""What is said aloud of a run: that it waits, that it has ended and with what, and what went wrong.

Of a run that trains nothing is said: its numbers change ten times a second.
"""

from collections.abc import Mapping, Sequence

from workbench.running.run import Run

NUMBERS_SAID = 3


def speech(
    run: Run | None, waits: str, notes: Sequence[str], numbers: Mapping[str, str], finding: str
) -> str:
    """One or more sentences, or nothing.

    waits: why the run waits, in words; numbers: texts of the numbers by what a reader calls them;
    finding: what the picture in the middle shows.
    """
    parts = list(notes)
    if run is not None:
        parts.append(_ending(run, waits))
        if run.status == "done":
            parts += [finding] if finding else [_list(numbers)]
    return " ".join(filter(None, parts))


def _ending(run: Run, waits: str) -> str:
    step = run.frames[-1].step if run.frames else 0
    return {
        "waiting": waits,
        "training": "",
        "halted": f"Paused at step {step}. {run.error or ''}".strip(),
        "done": f"Done after {run.settings.steps} steps.",
        "failed": f"Failed after step {step}. {run.error or ''}".strip(),
        "abandoned": f"Stopped at step {step}.",
    }[run.status]


def _list(numbers: Mapping[str, str]) -> str:
    words = [f"{label} {text}" for label, text in numbers.items()][:NUMBERS_SAID]
    return ", ".join(words) + "." if words else ""
