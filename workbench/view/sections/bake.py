"""A sweep that is trained before the class asks for it. It belongs to the room, not to the page."""

from workbench.classroom.room import classroom
from workbench.core.chapter import Chapter
from workbench.running.runner import Runner
from workbench.view.sections.sweep import SweepSection


class Bake(SweepSection):
    """A sweep of the class: it goes on when its page is gone, and the next page shows it."""

    def __init__(self, chapter: Chapter, runner: Runner, dark: bool):
        super().__init__(chapter, chapter.Settings, runner, dark)
        baking = [sweep for sweep in classroom().bakes() if sweep.chapter is chapter]
        if baking:
            self.sweep = baking[-1]
            name = next(iter(self.sweep.over))
            self.knob.value = name
            self.count.value = len(self.sweep.over[name])
            self.seeds.value = len(self.sweep.seeds)
            self._watch()

    def _go(self, event) -> None:
        before = self.sweep
        super()._go(event)
        if self.sweep is not before:
            classroom().bake(self.sweep)

    def _stop(self) -> None:
        classroom().stop(self.sweep)
        super()._stop()

    def rest(self) -> None:
        """Goes on, though nobody sees it."""

    def close(self) -> None:
        """Refreshes no more; what still trains is the room's."""
        self._unwatch()
