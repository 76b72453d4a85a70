"""Which page an address asks for."""

from collections.abc import Mapping

import panel as pn

from workbench.core.log import OURS
from workbench.core.settings import SettingsError
from workbench.running.shared import shared_runner
from workbench.view.pages.chapter import chapter_page
from workbench.view.pages.home import home_page, instructor_page
from workbench.view.pages.instructor import listen
from workbench.view.pages.shell import _shell


def page(arguments: Mapping[str, list[bytes]]) -> pn.Template:
    """The page that an address's arguments (name -> values as bytes) ask for."""
    listen(shared_runner("workers"))
    query = {key: values[-1].decode("utf8", "replace") for key, values in arguments.items()}
    dark = query.pop("theme", "") == "dark"
    name, follow = query.pop("chapter", ""), query.pop("follow", "")
    try:
        if "instructor" in query:
            return instructor_page(query["instructor"], dark)
        return chapter_page(name, query, dark, follow) if name else home_page(dark)
    except SettingsError as error:
        return home_page(dark, str(error))
    except Exception:  # Panel would show the reader the traceback
        OURS.exception("A page could not be built.")
        return _shell(
            dark,
            "",
            cards=[],
            complaint="Something went wrong while this page was made. The server's log says more.",
        )
