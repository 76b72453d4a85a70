"""What a live frame costs the server: `python benchmarks/page/live_frame.py`.

One page over a raw websocket watches a long run of beta-VAE (six pictures, of which the four of the
first rows are drawn). The server's CPU while it trains, less that of the same time on a page that
only waits, divided by the frames that were drawn: taking them from the worker, drawing, sending.
Nothing is asserted.
"""

import asyncio
import statistics

from served import load

from workbench.classroom.rehearsal.client import Session
from workbench.classroom.rehearsal.own_server import OwnServer, own_server
from workbench.classroom.rehearsal.rehearse import wait_until_ready

PAGE = "chapter=beta-vae&steps=6000&seed={}"
WAIT = 4.0  # seconds of a page at rest


class Watcher(Session):
    """Counts the frames that arrive, and notes when the run has ended."""

    def __init__(self, url: str):
        super().__init__(url)
        self.frames = 0
        self.done = asyncio.Event()

    async def receive(self, patience: float = 120):
        kind, content = await super().receive(patience)
        columns = [e for e in content.get("events", ()) if e.get("attr") == "data"]
        self.frames += kind == "PATCH-DOC" and bool(columns)
        return kind, content

    def on_change(self, model: str, attribute: str, value) -> None:
        if attribute == "text" and "Done: " in str(value):
            self.done.set()


async def spent(server: OwnServer, waiting) -> tuple[float, float]:
    """Seconds of CPU and of the clock until `waiting` is over."""
    clock = asyncio.get_running_loop().time
    cpu, start = server.cpu(), clock()
    await waiting
    return server.cpu() - cpu, clock() - start


async def measure(server: OwnServer, seed: int) -> tuple[float, int]:
    """Milliseconds of CPU a frame, and how many frames were drawn."""
    page = await Watcher(server.url).open(PAGE.format(seed))
    await asyncio.sleep(1)  # the page's own making
    page.frames = 0
    cpu, seconds = await spent(server, page.done.wait())
    rest, waited = await spent(server, asyncio.sleep(WAIT))
    frames = page.frames
    page.close()
    return 1000 * (cpu - rest / waited * seconds) / max(1, frames), frames


async def main() -> None:
    with own_server(WORKBENCH_SECONDS="600") as server:
        await wait_until_ready(server.url, "")
        found = [await measure(server, seed) for seed in range(3)]
    costs, frames = zip(*found, strict=True)
    print(
        f"a live frame: median {statistics.median(costs):.1f} ms of the server's CPU over 3 runs"
        f" ({min(frames)} to {max(frames)} frames each; to reach: 10)"
    )
    print(load())


if __name__ == "__main__":
    asyncio.run(main())
