"""What is said aloud of a run: that it waits, that it has ended and with what.

Of a run that trains nothing is said: its numbers change ten times a second. What went wrong is an
alert among the words of the page, which is read at once.
"""

from collections.abc import Sequence

from workbench.running.run import Run


def speech(run: Run | None, waits: str, notes: Sequence[str], ends_with: str) -> str:
    """One or more sentences, or nothing.

    waits: why the run waits; ends_with: what it shows when it is done.
    """
    parts = list(notes)
    if run is not None:
        step = run.frames[-1].step if run.frames else 0
        endings = {
            "waiting": waits,
            "halted": f"Paused at step {step}.",
            "done": f"Done after {run.settings.steps} steps. {ends_with}".strip(),
            "failed": f"Failed after step {step}.",
            "abandoned": f"Stopped at step {step}.",
        }
        parts.append(endings.get(run.status, ""))
    return " ".join(filter(None, parts))
