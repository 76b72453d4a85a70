"""Tables: plain HTML in a Bokeh model."""

from html import escape

import numpy as np
from bokeh.models import Div

from workbench.core.pictures import Table
from workbench.view.drawing.theme import Theme

LONG = 20  # letters that are not broken into a line for each word, however narrow the card is
SHADES = """
[role=region] { overflow-x: auto; background:
  linear-gradient(to right, var(--cover) 40%, transparent) 0 0 / 32px 100% no-repeat local,
  linear-gradient(to left, var(--cover) 40%, transparent) 100% 0 / 32px 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) 0 0 / 12px 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) 100% 0 / 12px 100% no-repeat scroll; }
"""  # a shade at a side where more of a wide table is; what is local moves along and covers it


class TableArt:
    """A plain HTML table: it wraps, it is read aloud, and all of it is escaped."""

    def __init__(self, picture: Table):
        self.spans = []
        self.model = Div(disable_math=True, sizing_mode="stretch_width")

    def resize(self, size: str):
        """Does nothing: text is as large as other text."""

    def paint(self, theme: Theme):
        self.model.stylesheets = [
            f":host {{ color: {theme.text}; font: 14px/1.5 system-ui, sans-serif; }}"
            ".bk-clearfix { display: block !important; }"
            f"[role=region] {{ --cover: var(--wb-card, {theme.page}); --shade: {theme.border}; }}"
            f"{SHADES}"
            "table { border-collapse: collapse; }"
            "th, td { padding: 4px 7px 4px 1px; text-align: left; }"
            "td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }"
            f"td.long {{ min-width: {LONG}ch; }}"
            f"th {{ border-bottom: 2px solid {theme.border}; }}"
            f"td {{ border-bottom: 1px solid {theme.grid}; }}"
        ]

    def patch(self, picture: Table, x_end: float | None):
        first = picture.rows[0] if picture.rows else ("",) * len(picture.columns)
        head = "".join(
            f'<th scope="col"{_side(value)}>{escape(str(column))}</th>'
            for column, value in zip(picture.columns, first, strict=False)
        )
        body = "".join(f"<tr>{''.join(map(_table_cell, row))}</tr>" for row in picture.rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        label = escape(picture.title)
        self.model.text = f'<div tabindex="0" role="region" aria-label="{label}">{table}</div>'


def _side(value) -> str:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return ' class="number"' if number else ""


def _table_cell(value) -> str:
    text = f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)
    return f"<td{_mark(value, text)}>{escape(text)}</td>"


def _mark(value, text: str) -> str:
    """The class of a cell: a number, or a long text, which keeps some width."""
    if isinstance(value, str) and len(text) > LONG:
        return ' class="long"'
    return _side(value)
