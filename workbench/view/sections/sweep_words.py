"""What a page says about a sweep: how far it is, and why it does not go on."""

from collections import Counter
from html import escape

from workbench.results.sweep import Sweep
from workbench.view.page.widgets import alert

SENTENCES = 3  # about what failed


def describe(sweep: Sweep) -> str:
    """HTML of the progress, and of what has ended early."""
    step = sum(run.frames[-1].step for run in sweep.runs if run.frames[:])
    steps = sum(run.settings.steps for run in sweep.runs)
    early = sum(bool(run.error) for run in sweep.runs)
    return (
        f'<progress value="{step}" max="{steps}" aria-label="Sweep"></progress>'
        f'<div role="status">{escape(_in_words(sweep))}</div>'
        + (alert(f"{early} ended early. {shorten(sweep.failures())}") if early else "")
    )


def shorten(sentences: list[str]) -> str:
    """The first of these sentences, and how many more there are."""
    more = len(sentences) - SENTENCES
    return " ".join(sentences[:SENTENCES]) + (f" And {more} more." if more > 0 else "")


def _in_words(sweep: Sweep) -> str:
    states = Counter(run.status for run in sweep.runs)
    words = f"{states['done']} of {len(sweep.runs)} runs are done"
    if states["abandoned"]:
        return f"Stopped: {words}"
    if not states["waiting"] or states["training"]:
        return words
    if sweep.runner.paused:
        return f"{words}; the instructor has paused training, and this goes on with it"
    others = sweep.runner.sweeps_beside(sweep.runs[0])
    if others:
        return f"{words}; sweeps take turns, and others have {others} runs that wait or train"
    return words
