"""What a live frame costs the server: `python benchmarks/page/live_frame.py`.

One page over a raw websocket watches the longest run of beta-VAE (six pictures, of which four, the
first rows, are drawn). The server's CPU from its first frame to its last, less that of the same
time on a page that only waits, divided by the frames that were drawn: taking them from the worker,
drawing, sending. A run of which too few frames were drawn measures nothing, and is not counted.
"""

import asyncio
import statistics

from served import load

from workbench.classroom.rehearsal.client import Session
from workbench.classroom.rehearsal.own_server import OwnServer, own_server
from workbench.classroom.rehearsal.rehearse import wait_until_ready

PAGE = "chapter=beta-vae&steps=20000&latent=16&seed={}"
RUNS, FEWEST = 3, 15  # runs that count, and frames that each has to draw
WAIT = 4.0  # seconds of a page at rest


class Watcher(Session):
    """Counts the frames that arrive, and notes when the run has ended."""

    def __init__(self, url: str):
        super().__init__(url)
        self.frames = 0
        self.first = asyncio.Event()
        self.done = asyncio.Event()

    async def receive(self, patience: float = 120):
        kind, content = await super().receive(patience)
        columns = [e for e in content.get("events", ()) if e.get("attr") == "data"]
        if kind == "PATCH-DOC" and columns:
            self.frames += 1
            self.first.set()
        return kind, content

    def on_show(self, kind: str, value) -> None:
        if kind == "status" and "Done: " in value:
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
    await page.first.wait()  # now the page is made
    before = page.frames
    cpu, seconds = await spent(server, page.done.wait())
    rest, waited = await spent(server, asyncio.sleep(WAIT))
    frames = page.frames - before
    page.close()
    return 1000 * (cpu - rest / waited * seconds) / max(1, frames), frames


async def main() -> None:
    with own_server(WORKBENCH_SECONDS="600") as server:
        await wait_until_ready(server.url, "")
        found = [await measure(server, seed) for seed in range(RUNS)]
    counted = [(cost, frames) for cost, frames in found if frames >= FEWEST]
    if not counted:
        most = max(frames for _, frames in found)
        raise SystemExit(f"No run drew {FEWEST} frames (at most {most}): nothing was measured.")
    costs, frames = zip(*counted, strict=True)
    print(
        f"a live frame: median {statistics.median(costs):.1f} ms of the server's CPU over "
        f"{len(counted)} runs"
        f" ({min(frames)} to {max(frames)} frames each; to reach: 10)"
    )
    print(load())


if __name__ == "__main__":
    asyncio.run(main())
