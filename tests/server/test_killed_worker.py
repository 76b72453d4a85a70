"""A training process that is killed while a class learns: what it costs whom, on a real server."""

import asyncio
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from visits import Visitor, happens, run, slowness

from workbench import play
from workbench.chapters import find
from workbench.classroom.rehearsal import own_server, rehearse

pytestmark = pytest.mark.slow
NAME, KILLS, PEOPLE = "beta-vae", 5, 3
STEPS = 10_000  # long enough to be killed on the way, short enough to be awaited


class Learner(Visitor):
    """Somebody who waits for a run's end and notes when its page says what."""

    async def enter(self, name: str, **knobs: str) -> None:
        self.said, self.words, self.times = "", "", {}
        await super().enter(name, **knobs)

    def on_show(self, kind: str, value) -> None:
        super().on_show(kind, value)
        if kind == "status":
            self.words, now = value, time.monotonic()
            self.times.setdefault("dead" if "process died" in self.words else "alive", now)

    @property
    def numbers(self) -> list[str]:
        return list(self.shown.get("all", {}).values())


def undisturbed(seed: int) -> list[str]:
    chapter = find(NAME)
    *_, last = play(NAME, "cpu", seed=seed, steps=STEPS)
    scalars = last.scalars
    return [chapter.quantity(n).write(scalars[n]) for n in scalars if n in chapter.reading]


async def kill(server, number: int) -> tuple[float | None, float, list]:
    """Seconds until the page of the run whose turn it was said so (None: it was nobody's), until
    somebody who asks anew has a frame; and those whose run went on."""
    people = [Learner(server.url, "", 1, set()) for _ in range(PEOPLE)]
    for place, person in enumerate(people):
        person.seed = 1 + number * PEOPLE + place
        await person.enter(NAME, seed=str(person.seed), steps=str(STEPS))

    async def training() -> bool:
        return all("Step " in p.words and p.numbers for p in people)

    await happens(training, 60)
    newcomer = Learner(server.url, "", 1, set())
    await newcomer.enter(NAME, seed=str(80 + number), steps="100")

    async def framed() -> bool:
        return bool(newcomer.numbers)

    await happens(framed)
    for person in people:
        person.times.clear()
    before = {pid: ticks(pid) for pid in server.workers()}
    await asyncio.sleep(0.3)
    os.kill(max(before, key=lambda pid: ticks(pid) - before[pid]), signal.SIGKILL)
    start = time.monotonic()
    newcomer.move()
    while newcomer.moves[-1].framed is None:
        assert time.monotonic() - start < 60, "no new run has begun"
        await asyncio.sleep(0.01)
    assert not newcomer.moves[-1].kept
    begun = newcomer.moves[-1].framed - start
    newcomer.close()

    async def ended() -> bool:
        return all("Done:" in p.words or "process died" in p.words for p in people)

    await happens(ended, 120)
    dead = [p.times["dead"] - start for p in people if "process died" in p.words]
    alive = [(p.seed, p.numbers) for p in people if "Done:" in p.words]
    for person in people:
        person.close()
    assert len(dead) <= 1 and len(dead) + len(alive) == PEOPLE
    return (dead or [None])[0], begun, alive


def ticks(pid: int) -> int:
    """CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_killed_process_costs_one_run_and_the_next_begins_soon():
    with own_server.own_server() as own:
        run(rehearse.wait_until_ready(own.url, ""))
        time.sleep(5)  # its processes have warmed up
        seen = []
        for number in range(KILLS):
            seen.append(run(kill(own, number)))
            print(f"said after {seen[-1][0]}, next frame after {seen[-1][1]:.2f} s", flush=True)
            time.sleep(3)
    said = [each for each, _, _ in seen if each is not None]
    begun = [each for _, each, _ in seen]
    busy = slowness()
    for what, times in (("said so", said or [0.0]), ("next frame", begun)):
        print(f"{what}: median {np.median(times):.2f} s, worst {max(times):.2f} s of {len(times)}")
    for _, _, alive in seen:
        for seed, numbers in alive:
            assert numbers == undisturbed(seed)
    print(f"load {busy:.1f} a core")
    assert max(said, default=0.0) <= busy and max(begun) <= 3 * busy
