"""A chapter's page: what stands on it belongs to the frame that is drawn, and what was pressed is
done."""

import json
import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from doubles import shortest

from workbench.chapters import NAMES, find
from workbench.core.lesson import Lesson
from workbench.core.pictures import Curves
from workbench.running.run import Run
from workbench.view.page.gallery import names_of, pictures_of
from workbench.view.page.scene import PLACES, first_names
from workbench.view.pages.awaited import awaited
from workbench.view.pages.page_board import PageBoard
from workbench.view.pages.readings import HEAD, boxes, live_names

every_chapter = pytest.mark.parametrize("name", NAMES)
RANDOM_FRAMES = 3


def page_of(name: str) -> PageBoard:
    """A page on which the chapter's shortest run has ended."""
    settings = find(name).Settings(steps=shortest(name)[-1].steps)
    run = Run(name, settings)
    run.frames, run.status = list(shortest(name)), "done"
    nothing = dict.fromkeys(("waiting_before", "seconds_before", "in_turn_with"), lambda _run: 0)
    runner = SimpleNamespace(
        move=lambda *_: run, leave=lambda *_: None, paused=False, opened=[], **nothing
    )
    board = PageBoard(name, runner)
    board.live.watch = lambda: None
    board.live.move(settings)
    return board


def some_frames(name: str) -> list[int]:
    frames = len(shortest(name))
    chosen = np.random.default_rng(frames).integers(1, frames + 1, RANDOM_FRAMES)
    return [*map(int, chosen), frames, 1]


@every_chapter
def test_all_that_is_said_belongs_to_the_frame_that_is_drawn(name):
    board, chapter = page_of(name), find(name)
    for count in some_frames(name):
        frames = shortest(name)[:count]
        board.draw_frames(frames)
        shown, scalars = board.wire.state, frames[-1].scalars
        texts = {n: chapter.quantity(n).write(scalars[n]) for n in chapter.reading if n in scalars}
        assert shown["all"] == texts and shown["drawn"] == frames[-1].step
        assert set(re.findall(r"<b>([^<]+)</b>", unescape(shown["numbers"]))) <= {*texts.values()}
        for number, text in shown["diagram"].items():
            assert text == chapter.quantity(number).write(scalars[number])
        finding = chapter.teaching.finding
        if finding is not None:
            assert shown["finding"] == finding(board.live.run.settings, scalars) != ""
        for place, head in zip(board.gallery.places, shown["pictures"], strict=False):
            picture = pictures_of(chapter, frames)[place.name]
            assert head["title"] == picture.title and head["name"] == place.name
            assert head["words"] == picture.summary().removeprefix(f"{picture.title}: ")
            if isinstance(picture, Curves):
                drawn = place.drawing.picture.lines
                assert [len(line.x) for line in drawn] == [len(line.x) for line in picture.lines]
            else:
                assert place.drawing.picture is frames[-1].pictures[place.name]


@every_chapter
def test_the_head_has_at_most_three_numbers_with_labels(name):
    board, chapter = page_of(name), find(name)
    board.draw_frames(shortest(name))
    head = board.wire.state["numbers"]
    labels = re.findall(r">([^<>]+) <b>", unescape(head))
    assert 1 <= len(labels) <= HEAD == 3
    known = [chapter.quantity(number).label for number in chapter.reading]
    assert set(labels) <= set(known)


@every_chapter
def test_three_pictures_are_drawn_and_all_when_they_are_wanted(name):
    board, chapter = page_of(name), find(name)
    frames = shortest(name)
    board.draw_frames(frames)
    first, known = first_names(chapter, names_of(chapter, frames)), names_of(chapter, frames)
    assert [place.name for place in board.gallery.places] == first and len(first) == PLACES
    assert len(board.gallery.others) == 0
    board.wire.hear('{"kind": "all", "value": true}')
    assert {*first, *board.gallery.others} == set(known)
    drawn = board.gallery.others.grid.children
    board.wire.hear('{"kind": "all", "value": false}')
    board.draw_frames(frames[:1])
    assert board.gallery.others.grid.children == drawn  # shut: nothing is drawn for nobody


@every_chapter
def test_a_lesson_names_pictures_and_numbers_that_its_chapter_has(name):
    chapter, lesson = find(name), find(name).teaching
    known = names_of(chapter, shortest(name))
    pictures = {trace.title for trace in chapter.traces} | {*chapter.layout, *known}
    assert {lesson.main, *lesson.beside} <= pictures
    assert {*lesson.numbers, *live_names(lesson.diagram)} <= set(chapter.reading)
    assert len(boxes(chapter)) == len(lesson.diagram)


def test_a_picture_that_a_run_lacks_is_replaced_by_the_next_of_the_layout():
    chapter = find("beta-vae")
    known = dict.fromkeys(("Learning curves", "latents", "rates", "traversals"))
    assert first_names(chapter, known) == ["rates", "Learning curves", "latents"]


def test_the_diagram_has_places_for_its_live_numbers_and_no_markup_of_its_own():
    lesson = Lesson(diagram=("<b>", "code: {active} of 10"))
    chapter = SimpleNamespace(teaching=lesson, quantity=find("beta-vae").quantity)
    assert boxes(chapter) == [
        "&lt;b&gt;",
        'code: <b data-live="active" data-room="0.0" class="awaited">0.0</b> of 10',
    ]


@pytest.mark.parametrize(
    "name, kept, room",
    [("active", (3, 1234), "0000"), ("rate", (2.5, 0.0456), "0.0000\xa0nats")],
)
def test_a_live_number_has_the_room_of_the_longest_that_is_kept(name, kept, room):
    lesson = Lesson(diagram=(f"{{{name}}} of 10",))
    chapter = SimpleNamespace(teaching=lesson, quantity=find("beta-vae").quantity)
    (box,) = boxes(chapter, [*({name: value} for value in kept), {}])
    assert f'data-room="{room}"' in box


@every_chapter
def test_the_room_of_what_will_come_is_held_and_tells_no_result(name):
    chapter = find(name)
    held = awaited(chapter, chapter.Settings())
    heads = held["heads"].values()
    assert len(heads) == PLACES and all(head["title"] for head in heads)
    assert held["finding"] and "<b>" in held["numbers"]
    words = [held["finding"], *(head[part] for head in heads for part in ("title", "caption"))]
    numbers = re.findall(r"<b>([^<]+)</b>", held["numbers"])
    assert not re.search("[1-9]", " ".join([*words, *numbers]))


def test_a_press_does_what_the_button_says():
    board = page_of("beta-vae")
    board.live.poll()
    assert board.wire.state["first"] == "Play again"
    board.wire.hear('{"kind": "press", "value": "first"}')
    assert board.wire.state["replay"]["place"] == 1 and "Nothing trains" in board.status.text
    board.wire.hear('{"kind": "replay", "value": 4}')
    assert board.wire.state["drawn"] == shortest("beta-vae")[3].step
    board.wire.hear('{"kind": "press", "value": "seed"}')
    assert board.controls.settings.seed == 1
    board.wire.hear('{"kind": "knob", "value": {"name": "beta", "value": 4, "number": 1}}')
    assert board.controls.settings.beta == 4
    board.wire.hear('{"kind": "press", "value": "reset"}')
    assert board.controls.settings == find("beta-vae").Settings()
    board.close()


@pytest.mark.parametrize("value", [-1, 99, True, None, "0", [0], 1.5])
def test_a_suggestion_or_a_place_that_is_none_changes_nothing(value):
    board = page_of("beta-vae")
    board.live.poll()
    before = board.controls.settings, board.wire.state["drawn"]
    for kind in ("try", "replay", "open", "press"):
        if (kind, value) not in (("replay", -1), ("try", True)):
            board.wire.hear(json.dumps({"kind": kind, "value": value}))
    assert (board.controls.settings, board.wire.state["drawn"]) == before


def test_a_suggestion_sets_its_knobs():
    board = page_of("beta-vae")
    for place, (_text, query) in enumerate(board.chapter.try_this):
        board.wire.hear(json.dumps({"kind": "try", "value": place}))
        assert board.controls.settings == board.chapter.Settings.from_query(query)[0]
