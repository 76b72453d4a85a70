"""A chapter's page: the prose in `page.md`, read as values.

The page, the notebook and the documents show the same text. A page begins with its title and its
question, then explains, and tells no outcome that a task asks for. Sections of known names follow,
the last three in a form that reads well as Markdown and can be taken apart:

    ## What comes out               What a reader reads after their own predictions.
    ## Reading the numbers          - `elbo` Held-out ELBO (nats): One sentence for each number.
    ## Try this                     - [What to look for](?beta=4)
    ## What the papers report       | what | value | source |

A number's label and unit may be left out: then it is called as the code calls it, and one whose
sentence begins with "Share" or "Accuracy" is a share. Units with a meaning are % and count.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from workbench.core.quantity import PERCENT, Quantity

OUTCOMES, READING = "What comes out", "Reading the numbers"
TRY_THIS, PUBLISHED = "Try this", "What the papers report"
_SECTION = re.compile(rf"^## ({OUTCOMES}|{READING}|{TRY_THIS}|{PUBLISHED})\n", re.MULTILINE)
_NUMBER = re.compile(
    r"^- `([^`]+)`(?: ([^:(]+?))?(?: \(([^:)]+)\))?: (.+?)(?=^- `|\Z)", re.MULTILINE | re.DOTALL
)
_IS_SHARE = re.compile(r"(Share|Accuracy|Test accuracy)\b")
_LINK = re.compile(r"^- \[(.+?)\]\(\?(.+?)\)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Published:
    """A number from a paper, to stand beside ours: what, how much, and where it is printed."""

    what: str
    value: str
    source: str


@dataclass(frozen=True)
class Page:
    """The text of one chapter.

    doc: question and explanation, in Markdown with $formulas$; outcomes: what comes out. reading: a
    sentence for each number, quantities: its label, if the page gives one, and its unit. try_this:
    pairs of what to look for and a query of the settings.
    """

    title: str
    question: str
    doc: str
    outcomes: str
    reading: dict[str, str]
    quantities: dict[str, Quantity]
    try_this: tuple[tuple[str, str], ...]
    published: tuple[Published, ...]


def read_page(path: Path) -> Page:
    """The page in this file. Raises ValueError for one that does not begin with a title."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith("# "):
        raise ValueError(f"{path} must begin with a title: # ...")
    title, _, rest = text[2:].partition("\n")
    doc, *parts = _SECTION.split(rest)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    numbers = [_number(*parts) for parts in _NUMBER.findall(sections.get(READING, ""))]
    return Page(
        title.strip(),
        " ".join(doc.strip().partition("\n\n")[0].split()),
        doc.strip() + "\n",
        sections.get(OUTCOMES, "").strip(),
        {name: sentence for name, _, sentence in numbers},
        {name: quantity for name, quantity, _ in numbers},
        tuple((_line(words), query) for words, query in _LINK.findall(sections.get(TRY_THIS, ""))),
        tuple(Published(*cells) for cells in _rows(sections.get(PUBLISHED, ""))),
    )


def _number(name: str, label: str, unit: str, words: str) -> tuple[str, Quantity, str]:
    """A number's name, what a reader calls it, and its sentence."""
    sentence = _line(words)
    unit = unit or (PERCENT if _IS_SHARE.match(sentence) else "")
    return name, Quantity(_line(label), unit), sentence


def _line(words: str) -> str:
    return " ".join(words.split())


def _rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table below its head; a bar within a cell is written \\|."""
    lines = [line.strip().strip("|") for line in table.splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)]
        for line in lines[2:]
    ]
