"""The dashboard: `panel serve workbench/app.py`."""

import panel as pn

from workbench.view.pages.route import page
from workbench.view.patches.cached_defaults import remember
from workbench.view.patches.message_order import leave_to_bokeh

pn.extension(reconnect=True)
remember()
leave_to_bokeh()
shown = page(pn.state.session_args)
shown.servable(title=shown.title)
