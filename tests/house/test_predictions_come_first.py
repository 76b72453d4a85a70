"""No notebook gives away what it asks to predict, in words, in numbers or by a run; and no article
what its chapter's tasks ask."""

import ast
import re
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

from workbench.chapters import NAMES, find
from workbench.core.lesson import Pick
from workbench.core.settings import SettingsError
from workbench.results.attempts import find_task
from workbench.results.kept import kept
from workbench.results.sentences import quantity_of
from workbench.view.page import prose

FOLDER = Path(__file__).parents[2] / "notebooks"
sys.path.insert(0, str(FOLDER))

from terms import unlinked  # noqa: E402

pytestmark = pytest.mark.notebooks
FIRST = re.compile(r'^predict\("(.+?)"', re.MULTILINE)
PHRASE = 6  # words in a row that are no accident
DIGITS = 3  # that make a number this one
RUNS = {"play", "Settings"}  # whose results a cell may show in part
PAGES = {"Board", "explore"}  # which show all of it


def predictions() -> list[tuple[str, str, list]]:
    """(notebook, task, the cells before the card) of every notebook that has a card."""
    cards = []
    for path in sorted(FOLDER.glob("*.ipynb")):
        cells = nbformat.read(path, 4).cells
        for place, cell in enumerate(cells):
            if cell.cell_type == "code" and (asked := FIRST.search(cell.source)):
                cards.append((path.stem, asked[1], cells[:place]))
    return cards


CARDS = predictions()
each_card = pytest.mark.parametrize(("name", "task_id", "cells"), CARDS, ids=[c[1] for c in CARDS])


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w.]+", text.lower())


def phrases(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[i : i + PHRASE]) for i in range(len(words) - PHRASE + 1)}


def shown(cells) -> str:
    """What a reader sees of the cells: their words, and what they have printed."""
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    printed = [o.get("text", "") + o.get("data", {}).get("text/plain", "") for o in outputs]
    return "\n".join([*(unlinked(cell.source) for cell in cells), *printed])


def answers(task) -> list[str]:
    """All texts of a task that have their time after the answer."""
    texts = [task.why, task.fails, *(reason.answer for reason in task.reasons)]
    texts += [outcome.explanation for outcome in getattr(task.predict, "outcomes", ())]
    return texts


def trees(cells) -> list[ast.AST]:
    """The nodes of all code in the cells."""
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return [node for source in sources for node in ast.walk(ast.parse(source))]


def trained(nodes) -> list[tuple[str, dict]]:
    """The calls that train something, each with its knobs as far as they are literals."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    named = [(ast.unparse(call.func).split(".")[-1], call.keywords) for call in calls]
    return [
        (name, {k.arg: k.value.value for k in words if isinstance(k.value, ast.Constant)})
        for name, words in named
        if name in RUNS | PAGES
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_article_has_the_words_of_an_answer(name):
    chapter = find(name)
    means = [term.meaning for term in prose.terms_of(chapter.doc, name)]  # shown beside the words
    article, tasks = phrases("\n".join([chapter.doc, *means])), chapter.teaching.tasks
    known = phrases(" ".join([chapter.teaching.lead, *(f"{t.know} {t.ask}" for t in tasks)]))
    told = {phrase for task in tasks for text in answers(task) for phrase in phrases(text)}
    assert sorted((article & told) - known) == []


def test_all_notebooks_but_the_first_ask_for_a_prediction():
    names = {path.stem for path in FOLDER.glob("*.ipynb")} - {"00_start_here"}
    assert {name for name, *_ in CARDS} >= names


@each_card
def test_no_words_of_an_answer_stand_before_the_card(name, task_id, cells):
    _, task = find_task(task_id)
    before = phrases(shown(cells))
    known = phrases(task.know + " " + task.ask)
    given_away = [
        " ".join(phrase)
        for text in answers(task)
        for phrase in sorted(phrases(text) & before - known)
    ]
    assert given_away == []


@each_card
def test_no_number_of_the_five_seeds_stands_before_the_card(name, task_id, cells):
    chapter, task = find_task(task_id)
    measured, quantity = kept(chapter.name).values(task_id), quantity_of(chapter, task)
    if isinstance(task.predict, Pick):
        return  # a choice is no number
    means = [sum(row) / len(row) for row in (measured.values, *measured.curve)]
    written = {re.sub(r"\s.*", "", quantity.write(v)) for v in (*measured.values, *means)}
    telling = {text for text in written if len(re.sub(r"\D", "", text).lstrip("0")) >= DIGITS}
    assert telling.isdisjoint(words_of(shown(cells)))


@each_card
def test_no_run_before_the_card_shows_what_it_asks_about(name, task_id, cells):
    """Cells before the card may train its preset, and show of it what the card does not ask."""
    chapter, task = find_task(task_id)
    preset, nodes = chapter.Settings(**task.preset), trees(cells)
    lengths = {"steps", "seed"}  # a shorter run, or another seed, tells it as well
    alike = {each: getattr(preset, each) for each in lengths}
    calls = set()
    for call, knobs in trained(nodes):
        with suppress(SettingsError):  # of another chapter
            calls |= {call} if chapter.Settings(**knobs | alike) == preset else set()
    assert not calls & PAGES
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    assert not calls or texts.isdisjoint({*task.covered, task.measure})
