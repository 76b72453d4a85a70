"""The house's own rules, read from the files: sizes, names, and what a lesson may know."""

import ast
import re
from pathlib import Path

import pytest

from workbench.chapters import NAMES, find

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "workbench").rglob("*.py"))
ALL = [
    path
    for folder in ("workbench", "tests", "benchmarks", "docs", "notebooks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
FILE_LINES, LESSON_LINES, FIT_LINES = 300, 200, 40
every_chapter = pytest.mark.parametrize("name", NAMES)


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path):
    return str(path.relative_to(ROOT))


def imports(path):
    """The full names of all that a file imports."""
    names = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_one_formatter_decides_everywhere():
    mark = "# fmt" + ": "
    assert [short(path) for path in ALL if mark in path.read_text(encoding="utf-8")] == []


def test_no_file_is_too_long_to_read():
    lines = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}
    assert sorted(lines.values())[len(lines) // 2] < 130


def test_every_module_says_in_a_sentence_what_it_is():
    silent = []
    for path in CODE:
        doc = ast.get_docstring(tree_of(path)) or ""
        if path.read_text(encoding="utf-8").strip() and not re.match(r"\S.*[.:]", doc, re.DOTALL):
            silent.append(short(path))
        assert "TODO" not in doc, short(path)
    assert silent == []


def test_no_test_imports_another():
    tests = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    guilty = [
        short(path)
        for path in (ROOT / "tests").rglob("*.py")
        if tests & {name.partition(".")[0] for name in imports(path)}
    ]
    assert guilty == []


def test_an_attribute_has_a_line_of_its_own():
    """In __init__, where a reader looks for what an object has."""
    crowded = []
    for path in CODE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                for step in ast.walk(node):
                    targets = step.targets if isinstance(step, ast.Assign) else []
                    for target in targets:
                        several = isinstance(target, ast.Tuple)
                        if several and any(isinstance(t, ast.Attribute) for t in target.elts):
                            crowded.append(f"{short(path)}:{step.lineno}")
    assert crowded == []


@every_chapter
def test_a_lesson_reads_like_a_page_of_a_textbook(name):
    path = find(name).folder / "lesson.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LESSON_LINES
    (fit,) = (n for n in tree_of(path).body if getattr(n, "name", "") == "fit")
    assert fit.end_lineno - fit.lineno + 1 <= FIT_LINES
    assert ast.unparse(fit.returns).startswith("Iterator[")
    assert [argument.arg for argument in fit.args.args[:3]] == ["runs", "data", "device"]


@every_chapter
def test_a_lesson_knows_no_speed_no_pictures_and_no_screen(name):
    chapter = find(name)
    own = {each.stem for each in chapter.folder.glob("*.py")}
    above = {
        part
        for part in own
        if part in {"frames", "pictures", "by_hand", "claims", "evaluation", "exam", "history"}
        or part.endswith(("study", "_lab"))
    }
    wrong = {
        full
        for full in imports(chapter.folder / "lesson.py")
        if full.startswith("workbench.")
        and (
            any(full.startswith(f"{chapter.package}.{part}") for part in above)
            or full.split(".")[1] in ("running", "results", "classroom", "view", "server", "cli")
            or full.startswith("workbench.core.pictures")
        )
    }
    assert wrong == set()


@every_chapter
def test_a_page_stands_where_the_chapter_lies(name):
    chapter = find(name)
    assert chapter.title and chapter.question.endswith("?") and chapter.doc.count("\n") > 5
    assert chapter.reading and chapter.try_this and chapter.published
    text = (chapter.folder / "page.md").read_text(encoding="utf-8")
    assert text.count("\n- `") == len(chapter.reading)
    assert text.count("\n- [") == len(chapter.try_this)
    assert text.count("\n| ") - 2 == len(chapter.published)


def test_no_two_tests_have_files_of_one_name():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))


def in_full(node: ast.AST) -> bool:
    """Whether it asks for equality with a number of three decimals or more, to the last bit."""
    if not (isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq) for op in node.ops)):
        return False
    numbers = (getattr(each, "value", None) for each in [node.left, *node.comparators])
    return any(isinstance(n, float) and len(f"{n}".partition(".")[2]) > 2 for n in numbers)


def test_no_test_asks_for_all_digits_of_a_number():
    """Another processor rounds otherwise: compare with a tolerance, and say why it is enough."""
    strict = [
        f"{short(path)}:{node.lineno}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(tree_of(path))
        if in_full(node)
    ]
    assert strict == []
    assert in_full(ast.parse("loss == 0.4172").body[0].value)
    assert not in_full(ast.parse("loss == approx(0.4172)").body[0].value)
