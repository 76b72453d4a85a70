"""The messages between a chapter's page and its server."""

import json

import pytest
from bokeh.document import Document
from bokeh.document.events import MessageSentEvent

from workbench.view.page.wire import NAME, Wire, WireText


@pytest.fixture
def page():
    document = Document()
    sent: list[dict] = []
    document.on_change(lambda event: sent.append(json.loads(event.msg_data)))
    return document, sent


def told(document: Document, **message) -> None:
    hand_in(document, json.dumps(message))


def hand_in(document: Document, text: object) -> None:
    """What Bokeh does with a message of the browser."""
    MessageSentEvent._handle_event(document, MessageSentEvent(document, NAME, text))


def test_what_is_shown_is_sent_once_and_again_when_the_page_comes(page):
    document, sent = page
    wire = Wire(document)
    for beta in (1, 1, 2):
        wire.show("beta", beta)
    wire.show("words", "<b>")
    assert sent == [{"beta": 1}, {"beta": 2}, {"words": "<b>"}]
    told(document, kind="hello")
    assert sent[-1] == {"beta": 2, "words": "<b>"}


def test_what_is_told_reaches_its_handler_alone(page):
    document, _ = page
    wire, heard = Wire(document), []
    wire.on("press", heard.append)
    told(document, kind="press", value="first")
    told(document, kind="other", value="second")
    assert heard == ["first"]
    wire.close()
    told(document, kind="press", value="third")
    assert heard == ["first"]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "17", None, 17, '{"kind": ["press"]}'])
def test_what_no_page_tells_is_left_alone(page, text):
    document, sent = page
    wire, heard = Wire(document), []
    wire.on("press", heard.append)
    hand_in(document, text)
    assert heard == [] and sent == []


def test_an_error_of_a_handler_is_not_swallowed(page):
    document, _ = page
    Wire(document).on("press", lambda _value: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        told(document, kind="press")


def test_a_text_is_a_place_on_the_page(page):
    document, sent = page
    place = WireText(Wire(document), "status")
    assert place.text == ""
    place.text = "Done"
    assert place.text == "Done" and sent == [{"status": "Done"}]
