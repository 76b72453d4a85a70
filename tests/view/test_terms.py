"""Links to the glossary in a page's prose and a notebook's text: at first use, in words only."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

from workbench.chapters import NAMES, find
from workbench.core.glossary import glossary
from workbench.view.page import prose
from workbench.view.pages.glossary import glossary_words, plain_glossary
from workbench.view.tasks.open_task import OpenTask, view

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

import build  # noqa: E402
import terms  # noqa: E402

LINK = re.compile(r'<a class="term" href="\?glossary#([\w-]+)" data-means="[^"]+">(.*?)</a>', re.S)
FILES = sorted(NOTEBOOKS.glob("*.ipynb"))


def test_only_the_first_use_leads_to_the_glossary():
    html = prose.html("A label.\n\nTwo labels, and a *label* again; the encoder.", "mil")
    assert [words for _, words in LINK.findall(html)] == ["label", "encoder"]


def test_headings_formulas_code_and_links_are_left_alone():
    html = prose.html("# A label\n\n$label$ `label` [a label](x) **label**\n", "mil")
    assert html.count('class="term"') == 1 and "<strong><a class" in html


def test_words_of_two_lines_are_one_term():
    assert ">evidence\nlower bound</a>" in prose.html("The evidence\nlower bound", "beta-vae")


@pytest.mark.parametrize("name", NAMES)
def test_the_article_of_a_chapter_reads_as_before_with_links(name):
    doc = find(name).doc
    linked = prose.html(doc, name)
    anchors = [anchor for anchor, _ in LINK.findall(linked)]
    assert LINK.sub(r"\2", linked) == prose.html(doc)
    assert len(anchors) == len(set(anchors)) >= 5
    assert set(anchors) <= {term.anchor for term in glossary()}


def test_what_a_task_tells_leads_to_the_glossary():
    chapter = find("beta-vae")
    card = view(OpenTask(chapter, chapter.teaching.task("silent"), "predict"))
    assert [anchor for anchor, _ in LINK.findall(card["know"])] == ["nat", "rate", "loss", "latent"]


def test_the_page_has_every_term_in_its_order_and_leads_to_chapters():
    entries = glossary_words()["entries"]
    assert sorted(entry.term.name for entry in entries) == sorted(t.name for t in glossary())
    html = plain_glossary(False)
    assert all(html.count(f'id="{term.anchor}"') == 1 for term in glossary())
    (elbo,) = (entry for entry in entries if entry.term.name == "ELBO")
    assert "?chapter=beta-vae" in [link["href"] for link in elbo.chapters]
    assert "#elbo" not in elbo.meaning and "#distortion" in elbo.meaning


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_notebook_links_each_term_of_its_text_once(path):
    """`python notebooks/build.py --terms` links them anew after a change of the glossary."""
    notebook = nbformat.read(path, 4)
    linked = [cell.source for cell in notebook.cells]
    anchors = re.findall(r"\(\.\./workbench/core/glossary\.md#([\w-]+)\)", "\n".join(linked))
    assert len(anchors) == len(set(anchors)) >= 3
    assert set(anchors) <= {term.anchor for term in glossary()}
    for cell in notebook.cells:
        cell.source = terms.unlinked(cell.source)
    assert [cell.source for cell in terms.link_terms(notebook, path.stem).cells] == linked


def test_a_notebooks_formulas_code_and_headings_are_left_alone():
    source = (
        "## A label\n\n`label` $label$ $$\nlabel\n$$ [label](x) <b id='label'>x</b> A label\nhere"
    )
    cell = nbformat.v4.new_markdown_cell(source)
    (linked,) = terms.link_terms(nbformat.v4.new_notebook(cells=[cell]), "05_mil").cells
    assert linked.source == source.replace(
        "A label\nhere", f"A [label]({terms.GLOSSARY}#label)\nhere"
    )
    assert build.unlinked(linked.source) == source
