"""A reader's connection: closed, lost, or behind a proxy with a prefix and a password."""

import asyncio
import json
import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from panel.io.server import WSHandler
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect
from visits import BACK, KEY, LONG, Visitor, answer, happens, health_of, run, slowness, token

from workbench.chapters import NAMES
from workbench.classroom.rehearsal import client, own_server, people, rehearse
from workbench.classroom.rehearsal.client import TOKEN, Refused, Session
from workbench.classroom.rehearsal.people import Person
from workbench.server.handlers import RoomSocket
from workbench.view import labs

PREFIX = "/services/workbench"
OUTER = "class.example.org"  # where readers think they are
INSTRUCTOR = "let-me-in"
PASSWORD = "open sesame & 1"


@pytest.fixture(scope="module")
def server():
    """As `workbench serve --prefix` starts it, with its own patience; url has the prefix."""
    arguments = "--prefix", PREFIX, "--allow-websocket-origin", OUTER
    keys = dict(BOKEH_SECRET_KEY=KEY, WORKBENCH_INSTRUCTOR=INSTRUCTOR, WORKBENCH_PASSWORD=PASSWORD)
    with own_server.own_server(*arguments, **keys) as own:
        own.url += PREFIX
        run(rehearse.wait_until_ready(own.url, ""))
        own.cookies = run(rehearse.log_in(own.url, PASSWORD))
        yield own


def health(server) -> dict:
    return run(health_of(server))


async def trains(server, seed: int) -> Person:
    """Somebody whose run is on its way and would take long."""
    person = Person(server.url, server.cookies, seed * people.OWN_SEED_EVERY, set())
    await person.enter("beta-vae", **LONG)

    async def training() -> bool:
        return (await health_of(server))["training"] == 1

    await happens(training)
    return person


@pytest.mark.parametrize("end", ["close", "drop"])
def test_nothing_trains_for_a_closed_tab_or_a_lost_connection(server, end):
    async def story() -> float:
        person = await trains(server, 2)
        getattr(person, end)()

        async def over() -> bool:
            return (await health_of(server))["training"] == 0

        return await happens(over)

    seconds = run(story())
    print(f"a run ended {seconds:.1f} s after {end}")
    assert seconds <= 8 * slowness()
    left = health(server)["sessions"]
    assert left == (0 if end == "close" else 1)  # who has lost the network may come back


def test_training_rests_until_somebody_sees_the_page(server):
    """A tab that is closed before its websocket opens, or one whose scripts take very long."""

    async def story() -> None:
        person = Person(server.url, server.cookies, 4 * people.OWN_SEED_EVERY, set())
        page = await person.get(f"/app?chapter=beta-vae&seed=41&{urlencode(LONG)}")

        async def training(many: int) -> bool:
            return (await health_of(server))["training"] == many

        await happens(lambda: training(1))
        seconds = await happens(lambda: training(0))
        print(f"a run rested after {seconds:.1f} s without anybody")
        assert seconds <= 8 * slowness() and (await health_of(server))["sessions"] >= 1
        await person.connect(TOKEN.search(page.body.decode())[1])
        await person.pull()
        person.event(client.READY)
        person.listen()
        await happens(lambda: training(1))
        person.close()
        await happens(lambda: training(0))

    run(story())


def test_who_comes_back_finds_the_page_and_its_run_goes_on(server):
    async def story():
        person = await trains(server, 3)
        page = set(person.models)
        for seconds in (0.5, 6.5, 0.5):  # the second is longer than a run is held for nobody
            person.drop()
            await asyncio.sleep(seconds)
            before = (await health_of(server))["training"]
            assert before == (1 if seconds < 5 else 0)
            person.models.clear()
            await person.connect(person.token)
            await person.pull()
            person.event(BACK)
            person.listen()
            assert page & set(person.models)

            async def training() -> bool:
                return (await health_of(server))["training"] == 1

            await happens(training)
        person.move()

        async def answered() -> bool:
            return person.moves[-1].answered is not None

        await happens(answered)
        assert person.foreign == 0
        person.close()

    run(story())


@pytest.mark.parametrize("age", [0, 60, 600])
def test_an_old_token_makes_no_session(server, age):
    opens = Session(server.url, server.cookies).connect(token(86_400 - age, key=KEY))
    if age < 300:  # as if the page had been slow to connect
        run(opens)
    else:
        with pytest.raises(Refused):
            run(opens)


def test_two_pings_may_stay_unanswered(monkeypatch):
    """The third is not sent: who has answered ping 4 and no more is gone when ping 7 is due."""
    monkeypatch.setattr(WSHandler, "ping", lambda self, data: self.sent.append(int(data)))
    silent = RoomSocket.__new__(RoomSocket)
    silent.sent, silent.latest_pong, closed = [], 4, []
    silent.close = lambda: closed.append(len(silent.sent))
    for number in (5, 6, 7):
        silent.ping(str(number).encode())
    assert silent.sent == [5, 6] and closed == [2]


STATE = re.compile(r"<script>receive\((.*)\)</script>")  # what a page is told in its own text


class Hasty(Visitor):
    """Somebody who clicks as soon as there is a document, before it is drawn."""

    async def open(self, query: str = "", files: bool = False) -> "Hasty":
        page = (await self.get(f"/app?{query}")).body.decode()
        await self.connect(client.TOKEN.search(page)[1])
        await self.pull()
        self.shown = json.loads(json.loads(STATE.search(page)[1]))
        self.listen()
        return self


def test_what_a_reader_does_before_the_page_is_drawn_is_done(server):
    async def story():
        person = Hasty(server.url, server.cookies, 5, set())
        person.said = ""
        await person.enter("beta-vae")
        person.move()

        async def answered() -> bool:
            return person.moves[-1].answered is not None

        await person.opens(["sweep"])
        await asyncio.sleep(0.5)
        person.event(client.READY)
        await happens(answered)

        async def opened() -> bool:
            return "Learning rate" in person.said and "Train the sweep" in person.said

        await happens(opened)
        person.close()

    run(story())


SAYS = {
    "clustering": ["K-Means: ", "Three centres are set"],
    "mil": ["The bag is complete"],
    "selfsup": ["Comparing edges solves"],
    "ceal": ["question 1 of 10", "Round 1, predict"],
    "pseudo": ["Guess 1 of 20"],
    "two-learners": ["You keep 16 of 16"],
}


def test_labs_that_compute_leave_the_server_without_pytorch(server):
    async def story():
        for name, words in SAYS.items():
            person = Visitor(server.url, server.cookies, 1, set())
            await person.enter(name)
            await person.opens(list(labs._FILES[name]))

            async def all_said(person=person, words=words) -> bool:
                return all(each in person.said for each in words)

            await happens(all_said)
            person.close()

    before = server.memory()
    run(story())
    print(f"{before:.0f} MB before, {server.memory():.0f} MB with all labs")
    assert "libtorch" not in Path(f"/proc/{server.process.pid}/maps").read_text()


# --- behind a proxy


class Passed(RequestHandler):
    """A request that is handed on, path and all, as JupyterHub's proxy and nginx do."""

    def initialize(self, inner: str):
        self.inner = inner

    async def get(self, path: str) -> None:
        sent = {
            key: self.request.headers[key]
            for key in ("Cookie", "Content-Type")
            if key in self.request.headers
        }
        reply = await AsyncHTTPClient(force_instance=True).fetch(
            HTTPRequest(
                self.inner + self.request.uri,
                self.request.method,
                headers={"Host": OUTER} | sent,
                body=self.request.body or None,
                follow_redirects=False,
                request_timeout=60,
            ),
            raise_error=False,
        )
        self.set_status(reply.code)
        for key in ("Content-Type", "Location", "Set-Cookie"):
            for value in reply.headers.get_list(key):
                self.add_header(key, value)
        self.finish(reply.body)

    post = get


class PassedSocket(WebSocketHandler):
    """A websocket that is handed on."""

    def initialize(self, inner: str):
        self.inner = inner.replace("http", "ws", 1)

    def check_origin(self, origin: str) -> bool:
        return True

    def select_subprotocol(self, offered: list[str]) -> str:
        self.offered = offered
        return offered[0]

    async def open(self, path: str) -> None:
        kept = {key: self.request.headers.get(key, "") for key in ("Origin", "Cookie")}
        headers = {"Host": OUTER} | kept
        address = HTTPRequest(self.inner + self.request.uri, headers=headers)
        self.other = await websocket_connect(
            address,
            subprotocols=self.offered,
            on_message_callback=self._back,
            max_message_size=2**28,
        )

    async def on_message(self, frame) -> None:
        await self.other.write_message(frame, binary=isinstance(frame, bytes))

    def _back(self, frame) -> None:
        if frame is None:
            self.close()
        else:
            self.write_message(frame, binary=isinstance(frame, bytes))

    def on_close(self) -> None:
        self.other.close(1001)


@contextmanager
def proxy(server):
    """Inside a loop: a proxy to the server; its address with the prefix."""
    inner = {"inner": server.url.removesuffix(PREFIX)}
    here, port = bind_unused_port()
    outside = HTTPServer(
        Application(
            [
                (f"({PREFIX}/app/ws)", PassedSocket, inner),
                (r"(/.*)", Passed, inner),
            ]
        )
    )
    outside.add_socket(here)
    try:
        yield f"http://127.0.0.1:{port}{PREFIX}"
    finally:
        outside.stop()


def test_pages_files_and_websockets_work_behind_a_prefix(server):
    async def story():
        with proxy(server) as url:
            origin = f"https://{OUTER}"
            cookies = await rehearse.log_in(url, PASSWORD)
            home = Session(url, cookies, origin)
            page = (await home.get("/")).body.decode()  # goes on to the only application
            assert not client.FILES.findall(page) and not re.search("(?:src|href)=[\"']/", page)
            links = re.findall(r'<h4><a href="([^"]+)"', page)
            assert len(links) == len(NAMES)
            for link in links[:2]:
                body = (await home.get(f"/app{link}".replace("&amp;", "&"))).body.decode()
                files = set(client.FILES.findall(body))
                assert len(files) > 5 and not re.search("(?:src|href)=[\"']/", body)
                await asyncio.gather(*(home.get(f"/{name}") for name in files))
            assert json.loads((await home.get("/health")).body)["ready"]
            at, page = await answer(f"{url}/instructor", SimpleCookie(), password=INSTRUCTOR)
            assert at == f"{url}/app?instructor=" and "who is where" in page
            person = Person(url, cookies, 3, set())
            person.origin = origin
            await person.enter("beta-vae")
            person.move()

            async def answered() -> bool:
                return person.moves[-1].answered is not None

            await happens(answered)
            person.close()
            await asyncio.sleep(0.2)  # the proxy closes its side

    run(story())


@pytest.mark.parametrize("path", ["/app?chapter=rad&seed=5", "/", "", "/login"])
def test_a_log_in_under_a_prefix_leads_where_the_reader_wanted(server, path):
    def logs_in(password: str) -> dict[str, str]:
        return {"username": "class", "password": password}

    async def story():
        with proxy(server) as url:
            jar = SimpleCookie()
            at, form = await answer(url + path, jar)
            assert at.startswith(f"{url}/login") and 'action="./login"' in form
            at, form = await answer(f"{url}/login", jar, **logs_in("guess"))
            assert "That is not the password." in form
            await answer(url + path, jar)  # as the page's script does for who was wrong
            at, page = await answer(f"{url}/login", jar, **logs_in(PASSWORD))
            if "chapter" in path:
                assert at == url + path and TOKEN.search(page)
            else:
                assert at == url + "/app" and "The course" in page
            # other services of the host are not told who is in here
            assert jar["user"]["path"] == jar["id_token"]["path"] == PREFIX
            at, form = await answer(f"{url}/logout", jar)
            assert at.startswith(f"{url}/login") and 'action="./login"' in form
            at, _ = await answer(f"{url}/app", jar)
            assert at.startswith(f"{url}/login")

    run(story())
    assert "Traceback" not in server.log.read_text()
