"""A run's budget: the CPU time that it may spend before it asks its reader whether to go on."""

import time
from collections import Counter
from typing import TYPE_CHECKING

from workbench.chapters import find
from workbench.running.run import Player, Run

if TYPE_CHECKING:
    from workbench.running.runner import Runner

HALTED_SHARE = 4  # one place of so many may be taken by runs that are halted
HALTED = "A run may compute for {:g} seconds here before it asks. Continue goes on from this step."
OVER = (
    "Stopped: a run may compute for {:g} seconds here. What it has reached is shown; "
    "ask for fewer steps to see the end."
)


class Budget:
    """Halts and ends runs that have spent what the Runner gives them.

    `busy` counts the runs that each process trains.
    """

    def __init__(self, runner: "Runner", busy: Counter):
        self.runner = runner
        self._busy = busy
        self._halted: list[Run] = []  # the longest first

    def may_go_on(self, player: Player, group: list[Run]) -> bool:
        """Whether these runs have time left; the thread of a halted run waits here.

        A run that a reader looks at is halted until it is asked on. A sweep's ends: the sweep waits
        for that, and a stack's runs share what they spend. So does a run whose player cannot halt.
        """
        with self.runner.lock:
            run = next((run for run in group if run.live), None)
            if run is None or not self._is_spent(player, group, run):
                return run is not None
            if len(group) > 1 or run.swept or not self._make_place(player):
                for each in group:
                    self.runner.outcomes.abandon(each, OVER.format(self.runner.budget))
                return False
            self._halt(player, run)
        began = time.monotonic()
        run.asked_on.wait()
        with self.runner.lock:
            return self._go_on(player, run, time.monotonic() - began)

    def _is_spent(self, player: Player, group: list[Run], run: Run) -> bool:
        """Whether a stack has spent the budgets of its runs, and has taken at least as many steps
        as its chapter's default run, which is never cut off."""
        if self.runner.budget is None or not run.frames:
            return False
        last, wanted = run.frames[-1], run.settings.values_by_name()["steps"]
        taken = wanted * last.step / max(1, last.steps)
        default = find(run.name).Settings().values_by_name()["steps"]
        allowed = self.runner.budget * sum(each.budgets for each in group)
        return default <= taken < wanted and spent(player, run) > allowed

    def _make_place(self, player: Player) -> bool:
        """Whether a run of this player may be halted; that which has been for longest may have to
        end, so that places are left for those that train."""
        most = len(self.runner.players) // HALTED_SHARE
        if not most or not hasattr(player, "halt"):
            return False
        held = [run for run in self._halted if not run.ended.is_set()]
        if len(held) >= most:
            self.runner.outcomes.end(held[0], "halted", held[0].error)
        return True

    def _halt(self, player: Player, run: Run) -> None:
        player.halt()  # type: ignore[attr-defined]  # _make_place has looked
        self.runner.outcomes.halt(run, HALTED.format(self.runner.budget))
        self._halted.append(run)
        self._busy[process_of(player)] -= 1

    def _go_on(self, player: Player, run: Run, seconds: float) -> bool:
        """Whether a run that was halted for so long trains on."""
        self._halted.remove(run)
        self._busy[process_of(player)] += 1
        if run.live:
            run.begun_at = (run.begun_at or 0.0) + seconds  # it has not trained meanwhile
            player.go_on()  # type: ignore[attr-defined]
        return run.live


def process_of(player: Player) -> object:
    """The process whose turns a player shares with others; a player alone is its own."""
    return getattr(player, "process", player)


def spent(player: Player, run: Run) -> float:
    """CPU seconds of training that a stack has had; of a player that cannot tell, by the clock."""
    if hasattr(player, "spent"):
        return player.spent()
    return time.monotonic() - (run.begun_at or time.monotonic())
