"""What the tasks of RAD and CEAL say after the answer, where no claim of the chapter says it."""

import numpy as np
import pytest

from workbench import data
from workbench.chapters.ceal.claims import mean_courses, train_to_end
from workbench.chapters.rad.claims import train_only
from workbench.science.compute import one_thread

pytestmark = pytest.mark.slow
SEEDS = range(5)


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


def means(*rules: str, **knobs) -> dict[str, float]:
    """The last numbers of RAD's variants, means over SEEDS."""
    ends = [train_only(*rules, seed=seed, **knobs) for seed in SEEDS]
    return {name: float(np.mean([end[name] for end in ends])) for name in ends[0]}


def test_five_answers_a_batch_lift_active_above_believing_all_from_ten_samples():
    end = means("no_sel", "active", "slim", noise=0.4, initial=10)
    assert end["active"] > end["no_sel"] + 0.05 > end["rad"]
    assert end["slim"] > end["active"] + 0.03  # who trusts no label model does better there


def test_a_forest_repeats_wrong_labels_and_gains_less_than_half_of_a_tree():
    forest, tree = (means("no_sel", classifier=name) for name in ("random forest", "decision tree"))
    assert forest["memorised"] > 0.8
    assert forest["rad"] - forest["no_sel"] < (tree["rad"] - tree["no_sel"]) / 2


def test_with_few_questions_allowed_both_ask_nearly_all_that_they_may():
    end = means("active", "slim", budget=1)
    assert end["asked_active"] > 18 and end["asked_slim"] == 20 and end["active"] > end["slim"]


def test_without_wrong_labels_nothing_is_won_back():
    end = means("active", "opt_sel", noise=0)
    assert abs(end["active"] - end["opt_sel"]) < 0.02


def test_the_wrong_sign_stays_behind_even_when_most_of_the_pool_is_labelled():
    end = train_to_end(0, strategy="AL_MS", sign_bug=True, k=100)
    assert end["labels"] > 0.7 * 1438 and end["accuracy"] < end["AL_RAND"] - 0.03


def test_from_ten_labels_margin_does_not_fall_behind_random_questions():
    courses = mean_courses(0, ("AL_MS", "AL_EN", "AL_RAND"), 2, k=10, initial=10)
    margin, entropy, random = (own[-1] for own in courses.values())
    assert margin > random - 0.02 and margin > entropy


@pytest.mark.skipif("faces" not in data.names(), reason="the faces are not here")
def test_on_faces_a_tenth_of_the_labels_is_not_enough():
    end = train_to_end(0, data="faces", strategy="AL_MS", initial=10, k=5)
    assert end["labels"] > 0.1 * 500 and end["accuracy"] < 0.9
