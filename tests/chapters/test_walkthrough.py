"""RAD gone through by hand: its stages, a person for the expert, and both labs without a page."""

import numpy as np
import pytest

from workbench.chapters.rad import oracle_lab, stepper_lab
from workbench.chapters.rad import pictures as rad_pictures
from workbench.chapters.rad.knobs import Settings
from workbench.chapters.rad.lab_knobs import streams
from workbench.chapters.rad.lesson import RULES, make_learner
from workbench.chapters.rad.oracle_lab import SKIP, Oracle
from workbench.chapters.rad.stepper_lab import Stepper
from workbench.chapters.rad.walkthrough_lab import begin, with_perfect_oracle
from workbench.data import tables

BUDGET, BATCHES = 3, 4


def settings(rule="active"):
    return Settings(look=rule, noise=0.4, budget=BUDGET)


def walkthrough(rule="active"):
    return begin(settings(rule), BATCHES)[1]


def test_the_stages_follow_each_other_and_wait_for_answers():
    walk = walkthrough()
    stages = []
    while not walk.pending:
        walk.advance()
        stages.append(walk.stage)
    assert stages == ["batch", "judge", "vote", "ask"] and len(walk.pending) == BUDGET
    with pytest.raises(ValueError, match="3 questions are open"):
        walk.advance()
    row = walk.pending[0]
    walk.answer(7)
    assert walk.verdict.labels[row] == 7 and walk.verdict.kept[row] and len(walk.pending) == 2
    assert walk.answers == [(7, walk.batch.truth[row])]
    walk.skip()
    walk.advance()
    assert walk.stage == "retrain" and walk.learner.asked == 1 and len(walk.accuracies) == 2
    assert not walk.verdict.kept[walk.verdict.doubtful].any()


@pytest.mark.parametrize("rule", ["active", "slim"])
def test_a_person_who_knows_everything_is_the_perfect_oracle(rule):
    walk, asked = walkthrough(rule), 0
    while not walk.done:
        walk.to_question()
        while walk.pending:
            walk.answer(walk.batch.truth[walk.pending[0]])
            asked += 1
    alone = make_learner(RULES[rule], settings(rule), walk.course)
    for batch in walk.course.batches[1:]:
        alone.meet(batch)
    assert (alone.y == walk.learner.y).all() and alone.asked == asked == walk.learner.asked
    assert walk.oracle_accuracy == 1 and len(walk.accuracies) == BATCHES + 1
    another = make_learner(RULES[rule], settings(rule), walk.course)
    assert with_perfect_oracle(another, walk.course) == walk.accuracies
    with pytest.raises(ValueError, match="has ended"):
        walk.advance()
    with pytest.raises(ValueError, match="No question"):
        walk.answer(1)


def test_a_person_who_is_wrong_is_believed_and_told_so_at_the_end():
    walk = walkthrough()
    while not walk.done:
        walk.to_question()
        while walk.pending:
            walk.answer((walk.batch.truth[walk.pending[0]] + 1) % 10)
    assert walk.oracle_accuracy == 0
    assert (walk.learner.y != walk.learner.truth).sum() >= len(walk.answers) == walk.learner.asked


def test_what_l_and_c_predict_is_known_after_their_stage():
    walk = walkthrough()
    walk.advance()
    assert walk.predicted_l is None and walk.verdict is None
    walk.advance()
    given, by_l = walk.batch.given, walk.predicted_l
    assert (by_l == walk.learner.models.L.predict(walk.batch.x)).all() and walk.verdict is None
    walk.advance()
    by_c = walk.predicted_c
    assert (walk.verdict.kept == ((by_l == given) | (by_c == given) | (by_c == by_l))).all()
    slim = walkthrough("slim")
    slim.advance(), slim.advance()
    assert slim.predicted_l is None


# --- the stepper


def test_the_stepper_tells_no_more_than_is_known():
    lab, known = Stepper(), []
    for _ in range(5):
        columns = list(zip(*lab.state().pictures["table"].rows, strict=True))
        known.append([any(column) for column in columns[2:]])
        if lab.walkthrough.stage != "retrain":
            lab.step()
    assert known == [
        [False, False, False, False],
        [True, False, False, False],
        [True, True, True, False],
        [True, True, True, False],
        [True, True, True, True],
    ]
    for _, came, by_l, by_c, outcome, truth in lab.state().pictures["table"].rows:
        if outcome == "kept":
            assert came in (by_l, by_c)
        elif outcome.startswith("becomes"):
            assert outcome == f"becomes {by_l}" and by_l == by_c != came
        elif outcome.startswith("expert"):
            assert outcome == f"expert: {truth}"
        else:
            assert outcome == "dropped" and came not in (by_l, by_c) and by_l != by_c


def test_the_stepper_ends_after_its_last_batch():
    lab = Stepper()
    for _ in range(5 * stepper_lab.BATCHES - 1):
        assert not lab.state().done
        lab.step()
    assert lab.state().done and lab.walkthrough.oracle_accuracy == 1
    assert set(lab.state().pictures) == {"samples", "table", "fates", "accuracy"}


# --- the oracle


def test_a_reader_stands_beside_a_perfect_oracle_at_the_end():
    lab, asked = Oracle(), 0
    walk = lab.walkthrough
    while not walk.done:
        assert 0 < len(walk.pending) <= oracle_lab.BUDGET
        row, names = walk.pending[0], walk.course.classes
        assert f"came as {names[walk.batch.given[row]]}" in lab.state().sentence
        lab.press(str(walk.batch.truth[row]))
        asked += 1
    assert asked == len(walk.answers) <= oracle_lab.BUDGET * oracle_lab.BATCHES
    end = lab.state()
    you, perfect, nobody = (line.y for line in end.pictures["accuracy"].lines)
    assert (you == perfect).all() and len(you) == oracle_lab.BATCHES + 1 and (nobody != you).any()
    assert "100%" in end.pictures["answers"].caption and f"{asked} of them rightly" in end.sentence
    assert not end.keys


def test_wrong_answers_and_skips_are_counted():
    lab = Oracle()
    walk = lab.walkthrough
    lab.press(str(int(walk.batch.truth[walk.pending[0]] + 1) % 10))
    assert walk.oracle_accuracy == 0
    step = walk.step
    lab.press(SKIP)
    assert walk.step > step and len(walk.answers) == 1
    while not walk.done:
        lab.press(SKIP)
    lab.press(SKIP)  # after the end nothing happens
    lab.press("1")
    assert "1 question, 0 of them rightly" in lab.state().sentence


@pytest.mark.parametrize("stream", streams().values())
def test_the_question_shows_the_sample_and_what_is_like_it(stream):
    lab = Oracle(stream)
    walk, data, state = lab.walkthrough, lab.data, lab.state()
    batch, row = walk.batch, walk.pending[0]
    asked, like = state.pictures["question"], state.pictures["neighbours"]
    zoom = asked.tiles.shape[2] // data.shape[0]
    sample = rad_pictures.drawn(data, batch.x, batch.rows)[row]
    assert asked.tiles[0, 0, ::zoom, ::zoom] == pytest.approx(sample * 255, abs=1)
    assert 90 < max(asked.tiles.shape) <= 180
    assert like.tiles.shape == (1, oracle_lab.NEIGHBOURS, *data.shape)
    distance = np.linalg.norm(walk.learner.x - batch.x[row], axis=1)
    assert like.columns[0] == data.classes[walk.learner.y[distance.argmin()]]
    assert [name for name, _ in state.answers] == list(data.classes)


def test_streams_that_are_not_there_are_not_offered(monkeypatch):
    monkeypatch.setattr(tables, "names", lambda: ("iot", "cluster"))
    assert list(streams()) == ["Handwritten digits", "IoT attacks (simulated)"]
