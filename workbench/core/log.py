"""What the server writes down: short lines, few of a kind, and nothing that is somebody's secret.

Log lines are a way to fill a disk and to lose a token: an invalid message of two megabytes would
be echoed whole, and a token is the key of its session. Everything passes one filter.
"""

import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

MESSAGE_LENGTH = 500  # characters
TRACE_LENGTH = 1000  # characters of a traceback: its end, where the reason is
ALIKE = 10  # records of one kind in a minute
ALL = 300  # records of all kinds in a minute
RUN_LINES = 1200  # beside them: what a class of sixty that moves sliders ends
MINUTE_SECONDS = 60
OURS = logging.getLogger("workbench")
RUNS = logging.getLogger("workbench.running.runner")
SECRETS = (
    (re.compile(r"\?[^\s'\"<>]+"), "?..."),  # queries of addresses
    (re.compile(r"[A-Za-z0-9_=-]{40,}(?:\.[A-Za-z0-9_=-]+)*"), "[token]"),
    (re.compile(r"(?i)\b(password|secret|cookie|authorization)(\"?\s*[=:]\s*)\S+"), r"\1\2..."),
    # where a request comes from, as Tornado writes it of one and of a malformed message
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


def clean(text: str, most: int = MESSAGE_LENGTH) -> str:
    """The text without queries, tokens, secrets and folders, in one line of limited length.

    Of a longer text only the beginning is looked at, so that two megabytes cost nothing.
    """
    text = text[: 4 * most]
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= most else text[: most - 3] + "..."


class Filter(logging.Filter):
    """Cleans records and lets through only some of each kind a minute.

    A kind is a logger and the words that the programmer wrote; `clock` gives seconds. The lines of
    runs count by themselves, for a busy class must not hide that a process has died.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self._clock = clock
        self._since = -float(MINUTE_SECONDS)  # when this minute began
        self._written: Counter = Counter()  # in this minute, by kind
        self._run_lines = 0  # written in it
        self._left_out: Counter = Counter()  # since the last line that told: "records", "runs"

    def filter(self, record: Any) -> bool:
        if getattr(record, "cleaned", False):  # a second handler shows it, too
            return record.let_through
        record.cleaned = True
        record.let_through = self._count(record)
        if record.let_through:
            self._rewrite(record)
        return record.let_through

    def _count(self, record: logging.LogRecord) -> bool:
        """Whether there is room for this record in this minute."""
        now = self._clock()
        if now - self._since >= MINUTE_SECONDS:
            self._since = now
            self._written = Counter()
            self._run_lines = 0
        if record.name == RUNS.name:
            fits = self._run_lines < RUN_LINES
            self._run_lines += fits
        else:
            kind = (record.name, str(record.msg)[:60])
            fits = self._written[kind] < ALIKE and self._written.total() < ALL
            self._written[kind] += fits
        self._left_out[_sort(record)] += not fits
        return fits

    def _rewrite(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # a record that cannot be written must not stop the server
            message = str(record.msg)
        count = self._left_out.pop(_sort(record), 0)
        before = f"({count} {_sort(record)} left out) " if count else ""
        record.msg = before + clean(message)
        record.args = None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _clean_trace(record.exc_info)
        record.exc_info = None
        record.stack_info = None


def _sort(record: logging.LogRecord) -> str:
    return "runs" if record.name == RUNS.name else "records"


def _clean_trace(exc_info: Any) -> str:
    lines = logging.Formatter().formatException(exc_info)[-4 * TRACE_LENGTH :].splitlines()
    return "\n".join(clean(line) for line in lines)[-TRACE_LENGTH:]


def install() -> Filter:
    """Sends everything that is logged, also warnings, to standard error through one filter."""
    shared, handler = Filter(), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(shared)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    OURS.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in ("panel", "bokeh", "tornado"):
        for other in logging.getLogger(name).handlers:
            other.addFilter(shared)
    return shared


def run_line(session: str, chapter: str, settings: Any, seconds: float, outcome: str) -> None:
    """Writes a line for a run that has ended: session, chapter, seconds, outcome, changed knobs.

    `session` is what the page is called here, never the id that is the key to it.
    """
    plain = isinstance(settings, Mapping)
    values = settings if plain else settings.values_by_name()
    defaults = {} if plain else type(settings)().values_by_name()
    if not plain:  # what a reader writes is not for the log
        texts = {k for k, knob in settings.knobs().items() if knob.kind == "text"}
        values = {k: "(text)" if k in texts and v != defaults[k] else v for k, v in values.items()}
        values = {k: "(own)" if str(v).startswith("upload-") else v for k, v in values.items()}
    changed = " ".join(f"{k}={v}" for k, v in values.items() if plain or defaults[k] != v)
    RUNS.info("run %s %s %.1f s %s %s", session or "-", chapter, seconds, outcome, changed)
