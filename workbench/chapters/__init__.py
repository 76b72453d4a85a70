"""The registry: every chapter by name, imported when it is asked for."""

import importlib
from difflib import get_close_matches

from workbench.core.chapter import Chapter
from workbench.core.settings import SettingsError

_FILES = {
    "autoencoder": "autoencoder",
    "beta-vae": "beta_vae",
    "clustering": "clustering",
    "selfsup": "selfsup",
    "mil": "mil",
    "bootstrap": "bootstrap",
    "rad": "rad",
    "ceal": "ceal",
}
NAMES = tuple(_FILES)


def find(name: str) -> Chapter:
    """The chapter `name`. Raises SettingsError naming the chapters there are."""
    if name not in _FILES:
        near = get_close_matches(str(name), NAMES, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(
            f"There is no chapter {str(name)[:40]!r}; there are {', '.join(NAMES)}.{hint}"
        )
    return importlib.import_module(f"workbench.chapters.{_FILES[name]}").CHAPTER
