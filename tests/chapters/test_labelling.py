"""Active learning by hand: the stages, and a reader who gives the labels."""

import pytest

from workbench.chapters.ceal import oracle_lab
from workbench.chapters.ceal.lab_knobs import STRATEGIES
from workbench.chapters.ceal.labelling_lab import (
    KEYS,
    ROUNDS,
    K,
    Labelling,
    from_text,
    perfect_oracles,
    replay,
)
from workbench.chapters.ceal.oracle_lab import Oracle
from workbench.chapters.ceal.pool import load_pool
from workbench.chapters.ceal.stepper_lab import STAGES, Stepper
from workbench.core.settings import SettingsError
from workbench.science.compute import one_thread


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


def truth(labelling):
    """The right key for the open question."""
    standing = replay(labelling.settled)
    return KEYS[load_pool(labelling.data).y[standing.questions[labelling.position]]]


def perfect(labelling=Labelling(), count=K * ROUNDS):  # noqa: B008
    for _ in range(count):
        labelling = labelling.press(truth(labelling))
    return labelling


# --- the stages


def test_the_stepper_goes_through_five_stages_and_then_the_next_round():
    stepper, stages = Stepper(), []
    known = [int((stepper.team.known[0] >= 0).sum())]
    for _ in range(10):
        stages.append(stepper.stage)
        stepper.step()
        known.append(int((stepper.team.known[0] >= 0).sum()))
    assert tuple(stages) == STAGES * 2 and stepper.t == 2
    assert known == [20] + [30] * 5 + [40] * 5
    assert len(stepper.accuracies) == 3


def test_each_stage_does_its_own_thing_and_no_other():
    stepper = Stepper()
    weights = [w.detach().clone() for w in stepper.team.net.weights]
    for _ in range(15):
        assert stepper.sentence().endswith(".")
        same = all((a == b).all() for a, b in zip(weights, stepper.team.net.weights, strict=True))
        assert same == (stepper.stage != "fine-tune")
        weights = [w.detach().clone() for w in stepper.team.net.weights]
        believed = (stepper.team.believed[0] >= 0).sum()
        assert believed == (len(stepper.round.believed) if stepper.stage != "forget" else 0)
        stepper.step()
    assert stepper.t == 3


def test_the_stepper_plays_the_rounds_of_the_chapter():
    stepper = Stepper("CEAL_MS")
    for _ in range(5 * ROUNDS - 1):
        stepper.step()
    reference = perfect_oracles(Labelling())
    assert stepper.accuracies == reference["CEAL, margin, never wrong"]


# --- a labelling is a value


def test_a_reader_who_is_never_wrong_has_the_curve_of_the_strategy():
    labelling = perfect()
    standing = replay(labelling)
    assert (
        labelling.done
        and standing.accuracies == perfect_oracles(Labelling())["CEAL, margin, never wrong"]
    )
    assert oracle_lab.verdict(labelling, standing) == (50, 50)
    assert len(set(standing.asked)) == 50


def test_equal_answers_give_equal_questions_and_others_give_others():
    right, wrong = perfect(count=K), Labelling(answers="0" * K)
    replay.cache_clear()
    first = replay(right)
    replay.cache_clear()
    assert (replay(right).questions == first.questions).all()
    assert (replay(wrong).questions != first.questions).any()
    other = replay(Labelling(seed=1)).questions
    assert (other != replay(Labelling()).questions).any()


def test_wrong_answers_are_kept_as_they_were_given_and_cost_accuracy():
    labelling = Labelling()
    for _ in range(K * ROUNDS):
        labelling = labelling.press(str((int(truth(labelling)) + 1) % 10))
    standing = replay(labelling)
    assert oracle_lab.verdict(labelling, standing) == (50, 0)
    assert standing.accuracies[-1] < replay(perfect()).accuracies[-1] - 0.05
    pictures, table = oracle_lab.mistakes(labelling, standing)
    assert len(table.rows) == 50 and pictures.columns[0].count("\u2717") == 1
    for given, true in table.rows:
        assert int(given) == (int(true) + 1) % 10


def test_skipped_items_have_no_label_and_are_not_asked_about_again():
    labelling = Labelling(answers="s" * K)
    standing = replay(labelling)
    first = replay(Labelling()).questions
    assert set(standing.asked) == set(first) and not set(standing.questions) & set(first)
    assert oracle_lab.verdict(labelling, standing) == (0, 0)


def test_what_is_no_answer_changes_nothing_and_undo_takes_back():
    labelling = Labelling()
    for key in ("x", "", "12", "\u0663", "S", " "):
        assert labelling.press(key) == labelling
    assert labelling.press("u") == labelling
    assert labelling.press("3").press("s").press("u") == labelling.press("3")
    assert Labelling(answers="1" * 50).press("1").answers == "1" * 50
    assert Labelling(answers="1" * 14).settled.answers == "1" * 10


def test_an_address_holds_a_labelling():
    labelling = Labelling("digits", "AL_EN", 7, "12s3", 34)
    assert from_text(labelling.to_text()) == labelling
    assert from_text(Labelling().to_text()) == Labelling()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "data=digits",
        "=&=",
        "a" * 9999,
        Labelling(data="../etc").to_text(),
        Labelling(data="mnist").to_text(),
        Labelling(strategy="AL_ALL!").to_text(),
        Labelling(strategy="AL_ALL").to_text(),
        Labelling(seed=100).to_text(),
        Labelling(seed=-1).to_text(),
        Labelling(answers="1" * 51).to_text(),
        Labelling(answers="a").to_text(),
        Labelling(answers="\u0663").to_text(),
        Labelling(seconds=10**9).to_text(),
        Labelling().to_text() + "&more=1",
        Labelling().to_text() + "&seed=%00",
    ],
)
def test_an_address_that_holds_none_is_refused_in_one_sentence(text):
    with pytest.raises(SettingsError) as refused:
        from_text(text)
    assert len(str(refused.value)) < 100


def test_the_open_question_has_a_mark_and_the_others_your_answers():
    labelling = Labelling(answers="12s")
    standing = replay(labelling.settled)
    sheet = oracle_lab.sheet(labelling, standing)
    assert sheet.columns == ("1", "2", "skipped", "?", *[""] * 6)
    large = oracle_lab.open_question(labelling, standing).tiles[0, 0]
    zoom = large.shape[0] // 8
    assert (large[::zoom, ::zoom] == sheet.tiles[0, 3]).all() and zoom == 20


# --- the machine of the page


def test_seconds_count_for_answers_alone_and_a_break_for_one_minute():
    lab = Oracle()
    lab.press("3", 2.0)
    lab.press("x", 30.0)  # is no answer
    lab.press("4", 4.0)
    assert lab.labelling.answers == "34" and lab.labelling.seconds == 4
    lab.press("u", 500.0)
    assert lab.labelling.answers == "3" and lab.labelling.seconds == 4 + oracle_lab.LONGEST


def test_a_labelling_goes_on_where_its_text_says_or_tells_why_not():
    labelling = Labelling("digits", "AL_EN", 3, "1" * 12, 61)
    state = Oracle(text=labelling.to_text()).state()
    assert state.chosen == ("digits", "AL_EN") and state.seed == 3 and state.answered
    assert state.first == "Round 2 of 5, question 3 of 10, 1:01 so far." and not state.alert
    assert state.text == labelling.to_text() and state.keys == {*KEYS[:10], "s", "u"}
    lab = Oracle("digits", "CEAL_EN", 5, "nonsense")
    assert "holds no labelling" in lab.state().alert and lab.state().keys == {*KEYS[:10], "s"}
    assert lab.labelling == Labelling("digits", "CEAL_EN", 5)
    lab.press("1")
    assert not lab.state().alert


def test_the_end_has_a_verdict_and_only_takes_back():
    lab = Oracle(text=perfect()._replace(seconds=100).to_text())
    state = lab.state()
    assert state.first == "Done in 1:40." and state.keys == {"u"}
    assert "You gave 50 answers, 50 of them right, 2.0 seconds" in state.sentence
    assert set(state.pictures) == {"accuracy", "wrong", "words"}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_that_is_offered_asks(strategy):
    assert set(Oracle(strategy=strategy).state().pictures) == {"question", "sheet", "accuracy"}
