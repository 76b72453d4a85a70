"""Results of the class: a point for every finished run of a chapter in a plane of two numbers."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import panel as pn

from workbench.chapters import find
from workbench.classroom.room import Classroom
from workbench.core.pictures import Scatter
from workbench.core.settings import Knob
from workbench.results.plan import in_words
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import BUTTON, menu
from workbench.view.pages.room_words import is_number, short_title
from workbench.view.sections.sweep import knobs_to_sweep

CAPTION = (
    "A point for all settings whose run has come to its end here: asked for by a reader, part of a "
    "sweep, or kept from before."
)
CARD_WIDTH = 900  # pixels: it is looked at from the back of a room
SIZE = dict(max_width=1000, height=440)  # of the plot
GROUPS_AT_MOST = 7  # of settings, the most frequent, that have a colour of their own
OTHERS = "other settings"


class ClassPoints:
    """Menus for a knob and a number, the points, and a button that saves them."""

    def __init__(self, room: Classroom, dark: bool):
        self.room = room
        self.name = ""  # of the chapter
        self.cards = Cards(dark, CARD_WIDTH)
        self.x = menu("x axis", width=190)
        self.y = menu("y axis", width=190)
        for select in (self.x, self.y):
            select.param.watch(lambda _event: self.draw_anew(), "value")
        self.save = pn.widgets.FileDownload(
            callback=self._csv,
            filename="class.csv",
            label="Save as CSV",
            stylesheets=[BUTTON],
            margin=(3, 4),
        )

    def view(self) -> pn.viewable.Viewable:
        return pn.Column(
            pn.FlexBox(self.x, self.y, self.save, align_items="center"),
            self.cards.pane,
            sizing_mode="stretch_width",
        )

    def choose(self, name: str) -> None:
        """Shows another chapter."""
        self.name = name
        chapter = find(name)
        knobs = knobs_to_sweep(chapter, chapter.Settings())
        across = {knob.label: name for name, knob in knobs.items()}
        self.x.param.update(options=across, value=next(iter(across.values())))
        reading = {chapter.quantity(name).label: name for name in chapter.reading or {}}
        self.y.param.update(options=reading, value=next(iter(reading.values()), None))
        self.draw_anew()

    def draw_anew(self) -> None:
        """Shows the points on axes of their own: those before had other numbers."""
        self.cards.begin_anew()
        self.draw()

    def draw(self) -> None:
        """Shows all points that there are."""
        self.cards.show({"points": self.picture()})
        plot = self.cards["points"].drawing.model
        if plot.height != SIZE["height"]:
            plot.update(**SIZE)

    def picture(self) -> Scatter:
        """Everybody's finished runs of the chapter, a colour for each combination of the knobs
        that are not on the axis."""
        x, y = self.x.value, self.y.value
        knobs = find(self.name).Settings.knobs()
        points = [
            point
            for point in self.room.points(self.name)
            if is_number(point.get(x)) and is_number(point.get(y))
        ]
        names, group = group_settings(points, knobs, x)
        return Scatter(
            f"{short_title(self.name)}: {len(points)} finished run{'s' * (len(points) != 1)}",
            np.array([(point[x], point[y]) for point in points], float).reshape(-1, 2),
            group=np.array(group, int) if names else None,
            groups=names,
            x_label=knobs[x].label,
            y_label=find(self.name).quantity(y).axis if y else "",
            caption=CAPTION,
        )

    def _csv(self) -> io.StringIO:
        import pandas as pd  # a tenth of a second and 30 MB, for this button alone

        return io.StringIO(pd.DataFrame(self.room.points(self.name)).to_csv(index=False))


def group_settings(
    points: Sequence[Mapping], knobs: Mapping[str, Knob], x: str
) -> tuple[tuple[str, ...], list[int]]:
    """Names of the groups of points whose knobs are equal but for `x` and the seed, and the group
    of each point. Nothing is named when all are of one group."""
    differing = [
        name
        for name in knobs
        if name not in (x, "seed") and len({repr(point[name]) for point in points}) > 1
    ]
    words = [
        ", ".join(f"{knobs[name].label} {in_words(knobs[name], point[name])}" for name in differing)
        for point in points
    ]
    frequent = {name for name, _ in Counter(words).most_common(GROUPS_AT_MOST)}
    common = [name for name in dict.fromkeys(words) if name in frequent]  # colours stay
    names = [*common, OTHERS] if len(set(words)) > GROUPS_AT_MOST else common
    if len(names) < 2:
        return (), []
    return tuple(names), [names.index(name if name in common else OTHERS) for name in words]
