"""The pictures of a chapter's page: one in the middle and two beside it; the others on demand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bokeh.core.property.validation import validate
from bokeh.models import Column

from workbench.core.chapter import Chapter
from workbench.core.frames import Frame, Trace
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.kept import kept
from workbench.results.stills import kept_pictures
from workbench.view.drawing.axes import HEIGHTS, LARGE, SMALL
from workbench.view.drawing.drawing import Drawing, draw
from workbench.view.drawing.room import room_of
from workbench.view.page.before import Before, Finished
from workbench.view.page.cards import Cards
from workbench.view.page.gallery import drawn, names_of, x_end_of
from workbench.view.page.numbers import Tables
from workbench.view.page.prose import unbroken
from workbench.view.page.wire import Wire

PLACES = 3  # the middle, and two beside it


class Place:
    """The root of the page in which one picture is drawn."""

    def __init__(self, number: int, dark: bool):
        self.root = Column(name=f"picture_{number}", sizing_mode="stretch_width")
        self.size = SMALL if number else LARGE
        self.dark = dark
        self.name = ""  # of the picture that is drawn, or covered
        self.title = ""  # of a covered picture
        self.drawing: Drawing | None = None
        self.before = Before()

    def show(self, name: str, picture: Picture, x_end: float | None) -> None:
        """Draws the picture in place, or anew where that cannot be."""
        if self.drawing is not None and self.name == name and self.drawing.fits(picture):
            self.drawing.update(picture, x_end)
            return
        self.name = name
        self.drawing = draw(picture, self.dark, x_end, self.size)
        with validate(False):  # our own values, which tests build with Bokeh's checks: a third less
            self.compare()
            model = self.drawing.model
        # outside: without its checks Bokeh takes a column's name for a colour in what it sends
        self.root.children = [model]

    def compare(self) -> None:
        """Draws the run before behind the picture, and keeps room for it on the axes; on those of
        the picture in the middle for all that a drag over the slider shows, too."""
        if self.drawing is not None:
            picture = self.before.pictures.get(self.name)
            room = self.before.room.get(self.name, ()) if self.size is LARGE else ()
            self.drawing.haunt(picture, self.before.name)
            self.drawing.reserve([*room, picture] if picture is not None else room)

    def cover(self, name: str, title: str) -> None:
        """Holds the place of a picture that is not drawn."""
        self.clear()
        self.name, self.title = name, title

    def clear(self) -> None:
        """Shows nothing."""
        self.name = ""
        if self.drawing is not None:
            self.drawing, self.root.children = None, []


class Scene:
    """Draws what `Lesson` puts into the middle and beside it, and the rest when it is wanted.

    It has the part of a `Gallery` that a LiveRun asks for. Titles, captions and what a picture
    shows in words go by the wire, in one message with the picture.
    """

    def __init__(self, chapter: Chapter, dark: bool, wire: Wire):
        self.chapter = chapter
        self.wire = wire
        self.places = [Place(number, dark) for number in range(PLACES)]
        self.others = Cards(dark, menu=True)
        self.others.grid.name = "others"
        self.covered: frozenset[str] = frozenset()  # names of pictures that are not drawn now
        self.tables = Tables(wire, self._pictures)
        self._all_wanted = False
        self._frames: Sequence[Frame] = ()

    def rooms(self, settings: Settings) -> list[str]:
        """The height of each place as CSS: of what is drawn there, or of what is likely to be; of
        the middle the height of the highest that a drag over the slider shows, too."""
        pictures = [place.drawing.picture if place.drawing else None for place in self.places]
        expected = [*likely_pictures(self.chapter, settings), None, None, None]
        rooms = [
            room_of(drawn or other, place.size) if drawn or other else f"{HEIGHTS[place.size]}px"
            for place, drawn, other in zip(self.places, pictures, expected, strict=False)
        ]
        dragged = kept_pictures(self.chapter, settings).get(self.chapter.teaching.main, ())
        middle = dict.fromkeys((rooms[0], *(room_of(each, LARGE) for each in dragged)))
        return [f"max({', '.join(middle)})" if len(middle) > 1 else rooms[0], *rooms[1:]]

    @property
    def roots(self) -> list[Column]:
        return [*(place.root for place in self.places), self.others.grid]

    def draw(self, frames: Sequence[Frame]) -> None:
        """Shows the pictures of the last of these frames, and the curves through all of them."""
        self._frames = frames
        known = names_of(self.chapter, frames)
        first = first_names(self.chapter, known)
        for place, name in zip(self.places, first, strict=False):
            if name in self.covered:
                place.cover(name, known[name].title)
                continue
            picture = drawn({name: known[name]}, frames)[name]
            place.show(name, picture, x_end_of(self.chapter, name, frames[-1].steps))
        for place in self.places[len(first) :]:
            place.clear()
        self._show_heads()
        self.wire.show("drawn", frames[-1].step)
        if self._all_wanted:
            hidden = self.covered.union(first)
            rest = {name: each for name, each in known.items() if name not in hidden}
            x_end = {name: x_end_of(self.chapter, name, frames[-1].steps) for name in rest}
            self.others.show(drawn(rest, frames), x_end.get)
        self.tables.draw()

    def cover(self, names: Iterable[str]) -> None:
        """Takes these pictures from the page, and draws all others, until it is called again."""
        self.covered = frozenset(names)
        for place in self.places:
            if place.name in self.covered and place.drawing is not None:
                place.cover(place.name, place.drawing.picture.title)
        if self.covered.intersection(self.others):  # drawn before, and perhaps folded since
            self.others.show({})
        self._show_heads()
        if self._frames:
            self.draw(self._frames)
        self.tables.draw()

    def _show_heads(self) -> None:
        """What stands above the pictures, and in their places where they are covered."""
        self.wire.show("pictures", [self._head(place) for place in self.places if place.name])

    def _head(self, place: Place) -> dict[str, Any]:
        if place.drawing is None:
            bare = dict.fromkeys(("caption", "legend", "words", "axis"), "")
            return bare | dict(name=place.name, title=place.title, covered=True)
        picture = place.drawing.picture
        words = picture.summary().removeprefix(picture.title + ": ")
        return dict(
            name=place.name,
            title=picture.title,
            caption=unbroken(picture.caption),
            legend=place.drawing.legend,
            words=words,
            axis=place.drawing.y_label,
        )

    def compare(self, before: Before) -> None:
        """Compares with another run from now on."""
        for place in self.places:
            place.before = before
            place.compare()

    def draw_before(self, run: Finished) -> None:
        """Shows the run before in the place of the run that is shown, until the next `draw`."""
        for place in self.places:
            if place.drawing is not None and place.name in run.pictures:  # it is not covered
                place.show(place.name, run.pictures[place.name], None)
        self._show_heads()
        self.tables.draw()

    def pictures(self) -> dict[str, Picture]:
        """All that is drawn now, by name."""
        others = {name: card.drawing.picture for name, card in self.others.items()}
        first = [place for place in self.places if place.drawing is not None]
        return others | {place.name: place.drawing.picture for place in first}

    def _pictures(self) -> dict[int, Picture]:
        """What is drawn now, by the number of its place."""
        return {
            number: place.drawing.picture
            for number, place in enumerate(self.places)
            if place.drawing is not None
        }

    def show_all(self, wanted: bool) -> None:
        """Draws the other pictures, too, from now on; or no longer."""
        self._all_wanted = wanted
        if wanted and self._frames:
            self.draw(self._frames)

    def begin_anew(self) -> None:
        """Makes pale what is shown: another run comes."""
        self._frames = ()
        self.wire.show("drawn", 0)
        for drawing in (place.drawing for place in self.places if place.drawing is not None):
            drawing.reset()
            drawing.fade()
        self.others.begin_anew()
        self.others.fade()

    def forget(self) -> None:
        """Lets go of the drawings; the page keeps what it shows."""
        self._frames = ()
        self.others.forget()


def likely_state(chapter: Chapter, settings: Settings) -> Settings | None:
    """The settings most like these of which the package keeps a frame; None where it keeps none."""
    wanted = settings.values_by_name().items()
    return max(
        kept(chapter.name).states,
        key=lambda state: len(wanted & state.values_by_name().items()),
        default=None,
    )


def likely_pictures(chapter: Chapter, settings: Settings) -> list[Picture | None]:
    """What a run of these settings may begin with in each place, as far as it is kept."""
    state = likely_state(chapter, settings)
    frame = kept(chapter.name).frame(state) if state else None
    traces = {trace.title: None for trace in chapter.traces}
    known = traces | (frame.pictures if frame else {})
    ordered = {name: known[name] for name in chapter.layout if name in known}
    return [known[name] for name in first_names(chapter, ordered)]


def first_names(chapter: Chapter, known: Mapping[str, Trace | Picture]) -> list[str]:
    """The picture in the middle and those beside it; what a kind of run lacks, the next of its
    layout replace."""
    lesson = chapter.teaching
    wanted = [name for name in (lesson.main, *lesson.beside) if name in known]
    return (wanted + [name for name in known if name not in wanted])[:PLACES]
