"""A sweep that is trained before the class asks for it. It belongs to the room, not to the page."""

from workbench.classroom.room import classroom
from workbench.core.chapter import Chapter
from workbench.results.sweep import Sweep
from workbench.running.runner import Runner
from workbench.view.sections.sweep import SweepSection


class Bake(SweepSection):
    """A sweep of the class: it goes on when its page is gone, and the next page finds it."""

    def __init__(self, chapter: Chapter, runner: Runner, dark: bool):
        super().__init__(chapter, chapter.Settings, runner, dark)
        own = [sweep for sweep in classroom().bakes() if sweep.chapter is chapter]
        if own:
            self._take_up(own[-1])

    def _take_up(self, sweep: Sweep) -> None:
        self.sweep = sweep
        name = next(iter(sweep.over))
        self.knob.value = name
        self.count.value = len(sweep.over[name])
        self.seeds.value = len(sweep.seeds)
        now = self._settings()
        self._ready(now.knobs()[name].label, sweep.over[name], getattr(now, name))
        self.go.label = "Stop"
        self._timer.start()

    def _go(self, event) -> None:
        before = self.sweep
        super()._go(event)
        if self.sweep is not before:
            classroom().bake(self.sweep)

    def _stop(self) -> None:
        classroom().stop(self.sweep)
        super()._stop()

    def rest(self) -> None:
        """Goes on, though nobody looks at it."""

    def close(self) -> None:
        """Looks no more; what still trains is the room's."""
        self._unwatch()
