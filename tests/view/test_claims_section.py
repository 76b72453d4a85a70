"""The claims on a page: what is told of them while they are tested, stopped and remembered."""

import pytest
from doubles import Changed, fake_claim, until

from workbench.chapters import find
from workbench.core.chapter import Claim
from workbench.running.claim_memory import ClaimMemory, Outcome
from workbench.running.claim_tests import ClaimTests
from workbench.view.sections import claims
from workbench.view.sections.claims import BEFORE, ClaimsSection

IDS = "holds", "fails", "raises", "endless"
CHAPTER = Changed(
    find("beta-vae"), claims=tuple(Claim(each, f"It {each}.", lambda seed: None) for each in IDS)
)


class FakeWire:
    """Keeps what a page is shown and calls what it would be told."""

    def __init__(self):
        self.handlers = {}
        self.shown = []

    def on(self, kind, handler):
        self.handlers[kind] = handler

    def show(self, kind, value):
        self.shown.append((kind, value))

    def state(self, claim):
        """What the page shows of this claim now."""
        return self.shown[-1][1][claim]


class FakeTimer:
    """A timer whose time the test has: it calls `section.refresh()` itself."""

    def __init__(self, refresh, period):
        pass

    def start(self):
        pass

    stop = start


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    monkeypatch.setattr(claims, "Timer", FakeTimer)


@pytest.fixture
def tests(monkeypatch):
    """Tests that are measured in this process, in another thread."""
    here = ClaimTests(fake_claim, ClaimMemory(None))
    monkeypatch.setattr(here, "process", lambda task: task())
    return here


def page(tests):
    wire = FakeWire()
    return ClaimsSection(CHAPTER, wire, tests), wire


def goes_on(section, done):
    def look():
        section.refresh()
        return done()

    until(look)


def test_nothing_is_read_or_told_before_the_list_is_opened(tests, monkeypatch):
    section, wire = page(tests)
    assert wire.shown == []
    wire.handlers["claims"](True)
    assert set(wire.state("holds")["seeds"]) == {""} and wire.state("holds")["button"] == "Test it"
    assert [state["words"] for state in wire.shown[-1][1].values()] == [""] * 4


def test_dots_come_one_by_one_and_one_sentence_ends_them(tests):
    section, wire = page(tests)
    section.press("fails")
    goes_on(section, lambda: wire.state("fails")["button"] == "Tested")
    state = wire.state("fails")
    assert state["seeds"] == ["holds", "holds", "holds", "fails", "holds"]
    assert state["words"] == "Holds on 4 of 5 seeds; fails on seed 3."
    assert state["measured"][3] == "Seed 3 fails: beta-vae fails 3"
    counts = [sum(map(bool, s["fails"]["seeds"])) for _, s in wire.shown]
    assert counts == sorted(counts) or "waits" in str(wire.shown)
    section.press("fails")  # all is measured: nothing is done again
    assert wire.state("fails")["button"] == "Tested" and section._test is None


def test_the_second_reader_sees_at_once_what_the_first_has_tested(tests):
    first, wire = page(tests)
    first.press("holds")
    goes_on(first, lambda: wire.state("holds")["button"] == "Tested")
    assert BEFORE not in wire.state("holds")["words"]
    second, wire = page(tests)
    second.open()
    assert wire.state("holds")["words"] == f"Holds on 5 of 5 seeds. {BEFORE}"


def test_claims_pressed_one_after_the_other_take_turns_on_a_page(tests, monkeypatch):
    monkeypatch.setattr(tests, "_is_paused", lambda: True)
    section, wire = page(tests)
    section.press("holds")
    section.press("fails")
    assert "The instructor has paused training" in wire.state("holds")["words"]
    assert wire.state("fails")["words"] == "Waits for the claim that is tested now."
    assert wire.state("fails")["seeds"] == ["waits"] * 5
    assert len(tests._open) == 1
    monkeypatch.undo()
    monkeypatch.setattr(tests, "process", lambda task: task())
    monkeypatch.setattr(claims, "Timer", FakeTimer)
    goes_on(section, lambda: wire.state("fails")["button"] == "Tested")
    assert wire.state("holds")["button"] == "Tested"


def test_stop_and_a_closed_page_leave_the_test(tests, monkeypatch):
    monkeypatch.setattr(tests, "_is_paused", lambda: True)
    section, wire = page(tests)
    section.press("holds")
    (test,) = tests._open
    assert wire.state("holds")["button"] == "Stop" and test.readers
    section.press("holds")
    assert wire.state("holds")["words"] == "Stopped." and not test.readers
    section.press("holds")
    (test,) = (each for each in tests._open if each.readers)
    section.rest()
    assert not test.readers
    section.wake()
    assert any(each.readers for each in tests._open)
    section.close()
    assert not any(each.readers for each in tests._open)


def test_what_cannot_be_measured_is_said_and_may_be_tried_again(tests, monkeypatch):
    def refuse(task):
        raise RuntimeError("ValueError: no")

    monkeypatch.setattr(tests, "process", refuse)
    section, wire = page(tests)
    section.press("raises")
    goes_on(section, lambda: wire.state("raises")["button"] == "Try again")
    assert wire.state("raises")["words"] == "5 of 5 seeds could not be measured."
    assert wire.state("raises")["seeds"] == ["trouble"] * 5
    assert wire.state("raises")["measured"][0] == (
        "Seed 0: This could not be measured (ValueError: no)."
    )
    monkeypatch.setattr(tests, "process", lambda task: Outcome(True, "x"))
    section.press("raises")
    goes_on(section, lambda: wire.state("raises")["button"] == "Tested")


def test_what_no_page_of_ours_tells_is_left_alone(tests):
    section, wire = page(tests)
    for message in ("unknown", None, 3, ["holds"]):
        section.press(message)
    assert wire.shown == [] and not tests._open
