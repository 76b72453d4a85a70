"""Figures: pictures as small PNGs, for notebooks and for places where no kernel runs.

still(frame, "reconstructions", "rates")      # a frame's pictures, side by side
compare({"beta 1": frames, ...}, "rate")      # several runs in one drawing
"""

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from workbench.core.frames import Frame, Trace
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter, Table
from workbench.view.drawing.theme import LIGHT, MARKERS

DPI = 72
WIDTH = 5.2  # inches for one picture
LIMIT = 30_000  # bytes of a PNG
COLOURS = (96, 32, 12)  # palettes to try; one makes a PNG three times smaller than true colour
MANY = 4  # lines; with more of them the legend stands beside the axes
LEAST = 0.1  # where an axis of bars ends at least, so that noise does not look like something
STYLES = {"solid": "-", "dashed": "--", "dots": "none"}


# Bokeh's names of markers and matplotlib's
SHAPES = dict(zip(MARKERS, "os^DvPX*hd", strict=True))


class Still:
    """A picture that does not move. It shows itself in a notebook and says what it shows."""

    def __init__(self, png: bytes, summary: str):
        self.png, self.summary = png, summary

    def _repr_png_(self):
        return self.png, {"alt": self.summary}

    def __repr__(self):
        return self.summary


def still(shown: Frame | Picture, *names: str) -> Still:
    """A picture, or the named pictures of a frame side by side (without names: all of them).

    Raises KeyError for a name that the frame does not have.
    """
    if not isinstance(shown, Frame):
        return _draw([shown])
    for name in names:
        if name not in shown.pictures:
            raise KeyError(f"There is no picture {name!r}; there are {', '.join(shown.pictures)}.")
    return _draw([shown.pictures[name] for name in names or shown.pictures])


def compare(runs: Mapping[str, Sequence[Frame]], what: str | Trace, title: str = "") -> Still:
    """A drawing of a scalar, or of each line of a trace, with one curve for each run."""
    trace = what if isinstance(what, Trace) else Trace(title or what, {what: ""}, "")
    return _draw([_compared(runs, trace, name, title) for name in trace.lines])


def _compared(runs: Mapping[str, Sequence[Frame]], trace: Trace, name: str, title: str) -> Curves:
    one = replace(trace, lines={name: trace.lines[name]})
    drawn = {label: one.curves(frames) for label, frames in runs.items()}
    lines = [replace(line, name=label) for label, run in drawn.items() for line in run.lines]
    title = title or trace.lines[name].capitalize() or trace.title
    first = next(iter(drawn.values()))
    return replace(first, title=title, lines=tuple(lines), caption="")


def _draw(pictures: Sequence[Picture]) -> Still:
    from matplotlib.figure import Figure  # only notebooks need it: half a second

    height = max(map(_height, pictures))
    figure = Figure((WIDTH * len(pictures), height), DPI, layout="constrained")
    for axes, picture in zip(np.ravel(figure.subplots(1, len(pictures))), pictures, strict=True):
        _style(axes, picture)
        PAINT[type(picture)](axes, picture)
    return Still(_png(figure), " ".join(picture.summary() for picture in pictures))


def _height(picture: Picture) -> float:
    """Inches that a picture wants, with its title and caption."""
    caption = 0.17 * len(_wrapped(picture))
    if isinstance(picture, Images):
        rows, columns = picture.mosaic().shape
        return 0.9 + caption + min(6.0, (WIDTH - 0.9) * rows / columns)
    if isinstance(picture, Table):
        return 0.6 + caption + 0.27 * (1 + len(picture.rows))
    return 3.2 + caption


def _wrapped(picture: Picture) -> list[str]:
    return textwrap.wrap(picture.caption, 66)


def _style(axes, picture: Picture) -> None:
    axes.set_title(picture.title, loc="left", fontsize=12, color=LIGHT.text)
    axes.tick_params(labelsize=9, colors=LIGHT.muted)
    for side in axes.spines.values():
        side.set_color(LIGHT.border)
    below = "\n".join(_wrapped(picture))
    label = getattr(picture, "x_label", "")
    axes.set_xlabel(label, fontsize=10, color=LIGHT.text)
    axes.set_ylabel(getattr(picture, "y_label", ""), fontsize=10, color=LIGHT.text)
    if below:  # in points below the axes, where their labels end
        shift = -34 if label else -20
        axes.annotate(
            below,
            (0, 0),
            (0, shift),
            xycoords="axes fraction",
            va="top",
            fontsize=9,
            textcoords="offset points",
            color=LIGHT.muted,
        )


def _curves(axes, picture: Curves) -> None:
    for i, line in enumerate(picture.lines):
        colour = LIGHT.lines[i % len(LIGHT.lines)]
        marker = SHAPES[MARKERS[i % len(MARKERS)]] if line.style == "dots" else None
        axes.plot(
            line.x,
            line.y,
            STYLES[line.style],
            color=colour,
            label=line.name,
            lw=1.8,
            marker=marker,
            ms=8,
        )
        if line.low is not None and line.high is not None:
            axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.2, lw=0)
    if picture.log_x:
        axes.set_xscale("log")
    if picture.log_y:
        axes.set_yscale("log")
    axes.grid(color=LIGHT.grid)
    if len(picture.lines) > MANY:
        axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5), handlelength=1.2)
    elif len(picture.lines) > 1:
        axes.legend(fontsize=9, framealpha=0.85)


def _scatter(axes, picture: Scatter) -> None:
    names = picture.groups or ("",)
    group = np.zeros(len(picture.xy), int) if picture.group is None else picture.group
    for i, name in enumerate(names):
        x, y = picture.xy[group == i].T
        axes.scatter(
            x,
            y,
            14,
            LIGHT.classes[i % len(LIGHT.classes)],
            alpha=0.75,
            lw=0,
            marker=SHAPES[MARKERS[i % len(MARKERS)]],
            label=name,
        )
    limits = axes.axis()  # those of the points
    for line in picture.outlines:
        axes.plot(*line.T, color=LIGHT.text, lw=1)
    axes.axis(limits)
    axes.grid(color=LIGHT.grid)
    axes.set_axisbelow(True)
    if len(names) > 1:
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5), handletextpad=0.1)


def _images(axes, picture: Images) -> None:
    rows, columns = picture.tiles.shape[:2]
    board = picture.mosaic() if picture.colours is None else picture.colour_mosaic()
    axes.imshow(board, "gray", vmin=0, vmax=255, interpolation="nearest")
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    height, width = board.shape[:2]
    _name(axes.xaxis, picture.columns, width / columns)
    _name(axes.yaxis, picture.rows, height / rows)


def _bars(axes, picture: Bars) -> None:
    axes.bar(picture.names, picture.values, color=LIGHT.lines[0])
    if picture.values.min() >= 0:
        axes.set_ylim(0, max(LEAST, 1.05 * picture.values.max()))
    axes.grid(axis="y", color=LIGHT.grid)
    axes.set_axisbelow(True)


def _heat(axes, picture: HeatMap) -> None:
    image = axes.imshow(picture.values, "cividis", aspect="auto")
    axes.figure.colorbar(image, ax=axes, label=picture.unit)
    _name(axes.xaxis, picture.columns, 1, first=0)
    _name(axes.yaxis, picture.rows, 1, first=0)


def _table(axes, picture: Table) -> None:
    axes.set_axis_off()
    axes.set_title(picture.title, loc="left", fontsize=12, color=LIGHT.text)
    cells = [[str(cell) for cell in row] for row in picture.rows]
    drawn = axes.table(
        cells,
        colLabels=picture.columns,
        loc="upper left",
        cellLoc="left",
        colWidths=[1 / len(picture.columns)] * len(picture.columns),
    )
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(10)
    drawn.scale(1, 1.3)


def _name(axis, names: Sequence[str], size: float, first: float | None = None) -> None:
    """Puts names to the middles of tiles that are `size` long."""
    start = size / 2 if first is None else first
    axis.set_ticks([start + size * i for i in range(len(names))], names)


PAINT = {
    Curves: _curves,
    Scatter: _scatter,
    Images: _images,
    Bars: _bars,
    HeatMap: _heat,
    Table: _table,
}


def _png(figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()  # puts titles above column names, which moves the layout
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    for colours in COLOURS:
        # this method keeps the rare colours of points beside the many greys of pictures
        few = drawn.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        file = io.BytesIO()
        few.save(file, "PNG", optimize=True)
        if file.tell() < LIMIT:
            break
    return file.getvalue()
