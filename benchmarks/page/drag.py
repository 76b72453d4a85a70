"""How soon a drag over a kept knob redraws: `python benchmarks/page/drag.py`.

A browser drags the docked slider of a chapter over all its stops. Times are taken in the page: from
the browser's own time of each move to the end of the next painted frame. What the page asks the
server for meanwhile is counted: it should be nothing. The load average explains much of the times.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from served import browsing, load, serving

THUMB = 22  # pixels: see track.css
WATCH = """() => {
  window.drags = []
  const painted = new MessageChannel(), begun = []
  painted.port1.onmessage = () => {
    for (const time of begun.splice(0)) drags.push(performance.now() - time)
  }
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".docked input")) return
    const time = event.timeStamp
    requestAnimationFrame(() => { begun.push(time); painted.port2.postMessage(0) })
  })
}"""


def sweep_over(page, rounds: int) -> None:
    """Drags the thumb from one end to the other and back, a stop at a time, as fast as a hand."""
    slider = page.locator(".docked input[type=range]")
    box, last = slider.bounding_box(), int(slider.get_attribute("max"))
    place = int(slider.input_value())
    y = box["y"] + box["height"] / 2

    def go(stop: int) -> None:
        page.mouse.move(box["x"] + THUMB / 2 + stop / last * (box["width"] - THUMB), y)

    go(place)
    page.mouse.down()
    forth = [*range(last + 1), *reversed(range(last))]
    for stop in [*forth * rounds, *range(place + 1)]:
        go(stop)
        page.wait_for_timeout(30)
    page.mouse.up()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapter", default="beta-vae")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    with serving(folder / "log.txt") as server, browsing() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        asked: list[str] = []
        page.on("websocket", lambda s: s.on("framesent", lambda _frame: asked.append("a message")))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.page(f"chapter={options.chapter}"))
        page.get_by_text("Done:").wait_for(timeout=120_000)
        page.locator(".track-ready").wait_for(timeout=60_000)
        page.locator(".docked").scroll_into_view_if_needed()
        page.evaluate(WATCH)
        asked.clear()
        sweep_over(page, options.rounds)
        times = sorted(page.evaluate("drags"))
        page.wait_for_timeout(300)
    p95 = times[int(0.95 * (len(times) - 1))]
    print(f"{len(times)} moves of the slider of {options.chapter}, ms until they are painted:")
    print(f"  median {statistics.median(times):.0f}, p95 {p95:.0f}, longest {times[-1]:.0f}")
    print(f"  asked of the server meanwhile: {len(asked)} {asked[:3]}; {load()}")


if __name__ == "__main__":
    main()
