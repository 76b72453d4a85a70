"""A thousand who have no business here, while somebody learns. Over real sockets, with a clock."""

import asyncio
import os
import socket
import time

import pytest
from test_connection import said, until
from test_serving import KEY, leaving, run, token

from workbench import rehearse
from workbench.rehearse import Person, Refused, Session

pytestmark = pytest.mark.slow
ROOM, FORGED, MUTE, AT_ONCE = 20, 1000, 1000, 50


@pytest.fixture(scope="module")
def server():
    with rehearse.own_server("--room", str(ROOM), BOKEH_SECRET_KEY=KEY) as own:
        run(rehearse._ready(own.url, ""))
        yield own


async def pings(person: Person, over: asyncio.Event) -> list[float]:
    """Moves the slider again and again; the seconds until each answer."""
    times = []
    while not over.is_set():
        person.move()
        move = person.moves[-1]

        async def answered(move=move) -> bool:
            return move.answered is not None

        await until(answered, 60)
        times.append(move.answered - move.asked)
        await asyncio.sleep(0.3)
    return times


async def learns(person: Person, meanwhile) -> float:
    """p95 of the seconds until an answer while this is awaited."""
    over = asyncio.Event()
    answers = asyncio.create_task(pings(person, over))
    try:
        await meanwhile
    finally:
        over.set()
    return rehearse.quantile(await answers, 0.95)


def test_a_thousand_forged_sockets_and_a_full_room_do_not_disturb_who_is_in(server):
    forged = [token(signed=False), token(key="f" * 64), token(expires=-10), token()[:-4] + "AAAA",
              "e30.e30", "nothing", token()]  # fmt: skip
    few = asyncio.Semaphore(AT_ONCE)

    async def forge(number: int) -> bool:
        origin = "http://evil.example" if number % 8 == 7 else ""
        async with few:
            session = Session(server.url, origin=origin)
            try:
                await session.connect(forged[number % len(forged)])
            except Refused:
                return True
            finally:
                session.close()
            return False

    async def opens(session: Session) -> bool:
        try:
            await session.open("chapter=nowhere")
        except Refused as error:
            assert "503" in str(error)
            return False
        return True

    async def story() -> tuple:
        place = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        good, crowd = Person(server.url, "", 1, set()), [Session(server.url) for _ in range(40)]
        with leaving(good, *crowd):
            await good.enter("beta-vae")
            calm = await learns(good, asyncio.sleep(10))
            came = await asyncio.gather(*map(opens, crowd))
            assert sum(came) == ROOM - 1 and (await said(server))["sessions"] == ROOM
            size, busy, start = server.log.stat().st_size, server.cpu(), time.monotonic()
            mute = [socket.create_connection(place) for _ in range(MUTE)]
            attack = asyncio.gather(*map(forge, range(FORGED)))
            p95 = await learns(good, attack)
            for each in mute:
                each.close()
            assert all(attack.result()) and (await said(server))["sessions"] == ROOM
            assert not good.foreign and not good.hung_up
            took, busy = time.monotonic() - start, server.cpu() - busy
            return calm, p95, took, busy, server.log.stat().st_size - size

    calm, p95, took, busy, grown = run(story())
    print(f"{FORGED} forged and {MUTE} mute sockets in {took:.1f} s ({busy:.1f} s of CPU): answers "
          f"p95 {1000 * p95:.0f} ms, {1000 * calm:.0f} ms before; log {grown} bytes more")  # fmt: skip
    assert p95 <= 0.5 * max(1, os.getloadavg()[0] / os.cpu_count())
    assert grown < 60_000
    assert "Traceback" not in server.log.read_text()[-grown:]
