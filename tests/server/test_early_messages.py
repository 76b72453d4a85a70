"""What comes before a page is drawn waits, and needs no further message to be done."""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from bokeh.document import Document
from panel.io.server import WSHandler
from panel.io.state import state

from workbench.view.patches.early_messages import EarlyMessages


def patch(name: str) -> SimpleNamespace:
    return SimpleNamespace(msgtype="PATCH-DOC", content={"events": [name]})


@pytest.fixture
def handled(monkeypatch) -> list[str]:
    """The names of the messages that have reached the page, in their order."""
    names = []

    async def handle(_handler, message):
        await asyncio.sleep(0)
        names.extend(message.content["events"])

    monkeypatch.setattr(WSHandler, "_handle", handle)
    return names


def open_page() -> EarlyMessages:
    """A websocket of a page that is not drawn yet."""
    handler = EarlyMessages.__new__(EarlyMessages)
    handler.early, handler.waiting = deque(), False
    handler.ws_connection = object()
    handler.connection = SimpleNamespace(session=SimpleNamespace(document=Document()))
    return handler


def alone(work) -> None:
    """Runs a coroutine in a thread of its own: a browser's loop may be at work in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result(60)


async def until(names: list[str], count: int) -> None:
    for _ in range(100):
        if len(names) == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(names)


def test_a_last_message_is_done_when_the_page_is_drawn_later(handled):
    async def story():
        handler = open_page()
        await handler._handle(patch("text"))
        await handler._handle(patch("press"))
        await asyncio.sleep(0.1)
        assert handled == []
        state._loaded[handler.connection.session.document] = True
        await until(handled, 2)

    alone(story())
    assert handled == ["text", "press"]


def test_what_comes_while_others_wait_is_put_behind_them(handled):
    async def story():
        handler = open_page()
        for name in "abc":
            await handler._handle(patch(name))
        state._loaded[handler.connection.session.document] = True
        await handler._handle(patch("d"))
        await until(handled, 4)
        await handler._handle(patch("e"))

    alone(story())
    assert handled == list("abcde")
