"""The dashboard: `panel serve workbench/app.py`."""

import panel as pn

from workbench.view.home import page

pn.extension()
page(pn.state.session_args).servable()
