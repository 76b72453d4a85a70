"""What a live frame costs the server: `python benchmarks/page/live_frame.py [--against FOLDER]`.

A page over a raw websocket has its default run, which is then played to it again and again, frame
by frame: drawing, words, sending. Printed is the CPU of the server's loop a frame. It is told of
one thread, so other programs hardly move it. FOLDER holds another commit (`git worktree add FOLDER
COMMIT`): its server plays the same frames in turn with ours, and the ratio is printed, too.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
import urllib.error
from pathlib import Path

from served import load, serving

from workbench.classroom.rehearsal.client import Session

HERE = Path(__file__).parent
OURS = HERE.parents[1]
PATIENT = 180  # seconds for the default run


async def watch(server, chapter: str) -> Session:
    """A page of this chapter whose run is done."""
    page = await Session(server.url).open(f"chapter={chapter}")
    ends = time.monotonic() + PATIENT
    while await asyncio.to_thread(play, server) is None:
        if time.monotonic() > ends:
            raise SystemExit(f"The run of {chapter} did not end within {PATIENT} s.")
        await asyncio.sleep(0.5)
    return page


def play(server) -> dict | None:
    """Plays the run once; None while it trains."""
    try:
        return json.loads(server.get("/play"))
    except urllib.error.HTTPError:
        return None


async def measure(servers, chapter: str, rounds: int) -> tuple[list[list[float]], int]:
    """Milliseconds of each round and server, and frames of a round."""
    pages = [await watch(server, chapter) for server in servers]
    costs, frames = [], 0
    for _round in range(rounds):
        played = [await asyncio.to_thread(play, server) for server in servers]
        frames = played[0]["frames"]
        costs.append([each["ms"] for each in played])
    for page in pages:
        page.close()
    return costs, frames


def environment(tree: Path) -> dict[str, str]:
    """The server's code is this tree's, wherever this is called; the player is ours."""
    path = os.pathsep.join([str(tree), str(HERE)])
    return {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "WORKBENCH_STORE": "off"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", metavar="FOLDER", type=Path, help="another commit's files")
    parser.add_argument("--chapter", default="beta-vae")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    logs = Path(tempfile.mkdtemp())
    other = [options.against.resolve()] if options.against else []
    with serving(logs / "1.txt", "--plugins", "frame_player", **environment(OURS)) as ours:
        if not other:
            costs, frames = asyncio.run(measure([ours], options.chapter, options.rounds))
        else:
            theirs = serving(logs / "2.txt", "--plugins", "frame_player", **environment(*other))
            with theirs as second:
                servers = [ours, second]
                costs, frames = asyncio.run(measure(servers, options.chapter, options.rounds))
    medians = [statistics.median(each) for each in zip(*costs, strict=True)]
    print(f"{options.chapter}: {frames} frames, {options.rounds} rounds; ms of the server's loop")
    print("a frame: " + ", against ".join(f"{each:.2f}" for each in medians))
    if other:
        ratios = sorted(first / second for first, second in costs)
        print(f"ratio: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(load())


if __name__ == "__main__":
    main()
