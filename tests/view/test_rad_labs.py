"""The pages on which RAD is gone through by hand, driven through their widgets."""

import numpy as np
import pytest
from bokeh.document import Document

from workbench.chapters.rad import pictures as rad_pictures
from workbench.data import tables
from workbench.view.labs import rad_oracle, rad_stepper


def click(button):
    button.param.trigger("clicks")


def test_the_stepper_goes_through_its_stages_click_by_click():
    page = rad_stepper.Stepper()
    seen = [page.walk.stage]
    for _ in range(5):
        click(page.next)
        seen.append(page.walk.stage)
        assert page.walk.stage in page.said.object
    assert seen == ["batch", "judge", "vote", "ask", "retrain", "batch"] and page.walk.step == 2
    click(page.again)
    assert page.walk.step == 1 and page.walk.stage == "batch"


def test_the_stepper_tells_no_more_than_is_known():
    page = rad_stepper.Stepper()
    columns = lambda: list(zip(*rad_stepper.table(page.walk).rows, strict=True))  # noqa: E731
    known = []
    for _ in range(5):
        known.append([any(column) for column in columns()[2:]])
        if page.walk.stage != "retrain":
            click(page.next)
    assert known == [
        [False, False, False, False],
        [True, False, False, False],
        [True, True, True, False],
        [True, True, True, False],
        [True, True, True, True],
    ]
    walk = page.walk
    for _, came, said_l, said_c, outcome, truth in rad_stepper.table(walk).rows:
        if outcome == "kept":
            assert came in (said_l, said_c)
        elif outcome.startswith("becomes"):
            assert outcome == f"becomes {said_l}" and said_l == said_c != came
        elif outcome.startswith("expert"):
            assert outcome == f"expert: {truth}"
        else:
            assert outcome == "dropped" and came not in (said_l, said_c) and said_l != said_c


def test_the_stepper_ends():
    page = rad_stepper.Stepper()
    for _ in range(5 * rad_stepper.BATCHES - 1):
        assert not page.next.disabled
        click(page.next)
    assert page.walk.done and page.next.disabled and page.walk.oracle_accuracy == 1
    assert set(page.cards) == {"samples", "table", "fates", "accuracy"}


def test_a_reader_is_asked_within_the_budget_and_stands_beside_a_perfect_oracle():
    page = rad_oracle.Oracle()
    names = page.walk.course.classes
    asked = 0
    while not page.walk.done:
        assert 0 < len(page.walk.pending) <= rad_oracle.BUDGET
        assert set(page.cards) == {"question", "neighbours", "accuracy"}
        row = page.walk.pending[0]
        assert f"came as {names[page.walk.batch.given[row]]}" in page.said.object
        click(page.answers[int(page.walk.batch.truth[row])])
        asked += 1
    assert asked == len(page.walk.answers) <= rad_oracle.BUDGET * rad_oracle.BATCHES
    ending = rad_oracle.ending(page.settings, page.walk)
    you, perfect, nobody = (line.y for line in ending["accuracy"].lines)
    assert (you == perfect).all() and len(you) == rad_oracle.BATCHES + 1 and (nobody != you).any()
    assert "100%" in ending["answers"].caption and f"{asked} of them rightly" in page.said.object
    assert all(button.disabled for button in page.answers)


def test_wrong_answers_and_skips_are_counted():
    page = rad_oracle.Oracle()
    row = page.walk.pending[0]
    click(page.answers[int(page.walk.batch.truth[row] + 1) % 10])
    assert page.walk.oracle_accuracy == 0
    step = page.walk.step
    click(page.skip)
    assert page.walk.step > step and len(page.walk.answers) == 1
    while not page.walk.done:
        click(page.skip)
    click(page.skip)  # after the end nothing happens
    assert "1 question, 0 of them rightly" in page.said.object


@pytest.mark.parametrize("title", rad_oracle.streams())
def test_the_question_shows_the_sample_and_what_is_like_it(title):
    page = rad_oracle.Oracle()
    page.choice.value = title
    if not page.walk.pending:
        page.walk.to_question()
    pictures = rad_oracle.question(page.data, page.walk)
    asked, like = pictures["question"], pictures["neighbours"]
    zoom = asked.tiles.shape[2] // page.data.shape[0]
    sample = rad_pictures.drawn(page.data, page.walk.batch.x, page.walk.batch.rows)[
        page.walk.pending[0]
    ]
    assert asked.tiles[0, 0, ::zoom, ::zoom] == pytest.approx(sample * 255, abs=1)
    assert 90 < max(asked.tiles.shape) <= 180
    assert like.tiles.shape == (1, rad_oracle.NEIGHBOURS, *page.data.shape)
    one, row = page.walk.learner, page.walk.pending[0]
    distance = np.linalg.norm(one.x - page.walk.batch.x[row], axis=1)
    assert like.columns[0] == page.data.classes[one.y[distance.argmin()]]
    assert len(page.answers) == len(page.data.classes) + 1


def test_streams_that_are_not_there_are_not_offered(monkeypatch):
    monkeypatch.setattr(tables, "names", lambda: ("iot", "cluster"))
    assert list(rad_oracle.streams()) == ["Handwritten digits", "IoT attacks (simulated)"]


@pytest.mark.parametrize("lab", [rad_oracle, rad_stepper])
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_can_be_built_and_put_into_a_document(lab, dark):
    assert lab.TITLE and lab.INTRODUCTION.endswith(".")
    document = Document()
    lab.build(dark).server_doc(document)
    assert document.roots and document.to_json()
