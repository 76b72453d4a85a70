"""Deep learning without labels, live: move a knob, a small model retrains, the plots follow."""

from workbench.core.settings import SettingsError

__version__ = "0.1.0"
__all__ = ["Board", "SettingsError", "find", "play", "sweep"]


def __getattr__(name):
    # loaded when used, so that `workbench --help` needs no torch and a script no Panel
    if name == "play":
        from workbench.running.players import play

        return play
    if name == "find":
        from workbench.chapters import find

        return find
    if name == "sweep":
        from workbench.results.sweep import sweep

        return sweep
    if name == "Board":
        from workbench.view.page.board import Board

        return Board
    raise AttributeError(f"module 'workbench' has no attribute {name!r}")
