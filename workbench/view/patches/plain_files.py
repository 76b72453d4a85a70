"""panel-material-ui 0.16: HoloViews writes its files as if that were not there.

When panel-material-ui is imported, as it is for a Board, it puts its own sliders and design into
the place of Panel's. Panel 1.9.4 fails when it writes such sliders into a file ("'NoneType' object
has no attribute 'js_on_change'"), and the file would fetch the design's scripts from the network.
`tests/view/test_explore.py` saves a file beside a Board; when it passes without this, the file may
go.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import panel as pn
from holoviews.plotting.renderer import Renderer
from panel.theme import Native
from param.parameterized import bothmethod

_save = Renderer.__dict__["save"].method


def write_plain_files() -> None:
    """Puts our way of saving in the place of HoloViews'. Calling it again changes nothing."""
    Renderer.save = bothmethod(_save_plainly)


def _save_plainly(self_or_cls, *arguments, **options):
    with pn.config.set(design=Native), _panels_widgets():
        return _save(self_or_cls, *arguments, **options)


@contextmanager
def _panels_widgets() -> Iterator[None]:
    """Gives HoloViews Panel's widgets of the same names."""
    before = pn.pane.HoloViews.default_widgets
    pn.pane.HoloViews.default_widgets = {key: _panels(kind) for key, kind in before.items()}
    try:
        yield
    finally:
        pn.pane.HoloViews.default_widgets = before


def _panels(kind):
    if isinstance(kind, tuple):  # for a HoloMap, and for a DynamicMap
        return tuple(map(_panels, kind))
    return getattr(pn.widgets, kind.__name__)
