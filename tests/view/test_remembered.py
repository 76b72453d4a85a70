"""What is remembered for pages is what Bokeh and Panel would have answered."""

import asyncio
from unittest import mock

import pytest
from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import Div, Plot, Slider
from bokeh.resources import Resources
from panel.io.state import set_curdoc
from visits import run

from workbench.server import handlers as serving
from workbench.view.patches import cached_defaults as remembered


@pytest.fixture(autouse=True)
def remembering():
    remembered.remember()


def models() -> list[type[Model]]:
    known = Model.model_class_reverse_map
    return [kind for name, kind in sorted(known.items()) if name.partition(".")[0] != "tests"]


def made(kind: type[Model]) -> Model | None:
    try:
        return kind()
    except Exception:  # abstract, or nothing without arguments
        return None


def test_every_default_is_bokehs():
    seen = 0
    for kind in models():
        for _ in range(2):  # asked for, and remembered
            if (one := made(kind)) is None or (other := made(kind)) is None:
                continue
            for name in one.properties():
                if name in one._property_values:
                    continue
                try:
                    anew = remembered._defaults_anew(one.lookup(name), one)
                except Exception:
                    continue
                kept = remembered._default(other.lookup(name), other)
                if type(anew) in remembered.PLAIN:
                    assert repr(kept) == repr(anew), (kind, name)
                    seen += 1
    assert seen > 1000
    assert {type(value) for value in remembered.DEFAULTS.values()} <= set(remembered.PLAIN)


def test_what_can_be_changed_is_each_models_own():
    one, other = Plot(), Plot()
    one.tags.append("mine")
    assert other.tags == [] and Plot().tags == []
    assert one.x_range is not other.x_range and one.toolbar is not other.toolbar


def test_a_theme_wins():
    plain, themed = Div(), Div()
    assert plain.width is None
    themed.apply_theme({"width": 7})
    assert themed.width == 7 and Div().width is None
    themed.unapply_theme()
    assert themed.width is None


def test_what_was_set_wins():
    assert Slider(start=0, end=9, value=3, step=2).step == 2
    assert Slider(start=0, end=9, value=3).step == remembered.DEFAULTS[Slider, "step"]


def test_the_files_of_a_page_are_panels_whatever_it_shows():
    resources = Resources(mode="server", root_url="/")
    for roots in ([], [Div()], [Plot()]):
        document = Document()
        with set_curdoc(document):
            anew = tuple(remembered._files_anew(roots, resources))
            assert remembered._files(roots, resources) == anew
            assert "panel" in anew[0]


def test_the_loop_has_a_turn_between_two_pages(monkeypatch):
    told = []

    class Page(serving.RoomPage):
        current_user, turn = None, asyncio.Lock()
        __init__, _is_full = (lambda self: None), (lambda self: False)
        request = mock.Mock(**{"connection.stream.closed.return_value": False})

    async def build(self):
        told.append("page")

    async def somebody_else():
        for _ in range(20 * serving.ROUNDS):
            told.append("move")
            await asyncio.sleep(0)

    async def all_at_once():
        await asyncio.gather(*(Page().get() for _ in range(5)), somebody_else())

    monkeypatch.setattr(serving.DocHandler, "get", build)
    run(all_at_once())
    assert told.count("page") == 5
    assert "pagepage" not in "".join(told).removeprefix("page")
