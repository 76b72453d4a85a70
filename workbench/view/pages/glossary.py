"""The glossary's page: plain HTML without a session, with the chapters that use a term."""

from functools import cache, lru_cache
from typing import Any, NamedTuple

import panel as pn

from workbench.chapters import NAMES, find
from workbench.core.chapter import Chapter
from workbench.core.glossary import ALL, Term, glossary
from workbench.view.page import prose
from workbench.view.pages.links import make_link, make_menu
from workbench.view.pages.shell import CSS, PLAIN_SCRIPT, make_shell, render


class Entry(NamedTuple):
    """A term on the page. meaning: HTML; chapters: title and href of those whose text has it."""

    term: Term
    letter: str
    meaning: str
    chapters: list[dict[str, str]]


@lru_cache(maxsize=2)
def plain_glossary(dark: bool) -> str:
    """The whole page as HTML."""
    return render(
        "plain.html",
        dark=dark,
        title="Glossary - workbench",
        css=CSS,
        script=PLAIN_SCRIPT,
        parts=make_menu(),
        **glossary_words(),
    )


def glossary_page(dark: bool) -> pn.Template:
    """The same as a page of Panel's own server."""
    return make_shell(dark, "", **glossary_words())


@cache
def glossary_words() -> dict[str, Any]:
    """What glossary.html asks for."""
    used = {name: terms_of(find(name)) for name in NAMES}
    entries = [
        Entry(
            term,
            term.name[0].upper(),
            prose.html(term.meaning, ALL, leave=term),
            [_link(find(name)) for name in NAMES if term in used[name]],
        )
        for term in sorted(glossary(), key=lambda term: term.name.lower())
    ]
    return dict(entries=entries, letters=list(dict.fromkeys(entry.letter for entry in entries)))


def terms_of(chapter: Chapter) -> set[Term]:
    """The terms that the chapter's article and what the tasks tell lead from."""
    texts = [chapter.doc, chapter.outcomes, *(task.know for task in chapter.teaching.tasks)]
    return {term for text in texts for term in prose.terms_of(text, chapter.name)}


def _link(chapter: Chapter) -> dict[str, str]:
    return dict(title=chapter.title.partition(":")[0], href=make_link(chapter=chapter.name))
