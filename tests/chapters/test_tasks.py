"""Every chapter's lesson: its words, its names, and its answers over five seeds."""

import json
import re
import subprocess
import sys

import pytest

from workbench.chapters import NAMES, find
from workbench.core.lesson import Curve, Direction, Goal, Pick, Range
from workbench.data.inventory import EMBEDDED
from workbench.results import task_checks
from workbench.results.attempts import make_id
from workbench.results.kept import FOLDER, NUMBERS, kept
from workbench.results.task_baking import MOST_BYTES, asked

TAUGHT = tuple(name for name in NAMES if (find(name).folder / "tasks.py").exists())
TASKS = [(name, task) for name in TAUGHT for task in find(name).teaching.tasks]
IDS = [make_id(find(name), task) for name, task in TASKS]
GOALS = [(name, task) for name, task in TASKS if task.goal]
# CPU seconds that the fast tests may train, for all chapters together; the others are slow
SECONDS_FOR_GOALS, SECONDS_FOR_NUMBERS = 35, 25

every_lesson = pytest.mark.parametrize("name", TAUGHT)
every_task = pytest.mark.parametrize("name, task", TASKS, ids=IDS)


def seconds(name, task):
    """CPU seconds of one of the task's runs; endless where none is kept."""
    measured = kept(name).values(task.id)
    return measured.seconds if measured else float("inf")


def runs_of_numbers(task):
    """How many runs measure what is kept for the task."""
    at = task.predict.at if isinstance(task.predict, Curve) else ()
    return 5 * (1 + (task.before is not None) + len(at))


def within_budget(cases, budget):
    """The cases as parameters, dearest last: those beyond the budget are slow."""
    parameters = []
    for cost, name, task in sorted(cases, key=lambda case: (case[0], case[1], case[2].id)):
        budget -= cost
        marks = () if budget >= 0 else (pytest.mark.slow,)
        parameters.append(pytest.param(name, task, marks=marks, id=make_id(find(name), task)))
    return parameters


def cheapest(name):
    """The chapter's task whose kept numbers are measured again soonest."""
    costs = [
        (seconds(name, task) * runs_of_numbers(task), name, task)
        for task in find(name).teaching.tasks
    ]
    return min(costs, key=lambda case: case[0])


def frame_of(name, knobs):
    return kept(name).frame(find(name).Settings(**knobs))


def texts(task):
    """Every text of a task that a reader sees."""
    given = [task.title, task.know, task.ask, task.why, task.fails]
    given += [text for reason in task.reasons for text in (reason.text, reason.answer)]
    if isinstance(task.predict, Pick):
        given += [text for each in task.predict.outcomes for text in (each.text, each.explanation)]
    return [text for text in (*given, *(task.goal.hints if task.goal else ())) if text]


# --- answers


@pytest.mark.parametrize(
    "name, task",
    within_budget(
        [(15 * seconds(name, task), name, task) for name, task in GOALS], SECONDS_FOR_GOALS
    ),
)
def test_a_solution_passes_on_five_seeds_and_near_misses_fail(name, task):
    assert list(task_checks.find_goal_faults(find(name), task)) == []


@pytest.mark.parametrize(
    "name, task", within_budget([cheapest(name) for name in TAUGHT], SECONDS_FOR_NUMBERS)
)
def test_kept_numbers_are_what_the_code_gives(name, task):
    assert list(task_checks.find_kept_faults(find(name), task)) == []


@every_task
def test_what_is_kept_was_measured_for_this_task(name, task):
    how = f"workbench bake --tasks {name}"
    measured = kept(name).values(task.id)
    assert measured is not None and len(measured.values) == 5, how
    assert len(measured.before) == (5 if task.before is not None else 0), how
    numbers = json.loads((find(name).folder / FOLDER / NUMBERS).read_text())
    wanted = json.loads(json.dumps(asked(task)))
    assert {key: numbers["tasks"][task.id][key] for key in wanted} == wanted, how
    assert frame_of(name, task.preset) is not None, how


@every_task
def test_an_answer_lies_on_its_scale_and_is_the_only_one(name, task):
    measured = kept(name).values(task.id)
    seen = [*measured.values, *measured.before]
    predict = task.predict
    if isinstance(predict, Range):
        assert predict.low < predict.high and predict.step > 0 and predict.tolerance > 0
        assert predict.low <= min(seen) and max(seen) <= predict.high
        assert predict.step <= (predict.high - predict.low) / 5
    elif isinstance(predict, Direction):
        assert task.before is not None and predict.same > 0
    elif isinstance(predict, Pick):
        assert 2 <= len(predict.outcomes) <= 4
        assert all(each.text and each.explanation for each in predict.outcomes)
        assert list(task_checks.find_outcome_faults(find(name), task)) == []
    elif isinstance(predict, Curve):
        assert list(predict.at) == sorted(set(predict.at)) and len(predict.at) >= 3
        assert not predict.knob or predict.knob in find(name).Settings.knobs()
        rows = [value for row in measured.curve for value in row]
        assert len(measured.curve) == len(predict.at)
        assert predict.low <= min(rows) and max(rows) <= predict.high


@every_lesson
def test_what_is_kept_is_small_and_follows_the_lesson(name):
    lesson, folder = find(name).teaching, find(name).folder / FOLDER
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MOST_BYTES
    track = kept(name).track
    if lesson.knob:
        assert (track.knob, list(track.values)) == (lesson.knob, list(lesson.values))
        assert len(track.numbers[lesson.track]) == len(lesson.values)
        assert all(frame_of(name, {lesson.knob: value}) is not None for value in lesson.values)
    else:
        assert track is None


# --- names


@every_lesson
def test_a_lesson_names_what_there_is(name):
    chapter, lesson = find(name), find(name).teaching
    knobs = chapter.Settings.knobs()
    scalars = frame_of(name, lesson.tasks[0].preset).scalars
    assert {lesson.main, *lesson.beside} <= set(chapter.layout) and len(lesson.beside) == 2
    assert 1 <= len(lesson.numbers) <= 3 and set(lesson.numbers) <= set(scalars)
    assert 1 <= len(lesson.front) <= 3 and set(lesson.front) <= set(knobs)
    diagram = " ".join(lesson.diagram)
    assert set(re.findall(r"\{(\w+)\}", diagram)) <= set(scalars) and len(lesson.diagram) >= 3
    if lesson.knob:
        assert lesson.knob in lesson.front and lesson.track in scalars
        values = [chapter.Settings.parse(lesson.knob, value) for value in lesson.values]
        assert len(set(values)) == len(values) >= 2
        if knobs[lesson.knob].kind in ("number", "integer"):
            assert values == sorted(values)
    else:
        assert not lesson.values and not lesson.track


@every_lesson
def test_a_lesson_has_three_to_five_tasks_and_a_goal(name):
    tasks = find(name).teaching.tasks
    assert 3 <= len(tasks) <= 5 and any(task.goal for task in tasks)
    assert len({task.id for task in tasks}) == len(tasks)
    assert all(re.fullmatch(r"[a-z][a-z-]*", task.id) for task in tasks)
    assert sum(isinstance(task.predict, Curve) for task in tasks) <= 1
    assert all(task.predict or task.goal for task in tasks)


@every_task
def test_a_task_names_what_there_is(name, task):
    chapter, lesson = find(name), find(name).teaching
    preset = chapter.Settings(**task.preset)
    own = chapter.Settings().data
    for knobs in (task.preset, task.before or {}):
        assert chapter.Settings(**knobs).data in (own, *EMBEDDED), "this data may be absent"
        assert all(chapter.Settings(**knobs).matters(knob) for knob in knobs)
    pictures = frame_of(name, task.preset).pictures
    assert set(task.covered) <= set(pictures)
    assert lesson.main in pictures, "the preset's run has no main picture"
    assert bool(task.predict) == bool(task.covered), "a prediction is about something covered"
    if task.goal:
        assert 1 <= len(task.goal.knobs) <= 3
        assert all(preset.matters(knob) for knob in task.goal.knobs)
        for moved in (task.goal.solution, *task.goal.near_misses):
            assert set(moved) <= set(task.goal.knobs)
            assert chapter.Settings(**{**task.preset, **moved}) != preset
    if callable(task.measure):
        assert task.quantity is not None and task.quantity.label
    else:
        label = task.quantity or chapter.page.quantities.get(task.measure)
        assert label is not None and label.label, "give the number a label in page.md"
    for bound in task.goal.bounds if task.goal else ():
        assert chapter.page.quantities[bound.number].label
        assert bound.number in frame_of(name, task.preset).scalars


@every_lesson
def test_a_finding_is_a_sentence_about_every_state(name):
    chapter, lesson = find(name), find(name).teaching
    states = [{lesson.knob: value} for value in lesson.values]
    states += [task.preset for task in lesson.tasks]
    sentences = set()
    for knobs in states:
        settings = chapter.Settings(**knobs)
        sentence = lesson.finding(settings, kept(name).frame(settings).scalars)
        assert not sentence[0].islower() and sentence.endswith(".") and len(sentence.split()) <= 40
        sentences.add(sentence)
    assert len(sentences) > 1


# --- words

TELLING = re.compile(r"\$[^$]*\$")
ACCIDENTS = re.compile(
    r"  |\n| [,.;:?!](?!\d)|,,|(?<!\.)\.\.(?!\.)|[^\x20-\x7e\u00a0]|\( | \)|\?\?"
)


@every_task
def test_a_task_says_little_and_says_it_well(name, task):
    assert len(task.know.split()) <= 60
    assert len(TELLING.findall(task.know)) <= 1
    assert len(task.ask.split()) <= 60 and task.why and task.fails
    assert ("{before}" in task.ask) == (task.before is not None)
    if task.predict:
        assert task.ask.rstrip().endswith((".", "?"))
        assert 2 <= len(task.reasons) <= 4
    assert sum(reason.right for reason in task.reasons) == (1 if task.reasons else 0)
    assert all(reason.text and reason.answer for reason in task.reasons)
    for text in texts(task):
        assert not ACCIDENTS.search(text), text
        assert text.count("$") % 2 == 0 and text.count("(") == text.count(")"), text
    for text in texts(task)[1:]:
        assert text[0].isupper() and text.rstrip().endswith((".", "?", "!")), text


@every_lesson
def test_a_lesson_begins_and_ends_in_few_words(name):
    lesson = find(name).teaching
    assert lesson.lead.endswith(".") and len(lesson.lead) <= 180
    assert lesson.reflection.endswith("?")
    for text in (lesson.lead, lesson.reflection, *lesson.diagram):
        assert not ACCIDENTS.search(text), text


def numbers_in(text):
    return {float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)}


@pytest.mark.parametrize("name, task", GOALS, ids=[make_id(find(n), t) for n, t in GOALS])
def test_no_hint_holds_the_solution(name, task):
    assert len(task.goal.hints) == 3 and all(task.goal.hints)
    start = find(name).Settings(**task.preset).values_by_name()
    for knob, value in task.goal.solution.items():
        if value == start[knob] or isinstance(value, bool):
            continue
        for hint in task.goal.hints:
            if isinstance(value, str):
                assert value not in hint
            else:
                assert value not in numbers_in(hint)


@every_lesson
def test_nothing_to_try_gives_an_answer_away(name):
    """A link to where a task stands asks a question, and none leads to a goal's solution."""
    chapter = find(name)
    for label, query in chapter.try_this:
        settings, _ = chapter.Settings.from_query(query)
        for task in chapter.teaching.tasks:
            if task.predict and settings == chapter.Settings(**task.preset):
                assert label.endswith("?"), label
            if isinstance(task.goal, Goal):
                solved = chapter.Settings(**{**task.preset, **task.goal.solution})
                assert settings != solved, label


def test_tasks_are_read_without_what_trains():
    code = (
        "import sys; from workbench.chapters import NAMES, find\n"
        "for name in NAMES: find(name).teaching\n"
        "print([heavy for heavy in ('torch', 'sklearn', 'scipy') if heavy in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().strip() == "[]"
