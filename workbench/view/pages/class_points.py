"""Results of the class: a point for every finished run of a chapter in a plane of two numbers."""

import io

import numpy as np
import panel as pn
import panel_material_ui as pmui

from workbench.chapters import find
from workbench.classroom.room import Classroom
from workbench.core.pictures import Scatter
from workbench.view.page.cards import Cards
from workbench.view.page.widgets import BUTTON
from workbench.view.pages.room_words import is_number, short_title
from workbench.view.sections.sweep import knobs_to_sweep

CAPTION = (
    "A point for all settings whose run has come to its end here: asked for by a reader, part of a "
    "sweep, or kept from before."
)


class ClassPoints:
    """Menus for a knob and a number, the points, and a button that saves them."""

    def __init__(self, room: Classroom, dark: bool):
        self.room = room
        self.name = ""  # of the chapter
        self.cards = Cards(dark)
        self.x = pmui.Select(label="x axis", size="small", width=190)
        self.y = pmui.Select(label="y axis", size="small", width=190)
        for select in (self.x, self.y):
            select.param.watch(lambda _event: self.draw(), "value")
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
        self.draw()

    def draw(self) -> None:
        """Shows all points that there are."""
        self.cards.show({"points": self.picture()})

    def picture(self) -> Scatter:
        """Everybody's finished runs of the chapter."""
        x, y = self.x.value, self.y.value
        points = [
            (point[x], point[y])
            for point in self.room.points(self.name)
            if is_number(point.get(x)) and is_number(point.get(y))
        ]
        return Scatter(
            f"{short_title(self.name)}: {len(points)} finished run{'s' * (len(points) != 1)}",
            np.array(points, float).reshape(-1, 2),
            x_label=find(self.name).Settings.knobs()[x].label,
            y_label=find(self.name).quantity(y).axis if y else "",
            caption=CAPTION,
        )

    def _csv(self) -> io.StringIO:
        import pandas as pd  # a tenth of a second and 30 MB, for this button alone

        return io.StringIO(pd.DataFrame(self.room.points(self.name)).to_csv(index=False))
