"""The editor of a text knob: it begins with the chapter's own, and loses nothing written."""

from workbench.chapters import find
from workbench.chapters.labelling import defaults
from workbench.view.page.controls import Controls

Settings = find("labelling").Settings
OWN, OTHER = defaults.ONE_OR_SEVEN, defaults.COMMENTS
WRONG = "1 if ink.real > 0"


def controls(**knobs):
    settled, said = [], []
    made = Controls(Settings(**knobs), settled.append, said.append)
    return made, made.widgets["functions"], settled, said


def test_the_editor_begins_with_the_chapters_own_functions_and_follows_the_items():
    made, editor, settled, _ = controls()
    assert editor.value == editor.value_input == OWN and made.settings.functions == ""
    made.widgets["items"].value = "comments"
    assert editor.value == OTHER and settled[-1].functions == ""
    assert not settled[-1].personal


def test_what_is_written_is_taken_and_stays_when_other_knobs_move():
    made, editor, settled, _ = controls()
    editor.value = "1 if slant > 0"
    assert settled[-1].functions == "1 if slant > 0"
    made.choose("copies", 3)
    assert settled[-1].copies == 3 and editor.value == settled[-1].functions == "1 if slant > 0"
    editor.value = ""
    assert settled[-1].functions == "" and editor.value == OWN


def test_the_chapters_own_text_is_no_text_of_the_readers():
    made, editor, settled, _ = controls(functions="1 if slant > 0")
    editor.value = OWN + "\n"
    assert settled[-1].functions == "" and not settled[-1].personal


def test_a_refused_text_stays_to_be_mended_and_says_where():
    made, editor, settled, said = controls()
    editor.value = WRONG
    assert settled == [] and made.settings.functions == ""
    assert editor.value == WRONG and editor.error_state
    assert "character 9" in editor.helper_text and editor.helper_text == said[-1]
    made.choose("prior", 1)
    assert editor.value == WRONG and editor.error_state and settled[-1].prior == 1
    editor.value = "1 if ink > 0"
    assert settled[-1].functions == "1 if ink > 0"
    assert not editor.error_state and editor.helper_text == ""
