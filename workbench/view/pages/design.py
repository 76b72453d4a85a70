"""The page of components: what pages are put together from, in both themes; in development only."""

import os
from functools import lru_cache

from workbench.view.pages.links import make_menu
from workbench.view.pages.shell import CSS, THEME, render

KEY = "WORKBENCH_DEV"  # set by `workbench serve --dev`
COLOURS = "page card sunk text muted line edge accent tint warn good"
SIZES = {"type": 7, "space": 7}  # steps of the scales
ICONS = "chapters moon sun arrow play step again share save check close clock star hand print"


def in_development() -> bool:
    """Whether this server shows the page of components."""
    return os.environ.get(KEY, "") not in ("", "0")


@lru_cache(maxsize=2)
def design_page(dark: bool) -> str:
    """Every component beside itself in the other theme."""
    return render(
        "plain.html",
        dark=dark,
        title="components - workbench",
        css=CSS,
        script=THEME,
        parts=make_menu(),
        design=True,
        colours=COLOURS.split(),
        sizes=SIZES,
        icons=ICONS.split(),
        classes=range(10),
    )
