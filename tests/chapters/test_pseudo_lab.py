"""One round of pseudo-labels by hand: what is judged, what is asked, and what an address holds."""

import numpy as np
import pytest
import torch

from workbench.chapters.pseudo import sitting_lab
from workbench.chapters.pseudo.pool import picture_pool
from workbench.chapters.pseudo.round_lab import Round
from workbench.chapters.pseudo.sitting_lab import (
    ACCEPT,
    GUESSES,
    KEYS,
    QUESTIONS,
    REFUSE,
    Sitting,
    from_text,
    others,
    replay,
)
from workbench.core.settings import SettingsError


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def press(machine, keys):
    for key in keys:
        machine.press(key)


def test_the_surest_guesses_are_judged_and_the_most_doubtful_items_named():
    sitting = Sitting(answers=ACCEPT * GUESSES)
    pool, standing = picture_pool("digits"), replay(sitting)
    given = pool.expert.label(1, 0)
    sure = standing.p_guesses.max(1).values.numpy().copy()
    sure[given.numpy() >= 0] = -1
    assert set(standing.guesses) <= set(np.flatnonzero(sure >= np.sort(sure)[-GUESSES]))
    best = standing.p_questions.topk(2, 1).values.numpy()
    margin = best[:, 0] - best[:, 1]
    margin[given.numpy() >= 0] = margin[standing.guesses] = 2
    assert set(standing.questions) <= set(np.flatnonzero(margin <= np.sort(margin)[QUESTIONS - 1]))
    assert len(standing.guesses) == GUESSES and len(standing.questions) == QUESTIONS


def test_refused_guesses_are_not_trained_on_and_not_asked_about():
    refused = replay(Sitting(answers=REFUSE * GUESSES))
    accepted = replay(Sitting(answers=ACCEPT * GUESSES))
    assert refused.accuracies[0] == accepted.accuracies[0]
    assert not torch.equal(refused.p_questions, accepted.p_questions)
    assert not set(refused.questions) & set(refused.guesses)


def test_a_round_goes_from_guesses_to_questions_to_its_end():
    machine = Round()
    state = machine.state()
    assert [label for label, _ in state.answers] == ["Accept", "Refuse"] and not state.answered
    press(machine, "yn5")  # a class is no judgement
    assert machine.state().first == "Guess 3 of 20."
    press(machine, "ur")
    state = machine.state()
    assert state.first == "Question 1 of 10." and [label for label, _ in state.answers][0] == "0"
    assert machine.sitting.answers == "y" * 20 and "moved the accuracy by" in state.sentence
    pool, standing = picture_pool("digits"), replay(machine.sitting.settled)
    right = [KEYS[label] for label in pool.y[standing.questions]]
    press(machine, ["s", *right[1:]])
    state = machine.state()
    assert state.first.startswith("Done") and "9 answers" in state.sentence
    assert "0 of them wrong" in state.sentence and state.keys == {"u"}
    assert set(state.pictures) == {"accuracy", "guesses"}
    press(machine, "3")
    assert len(machine.sitting.answers) == GUESSES + QUESTIONS


def test_the_verdict_counts_what_the_network_had_right():
    machine = Round(seed=0)
    press(machine, "n" + "y" * 19 + "s" * 10)
    (_, *accepted), (_, *refused) = machine.state().pictures["guesses"].rows
    standing = replay(machine.sitting.settled)
    right = (
        standing.p_guesses[standing.guesses].argmax(1) == picture_pool("digits").y[standing.guesses]
    )
    assert sum(refused) == 1 and sum(accepted) == 19
    assert accepted[0] + refused[0] == int(right.sum())


def test_those_who_accept_all_or_none_are_shown_beside():
    paths = others(Sitting())
    assert len(paths) == 2 and all(len(path) == 3 for path in paths.values())
    assert len({path[0] for path in paths.values()}) == 1
    lines = Round().state().pictures["accuracy"].lines
    assert [line.name for line in lines] == ["you", *paths] and lines[0].style == "solid"


def test_a_round_survives_in_an_address():
    sitting = Sitting("digits", "2", 7, "y" * 20 + "3s")
    assert from_text(sitting.to_text()) == sitting
    machine = Round("digits", "1", 0, sitting.to_text())
    assert machine.sitting == sitting and machine.alert == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no round"),
        ("data=digits&labels=1&seed=100&answers=", "holds no round"),
        ("data=mnist&labels=1&seed=0&answers=", "data that are not here"),
        ("data=digits&labels=3&seed=0&answers=", "data that are not here"),
        ("data=digits&labels=1&seed=0&answers=yx", "none of this round's"),
        ("data=digits&labels=1&seed=0&answers=" + "y" * 20 + "y", "none of this round's"),
        ("data=digits&labels=1&seed=0&answers=" + "y" * 20 + "1" * 11, "none of this round's"),
    ],
)
def test_an_address_that_holds_no_round_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(SettingsError, match=sentence):
        from_text(text)
    if text:
        machine = Round(text=text)
        assert sentence in machine.state().alert and machine.sitting == Sitting()
        press(machine, "y")
        assert machine.state().alert == ""


def test_every_class_of_the_labs_sets_has_a_key():
    for name in sitting_lab.sets().values():
        assert len(sitting_lab.class_keys(name)) == len(picture_pool(name).classes)
