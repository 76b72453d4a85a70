"""The pictures of a sweep: bands over all its runs, and what one of them shows."""

from dataclasses import replace

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.pictures import Curves, Picture
from workbench.results.sweep import Sweep
from workbench.view.page.cards import Cards
from workbench.view.sections.scrubbers import Scrubbers

BANDS_SHOWN, PICTURES_SHOWN = 3, 3


class SweepPictures:
    """Bands at the time of the scrubbers, and the pictures of the run that they point at."""

    def __init__(self, chapter: Chapter, scrubbers: Scrubbers, dark: bool):
        self.chapter = chapter
        self.scrubbers = scrubbers
        self.cards = Cards(dark)
        self._bands: dict[tuple[int | None, int], dict[str, Curves]] = {}  # by step and ended runs

    def begin_anew(self) -> None:
        """Shows nothing: another sweep comes."""
        self.cards.show({})
        self._bands = {}

    def draw(self, sweep: Sweep) -> None:
        """Shows what the scrubbers point at."""
        run = self.scrubbers.find_run(sweep)
        frames = run.frames[:] if run is not None else []
        if not frames:
            return self.cards.show({})
        frame = self.scrubbers.find_frame(frames)
        ended = sweep.done == len(sweep.runs) and self.scrubbers.at_end(frames)
        step = None if ended else min(frame.step, sweep.reached)
        place = sweep.axis.places[float(self.scrubbers.value.value)]
        bands = self._bands_at(sweep, step, frames[-1])
        marked = {name: replace(band, place=place) for name, band in bands.items()}
        self.cards.show(marked | self._pictures(frame))

    def _bands_at(self, sweep: Sweep, step: int | None, last: Frame) -> dict[str, Curves]:
        key = step, sweep.done
        if key not in self._bands:
            reading = self.chapter.reading or last.scalars
            scalars = [name for name in reading if name in last.scalars][:BANDS_SHOWN]
            self._bands[key] = {f"band {name}": sweep.band(name, step) for name in scalars}
        return self._bands[key]

    def _pictures(self, frame: Frame) -> dict[str, Picture]:
        """The frame's first pictures, in the order of the chapter's layout."""
        ordered = [name for name in self.chapter.layout if name in frame.pictures]
        rest = [name for name in frame.pictures if name not in ordered]
        return {name: frame.pictures[name] for name in (ordered + rest)[:PICTURES_SHOWN]}
