"""The runs of several seeds that a task asks for: they train together and come in one by one."""

from collections.abc import Callable, Sequence

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.view.page.timer import Timer

REFRESH_MS = 150


class SeedRuns:
    """The runs of these settings. The method `on_news` is called when some of them have ended."""

    def __init__(
        self,
        chapter: Chapter,
        runner: Runner,
        settings: Sequence[Settings],
        on_news: Callable[[], None],
    ):
        self.chapter = chapter
        self.runner = runner
        self.settings = list(settings)
        self._on_news = on_news
        self.runs: list[Run] = []
        self._told = 0  # of how many ended runs the card knows
        self._timer = Timer(self.look, REFRESH_MS, self.is_due)

    def start(self) -> None:
        """Opens the runs; what has been trained before is there at once."""
        self.runs = self.runner.open_together(self.chapter.name, self.settings, self)
        self._told = 0
        self._timer.start()
        self.look()

    def is_due(self) -> bool:
        """Whether runs have ended of which the card does not know."""
        return self._ended > self._told

    def look(self) -> None:
        """Tells the card of runs that have ended."""
        ended = self._ended
        if ended > self._told:
            self._told = ended
            if self.complete:
                self._timer.stop()
            self._on_news()

    @property
    def _ended(self) -> int:
        return sum(run.ended.is_set() for run in self.runs)

    @property
    def complete(self) -> bool:
        """Whether all runs have ended, however they ended."""
        return bool(self.runs) and self._ended == len(self.runs)

    def frames(self, settings: Sequence[Settings]) -> list[Sequence[Frame]]:
        """The frames of those runs of these settings that have come to their end."""
        done = {run.settings: run.frames for run in self.runs if _is_done(run)}
        return [done[each] for each in settings if each in done]

    @property
    def trouble(self) -> str:
        """Why a run that has ended is not done, or nothing."""
        failed = [run for run in self.runs if run.ended.is_set() and not _is_done(run)]
        if not failed:
            return ""
        why = failed[0].error or "It was stopped."
        return f"{len(failed)} of {len(self.runs)} runs could not be measured: {why}"

    def close(self) -> None:
        """Leaves the runs; those that nobody else reads end."""
        self._timer.stop()
        for run in self.runs:
            self.runner.leave(run, self)
        self.runs = []


def _is_done(run: Run) -> bool:
    return run.ended.is_set() and run.status == "done"
