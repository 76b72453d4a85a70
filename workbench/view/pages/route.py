"""Which page an address asks for."""

from collections.abc import Mapping

import panel as pn

from workbench.classroom.instructor import COOKIE, is_instructor
from workbench.core.log import OURS
from workbench.core.settings import SettingsError
from workbench.running.shared import shared_runner
from workbench.view.pages.chapter import chapter_page
from workbench.view.pages.home import home_page
from workbench.view.pages.instructor import instructor_page, listen
from workbench.view.pages.shell import make_shell

THEME = "workbench-theme"  # the cookie that says what the reader has chosen: see page.js
NOT_THE_INSTRUCTOR = "The instructor's page asks for a password: open instructor instead of app."
FAULT = "Something went wrong while this page was made. The server's log says more."


def page(
    arguments: Mapping[str, list[bytes]], cookies: Mapping[str, str] | None = None
) -> pn.Template:
    """The page that an address's arguments (name -> values as bytes) ask for."""
    listen(shared_runner("workers"))
    query = {key: values[-1].decode("utf8", "replace") for key, values in arguments.items()}
    dark = query.pop("theme", pn.state.cookies.get(THEME, "")) == "dark"
    # Panel asks the address alone, and draws labels in dark on dark for who has a cookie
    pn.config.theme = "dark" if dark else "default"
    name, follow = query.pop("chapter", ""), query.pop("follow", "")
    try:
        if "instructor" in query:
            instructs = is_instructor((cookies or {}).get(COOKIE))
            return instructor_page(dark) if instructs else home_page(dark, NOT_THE_INSTRUCTOR)
        return chapter_page(name, query, dark, follow) if name else home_page(dark)
    except SettingsError as error:
        return home_page(dark, str(error))
    except Exception:  # Panel would show the reader the traceback
        OURS.exception("A page could not be built.")
        return make_shell(dark, "", cards=[], complaint=FAULT)
