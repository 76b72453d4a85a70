"""What `make site` is made of: links, packed answers, the check of links, and kept attempts."""

import sys
from pathlib import Path

import pytest

from workbench.chapters import NAMES, find
from workbench.results import kept_attempts

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

from static_site import check, documents, shell
from static_site.lessons import lesson
from static_site.links import site_links

GOALS = [(name, task) for name in NAMES for task in find(name).teaching.tasks if task.goal]
SITE = shell.Site("http://127.0.0.1:5006")


def test_addresses_of_the_server_become_files():
    html = '<a href="?chapter=mil">x</a> <a href="?glossary#bag"> <a href="?">'
    expected = '<a href="mil.html">x</a> <a href="glossary.html#bag"> <a href="index.html">'
    assert site_links(html) == expected and site_links([{"a": html}]) == [{"a": expected}]
    assert site_links('href="?chapter=mil&amp;task=few"') == 'href="mil.html#task-few"'
    with pytest.raises(ValueError, match="no page"):
        site_links('href="?instructor"')


def test_no_answer_of_a_task_stands_in_a_lessons_page():
    chapter = find("words")
    pages = lesson(chapter, SITE)
    for task in chapter.teaching.tasks:
        later = [task.why, task.fails, *(reason.answer for reason in task.reasons)]
        later += [*task.goal.hints] if task.goal else []
        later += [each.explanation for each in getattr(task.predict, "outcomes", ())]
        assert [text for text in later if text[:40] in pages["words.html"]] == []


def test_a_documents_links_lead_to_pages_or_are_words(tmp_path):
    page = documents.document(documents.DOCS / "new_chapter.md", SITE)
    assert 'href="data.html#reading-tables-in-code"' in page
    assert "tests/template" in page and 'href="../tests/template' not in page  # shown nowhere
    elsewhere = shell.Site(SITE.server, "https://git.example/r")
    linked = documents.document(documents.DOCS / "new_chapter.md", elsewhere)
    assert 'href="https://git.example/r/tests/template/pca_by_gradient"' in linked


def test_the_check_finds_what_leads_nowhere_and_what_comes_from_elsewhere(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html">x</a><a href="#here">y</a><a id="there" href="#there">z</a>'
        '<img src="https://cdn.example/x.png"><a href="https://example.org">w</a>'
    )
    (tmp_path / "a.css").write_text("a { background: url(https://cdn.example/y.png) }")
    faults = check.find_faults(tmp_path)
    assert len(faults) == 4
    for part in ("b.html leads to no file", "#here leads to no place", "x.png is loaded", "y.png"):
        assert any(part in fault for fault in faults), part


@pytest.mark.parametrize(("name", "task"), GOALS, ids=[name for name, _ in GOALS])
def test_of_kept_attempts_the_solution_passes_and_near_misses_do_not(name, task):
    chapter, goal = find(name), task.goal
    verdicts = [
        (dict(trial.knobs), kept_attempts.judge(chapter, task, trial).passed)
        for trial in kept_attempts.trials(chapter, task)
    ]
    assert (dict(goal.solution), True) in verdicts and len(verdicts) >= 4
    for knobs, passed in verdicts:
        assert not passed or knobs not in [{}, *map(dict, goal.near_misses)]
