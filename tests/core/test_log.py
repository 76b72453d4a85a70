"""The log: no secrets, short, and few of a kind."""

import io
import logging

import pytest

from workbench.chapters import find
from workbench.core import log as logs

TOKEN = "eyJzZXNzaW9uX2lkIjogIkFiY0RlZkdoSWprIiwgInNlc3Npb25fZXhwaXJ5IjogMX0.s1gnatur3"


@pytest.fixture
def written():
    """A logger behind the filter, its text, and a clock that stands."""
    clock, text = [0.0], io.StringIO()
    handler = logging.StreamHandler(text)
    handler.addFilter(logs.Filter(lambda: clock[0]))
    logger = logging.Logger("toy", logging.DEBUG)
    logger.addHandler(handler)
    return logger, text.getvalue, clock


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("GET /app?chapter=rad&who=Ada (127.0.0.1)", "Ada"),
        (f"Token for session {TOKEN!r} had invalid signature", "eyJ"),
        (f"Subprotocols ['bokeh', '{TOKEN}']", "s1gnatur3"),
        ("password=correct-horse is wrong", "horse"),
        ("No such file: /home/ada/class/mnist.npz", "ada"),
        ('File "/opt/x/site-packages/a.py", line 3', "/opt"),
        (r"No such file: C:\Users\ada\mnist.npz", "ada"),
        ("Cookie: user=2|1:0|10:17", "17"),
        ("403 GET /app/ws (192.0.2.17) 1.2ms", "192.0"),
        ("404 POST /login (2001:db8::17) 1.2ms", "2001"),
        ("Uncaught exception HTTPServerRequest(host='a', remote_ip='192.0.2.17')", "192.0"),
        ("Malformed HTTP message from 192.0.2.17: no colon", "192.0"),
    ],
)
def test_secrets_and_folders_are_not_written(written, said, secret):
    logger, text, _ = written
    logger.warning("%s", said)
    assert secret not in text() and text().count("\n") == 1


def test_what_helps_is_kept(written):
    logger, text, _ = written
    logger.warning("404 GET /app/nowhere (10.0.0.3) 1.2ms: mnist.npz in /srv/data/mnist.npz")
    logger.warning("Bokeh app running at: http://192.0.2.1:5006/app (12:30)")
    assert text().splitlines() == [
        "404 GET /app/nowhere (...) 1.2ms: mnist.npz in .../mnist.npz",
        "Bokeh app running at: http://192.0.2.1:5006/app (12:30)",
    ]


def test_two_megabytes_become_a_line(written):
    logger, text, _ = written
    logger.error("bad message: %r", "x y" * 700_000)
    logger.error("forged\n2026-01-01 INFO all is well")
    first, second = text().splitlines()
    assert len(first) <= logs.MESSAGE_LENGTH and "forged 2026-01-01" in second


def test_a_traceback_keeps_its_reason_and_loses_its_folders(written):
    logger, text, _ = written
    try:
        raise ValueError("beta is 17")
    except ValueError:
        logger.exception("It failed.")
    assert "ValueError: beta is 17" in text() and "test_log.py" in text()
    assert __file__.rpartition("/")[0] not in text()
    assert len(text()) <= logs.MESSAGE_LENGTH + logs.TRACE_LENGTH + 2


def test_alike_records_are_counted_and_not_written(written):
    logger, text, clock = written
    for number in range(1000):
        logger.warning("Refusing connection %d", number)
    assert len(text().splitlines()) == logs.ALIKE
    logger.warning("Something else")
    assert f"({1000 - logs.ALIKE} records left out) Something else" in text()
    clock[0] = 60
    logger.warning("Refusing connection %d", 1000)
    assert text().endswith("Refusing connection 1000\n")


def test_a_flood_of_different_records_is_limited_too(written):
    logger, text, _ = written
    for number in range(10_000):
        logger.warning(f"flood {number}")
    assert len(text().splitlines()) == logs.ALL


def test_a_busy_class_does_not_hide_what_else_happens(written):
    logger, text, clock = written
    runs = logging.Logger(logs.RUNS.name)
    runs.addHandler(logger.handlers[0])
    many = logs.RUN_LINES + 34
    for number in range(many):
        runs.info("run %s", number)
    assert len(text().splitlines()) == logs.RUN_LINES
    try:
        raise RuntimeError("out of luck")
    except RuntimeError:
        logger.exception("A page could not be built.")
    logger.warning("A training process has died.")
    assert "out of luck" in text() and text().endswith("A training process has died.\n")
    clock[0] = 60
    runs.info("run %s", many)
    runs.info("run %s", many + 1)
    assert text().endswith(f"\n(34 runs left out) run {many}\nrun {many + 1}\n")


def test_a_flood_hides_no_run(written):
    logger, text, _ = written
    runs = logging.Logger(logs.RUNS.name)
    runs.addHandler(logger.handlers[0])
    for number in range(2 * logs.ALL):
        logger.warning(f"flood {number}")
    runs.info("run %s", 1)
    assert text().endswith(f"flood {logs.ALL - 1}\nrun 1\n")


def test_a_record_that_cannot_be_written_does_no_harm(written):
    logger, text, _ = written
    logger.warning("%d and %d", 1)
    assert text() == "%d and %d\n"


def test_two_handlers_count_a_record_once(written):
    logger, text, _ = written
    (first,) = logger.handlers
    logger.addHandler(second := logging.StreamHandler(other := io.StringIO()))
    second.addFilter(first.filters[0])
    for _ in range(2 * logs.ALIKE):
        logger.warning("again")
    assert other.getvalue() == text() == "again\n" * logs.ALIKE


def test_a_run_is_one_line(caplog):
    settings = find("beta-vae").Settings(beta=4, seed=3)
    with caplog.at_level(logging.INFO, "workbench.running.runner"):
        logs.run_line("a1b2c3", "beta-vae", settings, 1.234, "done")
        logs.run_line("", "rad", {"data": "digits"}, 0, "failed")
    first, second = (record.getMessage() for record in caplog.records)
    assert first == "run a1b2c3 beta-vae 1.2 s done beta=4.0 seed=3"
    assert second == "run - rad 0.0 s failed data=digits"
