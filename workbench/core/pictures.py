"""The pictures that a frame can show: a small closed vocabulary, in plain NumPy.

Every picture says in one sentence what it shows, for readers who cannot see it and for tests.
"""

from dataclasses import dataclass

import numpy as np

from workbench.core.quantity import COUNT, PERCENT, digits, is_share, write

GAP_GREY = 110  # of 255, between the tiles of a mosaic


@dataclass(frozen=True, eq=False)
class Line:
    """One curve: x and y [n]. `style` is solid, dashed or dots; low and high [n] make a band."""

    name: str
    x: np.ndarray
    y: np.ndarray
    style: str = "solid"
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def _unit(label: str, unit: str = "") -> str:
    """The unit of an axis: its own, or percent where its label says that it shows shares."""
    return unit or (PERCENT if is_share(label) else "")


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves over one axis, such as a loss over training steps.

    y_unit: "%" for shares, if `y_label` does not say so. x_ticks: places on the x axis and what to
    write there, instead of round numbers; place: where a reader's slider stands on it.
    """

    title: str
    lines: tuple[Line, ...]
    x_label: str = "step"
    y_label: str = ""
    log_x: bool = False
    log_y: bool = False
    caption: str = ""
    y_unit: str = ""
    x_ticks: tuple[tuple[float, str], ...] = ()
    place: float | None = None

    def summary(self) -> str:
        """Where each line ends: "at step 100: held-out 0.5, training set 0.4."."""
        unit = _unit(self.y_label, self.y_unit)
        ends: dict[float, list[str]] = {}
        for line in self.lines:
            if len(line.y):
                words = f"{line.name} {write(line.y[-1], unit)}"
                ends.setdefault(float(line.x[-1]), []).append(words)
        parts = [f"at {self._where(x)}: {', '.join(words)}" for x, words in ends.items()]
        return f"{self.title}: " + ("; ".join(parts) or "nothing yet") + "."

    def _where(self, x: float) -> str:
        """A place on the x axis in words: step 100, or 3 (numbers in the code)."""
        text = dict(self.x_ticks).get(x, write(x, _unit(self.x_label)))
        return f"{self.x_label} {text}" if " " not in self.x_label else f"{text} ({self.x_label})"


@dataclass(frozen=True, eq=False)
class Field:
    """A number from 0 to 1 all over a plane: values [rows, columns], the lowest row first.

    `name` says what it is; left, right, low and high are the edges of the plane.
    """

    name: str
    values: np.ndarray
    left: float
    right: float
    low: float
    high: float

    @property
    def corners(self) -> np.ndarray:
        return np.array([[self.left, self.low], [self.right, self.high]])


@dataclass(frozen=True, eq=False)
class Scatter:
    """Points xy [n, 2], each of one group [n] (an index into `groups`).

    `names`: what is written beside each point, "" for nothing.
    `outlines` are closed curves around them, each [m, 2], such as the ellipses of a mixture.
    `equal`: both axes measure the same thing and have one scale, so that circles look round.
    `field` lies behind the points, in the colour of the first group towards 1 and in that of the
    second towards 0; then the axes show the field's plane, and points beyond it are not seen.
    """

    title: str
    xy: np.ndarray
    group: np.ndarray | None = None
    groups: tuple[str, ...] = ()
    x_label: str = ""
    y_label: str = ""
    caption: str = ""
    outlines: tuple[np.ndarray, ...] = ()
    equal: bool = False
    names: tuple[str, ...] = ()
    field: Field | None = None

    @property
    def reach(self) -> np.ndarray:
        """Points [n, 2] that the axes have room for."""
        return self.xy if self.field is None else self.field.corners

    def summary(self) -> str:
        if not len(self.xy):
            return f"{self.title}: nothing yet."
        ends = [digits(value, 2) for value in (*self.xy.min(0), *self.xy.max(0))]
        count = f"{len(self.xy)} point{'s' * (len(self.xy) > 1)}"
        return f"{self.title}: {count}, {ends[0]} to {ends[2]} across, {ends[1]} to {ends[3]} up."


@dataclass(frozen=True, eq=False)
class Images:
    """A grid of pictures: tiles [rows, columns, height, width], grey values in [0, 1].

    They are kept as 8-bit numbers; `rows` and `columns` are optional labels. Tiles given in colour,
    [rows, columns, height, width, 3] in sRGB, are kept in `colours`, and `tiles` holds their
    luma (ITU-R BT.601), so that a reader of `tiles` sees the same picture in grey.
    """

    title: str
    tiles: np.ndarray
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    caption: str = ""
    colours: np.ndarray | None = None

    def __post_init__(self):
        tiles = self.tiles
        if tiles.dtype != np.uint8:
            tiles = (np.clip(tiles, 0, 1) * 255 + 0.5).astype(np.uint8)
        if tiles.ndim == 5:
            object.__setattr__(self, "colours", tiles)
            tiles = (tiles @ np.array([0.299, 0.587, 0.114]) + 0.5).astype(np.uint8)
        object.__setattr__(self, "tiles", tiles)

    def mosaic(self, gap: int = 1) -> np.ndarray:
        """All tiles in one uint8 picture with `gap` mid-grey pixels between them."""
        return _mosaic(self.tiles[..., None], gap)[..., 0]

    def colour_mosaic(self, gap: int = 1) -> np.ndarray:
        """The same in sRGB [height, width, 3]; grey tiles stay grey."""
        if self.colours is None:
            return np.repeat(self.mosaic(gap)[..., None], 3, -1)
        return _mosaic(self.colours, gap)

    def summary(self) -> str:
        rows, columns = ([name for name in names if name] for names in (self.rows, self.columns))
        down, across = self.tiles.shape[:2]
        count = f"{down} row{'s' * (down > 1)} of {across}"
        row_names = f" ({'; '.join(rows)})" if rows else ""
        above = f" under {', '.join(columns)}" if columns else ""
        return f"{self.title}: {count}{row_names}{above}."


def _mosaic(tiles: np.ndarray, gap: int) -> np.ndarray:
    """tiles [rows, columns, height, width, channels] beside each other [tall, wide, channels]."""
    rows, columns, height, width, channels = tiles.shape
    board = np.full((rows, height + gap, columns, width + gap, channels), GAP_GREY, np.uint8)
    board[:, :height, :, :width] = tiles.transpose(0, 2, 1, 3, 4)
    board = board.reshape(rows * (height + gap), -1, channels)
    return board[: -gap or None, : -gap or None]


def _are_whole(values: np.ndarray) -> bool:
    """Whether all are whole numbers, which are written without decimals."""
    return bool((values == np.round(values)).all())


@dataclass(frozen=True, eq=False)
class Bars:
    """One bar a name; values [n]. y_unit: "%" for shares, if `y_label` does not say so."""

    title: str
    names: tuple[str, ...]
    values: np.ndarray
    x_label: str = ""
    y_label: str = ""
    caption: str = ""
    y_unit: str = ""

    def summary(self) -> str:
        unit = _unit(self.y_label, self.y_unit)
        unit = unit or (COUNT if _are_whole(self.values) else "")
        words = (write(v, unit) for v in self.values)
        pairs = [f"{n}: {word}" for n, word in zip(self.names, words, strict=True)]
        return f"{self.title}: " + ", ".join(pairs[:12]) + "."


@dataclass(frozen=True, eq=False)
class HeatMap:
    """A matrix [rows, columns] with named sides."""

    title: str
    values: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    x_label: str = ""
    y_label: str = ""
    unit: str = ""
    caption: str = ""

    def summary(self) -> str:
        form = ".0f" if _are_whole(self.values) else ".2f"
        best = [
            f"{column}: {self.rows[int(i)]} ({self.values[int(i), j]:{form}})"
            for j, (column, i) in enumerate(zip(self.columns, self.values.argmax(0), strict=True))
        ]
        return f"{self.title}: the largest in each column is " + ", ".join(best[:12]) + "."


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of text or numbers under named columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple, ...]
    caption: str = ""

    def summary(self) -> str:
        return f"{self.title}: " + "; ".join(" ".join(map(str, row)) for row in self.rows) + "."


Picture = Curves | Scatter | Images | Bars | HeatMap | Table
