"""The instructor's door: one password opens the page and the class, and is in no address."""

import re
from http.cookies import SimpleCookie

import pytest
from visits import answer, run

from workbench.classroom.instructor import COOKIE
from workbench.classroom.rehearsal import own_server, rehearse
from workbench.classroom.rehearsal.client import TOKEN, Session

PASSWORD, INSTRUCTOR = "open sesame & 1", "let me in & teach"
KEYS = dict(WORKBENCH_INSTRUCTOR=INSTRUCTOR, WORKBENCH_PASSWORD=PASSWORD)


@pytest.fixture(scope="module", params=["", "/services/workbench"])
def server(request):
    """A class with two passwords, with a prefix and without."""
    with own_server.own_server("--prefix", request.param, **KEYS) as own:
        own.url += request.param
        own.prefix = request.param
        run(rehearse.wait_until_ready(own.url, ""))
        yield own


def test_one_password_opens_both(server):
    async def story():
        jar = SimpleCookie()
        at, form = await answer(f"{server.url}/instructor", jar)
        assert at == f"{server.url}/instructor" and 'method="post"' in form
        at, form = await answer(f"{server.url}/instructor", jar, password="guess")
        assert "That is not the password." in form and COOKIE not in jar
        at, page = await answer(f"{server.url}/instructor", jar, password=INSTRUCTOR)
        assert at == f"{server.url}/app?instructor=" and "who is where" in page
        assert jar[COOKIE]["path"] == (server.prefix or "/") and jar[COOKIE]["httponly"]
        assert jar[COOKIE]["samesite"] == "Lax"
        at, page = await answer(f"{server.url}/app?chapter=rad", jar)
        assert at == f"{server.url}/app?chapter=rad" and TOKEN.search(page)
        at, _ = await answer(f"{server.url}/instructor", jar)  # it has been given
        assert at == f"{server.url}/app?instructor="
        await answer(f"{server.url}/logout", jar)
        at, form = await answer(f"{server.url}/instructor", jar)
        assert at == f"{server.url}/instructor" and "password" in form

    run(story())


def test_the_log_in_of_the_class_takes_it_too(server):
    async def story():
        jar = SimpleCookie()
        logs_in = {"username": "class", "password": INSTRUCTOR}
        await answer(f"{server.url}/app", jar)
        _, page = await answer(f"{server.url}/login", jar, **logs_in)
        assert "The course" in page
        _, page = await answer(f"{server.url}/app?instructor=", jar)
        assert "who is where" in page
        reader = SimpleCookie()
        await answer(f"{server.url}/login", reader, **logs_in | {"password": PASSWORD})
        _, page = await answer(f"{server.url}/app?instructor=", reader)
        assert COOKIE not in reader and "who is where" not in page

    run(story())


def test_the_instructor_finds_a_place_in_a_full_room():
    async def story(server):
        cookies, page = await rehearse.log_in(server.url, PASSWORD), "chapter=beta-vae&steps=100"
        reader = await Session(server.url, cookies).open(page)
        _, full = await answer(f"{server.url}/app?{page}", jar := SimpleCookie(cookies))
        assert "The room is full" in full
        _, page = await answer(f"{server.url}/instructor", jar, password=INSTRUCTOR)
        assert "who is where" in page
        reader.close()

    with own_server.own_server("--room", "1", **KEYS) as own:
        run(rehearse.wait_until_ready(own.url, ""))
        run(story(own))


def test_a_password_in_an_address_leaves_it_and_is_not_written_down(server):
    async def story():
        at, form = await answer(f"{server.url}/app?instructor=let%20me%20in", SimpleCookie())
        assert at == f"{server.url}/instructor" and "The instructor's password" in form

    run(story())
    log = server.log.read_text()
    assert "Traceback" not in log and not re.search("let.{1,3}me.{1,3}in|sesame", log)
