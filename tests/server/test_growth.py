"""What a server holds after people have come and gone: memory, threads, files, and CPU."""

import asyncio
import os
import socket
import subprocess
import time
from asyncio import StreamReader
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from visits import happens, health_of, run

from workbench.chapters import NAMES, find
from workbench.classroom.rehearsal import own_server, rehearse
from workbench.classroom.rehearsal.client import TOKEN, Session
from workbench.classroom.rehearsal.people import Person

pytestmark = pytest.mark.slow
ROUNDS, PEOPLE = 5, 60
FILES = 96  # open files that the small server may have; it has some sixty before anybody comes


@pytest.fixture(scope="module")
def server():
    with own_server.own_server() as own:
        run(rehearse.wait_until_ready(own.url, ""))
        yield own


def threads(server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/task"))


def files(server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


async def nobody(server) -> None:
    async def empty() -> bool:
        return (await health_of(server))["sessions"] == 0

    await happens(empty, 90)


async def visit(server, number: int) -> None:
    """Comes in, moves a slider, sees the answer; what it asks for is never done, so never kept."""
    await Session(server.url).get("/app")
    name = NAMES[number % len(NAMES)]
    steps = find(name).Settings.knobs()["steps"].high
    person = Person(server.url, "", number, set())
    await person.enter(name, steps=str(int(steps)))
    for _ in range(2):  # one of two moves is away from where the slider stands
        person.move()
        await asyncio.sleep(0.5)

    async def answered() -> bool:
        return any(move.answered for move in person.moves)

    await happens(answered, 60)
    assert not person.foreign and not person.replies
    person.close()


def test_rounds_of_people_leave_nothing_behind(server):
    async def story() -> list:
        seen = []
        for _ in range(ROUNDS):
            await asyncio.gather(*(visit(server, number) for number in range(PEOPLE)))
            await nobody(server)
            await asyncio.sleep(5)  # calm enough to collect what they have left
            seen.append((server.memory(), threads(server), files(server)))
            print(f"{seen[-1][0]:.1f} MB, {seen[-1][1]} threads, {seen[-1][2]} files", flush=True)
        return seen

    seen = run(story())
    assert seen[4][0] - seen[1][0] <= 5
    assert seen[4][1] == seen[1][1] <= 100  # of which 64 wait for frames
    assert seen[4][2] <= seen[1][2] + 2


@pytest.mark.parametrize("end", ["close", "drop"])
def test_a_page_that_moved_early_costs_nothing_when_it_is_gone(server, end):
    async def ghost(number: int) -> None:
        person = Session(server.url)
        page = (await person.get(f"/app?chapter={NAMES[number]}")).body.decode()
        await person.connect(TOKEN.search(page)[1])
        await person.pull()
        person.tell("knob", {"name": "seed", "value": 3, "number": 1})
        person.listen()
        await asyncio.sleep(1)
        getattr(person, end)()

    async def story() -> None:
        await asyncio.gather(*map(ghost, range(len(NAMES))))
        await nobody(server)

    run(story())
    time.sleep(1)
    before = server.cpu()
    time.sleep(8)
    spent = server.cpu() - before
    print(f"{spent:.2f} s of CPU in 8 s")
    assert spent <= 0.5


def test_a_server_without_files_says_so_and_serves_who_is_in(tmp_path, monkeypatch):
    resource = pytest.importorskip("resource")
    few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (FILES, FILES))
    monkeypatch.setattr(own_server.subprocess, "Popen", partial(subprocess.Popen, preexec_fn=few))
    own = own_server.OwnServer(tmp_path / "log.txt", WORKBENCH_STORE=str(tmp_path / "store"))
    place = own.url.rpartition("/")[2].split(":")

    async def story() -> tuple[float, list[float]]:
        await rehearse.wait_until_ready(own.url, "")
        person = Person(own.url, "", 3, set())
        await person.enter("beta-vae")
        crowd = [socket.create_connection((place[0], int(place[1]))) for _ in range(FILES)]
        await asyncio.sleep(3)  # until the server has all that it can take
        busy, times = own.cpu(), []
        for _ in range(8):
            person.move()
            start = time.monotonic()

            async def answered() -> bool:
                return person.moves[-1].answered is not None

            await happens(answered)
            times.append(time.monotonic() - start)
            await asyncio.sleep(0.5)
        busy = own.cpu() - busy
        for each in crowd:
            each.close()
        newcomer = await Session(own.url).open("chapter=beta-vae&steps=100")  # files are free again
        newcomer.close()
        person.close()
        return busy, times

    try:
        busy, times = run(story())
    finally:
        own.close()
    log = Path(own.log).read_text()
    print(f"{busy:.1f} s of CPU, answers within {max(times):.2f} s, log of {len(log)} bytes")
    assert log.count(f"Only {FILES} files may be open here") == 1
    assert "have to wait" in log and len(log) < 20_000 and "Traceback" not in log
    assert max(times) < 1 + os.getloadavg()[0]
    assert busy < 4


async def mute(server, page: str) -> StreamReader:
    """A websocket of this page whose other end never says a word, not even that it is there."""
    place = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    headers = {
        "Host": place.netloc,
        "Origin": server.url,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": 13,
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": f"bokeh, {TOKEN.search(page)[1]}",
    }
    lines = ["GET /app/ws HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    reader.writer = writer  # or it would be closed
    return reader


async def heard(reader: StreamReader) -> list[int]:
    """The kinds of all frames up to the server's farewell, which is 8; a ping is 9."""
    kinds = []
    while kinds[-1:] != [8]:
        kind, size = await reader.readexactly(2)
        if size > 125:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        await reader.readexactly(size)
        kinds.append(kind & 15)
    return kinds


def test_a_connection_that_only_looks_open_is_closed_within_half_a_minute(server):
    async def story() -> tuple[list[int], float]:
        page = (await Session(server.url).get("/app?chapter=beta-vae&steps=100")).body.decode()
        silent, start = await mute(server, page), time.monotonic()
        return await asyncio.wait_for(heard(silent), 60), time.monotonic() - start

    kinds, closed = run(story())
    print(f"{kinds.count(9)} pings, closed after {closed:.0f} s")
    assert kinds.count(9) == 2
    assert 20 <= closed <= 31
