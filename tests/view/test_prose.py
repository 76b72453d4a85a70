"""Prose as HTML: formulas that may be broken where a reader would, and numbers with their %."""

import re
from html import unescape

import pytest

from workbench.chapters import NAMES, find
from workbench.view.page import prose
from workbench.view.pages import chapter as chapter_page


def pieces(markdown: str) -> list[str]:
    """What stands between two places where a line may end, without tags."""
    parts = unescape(prose.html(markdown)).strip().split("<wbr>")
    return [re.sub("<[^>]*>", "", part).strip() for part in parts]


def symbols(mathml: str) -> list[str]:
    """The letters, numbers and operators of all formulas."""
    return [unescape(text) for text in re.findall(r"<m[ion]\b[^>]*>([^<]*)<", mathml)]


def test_a_formula_may_end_a_line_before_a_relation_outside_of_parentheses():
    assert pieces("$a = b + f(c = d) \\le -e$") == ["a", "=b", "+f(c=d)", "≤−e"]
    assert pieces("$$x \\in [0, 1]$$") == ["x", "∈[0,1]"]
    assert pieces("$-\\sum_h v_h \\sum_q w_q$") == ["−∑hvh", "∑qwq"]


def test_a_broken_formula_keeps_the_space_around_its_operators():
    assert '<mo form="infix">=</mo>' in prose.html("$a = b$")


def test_a_displayed_formula_stays_one_in_size():
    assert prose.html("$$a = b$$").count('displaystyle="true"') == 2
    assert "displaystyle" not in prose.html("$a = b$")


def test_a_function_stands_apart_from_what_it_is_taken_of():
    assert re.search(r"<mi>log</mi><mspace [^>]*/?><mi>p</mi>", prose.html("$\\log p$"))
    assert "mspace" not in prose.html("$\\log(p)$")


@pytest.mark.parametrize("name", NAMES)
def test_breaking_a_chapters_formulas_loses_nothing(name, monkeypatch):
    broken = prose.html(find(name).doc)
    monkeypatch.setattr(prose, "_broken", lambda parts: [parts])
    whole = prose.html.__wrapped__(find(name).doc)
    assert "<wbr>" in broken and "<wbr>" not in whole
    assert symbols(broken) == symbols(whole) != []


def test_a_number_and_its_per_cent_stand_in_one_line():
    assert "65\u00a0%" in prose.html("some 65 % of them")
    assert prose.unbroken("65 % and 7 %") == "65\u00a0% and 7\u00a0%"


def test_no_line_begins_with_the_stop_behind_a_formula():
    whole = prose.html("the code is $x \\to xW$. It is $c$: small")
    assert re.findall(r'class="unbroken">.*?</math>(.)</span></span>', whole) == [".", ":"]
    assert prose.html("it is $c$ then") == prose.html("it is $c$ then").replace("unbroken", "")


@pytest.mark.parametrize("name", NAMES)
def test_the_id_of_a_claim_leads_to_the_claim_in_the_pages_list(name):
    html = chapter_page._article(name) + chapter_page._evidence(name)
    linked = set(re.findall(r'<a href="#claim-([^"]+)"><code>\1</code></a>', html))
    listed = set(re.findall(r'id="claim-([^"]+)"', html))
    assert linked <= listed == {claim.id for claim in find(name).claims}
    assert linked or not find(name).outcomes
    assert "`beta`" in prose.link_claims("`beta` and `collapse`", find("beta-vae").claims)
