"""The home page as it is put together: cards, kept pictures, and the tokens of the design."""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workbench.chapters import NAMES, find
from workbench.core.palette import DARK, LIGHT, contrast
from workbench.results.kept import kept
from workbench.view.pages import hero, home, shell

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

import build_pictures

QUICK = ("beta-vae", "multitask", "online")  # whose default runs take few seconds
MOST_BYTES = 40_000  # of a still
TOKEN = re.compile(r"--wb-([\w-]+): ([^;]+);")


def structure(markup: str) -> list[tuple[str, int]]:
    """Elements, and of a path how many points it has: what no other machine's rounding changes."""
    tree = ElementTree.fromstring(markup)
    tags = [each for each in tree.iter() if not each.tag.endswith(("text", "desc"))]
    return [(each.tag, len(re.findall("[MLmlh]", each.get("d", "")))) for each in tags]


def make_still(name: str) -> str:
    return build_pictures.chapter(name)[1]


@pytest.mark.parametrize("name", QUICK)
def test_a_still_is_what_make_pictures_makes(name):
    """Of a finished default run; a machine that rounds otherwise draws the same, not the bytes."""
    assert structure(home.still_of(find(name))) == structure(make_still(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in QUICK])
def test_a_still_of_a_longer_run_is_what_make_pictures_makes(name):
    assert structure(home.still_of(find(name))) == structure(make_still(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_chapter_has_a_small_still_with_words(name):
    markup = home.still_of(find(name))
    tree = ElementTree.fromstring(markup)
    assert len(markup.encode()) <= MOST_BYTES
    assert tree.get("role") == "img" and len(tree.get("aria-label")) > 20
    assert tree.findtext(f"{home.SVG}desc").endswith(".")
    assert not re.search(r'(?:fill|stroke)="#', markup)  # the page's colours, in both themes
    assert "http" not in markup.replace("http://www.w3.org/2000/svg", "")


def test_cards_follow_the_course_and_guess_no_minutes():
    cards = [card for part in home.home_words()["course"] for card in part["cards"]]
    assert [card.number for card in cards] == [find(name).number for name in NAMES]
    for card, name in zip(cards, NAMES, strict=True):
        assert card.minutes == home.minutes_of(find(name))
        assert len(card.tasks) == len(find(name).teaching.tasks)
        measured = [kept(name).values(task.id) for task in find(name).teaching.tasks]
        assert bool(card.minutes) == (bool(measured) and None not in measured)


# --- the example


def test_the_kept_maps_are_runs_of_the_slider():
    kept = json.loads(hero.KEPT.read_text())
    assert [row["beta"] for row in kept["rows"]] == list(hero.BETAS)
    assert hero.KEPT.stat().st_size < 60_000
    rates = [row["rate"] for row in kept["rows"]]
    assert rates[0] == max(rates) and rates[-1] < 0.05  # a price of 16 is too high for any nat
    for row in kept["rows"]:
        assert row["sentence"].startswith(f"At beta {row['beta']:g} the code says")


def test_a_kept_map_is_what_the_code_gives():
    """One of them, within what another processor's rounding makes of 1500 steps."""
    kept = {row["beta"]: row for row in json.loads(hero.KEPT.read_text())["rows"]}
    *_, last = build_pictures.play(hero.CHAPTER, beta=2, **hero.KNOBS)
    assert last.scalars["rate"] == pytest.approx(kept[2]["rate"], abs=0.1)
    assert round(last.scalars["active"]) == round(kept[2]["active"])


# --- the design's tokens


def tokens(selector: str) -> dict[str, str]:
    css = (shell.FOLDER / "page.css").read_text()
    block = re.search(rf"^{re.escape(selector)}.*?{{(.*?)^}}", css, re.DOTALL | re.MULTILINE)
    return dict(TOKEN.findall(block[1]))


THEMES = [(":root,", LIGHT), (":root.dark,", DARK)]


@pytest.mark.parametrize(("selector", "theme"), THEMES, ids=["light", "dark"])
def test_the_stylesheet_has_the_colours_of_the_palette(selector, theme):
    css = tokens(selector)
    assert [css[f"class-{i}"] for i in range(10)] == list(theme.classes)
    assert [css[f"series-{i}"] for i in range(8)] == list(theme.lines)
    assert css["card"] == theme.page and css["text"] == theme.text


@pytest.mark.parametrize(("selector", "theme"), THEMES, ids=["light", "dark"])
def test_tokens_can_be_read_on_each_other(selector, theme):
    css = tokens(selector)
    for ground in ("page", "card", "sunk"):
        for ink in ("text", "muted", "accent"):
            assert contrast(css[ink], css[ground]) >= 4.5, (ink, ground)
        for mark in ("edge", "warn", "good"):
            assert contrast(css[mark], css[ground]) >= 3, (mark, ground)
    assert contrast(css["on-accent"], css["accent"]) >= 4.5


def test_both_themes_have_the_same_colours():
    light, dark = tokens(":root,"), tokens(":root.dark,")
    colours = {name for name, value in light.items() if value.startswith(("#", "rgb"))}
    assert colours == set(dark)
