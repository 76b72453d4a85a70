"""The dashboard: `panel serve workbench/app.py`."""

import panel as pn

from workbench.view.home import page
from workbench.view.remembered import remember

pn.extension(reconnect=True)
remember()
shown = page(pn.state.session_args)
shown.servable(title=shown.title)
