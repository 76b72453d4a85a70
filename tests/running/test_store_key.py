"""The name of a kept run: all that decides its numbers, and nothing else."""

import re
import shutil
from pathlib import Path

import pytest
from doubles import plain

from workbench import play
from workbench.chapters import NAMES, find
from workbench.data import Report, catalog
from workbench.running import store_key
from workbench.running.store import Store
from workbench.running.store_key import PACKAGE, key, version

NAME = "beta-vae"
SHORT = find(NAME).Settings(steps=100)
CHAPTER = find(NAME).folder.relative_to(PACKAGE)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package, of which kept runs are named instead."""
    copy = tmp_path / "workbench"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    hashed = store_key.code.__wrapped__  # the files change under its cache
    monkeypatch.setattr(
        store_key,
        "code",
        lambda chapter, package: hashed(copy / chapter.relative_to(package), copy),
    )
    return copy


def is_found_after(change, package, tmp_path, name=NAME):
    """Whether a kept run of this chapter is still found when a file has changed."""
    store, settings = Store(tmp_path / "runs", "cpu"), find(name).Settings()
    frames = list(play(NAME, "cpu", steps=100))
    store.put(name, settings, frames)
    assert plain(tuple(store.get(name, settings))) == plain(tuple(frames))
    change(package)
    return store.get(name, settings) is not None


def edit(*places):
    """A change of one word in each of these files (of the first, where a place is a pattern)."""

    def change(package):
        for place in places:
            path = min(package.glob(str(place)))
            path.write_text(path.read_text() + "\n# another word\n")

    return change


@pytest.mark.parametrize(
    "places",
    [
        [CHAPTER / "page.md"],
        [CHAPTER / "claims.py"],
        ["chapters/autoencoder/lesson.py"],
        ["chapters/clustering/frames.py", "chapters/rad/knobs.py"],
        ["classroom/rehearsal/*.py"],
        ["view/page/board.py", "server/health.py", "cli/run.py", "results/sweep.py"],
        ["running/runner.py", "running/process.py", "running/store.py"],
    ],
    ids=lambda places: str(places[0]),
)
def test_what_decides_no_number_keeps_the_kept_runs(places, package, tmp_path):
    assert is_found_after(edit(*places), package, tmp_path)


def test_how_tasks_are_said_and_judged_decides_no_number(package, tmp_path):
    assert is_found_after(
        edit("core/lesson.py", "core/score.py", "core/glossary.py"), package, tmp_path
    )


@pytest.mark.parametrize(
    "name",
    [
        "tasks.py",
        "rubric.md",
        "still.svg",
        "study.py",
        "oracle_study.py",
        "seam_lab.py",
        "lab_knobs.py",
    ],
)
def test_a_chapters_tasks_studies_and_labs_decide_no_number(name, package, tmp_path):
    def add(package):
        (package / CHAPTER / name).write_text("# whatever\n")
        (package / CHAPTER / "measured").mkdir(exist_ok=True)
        (package / CHAPTER / "measured" / "table.json").write_text("{}")
        (package / CHAPTER / "kept").mkdir(exist_ok=True)
        (package / CHAPTER / "kept" / "numbers.json").write_text("{}")
        (package / CHAPTER / "__pycache__").mkdir(exist_ok=True)
        (package / CHAPTER / "__pycache__" / "lesson.pyc").write_bytes(b"compiled")

    assert is_found_after(add, package, tmp_path)


@pytest.mark.parametrize(
    "place",
    [
        CHAPTER / "lesson.py",
        CHAPTER / "by_hand.py",
        CHAPTER / "frames.py",
        CHAPTER / "pictures.py",
        CHAPTER / "knobs.py",
        "science/nets/*.py",
        "science/formulas/*.py",
        "data/images/sprites.py",
        "data/catalog.py",
        "core/frames.py",
        "running/worker.py",
        "running/limits.py",
    ],
    ids=str,
)
def test_what_decides_numbers_loses_the_kept_runs(place, package, tmp_path):
    assert not is_found_after(edit(place), package, tmp_path)


def test_a_chapters_lesson_costs_its_own_runs_alone(package, tmp_path):
    lesson = edit("chapters/autoencoder/lesson.py")
    assert not is_found_after(lesson, package, tmp_path, "autoencoder")


def test_everything_but_code_that_decides_numbers_is_in_the_name(monkeypatch):
    first = key(NAME, SHORT, "cpu")
    assert first == key(NAME, SHORT, "cpu") != key(NAME, SHORT.replace(beta=2), "cpu")
    assert first != key(NAME, SHORT, "cuda")
    monkeypatch.setattr(store_key, "torch_build", lambda: {"__version__": "another"})
    second = key(NAME, SHORT, "cpu")
    another = Report(name="digits", kind="pictures", fingerprint="another set")
    monkeypatch.setattr(catalog, "report", lambda name: another)
    assert len({first, second, key(NAME, SHORT, "cpu")}) == 3


def test_every_chapter_has_a_version_of_its_own():
    assert len({version(name) for name in NAMES}) == len(NAMES)
    assert Path(find(NAME).folder).is_relative_to(PACKAGE)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_decides_numbers_imports_what_does_not(name):
    folder = find(name).folder
    words = {path for pattern in store_key.SPEAKING for path in folder.rglob(pattern)}
    stems = {path.stem for path in words}
    for path in set(folder.rglob("*.py")) - words:
        text = path.read_text(encoding="utf-8")
        imported = set(re.findall(r"(?:import|from) [\w.]*?(\w+)(?: import|$)", text, re.MULTILINE))
        imported |= set(re.findall(r"part\(\"(\w+)\"\)", text))
        assert not stems & imported, path.name
