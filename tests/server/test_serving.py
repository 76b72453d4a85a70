"""The served page against whoever misuses it: one real server, raw clients, illegal messages.

The room of this server has eight places, its secrets are known here, and its log is read at the
end. The last test ends the server.
"""

import asyncio
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from visits import KEY, leaving, run, slowness, token

from workbench.chapters import find
from workbench.classroom.rehearsal import client, own_server, rehearse
from workbench.classroom.rehearsal.client import Refused, Session
from workbench.classroom.rehearsal.people import Person
from workbench.cli import main as cli
from workbench.view import labs

ROOM = 8
CANARY = "canary7fb3"
ATTACK = "<img src=x onerror=alert(1)>"
PAGE = "chapter=beta-vae&steps=100"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"{CANARY}-folder")
    own = own_server.OwnServer(
        folder / "log.txt",
        "--room",
        str(ROOM),
        "--unused-session-lifetime",
        "1000",
        "--check-unused-sessions",
        "500",
        BOKEH_SECRET_KEY=KEY,
        WORKBENCH_STORE=str(folder / "store"),
        WORKBENCH_HINT=CANARY,
    )
    run(rehearse.wait_until_ready(own.url, ""))
    yield own
    own.close()


@pytest.fixture(autouse=True)
def empty_room(server):
    """Nobody left over from the test before; the server still answers afterwards."""
    until(lambda: health(server)["sessions"] == 0)
    yield
    assert server.process.poll() is not None or health(server)["ready"]


def health(server) -> dict:
    return json.loads(get(server, "/health")[1])


def until(happens, patience: float = 300):
    deadline = time.monotonic() + patience
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.2)


def get(server, path: str, **headers: str) -> tuple[int, str]:
    """Status and body of GET `path`, exactly as it is written."""
    try:
        request = urllib.request.Request(server.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def moves(person: Person, value: float, patience: float = 300) -> None:
    """Moves the person's slider and waits for the answer."""
    person.settle(value)
    end = time.monotonic() + patience
    while person.moves[-1].answered is None:
        assert time.monotonic() < end and not person.hung_up, "no answer"
        await asyncio.sleep(0.02)


def innards(text: str) -> list[str]:
    """What a page or a message must never say."""
    own = (str(Path(cli.__file__).parents[1]), "Traceback", "site-packages", CANARY, KEY)
    return [word for word in own if word in text]


# --- health and the room


def test_health_tells_how_it_is_and_nothing_else(server):
    found = health(server)
    assert found["ready"] is True and found["room"] == ROOM and found["workers"] >= 1
    fields = "born ready sessions room waiting training workers late_ms"
    assert set(found) == set(fields.split()) and found["born"] in get(server, f"/app?{PAGE}")[1]
    assert set(found["late_ms"]) <= {"p95", "max"}
    assert innards(json.dumps(found)) == []


def test_a_full_room_says_so_and_has_places_when_somebody_leaves(server):
    async def story():
        here = [Session(server.url) for _ in range(ROOM)]
        with leaving(*here):
            before = server.cpu()
            for session in here:
                await session.open(PAGE)
            busy = server.cpu()
            shown = (busy - before) / ROOM
            status, page = await asyncio.to_thread(get, server, f"/app?{PAGE}")
            assert status == 503 and "The room is full" in page and "token" not in page
            assert 'http-equiv="refresh" content="30"' in page
            assert server.cpu() - busy < shown / 2
            # home needs no place
            assert (await asyncio.to_thread(get, server, "/app"))[0] == 200
            # a token that is valid but has no session yet finds no place either
            with pytest.raises(Refused):
                await Session(server.url).connect(token())
            assert health(server)["sessions"] == ROOM
        await asyncio.to_thread(until, lambda: health(server)["sessions"] == 0)
        with leaving(await Session(server.url).open(PAGE)):
            pass

    run(story())


def test_a_page_waits_longer_for_its_first_websocket_than_for_its_next(server):
    status, page = get(server, f"/app?{PAGE}")
    time.sleep(3)  # longer than a closed tab's session lives here
    assert status == 200 and health(server)["sessions"] == 1

    async def story():
        with leaving(session := Session(server.url)):
            await session.connect(client.TOKEN.search(page)[1])
            assert health(server)["sessions"] == 1

    run(story())
    until(lambda: health(server)["sessions"] == 0, 60)


def test_no_other_door_leads_into_the_room(server):
    """Bokeh makes a session for whoever asks for a page's script alone."""
    for path in ("/app/autoload.js?bokeh-autoload-element=x", "/autoload.js", "/app/metadata"):
        get(server, path)
        assert health(server)["sessions"] == 0, path


def test_nothing_is_built_for_who_has_hung_up(server):
    """As somebody does who holds down the key that loads a page anew."""
    host, port = urlsplit(server.url).netloc.split(":")
    for _ in range(ROOM):
        with socket.create_connection((host, int(port))) as asks:
            asks.sendall(f"GET /app?{PAGE} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())

    async def story():
        with leaving(await Session(server.url).open(PAGE)):  # after all of those
            # one whose end comes after its turn has begun is built all the same
            assert health(server)["sessions"] <= ROOM / 2

    run(story())


# --- who may come in


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "file://",
        "http://127.0.0.1:1",
        "https://127.0.0.1.evil.example",
        "http://localhost.evil.example:5006",
    ],
)
def test_another_websites_page_gets_no_websocket(server, origin):
    with pytest.raises(Refused, match="refused"):
        run(Session(server.url, origin=origin).connect(token()))


@pytest.mark.parametrize(
    "forged",
    [
        token(signed=False),
        token(key="f" * 64),
        token(expires=-10),
        token()[:-4] + "AAAA",
        "e30.e30",
        "nothing",
    ],
    ids=["unsigned", "another key", "expired", "another signature", "empty", "none"],
)
def test_a_forged_or_expired_token_opens_nothing(server, forged):
    with pytest.raises(Refused):
        run(Session(server.url).connect(forged))
    assert health(server)["sessions"] == 0


def test_our_own_page_with_its_own_token_comes_in(server):
    async def story():
        session = Session(server.url)
        with leaving(session):
            await session.connect(token())
            await session.pull()

    run(story())


# --- what a browser may say


def picture_of(person: Person) -> str:
    """The id of the place of the page's first picture."""
    named = {model.get("attributes", {}).get("name"): id for id, model in person.models.items()}
    return named["picture_0"]


def told(text: object) -> tuple[str, dict]:
    """A message of the page's own scripts, which may be any text or none."""
    message = {"kind": "MessageSent", "msg_type": client.WIRE, "msg_data": text}
    return "PATCH-DOC", {"events": [message]}


def hostile(picture: str) -> list:
    """Messages that no page of ours sends: (type, content), or a raw frame."""
    values = [
        1e9,
        -5,
        float("nan"),
        float("inf"),
        -float("inf"),
        True,
        None,
        [],
        [1, 2],
        {},
        "x",
        ATTACK,
        10**30,
        10**400,
        {"type": "number", "value": "nan"},
    ]
    found = [
        told(json.dumps({"kind": "knob", "value": {"name": "beta", "value": value, "number": 1}}))
        for value in values
    ]
    found += [
        told(json.dumps({"kind": kind, "value": value}))
        for kind in ("knob", "press", "try", "open", "replay", ATTACK)
        for value in (ATTACK, -1, {"name": [ATTACK], "number": ATTACK})
    ]
    found += [told(text) for text in ("{", "[" * 100_000, "17", None, 17, {"kind": "hello"})]
    event = {"type": "event", "name": "document_ready", "values": 3}
    return found + [
        ("PATCH-DOC", patch("p999999", value=1)),
        ("PATCH-DOC", patch(picture, children=[ATTACK], tags=[ATTACK])),
        ("PATCH-DOC", patch(picture, nothing=1)),
        ("PATCH-DOC", {"events": [{"kind": "RootRemoved", "model": {"id": picture}}]}),
        ("PATCH-DOC", {"events": [{"kind": "TitleChanged", "title": ATTACK}]}),
        ("PATCH-DOC", {"events": [{"kind": "Unheard", "model": {"id": picture}}]}),
        (
            "PATCH-DOC",
            {"events": [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}]},
        ),
        ("PATCH-DOC", {}),
        ("PATCH-DOC", 17),
        ("PUSH-DOC", {"doc": {"version": "3", "title": ATTACK, "roots": []}}),
        ("UNHEARD-OF", {}),
        ("SERVER-INFO-REQ", {}),
        "not JSON",
        "[]",
        b"\x00\xff\x00",
        "9" * 2_000_000,
    ]


def patch(model: str, **attributes) -> dict:
    return {
        "events": [
            {"kind": "ModelChanged", "model": {"id": model}, "attr": name, "new": value}
            for name, value in attributes.items()
        ]
    }


def test_forty_hostile_messages_change_nothing_for_anybody_else(server):
    size = server.log.stat().st_size
    knobs = find("beta-vae").Settings.knobs()

    async def story():
        good, bad = Person(server.url, "", 1, set()), None
        with leaving(good):
            await good.enter("beta-vae")
            count = len(hostile(picture_of(good)))
            assert count >= 40
            for number in range(count):
                if bad is None or bad.hung_up:
                    bad = Person(server.url, "", 2, set())
                    await bad.enter("beta-vae")
                message = hostile(picture_of(bad))[number]
                if isinstance(message, tuple):
                    bad.send(*message)
                else:
                    bad.raw(message)
                await asyncio.sleep(0.1)
                if number % 8 == 0:
                    await moves(good, [0.5, 2.0][number // 8 % 2])
                assert innards(json.dumps(bad.replies)) == []
                said = bad.address.partition("?")[2]
                settings, notes = find("beta-vae").Settings.from_query(
                    dict(pair.split("=") for pair in said.split("&")[1:]) if said else {}
                )
                assert notes == [] and knobs["beta"].low <= settings.beta <= knobs["beta"].high
            await moves(good, 4.0)
            assert good.foreign == 0 and not good.failures and not good.replies
            bad.close()

    run(story())
    assert server.log.stat().st_size - size < 60_000


def test_no_message_makes_a_run_read_a_file(server):
    path = "/etc/passwd"
    values = [path, [path], {"value": path}, f"../{path}"]

    async def story(value: object) -> None:
        with leaving(person := Person(server.url, "", 1, set())):
            await person.enter("beta-vae")
            person.tell("knob", {"name": "data", "value": value, "number": 1})
            await asyncio.sleep(0.3)
            await moves(person, 2.0)
            assert "data=digits" in person.address and not person.failures
            assert innards(json.dumps(person.replies)) == []

    for value in values:
        run(story(value))


def test_nobody_hears_of_another_ones_moves(server):
    values = [0.25, 0.5, 1.5, 2.0, 3.0, 4.0, 5.0]

    async def one(number: int) -> Person:
        person = Person(server.url, "", 10 * number, set())  # each with a seed of its own
        await person.enter("beta-vae")
        for move in range(10):
            await moves(person, values[(number + move) % len(values)])
        return person

    async def story():
        people = await asyncio.gather(*map(one, range(1, 6)))
        with leaving(*people):
            assert [person.foreign for person in people] == [0] * 5
            assert [len(person.moves) for person in people] == [10] * 5

    run(story())


# --- what an address may say

LINKS = [
    f"chapter={quote(ATTACK)}",
    "chapter=../../etc/passwd",
    "chapter=beta-vae%00",
    "chapter=",
    f"{PAGE}&beta=1e999&latent=nan&beta=3&beta={quote(ATTACK)}&{quote(ATTACK)}=1",
    f"{PAGE}&data=../../../etc/passwd&data={quote('/etc/passwd')}&theme={quote(ATTACK)}",
    f"{PAGE}&" + "&".join(f"k{i}={'9' * 40}" for i in range(90)),
    "%00=%00&%ff=%ff&&&===;",
    "chapter=rad&stream=%F0%9F%92%A9&steps=-1&seed=1e400",
]


def test_hostile_addresses_get_a_page_without_innards(server):
    async def story(link: str) -> str:
        session = Session(server.url, cookies=f"c={CANARY}")
        with leaving(session):  # comes in and leaves, so that its place is free again
            page = (await session.get(f"/app?{link}&who={CANARY}")).body.decode()
            if token := client.TOKEN.search(page):  # the home page has no session
                await session.connect(token[1])
        return page

    for link in LINKS:
        page = run(story(link)).replace(CANARY, "")
        assert innards(page) == [] and ATTACK not in page, link
        until(lambda: health(server)["sessions"] < ROOM)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/static/..%5c..%5cetc%5cpasswd",
        "/../etc/passwd",
        "/static/extensions/../../../etc/passwd",
        "/app/static/../app.py",
        "/app.py",
        "/static//etc/passwd",
        "/static/%252e%252e/etc/passwd",
        "/app/../../etc/passwd",
        "/components/../etc/passwd",
    ],
)
def test_no_address_reaches_a_file(server, path):
    status, body = get(server, path)
    assert status in (400, 403, 404)
    assert "root:" not in body and innards(body) == []


def test_the_log_has_no_secret_of_anybody(server):
    get(server, f"/app/ws?{CANARY}", Cookie=f"user={CANARY}")
    get(server, f"/{CANARY}/../x?token={CANARY}")
    log = server.log.read_text().replace(f"/{CANARY}", "")  # the path itself is no secret
    assert CANARY not in log and KEY not in log
    assert "eyJ" not in log


# --- the end


def test_it_stops_within_five_seconds_and_leaves_no_process(server):
    """While a run trains and a reader waits for a lab whose process does not answer any more."""

    async def opens_lab(person: Person) -> None:
        await person.enter("mil")
        for name in labs._FILES["mil"]:
            person.tell("open", name)

    workers, hand = server.workers(), 0

    async def story() -> None:
        nonlocal hand
        people = [Person(server.url, "", number, set()) for number in (1, 2, 3)]
        await people[0].enter("beta-vae", data="sprites", steps="20000")
        await opens_lab(people[1])
        await asyncio.to_thread(until, lambda: len(server.workers()) > len(workers))
        (hand,) = set(server.workers()) - set(workers)
        os.kill(hand, signal.SIGSTOP)
        await opens_lab(people[2])
        await asyncio.sleep(1)
        assert health(server)["training"] >= 1
        server.process.send_signal(signal.SIGTERM)

    assert workers
    try:
        run(story())
        start = time.monotonic()
        server.process.wait(30)
        seconds = time.monotonic() - start
    finally:
        if hand:
            os.kill(hand, signal.SIGKILL)
    assert seconds < 5 * slowness()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (*workers, hand)), 60)
    print(f"ended after {seconds:.1f} s")
