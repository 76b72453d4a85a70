"""What a reader does as RAD's oracle and with its stages, in headless Chromium."""

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
APP = Path(__file__).with_name("rad_labs.py")
PATIENT = 180_000  # ms


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The app, served by Panel alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}/rad_labs", tmp_path_factory.mktemp("labs") / "log.txt"
    command = [sys.executable, "-m", "panel", "serve", str(APP), "--port", str(port)]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}?oracle", timeout=30).close()
                break
            except OSError:
                time.sleep(0.5)
        yield url
        server.terminate()


@pytest.fixture
def tab(chromium):
    """A new tab in which no script may fail."""
    page, faults = chromium.new_page(), []
    page.set_default_timeout(PATIENT)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert not faults


def test_a_reader_answers_every_question_and_is_told_how_well(tab, address):
    tab.goto(f"{address}?oracle")
    status = tab.get_by_role("status")
    expect(status).to_contain_text("which class is the sample below?")
    answered = 0
    while "which class" in (text := status.inner_text()):
        came = text.split("came as ")[1][0]  # believe the label: wrong as often as not
        tab.get_by_role("button", name=came, exact=True).click()
        expect(status).not_to_have_text(text)
        answered += 1
        assert answered <= 18
    expect(status).to_contain_text(f"You answered {answered} questions")
    expect(tab.get_by_text("perfect oracle").first).to_be_visible()
    expect(tab.get_by_text("Your accuracy as an oracle").first).to_be_visible()


def test_five_clicks_are_one_batch(tab, address):
    tab.goto(f"{address}?stepper")
    status = tab.get_by_role("status")
    for stage in ("batch", "judge", "vote", "ask", "retrain", "batch"):
        expect(status).to_contain_text(f"stage {stage}")
        tab.get_by_role("button", name="Next stage").click()
    expect(status).to_contain_text("Batch 2 of 8, stage judge")
