"""Active learning by hand: the stages, and a reader who gives the labels."""

from concurrent.futures import Future

import numpy as np
import pytest
from bokeh.document import Document

from workbench.chapters.ceal import labelling_lab as labelling
from workbench.chapters.ceal.labelling_lab import KEYS, ROUNDS, STAGES, K, Labelling, Stepper
from workbench.chapters.ceal.pool import load_pool
from workbench.core.settings import SettingsError
from workbench.science.compute import one_thread
from workbench.view.labs import ceal_oracle, ceal_stepper


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


def truth(game):
    """The right key for the open question."""
    now = labelling.standing(game.settled)
    return KEYS[load_pool(game.data).y[now.questions[labelling.position(game)]]]


def perfect(game=Labelling(), count=K * ROUNDS):  # noqa: B008
    for _ in range(count):
        game = game.answered(truth(game))
    return game


# --- the stages


def test_the_stepper_goes_through_five_stages_and_then_the_next_round():
    one, seen = Stepper(), []
    known = [int((one.team.known[0] >= 0).sum())]
    for _ in range(10):
        seen.append(one.stage)
        one.step()
        known.append(int((one.team.known[0] >= 0).sum()))
    assert tuple(seen) == STAGES * 2 and one.t == 2
    assert known == [20] + [30] * 5 + [40] * 5
    assert len(one.accuracies) == 3


def test_each_stage_does_its_own_thing_and_no_other():
    one = Stepper()
    weights = [w.detach().clone() for w in one.team.net.weights]
    for _ in range(15):
        assert one.said().endswith(".")
        same = all((a == b).all() for a, b in zip(weights, one.team.net.weights, strict=True))
        assert same == (one.stage != "fine-tune")
        weights = [w.detach().clone() for w in one.team.net.weights]
        believed = (one.team.believed[0] >= 0).sum()
        assert believed == (len(one.round.believed) if one.stage != "forget" else 0)
        one.step()
    assert one.t == 3


def test_the_stepper_plays_the_rounds_of_the_chapter():
    one = Stepper("CEAL_MS")
    for _ in range(5 * ROUNDS - 1):
        one.step()
    reference = labelling.others(Labelling())
    assert one.accuracies == reference["CEAL_MS, never wrong"]


# --- a labelling is a value


def test_a_reader_who_is_never_wrong_has_the_curve_of_the_strategy():
    game = perfect()
    now = labelling.standing(game)
    assert game.done and now.accuracies == labelling.others(Labelling())["CEAL_MS, never wrong"]
    assert labelling.verdict(game, now) == (50, 50)
    assert len(set(now.asked)) == 50


def test_equal_answers_give_equal_questions_and_others_give_others():
    right, wrong = perfect(count=K), Labelling(answers="0" * K)
    labelling.standing.cache_clear()
    first = labelling.standing(right)
    labelling.standing.cache_clear()
    assert (labelling.standing(right).questions == first.questions).all()
    assert (labelling.standing(wrong).questions != first.questions).any()
    other = labelling.standing(Labelling(seed=1)).questions
    assert (other != labelling.standing(Labelling()).questions).any()


def test_wrong_answers_are_kept_as_they_were_given_and_cost_accuracy():
    game = Labelling()
    for _ in range(K * ROUNDS):
        game = game.answered(str((int(truth(game)) + 1) % 10))
    now = labelling.standing(game)
    assert labelling.verdict(game, now) == (50, 0)
    assert now.accuracies[-1] < labelling.standing(perfect()).accuracies[-1] - 0.05
    pictures, table = labelling.mistakes(game, now)
    assert len(table.rows) == 50 and pictures.columns[0].count("\u2717") == 1
    for said, true in table.rows:
        assert int(said) == (int(true) + 1) % 10


def test_skipped_items_stay_without_a_label_and_are_not_asked_about_again():
    game = Labelling(answers="s" * K)
    now = labelling.standing(game)
    first = labelling.standing(Labelling()).questions
    assert set(now.asked) == set(first) and not set(now.questions) & set(first)
    assert labelling.verdict(game, now) == (0, 0)


def test_what_is_no_answer_changes_nothing_and_undo_takes_back():
    game = Labelling()
    for key in ("x", "", "12", "\u0663", "S", " "):
        assert game.answered(key) == game
    assert game.undone() == game
    assert game.answered("3").answered("s").undone() == game.answered("3")
    assert Labelling(answers="1" * 50).answered("1").answers == "1" * 50
    assert Labelling(answers="1" * 14).settled.answers == "1" * 10


def test_an_address_holds_a_labelling():
    game = Labelling("digits", "AL_EN", 7, "12s3", 34)
    assert labelling.from_text(game.to_text(), ["digits"]) == game
    assert labelling.from_text(Labelling().to_text(), ["digits"]) == Labelling()


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
        labelling.from_text(text, ["digits"])
    assert len(str(refused.value)) < 100


def test_the_open_question_has_a_mark_and_the_others_your_answers():
    game = Labelling(answers="12s")
    now = labelling.standing(game.settled)
    sheet = labelling.sheet(game, now)
    assert sheet.columns == ("1", "2", "skipped", "?", *[""] * 6)
    large = labelling.open_question(game, now).tiles[0, 0]
    zoom = large.shape[0] // 8
    assert (large[::zoom, ::zoom] == sheet.tiles[0, 3]).all() and zoom == 20


# --- the pages


def test_the_page_takes_keys_and_buttons_and_counts_the_time(monkeypatch):
    clock = iter(np.arange(0.0, 1e4, 2.0))
    monkeypatch.setattr(ceal_oracle.time, "monotonic", lambda: next(clock))
    page = ceal_oracle.Oracle()
    page.press("3")
    page.answers[4].param.trigger("clicks")
    assert page.game.answers == "34" and page.game.seconds == 4
    page.hear(["keys", "s"])
    page.hear(["keys", "s", "u", "1", "?"])
    assert page.game.answers == "341" and "question 4 of 10" in page.said.object
    assert page.kept.tags == [page.game.to_text()]
    page.answers[-1].param.trigger("clicks")
    assert page.game.answers == "34"


def test_the_page_goes_on_where_its_address_says():
    page = ceal_oracle.Oracle()
    game = Labelling("digits", "AL_EN", 3, "1" * 12, 61)
    page.hear(["state", game.to_text()])
    assert page.game == game and page.strategy.value == "AL_EN"
    assert "Round 2 of 5, question 3 of 10, 1:01 so far." in page.said.object
    page.hear(["state", "nonsense"])  # answers are there already
    assert page.game == game
    page.strategy.value = "CEAL_MS"
    assert page.game == Labelling("digits", "CEAL_MS", 3)
    page.hear(["state", "nonsense"])
    assert 'role="alert"' in page.said.object


def test_the_page_ends_with_a_verdict():
    page = ceal_oracle.Oracle()
    page.hear(["state", perfect()._replace(seconds=100).to_text()])
    assert "You gave 50 answers, 50 of them right, 2.0 seconds" in page.said.object
    assert set(page.cards) == {"accuracy", "wrong", "words"}
    assert all(button.disabled for button in page.answers[:-1])
    page.press("1")
    page.again.param.trigger("clicks")
    assert page.game == Labelling(seed=1) and not page.answers[0].disabled


def test_keys_that_are_pressed_while_the_network_learns_are_not_lost():
    page = ceal_oracle.Oracle()
    page.busy = True
    page.press("1")
    page.press("2")
    assert page.game.answers == ""
    done = Future()
    done.set_result(labelling.shown(page.game))
    page._learnt(page.game, done)
    assert page.game.answers == "12"


def test_the_stepper_page_ends():
    page = ceal_stepper.Page()
    for _ in range(5 * ceal_stepper.ROUNDS - 1):
        assert not page.next.disabled
        page.next.param.trigger("clicks")
    assert page.next.disabled and f"Round {ceal_stepper.ROUNDS}, forget." in page.said.object
    page.again.param.trigger("clicks")
    assert "Round 1, predict." in page.said.object and not page.next.disabled


@pytest.mark.parametrize("lab", [ceal_oracle, ceal_stepper])
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_can_be_built_and_put_into_a_document(lab, dark):
    assert lab.TITLE and lab.INTRODUCTION.endswith(".")
    document = Document()
    lab.build(dark).server_doc(document)
    assert document.roots and document.to_json()
