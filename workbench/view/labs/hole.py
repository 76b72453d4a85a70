"""The hole lab: draw a hole into pictures and let the generator fill it."""

from types import SimpleNamespace

import panel as pn
from bokeh.events import Tap
from bokeh.models import ColumnDataSource

from workbench.chapters.gan.holes import SIDE, Cells, crossed, rectangle
from workbench.chapters.gan.lab_knobs import HOLE, hole_sets
from workbench.view.labs import Machine
from workbench.view.labs.hole_canvas import Canvas
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import Sentence, button, menu

TITLE = "Fill a hole"
LAB = "workbench.chapters.gan.hole_lab:HoleLab"

INTRODUCTION = (
    "Draw a hole with the mouse or a finger; a click on a cell cuts it out or puts it back. "
    "Without a mouse, choose the ends of a rectangle. A search over z finds samples that agree "
    "with what is left (semantic in-painting); a context encoder, the nearest training picture and "
    "the mean of all stand beside it."
)
BUSY = "A generator is trained, and then its samples are searched."
ENDS = {str(i): i for i in range(1, SIDE + 1)}
NAMES = ("First row", "Last row", "First column", "Last column")


class Panel:
    """The widgets of the lab and its pictures."""

    def __init__(self, dark: bool):
        self.cards = Cards(dark)
        self.sentence = Sentence(BUSY)
        self.count = Sentence()
        self.seed = 0
        sets = hole_sets()
        self.data = menu("Pictures", options=sets, value=next(iter(sets.values())), width=190)
        self.ends = [
            menu(label, options=ENDS, value=value, width=110)
            for label, value in zip(NAMES, HOLE, strict=True)
        ]
        self.stroke = ColumnDataSource({"xs": [], "ys": []})
        self.canvas = Canvas(self.stroke, dark)
        self.hole: set[int] = set(self.rectangle())
        self.listen()
        self.view = self.lay_out()
        self.show_hole()
        self.lab = Machine(self, LAB, *self.given())

    def listen(self) -> None:
        """Lets strokes, clicks and menus change the hole."""
        self.stroke.on_change("data", lambda _attribute, _old, data: self.draw(data))
        self.canvas.plot.on_event(Tap, lambda event: self.click(event.x, event.y))
        for end in self.ends:
            end.param.watch(lambda _: self.begin_hole(self.rectangle()), "value")

    def lay_out(self) -> pn.Column:
        """Canvas and widgets above the pictures."""
        return pn.Column(
            pn.FlexBox(self.data, *self.ends),
            pn.pane.Bokeh(self.canvas.plot),
            self.count,
            pn.FlexBox(
                button("Fill it", lambda _: self.begin()),
                button("Other fills", lambda _: self.shuffle()),
                button("No hole", lambda _: self.begin_hole(())),
            ),
            self.sentence,
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def rectangle(self) -> Cells:
        """The cells between the ends that the menus name."""
        top, low, left, right = (each.value for each in self.ends)
        return rectangle((top, low), (left, right))

    def given(self) -> tuple:
        """What the machine is made of."""
        return self.data.value, tuple(sorted(self.hole)), self.seed

    def draw(self, data: dict) -> None:
        """Adds the cells of a stroke to the hole, and takes the stroke away."""
        if not data["xs"]:
            return
        for xs, ys in zip(data["xs"], data["ys"], strict=True):
            self.hole |= crossed(xs, ys)
        self.stroke.data = {"xs": [], "ys": []}
        self.show_hole()

    def click(self, x: float, y: float) -> None:
        """Cuts a cell out, or puts it back."""
        self.hole ^= crossed([x], [y])
        self.show_hole()

    def begin_hole(self, cells: Cells) -> None:
        """Shows another hole."""
        self.hole = set(cells)
        self.show_hole()

    def show_hole(self) -> None:
        """Draws the hole and says how large it is."""
        self.canvas.show_cells(self.hole)
        self.count.say(f"{len(self.hole)} of {SIDE**2} cells are missing.")

    def shuffle(self) -> None:
        """A search from other z."""
        self.seed += 1
        self.begin()

    def begin(self) -> None:
        """The hole that is drawn, in the pictures that are chosen."""
        self.sentence.say(BUSY)
        self.lab.begin(*self.given())

    def show(self, state: SimpleNamespace) -> None:
        """Shows the state of the lab."""
        self.sentence.say(state.sentence)
        self.canvas.show_picture(state.example)
        self.cards.begin_anew()
        self.cards.show(state.pictures)


def build(dark: bool = False) -> pn.viewable.Viewable:
    """The lab, ready to be put on a page."""
    return Panel(dark).view
