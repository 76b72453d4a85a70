"""Bokeh 3.9: the defaults of properties are worked out once, not anew for every page.

Bokeh asks for some 13,000 of them a page, a third of its CPU, and a class comes in at one moment: a
page's CPU decides how long the last reader waits. The answers here are Bokeh's own, kept.
`tests/view/test_cached_defaults.py` compares them; when `python benchmarks/page/opening.py` finds a
page as cheap without this, the file may go.
"""

from typing import Any

from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.settings import settings

PLAIN = (type(None), bool, int, float, str)  # values that nobody can change
DEFAULTS: dict[tuple[type, str], Any] = {}  # of (class, property)

_bokehs_default = PropertyDescriptor._get_default


def cache_defaults() -> None:
    """Lets pages be built with the answers of before. Calling it again changes nothing."""
    PropertyDescriptor._get_default = _default
    # asked for every model's number: an answer of ours spares four places to look it up
    settings.simple_ids = True
    settings.perform_document_validation = False  # advice for who writes pages, not for readers


def _default(self: PropertyDescriptor, obj) -> Any:
    """What a property is when nobody has set it."""
    plain = obj.themed_values() is None
    if plain:
        key = (obj.__class__, self.name)
        if key in DEFAULTS:
            return DEFAULTS[key]
        if self.name in obj._unstable_default_values:  # made for this object before
            return obj._unstable_default_values[self.name]
    value = _bokehs_default(self, obj)
    # exact types: a subclass of str may be an answer of its own for every object
    if plain and type(value) in PLAIN and not self.has_unstable_default(obj):
        DEFAULTS[key] = value
    return value
