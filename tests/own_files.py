"""Files such as a reader brings: made for a test, and how their refusal must read."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from workbench import data
from workbench.data import DataError

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (40, 8, 8), dtype=np.uint8)
LABELS = np.arange(40) % 4


def refused(path, *words):
    """The sentence with which `path` is refused; it names the file and is a single line."""
    with pytest.raises(DataError) as caught:
        data.load(path)
    sentence = str(caught.value)
    assert Path(path).name in sentence
    assert "\n" not in sentence and "Traceback" not in sentence and len(sentence) < 320
    assert str(Path(path).parent) not in sentence
    for word in words:
        assert word in sentence
    return sentence


def save_pictures(folder, n, size=(40, 30), kind="png"):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        noise = RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{i:03d}.{kind}")
    return folder


# -- tables ----------------------------------------------------------------------------------

ROWS = [(f"{a:.2f}", f"{b:.2f}", str(i % 3)) for i, (a, b) in enumerate(RNG.normal(0, 1, (60, 2)))]
BAG_ROWS = [
    (f"b{i // 3:02d}", str(i // 3 % 2), f"{a:.2f}", f"{b:.2f}")
    for i, (a, b) in enumerate(RNG.normal(0, 1, (60, 2)))
]
BAG_NAMES = "bag,label,a,b"


def write_table(path, names="a,b,label", rows=ROWS, sep=",", **kw):
    """A table of text: names with commas, rows as tuples; `sep` stands where the commas do."""
    lines = [names.replace(",", sep), *(sep.join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", **kw)
    return path


def with_column(place, values, rows=ROWS):
    """The rows with a further column at this place."""
    return [
        (*row[:place], str(value), *row[place:]) for row, value in zip(rows, values, strict=True)
    ]


def with_field(row, place, value, rows=ROWS):
    """The rows with another value in one field; row counts from 1, as sentences do."""
    changed = [list(each) for each in rows]
    changed[row - 1][place] = value
    return changed


# -- pictures --------------------------------------------------------------------------------


def save_classes(folder, draw, kinds=("png", "png"), count=12, **options):
    """Two classes of pictures: draw(class, number) gives an Image, saved as this kind of file."""
    for k, kind in enumerate(kinds):
        (folder / str(k)).mkdir(parents=True)
        for i in range(count):
            draw(k, i).save(folder / str(k) / f"{i:02d}.{kind}", **options)
    return folder


def noise(_k, _i):
    return Image.fromarray(RNG.integers(0, 256, (16, 16, 3), np.uint8))


def stroke(mode, ground, ink, size=40):
    """draw(class, number): a line or an oval in `ink` on `ground`, with a rim around it."""

    def draw(k, i):
        image = Image.new(mode, (size, size), ground)
        pen = ImageDraw.Draw(image)
        (pen.line if k else pen.ellipse)([5, 5, 30 - i, 30], fill=ink)
        return image

    return draw


def clear_palette(k, i):
    """Black strokes in a palette whose first colour, a black of its own, is transparent."""
    image = stroke("L", 0, 1)(k, i).convert("P")
    image.putpalette([0, 0, 0, 0, 0, 0])
    image.info["transparency"] = 0
    return image


def deep_png(path, pixels):
    """A PNG of 16 bits a channel, which Pillow does not write: pixels uint16 [h, w, 3]."""
    height, width = pixels.shape[:2]
    rows = pixels.astype(">u2").reshape(height, -1).view(np.uint8)
    body = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(body)), (b"IEND", b"")
    chunks = [
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    ]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def save_bags(folder, labels=("healthy", "sick"), bags=3, count=4):
    """LABEL/BAG/*.png."""
    for label in labels:
        for bag in range(bags):
            save_pictures(folder / label / f"bag {bag}", count)
    return folder
