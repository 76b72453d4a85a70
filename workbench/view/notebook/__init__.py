"""What the cells of a notebook use: `from workbench.view.notebook import setup, still, ...`."""

from workbench.view.notebook.setup import holds, judge, reveal, setup
from workbench.view.notebook.stills import Still, compare, still

__all__ = ["Still", "compare", "explore", "holds", "judge", "reveal", "setup", "still"]


def __getattr__(name):
    if name == "explore":  # HoloViews is loaded when it is used
        from workbench.view.notebook.exploration import explore

        return explore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
