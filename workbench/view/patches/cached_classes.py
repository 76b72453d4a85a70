"""Bokeh 3.9: what it asks of its classes is worked out once, not anew for every model and page.

For every model that is made Bokeh asks each property of its class whether the default could be
changed, and with every page it describes some seventy data classes of Panel's widgets, the same for
everybody: half of what a page's document costs. `tests/view/test_cached_classes.py` compares the
answers; when `python benchmarks/page/opening.py` finds a page as cheap without this, the file may
go.
"""

from functools import lru_cache
from typing import Any

from bokeh import __version__
from bokeh.core.has_props import HasProps, is_DataModel
from bokeh.core.property.singletons import Intrinsic, Undefined
from bokeh.core.serialization import Serialized, Serializer
from bokeh.document import Document
from bokeh.model import Model

_bokehs_begin = HasProps.__init__
_bokehs_overridden = HasProps._overridden_defaults.__func__
_bokehs_to_json = Document.to_json


def cache_classes() -> None:
    """Lets pages be built with the answers of before. Calling it again changes nothing."""
    HasProps.__init__ = _begin
    HasProps._overridden_defaults = classmethod(lru_cache(None)(_bokehs_overridden))
    Document.to_json = _to_json


@lru_cache(None)
def changeable(kind: type[HasProps]) -> tuple[tuple[str, Any], ...]:
    """The properties of a class whose defaults are made for each object, with their descriptors."""
    named = [(name, kind.lookup(name)) for name in kind.properties(_with_props=True)]
    return tuple((name, each) for name, each in named if each.has_unstable_default(kind))


def _begin(self, **properties: Any) -> None:
    """What `HasProps.__init__` does."""
    super(HasProps, self).__init__()
    self._property_values = {}
    self._unstable_default_values = {}
    self._unstable_themed_values = {}
    for name, value in properties.items():
        if value is not Undefined and value is not Intrinsic:
            setattr(self, name, value)
    for name, descriptor in changeable(type(self)):
        if name not in properties:
            descriptor._get(self)
    self._initialized = True


@lru_cache(maxsize=4)
def definitions(kinds: tuple[type[Model], ...]) -> list[dict]:
    """Data classes as a page gets them."""
    return Serializer().encode(list(kinds))


def _to_json(self, *, deferred: bool = True):
    """What `Document.to_json` does."""
    kinds = tuple(kind for kind in Model.model_class_reverse_map.values() if is_DataModel(kind))
    serializer = Serializer(deferred=deferred)
    whole = dict(
        version=__version__,
        title=self.title,
        config=serializer.encode(self._config),
        roots=serializer.encode(self._roots),
    )
    callbacks = serializer.encode(self.callbacks.js_event_callbacks)
    if kinds:
        whole["defs"] = definitions(kinds)
    if self.callbacks.js_event_callbacks:
        whole["callbacks"] = callbacks
    self.models.flush_synced()
    return Serialized(whole, buffers=serializer.buffers) if deferred else whole
