"""What a labelling function may ask about an item: numbers with names that a reader understands."""

import keyword
import re

import numpy as np
from numpy.typing import NDArray

from workbench.chapters.labelling.evaluate import Features
from workbench.chapters.labelling.language import ABSTAIN, TEXT

INK = 0.5  # a pixel that is brighter than this counts as written on
LINK = re.compile(r"https?:|www\.|\.com\b|\.net\b|\.org\b")


def of_pictures(x: NDArray) -> Features:
    """Features of pictures x [n, height, width] in [0, 1]; the size of the grid does not count."""
    n, height, width = x.shape
    h, w = max(1, height // 2), max(1, width // 2)
    y_at, x_at = np.mgrid[0:height, 0:width] * 8.0 / np.array([height, width])[:, None, None]
    total = x.sum((1, 2)) + 1e-9
    y_mean, x_mean = ((x * at).sum((1, 2)) / total for at in (y_at, x_at))
    dy, dx = (at - mean[:, None, None] for at, mean in ((y_at, y_mean), (x_at, x_mean)))
    spread = (x * dy * dy).sum((1, 2)) / total
    written = x > INK
    edge = max(1, height // 8)
    return {
        "ink": x.mean((1, 2)),
        "top": x[:, :h].sum((1, 2)) / total,
        "left": x[:, :, :w].sum((1, 2)) / total,
        "centre": x[:, height // 4 : height - height // 4, width // 4 : width - width // 4].mean(
            (1, 2)
        ),
        "top_row": x[:, :edge].mean((1, 2)),
        "bottom_row": x[:, -edge:].mean((1, 2)),
        "upper_left": x[:, :h, :w].mean((1, 2)),
        "upper_right": shade(x[:, :h, w:]),
        "lower_left": shade(x[:, h:, :w]),
        "lower_right": shade(x[:, h:, w:]),
        "width": written.any(1).sum(1) * 8 / width,
        "slant": (x * dy * dx).sum((1, 2)) / total / (spread + 1e-3),
        "strokes_top": strokes(written[:, height // 4]),
        "strokes_middle": strokes(written[:, height // 2]),
        "strokes_bottom": strokes(written[:, (3 * height) // 4]),
        "holes": np.array([holes(picture) for picture in x > INK / 2], float),
        "mirror": likeness(x, x[:, :, ::-1]),
        "flip": likeness(x, x[:, ::-1]),
    }


def shade(part: NDArray) -> NDArray:
    """The mean of each part [n, height, width] of a picture; 0 where it has no pixels."""
    return part.sum((1, 2)) / max(1, part[0].size)


def strokes(rows: NDArray) -> NDArray:
    """How often a row of pixels [n, width] enters what is written."""
    before = np.pad(rows, ((0, 0), (1, 0)))[:, :-1]
    return (rows & ~before).sum(1).astype(float)


def holes(written: NDArray) -> int:
    """How many parts of the ground [height, width] are closed in by what is written."""
    from scipy import ndimage  # a tenth of a second, and megabytes, which a page needs not

    _, count = ndimage.label(np.pad(~written, 1, constant_values=True))
    return count - 1


def likeness(a: NDArray, b: NDArray) -> NDArray:
    """The correlation of pictures a and b [n, h, w], one by one; 0 where one is empty."""
    a, b = (part - part.mean((1, 2), keepdims=True) for part in (a, b))
    size = np.sqrt((a * a).sum((1, 2)) * (b * b).sum((1, 2)))
    return (a * b).sum((1, 2)) / np.maximum(size, 1e-9)


def of_texts(texts: tuple[str, ...]) -> Features:
    """Features of texts, and the texts in small letters as the feature `text`."""
    low = [text.lower() for text in texts]
    letters = [max(1, sum(c.isalpha() for c in text)) for text in texts]
    numbers = {
        "words": [len(text.split()) for text in texts],
        "length": [len(text) for text in texts],
        "links": [len(LINK.findall(text)) for text in low],
        "exclaim": [text.count("!") for text in texts],
        "digits": [sum(c.isdigit() for c in text) for text in texts],
        "capitals": [
            sum(c.isupper() for c in text) / n for text, n in zip(texts, letters, strict=True)
        ],
    }
    features = {name: np.array(column, float) for name, column in numbers.items()}
    return {TEXT: np.array(low, object), **features}


def of_table(columns: list[str], x: NDArray) -> Features:
    """The columns of a table x [n, d] under names that the language can read."""
    features: dict[str, NDArray] = {}
    for number, column in enumerate(columns):
        name = re.sub(r"\W+", "_", column.strip()).strip("_").lower() or f"column_{number + 1}"
        if not name[0].isalpha() or keyword.iskeyword(name) or name in (TEXT, ABSTAIN):
            name = f"c_{name}"
        while name in features:
            name += "_"
        features[name] = x[:, number]
    return features
