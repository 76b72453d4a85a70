"""Drawings: pictures as plain Bokeh models, built once and patched afterwards.

Building costs ten to thirty milliseconds of the server's time, a patch about one. So a Board
keeps a Drawing while pictures of the same structure come, and only its data and ranges change:

    drawing = draw(picture)         # pn.pane.Bokeh(drawing.model)
    if drawing.fits(picture):
        drawing.update(picture)     # else: draw(picture) again
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter, Table
from workbench.view.drawing.bars import BarArt
from workbench.view.drawing.curves import CurveArt
from workbench.view.drawing.heat import HeatArt, shows_values
from workbench.view.drawing.images import ImageArt
from workbench.view.drawing.scatter import ScatterArt
from workbench.view.drawing.table import TableArt
from workbench.view.drawing.theme import DARK, LIGHT


class Drawing:
    """One picture on the page. Its Bokeh model is built when first asked for."""

    def __init__(
        self,
        picture: Picture,
        dark: bool = False,
        x_end: float | None = None,
        size: str = "",
    ):
        self._picture = picture
        self._size = size
        self._x_end = x_end
        self._dark = dark
        self._faded = False
        self._room: list[Picture] = []
        self._before: tuple[Picture | None, str] = (None, "")

    @cached_property
    def _art(self):
        art = ARTS[type(self._picture)](self._picture)
        if self._size:
            art.resize(self._size)
        art.paint(DARK if self._dark else LIGHT)
        self._haunt(art)
        self._reserve(art)
        art.patch(self._picture, self._x_end)
        return art

    @property
    def picture(self) -> Picture:
        """What is drawn."""
        return self._picture

    @property
    def y_label(self) -> str:
        """What the y axis of a small drawing is called; it has no room to say so itself."""
        return getattr(self._art, "y_label", "")

    @property
    def _built(self) -> bool:
        return "_art" in self.__dict__

    @property
    def model(self):
        """The Bokeh model to put on the page: always the same one."""
        return self._art.model

    @property
    def legend(self) -> str:
        """What its colours, dashes and markers mean, as HTML; empty where there is nothing to say.

        It follows the picture, and has a place of its own on the page.
        """
        return getattr(self._art, "legend", "")

    def fits(self, picture: Picture) -> bool:
        """Whether `update` can show this picture; if not, another drawing must be made."""
        return structure(picture) == structure(self._picture)

    def update(self, picture: Picture, x_end: float | None = None):
        """Show this picture in place. `x_end` is where the x axis of curves ends: the steps."""
        before = self._picture, self._x_end
        self._picture = picture
        self._x_end = x_end if x_end is not None else self._x_end
        if not self._built:
            return
        if before[0] is not picture or before[1] != self._x_end:
            self._art.patch(picture, self._x_end)
        self._show(1.0)

    def haunt(self, before: Picture | None, name: str) -> None:
        """Shows lines or bars of the run before in grey from now on, or no longer."""
        self._before = before, name
        if self._built:
            self._haunt(self._art)

    def _haunt(self, art) -> None:
        before, name = self._before
        if hasattr(art, "haunt"):
            suits = before is not None and _alike(before, self._picture)
            art.haunt(before if suits else None, name)

    def reserve(self, pictures: Sequence[Picture]) -> None:
        """Keeps room for these pictures on the axes, from now on and in runs to come: what
        collapses looks small then, and nothing rescales."""
        self._room = [each for each in pictures if type(each) is type(self._picture)]
        if self._built:
            self._reserve(self._art)

    def _reserve(self, art) -> None:
        for picture in self._room:
            for span, numbers in zip(art.spans, _numbers(picture), strict=True):
                span.cover(numbers, show=False)

    def restyle(self, dark: bool):
        """Change to the dark or the light colours in place."""
        if dark != self._dark:
            self._dark = dark
            if self._built:
                self._art.paint(DARK if dark else LIGHT)

    def reset(self):
        """A new run begins: the next update may shrink the axes."""
        self._x_end = None
        if self._built:
            for span in self._art.spans:
                span.reset()
            self._reserve(self._art)
            if isinstance(self._art, CurveArt):
                self._art.reset()

    def fade(self):
        """What is shown belongs to earlier settings: pale until the next update."""
        self._show(0.4)

    def _show(self, opacity: float):
        if self._built and self._faded != (opacity < 1):
            self._faded = opacity < 1
            self.model.styles = {"opacity": str(opacity)}


def draw(
    picture: Picture, dark: bool = False, x_end: float | None = None, size: str = ""
) -> Drawing:
    """A drawing of this picture: LARGE for the middle of a page, SMALL beside it."""
    return Drawing(picture, dark, x_end, size)


def _alike(before: Picture, picture: Picture) -> bool:
    """Whether both can be drawn on the same axes."""
    if isinstance(before, Bars) and isinstance(picture, Bars):
        return before.names == picture.names
    return isinstance(before, Curves) and isinstance(picture, Curves)


def _numbers(picture: Picture) -> tuple[np.ndarray, ...]:
    """What lies along each axis that grows with its numbers."""
    if isinstance(picture, Curves):
        ys = [y for line in picture.lines for y in (line.y, line.low, line.high) if y is not None]
        return np.concatenate([line.x for line in picture.lines]), np.concatenate(ys)
    if isinstance(picture, Scatter):
        return picture.reach[:, 0], picture.reach[:, 1]
    return (picture.values,) if isinstance(picture, Bars | HeatMap) else ()


def structure(picture: Picture) -> tuple:
    """What a drawing cannot change in place."""
    match picture:
        case Curves():
            lines = tuple((line.name, line.style, line.low is not None) for line in picture.lines)
            labels = picture.x_label, picture.y_label, picture.y_unit
            marks = bool(picture.x_ticks), picture.place is not None
            return "curves", lines, labels, picture.log_x, picture.log_y, marks
        case Scatter():
            named, tinted = bool(picture.names), bool(picture.field)
            marked = bool(picture.outlines)
            return "scatter", picture.groups, marked, picture.equal, named, tinted
        case Images():
            return "images", picture.colours is not None
        case Bars():
            return "bars", picture.x_label, picture.y_label, picture.y_unit
        case HeatMap():
            return "heat map", shows_values(picture), picture.x_label, picture.y_label, picture.unit
        case Table():
            return ("table",)


ARTS = {
    Curves: CurveArt,
    Scatter: ScatterArt,
    Images: ImageArt,
    Bars: BarArt,
    HeatMap: HeatArt,
    Table: TableArt,
}
