"""Figures as files: what a reader saves of a picture is made when it is asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from workbench.core.chapter import Chapter
from workbench.core.pictures import Picture
from workbench.core.settings import Settings
from workbench.results.figure import as_file, file_name
from workbench.view.page.wire import Wire

FORMS = {"svg": "svg", "png": "svg", "csv": "csv"}  # a browser makes PNG from SVG: see figures.js
MENU = "".join(
    f'<button type="button" data-form="{form}">{form.upper()}</button>' for form in FORMS
)


class Figures:
    """Answers a page that tells "figure": {"picture": name, "form": form, "number": of the press}.

    pictures: gives what is shown now, by name; settings: of the run that is shown.
    """

    def __init__(
        self,
        chapter: Chapter,
        wire: Wire,
        pictures: Callable[[], Mapping[str, Picture]],
        settings: Callable[[], Settings],
    ):
        self.chapter = chapter
        self._wire = wire
        self._pictures = pictures
        self._settings = settings
        wire.on("figure", self._take)

    def _take(self, message: Any) -> None:
        """Makes the file, if there is such a picture, and sends it once."""
        match message:
            case {"picture": str(name), "form": str(form), "number": int(number)}:
                picture = self._pictures().get(name)
                if form in FORMS and picture is not None:
                    self._send(name, picture, form, number)

    def _send(self, name: str, picture: Picture, form: str, number: int) -> None:
        kind, text = as_file(picture, FORMS[form])
        title = file_name(self.chapter, self._settings(), picture.title or name)
        file = {"name": f"{title}.{form}", "kind": kind, "text": text}
        self._wire.tell("figure", file | {"form": form, "number": number})
