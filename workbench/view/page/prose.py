"""Prose: a chapter's Markdown with $formulas$ as HTML that needs no script and no network."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from workbench.core.chapter import Claim
from workbench.core.glossary import Term
from workbench.view.page import terms

MATHML = "http://www.w3.org/1998/Math/MathML"
ElementTree.register_namespace("", MATHML)
OPERATOR = f"{{{MATHML}}}mo"
# before which a formula may go on in the next line: operators between two, and sums
BREAKS = set("=<>≤≥≈∈∝→∼+−±⊙∑∏")
SCRIPTED = {f"{{{MATHML}}}{kind}" for kind in ("msub", "munder", "munderover", "msubsup")}
NAME = f"{{{MATHML}}}mi"
FUNCTIONS = {"log", "exp", "max", "min", "arg", "det", "sin", "cos"}
# the last piece of a formula with the stop behind it, which would else begin the next line alone
STOPPED = re.compile(r"(<math(?:(?!<math).)*?</math>)</span>([.,;:!?)]+)")
CODE = re.compile(r"`([a-z][a-z0-9-]*)`")
OPENS, CLOSES = set("([{⌊⟨"), set(")]}⌋⟩")


@cache
def html(markdown: str, chapter: str | None = None, leave: Term | None = None) -> str:
    """Markdown as HTML, formulas as MathML. Raw HTML in the text is escaped.

    chapter: whose text it is, "" for the house's; then the first use of each term leads to the
    glossary, but for that of `leave`.
    """
    tokens = parse(unbroken(markdown))
    if chapter is not None:
        terms.link(tokens, chapter, leave)
    return render(tokens)


def parse(markdown: str) -> list[Token]:
    """The tokens of Markdown, for whoever changes some of them before they are rendered."""
    return _reader().parse(markdown)


def render(tokens: Sequence[Token]) -> str:
    """The tokens as HTML."""
    rendered = _reader().renderer.render(tokens, _reader().options, {})
    return STOPPED.sub(r'<span class="unbroken">\1\2</span></span>', rendered)


def link_claims(markdown: str, claims: Iterable[Claim]) -> str:
    """The text with the id of each of these claims as a link to the claim in the page's list."""
    known = {claim.id for claim in claims}
    return CODE.sub(
        lambda code: f"[{code[0]}](#claim-{code[1]})" if code[1] in known else code[0], markdown
    )


def terms_of(markdown: str, chapter: str) -> list[Term]:
    """The terms from which `html` would lead to the glossary."""
    return terms.link(parse(markdown), chapter)


def unbroken(text: object) -> str:
    """The text with numbers and their % in one line."""
    return re.sub(r"(?<=\d) %", "\u00a0%", str(text))


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("text", terms.write)
    return reader.use(dollarmath_plugin, renderer=_formula, double_inline=True)


def _formula(latex: str, options: dict) -> str:
    """A formula as pieces between which a line may end: no browser breaks MathML by itself."""
    whole = ElementTree.fromstring(convert(latex))
    if options.get("display_mode"):
        whole.set("displaystyle", "true")
    whole.set("display", "inline")
    _space_functions(whole)
    for bars in whole.iter(OPERATOR):
        if bars.text == "‖":  # else the first of a pair may grow alone
            bars.set("stretchy", "false")
    (row,) = whole
    pieces = [_piece(whole, parts) for parts in _broken(list(row))]
    return "<wbr>".join(pieces)


def _space_functions(whole) -> None:
    """A thin space between a function's name and what it is taken of: log p."""
    for row in list(whole.iter()):
        for place, part in reversed(list(enumerate(row))):
            follower = row[place + 1] if place + 1 < len(row) else None
            named = part.tag == NAME and part.text in FUNCTIONS
            if named and follower is not None and follower.tag != OPERATOR:
                row.insert(place + 1, ElementTree.Element(f"{{{MATHML}}}mspace", width="0.17em"))


def _broken(parts: list) -> list[list]:
    """The parts of a formula in groups; one begins with an operator that is not in parentheses."""
    groups, depth, before = [[]], 0, ""
    for part in parts:
        first = part[0] if part.tag in SCRIPTED else part
        text = (first.text or "").strip() if first.tag == OPERATOR else ""
        depth += (text in OPENS) - (text in CLOSES)
        if text in BREAKS and depth == 0 and groups[-1] and before not in BREAKS:
            if first is part:
                part.set("form", "infix")  # it stands first and yet between two
            groups.append([])
        groups[-1].append(part)
        before = text
    return groups


def _piece(whole, parts: list) -> str:
    piece = ElementTree.Element(f"{{{MATHML}}}math", whole.attrib)
    ElementTree.SubElement(piece, f"{{{MATHML}}}mrow").extend(parts)
    return ElementTree.tostring(piece, encoding="unicode")
