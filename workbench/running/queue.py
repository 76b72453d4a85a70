"""The order in which runs are trained: whose turn is next, and how long one waits for it."""

import time
from collections.abc import Sequence

from workbench.core.chapter import Chapter
from workbench.core.settings import Settings
from workbench.running.memory import Memory
from workbench.running.run import Player, Run


class Queue:
    """The waiting runs among those that are held. The Runner's lock guards it."""

    def __init__(self, memory: Memory):
        self.memory = memory
        self._seconds: dict[str, float] = {}  # that a run of a chapter took lately

    def in_turn(self) -> list[Run]:
        """All runs, the oldest first; but sweeps take turns, a stack each, so none waits for
        another's end."""
        last: dict[int, float] = {}  # when a stack of a sweep's owner began
        for run in self.memory.runs:
            if run.background and run.begun_at is not None:
                last[run.owner] = max(run.begun_at, last.get(run.owner, 0.0))
        return sorted(
            self.memory.runs,
            key=lambda run: last.get(run.owner, 0.0) if run.background else 0.0,
        )

    def exchange(self, before: Run, new: Run, runs: Sequence[Run]) -> None:
        """Lets a run wait where another has waited; `runs` are all as they stood without it."""
        order = [run for run in runs if run is not new]
        order.insert(min(runs.index(run) for run in (before, new) if run in runs), new)
        self.memory.order(order)

    def count_before(self, run: Run) -> int:
        """How many runs will be trained before this one."""
        waiting = [
            other
            for other in self.memory.runs
            if other.status == "waiting" and other.background == run.background
        ]
        return waiting.index(run) if run in waiting else 0

    def seconds_before(self, run: Run, players: Sequence[Player]) -> float | None:
        """About how long a waiting run will wait, by what runs took lately; None: unknown yet."""
        if run.status != "waiting" or not self._seconds:
            return None
        usual = sum(self._seconds.values()) / len(self._seconds)
        left = 0.0
        for other in self.memory.runs:
            if other is run:
                break
            seconds = self._seconds.get(other.name, usual)
            if other.background != run.background:
                continue
            if other.status == "waiting":
                left += seconds
            elif other.status == "training" and other.begun_at is not None:
                left += max(0.0, seconds - (time.monotonic() - other.begun_at))
        return left / max(1, sum(takes(player, run) for player in players))

    def learn(self, run: Run) -> None:
        """Notes how long a run took that is done; a stack's runs share its time."""
        if run.begun_at is not None:
            seconds = (time.monotonic() - run.begun_at) / len(run.group)
            before = self._seconds.get(run.name, seconds)
            self._seconds[run.name] = (seconds + before) / 2


def takes(player: Player, run: Run) -> bool:
    """Whether it is this player's to train: a sweep never stands before a reader who waits."""
    kind = getattr(player, "takes", "all")
    return kind == "all" or kind == ("sweeps" if run.background else "runs")


def stack(chapter: Chapter, runs: Sequence[Run], most: int, players: Sequence[Player]) -> None:
    """Puts new runs that differ in stackable knobs only into stacks of at most `most`.

    There are at least as many stacks as players that take them, so that none of those idles.
    """
    stacks: dict[Settings, list[Run]] = {}
    for run in dict.fromkeys(runs):
        if run.status == "waiting" and len(run.group) == 1:
            stacks.setdefault(common_settings(chapter, run.settings), []).append(run)
    takers = sum(getattr(player, "takes", "all") != "runs" for player in players)
    share = -(-sum(map(len, stacks.values())) // max(1, takers))
    size = max(1, min(most, share))
    for whole in stacks.values():
        for start in range(0, len(whole), size):
            group = whole[start : start + size]
            for run in group:
                run.group = group


def common_settings(chapter: Chapter, settings: Settings) -> Settings:
    """What the runs of a stack have in common; without stackable knobs, everything."""
    defaults = chapter.Settings().values_by_name()
    return settings.replace(**{knob: defaults[knob] for knob in chapter.stackable})
