"""The first use of a term in a text leads to its definition; headings and formulas are left."""

from collections.abc import Sequence
from html import escape

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from workbench.core.glossary import Term, first_uses

GLOSSARY = "?glossary"  # the page's address
END = "\n\0\n"  # between two runs of words: no term reaches over it


def link(tokens: Sequence[Token], chapter: str, leave: Term | None = None) -> list[Term]:
    """Marks the first use of each term but `leave` in a parsed text; returns these terms."""
    words = [part for line in _lines(tokens) for part in _running_words(line)]
    text, begin = END.join(part.content for part in words), 0
    uses = [(found, term) for found, term in first_uses(text, chapter) if term != leave]
    for part in words:
        end = begin + len(part.content)
        own = [(found, term) for found, term in uses if begin <= found.start() < end]
        part.meta = {"terms": [(m.start() - begin, m.end() - begin, term) for m, term in own]}
        begin = end + len(END)
    return [term for _, term in uses]


def _lines(tokens: Sequence[Token]) -> list[Token]:
    """The tokens that hold text, but for headings."""
    headings = {i + 1 for i, token in enumerate(tokens) if token.type == "heading_open"}
    return [token for i, token in enumerate(tokens) if token.type == "inline" and i not in headings]


def _running_words(line: Token) -> list[Token]:
    """The plain words of a line, each run of them as one token; none of a link's."""
    parts: list[Token] = []
    words: list[Token] = []
    depth = 0
    for part in line.children or ():
        depth += (part.type == "link_open") - (part.type == "link_close")
        runs_on = bool(parts) and parts[-1].type == "text"
        if runs_on and part.type in ("text", "softbreak"):
            parts[-1].content += "\n" if part.type == "softbreak" else part.content
            continue
        parts.append(part)
        if part.type == "text" and depth == 0:
            words.append(part)
    line.children = parts
    return words


def write(_renderer, tokens: Sequence[Token], place: int, _options, _env) -> str:
    """A run of words as HTML, with the links that it has been given."""
    text, pieces, last = tokens[place].content, [], 0
    for begin, end, term in tokens[place].meta.get("terms", ()):
        pieces += [escapeHtml(text[last:begin]), term_link(text[begin:end], term)]
        last = end
    return "".join([*pieces, escapeHtml(text[last:])])


def term_link(words: str, term: Term) -> str:
    """The words as a link to the term's definition, which terms.js shows beside them."""
    return (
        f'<a class="term" href="{GLOSSARY}#{escape(term.anchor)}" '
        f'data-means="{escape(term.meaning)}">'
        f"{escapeHtml(words)}</a>"
    )
