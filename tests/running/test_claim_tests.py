"""Claims tested for readers: in another process, in turns, shared, remembered, and ended early."""

import os
import warnings
from functools import partial

import pytest
from doubles import fake_claim, until

from workbench.running import claim_memory
from workbench.running.claim_memory import ClaimMemory, Outcome
from workbench.running.claim_tests import ClaimTests, verdict

NAME = "beta-vae"


@pytest.fixture(scope="module")
def started():
    """One process for all tests here: to begin it takes a second."""
    tests = ClaimTests(fake_claim, ClaimMemory(None))
    yield tests
    tests.process.end()


@pytest.fixture
def tests(started, tmp_path):
    started.memory = ClaimMemory(tmp_path)
    return started


def ended(tests, claim: str):
    test = tests.open(NAME, claim, "reader")
    until(lambda: test.ended)
    tests.leave(test, "reader")
    return test


def test_a_claim_that_holds_is_measured_on_five_seeds_elsewhere(tests):
    test = ended(tests, "holds")
    assert test.outcomes == {s: Outcome(True, f"{NAME} holds {s}") for s in range(5)}
    assert verdict(test.outcomes) == "Holds on 5 of 5 seeds."
    assert tests.process.process.pid != os.getpid()


def test_the_seed_on_which_it_fails_is_named_with_what_was_measured(tests):
    test = ended(tests, "fails")
    assert [test.outcomes[s].holds for s in range(5)] == [True, True, True, False, True]
    assert test.outcomes[3].measured == f"{NAME} fails 3"
    assert verdict(test.outcomes) == "Holds on 4 of 5 seeds; fails on seed 3."
    assert verdict({s: test.outcomes[s] for s in (0, 3)}) == (
        "Holds on 1 of 2 seeds so far; fails on seed 3."
    )


def test_an_exception_is_one_sentence_and_is_not_remembered(tests):
    test = ended(tests, "raises")
    assert test.outcomes[0] == Outcome(None, "That knob is not here.")
    assert test.outcomes[1].measured == (
        "This could not be measured (ZeroDivisionError: seed 1 has nothing to divide by)."
    )
    assert verdict(test.outcomes) == "" and tests.memory.outcomes(NAME) == {}
    assert ended(tests, "holds").outcomes[4].holds  # the process goes on


def test_an_endless_seed_is_ended_and_no_other_is_tried(tests, monkeypatch):
    ended(tests, "holds")  # the process has begun, which takes longer
    monkeypatch.setattr(tests.process, "seconds", 0.2)
    test = ended(tests, "endless")
    monkeypatch.undo()
    sentence = "This took more than 0.2 s of computing, and was ended."
    assert test.outcomes == {0: Outcome(None, sentence)} and test.gave_up
    assert ended(tests, "fails").outcomes[0].holds


def test_what_nobody_waits_for_is_ended_at_once(tests):
    test = tests.open(NAME, "endless", "a")
    assert tests.open(NAME, "endless", "b") is test  # equal tests are one
    until(lambda: test.measures == 0 and tests.process.process is not None)
    tests.leave(test, "a")
    assert tests.process.process.is_alive() and test.measures == 0
    tests.leave(test, "b")
    assert not tests.process.process.is_alive()
    assert ended(tests, "holds").outcomes[0].holds  # it was in nobody's way
    assert test.outcomes == {}


def test_two_pages_take_turns_seed_by_seed(tests, monkeypatch):
    order = []
    monkeypatch.setattr(tests, "process", lambda task: order.append(task.args[1:]) or task())
    with tests._changed:  # both come before the first seed
        first = tests.open(NAME, "holds", "a")
        second = tests.open(NAME, "fails", "b")
        assert tests.beside(first) == tests.beside(second) == 1
    until(lambda: first.ended and second.ended)
    assert order == [(claim, seed) for seed in range(5) for claim in ("holds", "fails")]


def test_nothing_begins_while_the_instructor_pauses(tests, monkeypatch):
    looks = []
    monkeypatch.setattr(tests, "_is_paused", lambda: looks.append(0) or True)
    test = tests.open(NAME, "holds", "a")
    until(lambda: len(looks) > 1)
    assert tests.paused and test.measures is None and test.outcomes == {}
    monkeypatch.undo()
    until(lambda: test.ended)


def test_what_was_measured_is_remembered_for_this_code(tests, tmp_path, monkeypatch):
    ended(tests, "fails")
    tests._measure = partial(pytest.fail, "measured again")
    try:
        test = tests.open(NAME, "fails", "a")
        assert test.ended and not test.outcomes[3].holds
    finally:
        tests._measure = fake_claim
    assert ClaimMemory(tmp_path).outcomes(NAME)["fails"] == test.outcomes  # after a restart
    monkeypatch.setattr(claim_memory, "digest", lambda name: "other")
    assert ClaimMemory(tmp_path).outcomes(NAME) == {}


def test_a_damaged_file_counts_as_absent_and_a_full_disk_warns_once(tmp_path):
    memory = ClaimMemory(tmp_path)
    memory._path(NAME).write_text('{"holds": {"0": 1}}')
    assert memory.outcomes(NAME) == {}
    memory.put(NAME, "holds", 0, Outcome(True, "x"))
    assert ClaimMemory(tmp_path).outcomes(NAME) == {"holds": {0: Outcome(True, "x")}}
    blocked = ClaimMemory(memory._path(NAME))  # a file is no folder
    with pytest.warns(UserWarning, match="cannot be written"):
        blocked.put(NAME, "holds", 1, Outcome(True, "y"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        blocked.put(NAME, "holds", 2, Outcome(False, "z"))
    assert set(blocked.outcomes(NAME)["holds"]) == {1, 2}
