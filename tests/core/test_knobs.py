"""Ready-made knobs: what every chapter has, declared in one word."""

import pytest

from workbench.chapters import NAMES, find
from workbench.core import knobs
from workbench.core.settings import Settings, SettingsError


class Toy(Settings):
    """The four that every chapter has."""

    data = knobs.data("Pictures.")
    lr = knobs.learning_rate(0.003)
    steps = knobs.steps(200, [100, 200, 400])
    seed = knobs.seed("the initial weights")


def test_ready_made_knobs_say_all_that_a_control_needs():
    toy = Toy.knobs()
    assert [toy[name].kind for name in toy] == ["data", "number", "integer", "integer"]
    assert [toy[name].label for name in toy] == ["Data", "Learning rate", "Steps", "Seed"]
    assert [toy[name].advanced for name in toy] == [False, True, True, True]
    assert toy["seed"].doc == "Draws the initial weights." and toy["lr"].doc == "Adam's step size."
    assert Toy() == Toy(data="digits", lr=0.003, steps=200, seed=0)
    with pytest.raises(SettingsError, match="seed must be a whole number from 0 to 99"):
        Toy(seed=knobs.LAST_SEED + 1)


@pytest.mark.parametrize("chapter", NAMES)
def test_chapters_declare_these_knobs_alike(chapter):
    toy, own = Toy.knobs(), find(chapter).Settings.knobs()
    for name in set(toy) & set(own):
        # rad's and ceal's steps are batches and half rounds, and are called so
        assert own[name].kind == toy[name].kind and own[name].advanced == toy[name].advanced
        assert own[name].label == toy[name].label or name == "steps"


def refuse_shouting(text):
    if text.isupper():
        raise ValueError(f"{text} is shouted; say it.")


class Writing(Settings):
    """A text that the reader writes."""

    data = knobs.data("Pictures.")
    verse = knobs.Text(9, refuse_shouting, lambda run: run.data[:3], label="Verse", doc="A line.")


def test_a_text_is_taken_as_it_is_and_refused_in_its_own_words():
    assert Writing().verse == "" and Writing(verse="  a b ").verse == "a b"
    assert Writing.from_query({"verse": "a&b=%c"}) == (Writing(verse="a&b=%c"), [])
    with pytest.raises(SettingsError, match="^HEY is shouted; say it.$"):
        Writing(verse="HEY")
    for wrong in ("x" * 10, "a\0b", 3, None):
        with pytest.raises(SettingsError, match="^verse must be a text of at most 9 characters"):
            Writing(verse=wrong)
    _, notes = Writing.from_query({"verse": "HEY"})
    assert notes == ["The link's verse was ignored: HEY is shouted; say it."]


def test_a_written_text_makes_settings_personal_and_a_suggestion_depends_on_the_others():
    knob = Writing.knobs()["verse"]
    assert knob.kind == "text" and knob.longest == 9 and knob.suggest(Writing()) == "dig"
    assert Writing(verse="mine").personal and not Writing(data="sprites").personal
