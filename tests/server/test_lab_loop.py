"""Nothing trains on the server's event loop: every lab is opened, and both of RAD's are played.

In a new interpreter, because it counts what was imported: no module that trains may come into the
server, and the loop may not work for long between two looks at a timer of 10 ms. What it works is
counted in its thread's own time, so a busy machine fails nobody.
"""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

LONGEST_MS = 250  # that the loop may work at a stretch. To draw a page's pictures takes 115 ms of
# it; when RAD's labs were computed on the loop, it was 2600 ms.
SERVED = """
import asyncio, json, sys, time
import panel as pn
from tornado.httpclient import AsyncHTTPClient
from tornado.ioloop import PeriodicCallback
from workbench.chapters import NAMES
from workbench.running.lab_process import shared_lab_process
from workbench.view.labs import Machine, find, rad_oracle, rad_stepper
from workbench.view.labs.oracle import Oracle
from workbench.view.labs.stepper import Stepper

pages, machines, spent, make = {}, [], [], Machine.__init__

def make_and_note(machine, *arguments, **options):
    machines.append(machine)
    make(machine, *arguments, **options)

Machine.__init__ = make_and_note

def page(name, build):
    pages[name] = build()
    pages[name].document = pn.state.curdoc
    return pages[name].view

def look():
    spent.append(time.thread_time())

async def until(holds):
    while not holds():
        await asyncio.sleep(0.01)

async def open_page(name):
    await AsyncHTTPClient().fetch(f"http://localhost:{server.port}/{name}", request_timeout=60)

async def click(page, act):
    before = page.machine.calls
    page.document.add_next_tick_callback(act)
    await until(lambda: page.machine.calls != before and not page.machine.busy)

async def play_stepper():
    await open_page("stepper")
    page, clicks = pages["stepper"], 0
    await until(lambda: not page.machine.busy)
    while not page.next.disabled:
        await click(page, page.step)
        clicks += 1
    return clicks

async def play_oracle():
    await open_page("oracle")
    page, clicks = pages["oracle"], 0
    await until(lambda: not page.machine.busy)
    while page.state.keys:
        await click(page, lambda: page.press("3"))
        clicks += 1
    return clicks, page.sentence.object

async def play():
    timer = PeriodicCallback(look, 10)
    timer.start()
    clicks, (answers, end) = await asyncio.gather(play_stepper(), play_oracle())
    timer.stop()
    for name in others:
        await open_page(name)
    await until(lambda: not any(machine.busy for machine in machines))
    return clicks, answers, end

others = {
    f"{chapter}-{name}": lab.build for chapter in NAMES for name, lab in find(chapter).items()
}
server = pn.io.server.get_server(
    others
    | {
        "stepper": lambda: page("stepper", lambda: Stepper(rad_stepper.LAB)),
        "oracle": lambda: page("oracle", lambda: Oracle(rad_oracle.task())),
    },
    port=0, start=False, show=False, unused_session_lifetime_milliseconds=10**7,
)
server.start()
clicks, answers, end = server.io_loop.asyncio_loop.run_until_complete(play())
last = ("_lab", "lesson", "frames", "estimators", "by_hand", "claims")
print(json.dumps({
    "clicks": clicks,
    "answers": answers,
    "end": end,
    "longest_ms": 1000 * max(after - before for before, after in zip(spent, spent[1:])),
    "looks": len(spent),
    "opened": len(machines) - 2,
    "labs": len(set(others) - {"gan-own_points"}),  # which has nothing to compute
    "trains": [name for name in sys.modules if name in ("torch", "sklearn")
               or name.startswith("workbench.chapters.") and name.endswith(last)],
    "process_lives": shared_lab_process().process.is_alive(),
}))
"""


@pytest.fixture(scope="module")
def server():
    command = [sys.executable, "-c", SERVED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return SimpleNamespace(**json.loads(done.stdout.splitlines()[-1]))


def test_both_labs_of_rad_were_played_to_their_end(server):
    assert server.clicks == 39
    assert 10 <= server.answers <= 18 and f"You answered {server.answers} questions" in server.end


def test_no_lab_brings_what_trains_into_the_server(server):
    assert server.opened == server.labs >= 8 and server.process_lives
    assert server.trains == []


def test_the_loop_looks_at_its_timer_all_the_while(server):
    print(f"the loop worked {server.longest_ms:.0f} ms at most between two of {server.looks} looks")
    assert server.looks > 100 and server.longest_ms < LONGEST_MS
