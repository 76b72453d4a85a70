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
