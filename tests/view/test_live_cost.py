"""What a live frame sends: one message without buffers, and only what has changed."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from bokeh.core.serialization import Deserializer
from bokeh.document import Document
from bokeh.models import Column, ColumnDataSource, Div, Range1d
from tornado.websocket import WebSocketProtocol13

from workbench.core.pictures import Bars, Images
from workbench.view.drawing.columns import put, put_some
from workbench.view.drawing.drawing import draw
from workbench.view.drawing.spans import show_ends
from workbench.view.page.wire import Wire
from workbench.view.patches.whole_message import SMALL, frame, whole_message


def watched(*models) -> tuple[Document, list]:
    """A page with these models, which its browser knows, and what changes from now on."""
    page, events = Document(), []
    for model in models:
        page.add_root(model)
    page.models.flush_synced()
    page.on_change(events.append)
    return page, events


def arrived(page: Document, events: list) -> list:
    """What the browser makes of the message."""
    return Deserializer(list(page.models)).decode(whole_message(page, events).content["events"])


@pytest.mark.parametrize("size", [3, SMALL])
def test_arrays_travel_inside_the_message_and_arrive_as_they_were(size):
    source = ColumnDataSource({"a": np.zeros(1), "image": [np.zeros((1, 1), np.uint8)]})
    page, events = watched(source)
    column = np.append(np.random.default_rng(0).normal(size=size), np.nan)
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    put(source, {"a": column, "image": [image] * len(column)})
    message = whole_message(page, events)
    assert message.buffers == [] and "num_buffers" not in message.header
    (change,) = Deserializer([source]).decode(message.content["events"])
    np.testing.assert_array_equal(change["data"]["a"], column)
    assert change["data"]["image"][0].dtype == np.uint8
    np.testing.assert_array_equal(change["data"]["image"][0], image)


def test_a_model_is_described_once_and_then_spoken_of():
    column = Column(children=[Div(text="old")])
    page, events = watched(column)
    column.children = [*column.children, Div(text="new")]
    old, new = whole_message(page, events).content["events"][0]["new"]
    assert old == column.children[0].ref
    assert new["attributes"] == {"text": "new"}
    events.clear()
    column.children = column.children[::-1]
    assert arrived(page, events)[0]["new"] == column.children
    assert whole_message(page, events).content["events"][0]["new"][0] == column.children[0].ref


@pytest.mark.parametrize("value", ["text", True, None, 3, 0.5, np.nan, ["a", "b"], ["a", 1.5], ()])
def test_plain_values_arrive_as_bokeh_sends_them(value):
    source = ColumnDataSource()
    page, events = watched(source)
    source.tags = [value]
    (tag,) = arrived(page, events)[0]["new"]
    np.testing.assert_equal(tag, list(value) if isinstance(value, tuple) else value)


def test_what_stays_as_it_is_is_not_sent():
    bars = Bars("T", ("a", "b"), np.array([1.0, 2.0]))
    tiles = Images("T", np.zeros((1, 2, 3, 3)))
    drawings = [draw(bars), draw(tiles)]
    page, events = watched(*(drawing.model for drawing in drawings))
    drawings[0].update(Bars("T", ("a", "b"), np.array([1.0, 2.0])))
    drawings[1].update(Images("T", np.zeros((1, 2, 3, 3))))
    assert events == []
    drawings[0].update(Bars("T", ("a", "b"), np.array([1.0, 1.5])))
    drawings[1].update(Images("T", np.ones((1, 2, 3, 3))))
    assert len(events) == 2  # the columns of each, and no axis


def test_a_range_that_stays_is_not_set_again():
    ends = Range1d(0, 1)
    _page, events = watched(ends)
    show_ends(ends, 0.0, 1.0)
    assert events == []
    show_ends(ends, 0.0, 2.0)
    assert ends.end == 2 and len(events) == 1


def test_an_end_of_a_range_arrives_as_bokeh_sends_it():
    ends, bokehs = Range1d(0, 1), Range1d(0, 1)
    page, events = watched(ends)
    show_ends(ends, -1.0, 1.0)
    bokehs.start = -1.0
    assert ends.properties_with_values() == bokehs.properties_with_values()
    (change,) = arrived(page, events)
    assert (change["model"], change["attr"], change["new"]) == (ends, "start", -1.0)


def test_columns_that_stay_are_not_sent_again_and_are_still_the_sources():
    source = ColumnDataSource({"x": np.zeros(2), "name": ["a", "b"]})
    page, events = watched(source)
    put_some(source, {"x": np.ones(2)})
    (change,) = arrived(page, events)
    assert list(change["data"]) == change["cols"] == ["x"]
    np.testing.assert_array_equal(source.data["x"], np.ones(2))
    assert source.data["name"] == ["a", "b"]
    source.data["name"] = ["c", "d"]  # whoever changes a column in place is heard, too
    assert len(events) == 2


def heard(events: list) -> list:
    """What the page is told, message by message."""
    return [json.loads(event.msg_data) for event in events]


def test_all_that_a_page_is_told_at_once_is_one_message():
    page, events = watched(ends := Range1d(0, 1))
    wire = Wire(page)
    page.hold("combine")
    wire.show("status", "step 1")
    wire.show("numbers", {"a": 1})
    wire.show("status", "step 2")  # each of them is heard
    show_ends(ends, 0.0, 2.0)
    wire.show("numbers", {"a": 2})  # and not before what came in between
    wire.show("finding", "b")
    page.unhold()
    assert heard(events[:2]) == [{"status": "step 1", "numbers": {"a": 1}}, {"status": "step 2"}]
    assert events[2].attr == "end"
    assert heard(events[3:]) == [{"numbers": {"a": 2}, "finding": "b"}]
    wire.show("status", "step 3")  # what has been sent takes nothing in
    wire.show("numbers", {"a": 3})
    assert heard(events[4:]) == [{"status": "step 3"}, {"numbers": {"a": 3}}]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_text_is_framed_as_tornado_frames_it(size):
    written = []
    socket = SimpleNamespace(FIN=0x80, mask_outgoing=False, _wire_bytes_out=0)
    socket.stream = SimpleNamespace(write=written.append)
    WebSocketProtocol13._write_frame(socket, True, 1, b"a" * size)
    assert frame(b"a" * size) == written[0]
