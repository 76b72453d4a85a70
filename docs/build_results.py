"""Writes docs/results/NAME.md for every chapter: `python docs/build_results.py`, or `make results`.

The words of a page are in docs/results/text/NAME.md and are written by hand. The numbers are not:
a line `<!-- table: STUDY -->` in it becomes the table that `workbench reproduce STUDY --save` has
kept in STUDY.json, with its caption and its command. The numbers of the papers that the chapter
lists follow at the end.
"""

import json
import re
from pathlib import Path

from workbench import chapters

DOCS = Path(__file__).parent
TEXTS = DOCS / "results" / "text"
KEPT = ("workbench/chapters/*/measured/*.json", "workbench/results/measured/*.json")
ACROSS = ("codes",)  # pages about several chapters
PLACE = re.compile(r"^<!-- table: (\S+) -->$", re.MULTILINE)
NOTE = (
    "<!-- This page is generated: edit docs/results/text/{name}.md and run `make results`. -->\n\n"
)


def main() -> None:
    for name, page in pages().items():
        (DOCS / "results" / name).write_text(page, encoding="utf-8")


def pages() -> dict[str, str]:
    """The text of every generated page, by its file's name."""
    tables = kept_tables()
    return {f"{name}.md": page_of(name, tables) for name in (*chapters.NAMES, *ACROSS)}


def kept_tables() -> dict[str, dict]:
    """The tables that the studies have kept, by the name of their file."""
    files = [path for pattern in KEPT for path in DOCS.parent.glob(pattern)]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(files)}


def page_of(name: str, tables: dict[str, dict]) -> str:
    """The chapter's text with its tables and the papers' numbers."""
    text = (TEXTS / f"{name}.md").read_text(encoding="utf-8")
    filled = PLACE.sub(lambda place: measured(tables[place[1]]), text.rstrip())
    return NOTE.format(name=name) + filled + published(name) + "\n"


def measured(table: dict) -> str:
    """A study's table, its caption, and the command that prints it again."""
    source = f"`{table['command']}`, {table['date']}, {table['device']}, torch {table['torch']}"
    return f"{markdown(table['columns'], table['rows'])}\n\n{table['caption']} ({source})"


def published(name: str) -> str:
    """The numbers of papers that the chapter lists, each with its source."""
    entries = chapters.find(name).published if name in chapters.NAMES else ()
    rows = [(entry.what, entry.value, entry.source) for entry in entries]
    heading = "\n\n## What the papers report\n\n"
    return heading + markdown(("what", "value", "source"), rows) if rows else ""


def markdown(columns, rows) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)


def cell(value) -> str:
    """A cell's text; a bar in it, such as that of KL(q || p), does not end the cell."""
    return str(value).replace("|", "\\|")


if __name__ == "__main__":
    main()
