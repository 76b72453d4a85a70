"""panel-material-ui 0.16: HoloViews shows and saves its sliders as if that were not there.

When panel-material-ui is imported, as it is for a Board, it puts its own sliders and design into
the place of Panel's. Panel 1.9.4 fails when such sliders are to work without a kernel
("'NoneType' object has no attribute 'js_on_change'"), and a file would fetch the design's scripts
from the network. `tests/view/test_explore.py` saves a file beside a Board; when it passes without
this, the file may go.
"""

import panel as pn
from holoviews.plotting.renderer import Renderer
from panel.theme import Native
from param.parameterized import bothmethod

_save = Renderer.__dict__["save"].method


def show_plain_sliders() -> None:
    """Gives HoloViews Panel's sliders again, and for files no design.

    Call it whenever HoloViews shows something: panel-material-ui may have come in between.
    """
    kinds = pn.pane.HoloViews.default_widgets
    pn.pane.HoloViews.default_widgets = {key: _panels(kind) for key, kind in kinds.items()}
    Renderer.save = bothmethod(_save_plainly)


def _panels(kind):
    """Panel's widget of the same name."""
    if isinstance(kind, tuple):  # for a HoloMap, and for a DynamicMap
        return tuple(map(_panels, kind))
    return getattr(pn.widgets, kind.__name__)


def _save_plainly(self_or_cls, *arguments, **options):
    with pn.config.set(design=Native):
        return _save(self_or_cls, *arguments, **options)
