"""Pictures on a page: a card each, in a grid that is patched in place."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

import panel as pn
from bokeh.models import Column

from workbench.core.pictures import Images, Picture, Table
from workbench.view.drawing import legend
from workbench.view.drawing.drawing import Drawing, draw
from workbench.view.drawing.table import LONG
from workbench.view.page.figures import MENU
from workbench.view.page.numbers import table_html
from workbench.view.page.prose import unbroken
from workbench.view.page.session import push, served, together, weak_method
from workbench.view.page.widgets import Words

CARD_WIDTH = 340  # pixels at least, where the window has as many
GRID = """
:host { display: grid !important; gap: 14px; width: 100%; grid-auto-flow: dense;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, CARD_WIDTHpx), 1fr)); }
@media (min-width: 1180px) { .wide { grid-column: span 2; } }
.bk-Column { align-self: start !important; height: auto !important; overflow: hidden; }
"""


CARD = """
:host { min-width: 0; padding: 10px 12px 8px;
        border: 1px solid var(--wb-line, #d0d7de); border-radius: 10px;
        background: var(--wb-card, transparent); color: var(--wb-text, inherit); }
"""


HEAD = """
h3 { font-size: 15px; margin: 0 0 2px; }
p { margin: 0 0 4px; font-size: 13px; color: var(--wb-muted, inherit); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
button { float: right; min-height: 24px; padding: 0 8px; font: 12.5px/22px system-ui, sans-serif;
         color: var(--wb-muted, inherit); background: none; cursor: pointer;
         border: 1px solid var(--wb-line, #d0d7de); border-radius: 8px; }
button:hover { border-color: var(--wb-accent, #0072B2); }
button:focus-visible { outline: 3px solid var(--wb-accent, #0072B2); }
"""
ROWS = "rows"  # the tag of a head whose reader has opened the numbers: see tables.js


SAVE = """
.save { float: right; position: relative; font-size: 13px; margin-left: 6px; }
.save > summary { padding: 2px 9px; cursor: pointer; list-style: none;
  color: var(--wb-muted, inherit); border: 1px solid var(--wb-line, #d0d7de); border-radius: 7px; }
.save:not([open]) > div { display: none; }
.save button { font: inherit; float: none; display: block; width: 100%; min-height: 28px;
  text-align: left; color: inherit; background: none; border: 0; cursor: pointer; }
"""
SAVE_MENU = (
    '<details class="save" data-name="{}"><summary aria-label="Save this picture">Save</summary>'
    f"<div>{MENU}</div></details>"
)


ROWS_STYLE = """
:host { display: block; max-height: 300px; overflow: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 4px 8px; font-weight: 600; white-space: nowrap; }
th, td { text-align: left; padding: 2px 8px; white-space: nowrap;
         border-top: 1px solid var(--wb-line, #d0d7de); }
tbody th { font-weight: normal; }
"""
LINE_LETTERS, CELL_LETTERS = 44, 60  # of a table in one column of the grid: in all, of a cell


class Card:
    """One picture with its title, how to read it, and what it shows now in words."""

    def __init__(self, picture: Picture, dark: bool, x_end: float | None = None, save_as: str = ""):
        self._save_as = save_as
        self.drawing: Drawing = draw(picture, dark, x_end)
        self.head = Words(HEAD, legend.STYLE, SAVE)
        self.words = Words(HEAD)
        self.rows: Words | None = None  # the picture's numbers, once a reader has asked for them
        self.head.model.on_change("tags", self._changer())
        self.model = Column(
            self.head.model,
            self.drawing.model,
            self.words.model,
            stylesheets=[CARD],
            sizing_mode="stretch_width",
            css_classes=_classes(picture),
        )
        self._show_head(picture)
        self.describe(picture)

    def update(self, picture: Picture, dark: bool, x_end: float | None = None) -> None:
        """Shows the picture in place, or builds a drawing that can."""
        if not self.drawing.fits(picture):
            self.drawing = draw(picture, dark, x_end)
            self._fill()
        else:
            self.drawing.update(picture, x_end)
            if self.model.css_classes != _classes(picture):
                self.model.css_classes = _classes(picture)
        self._show_head(picture)
        self.describe(picture)
        if self.rows is not None:
            self.rows.text = table_html(picture)

    def _show_head(self, picture: Picture) -> None:
        title, caption = escape(picture.title), escape(unbroken(picture.caption))
        menu = SAVE_MENU.format(escape(self._save_as)) if self._save_as else ""
        opener = "" if isinstance(picture, Table) or not served() else self._opener(title)
        self.head.text = f"{menu}{opener}<h3>{title}</h3><p>{caption}</p>{self.drawing.legend}"

    def _opener(self, title: str) -> str:
        """HTML of the button that asks for the numbers; it tells the server by the head's tags."""
        return (
            f'<button type="button" data-rows="{self.head.model.id}" '
            f'aria-label="Numbers of {title}">Numbers</button>'
        )

    def _changer(self) -> Callable[..., None]:
        change = weak_method(self._show_rows)
        return lambda _attribute, _old, tags: change(ROWS in tags)

    def _show_rows(self, wanted: bool) -> None:
        """Puts the picture's numbers under it, or takes them away."""
        self.rows = Words(ROWS_STYLE) if wanted else None
        if self.rows is not None:
            self.rows.model.html_attributes = {
                "tabindex": "0",
                "role": "region",
                "aria-label": "Numbers",
            }
            self.rows.text = table_html(self.drawing.picture)
        self._fill()

    def _fill(self) -> None:
        parts = [self.head.model, self.drawing.model, self.words.model]
        self.model.children = parts + ([self.rows.model] if self.rows is not None else [])

    def describe(self, picture: Picture) -> None:
        """Says what the picture shows in one sentence, for readers who cannot see it."""
        if isinstance(picture, Table):  # it is text already
            return
        words = escape(picture.summary().removeprefix(picture.title + ": "))
        self.words.text = f'<p class="unseen">{words}</p>'


class Cards(Mapping):
    """A grid of cards by name; pictures shown under the same names patch what is there.

    width: pixels that a card has at least. menu: whether each has a menu that saves its picture,
    on a page that listens to it.
    """

    def __init__(self, dark: bool, width: int = CARD_WIDTH, menu: bool = False):
        self.dark = dark
        self._menu = menu
        self._cards: dict[str, Card] = {}
        grid = GRID.replace("CARD_WIDTH", str(width))
        self.grid = Column(stylesheets=[grid], sizing_mode="stretch_width")
        self.pane = pn.pane.Bokeh(self.grid, sizing_mode="stretch_width")

    def __getitem__(self, name: str) -> Card:
        return self._cards[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)

    def show(
        self,
        pictures: Mapping[str, Picture],
        x_end: Callable[[str], float | None] = lambda _name: None,
    ) -> None:
        """Shows these pictures and no others, with what they show in words. `x_end` tells where
        the axis of a growing curve ends."""
        with together():
            for name, picture in pictures.items():
                card = self._cards.get(name)
                if card is None:
                    save_as = name if self._menu else ""
                    self._cards[name] = Card(picture, self.dark, x_end(name), save_as)
                    continue
                card.update(picture, self.dark, x_end(name))
            self._cards = {name: self._cards[name] for name in pictures}
            models = [card.model for card in self.values()]
            if models != self.grid.children:
                self.grid.children = models
        push(self.pane)

    def begin_anew(self) -> None:
        """Lets axes forget what they had room for: another run is shown next."""
        for card in self.values():
            card.drawing.reset()

    def fade(self) -> None:
        """Makes pale what belongs to the run before."""
        for card in self.values():
            card.drawing.fade()

    def forget(self) -> None:
        """Lets go of the cards; the page keeps what it shows."""
        self._cards = {}


def _classes(picture: Picture) -> list[str]:
    return ["wide"] if columns_taken(picture) > 1 else []


def columns_taken(picture: object) -> int:
    """How many columns of the grid it takes: rows of small pictures need two to be seen, and so
    do tables that are wide or have long texts."""
    if isinstance(picture, Table):
        longest = max((len(str(cell)) for row in picture.rows for cell in row), default=0)
        return 2 if letters_across(picture) > LINE_LETTERS or longest > CELL_LETTERS else 1
    if not isinstance(picture, Images):
        return 1
    rows, columns, height, width = picture.tiles.shape
    return 2 if columns * (width + 1) - 1 > 2.5 * (rows * (height + 1) - 1) else 1


def letters_across(table: Table) -> int:
    """The fewest letters of a line that the table's columns take beside each other."""
    columns = zip(table.columns, *table.rows, strict=True) if table.columns else ()
    return sum(1 + max(map(_unbroken, map(str, column))) for column in columns)


def _unbroken(text: str) -> int:
    """The letters of a cell's text that stay in one line: its longest word, or LONG of them."""
    return LONG if len(text) > LONG else max(map(len, text.split(" ")))
