"""The frame around every page: our own template with Panel's roots in it."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import panel as pn
from bokeh.model import Model
from panel.io.resources import parse_template

from workbench.chapters import NAMES, find
from workbench.view.page.session import BORN

FOLDER = Path(__file__).parent
PAGE, CSS = (FOLDER / "page.html").read_text(), (FOLDER / "page.css").read_text()


class _Shell(pn.Template):
    """Panel's, which describes itself anew for every root: a fifth of a page's time.

    `plain` are Bokeh models that are roots as they are: a Panel object around one costs more.
    """

    def __init__(self, template):
        super().__init__(template)
        self.plain: list[Model] = []

    def __repr__(self) -> str:
        return "page"

    def _init_doc(self, doc=None, *rest, **how):
        page = doc or pn.state.curdoc
        with page.models.freeze():  # else Bokeh looks through all models once for every root
            made = super()._init_doc(page, *rest, **how)
            for model in self.plain:
                made.add_root(model)
        return made


@cache
def _template():
    return parse_template(PAGE)


def _shell(dark: bool, here: str, **variables) -> pn.Template:
    shell = _Shell(_template())
    links = [
        dict(
            title=find(name).title.partition(":")[0],
            href=_link(dark, chapter=name),
            here=name == here,
        )
        for name in NAMES
    ]
    common = dict(
        css=CSS,
        dark=dark,
        links=links,
        home_link=_link(dark) or "?",
        chapter=None,
        instructor=False,
        born=BORN,
        html_attrs='class="dark"' if dark else "",
        theme_link="?theme=dark",
    )
    for key, value in (common | variables).items():
        shell.add_variable(key, value)
    shell.title = f"{find(here).title} - workbench" if here else "workbench"
    return shell


def _link(dark: bool, **query: str) -> str:
    return "?" + urlencode(query | ({"theme": "dark"} if dark else {}))
