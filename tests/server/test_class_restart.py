"""A server with a record of votes that is killed while a class votes, and started again."""

import asyncio

import pytest
from visits import run

from workbench.classroom.rehearsal import own_server, rehearse
from workbench.classroom.rehearsal.client import Session
from workbench.classroom.rehearsal.voting import instructors_cookies

pytestmark = pytest.mark.slow
KEYS = [f"{number:032x}" for number in range(3)]
GIVEN = {"low": 0, "high": 3}
PASSWORD = "sesame"


async def shows(session: Session, kind: str, holds) -> dict:
    """Waits until what the page is told of this kind holds, and returns it."""
    for _ in range(300):
        state = session.shown.get(kind)
        if state and holds(state):
            return state
        await asyncio.sleep(0.1)
    raise AssertionError(f"it was never told; last: {session.shown.get(kind)}")


async def readers(url: str) -> list[Session]:
    return [await Session(url).open("chapter=beta-vae&steps=100") for _ in KEYS]


async def leader_of(url: str) -> Session:
    return await Session(url, await instructors_cookies(url, PASSWORD, "")).open("instructor=")


async def votes(person: Session, key: str, number: int) -> None:
    """Answers this round once it is asked, and waits until it counts."""
    await shows(person, "vote", lambda s: s["card"] and s["course"]["round"] == number)
    vote = {"do": "vote", "task": "beta-vae/silent", "given": GIVEN, "reason": 1, "name": "Ada"}
    person.tell("vote", vote | {"key": key, "round": number, "id": f"{number}"})
    await shows(person, "vote", lambda s: s["yours"] and s["yours"]["id"] == f"{number}")


async def before(url: str) -> None:
    await rehearse.wait_until_ready(url, "")
    leader, people = await leader_of(url), await readers(url)
    leader.tell("console", {"do": "open", "task": "beta-vae/silent"})
    for person, key in zip(people, KEYS, strict=True):
        await votes(person, key, 1)
    leader.tell("console", {"do": "again"})
    for person, key in list(zip(people, KEYS, strict=True))[:2]:
        await votes(person, key, 2)


async def after(url: str) -> None:
    await rehearse.wait_until_ready(url, "")
    leader, people = await leader_of(url), await readers(url)
    for person, key in zip(people, KEYS, strict=True):
        person.tell("vote", {"do": "here", "key": key})
        state = await shows(person, "vote", lambda state: state["here"])
        assert state["course"]["round"] == 2 and state["course"]["accepting"]
        assert (state["yours"] or {}).get("id") == (None if key == KEYS[2] else "2")
    await shows(leader, "console", lambda state: state["count"] == [2, 3])
    vote = {"do": "vote", "task": "beta-vae/silent", "given": GIVEN, "reason": 1, "round": 2}
    for _ in range(2):  # as a page does that does not know whether it has arrived
        people[2].tell("vote", vote | {"key": KEYS[2], "id": "2"})
    await shows(leader, "console", lambda state: state["count"] == [3, 3])
    for session in (leader, *people):
        session.close()


def test_a_vote_goes_on_where_a_killed_server_left_it(tmp_path):
    arguments = ("--record", str(tmp_path / "class.jsonl"))
    keys = {"WORKBENCH_INSTRUCTOR": PASSWORD, "WORKBENCH_STORE": "off"}
    own = own_server.OwnServer(tmp_path / "log.txt", *arguments, **keys)
    run(before(own.url))
    own.process.kill()
    own.process.wait()
    again = own_server.OwnServer(tmp_path / "log2.txt", *arguments, **keys)
    try:
        run(after(again.url))
        written = (tmp_path / "class.jsonl").read_text().count('"event": "vote"')
        assert written == 6
    finally:
        again.close()
