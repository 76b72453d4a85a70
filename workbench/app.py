"""The dashboard: `panel serve workbench/app.py`."""

import panel as pn

from workbench.view.home import page

pn.extension()
shown = page(pn.state.session_args)
shown.servable(title=shown.title)
