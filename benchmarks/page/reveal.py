"""From a commit to its reveal: `python benchmarks/page/reveal.py [CHAPTER/TASK ...]`.

A browser opens each task, answers it and presses Commit. Times are taken in the page: from the
press to the first dot of a seed, to the verdict, and to two animation frames later (painted). A
task whose numbers are kept in the package is revealed at once, another trains five seeds first.
Nothing is asserted; the load average is printed because it explains most of what one sees.
"""

import argparse
import tempfile
from pathlib import Path

from served import browsing, load, serving

from workbench.results.attempts import find_task
from workbench.results.kept import kept

WATCH = """() => {
    window.watched = {}
    const since = () => performance.now() - watched.pressed
    const press = () => { watched.pressed = performance.now() }
    document.querySelector(".commit").addEventListener("click", press, true)
    new MutationObserver(() => {
        if (watched.pressed === undefined || watched.verdict !== undefined) return
        if (document.querySelector(".scale .dot, .curve-area .seed")) watched.dot ??= since()
        if (!document.querySelector(".reveal .verdict")?.textContent) return
        watched.verdict = since()
        requestAnimationFrame(() => requestAnimationFrame(() => { watched.painted = since() }))
    }).observe(document.querySelector(".task-card"), {childList: true, subtree: true})
}"""


def measure(page, address: str) -> dict[str, float]:
    """Milliseconds from the press to each of the three moments."""
    page.goto(address)
    page.get_by_text("Done:", exact=False).wait_for(timeout=120_000)
    for name in ("direction", "outcome", "because"):
        choice = page.locator(f"[name={name}]").first
        if choice.count():
            choice.check()
    page.evaluate(WATCH)
    page.locator(".commit").click()
    page.wait_for_function("watched.painted !== undefined", timeout=300_000)
    return page.evaluate("watched")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=["beta-vae/silent"])
    parser.add_argument("--times", type=int, default=3, help="how often each is revealed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        log = Path(folder) / "log.txt"
        for name in options.tasks:
            chapter, task = find_task(name)
            known = "kept" if kept(chapter.name).values(name) else "trained"
            for _ in range(options.times):  # each on a server that has trained nothing yet
                with serving(log, WORKBENCH_STORE="off") as server:
                    page = browser.new_page()
                    found = measure(page, server.page(f"chapter={chapter.name}&task={task.id}"))
                    page.close()
                times = ", ".join(
                    f"{key} {found[key]:.0f} ms" for key in ("dot", "verdict", "painted")
                )
                print(f"{name} ({known}): {times}")
    print(load())


if __name__ == "__main__":
    main()
