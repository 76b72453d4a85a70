"""A picture as a file: SVG for papers, CSV for numbers, and a name that says what it shows."""

import csv
import io

from workbench.core.chapter import Chapter
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.picture_table import rows
from workbench.results.plan import write
from workbench.results.svg import svg

MOST_LETTERS = 120  # of a file's name


def as_file(picture: Picture, form: str) -> tuple[str, str]:
    """The kind of file that this is, and its text. form: svg or csv; ValueError for others."""
    if form == "svg":
        return "image/svg+xml", svg(picture)
    if form == "csv":
        return "text/csv", as_csv(picture)
    raise ValueError(f"A figure is saved as svg or csv, not as {form[:20]!r}.")


def as_csv(picture: Picture) -> str:
    """The picture's numbers as CSV, to the last bit; a cell is empty where there is no number."""
    columns, cells = rows(picture)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    table.writerows(["" if cell is None else cell for cell in row] for row in cells)
    return text.getvalue()


def file_name(chapter: Chapter, settings: Settings, title: str) -> str:
    """Chapter, picture, knobs that are not as they are at first, and seed, without an ending.

    What a reader has written is in no name.
    """
    first, knobs = type(settings)().values_by_name(), settings.knobs()
    changed = [
        f"{name}-{write(value)}"
        for name, value in settings.values_by_name().items()
        if value != first[name] and knobs[name].kind != "text" and name != "seed"
    ]
    words = [chapter.name, title, *changed, f"seed-{settings.seed}"]
    return "_".join(map(_plain, words))[:MOST_LETTERS]


def _plain(text: str) -> str:
    """The text with letters and digits alone: it is a name on every system."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "-" for c in text.lower())
    return "-".join(filter(None, kept.split("-")))
