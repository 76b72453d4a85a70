"""Where a task's answer does not hold is measured: by a claim, in a table, or by a run here."""

import re

import limits_from_10
import limits_to_9
import numpy as np
import pytest

from workbench.chapters import NAMES, find
from workbench.chapters.cdbn.evaluation import Exam, squares
from workbench.chapters.cdbn.gallery import gallery
from workbench.chapters.cdbn.knobs import Settings as Belief
from workbench.chapters.cdbn.lesson import fit
from workbench.chapters.gan import lesson as gan
from workbench.chapters.gan.knobs import Settings as Games
from workbench.core.frames import last_frames
from workbench.results.kept import kept
from workbench.science.compute import one_thread

TASKS = {f"{name}/{task.id}": (name, task) for name in NAMES for task in find(name).teaching.tasks}
LIMITS = limits_to_9.LIMITS + limits_from_10.LIMITS

# what needs no run here, and why
ELSEWHERE = {
    "autoencoder/size": "a test below, of the kept numbers",
    "clustering/belief": "a paper, and the table clustering-starts",
    "clustering/plain": "papers, and the table clustering-mnist",
    "selfsup/perfect": "the table selfsup",
    "selfsup/shortcut": "the table selfsup",
    "two-learners/exchange": "a paper, and the table two-learners",
    "rad/network": "test_task_sentences.py",
    "rad/questions": "test_task_sentences.py",
    "rad/start": "test_task_sentences.py",
    "rad/perfect": "test_task_sentences.py",
    "rad/expert": "test_task_sentences.py",
    "ceal/sign": "test_task_sentences.py",
    "ceal/budget": "test_task_sentences.py",
    "gan/ten": "nothing is asserted",
    "adversarial-codes/balance": "the definition of the loss",
    "prednet/dark": "the definition of the median",
    "words/dimension": "nothing is asserted",
    "cdbn/rate": "the definition of the gradient",
    "cdbn/shuffled": "a test below",
    "prednet/velocity": "a test below, of the kept picture",
    "words/smoothing": "the definition of the noise",
}


def test_every_limit_of_an_answer_is_measured():
    """By claims that the task names or by runs; and no excuse outlives its need."""
    measured = {limit.task for limit in LIMITS} | {
        id for id, (_, task) in TASKS.items() if task.tested
    }
    assert sorted(TASKS.keys() - measured - ELSEWHERE.keys()) == []
    assert sorted(ELSEWHERE.keys() & measured) == [] and ELSEWHERE.keys() <= TASKS.keys()


def test_limits_are_words_of_their_tasks_and_claims_are_the_chapters():
    assert [limit.task for limit in LIMITS if limit.words not in TASKS[limit.task][1].fails] == []
    for name, task in TASKS.values():
        assert set(task.tested) <= {claim.id for claim in find(name).claims}, task.id
    tables = {path.stem for path in find("rad").folder.parent.glob("*/measured/*.json")}
    named = [
        table for why in ELSEWHERE.values() for table in re.findall(r"the table ([\w-]+)", why)
    ]
    assert set(named) <= tables


@pytest.mark.slow
@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.task}: {limit.words[:40]}")
def test_an_answer_does_not_hold_where_its_task_says_so(limit):
    with one_thread():
        assert limit.measure(), limit.words


@pytest.mark.slow
def test_with_small_first_weights_r1_does_not_repair_a_fast_generator(monkeypatch):
    preset = TASKS["gan/gentle"][1].preset
    monkeypatch.setattr(gan, "GAIN", 1.0)  # as in torch.nn.Linear
    with one_thread():
        frames = last_frames(find("gan").train([Games(**preset, seed=s) for s in range(5)]))
    assert np.mean([frame.scalars["modes"] for frame in frames]) < 4  # of eight


def test_each_doubling_of_a_code_takes_a_share_of_the_error():
    errors = [
        np.mean(row) for row in kept("autoencoder").values("size").curve
    ]  # of 1 to 32 numbers
    left = [later / earlier for earlier, later in zip(errors, errors[1:], strict=False)]
    assert max(left) < 0.75 and min(left) == left[-1]


def test_for_dreaming_the_order_of_a_filters_weights_counts():
    runs = [Belief(**TASKS["cdbn/shuffled"][1].preset)]
    data = gallery(runs[0])
    *_, (_, network) = fit(runs, data)
    exam, layer = Exam(runs, data, "cpu"), network.layers[0]
    learnt, shuffled = (
        squares(each.reconstruct(exam.test) - exam.test) for each in (layer, exam.shuffled(layer))
    )
    assert 1.5 < float(shuffled) / float(learnt) < 3


def test_the_class_of_a_digit_is_not_learnt_by_predicting_it():
    (frame,) = [kept("prednet").frame(find("prednet").Settings())]
    top = {line.name: line.y[2] for line in frame.pictures["top"].lines}
    assert top["class, trained"] < top["class, untrained"] + 0.1
