"""The instructor's guide and notebooks: made of the tasks, and kept from students."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from workbench.chapters import NAMES, find
from workbench.cli import main as cli
from workbench.core.lesson import Direction
from workbench.results import guide, plans
from workbench.results.rubric import Rubric, read_rubric
from workbench.view import labs

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def words_of(text: str) -> str:
    """The text without markup, which differs between a file, a page and a guide."""
    return " ".join(re.sub(r"[*`_\\]", "", text).split())


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_has_plans_that_fit_and_every_answer(name):
    chapter, text = find(name), guide.write_guide(find(name))
    for length in plans.LENGTHS:
        steps = plans.plan(chapter, length)
        assert length - plans.TALKING <= sum(step.minutes for step in steps) <= length
        assert tasks_of(steps)
    shown = set(re.findall(rf"^- \d+ min: `({name}/[\w-]+)`", text, re.MULTILINE))
    assert shown == {f"{name}/{task.id}" for task in chapter.teaching.tasks}
    for task in chapter.teaching.tasks:
        assert f"`{name}/{task.id}`" in text
        assert all(secret in text for secret in guide.secrets(task))
        if isinstance(task.predict, Direction):
            assert "Before: " in text
    assert "{before}" not in text and "nan" not in text.split()
    assert all(answer in text for answer in guide.answers(chapter))


def tasks_of(steps):
    return [step.task for step in steps if step.task is not None]


@pytest.mark.parametrize("name", NAMES)
def test_a_longer_lesson_has_no_task_less_and_the_longest_all_questions_and_the_notebook(name):
    chapter = find(name)
    lessons = [plans.plan(chapter, length) for length in plans.LENGTHS]
    counts = [len(tasks_of(steps)) for steps in lessons]
    assert counts == sorted(counts) and counts[-1] == len(chapter.teaching.tasks)
    last = plans.asking(chapter) + plans.notebook(chapter)
    assert len(last) == 3 and all(step in lessons[-1] for step in last)


def test_minutes_are_counted_and_measured():
    """A plan gets longer with every word and every second, and its notebook is the chapter's."""
    assert sorted(plans.notebooks()) == [path.stem for path in NOTEBOOKS]
    counted = plans.notebooks()["02_beta_vae"]
    assert counted["seconds"] > 1 and counted["predictions"] == 1
    time = counted["words"] / 150 + counted["seconds"] / 60 + 1
    step, exercises = plans.notebook(find("beta-vae"))
    assert "`02_beta_vae`" in step.text and step.minutes == round(time)
    assert counted["exercises"] == 2 and exercises.minutes == 2 * (3 + 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_rubric_has_three_questions_and_shows_what_there_is(name):
    chapter, rubric = find(name), read_rubric(find(name))
    assert len(rubric.questions) == 3 and len(rubric.trouble) >= 2
    known = {each.id for each in (*chapter.teaching.tasks, *chapter.claims)}
    for question in rubric.questions:
        assert question.text.endswith("?") and question.show and set(question.show) <= known
        assert question.good != question.half and len(question.half.split('"')) >= 3
    for query in re.findall(rf"`/app\?chapter={name}&([^`]+)`", " ".join(rubric.trouble)):
        settings, ignored = chapter.Settings.from_query(query)
        assert ignored == [] and settings != chapter.Settings()
    assert " ".join(rubric.trouble).count("/app?") == " ".join(rubric.trouble).count(f"={name}&")


def test_a_rubric_without_a_line_is_refused(tmp_path):
    (tmp_path / "rubric.md").write_text("## Why?\n\n- good: So.\n- show: silent\n")
    with pytest.raises(ValueError, match="'Why\\?' needs the lines good, half and show"):
        read_rubric(SimpleNamespace(folder=tmp_path))
    assert read_rubric(SimpleNamespace(folder=tmp_path / "none")) == Rubric()


@pytest.mark.parametrize("name", NAMES)
def test_what_to_bake_is_the_slider_and_a_lab_is_named_where_there_is_one(name):
    chapter = find(name)
    command = plans.baking(chapter)
    values = re.search(r"--over [\w-]+=(\S+)", command)[1].split(",")
    assert [float(value) for value in values] == [float(v) for v in chapter.teaching.values]
    assert ("a lab" in plans.free_time(chapter)) == bool(labs.find(name))


def test_the_command_prints_it():
    printed = CliRunner().invoke(cli.main, ["guide", "beta-vae"])
    assert printed.exit_code == 0 and printed.output == guide.write_guide(find("beta-vae"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_students_notebook_holds_no_answer(path):
    everything = words_of(json.dumps(json.loads(path.read_text()), ensure_ascii=False))
    for chapter in map(find, NAMES):
        secrets = [text for task in chapter.teaching.tasks for text in guide.secrets(task)]
        for secret in (*secrets, *guide.answers(chapter)):
            assert words_of(secret) not in everything, (chapter.name, secret)


def test_an_instructors_notebook_holds_them_and_is_built_alike_twice(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "notebooks")
    import instructor

    source = ROOT / "notebooks/02_beta_vae.ipynb"
    first, second = (instructor.build(source, tmp_path / name).read_bytes() for name in "ab")
    assert first == second
    cells = json.loads(first)["cells"]
    notes = [cell for cell in cells if "instructor" in cell["metadata"].get("tags", [])]
    assert len(notes) >= 2 and len(cells) == len(notes) + len(
        json.loads(source.read_text())["cells"]
    )
    text = words_of("".join(line for cell in notes for line in cell["source"]))
    asked = re.findall(r'predict\("beta-vae/([\w-]+)"', source.read_text().replace('\\"', '"'))
    assert asked and all(words_of(answer) in text for answer in guide.answers(find("beta-vae")))
    for name in asked:
        task = find("beta-vae").teaching.task(name)
        assert all(words_of(secret) in text for secret in guide.secrets(task))
