"""The documents say what is so: links lead somewhere, numbers are those that were kept."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import build_figures  # noqa: E402
import build_plans  # noqa: E402
import build_results  # noqa: E402

from workbench.results import studies  # noqa: E402

PLACES = ("*.md", "data/*.md", "benchmarks/**/*.md", "docs/**/*.md")
DOCUMENTS = [path for place in PLACES for path in ROOT.glob(place)]
PAGES = [path for path in DOCUMENTS if path.parent.name != "text"]  # those are parts of pages
FOLDERS = ("workbench", "tests", "docs", "deploy", "benchmarks", "notebooks")
READABLE = {".py", ".md", ".ipynb", ".html", ".toml", ".yml", ".txt", ".cff", ".service", ".conf"}
OTHERS_INDEX = re.compile(r"pip3? install [^\n`]*(?<![\w./-])workbench(?![\w/-])")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def plain(path: Path) -> str:
    """The document without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", build_results.pages())
def test_a_result_page_shows_what_was_kept(name):
    page = (ROOT / "docs/results" / name).read_text()
    assert page == build_results.pages()[name], "make results writes it anew"


def test_the_guide_names_every_study_once():
    text = (ROOT / "docs/using.md").read_text()
    (sentence,) = re.findall(r"The studies are\s(.*?)\. `--save`", text, flags=re.DOTALL)
    assert sorted(re.findall("`([a-z-]+)`", sentence)) == sorted(studies.NAMES)


def test_every_kept_table_stands_on_one_page():
    texts = [path.read_text() for path in build_results.TEXTS.iterdir()]
    shown = [name for text in texts for name in build_results.PLACE.findall(text)]
    assert sorted(shown) == sorted(build_results.kept_tables())


def test_there_is_a_result_page_for_every_chapter_and_no_other():
    pages = {path.name for path in (ROOT / "docs/results").glob("*.md")}
    texts = {path.name for path in build_results.TEXTS.iterdir()}
    assert pages == texts == set(build_results.pages())


def test_the_figures_show_what_was_kept():
    tables = build_results.kept_tables()
    images = ROOT / "docs/images"
    drawn = build_figures.wrong_labels(tables["bootstrap"])
    assert (images / "bootstrap_mnist.svg").read_text() == drawn
    kept = {name: table for name, table in tables.items() if name.startswith("ceal")}
    assert (images / "ceal_budget.svg").read_text() == build_figures.budgets(kept)
    drawn = build_figures.starts(tables["clustering-starts"])
    assert (images / "clustering_starts.svg").read_text() == drawn


def test_the_readme_is_read_in_one_sitting():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_relative_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)\s]+)\)", plain(path))
    for link in links:
        target, _, anchor = link.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = path.parent / target if target else path
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


def anchors(path: Path) -> set[str]:
    """What the headings of a document are called in a link."""
    headings = re.findall(r"^#+ (.+)$", plain(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in headings}


def test_nobody_is_told_to_install_another_projects_package():
    """`workbench` on the public index is a dashboard of somebody else's."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    told = {
        named(path): found[0]
        for path in files
        if path.is_file() and (path.suffix in READABLE or path.name in ("Makefile", "Dockerfile"))
        if (found := OTHERS_INDEX.search(path.read_text(encoding="utf-8")))
    }
    assert told == {}


@pytest.mark.parametrize("name", ["workbench", '"workbench[cluster]"', "--upgrade workbench"])
def test_the_wrong_name_is_recognised(name):
    assert OTHERS_INDEX.search("pip install " + name)


@pytest.mark.parametrize("name", ["dlwl-workbench", '"dlwl-workbench[cluster]"', "./workbench"])
def test_the_right_name_may_be_said(name):
    assert not OTHERS_INDEX.search("pip install " + name)


def test_a_decision_is_at_most_ten_lines():
    text = (ROOT / "docs/decisions.md").read_text()
    decisions = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    long = {}
    for decision in decisions:
        title, *lines = re.split(r"^## ", decision, flags=re.MULTILINE)[0].strip().splitlines()
        if len([line for line in lines if line]) > 10:
            long[title] = len(lines)
    assert long == {} and 20 <= len(decisions) <= 75  # some three for each chapter


@pytest.mark.skipif(
    not (ROOT / "workbench/core").is_dir(), reason="documents speak of the nine floors"
)
@pytest.mark.parametrize("path", PAGES, ids=named)
def test_files_that_a_document_names_are_there(path):
    if path.name == "CHANGELOG.md":  # it speaks of the past, too
        pytest.skip("a history")
    words = re.findall(r"(?:workbench|tests|benchmarks|deploy|docs)/[\w/.*-]*\w", plain(path))
    assert [word for word in words if not list(ROOT.glob(word)) and "NAME" not in word] == []


def test_the_page_of_plans_is_what_the_guides_are():
    page = (ROOT / "docs/plans.md").read_text()
    assert page == build_plans.page(), "make results writes it anew"


def test_no_notebook_has_a_cell_for_a_server():
    texts = {path.stem: path.read_text("utf-8") for path in (ROOT / "notebooks/text").glob("*.py")}
    assert len(texts) > 10  # `workbench serve` shows chapters; a notebook's Board stands in it
    assert [name for name, text in texts.items() if "servable(" in text] == []
