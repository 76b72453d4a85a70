"""What every page has around it: its head, the links to the chapters, colours and scripts."""

from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader
from panel.io.resources import parse_template

from workbench.chapters import find
from workbench.view.page.prose import unbroken
from workbench.view.page.session import BORN
from workbench.view.pages.links import make_menu
from workbench.view.patches.template_cost import LeanTemplate

FOLDER = Path(__file__).parent
# wire.js before those that hear, page.js last: it begins
SCRIPTS = (
    *(
        "theme.js",
        "terms.js",
        "wire.js",
        "speech.js",
        "ledger.js",
        "card_inputs.js",
        "card.js",
        "vote.js",
    ),
    *("knobs.js", "lesson.js", "tables.js", "claims.js", "figures.js", "share.js"),
    "upload.js",
    "console.js",
    "page.js",
)
THEME = (FOLDER / SCRIPTS[0]).read_text()  # all that the home page needs of them
PLAIN_SCRIPT = "".join((FOLDER / name).read_text() for name in SCRIPTS[:2])
SCRIPT = "".join((FOLDER / name).read_text() for name in SCRIPTS)
# page.css first: the others take their tokens from it
STYLES = sorted(FOLDER.glob("*.css"), key=lambda path: (path.name != "page.css", path.name))
CSS = "".join(path.read_text() for path in STYLES)
PATCHES = "".join(
    (FOLDER.parent / "patches" / f"{name}.js").read_text()
    for name in ("first_connection", "lost_connection", "plots_without_focus", "kept_focus")
)


@cache
def _template(name: str):
    """A template of this folder with what it includes, in Panel's own environment."""
    panels = parse_template("").environment
    return panels.overlay(loader=FileSystemLoader(FOLDER)).get_template(name)


def render(template: str, **variables) -> str:
    """A part of a page as HTML."""
    return _template(template).render(unbroken=unbroken, **variables)


def make_shell(dark: bool, name: str, **variables) -> LeanTemplate:
    """A page of chapter `name`, or of none; `variables` are what page.html asks for."""
    live = bool(name or variables.get("instructor"))
    framed = bool(variables.get("framed"))
    attributes = ['class="dark"'] * dark + ["data-session"] * live + ["data-embed"] * framed
    shell = LeanTemplate(_template("page.html"))
    common = dict(
        unbroken=unbroken,
        css=CSS,
        script=SCRIPT,
        patches=PATCHES,
        dark=dark,
        parts=make_menu(name),
        chapter=None,
        instructor=False,
        framed=False,
        born=BORN,
        html_attrs=" ".join(attributes),
    )
    for key, value in (common | variables).items():
        shell.add_variable(key, value)
    shell.title = f"{find(name).title} - workbench" if name else "workbench"
    return shell
