"""Which page an address asks for."""

from collections.abc import Mapping

import panel as pn

from workbench.chapters import NAMES, find
from workbench.classroom.instructor import COOKIE, is_instructor
from workbench.classroom.room import classroom
from workbench.core.log import OURS
from workbench.core.settings import SettingsError
from workbench.running.shared import shared_runner
from workbench.view.pages.chapter import chapter_page
from workbench.view.pages.design import design_page, in_development
from workbench.view.pages.glossary import glossary_page, plain_glossary
from workbench.view.pages.home import home_page, plain_home
from workbench.view.pages.instructor import instructor_page, listen

THEME = "workbench-theme"  # the cookie that says what the reader has chosen: see page.js
NOT_THE_INSTRUCTOR = "The instructor's page asks for a password: open instructor instead of app."
NOT_IN_DEVELOPMENT = "The page of components is there in development only: workbench serve --dev."
FAULT = "Something went wrong while this page was made. The server's log says more."


def plain_page(arguments: Mapping[str, list[bytes]], cookies: Mapping[str, str]) -> str | None:
    """The page as HTML if it needs no session: home, with what is wrong with an address, if
    anything. None for a chapter's page and the instructor's."""
    query, dark = _read(arguments, cookies)
    if "instructor" in query:
        return None if is_instructor(cookies.get(COOKIE)) else plain_home(dark, NOT_THE_INSTRUCTOR)
    if "room" in query:
        return None
    if "glossary" in query:
        return plain_glossary(dark)
    if "design" in query:
        return design_page(dark) if in_development() else plain_home(dark, NOT_IN_DEVELOPMENT)
    try:
        if not query.get("chapter"):
            return plain_home(dark)
        find(query["chapter"])
        return None
    except SettingsError as error:
        return plain_home(dark, str(error))


def page(
    arguments: Mapping[str, list[bytes]], cookies: Mapping[str, str] | None = None
) -> pn.Template:
    """The page that an address's arguments (name -> values as bytes) ask for, in a session."""
    listen(shared_runner("workers"))
    cookies = cookies or {}
    query, dark = _read(arguments, pn.state.cookies)
    # Panel asks the address alone, and draws labels in dark on dark for who has a cookie
    pn.config.theme = "dark" if dark else "default"
    if query.pop("room", None) is not None:  # the link by which a class comes in
        query = {"chapter": room_chapter()}
    name, follow = query.pop("chapter", ""), query.pop("follow", "")
    instructs = is_instructor(cookies.get(COOKIE)) and "embed" not in query
    try:
        if "glossary" in query:
            return glossary_page(dark)
        if "instructor" in query:
            return instructor_page(dark) if instructs else home_page(dark, NOT_THE_INSTRUCTOR)
        return chapter_page(name, query, dark, follow, instructs) if name else home_page(dark)
    except SettingsError as error:
        return home_page(dark, str(error))
    except Exception:  # Panel would show the reader the traceback
        OURS.exception("A page could not be built.")
        return home_page(dark, FAULT)


def room_chapter() -> str:
    """The chapter that the class is at: of the open vote, of what is shown, or the first."""
    room = classroom()
    if room.votes.ballot is not None:
        return room.votes.ballot.task.partition("/")[0]
    return room.shown.chapter if room.shown is not None else NAMES[0]


def _read(
    arguments: Mapping[str, list[bytes]], cookies: Mapping[str, str]
) -> tuple[dict[str, str], bool]:
    """What an address asks for, and whether the page is dark."""
    query = {key: values[-1].decode("utf8", "replace") for key, values in arguments.items()}
    return query, query.pop("theme", cookies.get(THEME, "")) == "dark"
