"""What all pages of the site have around them: templates, the menu, style and scripts."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from workbench.view.page.prose import unbroken
from workbench.view.pages.links import make_menu
from workbench.view.pages.shell import CSS, FOLDER

HERE = Path(__file__).parent
SCRIPTS = {
    "site.js": (FOLDER / "terms.js",),
    "lesson.js": (
        *(FOLDER / name for name in ("ledger.js", "card_inputs.js", "card.js")),
        HERE / "assets/judge.js",
        HERE / "assets/lesson_site.js",
    ),
    "home.js": (FOLDER / "ledger.js", FOLDER / "home.js"),
}
FONTS = "fonts"


@dataclass(frozen=True)
class Site:
    """How a site is built. server: the address that lessons lead to for training; repository: where
    files are shown that are no pages, or ""; others: links of the menu beside the chapters."""

    server: str
    repository: str = ""
    others: tuple[tuple[str, str], ...] = field(default=())

    def menu(self, here: str = "") -> list[dict[str, Any]]:
        """The chapters in their parts, and what stands beside them."""
        *parts, _ = make_menu(here)
        links = [dict(number="", title=title, href=href, here=False) for title, href in self.others]
        return [*parts, dict(title="To look up", links=links)]


def render(template: str, **variables: Any) -> str:
    """A page or a part of it: of the site's own templates, or of those of the server's pages."""
    theme = (FOLDER / "theme.js").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template(template)
        .render(unbroken=unbroken, theme=theme, **{"static": True, **variables})
    )


def scrollable(html: str) -> str:
    """The HTML with tables and code that can be scrolled by keys where they are wide."""
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<table>", '<div class="wide" tabindex="0" role="group"><table>')
    return html.replace("</table>", "</table></div>")


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader([HERE / "templates", FOLDER]))


def assets() -> dict[str, bytes]:
    """The files that pages share, by their names."""
    own = (HERE / "assets/site.css").read_text(encoding="utf-8")
    files = {"site.css": (CSS + own).encode()}
    for name, parts in SCRIPTS.items():
        files[name] = "\n".join(part.read_text(encoding="utf-8") for part in parts).encode()
    for path in sorted((FOLDER / FONTS).iterdir()):
        files[f"{FONTS}/{path.name}"] = path.read_bytes()
    return files
