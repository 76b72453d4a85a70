"""What Bokeh and Panel work out anew for every page, although it is always the same.

A class comes in at one moment, so a page's CPU decides how long the last reader waits. Each of the
three answers here is the library's own, kept; `tests/test_remembered.py` compares them.
"""

from typing import Any

from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.settings import settings
from panel.config import config
from panel.io import server
from panel.io.state import state

PLAIN = (type(None), bool, int, float, str)  # values that nobody can change
DEFAULTS: dict[tuple[type, str], Any] = {}  # of (class, property)
FILES: dict[tuple, tuple[str, str]] = {}  # the tags for scripts and styles in a page's head


_defaults_anew = PropertyDescriptor._get_default
_files_anew = server.bundle_resources


def remember() -> None:
    """Lets pages be built with what was answered before. Calling it again changes nothing."""
    PropertyDescriptor._get_default = _default
    server.bundle_resources = _files
    # asked for every model's number: an answer of ours spares four places to look it up
    settings.simple_ids = True
    settings.perform_document_validation = False  # advice for who writes pages, not for readers


def _default(self: PropertyDescriptor, obj) -> Any:
    """What a property is when nobody has set it: Bokeh asks some 13,000 times a page."""
    plain = obj.themed_values() is None
    if plain:
        key = (obj.__class__, self.name)
        if key in DEFAULTS:
            return DEFAULTS[key]
        if self.name in obj._unstable_default_values:  # made for this object before
            return obj._unstable_default_values[self.name]
    value = _defaults_anew(self, obj)
    # exact types: a subclass of str may be an answer of its own for every object
    if plain and type(value) in PLAIN and not self.has_unstable_default(obj):
        DEFAULTS[key] = value
    return value


def _files(roots, resources, *rest, **how) -> tuple[str, str]:
    """The head's tags; Panel asks each of 170 classes of widgets for them. No page uses MathJax."""
    key = (resources.mode, resources.root_url, state.rel_path, config.theme, rest, *how.items())
    if key not in FILES:
        FILES[key] = tuple(_files_anew(roots, resources, *rest, **how))
    return FILES[key]
