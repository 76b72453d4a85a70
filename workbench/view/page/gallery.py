"""The pictures of a run: the first rows of them at once, all when the reader asks for more."""

from collections.abc import Mapping, Sequence

import panel as pn

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame, Trace
from workbench.core.pictures import Picture
from workbench.view.page.cards import Cards, columns_taken
from workbench.view.page.widgets import button

COLUMNS_AT_ONCE = 6  # of cards; the others are built when the reader asks for them


def pictures_of(chapter: Chapter, frames: Sequence[Frame]) -> dict[str, Picture]:
    """All that the chapter can show of these frames, in the order of its layout."""
    return drawn(names_of(chapter, frames), frames)


def names_of(chapter: Chapter, frames: Sequence[Frame]) -> dict[str, Trace | Picture]:
    """The same by name; curves over training are not drawn yet."""
    traces = {trace.title: trace for trace in chapter.traces if trace.shows(frames)}
    known: dict[str, Trace | Picture] = traces | frames[-1].pictures
    ordered = [name for name in chapter.layout if name in known]
    return {name: known[name] for name in ordered + [name for name in known if name not in ordered]}


def drawn(known: Mapping[str, Trace | Picture], frames: Sequence[Frame]) -> dict[str, Picture]:
    """The same, with the curves of these frames."""
    return {
        name: each.curves(frames) if isinstance(each, Trace) else each
        for name, each in known.items()
    }


def x_end_of(chapter: Chapter, name: str, steps: int) -> float | None:
    """Where the axis of a curve over training ends."""
    trace = next((each for each in chapter.traces if each.title == name), None)
    return None if trace is None or trace.against else steps


class Gallery:
    """The cards of a run's pictures, and the button that asks for more of them."""

    def __init__(self, chapter: Chapter, dark: bool):
        self.chapter = chapter
        self.cards = Cards(dark)
        self.more = button("More pictures", self._show_more, visible=False)
        self._all_wanted = False
        self._frames: Sequence[Frame] = ()

    @property
    def pane(self) -> pn.pane.Bokeh:
        return self.cards.pane

    def draw(self, frames: Sequence[Frame]) -> None:
        """Shows the pictures of the last of these frames, and the curves through all of them."""
        self._frames = frames
        pictures = names_of(self.chapter, frames)
        names = list(pictures) if self._all_wanted else _first_rows(pictures)
        # Panel 1.9.4 loses what its widgets are told while a page is being opened
        if pn.state.loaded and self.more.visible != (len(pictures) > len(names)):
            self.more.visible = not self.more.visible
        steps = frames[-1].steps
        shown = drawn({name: pictures[name] for name in names}, frames)
        self.cards.show(shown, lambda name: x_end_of(self.chapter, name, steps))

    def _show_more(self, _event) -> None:
        self._all_wanted = True
        self.more.visible = False
        if self._frames:
            self.draw(self._frames)

    def begin_anew(self) -> None:
        """Makes pale what is shown: another run comes."""
        self._frames = ()
        self.cards.begin_anew()
        self.cards.fade()

    def forget(self) -> None:
        """Lets go of the cards; the page keeps what it shows."""
        self._frames = ()
        self.cards.forget()


def _first_rows(pictures: Mapping[str, Trace | Picture]) -> list[str]:
    """The names that fit into the first rows."""
    free, names = COLUMNS_AT_ONCE, []
    for name, picture in pictures.items():
        free -= columns_taken(picture)
        if free >= 0:
            names.append(name)
    return names
