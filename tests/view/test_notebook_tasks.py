"""Tasks in a notebook: predict, check and hint, without a front end and on their widgets."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import ipywidgets
import jsonschema
import numpy as np
import pytest

from workbench import check, hint, predict
from workbench.chapters import find
from workbench.core.lesson import Curve, Direction, Goal, Outcome, Pick
from workbench.results import attempts, ledger
from workbench.results.kept import Measured
from workbench.view.notebook import questions, tasks
from workbench.view.notebook.task_card import TaskCard, _View

SILENT, THREE = "beta-vae/silent", "beta-vae/three"
CHAPTER = find("beta-vae")
TASK = CHAPTER.teaching.task("silent")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/ledger.schema.json").read_text())
NUMBERS = Measured((2.0, 3.0, 2.0, 4.0, 3.0), (9.0, 10.0, 9.0, 9.0, 9.0), ((1, 2), (3, 5)))


@pytest.fixture(autouse=True)
def beside(tmp_path, monkeypatch):
    """A notebook's folder with a ledger, and numbers that nobody trains for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(ledger.SWITCH, raising=False)
    monkeypatch.setattr(questions, "measured", lambda _task_id: NUMBERS)
    tasks._hints.cache_clear()
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """asked(prediction, reasons) puts another prediction into the task."""

    def put(predict, reasons=TASK.reasons):
        changed = CHAPTER, replace(TASK, predict=predict, reasons=reasons)
        monkeypatch.setattr(questions, "find_task", lambda _task_id: changed)
        monkeypatch.setattr(tasks, "find_task", lambda _task_id: changed)
        monkeypatch.setattr("workbench.view.notebook.task_card.find_task", lambda _id: changed)

    return put


def entries():
    """The entries of the ledger, each of which the page's schema allows."""
    if not os.path.exists(ledger.FILE):
        return []
    with open(ledger.FILE, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    jsonschema.validate({"version": 1, "entries": lines}, SCHEMA)
    return lines


def test_a_card_says_the_question_and_how_to_answer_it():
    words = repr(predict(SILENT))
    assert "uses 9 to 10 of its ten latents" in " ".join(words.split())
    assert "2. A nat must now save four nats" in words
    assert "Give low and high, from 0 to 10." in words
    assert words.endswith(f'predict("{SILENT}", low=..., high=..., because=...)')


def test_a_card_has_no_answer_in_it():
    words = json.dumps(predict(SILENT)._repr_mimebundle_())
    hidden = [TASK.why, TASK.fails, *(reason.answer for reason in TASK.reasons)]
    assert TASK.reasons[0].text in words and not any(text in words for text in hidden)


def test_a_guess_is_judged_in_words_and_written_down(capsys):
    assert predict(SILENT, low=0, high=3, because=1) is None
    words = " ".join(capsys.readouterr().out.split())
    assert words.startswith("Four of five seeds lie in your range.")
    assert "Seeds 0 to 4: 2, 3, 2, 4, 3." in words
    first, second, _ = TASK.reasons
    assert first.answer in words and f"The reason: {second.text}" in words
    assert TASK.why in words and TASK.fails in words and "**" not in words
    guess, verdict = entries()
    assert guess.pop("at").endswith("Z") and verdict.pop("at").endswith("Z")
    shared = {"task": SILENT, "title": TASK.title}
    assert guess == {
        **shared,
        "kind": "predict",
        "given": {"low": 0, "high": 3},
        "reason": 0,
        "because": first.text,
    }
    sentence = verdict.pop("sentence")
    assert " ".join(sentence.split()) in words
    assert verdict == {
        **shared,
        "kind": "reveal",
        "word": "inside",
        "values": list(NUMBERS.values),
    }


def test_the_right_reason_is_not_told_twice(capsys):
    predict(SILENT, low=np.float64(2), high=np.int64(3), because=2)
    words = capsys.readouterr().out
    assert "Your reason:" in words and "The reason:" not in words
    assert entries()[0]["given"] == {"low": 2, "high": 3}


@pytest.mark.parametrize(
    ("prediction", "answers", "given", "word"),
    [
        (Direction(1), {"direction": "down"}, {"direction": "down"}, "right direction"),
        (
            Pick((Outcome("few", "Few.", high=5), Outcome("many", "Many.", low=5))),
            {"choice": 1},
            {"choice": 0},
            "inside",
        ),
        (Curve((1, 2), 0, 10, 1), {"curve": (1.5, 4)}, {"curve": [1.5, 4]}, "inside"),
    ],
)
def test_every_kind_of_guess_is_taken(asked, capsys, prediction, answers, given, word):
    asked(prediction, ())
    assert "because" not in repr(predict(SILENT))
    predict(SILENT, **answers)
    assert capsys.readouterr().out
    assert [entries()[0]["given"], entries()[1]["word"]] == [given, word]
    assert questions.picture(CHAPTER, replace(TASK, predict=prediction), None, NUMBERS).lines


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"low": 1}, f'Answer this task so: predict("{SILENT}", low=..., high=..., because=...).'),
        ({"low": 1, "high": 2, "hihg": 3}, f'Answer this task so: predict("{SILENT}", low=..., '),
        ({"choice": 1}, "Answer this task so: "),
        ({"low": "a", "high": 2}, "A prediction is made of numbers"),
        ({"low": 0, "high": float("inf")}, "An answer must be a number from 0 to 10."),
        ({"low": 0, "high": float("nan")}, "An answer must be a number from 0 to 10."),
        ({"low": -1, "high": 2}, "An answer must be a number from 0 to 10."),
        ({"low": None, "high": 2}, "A prediction is made of numbers"),
        ({"low": 3, "high": 2}, "The lowest value of a range must not be above its highest."),
        ({"low": 0, "high": 2, "because": 0}, "because must be a whole number from 1 to 3, not 0."),
        ({"low": 0, "high": 2, "because": "2"}, "because must be a whole number from 1 to 3"),
        ({"low": 0, "high": 2, "because": True}, "because must be a whole number from 1 to 3"),
    ],
)
def test_a_guess_of_another_shape_is_one_sentence_and_no_entry(capsys, answers, sentence):
    predict(SILENT, **answers)
    words = capsys.readouterr().out
    assert words.startswith(sentence) and words.count("\n") == 1 and entries() == []


def test_choices_are_counted_from_one_and_reasons_only_where_there_are_some(asked, capsys):
    asked(Pick((Outcome("few", "Few.", high=5), Outcome("many", "Many.", low=5))), ())
    predict(SILENT, choice=0)
    predict(SILENT, choice=1, because=1)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "choice must be a whole number from 1 to 2, not 0."
    assert second == "This task asks for no reason: leave because away."


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: predict("beta-vae/silen"), "There is no task 'beta-vae/silen'; there are: "),
        (lambda: check("nothing/three", beta=1), "There is no chapter 'nothing'"),
        (lambda: hint(3), "There is no chapter '3'"),
        (lambda: predict(THREE), f'The task {THREE} asks for no prediction: solve it with check("'),
        (lambda: check(SILENT, beta=1), f"The task {SILENT} has no goal: answer it with predict("),
        (lambda: hint(SILENT), f"The task {SILENT} has no goal"),
        (lambda: check(THREE, latent=3), "In this task latent does not move. Give beta (a number "),
        (lambda: check(THREE, beta=1, seed=1), "In this task seed does not move. Give beta"),
        (lambda: check(THREE, beta="much"), "beta must be a number from 0 to 16, not 'much'."),
        (lambda: check(THREE, beta=99), "beta must be a number from 0 to 16, not '99'."),
    ],
)
def test_what_cannot_be_used_is_one_sentence(capsys, call, sentence):
    assert call() is None
    words = capsys.readouterr().out
    assert words.startswith(sentence) and words.count("\n") == 1 and entries() == []


def test_an_attempt_says_what_the_page_says_and_is_written_down(capsys):
    check(THREE, beta=4)
    runs = attempts.seeds_of(CHAPTER, {"beta": 4})
    task = CHAPTER.teaching.task("three")
    attempt = attempts.judge_attempt(CHAPTER, task, runs[0], attempts.train_here(CHAPTER, runs))
    words = " ".join(capsys.readouterr().out.split())
    assert not attempt.passed and " ".join(attempt.sentence.split()) in words
    assert task.why not in words and words.endswith(f'For a hint: hint("{THREE}")')
    (entry,) = entries()
    del entry["at"]
    assert entry == {
        "kind": "attempt",
        "task": THREE,
        "title": task.title,
        "settings": runs[0].to_query(),
        "passed": False,
        "sentence": attempt.sentence,
        "failing": [0, 1, 2, 3, 4],
    }


def test_a_solution_is_explained(capsys, monkeypatch):
    monkeypatch.setattr(tasks, "train_here", lambda *_: None)
    solved = attempts.Attempt(True, "Solved: all five seeds pass.")
    monkeypatch.setattr(tasks, "judge_attempt", lambda *_: solved)
    check(THREE, **CHAPTER.teaching.task("three").goal.solution)
    words = " ".join(capsys.readouterr().out.split())
    assert CHAPTER.teaching.task("three").why in words and entries()[0]["passed"] is True


@pytest.mark.parametrize("knobs", [{}, {"beta": None}])
def test_what_has_not_been_tried_trains_nothing(capsys, monkeypatch, knobs):
    monkeypatch.setattr(tasks, "train_here", None)
    check(THREE, **knobs)
    words = capsys.readouterr().out
    assert words.startswith("Not tried yet. Find a beta") and entries() == []
    assert words.endswith("Give beta (a number from 0 to 16).\n")


def test_hints_come_one_by_one_and_end(capsys):
    goal: Goal = CHAPTER.teaching.task("three").goal
    for number, text in enumerate(goal.hints, 1):
        hint(THREE)
        assert capsys.readouterr().out == f"Hint {number} of 3: {text}\n"
    hint(THREE)
    assert capsys.readouterr().out == "These were all three hints of beta-vae/three.\n"


def test_a_switch_keeps_no_ledger(monkeypatch, capsys):
    monkeypatch.setenv(ledger.SWITCH, "off")
    predict(SILENT, low=0, high=3)
    assert capsys.readouterr().out and entries() == []


def test_a_folder_that_cannot_be_written_costs_one_sentence(beside, capsys):
    (beside / ledger.FILE).mkdir()
    predict(SILENT, low=0, high=3)
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("This is not written down: workbench-ledger.jsonl cannot be written")


def test_without_widgets_a_card_is_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(TaskCard(SILENT)._repr_mimebundle_()) == {"text/plain", "text/markdown"}


class TestWidgets:
    def view(self):
        return _View(ipywidgets, TaskCard(SILENT))

    def test_a_front_end_gets_widgets_and_words(self):
        bundle = TaskCard(SILENT)._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert bundle["text/plain"] == repr(TaskCard(SILENT))

    def test_commit_shows_the_verdict_the_dots_and_the_reasons(self):
        view = self.view()
        view.marks["range"].value, view.because.value = (0, 3), 2
        view.commit.click()
        shown = view.below.value
        assert "Four of five seeds lie in your range." in shown and "<svg" in shown
        assert TASK.reasons[1].answer in shown and "your range" in shown
        assert view.commit.disabled and view.marks["range"].disabled
        assert entries()[0]["given"] == {"low": 0, "high": 3} and entries()[0]["reason"] == 1

    def test_skip_is_as_large_and_shows_the_same_without_a_verdict(self):
        view = self.view()
        assert view.skip.layout.width == view.commit.layout.width
        view.skip.click()
        assert "lie in your range" not in view.below.value and "<svg" in view.below.value
        assert entries() == []  # a skipped prediction leaves no trace

    def test_a_commit_without_a_choice_asks_for_it(self, asked):
        asked(Direction(1))
        view = self.view()
        view.commit.click()
        assert "Choose one of the answers first." in view.below.value
        assert not view.commit.disabled and entries() == []
        view.marks["direction"].value = "down"
        view.commit.click()
        assert "Choose one of the answers first." in view.below.value  # for a reason, too
        view.because.value = 2
        view.commit.click()
        assert "Yes, it falls." in view.below.value

    def test_a_curve_is_drawn_with_a_slider_for_each_place(self, asked):
        asked(Curve((1, 2), 0, 10, 1))
        view = self.view()
        for slider, value in zip(view.marks.values(), (2, 4), strict=True):
            slider.value = value
        view.because.value = 1
        view.commit.click()
        assert entries()[0]["given"] == {"curve": [2, 4]} and "your curve" in view.below.value
