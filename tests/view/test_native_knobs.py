"""The knobs of a chapter's page: native controls that stand as its settings do."""

import re
from pathlib import Path

import panel_material_ui as pmui
import pytest

from workbench import view
from workbench.chapters import NAMES, find
from workbench.chapters.labelling import defaults
from workbench.core.knobs import Knob
from workbench.view.page.controls import Controls, make_widget
from workbench.view.page.meanings import explanations, folded, meanings
from workbench.view.page.native import NativeControls
from workbench.view.page.wire import Wire
from workbench.view.pages.chapter import FRONT, front_knobs
from workbench.view.pages.shell import render

every_chapter = pytest.mark.parametrize("name", NAMES)
VIEW = Path(view.__path__[0])
OWN, WRONG = defaults.ONE_OR_SEVEN, "1 if ink.real > 0"


def native(name: str, **knobs):
    settled, complaints = [], []
    settings = find(name).Settings(**knobs)
    made = NativeControls(settings, settled.append, complaints.append, Wire(None))
    return made, settled, complaints


@every_chapter
def test_a_page_has_the_values_and_the_choices_of_a_notebooks_widgets(name):
    made, _, _ = native(name)
    widgets = Controls(made.settings, print, print)
    widgets.open_details()
    shown = [*widgets.main.objects, *widgets.details.objects]
    for knob, state in made.state().items():
        widget = widgets.widgets[knob]
        assert state["matters"] == (widget in shown), knob
        assert state["value"] == widget.value, knob
        if "choices" in state:
            options = getattr(widget, "options", None)
            pairs = dict(options) if isinstance(options, dict) else {o: o for o in options}
            assert {text: value for value, text in state["choices"]} == pairs, knob


@every_chapter
def test_every_knob_has_one_control_with_its_label_and_its_explanation(name):
    made, _, _ = native(name)
    for knob in made.settings.knobs().values():
        html = render("knob.html", knob=knob, state=made.state()[knob.name])
        assert html.count("data-knob=") == 1 and f'<label for="knob-{knob.name}">' in html
        assert len(re.findall("<(?:input|select|textarea) ", html.replace("\n", " "))) == 1
        assert f'aria-label="What is {knob.label}?"' in html.replace("&#39;", "'")


@every_chapter
def test_at_most_three_knobs_stand_in_front(name):
    front = front_knobs(find(name))
    knobs = find(name).Settings.knobs()
    assert 1 <= len(front) <= FRONT == 3 and set(front) <= set(knobs)
    lesson = find(name).teaching
    assert not lesson.knob or front[0] == lesson.knob


def test_a_move_is_taken_and_answered_with_its_number():
    made, settled, _ = native("beta-vae")
    made._wire.hear('{"kind": "knob", "value": {"name": "beta", "value": 4, "number": 7}}')
    assert settled[-1].beta == 4
    shown = made._wire.state["knobs"]
    assert shown["number"] == 7 and shown["knobs"]["beta"]["value"] == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beta", 99),
        ("beta", [1]),
        ("beta", None),
        ("likelihood", "poisson"),
        ("nothing", 1),
        ("data", "/etc/passwd"),
        ("data", "../digits"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_not_taken(name, value):
    made, settled, complaints = native("beta-vae")
    made.choose(name, value)
    assert settled == [] and len(complaints) == 1
    assert made._wire.state["knobs"]["knobs"]["beta"]["value"] == 1


def test_an_editor_begins_with_the_chapters_own_text_which_is_none_of_the_readers():
    made, settled, _ = native("labelling")
    assert made.state()["functions"]["value"] == OWN
    made.choose("functions", OWN + "\n")
    assert settled == [] and not made.settings.personal
    made.choose("items", "comments")
    assert made.state()["functions"]["value"] == defaults.COMMENTS


def test_a_refused_text_stays_to_be_mended_and_says_where():
    made, settled, complaints = native("labelling")
    made.choose("functions", WRONG)
    state = made.state()["functions"]
    assert settled == [] and state["value"] == WRONG
    assert "character 9" in state["error"] and state["error"] == complaints[-1]
    made.choose("prior", 1)
    assert made.state()["functions"]["value"] == WRONG and settled[-1].prior == 1
    made.choose("functions", "1 if ink > 0")
    assert made.state()["functions"] == dict(value="1 if ink > 0", matters=True, error="")


@every_chapter
def test_every_knob_and_every_number_has_an_explanation(name):
    chapter = find(name)
    knobs = chapter.Settings.knobs().values()
    texts = explanations(chapter)
    assert all(texts[knob.label] == knob.doc != "" for knob in knobs)
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


def test_a_menu_says_words_and_tells_the_value_of_the_code():
    state = native("ceal")[0].state()["strategy"]
    assert ["CEAL_MS", "CEAL, margin"] in state["choices"] and state["value"] == "CEAL_MS"
    knob = find("clustering").Settings.knobs()["kind"]
    assert knob.reads("vade") == "VaDE" and knob.convert("vade") == "vade"
    with pytest.raises(ValueError):
        knob.convert("VaDE")


@every_chapter
def test_no_choice_is_written_as_code_writes_it(name):
    for knob in find(name).Settings.knobs().values():
        assert not [each for each in map(knob.reads, knob.choices) if "_" in each], knob.name
