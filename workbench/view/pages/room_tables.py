"""Tables of the instructor's page: who is where, what waits and trains, and the machine."""

import os
from collections import Counter

from workbench.chapters import NAMES
from workbench.classroom.room import Classroom
from workbench.core.pictures import Table
from workbench.running.runner import Runner
from workbench.view.pages.room_words import (
    memory_in_words,
    places_taken,
    short_title,
    usual_and_longest,
)

STATES = ("waiting", "training", "done")


def chapters_table(room: Classroom) -> Table:
    """How many pages of each chapter are open, and how many of them follow."""
    open_pages = room.counts()
    follow = Counter(seat.chapter for seat in room.seats() if seat.follows)
    rows = tuple(
        (short_title(name), open_pages.get(name, 0), follow.get(name, 0)) for name in NAMES
    )
    total = sum(open_pages.values())
    verb = "page of a chapter is" if total == 1 else "pages of chapters are"
    return Table(
        "Open pages", ("chapter", "open", "following"), rows, caption=f"{total} {verb} open."
    )


def runs_table(room: Classroom, runner: Runner) -> Table:
    """How the runs of each chapter stand, and how long they take."""
    count = Counter((run.name, run.status) for run in runner.runs())
    names = [name for name in NAMES if any(count[name, state] for state in STATES)]
    rows = tuple(
        (
            short_title(name),
            *(count[name, state] for state in STATES),
            *usual_and_longest(room.seconds(name)),
        )
        for name in names
    )
    caption = "New training is paused. " if runner.paused else ""
    caption += "Usual and longest: seconds of a chapter's last runs, by turns with others."
    return Table("Runs", ("chapter", *STATES, "usual", "longest"), rows, caption=caption)


def machine_table(runner: Runner, minutes: float) -> Table:
    """How busy the machine is. minutes: for how long this page is open."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    rows = (
        *places_taken(),
        ("load in the last minute", f"{load:.1f} on {os.cpu_count()} cores"),
        ("memory of the server", memory_in_words()),
        ("processes that train", str(runner.processes)),
        ("results", "kept on disk" if keeps_runs(runner) else "not kept on disk"),
        ("this page is open for", f"{minutes:.0f} min"),
    )
    return Table("The machine", ("what", "now"), rows)


def keeps_runs(runner: Runner) -> bool:
    """Whether finished runs outlive the server."""
    return runner.store is not None and not getattr(runner.store, "closed", False)
