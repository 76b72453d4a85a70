"""Prose: a chapter's Markdown with $formulas$ as HTML that needs no script and no network."""

from functools import cache

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


@cache
def html(markdown: str) -> str:
    """Markdown as HTML, formulas as MathML. Raw HTML in the text is escaped."""
    return _reader().render(markdown)


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return reader.use(dollarmath_plugin, renderer=_formula, double_inline=True)


def _formula(latex: str, options: dict) -> str:
    return convert(latex, display="block" if options.get("display_mode") else "inline")
