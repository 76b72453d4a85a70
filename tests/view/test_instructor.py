"""The instructor's page without a browser: what it shows, and what goes on without it."""

import csv
import gc
import queue
import re
import weakref
from types import SimpleNamespace
from unittest import mock

import pytest
from doubles import until

from workbench.chapters import NAMES, find
from workbench.classroom.room import classroom
from workbench.core.frames import Frame
from workbench.running.runner import Runner
from workbench.view.page.timer import Timer
from workbench.view.pages import class_points, room_words
from workbench.view.pages.instructor import UNKEPT, InstructorPage
from workbench.view.pages.room_tables import machine_table, runs_table

NAME = "beta-vae"
FIRST = NAMES[0]


class Gated:
    """Plays a frame of every run of a stack for each word in `script`, and None ends it."""

    def __init__(self):
        self.script = queue.Queue()
        self.left = 0

    def frames(self, name, runs):
        for step in range(1, 4):
            if self.script.get(timeout=30) is None:
                return
            yield [Frame(step, 3, {"elbo": -step, "rate": float(run.seed)}) for run in runs]

    def stop(self):
        self.left += 1
        self.script.put(None)

    def close(self):
        self.script.put(None)


@pytest.fixture
def runner():
    runner = Runner([Gated()])
    runner.script = runner.players[0].script
    yield runner
    runner.close()


@pytest.fixture
def opened(runner, monkeypatch):
    """Opens an instructor's page; the test looks when it wants to."""
    monkeypatch.setattr(Timer, "start", lambda timer: setattr(timer, "_end", lambda: None))
    classroom.cache_clear()
    runner.on_end.append(classroom().ended)
    yield lambda: InstructorPage(runner, dark=False)
    classroom.cache_clear()


def train(runner, **knobs):
    """A run to its end."""
    run = runner.open(NAME, find(NAME).Settings(**knobs), runner)
    for _ in range(3):
        runner.script.put("go on")
    return run.wait(30)


def baked(page):
    """The section in which a sweep is trained, begun with two values and two seeds: one stack."""
    section = page.bake.objects[0].section
    stacked = set(section.chapter.stackable)
    section.knob.value = next(name for name in section.knob.options.values() if name in stacked)
    section.count.value, section.seeds.value = 2, 2
    section._go(None)
    return section


# --- now


def test_queue_load_and_seconds_are_shown(opened, runner):
    page = opened()
    train(runner, seed=1)
    waiting = [runner.open(NAME, find(NAME).Settings(seed=seed), page) for seed in (2, 3)]
    until(lambda: waiting[0].status == "training")
    page.refresh()
    rows = {row[0]: row[1:] for row in runs_table(page.room, runner).rows}
    assert list(rows) == [find(NAME).title] and rows[find(NAME).title][:3] == (1, 1, 1)
    assert all(0 <= seconds < 30 for seconds in rows[find(NAME).title][3:])
    box = dict(machine_table(runner, 0).rows)
    assert re.fullmatch(r"\d+\.\d on \d+ cores", box["load in the last minute"])
    assert re.fullmatch(r"\d+ MB", box["memory of the server"])
    assert box["processes that train"] == "1"


def test_memory_is_what_is_held_now(monkeypatch):
    held = mock.Mock(**{"memory_info.return_value.rss": 2 * 2**20 + 4096})
    monkeypatch.setattr(room_words.psutil, "Process", lambda: held)
    assert room_words.memory_in_words() == "2 MB"


def test_another_page_that_pauses_is_followed(opened, runner):
    here, there = opened(), opened()
    here.pause.value = True
    assert runner.paused and not there.pause.value
    there.refresh()
    assert there.pause.value and "New training is paused." in runs_table(there.room, runner).caption
    there.pause.value = False
    here.refresh()
    assert not runner.paused and not here.pause.value


def test_a_hand_bears_the_name_that_is_typed_after_it_was_raised(opened):
    page, seat = opened(), classroom().sit(NAME, print)
    seat.raise_hand(True)
    page.refresh()
    assert page.hands.objects[0].label.startswith(f"page {seat.id} (")
    seat.call_me("Ada")
    page.refresh()
    assert page.hands.objects[0].label.startswith("Ada (")
    page._lower(seat)
    assert page.hands.objects == [] and seat.hand is None


# --- show


def test_what_was_shown_to_whom_is_said(opened):
    page, seats = opened(), [classroom().sit(name, print) for name in (NAME, NAME, "rad", "mil")]
    for seat in seats[1:]:
        seat.follows = True
    page.address.value = f"http://host/app?chapter={NAME}&beta=4#sweep"
    page._show(None)
    said = f"Shown to 1 page; 2 on other chapters have a link. {find(NAME).title}: Beta 4."
    assert said in page.sentence.object and page.chapter.value == NAME
    for wrong in ("data=not-here", "oops=4&beta=hello"):
        page.address.value = wrong
        page._show(None)
        assert (
            'role="alert"' in page.sentence.object and "Nothing was shown." in page.sentence.object
        )
        assert classroom().shown.settings.beta == 4


# --- bake


def test_a_bake_says_how_far_it_is_and_ends(opened, runner):
    page = opened()
    section = baked(page)
    assert section.go.label == "Stop" and len(classroom().bakes()) == 1
    for _ in range(2):
        runner.script.put("go on")
    until(lambda: all(len(run.frames) == 2 for run in section.sweep.runs))
    section.refresh()
    assert "0 of 4 runs are done" in section.status.text and 'value="8"' in section.status.text
    runner.script.put("go on")
    section.sweep.wait(30)
    section.refresh()
    assert "4 of 4 runs are done" in section.status.text and section.go.label != "Stop"
    assert classroom().bakes() == [] and not any(run.readers for run in section.sweep.runs)
    assert len(classroom().points(FIRST)) == 4


def test_a_bake_goes_on_when_its_page_is_gone_and_the_next_page_finds_it(opened, runner):
    page = opened()
    page.chapter.value = NAME
    section = baked(page)
    runner.script.put("go on")
    until(lambda: all(run.frames for run in section.sweep.runs))
    runs, gone = section.sweep.runs, weakref.ref(section)
    section.rest()
    section.close()
    del page, section
    gc.collect()
    assert gone() is None and all(run.live for run in runs)
    page = opened()
    section = page.bake.objects[0].section
    assert page.chapter.value == NAME and section.sweep.runs is runs
    assert (section.go.label, section.count.value, section.seeds.value) == ("Stop", 2, 2)
    section.refresh()
    assert "0 of 4 runs are done" in section.status.text
    section._go(None)  # which says Stop
    assert all(run.status == "abandoned" for run in runs) and classroom().bakes() == []


def test_a_bake_without_a_page_is_let_go_when_it_has_ended(opened, runner):
    section = baked(opened())
    runs, sweep = section.sweep.runs, weakref.ref(section.sweep)
    section.close()
    del section
    for _ in range(3):
        runner.script.put("go on")
    for run in runs:
        run.wait(30)
    until(lambda: not classroom().bakes())
    gc.collect()
    assert sweep() is None and not any(run.readers for run in runs)


def test_a_bake_that_is_not_kept_is_no_secret(opened, runner):
    runner.store = SimpleNamespace(closed=False)
    page = opened()
    assert UNKEPT not in page.unkept.object and dict(machine_table(runner, 0).rows)["results"] == (
        "kept on disk"
    )
    runner.store.closed = True  # as after a full disk
    page.refresh()
    assert UNKEPT in page.unkept.object and 'role="alert"' in page.unkept.object
    runner.store = None


# --- what all have found


def test_the_points_and_their_csv_are_those_of_all(opened, runner):
    page = opened()
    page.chapter.value = NAME
    page.points.x.value, page.points.y.value = "beta", "rate"
    for seed in (5, 6):
        train(runner, beta=4, seed=seed)
    page.refresh()
    shown = page.points.picture()
    assert shown.xy.tolist() == [[4, 5], [4, 6]] and "2 finished runs" in shown.title
    rows = list(csv.DictReader(page.points._csv()))
    assert [(row["beta"], row["seed"], row["rate"]) for row in rows] == [
        ("4.0", "5", "5.0"),
        ("4.0", "6", "6.0"),
    ]
    page.chapter.value = FIRST
    assert len(page.points.picture().xy) == 0 and list(csv.DictReader(page.points._csv())) == []


def test_every_chapter_and_number_has_axes_of_its_own(opened, runner):
    page = opened()
    page.chapter.value = NAME
    page.points.x.value, page.points.y.value = "beta", "rate"
    for seed in (50, 60):
        train(runner, beta=4, seed=seed)
    page.refresh()
    up = page.points.cards["points"].drawing.model.y_range
    assert up.end > 60
    page.points.y.value = "elbo"  # which is -3
    assert -10 < up.start < -3 < up.end < 0
    page.points.y.value = "rate"
    page.chapter.value = FIRST  # without a point
    page.chapter.value = NAME
    page.points.y.value = "elbo"
    assert -10 < up.start < -3 < up.end < 0


def test_points_of_other_settings_have_a_colour_of_their_own(opened, runner):
    page = opened()
    page.chapter.value = NAME
    page.points.x.value, page.points.y.value = "beta", "rate"
    train(runner, beta=4, seed=1)
    assert page.points.picture().groups == ()  # all alike: nothing to tell apart
    train(runner, beta=4, seed=2, latent=2)
    train(runner, beta=2, seed=3, latent=2, steps=100)
    shown = page.points.picture()
    assert shown.groups == (
        "Latents 10, Steps 1500",
        "Latents 2, Steps 1500",
        "Latents 2, Steps 100",
    )
    assert shown.group.tolist() == [0, 1, 2]
    for latent in range(3, 12):
        train(runner, beta=4, seed=1, latent=latent)
    train(runner, beta=2, seed=9, latent=11)
    shown = page.points.picture()
    assert len(shown.groups) == class_points.GROUPS_AT_MOST + 1
    assert shown.groups[-1] == class_points.OTHERS and set(shown.group) == set(range(8))
    assert "Latents 11, Steps 1500" in shown.groups  # two of them, so it is among the frequent
