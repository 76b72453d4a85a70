"""The numbers of a picture as an HTML table, made when a reader asks for it and not before."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from workbench.core.pictures import Picture, Table
from workbench.results.picture_table import in_words

PLACES = 3  # pictures of a chapter's page that may have a table


def table_html(picture: Picture) -> str:
    """The table of this picture, with its title as caption; a picture that is a table has none."""
    if isinstance(picture, Table):
        return ""
    columns, rows = in_words(picture)
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(_cells(row, columns))}</tr>" for row in rows)
    title = f"<caption>{escape(picture.title)}</caption>"
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: tuple[str, ...], columns: tuple[str, ...]) -> list[str]:
    """The first cell names its row, unless it is a point, which has its name at the end."""
    first = "td" if columns[-1] == "group" else 'th scope="row"'
    names = [first, *["td"] * (len(row) - 1)]
    return [
        f"<{name}>{escape(cell)}</{name.split()[0]}>" for name, cell in zip(names, row, strict=True)
    ]


class Tables:
    """The tables under the pictures of a chapter's page: those that the reader has opened.

    pictures: gives the pictures that are shown now, by the number of their place. The page tells
    "table" with [place, whether it is open], and is shown "table-0" to "table-2".
    """

    def __init__(self, wire: Any, pictures: Callable[[], Mapping[int, Picture]]):
        self._wire = wire
        self._pictures = pictures
        self._open: set[int] = set()
        wire.on("table", self._take)

    def _take(self, message: Any) -> None:
        match message:
            case [int(place), bool(opened)] if 0 <= place < PLACES:
                (self._open.add if opened else self._open.discard)(place)
                self.draw()

    def draw(self) -> None:
        """Shows the numbers of what is shown now under the pictures whose table is open."""
        if self._open:
            shown = self._pictures()
            for place in self._open:
                html = table_html(shown[place]) if place in shown else ""
                self._wire.show(f"table-{place}", html)
