"""What every page has around it: its head, the links to the chapters, colours and scripts."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from panel.io.resources import parse_template

from workbench.chapters import NAMES, find
from workbench.view.page.session import BORN
from workbench.view.patches.template_cost import LeanTemplate

FOLDER = Path(__file__).parent
PAGE, CSS, SCRIPT = ((FOLDER / f"page.{kind}").read_text() for kind in ("html", "css", "js"))
PATCHES = "".join(
    (FOLDER.parent / "patches" / f"{name}.js").read_text()
    for name in ("first_connection", "lost_connection")
)


@cache
def _template():
    return parse_template(PAGE)


def make_shell(dark: bool, name: str, **variables) -> LeanTemplate:
    """A page of chapter `name`, or of none; `variables` are what page.html asks for."""
    shell = LeanTemplate(_template())
    links = [
        dict(
            title=find(each).title.partition(":")[0],
            href=make_link(dark, chapter=each),
            here=each == name,
        )
        for each in NAMES
    ]
    common = dict(
        css=CSS,
        script=SCRIPT,
        patches=PATCHES,
        dark=dark,
        links=links,
        home_link=make_link(dark) or "?",
        chapter=None,
        instructor=False,
        born=BORN,
        html_attrs='class="dark"' if dark else "",
        theme_link="?theme=dark",
    )
    for key, value in (common | variables).items():
        shell.add_variable(key, value)
    shell.title = f"{find(name).title} - workbench" if name else "workbench"
    return shell


def make_link(dark: bool, **query: str) -> str:
    """A link to another page, which keeps the theme."""
    return "?" + urlencode(query | ({"theme": "dark"} if dark else {}))
