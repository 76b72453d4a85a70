"""What an instructor types or pastes: the knobs that a class shall see, parsed strictly."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from workbench import data
from workbench.chapters import find
from workbench.core.settings import Settings, SettingsError


@dataclass(frozen=True)
class Shown:
    """What the instructor shows to those who follow: a chapter with these settings."""

    chapter: str
    settings: Settings


def read_address(chapter: str, address: str) -> Shown:
    """The chapter and the settings that a page's address, or its knobs alone, ask for.

    chapter: where the address names none. Raises SettingsError for every mistake in it.
    """
    knobs = _arguments(address)
    course = find(knobs.pop("chapter", chapter))
    knobs.pop("theme", None)
    mistakes = []
    for name, text in knobs.items():
        try:
            course.Settings.parse(name, text)
        except SettingsError as error:
            mistakes.append(str(error))
    if mistakes:
        raise SettingsError(" ".join(mistakes))
    settings = course.Settings(**knobs)
    sets = settings.knobs()["data"].sets or data.entries
    if settings.data not in {entry.name for entry in sets() if entry.status != "absent"}:
        raise SettingsError(f"There is no data set {settings.data[:40]!r} here.")
    return Shown(course.name, settings)


def _arguments(address: str) -> dict[str, str]:
    """Names and values in the query of an address, or in a query alone."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        raise SettingsError("This is not an address that can be read.") from None
    whole = bool(parts.netloc) or parts.path.startswith("/")
    words = (parts.query or ("" if whole else parts.path)).split("&")
    knobs: dict[str, str] = {}
    for word in filter(None, words):
        name, equals, _ = word.partition("=")
        if not equals or not name:
            raise SettingsError(f"Write knobs as beta=4&latent=10, not {word[:40]!r}.")
        ((name, value),) = parse_qsl(word, keep_blank_values=True)
        if name in knobs:
            raise SettingsError(f"{name[:40]} is given twice.")
        knobs[name] = value
    return knobs
