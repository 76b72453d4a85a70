"""The defaults that are kept for pages are what Bokeh would have answered."""

import pytest
from bokeh.model import Model
from bokeh.models import Div, Plot, Slider

from workbench.view.patches import cached_defaults
from workbench.view.patches.cached_defaults import DEFAULTS, PLAIN


@pytest.fixture(autouse=True)
def caching():
    cached_defaults.cache_defaults()


def models() -> list[type[Model]]:
    known = Model.model_class_reverse_map
    return [kind for name, kind in sorted(known.items()) if name.partition(".")[0] != "tests"]


def make(kind: type[Model]) -> Model | None:
    try:
        return kind()
    except Exception:  # abstract, or nothing without arguments
        return None


def test_every_default_is_bokehs():
    compared = 0
    for kind in models():
        for _ in range(2):  # asked for, and kept
            if (first := make(kind)) is None or (second := make(kind)) is None:
                continue
            for name in first.properties():
                if name in first._property_values:
                    continue
                try:
                    bokehs = cached_defaults._bokehs_default(first.lookup(name), first)
                except Exception:
                    continue
                ours = cached_defaults._default(second.lookup(name), second)
                if type(bokehs) in PLAIN:
                    assert repr(ours) == repr(bokehs), (kind, name)
                    compared += 1
    assert compared > 1000
    assert {type(value) for value in DEFAULTS.values()} <= set(PLAIN)


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
    assert Slider(start=0, end=9, value=3).step == DEFAULTS[Slider, "step"]
