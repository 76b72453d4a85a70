"""A picture's numbers as a table: for readers who cannot see it, and for files.

`rows(picture)` gives the numbers as they are, `in_words(picture)` as a page writes them.
"""

from typing import NamedTuple

import numpy as np

from workbench.core.pictures import Bars, Curves, Field, HeatMap, Images, Picture, Scatter, Table
from workbench.core.quantity import COUNT, PERCENT, Quantity, is_share, write

SIGNIFICANT = 4  # digits of a number in words
ABSENT = "-"  # where a curve has no point, or a matrix no number

Cell = float | int | str | None
Rows = list[tuple[Cell, ...]]


class Numbers(NamedTuple):
    """What each column is called, and its unit; the cells of each row, None where there is none."""

    columns: tuple[Quantity, ...]
    rows: Rows


def rows(picture: Picture) -> tuple[tuple[str, ...], Rows]:
    """The names of the columns, and the cells of each row as numbers and texts.

    Curves have a row for each place on their x axis, points and bars one each, heat maps theirs;
    small pictures have the mean brightness of each, from 0 to 1, under their labels.
    """
    columns, cells = numbers(picture)
    return tuple(column.axis for column in columns), cells


def in_words(picture: Picture) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The same as a page writes it: shares in percent, other numbers to four digits."""
    columns, cells = numbers(picture)
    units = [_unit_within(column) for column in columns]
    words = [tuple(map(_word, row, units)) for row in cells]
    return tuple(column.axis for column in columns), words


def numbers(picture: Picture) -> Numbers:
    """The table of this picture, whatever its kind."""
    match picture:
        case Curves():
            return _of_curves(picture)
        case Scatter():
            return _of_scatter(picture)
        case Images():
            return _of_images(picture)
        case Bars():
            columns = (
                Quantity(picture.x_label or "bar"),
                _quantity(picture.y_label, picture.y_unit, "value"),
            )
            values = picture.values.tolist()
            return Numbers(columns, list(zip(picture.names, values, strict=True)))
        case HeatMap():
            return _of_heat_map(picture)
        case Table():
            return Numbers(tuple(map(Quantity, picture.columns)), list(picture.rows))


def _of_curves(picture: Curves) -> Numbers:
    """A row for each x that any of the lines has, and beside a line the band around it."""
    if any((np.diff(line.x) <= 0).any() for line in picture.lines):
        return _of_paths(picture)
    unit = _quantity(picture.y_label, picture.y_unit, "").unit
    columns = [_quantity(picture.x_label, "", "x")]
    series: list[dict[float, float]] = []
    for line in picture.lines:
        for suffix, values in {"": line.y, ", low": line.low, ", high": line.high}.items():
            if values is not None:
                points = zip(line.x.tolist(), np.asarray(values).tolist(), strict=True)
                columns.append(Quantity(line.name + suffix, unit))
                series.append(dict(points))
    written = dict(picture.x_ticks)
    places = sorted({x for points in series for x in points})
    cells: Rows = [(written.get(x, x), *(points.get(x) for points in series)) for x in places]
    return Numbers(tuple(columns), cells)


def _of_paths(picture: Curves) -> Numbers:
    """A row for each point of a line that turns back, in the order in which it goes."""
    columns = (
        Quantity("line"),
        _quantity(picture.x_label, "", "x"),
        _quantity(picture.y_label, picture.y_unit, "y"),
    )
    cells: Rows = [
        (line.name, x, y)
        for line in picture.lines
        for x, y in zip(line.x.tolist(), np.asarray(line.y).tolist(), strict=True)
    ]
    return Numbers(columns, cells)


def _of_scatter(picture: Scatter) -> Numbers:
    """A row for each point, and for each corner of an outline around points."""
    columns = _quantity(picture.x_label, "", "x"), _quantity(picture.y_label, "", "y")
    points = picture.xy.tolist()
    names = ["point"] * len(points)
    if picture.group is not None and picture.groups:
        names = [picture.groups[int(group)] for group in picture.group]
    for number, word in enumerate(picture.names):
        names[number] = f"{word} ({names[number]})" if word else names[number]
    for number, outline in enumerate(picture.outlines, 1):
        points += outline.tolist()
        names += [f"outline {number}"] * len(outline)
    if picture.field is not None:
        middles, values = _of_field(picture.field)
        points += middles
        names += values
    cells: Rows = [(x, y, name) for (x, y), name in zip(points, names, strict=True)]
    return Numbers((*columns, Quantity("group")), cells)


def _of_field(field: Field) -> tuple[list[list[float]], list[str]]:
    """The middle of each cell, and the field's number there in words."""
    rows, columns = field.values.shape
    x, y = (
        low + (high - low) * (np.arange(count) + 0.5) / count
        for low, high, count in ((field.left, field.right, columns), (field.low, field.high, rows))
    )
    middles = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2).tolist()
    return middles, [f"{field.name} {value:.2f}" for value in field.values.ravel()]


def _of_images(picture: Images) -> Numbers:
    down, across = picture.tiles.shape[:2]
    brightness = picture.tiles.mean((2, 3)) / 255
    columns = [Quantity(name) for name in _names(picture.columns, across, "column")]
    names = _names(picture.rows, down, "row")
    cells: Rows = [(name, *row) for name, row in zip(names, brightness.tolist(), strict=True)]
    return Numbers((Quantity("mean brightness of"), *columns), cells)


def _of_heat_map(picture: HeatMap) -> Numbers:
    whole = bool((picture.values == np.round(picture.values)).all())
    unit = picture.unit or (COUNT if whole else "")
    corner = " / ".join(filter(None, (picture.y_label, picture.x_label))) or "row"
    columns = Quantity(corner), *(Quantity(name, unit) for name in picture.columns)
    values = picture.values.tolist()
    cells: Rows = [(name, *row) for name, row in zip(picture.rows, values, strict=True)]
    return Numbers(columns, cells)


def _names(labels: tuple[str, ...], count: int, kind: str) -> list[str]:
    """A name for each row or column of small pictures, the place of one without a label."""
    given = [*labels, *[""] * (count - len(labels))]
    return [label or f"{kind} {place}" for place, label in enumerate(given, 1)]


def _quantity(label: str, unit: str, otherwise: str) -> Quantity:
    return Quantity(label or otherwise, unit or (PERCENT if is_share(label) else ""))


def _unit_within(column: Quantity) -> str:
    """The unit that a cell names; other units stand once, in the head of the column."""
    return column.unit if column.unit in (PERCENT, COUNT) else ""


def _word(cell: Cell, unit: str) -> str:
    if isinstance(cell, str):
        return cell
    return ABSENT if cell is None or cell != cell else write(float(cell), unit, SIGNIFICANT)
