"""Axes with their names, and the bare plot around them."""

import math

import numpy as np
from bokeh.models import AllLabels, FixedTicker, Grid, LinearAxis, LogAxis, NoOverlap, Plot, Range1d

from workbench.view.drawing.theme import Theme

LARGE, SMALL = "large", "small"  # sizes of drawings: in the middle of a page, and beside it
HEIGHT = 280  # pixels of a plot
HEIGHTS = {LARGE: 400, SMALL: 140}
SLANT = 0.8  # of names that stand too close to be level
LETTER_WIDTH = 7.2  # pixels
SHORT_LETTERS = 4  # fit among the points of a scatter
# Bokeh 3.9 shifts a canvas by half a pixel before it clears it, so that the first row and column of
# what was drawn before the axes were measured stay for good
NO_RESIDUE = ":host { clip-path: inset(2px 0 0 2px); }"
NAMES_WIDTH = 270  # what a card or a telephone of 390 pixels leaves for names beside each other


def plain(text: object) -> str:
    """The text as it stands: Bokeh would hand what looks like TeX to MathJax."""
    return str(text).replace("$$", "$\u200b$").replace("\\", "\\\u200b")


def short(text: object, most: int = 22) -> str:
    text = plain(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def width_of(texts) -> int:
    """How many pixels are enough for the longest of these short texts at 12 to 13 pixels."""
    return round(max((LETTER_WIDTH * len(text) for text in texts), default=0))


def bare_plot(x: Range1d, y: Range1d, renderers, axes, **kw) -> Plot:
    """A bare plot: figure() makes twice as many models, and each costs half a millisecond."""
    sides = {side: [axis] for side, axis in axes.items()}
    options = {"height": HEIGHT, "sizing_mode": "stretch_width", "min_width": 200} | sides | kw
    return Plot(
        x_range=x,
        y_range=y,
        renderers=renderers,
        title=None,
        toolbar_location=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border=6,
        min_border_right=14,
        stylesheets=[NO_RESIDUE],
        **options,
    )


def number_axis(label: str = "", log: bool = False):
    kind = LogAxis if log else LinearAxis
    axis = kind(
        axis_label=plain(label) or None,
        axis_label_text_font_size="12px",  # Panel's theme replaces 13, Bokeh's own, by a larger one
        axis_label_text_font_style="normal",
        major_label_text_font_size="12px",
        minor_tick_line_color=None,
        major_tick_in=0,
    )
    if log:
        axis.ticker = FixedTicker(ticks=[])
    return axis


def name_axis(label: str = ""):
    """An axis for names at certain places, with neither line nor ticks: see `put_names`."""
    axis = number_axis(label)
    axis.update(axis_line_color=None, major_tick_line_color=None, major_label_standoff=4)
    axis.ticker = FixedTicker()
    axis.major_label_policy = AllLabels()
    return axis


def take_label(axis, size: str) -> str:
    """Takes the name off the y axis of a SMALL drawing, where long ones end outside, and returns
    it: it stands above the drawing."""
    if size != SMALL or axis.axis_label is None:
        return ""
    label, axis.axis_label = axis.axis_label, None
    return label


def put_names(axis, centres, names):
    """A name at each centre, which may be more than there are names."""
    ticks = list(map(float, centres))
    if ticks != axis.ticker.ticks:
        axis.ticker.ticks = ticks
    names = {tick: short(name) for tick, name in zip(ticks, names, strict=False)}
    overrides = {tick: names.get(tick, " ") for tick in ticks}
    if overrides != axis.major_label_overrides:
        axis.major_label_overrides = overrides


def paint_axes(plot: Plot, theme: Theme):
    for axis in (*plot.below, *plot.left, *plot.above):
        axis.axis_label_text_color = theme.text
        axis.major_label_text_color = theme.muted
        if axis.axis_line_color is not None:
            axis.axis_line_color = axis.major_tick_line_color = theme.border
    for grid in plot.center:
        if isinstance(grid, Grid):
            grid.grid_line_color = theme.grid


def drawable(values, log: bool) -> np.ndarray:
    values = np.asarray(values, float)
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def head_room(axis, names, width: float = NAMES_WIDTH) -> int:
    """Turn the names if the columns are too narrow for them where all of them together have only
    `width` pixels, as on a telephone; the room they need."""
    policy = AllLabels if any(names) and len(names) <= 16 else NoOverlap
    if type(axis.major_label_policy) is not policy:
        axis.major_label_policy = policy()
    if not any(names):
        return 2
    longest, level = width_of(map(short, names)), is_level(names, width)
    axis.major_label_orientation = "horizontal" if level else SLANT
    return 28 if level else round(longest * math.sin(SLANT)) + 26


def is_level(names, width: float = NAMES_WIDTH) -> bool:
    """Whether such names have room beside each other in so many pixels, and need no turn."""
    return width_of(map(short, names)) <= width * 0.85 / max(1, sum(map(bool, names)))
