"""What is kept of Bokeh's classes is what Bokeh would have answered."""

import pytest
from bokeh.core.has_props import HasProps
from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import Plot, Range1d
from doubles import shortest
from panel.reactive import ReactiveHTML

from workbench.chapters import find
from workbench.view.drawing.drawing import draw
from workbench.view.page.gallery import pictures_of
from workbench.view.patches import cached_classes


@pytest.fixture(autouse=True)
def caching():
    cached_classes.cache_classes()


def kinds() -> list[type[Model]]:
    known = Model.model_class_reverse_map
    return [kind for _, kind in sorted(known.items()) if kind.__module__.startswith("bokeh.")]


def test_every_model_begins_as_bokehs(monkeypatch):
    compared = 0
    for kind in kinds():
        try:
            ours = kind()
            with monkeypatch.context() as patch:
                patch.setattr(HasProps, "__init__", cached_classes._bokehs_begin)
                bokehs = kind()
        except Exception:  # abstract, or nothing without arguments
            continue
        assert ours._unstable_default_values.keys() == bokehs._unstable_default_values.keys(), kind
        assert ours._property_values.keys() == bokehs._property_values.keys()
        overridden = cached_classes._bokehs_overridden(kind)
        assert kind._overridden_defaults() == overridden
        compared += 1
    assert compared > 200


def test_what_was_given_stands_and_what_can_be_changed_is_each_models_own():
    given = Range1d(3, 4)
    one, other = Plot(x_range=given, tags=["a"]), Plot()
    assert one.x_range is given and one.tags == ["a"] and other.tags == []
    assert one.toolbar is not other.toolbar
    with pytest.raises(AttributeError):
        Plot(nothing=1)


def test_a_page_is_described_as_bokeh_describes_it():
    class Mark(ReactiveHTML):
        _template = '<b id="mark"></b>'

    page = Document()
    page.title = "A page"
    page.add_root(Plot(x_range=Range1d(0, 1), y_range=Range1d(0, 1)))
    page.add_root(Mark().get_root(page))
    for _ in range(2):
        ours = page.to_json(deferred=False)
        assert ours == cached_classes._bokehs_to_json(page, deferred=False)
        assert ours["defs"]


@pytest.mark.parametrize("name", ["beta-vae", "clustering", "rad"])
def test_drawings_are_the_same_without_bokehs_checks(name):
    from bokeh.core.property.validation import validate

    for picture in pictures_of(find(name), shortest(name)).values():
        described = []
        for checks in (True, False):
            with validate(checks):
                model = draw(picture).model
            described.append(sorted(f"{m.__class__.__name__} {plain(m)}" for m in of(model)))
        assert described[0] == described[1], picture.title


def of(root: Model) -> list[Model]:
    return list(root.references())


def plain(model: HasProps) -> dict:
    """What was set of a model, but for other models."""
    values = model.properties_with_values(include_defaults=False)
    return {name: repr(value) for name, value in values.items() if "id=" not in repr(value)}
