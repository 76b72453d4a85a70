"""Changes reach a page in the order in which they were made, whoever makes them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import panel as pn
from bokeh.models import Column, Div
from panel.io import document

from workbench.classroom.rehearsal.client import Session, models
from workbench.core.pictures import Bars
from workbench.view.page.cards import Cards
from workbench.view.patches.locked_events import lock_events
from workbench.view.patches.message_order import keep_message_order

SAID, CHANGES = "spoken of", 5


def page() -> pn.Column:
    """A page where every change of a knob brings a model by Bokeh and speaks of it by Panel."""
    grid, knob = Column(), pn.widgets.TextInput()

    def change(_event) -> None:
        new = Div(text="new")
        grid.children = [*grid.children, new]
        with document.unlocked():
            new.text = SAID

    knob.param.watch(change, "value")
    return pn.Column(knob, pn.pane.Bokeh(grid))


def cards() -> pn.Column:
    """A page where every change of a knob shows three pictures, the last of them new."""
    shown, knob = Cards(dark=False), pn.widgets.TextInput()

    def change(event) -> None:
        names = ["a", "b", f"new {event.new}"]
        shown.show({name: Bars(name, ("x", "y"), np.arange(2) + int(event.new)) for name in names})

    knob.param.watch(change, "value")
    return pn.Column(knob, shown.pane)


def press() -> pn.Column:
    """A page where a press changes a model of Bokeh's, and then says so by Panel."""
    grid, knob, words = Column(), pn.widgets.TextInput(), pn.pane.HTML("")

    def pressed(_event) -> None:
        grid.children = [*grid.children, Div(text=f"new {len(grid.children)}")]
        words.object = f"pressed {len(grid.children)}"

    return pn.Column(knob, pn.widgets.Button(on_click=pressed), pn.pane.Bokeh(grid), words)


class Reader(Session):
    """Notes what the server speaks of before it has brought it."""

    def __init__(self, url: str):
        super().__init__(url)
        self.early, self.said, self.messages = [], 0, 0

    async def receive(self, patience: float = 120):
        kind, content = await super().receive(patience)
        self.messages += kind == "PATCH-DOC"
        return kind, content

    def on_change(self, model: str, attribute: str, value) -> None:
        if model not in self.known:
            self.early.append(model)
        self.known |= {found["id"] for found in models(value)}
        self.said += value == SAID


class Texts(Session):
    """Notes each text that a model is given."""

    def __init__(self, url: str):
        super().__init__(url)
        self.texts = []

    def on_change(self, model: str, attribute: str, value) -> None:
        if attribute == "text":
            self.texts.append(str(value))


async def read(page, wanted) -> Reader:
    """Changes the page's knob; `wanted(reader, i)` says whether all has come after the i-th."""
    server = pn.serve({"app": page}, port=0, start=False, show=False)
    server.start()
    reader = Reader(f"http://localhost:{server.port}")
    await reader.open()
    reader.known = set(reader.models)
    await asyncio.sleep(0.2)  # until Panel knows that the page listens
    for i in range(CHANGES):  # one after the other: Panel merges what comes at once
        reader.change(reader.find("panel.models.widgets.TextInput")["id"], value=str(i))
        for _ in range(100):
            if wanted(reader, i):
                break
            await asyncio.sleep(0.05)
    reader.close()
    server.stop()
    return reader


async def press_after_changes() -> list[str]:
    """Changes a knob and presses the button at once, a few times; gives the texts that came."""
    server = pn.serve({"app": press}, port=0, start=False, show=False)
    server.start()
    reader = Texts(f"http://localhost:{server.port}")
    await reader.open()
    await asyncio.sleep(0.2)
    knob = reader.find("panel.models.widgets.TextInput")["id"]
    button = reader.find("panel.models.widgets.Button")["id"]
    for i in range(CHANGES):
        reader.change(knob, value=str(i))
        click = {"type": "map", "entries": [["model", {"id": button}]]}
        reader.event({"type": "event", "name": "button_click", "values": click})
        for _ in range(40):
            if any("pressed" in text and str(i + 1) in text for text in reader.texts):
                break
            await asyncio.sleep(0.05)
    reader.close()
    server.stop()
    return reader.texts


def alone(work):
    """Runs a coroutine in a thread of its own: a browser's loop may be at work in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(60)


def test_a_model_is_brought_before_it_is_spoken_of():
    keep_message_order()
    reader = alone(read(page, lambda reader, i: reader.said > i))
    assert reader.said == CHANGES and reader.early == []


def test_all_that_is_shown_at_once_is_one_message():
    keep_message_order()
    reader = alone(read(cards, lambda reader, i: reader.messages > i))
    assert reader.messages == CHANGES and reader.early == []


def test_a_press_right_after_a_change_is_done_to_its_end():
    keep_message_order()
    lock_events()
    heard = alone(press_after_changes())
    assert [text for text in heard if text.startswith("pressed")] == [
        f"pressed {i + 1}" for i in range(CHANGES)
    ]


def test_panel_still_writes_in_the_way_that_is_replaced():
    """If this fails, Panel has changed its writer: see whether ours is still needed."""
    names = document.unlocked.__wrapped__.__code__.co_names
    assert {"write_events", "schedule_write_events", "unhold"} <= set(names)
