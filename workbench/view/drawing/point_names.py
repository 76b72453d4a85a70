"""Names among the points of a scatter, moved until none hides another."""

from functools import lru_cache

import numpy as np
from bokeh.models import ColumnDataSource, GlyphRenderer, Plot, Range1d, Text

from workbench.core.pictures import Scatter
from workbench.view.drawing.axes import plain
from workbench.view.drawing.columns import put
from workbench.view.drawing.theme import Theme

LEAST_FRAME = (210.0, 168.0)  # pixels, on a telephone
NAME_HEIGHT, NAME_WIDTH = 13, 6.5  # pixels of a line of a point's name, and of its letters
ROUNDS, PUSH = 200, 0.55  # of moving names apart, each by a little more than half an overlap
CLEAR = 0.5  # pixels between two names that had to be moved


class PointNames:
    """The names beside the points of a scatter that have some, moved until none hides another."""

    def __init__(self, plot: Plot):
        self.source = ColumnDataSource({name: [] for name in ("x", "y", "name")})
        self.text = Text(
            x="x",
            y="y",
            text="name",
            text_align="center",
            text_baseline="middle",
            text_font_size=f"{NAME_HEIGHT - 2}px",
            padding=1,
            background_fill_alpha=0.7,
        )
        plot.renderers.append(GlyphRenderer(data_source=self.source, glyph=self.text))

    def paint(self, theme: Theme) -> None:
        """The colours of the theme."""
        self.text.update(text_color=theme.text, background_fill_color=theme.page)

    def patch(self, picture: Scatter, across: Range1d, up: Range1d) -> None:
        """Shows the names of this picture's points inside these ranges."""
        rows = [i for i, name in enumerate(picture.names) if name]
        names = [plain(picture.names[i]) for i in rows]
        ends = np.array([[across.start, up.start], [across.end, up.end]])
        scale = (ends[1] - ends[0]) / np.array(LEAST_FRAME)
        above = (picture.xy[rows] - ends[0]) / scale + [0, NAME_HEIGHT * 0.75]
        wide = [NAME_WIDTH * len(name) for name in names]
        box = np.stack([wide, np.full(len(rows), NAME_HEIGHT)], 1)
        x, y = (ends[0] + move_apart(above, box, np.array(LEAST_FRAME)) * scale).T
        put(self.source, {"x": x, "y": y, "name": names})


def move_apart(centres: np.ndarray, box: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Centres [n, 2] of boxes (of one size [2], or each of its own [n, 2]), moved inside the frame
    until no two overlap.

    Each pair that overlaps is moved along the axis that takes the shorter way, and a little
    farther, or the last rounds would move by hairs; what is left of an overlap after ROUNDS, in a
    frame that is too full, stays.
    """
    least, most = box / 2, frame - box / 2
    places = np.clip(centres, least, most)
    earlier, later = _pairs(len(places))
    sizes = np.broadcast_to(box, places.shape)
    room = (sizes[earlier] + sizes[later]) / 2
    for _ in range(ROUNDS):
        apart = places[later] - places[earlier]
        missing = room - np.abs(apart)
        (pairs,) = np.nonzero((missing > 1e-6).all(1))  # never where a place is not known
        if not len(pairs):
            break
        axis = missing[pairs].argmin(1)
        # where two lie on one place, the later one moves up
        side = np.where(apart[pairs, axis] < 0, -1.0, 1.0)
        push = side * (missing[pairs, axis] + CLEAR) * PUSH
        at = 2 * np.concatenate([later[pairs], earlier[pairs]]) + np.tile(axis, 2)
        moved = np.bincount(at, np.concatenate([push, -push]), places.size)
        places = np.clip(places + moved.reshape(places.shape), least, most)
    return places


@lru_cache(maxsize=64)
def _pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The earlier and the later of every two of so many."""
    return np.triu_indices(count, 1)
