"""Pages are built one after the other, and between two of them the server answers others."""

import asyncio
from unittest import mock

from visits import run

from workbench.server import handlers


def test_the_loop_has_a_turn_between_two_pages(monkeypatch):
    events = []

    class Page(handlers.RoomPage):
        current_user, turn = None, asyncio.Lock()
        __init__, _is_full = (lambda self: None), (lambda self: False)
        _holds_a_key = _is_full
        set_header = lambda self, *_: None  # noqa: E731
        request = mock.Mock(**{"connection.stream.closed.return_value": False}, arguments={})

    async def build(self):
        events.append("page")

    async def somebody_else():
        for _ in range(20 * handlers.ROUNDS):
            events.append("move")
            await asyncio.sleep(0)

    async def all_at_once():
        await asyncio.gather(*(Page().get() for _ in range(5)), somebody_else())

    monkeypatch.setattr(handlers.DocHandler, "get", build)
    run(all_at_once())
    assert events.count("page") == 5
    assert "pagepage" not in "".join(events).removeprefix("page")
