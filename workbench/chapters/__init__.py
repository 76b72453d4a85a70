"""The course: its chapters in their order and their parts, each imported when it is asked for.

A chapter is a folder of this package, named as in PARTS with _ for -. This is the only registry.
"""

import importlib
from difflib import get_close_matches

from workbench.core.chapter import Chapter
from workbench.core.settings import SettingsError

PARTS = {
    "Without labels": ("autoencoder", "beta-vae", "clustering", "selfsup"),
    "With coarse or wrong labels": ("mil", "bootstrap", "rad"),
    "With few labels": ("ceal", "pseudo", "two-learners", "labelling", "multitask"),
    "With time": ("online",),
    "Generate and predict": (
        "gan",
        "adversarial-codes",
        "cdbn",
        "prednet",
        "words",
    ),
}
NAMES = tuple(name for part in PARTS.values() for name in part)


def find(name: str) -> Chapter:
    """The chapter `name`. Raises SettingsError naming the chapters there are."""
    if name not in NAMES:
        near = get_close_matches(str(name), NAMES, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(
            f"There is no chapter {str(name)[:40]!r}; there are {', '.join(NAMES)}.{hint}"
        )
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}").CHAPTER
