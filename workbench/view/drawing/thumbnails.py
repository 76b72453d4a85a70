"""Thumbnails: a picture without labels, for a card. Drawn by the renderer of files."""

from dataclasses import replace
from html import escape

import numpy as np

from workbench.core.palette import channels, heat_colours
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter
from workbench.results.png import data_url
from workbench.results.svg import draw_marks, shares_of_range

WIDTH, HEIGHT, MARGIN = 200, 120, 5  # of a drawing, in its own units
POINTS_DRAWN = 300  # of a scatter, and a third of them of a line


def thumbnail(picture: Picture, width: int = 260) -> str:
    """A small still of the picture as HTML: an image, or a drawing in SVG."""
    match picture:
        case Images():
            mosaic = picture.mosaic() if picture.colours is None else picture.colour_mosaic()
            return _image(mosaic[: max(1, mosaic.shape[1] * 5 // 8)], picture, width)
        case HeatMap():
            return _image(_coloured(picture), picture, width)
        case Curves() | Scatter() | Bars():
            return _drawing(thinned(picture), picture.summary(), width)
        case _:
            return ""


def thinned(picture: Picture) -> Picture:
    """The picture with no more points than a thumbnail has room for."""
    if isinstance(picture, Scatter):
        every = slice(None, None, -(-len(picture.xy) // POINTS_DRAWN) or 1)
        group = None if picture.group is None else picture.group[every]
        return replace(picture, xy=picture.xy[every], group=group, outlines=())
    if isinstance(picture, Curves):
        return replace(picture, lines=tuple(map(_thinned_line, picture.lines)))
    return picture


def _thinned_line(line):
    every = slice(None, None, len(line.x) // (POINTS_DRAWN // 3) + 1)
    return replace(line, x=line.x[every], y=line.y[every], low=None, high=None)


def _drawing(picture: Curves | Scatter | Bars, summary: str, width: int) -> str:
    wide, high = WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN
    return (
        f'<svg role="img" aria-label="{escape(summary)}" width="{width}" style="max-width:100%"'
        f' viewBox="{-MARGIN} {-MARGIN} {wide} {high}">{draw_marks(picture, WIDTH, HEIGHT)}</svg>'
    )


def _image(pixels: np.ndarray, picture: Picture, width: int) -> str:
    tall, wide = pixels.shape[:2]
    shape = f"aspect-ratio:{wide}/{min(tall, wide * 5 / 8)};height:auto;max-width:100%"
    return (
        f'<img alt="{escape(picture.summary())}" width="{width}"'
        f' style="{shape};image-rendering:pixelated" src="{data_url(pixels)}">'
    )


def _coloured(picture: HeatMap) -> np.ndarray:
    """A pixel for each cell [rows, columns, 3]."""
    palette = np.array([channels(colour) for colour in heat_colours()], np.uint8)
    return palette[(255 * shares_of_range(picture.values)).astype(int)]
