"""What the server answers for home: one text for everybody, and bounded runs of its example."""

import asyncio
import gzip
import json
import re
import urllib.error
import urllib.request
from html import unescape

import pytest
from doubles import Fake
from visits import run

from workbench.chapters import NAMES
from workbench.classroom.instructor import COOKIE
from workbench.classroom.rehearsal import own_server, rehearse
from workbench.running.players import play
from workbench.server import hero as trained
from workbench.server.handlers import packed
from workbench.view.pages import design, hero, route

PASSWORD = "open sesame"


@pytest.fixture(scope="module")
def guarded():
    with own_server.own_server("--password", PASSWORD, WORKBENCH_INSTRUCTOR="teach 456") as own:
        run(rehearse.wait_until_ready(own.url, ""))
        yield own


def ask(url: str, **headers: str) -> tuple[int, bytes, dict]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as reply:
            return reply.status, reply.read(), dict(reply.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def plain(cookies: dict[str, str] | None = None, **query: str) -> str | None:
    arguments = {key: [value.encode()] for key, value in query.items()}
    return route.plain_page(arguments, cookies or {})


# --- which page an address asks for


def test_only_pages_with_a_session_are_left_to_panel(monkeypatch):
    assert all(plain(chapter=name) is None for name in NAMES)
    monkeypatch.setattr(route, "is_instructor", lambda cookie: cookie == "known")
    assert plain({COOKIE: "known"}, instructor="") is None
    refused = plain(instructor="")
    assert refused and route.NOT_THE_INSTRUCTOR in unescape(refused)
    assert plain() == plain(chapter="") == plain(beta="4")  # nothing else is read of an address


def test_a_wrong_address_is_named_and_is_no_markup():
    page = plain(chapter="<b>beta-vea</b>")
    assert "&lt;b&gt;beta-vea" in page and "<b>beta-vea" not in page
    assert 'role="alert"' in page and 'role="alert"' not in plain()


def test_an_address_or_a_cookie_makes_it_dark():
    dark = re.compile(r'<html lang="en" class="dark">')
    assert not dark.search(plain())
    assert dark.search(plain(theme="dark")) and dark.search(plain({"workbench-theme": "dark"}))


def test_components_are_shown_in_development_only(monkeypatch):
    for text in ("", "0"):
        monkeypatch.setenv(design.KEY, text)
        assert route.NOT_IN_DEVELOPMENT in plain(design="")
    monkeypatch.setenv(design.KEY, "1")
    page = plain(design="")
    assert "Components" in page and page.count('class="theme ') == 2


def test_home_holds_no_script_of_others_and_no_session():
    page = plain()
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert "static/" not in page and "token" not in page
    assert len(packed(page)) < 150_000


# --- over the wire


def test_who_is_not_logged_in_gets_neither_home_nor_a_run(guarded):
    _, body, _ = ask(guarded.url + "/app")
    assert b"The password of the class" in body and b"The course" not in body
    status, body, _ = ask(guarded.url + "/app/hero?beta=1&seed=1")
    assert status == 403 and json.loads(body) == {"error": "Log in first."}


def test_home_is_sent_packed_and_once(guarded):
    cookies = run(rehearse.log_in(guarded.url, PASSWORD))
    status, body, head = ask(guarded.url + "/app", Cookie=cookies)
    assert status == 200 and b"The course" in body and "Content-Encoding" not in head
    packs = {"Cookie": cookies, "Accept-Encoding": "gzip"}
    status, packed_body, head = ask(guarded.url + "/app", **packs)
    assert gzip.decompress(packed_body) == body and len(packed_body) < len(body)
    assert ask(guarded.url + "/app", **packs, **{"If-None-Match": head["Etag"]})[0] == 304
    assert json.loads(ask(guarded.url + "/health")[1])["sessions"] == 0
    status, body, _ = ask(guarded.url + "/app/hero?beta=1.25&seed=1", Cookie=cookies)
    assert status == 400 and "Only the betas of the slider" in json.loads(body)["error"]


# --- the example's runs


@pytest.mark.parametrize(
    ("beta", "seed"),
    [("1.25", "1"), ("1", "0"), ("1", "6"), ("1", ""), ("", "1"), ("nan", "1"), ("1e0", "1")],
)
def test_no_other_run_can_be_asked_for(beta, seed):
    with pytest.raises(ValueError, match="Only the betas"):
        hero.read_settings(beta, seed)


def test_all_that_can_be_asked_for_are_some_sixty_runs():
    runs = {hero.read_settings(f"{b:g}", str(seed)) for b in hero.BETAS for seed in hero.SEEDS}
    assert len(runs) == len(hero.BETAS) * len(hero.SEEDS) <= 80
    assert all(each.latent == 2 and each.seed for each in runs)


@pytest.fixture
def shown(monkeypatch):
    """A frame is shown as its step alone: the player here is a double."""
    monkeypatch.setattr(hero, "show", lambda settings, frame: {"step": frame.step})


def test_a_run_is_shared_by_who_asks_and_left_when_nobody_does(make, shown, monkeypatch):
    monkeypatch.setattr(trained, "LEFT_SECONDS", 0.2)
    player = Fake(gated=True)
    runner = make(player)
    settings = hero.read_settings("2", "3")

    async def story() -> None:
        trainer = trained.Trainer(runner)
        assert trainer.state(settings)["status"] in ("waiting", "training")
        player.let()
        await until_true(lambda: trainer.state(settings).get("step") == 1)
        (asked_about,) = trainer.asked
        assert player.trained == [3]
        await until_true(lambda: not asked_about.live)  # nobody asks any more
        assert asked_about.status == "abandoned" and not trainer.asked

    run(story())


def test_a_finished_run_is_told_and_held_by_nobody(make, shown):
    runner = make(Fake(length=3))
    settings = hero.read_settings("2", "3")

    async def story() -> dict:
        trainer = trained.Trainer(runner)
        await until_true(lambda: trainer.state(settings)["status"] == "done")
        assert not trainer.asked
        return trainer.state(settings)

    assert run(story()) == {"status": "done", "error": "", "step": 3}


async def until_true(condition) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


def test_what_is_shown_of_a_frame_is_its_map_and_its_finding():
    settings = hero.read_settings("8", "1").replace(steps=100)
    *_, last = play(hero.CHAPTER, **settings.values_by_name())
    told = hero.show(settings, last)
    assert told["step"] == told["steps"] == 100 and told["map"].startswith("data:image/png")
    assert told["sentence"].startswith("At beta 8 the code says")
    assert hero.seamless(last.pictures[hero.MAP]).shape == (88, 88)
