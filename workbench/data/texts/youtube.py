"""Comments under five music videos, spam or not, which are always there.

The file is packed from the five tables of the UCI set by `pack`: video, text and class, without
ids, authors and dates. Repeated texts are dropped when it is read.
"""

from __future__ import annotations

import csv
import gzip
import io
from functools import cache
from pathlib import Path

import numpy as np

from workbench.data.texts.textset import TextSet, plain_text

FILE = Path(__file__).with_name("youtube_comments.csv.gz")
SOURCE = "YouTube Spam Collection, T. C. Alberto, J. V. Lochter and T. A. Almeida, UCI, CC BY 4.0"
CLASSES = ("ham", "spam")


@cache
def load_comments() -> TextSet:
    """1733 different comments under five videos, about half of them spam."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = {plain_text(row["text"]): row for row in reversed(rows)}  # of repeats
    texts = [text for text in reversed(first) if text]
    parts = tuple(dict.fromkeys(row["video"] for row in rows))
    return TextSet(
        name="comments",
        title="YouTube comments",
        source=SOURCE,
        texts=tuple(texts),
        y=np.array([int(first[text]["spam"]) for text in texts], np.int64),
        classes=CLASSES,
        part=np.array([parts.index(first[text]["video"]) for text in texts]),
        parts=parts,
    )


def pack(folder: Path) -> bytes:
    """The embedded file, made of Youtube0*.csv as UCI has them; one begins with an empty line."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["video", "text", "spam"])
    for path in sorted(folder.glob("Youtube0*.csv")):
        video = path.stem.partition("-")[2]
        lines = path.read_text(encoding="utf-8-sig").lstrip("\r\n")
        for row in csv.DictReader(io.StringIO(lines, newline="")):
            writer.writerow([video, row["CONTENT"], row["CLASS"]])
    return gzip.compress(table.getvalue().encode(), 9, mtime=0)
