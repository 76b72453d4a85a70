"""A thousand who have no business here, while somebody learns. Over real sockets, with a clock."""

import asyncio
import time

import pytest
from visits import KEY, happens, health_of, leaving, run, slowness, token

from workbench.classroom.rehearsal import own_server, rehearse, report
from workbench.classroom.rehearsal.client import Refused, Session
from workbench.classroom.rehearsal.people import Person

pytestmark = pytest.mark.slow
ROOM, FORGED, MUTE, AT_ONCE = 20, 1000, 1000, 20
PAUSE = 0.1  # s between two of the same hand: 200 sockets a second come at most
HANDSHAKE = (
    "GET /app/ws HTTP/1.1\r\nHost: class\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bm9ib2R5IG9mIHlvdXJzIQ==\r\n"
    "Origin: {}\r\nSec-WebSocket-Protocol: bokeh, {}\r\n\r\n"
)


@pytest.fixture(scope="module")
def server():
    with own_server.own_server("--room", str(ROOM), BOKEH_SECRET_KEY=KEY) as own:
        run(rehearse.wait_until_ready(own.url, ""))
        yield own


async def pings(person: Person, over: asyncio.Event) -> list[float]:
    """Moves the slider again and again; the seconds until each answer."""
    times = []
    while not over.is_set():
        person.move()
        move = person.moves[-1]

        async def answered(move=move) -> bool:
            return move.answered is not None

        await happens(answered, 60)
        times.append(move.answered - move.asked)
        await asyncio.sleep(0.1)
    return times


async def learns(person: Person, meanwhile) -> float:
    """p95 of the seconds until an answer while this is awaited."""
    over = asyncio.Event()
    answers = asyncio.create_task(pings(person, over))
    try:
        await meanwhile
    finally:
        over.set()
    return report.quantile(await answers, 0.95)


class Siege:
    """Sockets without business at a server. By hand: a client's own work would be measured."""

    def __init__(self, url: str):
        self.url, self.place = url, ("127.0.0.1", int(url.rpartition(":")[2]))
        self.few = asyncio.Semaphore(AT_ONCE)
        self.forged = [
            token(signed=False),
            token(key="f" * 64),
            token(expires=-10),
            token()[:-4] + "AAAA",
            "e30.e30",
            "nothing",
            token(),
        ]

    async def forge(self, number: int) -> bool:
        """Whether nothing came of it."""
        origin = "http://evil.example" if number % 8 == 7 else self.url
        async with self.few:
            reader, writer = await asyncio.open_connection(*self.place)
            forged = self.forged[number % len(self.forged)]
            writer.write(HANDSHAKE.format(origin, forged).encode())
            said = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " in said:
                said += await reader.read(1000)
            writer.close()
            await asyncio.sleep(PAUSE)
        return b"ACK" not in said

    async def comes_and_says_nothing(self) -> asyncio.StreamWriter:
        async with self.few:
            await asyncio.sleep(PAUSE)
            return (await asyncio.open_connection(*self.place))[1]

    async def attack(self) -> list[bool]:
        mute = await asyncio.gather(*(self.comes_and_says_nothing() for _ in range(MUTE)))
        refused = await asyncio.gather(*map(self.forge, range(FORGED)))
        for each in mute:
            each.close()
        return refused


async def opens(session: Session) -> bool:
    """Whether there was room for it."""
    try:
        await session.open("chapter=beta-vae&steps=100")
    except Refused as error:
        assert "503" in str(error)
        return False
    return True


def test_forged_sockets_and_a_full_room_disturb_nobody_inside(server):
    async def story() -> tuple:
        good, crowd = Person(server.url, "", 1, set()), [Session(server.url) for _ in range(40)]
        with leaving(good, *crowd):
            await good.enter("beta-vae")
            calm = await learns(good, asyncio.sleep(10))
            came = await asyncio.gather(*map(opens, crowd))
            assert sum(came) == ROOM - 1 and (await health_of(server))["sessions"] == ROOM
            await asyncio.sleep(8)  # until the newcomers have their pictures
            size, busy, start = server.log.stat().st_size, server.cpu(), time.monotonic()
            refused = asyncio.create_task(Siege(server.url).attack())
            p95 = await learns(good, refused)
            assert len(refused.result()) == FORGED and all(refused.result())
            assert (await health_of(server))["sessions"] == ROOM
            assert not good.foreign and not good.hung_up
            took, busy = time.monotonic() - start, server.cpu() - busy
            return calm, p95, took, busy, server.log.stat().st_size - size

    calm, p95, took, busy, grown = run(story())
    print(
        f"{FORGED} forged and {MUTE} mute sockets in {took:.1f} s ({busy:.1f} s of CPU): answers "
        f"p95 {1000 * p95:.0f} ms, {1000 * calm:.0f} ms before; log {grown} bytes more"
    )
    assert p95 <= 0.5 * slowness()
    assert grown < 60_000
    assert "Traceback" not in server.log.read_text()[-grown:]
