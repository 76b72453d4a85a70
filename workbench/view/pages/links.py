"""Addresses of pages, and the menu of chapters in the head of all of them."""

from functools import cache
from urllib.parse import urlencode

from workbench.chapters import PARTS, find
from workbench.core.chapter import Chapter
from workbench.view.page.terms import GLOSSARY


@cache
def make_menu(name: str = "") -> tuple[dict, ...]:
    """The chapters in their parts, for the head of a page of chapter `name`, or of none, and what
    stands beside them."""
    parts = [
        dict(title=title, links=[_entry(find(each), each == name) for each in names])
        for title, names in PARTS.items()
    ]
    glossary = dict(number="", title="Glossary", href=GLOSSARY, here=False)
    return (*parts, dict(title="To look up", links=[glossary]))


def _entry(chapter: Chapter, here: bool) -> dict:
    title = chapter.title.partition(":")[0]
    return dict(number=chapter.number, title=title, href=make_link(chapter=chapter.name), here=here)


def make_link(**query: str) -> str:
    """A link to another page."""
    return "?" + urlencode(query)
