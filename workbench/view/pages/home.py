"""Pages: the home page and a chapter's page, from what the address asks for."""

import panel as pn

from workbench.chapters import NAMES
from workbench.classroom.room import may_instruct
from workbench.running.shared import shared_runner
from workbench.view.pages.instructor import InstructorPage
from workbench.view.pages.shell import _link, _shell
from workbench.view.pages.thumbs import Thumb


def instructor_page(key: str, dark: bool) -> pn.Template:
    """The instructor's page for whoever knows the password, else the home page."""
    if not may_instruct(key):
        return home_page(
            dark, "The instructor's page opens with the link that the server's start has printed."
        )
    shell = _shell(dark, "", instructor=True)
    shell.title = "Instructor - workbench"
    made = InstructorPage(shared_runner("workers"), dark).watch()
    shell.add_panel("instructor", made.view())
    shell.made = made  # lives as long as its page
    return shell


def home_page(dark: bool, complaint: str = "") -> pn.Template:
    """A card and a live thumbnail for every chapter."""
    shell = _shell(dark, "", complaint=complaint)
    thumbs = [Thumb(name) for name in NAMES]
    cards = [
        dict(
            number=t.chapter.number,
            title=t.chapter.title,
            question=t.chapter.question,
            href=_link(dark, chapter=t.chapter.name),
            root=t.root,
        )
        for t in thumbs
    ]
    shell.add_variable("cards", cards)
    for thumb in thumbs:
        shell.plain.append(thumb.still)
        thumb.watch()
    return shell
