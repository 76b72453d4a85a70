"""A lesson of the site in Chromium, opened as a file: tasks, slider, the way to a server."""

import json
import random
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from focus import assert_open_to_all
from playwright.sync_api import expect

from workbench.chapters import NAMES, find
from workbench.core.lesson import Curve, Range
from workbench.results.attempts import judge_prediction
from workbench.results.kept import kept

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

import build_site
from static_site import shell
from static_site.lessons import lesson
from static_site.tasks import afterwards

pytestmark = pytest.mark.browser
MOST_BYTES = 1_000_000  # of the first lesson, before its slider is moved
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
BETA, SILENT = find("beta-vae"), find("beta-vae").teaching.task("silent")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with one lesson."""
    folder = tmp_path_factory.mktemp("site")
    pages = lesson(BETA, shell.Site(build_site.SERVER))
    for name, content in {**shell.assets(), **pages}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.fixture
def leaf(chromium):
    """A tab without a server: it may load the site's own files and nothing else."""
    context, faults = chromium.new_context(viewport={"width": 1440, "height": 900}), []
    page = context.new_page()
    page.asked, page.own = [], ["file:", "data:", "blob:"]
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults
    assert all(url.startswith(tuple(page.own)) for url in page.asked)


def test_a_task_is_played_without_a_server(leaf, site):
    leaf.goto((site / "beta-vae.html").as_uri())
    text = leaf.content()
    assert SILENT.why[:30] not in text and SILENT.reasons[0].answer[:30] not in text
    leaf.get_by_role("button", name="Which latents fall silent?").click()
    expect(leaf.locator(".ask")).to_contain_text(
        "At beta 1 the code uses 4 to 5 of its ten latents"
    )
    expect(leaf.locator("[data-drawn=reconstructions] .drawn")).to_be_hidden()
    expect(leaf.locator("#track-slider")).to_be_disabled()
    leaf.get_by_label("to", exact=True).fill("2")
    leaf.get_by_label("A nat must now save").check()
    leaf.get_by_role("button", name="Commit").click()
    given = {"low": 0, "high": 2}
    verdict = judge_prediction(BETA, SILENT, given, kept("beta-vae").values("silent"))
    expect(leaf.locator(".reveal .verdict")).to_have_text(verdict.sentence)
    expect(leaf.locator(".mechanism")).to_contain_text("posterior collapse")
    expect(leaf.locator("[data-drawn=reconstructions] .drawn")).to_be_visible()
    expect(leaf.locator("#finding")).to_contain_text("At beta 4 the code says nothing")
    link = leaf.get_by_role("link", name="Open this state on a server")
    assert "beta=4" in link.get_attribute("href") and "task=silent" in link.get_attribute("href")
    assert json.loads(leaf.evaluate("ledger.json()"))["entries"][-1]["sentence"] == verdict.sentence


def test_a_goal_is_reached_among_settings_that_were_trained(leaf, site):
    leaf.goto((site / "beta-vae.html").as_uri() + "#task-three")
    leaf.locator(".trial select").select_option(label="Beta 4")
    leaf.get_by_role("button", name="Check on five seeds").click()
    expect(leaf.locator(".goal .verdict")).to_contain_text("exactly 3 were asked for")
    for _ in range(3):
        leaf.locator(".hint-button").click()
    expect(leaf.locator(".hints li")).to_have_count(3)
    leaf.locator(".trial select").select_option(label="Beta 2")
    leaf.get_by_role("button", name="Check on five seeds").click()
    expect(leaf.locator(".goal .verdict")).to_contain_text("Solved: all five seeds pass.")


def test_a_drag_shows_kept_pictures_and_the_way_to_a_server_follows(leaf, site):
    leaf.goto((site / "beta-vae.html").as_uri())
    assert not any("pictures" in url for url in leaf.asked)
    names = {url.rpartition("/")[2].partition("?")[0] for url in leaf.asked} & set(
        build_files(site)
    )
    assert sum(build_files(site)[name] for name in names) < MOST_BYTES
    leaf.locator("#track-slider").focus()
    leaf.keyboard.press("End")
    expect(leaf.locator("#finding")).to_contain_text("At beta 16 the code says nothing")
    leaf.get_by_label("The server's address").fill("https://lab.example/app?x=1")
    leaf.keyboard.press("Tab")
    link = leaf.get_by_role("link", name="Open this state on a server")
    assert link.get_attribute("href").startswith("https://lab.example/app?chapter=beta-vae&")
    assert "beta=16" in link.get_attribute("href")


def build_files(folder: Path) -> dict[str, int]:
    """The files of a site with their bytes."""
    return {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def guesses(task, count: int, chance: random.Random) -> list[dict]:
    """Answers on the task's scale, some of them near the seeds."""
    asked = task.predict
    ends = [asked.low, asked.high]
    if isinstance(asked, Range):
        pairs = (sorted(chance.uniform(*ends) for _ in range(2)) for _ in range(count))
        return [{"low": low, "high": high} for low, high in pairs]
    return [{"curve": [chance.uniform(*ends) for _ in asked.at]} for _ in range(count)]


def test_verdicts_are_those_of_the_server_word_for_word(leaf, site):
    chance, cases = random.Random(0), []
    for chapter in map(find, NAMES):
        for task in chapter.teaching.tasks:
            if isinstance(task.predict, Range | Curve):
                measured = kept(chapter.name).values(task.id)
                after = afterwards(chapter, task, lambda _: None)
                near = [{"low": min(measured.values), "high": max(measured.values)}]
                near *= isinstance(task.predict, Range)
                for given in [*near, *guesses(task, 25, chance)]:
                    ours = judge_prediction(chapter, task, given, measured)
                    case = [after["judged"], given, after["reveal"]]
                    cases.append((case, {"word": ours.word, "sentence": ours.sentence}))
    leaf.goto((site / "beta-vae.html").as_uri())
    asked, ours = zip(*cases, strict=True)
    theirs = leaf.evaluate("(cases) => cases.map((case_) => judging(...case_))", list(asked))
    assert theirs == list(ours) and len(cases) > 200


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, *_words) -> None:
        pass


@pytest.fixture
def shelf(tmp_path):
    """A folder, and the address of a file server that has it under a longer path."""
    folder = tmp_path / "some" / "path"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}/some/path/"
    server.shutdown()


@pytest.mark.slow
def test_the_whole_site_resolves_fits_and_is_open_to_all(leaf, shelf):
    folder, address = shelf
    leaf.own.append(address)
    build_site.build(folder, build_site.SERVER, "")
    assert build_site.check.find_faults(folder) == []
    pages = [*(f"{name}.html" for name in NAMES), "index.html", "glossary.html", "teaching.html"]
    pages += [path.name for path in folder.glob("api*.html")]  # where griffe is there
    pages += ["results.html", "results-beta-vae.html", "decisions.html", "using.html"]
    for theme, width in (("light", 1440), ("dark", 390)):
        leaf.emulate_media(color_scheme=theme)
        leaf.set_viewport_size({"width": width, "height": 900})
        for name in pages:
            leaf.goto(address + name)
            assert leaf.evaluate(OVERFLOW) <= 0, (name, width)
            assert_open_to_all(leaf)
