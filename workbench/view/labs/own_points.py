"""Points of a reader's own: a click puts one on the plane, and a link plays the game with them."""

from html import escape
from urllib.parse import urlencode

import panel as pn
from bokeh.events import Tap
from bokeh.models import ColumnDataSource, GlyphRenderer, Grid, Range1d
from bokeh.models import Scatter as Points

from workbench.chapters.gan.drawn import (
    EDGE,
    MOST_POINTS,
    read_points,
    suggest_points,
    write_points,
)
from workbench.chapters.gan.knobs import DRAWN
from workbench.view.drawing.axes import bare_plot, number_axis, paint_axes
from workbench.view.drawing.theme import DARK, LIGHT
from workbench.view.page.widgets import Sentence, button

TITLE = "Put your own points on the plane"

INTRODUCTION = (
    "Each click puts the centre of a small cloud of real points; a click on a point takes it away. "
    "Then open the game with them: the points travel in the link, and nowhere else. Without a "
    "mouse, write them into the knob Your points."
)
NEAR = 0.15  # of a point, within which a click takes it away
SIDE = 380  # pixels


class Panel:
    """The plane, and a link to the game with the points on it."""

    def __init__(self, dark: bool):
        self.points: list[tuple[float, float]] = []
        self.source = ColumnDataSource({"x": [], "y": []})
        self.sentence = Sentence()
        self.link = pn.pane.HTML(sizing_mode="stretch_width")
        self.plot = plane(self.source, dark)
        self.plot.on_event(Tap, lambda event: self.click(event.x, event.y))
        self.view = pn.Column(
            pn.FlexBox(
                button("A ring", lambda _: self.begin(list(read_points(suggest_points())))),
                button("None", lambda _: self.begin([])),
            ),
            pn.pane.Bokeh(self.plot),
            self.sentence,
            self.link,
            sizing_mode="stretch_width",
        )
        self.begin([])

    def begin(self, points: list[tuple[float, float]]) -> None:
        """Shows these points."""
        self.points = points
        self.show()

    def click(self, x: float, y: float) -> None:
        """Puts a point, or takes away the one that is there."""
        close = [p for p in self.points if max(abs(p[0] - x), abs(p[1] - y)) <= NEAR]
        if close:
            self.points.remove(close[0])
        elif len(self.points) >= MOST_POINTS:
            return self.sentence.say(f"There is room for {MOST_POINTS} points: take one away.")
        else:
            inside = (min(EDGE, max(-EDGE, value)) for value in (x, y))
            self.points.append(tuple(round(value, 2) for value in inside))
        self.show()

    def show(self) -> None:
        """Draws the points, and writes the link."""
        x, y = zip(*self.points, strict=True) if self.points else ((), ())
        self.source.data = {"x": list(x), "y": list(y)}
        count = len(self.points)
        self.sentence.say(f"{count} point{'s' * (count != 1)} of at most {MOST_POINTS}.")
        query = urlencode({"shape": DRAWN, "points": write_points(tuple(self.points))})
        self.link.object = (
            f'<a href="?chapter=gan&amp;{escape(query)}" target="_top">'
            f"Play the game with these points</a>"
            if count
            else ""
        )


def plane(source: ColumnDataSource, dark: bool):
    """An empty plane to click on."""
    ends = Range1d(-EDGE, EDGE), Range1d(-EDGE, EDGE)
    theme = DARK if dark else LIGHT
    colour = theme.classes[0]
    glyph = Points(x="x", y="y", size=11, fill_color=colour, line_color=colour)
    points = GlyphRenderer(data_source=source, glyph=glyph)
    axes = {"below": number_axis("x1"), "left": number_axis("x2")}
    plot = bare_plot(
        *ends,
        [points],
        axes,
        center=[Grid(axis=axis, dimension=i) for i, axis in enumerate(axes.values())],
    )
    plot.update(sizing_mode=None, width=SIDE, height=SIDE)
    paint_axes(plot, theme)
    return plot


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
