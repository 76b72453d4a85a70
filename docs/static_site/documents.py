"""The documents of docs/ as pages: links to each other lead to files, others to the repository."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markdown_it.token import Token

from static_site.shell import Site, render, scrollable
from workbench.view.page import prose

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
PARTS = "results/text"  # of pages, and no pages


def sources() -> list[Path]:
    """The documents that become pages."""
    found = sorted(DOCS.rglob("*.md"))
    return [path for path in found if not path.is_relative_to(DOCS / PARTS)]


def file_of(path: Path) -> str:
    """The file of a document: results/beta-vae.md is results-beta-vae.html."""
    return "-".join(path.relative_to(DOCS).with_suffix("").parts) + ".html"


def title_of(path: Path) -> str:
    """The first heading of a document."""
    return next(line for line in words_of(path).splitlines() if line.startswith("# "))[2:].strip()


def words_of(path: Path) -> str:
    """The text of a document, without what only its writers read."""
    return re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def document(path: Path, site: Site) -> str:
    """The page of a document."""
    tokens = prose.parse(words_of(path))
    _name_headings(tokens)
    for line in tokens:
        if line.type == "inline":
            line.children = _lead(line.children or [], path, site)
    return render(
        "document.html",
        title=f"{title_of(path)} - workbench",
        parts=site.menu(),
        body=scrollable(prose.render(tokens)),
    )


def results_index(site: Site) -> str:
    """A page that leads to all results."""
    pages = [path for path in sources() if path.parent.name == "results"]
    items = "\n".join(f'<li><a href="{file_of(p)}">{title_of(p)}</a></li>' for p in pages)
    body = (
        "<h1>Results</h1><p>What was measured over seeds, chapter by chapter, beside what the "
        f"papers report.</p><ul>{items}</ul>"
    )
    return render("document.html", title="Results - workbench", parts=site.menu(), body=body)


def images() -> dict[str, bytes]:
    """The images of the documents, by their names."""
    return {
        f"images/{path.name}": path.read_bytes() for path in sorted((DOCS / "images").iterdir())
    }


def _name_headings(tokens: Sequence[Token]) -> None:
    """Gives each heading the name by which links call it, as GitHub does."""
    names: dict[str, int] = {}
    for head, words in zip(tokens, tokens[1:], strict=False):
        if head.type != "heading_open":
            continue
        text = "".join(part.content for part in words.children or ())
        name = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
        count = names[name] = names.get(name, -1) + 1
        head.attrSet("id", f"{name}-{count}" if count else name)


def _lead(parts: Sequence[Token], path: Path, site: Site) -> list[Token]:
    """The parts of a line with links that lead somewhere; what leads nowhere is no link."""
    led: list[Token] = []
    dead = 0
    for part in parts:
        if part.type == "image":
            part.attrSet("src", f"images/{Path(str(part.attrGet('src'))).name}")
        if part.type == "link_open":
            href = _href(str(part.attrGet("href")), path, site)
            if href is None:
                dead += 1
                continue
            part.attrSet("href", href)
        if part.type == "link_close" and dead:
            dead -= 1
            continue
        led.append(part)
    return led


def _href(link: str, path: Path, site: Site) -> str | None:
    """Where the link of a document leads on the site; None for a file that is shown nowhere."""
    target, _, anchor = link.partition("#")
    if "://" in target or target.startswith("mailto:") or not target:
        return link
    file = (path.parent / target).resolve()
    if file in pages():
        return file_of(file) + (f"#{anchor}" if anchor else "")
    if file == DOCS / "results":
        return "results.html"
    if not site.repository:
        return None
    return f"{site.repository}/{file.relative_to(ROOT)}" + (f"#{anchor}" if anchor else "")


@cache
def pages() -> frozenset[Path]:
    """The documents that are pages."""
    return frozenset(sources())
