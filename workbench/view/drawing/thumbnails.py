"""TODO."""

import base64
import struct
import zlib
from html import escape

import numpy as np
from bokeh.palettes import Cividis256

from workbench.core.pictures import Bars, Curves, HeatMap, Images, Picture, Scatter
from workbench.view.drawing.axes import _drawable
from workbench.view.drawing.theme import CLASS10


def thumbnail(picture: Picture, width: int = 260) -> str:
    """A small still of the picture as HTML, for cards: an image or a drawing without labels."""
    label = escape(picture.summary())
    match picture:
        case Images():
            mosaic = picture.mosaic() if picture.colours is None else picture.colour_mosaic()
            return _still(mosaic[: max(1, mosaic.shape[1] * 5 // 8)], label, width)
        case HeatMap():
            values = np.nan_to_num(_drawable(picture.values, False))
            part = values / (np.abs(values).max() or 1)
            return _still((255 * np.clip(part, 0, 1)).astype(np.uint8), label, width, CIVIDIS)
        case Curves():
            marks = _curve_marks(picture)
        case Scatter():
            marks = _point_marks(picture)
        case Bars():
            marks = _bar_marks(picture)
        case _:
            return ""
    return (
        f'<svg role="img" aria-label="{label}" viewBox="-2 -2 104 64" width="{width}"'
        f' style="max-width:100%">{marks}</svg>'
    )


def _still(pixels: np.ndarray, label: str, width: int, palette: bytes = b"") -> str:
    code = base64.b64encode(_png(pixels, palette)).decode()
    tall, wide = pixels.shape[:2]
    shape = f"aspect-ratio:{wide}/{min(tall, wide * 5 / 8)};height:auto;max-width:100%"
    source = f'src="data:image/png;base64,{code}"'
    return f'<img alt="{label}" width="{width}" style="{shape};image-rendering:pixelated" {source}>'


CIVIDIS = bytes.fromhex("".join(colour[1:] for colour in Cividis256))


def _png(pixels: np.ndarray, palette: bytes = b"") -> bytes:
    """An 8-bit PNG: grey, of 256 colours, or RGB. The format is short enough to need no library."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    height, width = pixels.shape[:2]
    kind = 2 if pixels.ndim == 3 else 3 if palette else 0
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    rows = np.pad(
        pixels.reshape(height, -1), ((0, 0), (1, 0))
    ).tobytes()  # each row begins with filter 0
    parts = [chunk(b"IHDR", head), chunk(b"PLTE", palette) if palette else b""]
    parts += [chunk(b"IDAT", zlib.compress(rows, 6)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _curve_marks(picture: Curves) -> str:
    kept = [slice(None, None, len(line.x) // 100 + 1) for line in picture.lines]
    xs = [line.x[some] for line, some in zip(picture.lines, kept, strict=True)]
    ys = [line.y[some] for line, some in zip(picture.lines, kept, strict=True)]
    x, y = _scaled(xs, picture.log_x), 60 - 0.6 * _scaled(ys, picture.log_y)
    marks, start = "", 0
    for i, line in enumerate(picture.lines):
        part = slice(start, start := start + len(xs[i]))
        points = " ".join(
            f"{a:.1f},{b:.1f}" for a, b in zip(x[part], y[part], strict=True) if a + b == a + b
        )
        dash = ' stroke-dasharray="5 3"' if line.style == "dashed" else ""
        colour = CLASS10[i % 10]
        marks += (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        )
    return marks


def _point_marks(picture: Scatter, most: int = 300) -> str:
    xy = np.asarray(picture.xy, float).reshape(-1, 2)
    every = slice(None, None, -(-len(xy) // most) or 1)
    x, y = _scaled([xy[every, 0]]), 60 - 0.6 * _scaled([xy[every, 1]])
    group = np.zeros(len(xy), int) if picture.group is None else np.asarray(picture.group)
    return "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="1.2" fill="{CLASS10[g % 10]}"/>'
        for a, b, g in zip(x, y, group[every], strict=True)
        if a + b == a + b
    )


def _bar_marks(picture: Bars) -> str:
    heights = 0.6 * _scaled([picture.values, [0.0]])
    pitch, ground = 100 / max(1, len(picture.values)), heights[-1]
    return "".join(
        f'<rect x="{i * pitch:.1f}" y="{60 - max(h, ground):.1f}" width="{pitch * 0.7:.1f}"'
        f' height="{abs(h - ground):.1f}" fill="{CLASS10[0]}"/>'
        for i, h in enumerate(heights[:-1])
        if h == h
    )


def _scaled(arrays, log: bool = False) -> np.ndarray:
    """All the numbers in one row, 0 to 100; NaN stays."""
    values = np.concatenate([_drawable(a, log) for a in arrays] or [np.zeros(0)])
    values = np.log10(values) if log else values
    good = values[np.isfinite(values)]
    return 100 * (values - good.min()) / (np.ptp(good) or 1) if len(good) else values
