"""A notebook as a participant opens it: in JupyterLab, in a browser without a network."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.notebooks, pytest.mark.slow]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PATIENT = 180_000  # ms


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab over a copy of the notebooks."""
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks", ignore=shutil.ignore_patterns("text"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.token=",
        f"--ServerApp.root_dir={tmp_path / 'notebooks'}",
    ]
    with (tmp_path / "log.txt").open("w") as log:
        env = os.environ | {"WORKBENCH_LEDGER": ""}  # which tests switch off
        server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
    try:
        deadline = time.monotonic() + 120
        while "is running at" not in (tmp_path / "log.txt").read_text():
            assert time.monotonic() < deadline and server.poll() is None
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/lab/tree/"
    finally:
        server.terminate()
        server.wait(30)


def closed_network(context) -> list[str]:
    """Lets a browser reach this machine alone; the addresses that it asked for all the same."""
    left = []

    def answer(route):
        if "127.0.0.1" in route.request.url:
            return route.continue_()
        left.append(route.request.url)
        return route.abort()

    context.route("**/*", answer)
    return left


def test_a_reader_who_runs_nothing_sees_every_picture_of_a_notebook(chromium, lab):
    """JupyterLab does not trust a notebook that others have run."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    left = closed_network(context)
    page = context.new_page()
    page.goto(lab + "00_start_here.ipynb")
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=PATIENT)
    cells = json.loads((NOTEBOOKS / "00_start_here.ipynb").read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    drawn = sum("image/png" in output.get("data", {}) for output in outputs)
    pictures, width = set(), 0
    for top in range(0, 20_000, 600):
        page.evaluate(
            "top => document.querySelector('.jp-WindowedPanel-outer').scrollTop = top", top
        )
        page.wait_for_timeout(300)
        shown = page.locator(".jp-RenderedImage img").evaluate_all(
            "all => all.filter(i => i.naturalWidth).map(i => [i.src.slice(-2000), i.width])"
        )
        pictures |= {source for source, _ in shown}
        width = max([width, *(wide for _, wide in shown)])
    assert len(pictures) == drawn >= 6 and width > 900
    context.close()
    assert left == []


def test_the_live_page_works_in_jupyterlab_without_a_network(chromium, lab):
    context = chromium.new_context(viewport={"width": 1500, "height": 1100})
    left = closed_network(context)
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(m.text) if "isn't known" in m.text else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(lab + "02_beta_vae.ipynb")
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=PATIENT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    slider = page.get_by_role("slider", name="Beta", exact=True).first
    expect(slider).to_be_visible(timeout=PATIENT)
    numbers = page.locator(".numbers").first
    expect(numbers).to_contain_text("Effective beta 2", timeout=PATIENT)  # after the last cell
    expect(page.locator(".jp-OutputArea canvas").first).to_be_attached()
    slider.focus()
    slider.press("ArrowRight")
    expect(numbers).to_contain_text("Effective beta 2.5", timeout=PATIENT)
    expect(page.get_by_text("Done: 800 steps").first).to_be_visible(timeout=PATIENT)
    context.close()
    assert not faults and left == []


def test_a_task_s_card_takes_a_guess_in_jupyterlab(chromium, lab, tmp_path):
    cell = 'from workbench import predict\n\npredict("beta-vae/silent")'
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata = json.loads((NOTEBOOKS / "02_beta_vae.ipynb").read_text())["metadata"]
    nbformat.write(notebook, tmp_path / "notebooks" / "task.ipynb")
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    left = closed_network(context)
    page = context.new_page()
    page.goto(lab + "task.ipynb")
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=PATIENT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    card = page.locator(".jp-OutputArea-output .widget-vbox").first
    commit = card.get_by_role("button", name="Commit")
    expect(commit).to_be_visible(timeout=PATIENT)
    assert (
        commit.bounding_box()["width"]
        == card.get_by_role("button", name="Skip and see").bounding_box()["width"]
    )
    commit.click()
    expect(card.get_by_text("Choose one of the answers first.")).to_be_visible(timeout=PATIENT)
    card.get_by_role("button", name="2", exact=True).click()
    commit.click()
    expect(card.get_by_text("Where it does not hold.")).to_be_visible(timeout=PATIENT)
    expect(card.locator("svg").first).to_be_visible()
    context.close()
    lines = (tmp_path / "notebooks" / "workbench-ledger.jsonl").read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["predict", "reveal"] and left == []
