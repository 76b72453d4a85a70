"""The page on which the reader is the oracle, with the tasks of both chapters that have one."""

from concurrent.futures import Future

import numpy as np
import pytest

from workbench.chapters.ceal.labelling_lab import Labelling
from workbench.running.lab_machines import MACHINES, state_of
from workbench.view.labs import ceal_oracle, oracle, rad_oracle
from workbench.view.labs.oracle import Oracle


@pytest.fixture(autouse=True)
def no_machines():
    """A machine goes along with the page that called it last: no test takes one from another."""
    state_of.cache_clear()
    MACHINES.clear()


def click(button):
    button.param.trigger("clicks")


def ceal_page() -> Oracle:
    return Oracle(ceal_oracle.task())


def rad_page() -> Oracle:
    return Oracle(rad_oracle.task())


def machine(page):
    """What the page shows, where nothing is served and it is computed here."""
    return MACHINES[page.machine.kind, page.machine.given, page.machine.calls]


def labelling(page) -> Labelling:
    return machine(page).labelling


# --- RAD


def test_a_reader_is_asked_within_the_budget_to_the_end():
    page, asked = rad_page(), 0
    walk = machine(page).walkthrough
    while not walk.done:
        assert set(page.cards) == {"question", "neighbours", "accuracy"}
        assert "came as" in page.sentence.object
        click(page.answers[int(walk.batch.truth[walk.pending[0]])])
        asked += 1
    assert f"{asked} of them rightly" in page.sentence.object
    assert set(page.cards) == {"accuracy", "answers"}
    assert all(button.disabled for button in page.answers)
    click(page.again)
    assert "Batch 1 of 6" in page.sentence.object and not page.answers[0].disabled


def test_a_batch_can_be_skipped_and_the_end_is_the_end():
    page = rad_page()
    skip = page.answers[-1]
    assert skip.label == "Skip this batch"
    while page.state.keys:
        click(skip)
    calls = page.machine.calls
    click(skip)
    assert "You answered 0 questions" in page.sentence.object and page.machine.calls == calls


@pytest.mark.parametrize("stream", rad_oracle.task().boxes["Stream"].values())
def test_each_stream_has_buttons_for_its_classes(stream):
    page = rad_page()
    page.boxes[0].value = stream
    names = machine(page).data.classes
    assert [button.label for button in page.answers] == [*names, "Skip this batch"]
    assert page.machine.given == (stream, 0)


def test_where_nothing_is_remembered_no_keys_are_heard():
    assert not rad_page().memory.view and ceal_page().memory.view


# --- CEAL


def test_the_page_takes_keys_and_buttons_and_counts_the_time(monkeypatch):
    clock = iter(np.arange(0.0, 1e4, 2.0))
    monkeypatch.setattr(oracle.time, "monotonic", lambda: next(clock))
    page = ceal_page()
    page.press("3")
    click(page.answers[4])
    assert labelling(page).answers == "34" and labelling(page).seconds == 4
    page.memory.hear(["keys", "s"])
    page.memory.hear(["keys", "s", "u", "1", "?"])
    assert labelling(page).answers == "341" and "question 4 of 10" in page.sentence.object
    assert page.memory.kept.tags == [labelling(page).to_text()]
    click(page.answers[-1])
    assert labelling(page).answers == "34"


def test_the_page_goes_on_where_its_address_says():
    page = ceal_page()
    kept = Labelling("digits", "AL_EN", 3, "1" * 12, 61)
    page.memory.hear(["state", kept.to_text()])
    assert labelling(page) == kept and page.chosen == ("digits", "AL_EN")
    assert "Round 2 of 5, question 3 of 10, 1:01 so far." in page.sentence.object
    page.memory.hear(["state", "nonsense"])  # answers are there already
    assert labelling(page) == kept
    page.boxes[1].value = "CEAL_MS"
    assert labelling(page) == Labelling("digits", "CEAL_MS", 3)
    page.memory.hear(["state", "nonsense"])
    assert 'role="alert"' in page.sentence.object and "holds no labelling" in page.sentence.object


def test_both_boxes_follow_a_labelling_of_another_set():
    page = ceal_page()
    if len(page.boxes[0].options) < 2:
        pytest.skip("needs a second pool in the data folder")
    kept = Labelling("faces", "AL_EN", 3, "0", 61)
    page.memory.hear(["state", kept.to_text()])
    assert labelling(page) == kept and page.chosen == ("faces", "AL_EN")


def test_the_page_ends_with_a_verdict():
    page = ceal_page()
    page.memory.hear(["state", Labelling(answers="1" * 50, seconds=100).to_text()])
    assert "You gave 50 answers" in page.sentence.object and "Done in 1:40" in page.sentence.object
    assert set(page.cards) == {"accuracy", "wrong", "words"}
    assert all(button.disabled for button in page.answers[:-1])
    calls = page.machine.calls
    page.press("1")
    assert page.machine.calls == calls
    click(page.again)
    assert labelling(page) == Labelling(seed=1) and not page.answers[0].disabled


def test_what_is_remembered_is_only_replaced_by_what_was_played_since():
    page = ceal_page()
    assert page.memory.kept.tags == [""]  # nothing to remember yet: the address stays as it is
    page.press("1")
    click(page.again)
    assert page.memory.kept.tags == [Labelling(seed=1).to_text()]


def test_keys_pressed_while_the_network_learns_are_not_lost(monkeypatch):
    page, waiting = ceal_page(), []
    monkeypatch.setattr(
        "workbench.view.labs.in_process",
        lambda task, then, *given: waiting.append((task, then, given)),
    )
    for key in "1u23":  # nothing can be taken back yet in what is shown, but it will by then
        page.press(key)
    assert "learns from your answers" in page.sentence.object and page.machine.busy
    for task, then, given in waiting:
        done = Future()
        done.set_result(task())
        then(*given, done)
    assert labelling(page).answers == "23" and "question 3 of 10" in page.sentence.object
    page.press("x")
    assert len(waiting) == 4 and not page.machine.busy
