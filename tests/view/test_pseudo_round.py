"""The page on which a reader plays one round of pseudo-labels by hand."""

import pytest

from workbench.chapters.pseudo.sitting_lab import Sitting
from workbench.running.lab_machines import MACHINES, state_of
from workbench.view.labs import find, pseudo_round
from workbench.view.labs.oracle import Oracle


@pytest.fixture(autouse=True)
def no_machines():
    state_of.cache_clear()
    MACHINES.clear()


def sitting(page) -> Sitting:
    """What the page shows, where nothing is served and it is computed here."""
    machine = MACHINES[page.machine.kind, page.machine.given, page.machine.calls]
    return machine.sitting


def labels(page) -> list[str]:
    return [button.label for button in page.answers]


def test_the_chapters_page_has_the_round():
    assert find("pseudo") == {"pseudo_round": pseudo_round}


def test_guesses_are_judged_and_items_named_by_click_and_by_key():
    page = Oracle(pseudo_round.task())
    assert labels(page) == ["Accept", "Refuse", "Accept the rest", "Take back"]
    page.answers[1].param.trigger("clicks")
    page.memory.hear(["keys", "y", "7", "u"])
    assert sitting(page).answers == "n" and "Guess 2 of 20" in page.sentence.object
    page.answers[2].param.trigger("clicks")
    assert sitting(page).answers == "n" + 19 * "y" and "Question 1 of 10" in page.sentence.object
    assert labels(page) == [*"0123456789", "Skip", "Take back"]
    page.memory.hear(["keys", "y", "7", "u", *"012345678s"])
    assert "Done" in page.sentence.object and set(page.cards) == {"accuracy", "guesses"}
    assert page.memory.kept.tags == [sitting(page).to_text()]


def test_another_choice_begins_another_round():
    page = Oracle(pseudo_round.task())
    page.memory.hear(["state", Sitting("digits", "4", 3, "yn").to_text()])
    assert page.chosen == ("digits", "4") and "Guess 3 of 20" in page.sentence.object
    page.boxes[1].value = "2"
    assert sitting(page) == Sitting("digits", "2", 3)
