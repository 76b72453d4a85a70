"""The home page: a card with a live thumbnail for every chapter."""

import panel as pn

from workbench.chapters import NAMES
from workbench.view.pages.shell import make_link, make_shell
from workbench.view.pages.thumbs import Thumb


def home_page(dark: bool, complaint: str = "") -> pn.Template:
    """All chapters, and what was wrong with the address, if anything."""
    shell = make_shell(dark, "", complaint=complaint)
    thumbs = [Thumb(name) for name in NAMES]
    cards = [
        dict(
            number=thumb.chapter.number,
            title=thumb.chapter.title,
            question=thumb.chapter.question,
            href=make_link(chapter=thumb.chapter.name),
            root=thumb.root,
        )
        for thumb in thumbs
    ]
    shell.add_variable("cards", cards)
    for thumb in thumbs:
        shell.bokeh_roots.append(thumb.model)
        thumb.watch()
    return shell
