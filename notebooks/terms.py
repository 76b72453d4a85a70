"""Links from a notebook's text to the glossary: at the first use of each term, and not by hand.

The text sources have none; `build.py` puts them into the notebooks, and `unlinked` takes them out.
"""

import re
from functools import cache

from workbench.chapters import NAMES, find
from workbench.core.glossary import Term, first_uses

GLOSSARY = "../workbench/core/glossary.md"  # as seen from this folder
LINK = re.compile(rf"\[([^\]]+)\]\((?:\.\./)*{re.escape(GLOSSARY)}#[\w-]+\)")
# headings, fenced code, code, formulas, links, HTML and what is folded behind a summary
LEFT_ALONE = re.compile(
    r"^#[^\n]*|```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|<details>.*?</details>|<[^>]+>",
    re.MULTILINE | re.DOTALL,
)


def link_terms(notebook, name: str, glossary: str = GLOSSARY):
    """The notebook `name` (02_beta_vae) with the first use of each term as a link."""
    chapter = chapter_of(name)
    seen: set[Term] = set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not cell.source.startswith("## References"):
            cell.source = _linked(cell.source, chapter, seen, glossary)
    return notebook


def unlinked(text: str) -> str:
    """A text of a notebook without its links to the glossary."""
    return LINK.sub(r"\1", text)


@cache
def chapter_of(name: str) -> str:
    """The chapter of a notebook; "" for the one to start with."""
    numbers = {find(each).number: each for each in NAMES}
    return numbers.get(int(name[:2]), "")


def _linked(source: str, chapter: str, seen: set[Term], glossary: str) -> str:
    """The text with links at terms that are not in `seen`, which grows by them."""
    words = LEFT_ALONE.sub(lambda found: "\0" * len(found[0]), source)
    pieces, last = [], 0
    for found, term in first_uses(words, chapter):
        if term not in seen:
            seen.add(term)
            link = f"[{found[0]}]({glossary}#{term.anchor})"
            pieces += [source[last : found.start()], link]
            last = found.end()
    return "".join([*pieces, source[last:]])
