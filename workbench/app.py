"""The dashboard: `panel serve workbench/app.py`."""

import panel as pn
from panel_material_ui.base import MaterialComponent as Material

from workbench.view.home import page

pn.extension()
# asked for by every page of each of 170 classes, which share them: a third of the home page's time
Material._bundle_css = list(Material._bundle_css)
shown = page(pn.state.session_args)
shown.servable(title=shown.title)
