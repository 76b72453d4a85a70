"""What a page shows before its widgets are there is what they will show."""

import re
from pathlib import Path

import panel_material_ui as pmui
import pytest
from workbench.view.pages.ahead import knobs_ahead

from workbench import view
from workbench.chapters import NAMES, find
from workbench.core.knobs import Knob
from workbench.view.page.controls import Controls, make_widget
from workbench.view.page.meanings import explanations, folded, meanings

every_chapter = pytest.mark.parametrize("name", NAMES)
VIEW = Path(view.__path__[0])


def controls(name: str) -> Controls:
    return Controls(find(name).Settings(), print, print)


@every_chapter
def test_the_knobs_ahead_are_those_that_come_with_their_labels_and_values(name):
    built = controls(name)
    ahead = knobs_ahead(built)
    assert [knob.label for knob in ahead] == [widget.label for widget in built.main.objects]
    for knob, widget in zip(ahead, built.main.objects, strict=True):
        if isinstance(getattr(widget, "options", None), dict):
            assert widget.options[knob.value] == widget.value
        elif knob.look == "slider":
            assert float(knob.value) == pytest.approx(widget.value, abs=0.005)
        elif knob.look == "menu":
            assert knob.value == widget.value


@every_chapter
def test_every_knob_and_every_number_has_an_explanation(name):
    chapter = find(name)
    knobs = chapter.Settings.knobs().values()
    said = explanations(chapter)
    assert all(said[knob.label] == knob.doc != "" for knob in knobs)
    assert len({knob.label for knob in knobs}) == len(knobs)  # a label finds its own
    assert list(meanings(chapter).values()) == list(chapter.reading.values())


def test_a_folded_list_is_text():
    assert "<dt>&lt;b&gt;</dt><dd>&amp;</dd>" in folded("<i>", {"<b>": "&"})
    assert "<summary>&lt;i&gt;</summary>" in folded("<i>", {})


def test_no_menu_and_no_button_is_materials():
    """Its menus do not open by keyboard (panel-material-ui 0.16.6), and buttons have one look."""
    found = [
        f"{path.relative_to(VIEW)}: {kind}"
        for path in sorted(VIEW.rglob("*.py"))
        for kind in re.findall(
            r"pmui\.(\w*(?:Select|Choice|Button|Autocomplete)\w*)", path.read_text()
        )
    ]
    assert found == []
    choice = Knob("kind", "choice", "a", "Kind", "A choice.", choices=("a", "b"))
    assert not isinstance(make_widget(choice, "a"), pmui.base.MaterialComponent)
