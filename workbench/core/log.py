"""What the server writes down: short lines, few of a kind, and nothing that is somebody's secret.

Log lines are a way to fill a disk and to lose a token: an invalid message of two megabytes would
be echoed whole, and a token is the key of its session. Everything passes one filter.
"""

import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

LENGTH = 500  # characters of a message
TRACE = 1000  # characters of a traceback: its end, where the reason is
ALIKE = 10  # records of one kind in a minute
ALL = 300  # records of all kinds in a minute
RUN_LINES = 1200  # beside them: what a class of sixty that moves sliders ends
OURS = logging.getLogger("workbench")
RUNS = logging.getLogger("workbench.running.runner")


_CHANGES = (
    (re.compile(r"\?[^\s'\"<>]+"), "?..."),  # queries of addresses
    (re.compile(r"[A-Za-z0-9_=-]{40,}(?:\.[A-Za-z0-9_=-]+)*"), "[token]"),
    (re.compile(r"(?i)\b(password|secret|cookie|authorization)(\"?\s*[=:]\s*)\S+"), r"\1\2..."),
    # from where somebody asks, as Tornado writes it of a request and of a malformed message
    (
        re.compile(
            r"(\(|\bfrom |remote_ip=')"
            r"(?:(?:\d+\.){3}\d+|[\da-fA-F]*:[\da-fA-F.]*:[\da-fA-F:.]+)"
        ),
        r"\1...",
    ),
    # absolute paths but not the addresses of our own pages
    (
        re.compile(r"(?<![\w.:/])/(?!app\b|static\b|login\b|logout\b|health\b)(?:[^\s'\":,;/]+/)+"),
        ".../",
    ),
    (re.compile(r"\b[A-Za-z]:\\(?:[^\s'\":,;\\]+\\)+"), "...\\\\"),
)


def clean(text: str, most: int = LENGTH) -> str:
    """The text without queries, tokens, secrets and folders, in one line of limited length.

    Of a longer text only the beginning is looked at, so that two megabytes cost nothing.
    """
    text = text[: 4 * most]
    for pattern, instead in _CHANGES:
        text = pattern.sub(instead, text)
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= most else text[: most - 3] + "..."


class Filter(logging.Filter):
    """Cleans records and lets through only some of each kind a minute.

    A kind is a logger and the words that the programmer wrote; `clock` tells seconds. The lines of
    runs count by themselves, for a busy class must not hide that a process has died.
    """

    def __init__(self, clock=time.monotonic):
        super().__init__()
        self._clock, self._since = clock, -60.0
        self._seen: Counter = Counter()  # written in this minute, by kind
        self._runs = 0  # lines of runs written in it
        self._left_out: Counter = Counter()  # since the last line that told: "records", "runs"

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "cleaned", False):  # a second handler shows it, too
            return record.let_through
        record.cleaned, record.let_through = True, self._counted(record)
        if record.let_through:
            self._rewrite(record)
        return record.let_through

    def _counted(self, record: logging.LogRecord) -> bool:
        now = self._clock()
        if now - self._since >= 60:
            self._since, self._seen, self._runs = now, Counter(), 0
        if record.name == RUNS.name:
            fine = self._runs < RUN_LINES
            self._runs += fine
        else:
            kind = (record.name, str(record.msg)[:60])
            fine = self._seen[kind] < ALIKE and self._seen.total() < ALL
            self._seen[kind] += fine
        self._left_out[_sort(record)] += not fine
        return fine

    def _rewrite(self, record: logging.LogRecord) -> None:
        try:
            said = record.getMessage()
        except Exception:  # a record that cannot be written must not stop the server
            said = str(record.msg)
        many = self._left_out.pop(_sort(record), 0)
        before = f"({many} {_sort(record)} left out) " if many else ""
        record.msg, record.args = before + clean(said), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _trace(record.exc_info)
        record.exc_info = record.stack_info = None


def _sort(record: logging.LogRecord) -> str:
    return "runs" if record.name == RUNS.name else "records"


def _trace(exc_info: tuple) -> str:
    lines = logging.Formatter().formatException(exc_info)[-4 * TRACE :].splitlines()
    return "\n".join(clean(line) for line in lines)[-TRACE:]


def install() -> Filter:
    """Sends everything that is logged, also warnings, to standard error through one filter."""
    one, handler = Filter(), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(one)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    OURS.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in ("panel", "bokeh", "tornado"):
        for other in logging.getLogger(name).handlers:
            other.addFilter(one)
    return one


def run_line(session: str, chapter: str, settings: Any, seconds: float, outcome: str) -> None:
    """One line for a run that has ended: session, chapter, seconds, outcome, changed settings.

    `session` is what the page is called here, never the id that is the key to it.
    """
    plain = isinstance(settings, Mapping)
    values = settings if plain else settings.values_by_name()
    defaults = {} if plain else type(settings)().values_by_name()
    changed = " ".join(f"{k}={v}" for k, v in values.items() if plain or defaults[k] != v)
    RUNS.info("run %s %s %.1f s %s %s", session or "-", chapter, seconds, outcome, changed)
