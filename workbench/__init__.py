"""Deep learning without labels, live: move a knob, a small model retrains, the plots follow."""

from importlib import import_module
from typing import Any

from workbench.core.settings import SettingsError

__version__ = "0.1.0"
__all__ = [
    "Board",
    "SettingsError",
    "check",
    "explore",
    "find",
    "hint",
    "play",
    "predict",
    "sweep",
]

# loaded when used, so that `workbench --help` needs no torch and a script no Panel
_MODULES = {
    "Board": "workbench.view.page.board",
    "check": "workbench.view.notebook.tasks",
    "explore": "workbench.view.notebook.exploration",
    "find": "workbench.chapters",
    "hint": "workbench.view.notebook.tasks",
    "play": "workbench.running.players",
    "predict": "workbench.view.notebook.tasks",
    "sweep": "workbench.results.sweep",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module 'workbench' has no attribute {name!r}")
