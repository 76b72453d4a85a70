"""What a prediction or an attempt was worth: the words, the numbers and the sentences."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.lesson import Bound, Curve, Direction, Goal, Outcome, Pick, Range, Task
from workbench.core.quantity import COUNT, Quantity
from workbench.core.settings import SettingsError
from workbench.results import attempts
from workbench.results.attempts import (
    find_task,
    judge_attempt,
    judge_prediction,
    make_id,
    measure_task,
    seeds_of,
)
from workbench.results.kept import Measured
from workbench.results.sentences import describe

CHAPTER = find("beta-vae")
TASK = Task(
    id="any",
    title="Any",
    ask="How many?",
    preset={"beta": 4},
    measure="active",
    why="",
    fails="",
    predict=Range(0, 10, 1, tolerance=0.5),
)
values = st.floats(-100, 100).map(lambda x: round(x, 3))
fives = st.lists(values, min_size=5, max_size=5)


def judge(predict, given, seeds, before=(), curve=(), quantity=None):
    task = replace(TASK, predict=predict, quantity=quantity)
    return judge_prediction(CHAPTER, task, given, Measured(tuple(seeds), before, curve))


def range_of(low, high, seeds, **more):
    return judge(TASK.predict, {"low": low, "high": high}, seeds, **more)


# --- ranges


@given(fives, st.floats(0, 1), st.floats(0, 1), fives)
def test_a_range_that_touches_the_seeds_is_never_called_wrong(seeds, a, b, before):
    inside = [min(seeds) + share * (max(seeds) - min(seeds)) for share in (a, b)]
    inside = sorted(min(max(each, min(seeds)), max(seeds)) for each in inside)
    for low, high in (inside, (inside[0], 1000), (-1000, inside[1])):
        verdict = range_of(low, high, seeds, before=tuple(before))
        assert verdict.word == "inside"
        assert "other way" not in verdict.sentence and "apart" not in verdict.sentence


@given(fives, st.floats(-8, 8))
def test_a_guess_within_three_deviations_is_close(seeds, deviations):
    mean, deviation = np.mean(seeds), max(np.std(seeds, ddof=1), TASK.predict.tolerance)
    if abs(abs(deviations) - 3) < 1e-6:
        return
    guess = float(mean + deviations * deviation)
    word = range_of(guess, guess, seeds).word
    if min(seeds) <= guess <= max(seeds):
        assert word == "inside"
    else:
        assert word == ("close" if abs(deviations) < 3 else "apart")


@given(st.floats(-50, 50), st.floats(-4, 4))
def test_seeds_that_agree_are_judged_by_the_tasks_tolerance(value, tolerances):
    if abs(abs(tolerances) - 3) < 1e-6 or abs(tolerances) < 1e-6:
        return
    guess = value + tolerances * TASK.predict.tolerance
    word = range_of(guess, guess, [value] * 5).word
    assert word == ("close" if abs(tolerances) < 3 else "apart")


def test_a_range_is_told_how_many_seeds_it_holds_and_whether_it_is_too_wide_or_too_narrow():
    seeds = (2, 3, 3, 4, 5)
    assert range_of(2, 5, seeds).sentence == (
        "All five seeds lie in your range. Latents in use: 2 to 5, 3.4 on average."
    )
    assert "too wide: it spans 10, and the seeds span 3" in range_of(0, 10, seeds).sentence
    narrow = range_of(3, 3.5, seeds).sentence
    assert narrow.startswith("Two of five seeds lie in your range, which is too narrow: it spans")
    assert range_of(2.2, 2.8, seeds).sentence.startswith("Your range lies among the seeds, but")
    assert "too" not in range_of(2, 4, seeds).sentence


def test_a_range_of_one_number_that_all_seeds_measure_is_not_too_narrow():
    verdict = range_of(0, 0, [0] * 5)
    assert verdict == (
        "inside",
        "All five seeds lie in your range. Latents in use: 0 for every seed.",
    )
    assert "too wide: it spans 4, and the seeds span 0" in range_of(0, 4, [0] * 5).sentence


def test_a_range_beside_the_seeds_is_told_the_direction():
    before = (8.0,) * 5
    assert range_of(5, 6, [0] * 5, before=before).word == "right direction"
    assert range_of(9, 10, [0] * 5, before=before).word == "other direction"
    assert range_of(1, 1, [0] * 5, before=before).word == "close"
    assert range_of(9, 10, [0] * 5).word == "apart"
    hardly = [4, 5, 5, 5, 5]  # a move within the seeds' own deviation has no direction
    assert {range_of(g, g, hardly, before=(4.4,) * 5).word for g in (0, 9)} == {"apart"}


# --- the other kinds


def test_a_direction_is_judged_by_the_change_of_the_mean():
    before = (7, 8, 7, 8, 7)
    down = judge(Direction(same=0.5), {"direction": "down"}, [0] * 5, before)
    assert down.word == "right direction" and down.sentence.startswith("Yes, it falls.")
    assert down.sentence.endswith(
        "Latents in use: before 7 to 8, 7.4 on average; after 0 for every seed."
    )
    up = judge(Direction(same=0.5), {"direction": "up"}, [0] * 5, before)
    assert up.word == "other direction"
    assert up.sentence.startswith("It falls, and you expected that it rises.")
    same = judge(Direction(same=0.5), {"direction": "same"}, [7.5] * 5, before)
    assert same.word == "right direction" and "stays about the same" in same.sentence


PICK = Pick(
    (
        Outcome("None stays.", "A nat costs more than it saves.", high=0.5),
        Outcome("Some stay.", "Some would have to save four nats each.", 0.5, 9.5),
        Outcome("All stay.", "Each would have to save four nats.", low=9.5),
    )
)


def test_a_choice_gets_its_own_explanation_and_what_came_out():
    right = judge(PICK, {"choice": 0}, [0] * 5)
    assert right.word == "inside" and right.sentence.startswith("Yes. A nat costs more")
    other = judge(PICK, {"choice": 2}, [0] * 5)
    assert other.word == "apart" and "What the seeds show: None stays." in other.sentence


@given(fives)
def test_exactly_one_outcome_comes_out(seeds):
    words = [judge(PICK, {"choice": i}, seeds).word for i in range(3)]
    assert sorted(words) == ["apart", "apart", "inside"]


def test_outcomes_that_overlap_or_leave_a_gap_are_refused():
    for low, high in ((0.2, 9.5), (0.8, 9.5)):
        faulty = Pick((PICK.outcomes[0], replace(PICK.outcomes[1], low=low, high=high)))
        with pytest.raises(ValueError, match="not to one"):
            judge(faulty, {"choice": 0}, [0.3 if low < 0.5 else 0.6] * 5)


def test_a_curve_is_told_how_many_places_lie_inside_and_its_mean_miss():
    asked = Curve((0, 1, 4), 0, 10, tolerance=0.5, knob="beta")
    curve = ((10,) * 5, (7, 8, 7, 8, 7), (0,) * 5)
    inside = judge(asked, {"curve": [10, 7.5, 0]}, [0] * 5, curve=curve)
    assert inside.word == "inside" and inside.sentence.startswith(
        "Three of three places come close to the five seeds, three of them within their range; on"
    )
    close = judge(asked, {"curve": [9, 7.5, 1]}, [0] * 5, curve=curve)
    assert close.word == "close" and close.sentence.startswith("Three of three places come")
    falls = judge(asked, {"curve": [10, 5, 3]}, [0] * 5, curve=curve)
    assert falls.word == "right direction" and "you are 1.8 away" in falls.sentence
    assert falls.sentence.startswith("One of three places comes close to the five seeds, one of")
    assert judge(asked, {"curve": [2, 5, 9]}, [0] * 5, curve=curve).word == "other direction"


@pytest.mark.parametrize(
    "predict, odd",
    [
        (TASK.predict, {}),
        (TASK.predict, {"low": 3}),
        (TASK.predict, {"low": 3, "high": 1}),
        (TASK.predict, {"low": "1", "high": "3"}),
        (TASK.predict, {"low": math.nan, "high": 3}),
        (TASK.predict, {"low": True, "high": 3}),
        (Direction(1), {"direction": "left"}),
        (Direction(1), {"direction": ["up"]}),
        (PICK, {"choice": 3}),
        (PICK, {"choice": "0"}),
        (PICK, {"choice": -1}),
        (PICK, {"choice": True}),
        (Curve((1, 2), 0, 1, 0.1), {"curve": [1]}),
        (Curve((1, 2), 0, 1, 0.1), {"curve": [1, None]}),
        (Curve((1, 2), 0, 1, 0.1), {"curve": "12"}),
        (None, {"low": 1, "high": 3}),
        (TASK.predict, [1, 3]),
        (TASK.predict, None),
    ],
    ids=str,
)
def test_anything_else_is_refused_in_one_sentence(predict, odd):
    with pytest.raises(ValueError) as refused:
        judge(predict, odd, [0] * 5, (1,) * 5, ((0,) * 5, (0,) * 5))
    assert str(refused.value).endswith(".") and str(refused.value).count(". ") == 0


# --- attempts

GOAL = Goal(
    knobs=("beta",),
    bounds=(Bound("active", 3, 3), Bound("elbo", low=-25.6)),
    hints=("", "", ""),
    solution={"beta": 2},
    near_misses=({"beta": 1.5}, {"beta": 2.5}),
)


def attempt(active, elbo=(-25.0,) * 5, goal=GOAL, **knobs):
    ends = [{"active": float(a), "elbo": float(e)} for a, e in zip(active, elbo, strict=True)]
    frames = [[Frame(1, 1, end)] for end in ends]
    moved = CHAPTER.Settings(**{"beta": 2, **knobs})
    return judge_attempt(CHAPTER, replace(TASK, predict=None, goal=goal), moved, frames)


def plain(sentence):
    return sentence.replace("\u00a0", " ")


def test_an_attempt_passes_when_every_bound_holds_on_every_seed():
    passed, sentence, failing = attempt([3] * 5, [-25.5, -25, -25, -25, -25])
    assert passed and failing == ()
    assert plain(sentence) == (
        "Solved: all five seeds pass. 3 latents in use and held-out ELBO -25.5 to -25 nats."
    )


def test_failing_seeds_are_named_with_their_numbers_and_the_bound():
    passed, sentence, failing = attempt([3, 3, 3, 4, 3])
    assert not passed and failing == (3,)
    assert sentence == "Seed 3: 4 latents in use, and exactly 3 were asked for."
    passed, sentence, failing = attempt([3, 2, 3, 4, 3], [-25, -25, -25.62, -25, -25])
    assert not passed and failing == (1, 2, 3)
    assert plain(sentence) == (
        "Seeds 1 and 3: 2 and 4 latents in use, and exactly 3 were asked for. "
        "Seed 2: held-out ELBO -25.62 nats, and at least -25.6 nats was asked for."
    )


def test_a_goal_may_ask_for_fewer_seeds():
    passed, sentence, failing = attempt([3, 3, 3, 4, 3], goal=replace(GOAL, least=4))
    assert passed and failing == (3,)
    assert sentence.startswith("Solved: four of five seeds pass. Seed 3: 4 latents in use")
    assert not attempt([3, 3, 4, 4, 3], goal=replace(GOAL, least=4)).passed


def test_a_knob_that_the_task_holds_fast_is_named():
    passed, sentence, _ = attempt([3] * 5, latent=5)
    label = CHAPTER.Settings.knobs()["latent"].label
    assert not passed
    assert sentence == f"Only Beta may move in this task: set {label} back to 10."
    assert attempt([3] * 5, seed=7).passed  # the five seeds judge, whatever the page shows


def test_a_number_that_a_run_lacks_fails_in_words():
    goal = replace(GOAL, bounds=(Bound("mig", low=0.1),))
    passed, sentence, failing = attempt([3] * 5, goal=goal)
    assert not passed and len(failing) == 5 and "there is no MIG" in sentence


def test_an_attempt_is_judged_by_five_runs():
    with pytest.raises(ValueError, match="5 runs, not by 1"):
        judge_attempt(CHAPTER, replace(TASK, goal=GOAL), CHAPTER.Settings(), [[]])
    with pytest.raises(ValueError, match="no goal"):
        judge_attempt(CHAPTER, TASK, CHAPTER.Settings(), [[]] * 5)


def test_a_quantity_of_the_tasks_own_names_the_number():
    quantity = Quantity("Silent latents", COUNT)
    assert (
        "Silent latents: 0 for every seed." in range_of(0, 0, [0] * 5, quantity=quantity).sentence
    )


# --- finding and measuring


def test_a_task_is_found_by_its_id():
    chapter, task = find_task("beta-vae/silent")
    assert (chapter.name, task.id) == ("beta-vae", "silent")
    assert make_id(chapter, task) == "beta-vae/silent"


@pytest.mark.parametrize("odd", ["beta-vae/silence", "beta-vae", "beta/silent", "", None, "a/b/c"])
def test_an_unknown_task_is_refused_with_those_there_are(odd):
    with pytest.raises(SettingsError) as refused:
        find_task(odd)
    assert "there are" in str(refused.value) and len(str(refused.value)) < 400


def fake_train(chapter, runs):
    """Runs of two frames whose number tells their knobs."""
    numbers = [run.beta * 10 + run.seed for run in runs]
    return [[Frame(s, 2, {"active": float(n * s)}) for s in (1, 2)] for n in numbers]


def test_a_task_is_measured_on_seeds_0_to_4():
    task = replace(TASK, preset={"beta": 2}, before={"beta": 1})
    measured = measure_task(task, CHAPTER, fake_train)
    assert measured.values == (40, 42, 44, 46, 48) and measured.before == (20, 22, 24, 26, 28)
    over_beta = replace(task, predict=Curve((0, 1), 0, 9, 1, knob="beta"))
    assert measure_task(over_beta, CHAPTER, fake_train).curve == (
        (0, 2, 4, 6, 8),
        (20, 22, 24, 26, 28),
    )
    over_steps = replace(task, predict=Curve((1, 2), 0, 9, 1))
    assert measure_task(over_steps, CHAPTER, fake_train).curve[0] == (20, 21, 22, 23, 24)
    function = replace(task, measure=lambda frames: len(frames))
    assert measure_task(function, CHAPTER, fake_train).values == (2,) * 5


def test_a_kept_task_is_not_trained_again(monkeypatch):
    stored = Measured((1, 2, 3, 4, 5))
    monkeypatch.setattr(
        attempts, "kept", lambda _name: type("K", (), {"values": lambda *_: stored})
    )

    def never(*_):
        raise AssertionError("it was trained")

    assert measure_task(TASK, CHAPTER, never) is stored


def test_runs_trained_here_are_the_runs_asked_for():
    runs = seeds_of(CHAPTER, {"steps": 100, "beta": 2})[:2]
    frames = attempts.train_here(CHAPTER, runs)
    assert [run[-1].step for run in frames] == [100, 100]
    assert frames[0][-1].scalars != frames[1][-1].scalars


def test_equal_numbers_of_five_seeds_are_said_once():
    labels = Quantity("Labels given", "count")
    assert describe(labels, [230.0] * 5) == "230 labels given"
    assert describe(labels, [230.0, 231.0]) == "230 and 231 labels given"
