"""The dashboard: `panel serve workbench/app.py`."""

import panel as pn

from workbench.view.pages.route import page
from workbench.view.patches.cached_classes import cache_classes
from workbench.view.patches.cached_defaults import cache_defaults
from workbench.view.patches.cached_files import cache_files
from workbench.view.patches.locked_events import lock_events
from workbench.view.patches.message_order import keep_message_order

pn.extension(reconnect=True)
cache_defaults()
cache_classes()
cache_files()
keep_message_order()
lock_events()
shown = page(pn.state.session_args, pn.state.cookies)
shown.servable(title=shown.title)
