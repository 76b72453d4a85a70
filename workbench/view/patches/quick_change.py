"""Bokeh 3.9.2: a property that is set is checked, compared and searched for models, each time.

A live frame sets the columns of three pictures and the ends of their axes: values of our own, which
hold no models and have been compared already. What Bokeh does with them beside telling the page
took an eighth of what the frame cost the server. `tests/view/test_live_cost.py` holds that a change
arrives here as Bokeh sends it; when `python benchmarks/page/live_frame.py` finds no difference
without this, the file may go.
"""

from collections.abc import Sequence
from typing import Any

from bokeh.document.events import ColumnDataChangedEvent, ModelChangedEvent
from bokeh.model import Model
from bokeh.models import ColumnDataSource

DATA = ColumnDataSource.lookup("data")


def set_plain(model: Model, name: str, value: Any) -> None:
    """Sets a property to a number or a text, unless it is that, and tells the model's page.

    Nothing of ours may listen to it in Python: such callbacks are not called.
    """
    values = model._property_values
    before = values[name] if name in values else getattr(model, name)
    values[name] = value
    if before != value and (page := model.document) is not None:
        page.callbacks.trigger_on_change(ModelChangedEvent(page, model, name, value))


def set_columns(
    source: ColumnDataSource, columns: dict[str, Any], names: Sequence[str] = ()
) -> None:
    """Sets all columns of the source as `set_plain` does; they are of one length.

    names: of those that are sent, if the page has all others already; none, and all are sent.
    """
    source.data._unregister_owner(source, DATA)
    DATA._set_value(source, DATA.property.wrap(columns))
    if (page := source.document) is not None:
        event = ColumnDataChangedEvent(page, source, "data", cols=list(names) or None)
        page.callbacks.trigger_on_change(event)
