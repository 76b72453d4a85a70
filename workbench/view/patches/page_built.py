"""Panel 1.9.4: a notebook's page says when it is there, for it loses what is told it before.

What changes between a cell's output and the moment in which the browser has built it is lost, and
then the page does not know the models that later messages are about. `tests/view/test_cell.py`
holds messages back until the page is built; to find out whether this may go, show a Board in
JupyterLab without it: when the pictures come, it may.
"""

import panel as pn
import param


class PageBuilt(pn.reactive.ReactiveHTML):
    """An element without size; `yes` becomes true when the browser has built it."""

    yes = param.Boolean(False)
    _template = '<span id="built"></span>'
    _scripts = {"render": "data.yes = true"}
