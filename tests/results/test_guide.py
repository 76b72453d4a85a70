"""The instructor's guide and notebooks: made of the tasks, and kept from students."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from workbench.chapters import NAMES, find
from workbench.cli import main as cli
from workbench.core.lesson import Direction
from workbench.results import guide
from workbench.results.attempts import find_task

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def words_of(text: str) -> str:
    """The text without markup, which differs between a file, a page and a guide."""
    return " ".join(re.sub(r"[*`_\\]", "", text).split())


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_has_plans_that_fit_and_every_answer(name):
    chapter, text = find(name), guide.write_guide(find(name))
    for length in guide.LESSONS:
        chosen = guide.plan(chapter, length)
        times = [minutes for _, minutes in chosen]
        assert chosen and guide.OPENING + guide.CLOSING + sum(times) <= length
    for task_id in set(re.findall(rf"`({name}/[\w-]+)`", text)):
        find_task(task_id)
    for task in chapter.teaching.tasks:
        assert f"`{name}/{task.id}`" in text
        assert all(secret in text for secret in guide.secrets(task))
        if isinstance(task.predict, Direction):
            assert "Before: " in text
    assert "{before}" not in text and "nan" not in text.split()
    assert all(question in text for question in guide.RUBRIC)


def test_a_longer_lesson_has_no_task_less():
    for chapter in map(find, NAMES):
        counts = [len(guide.plan(chapter, length)) for length in guide.LESSONS]
        assert counts == sorted(counts)


def test_the_command_prints_it():
    printed = CliRunner().invoke(cli.main, ["guide", "beta-vae"])
    assert printed.exit_code == 0 and printed.output == guide.write_guide(find("beta-vae"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_students_notebook_holds_no_answer(path):
    everything = words_of(json.dumps(json.loads(path.read_text()), ensure_ascii=False))
    for chapter in map(find, NAMES):
        for task in chapter.teaching.tasks:
            for secret in guide.secrets(task):
                assert words_of(secret) not in everything, (chapter.name, task.id, secret)


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
    assert asked
    for name in asked:
        task = find("beta-vae").teaching.task(name)
        assert all(words_of(secret) in text for secret in guide.secrets(task))
