"""/health: how the server is, as JSON for whoever watches over it."""

import math
import random
import time
from collections import deque

from tornado.ioloop import PeriodicCallback
from tornado.web import RequestHandler

from workbench.chapters import NAMES, find
from workbench.core.log import OURS
from workbench.running.runner import Runner
from workbench.view.page.session import BORN

ASK_AGAIN_SECONDS = 1.0  # at least, between two questions to a worker that has not answered
PROBE_MS = 100  # between two looks at the event loop
SPAN_SECONDS = 10  # that /health looks back on


class Pulse:
    """How the server is: the lateness of its event loop, and whether a worker has answered."""

    def __init__(self, runner: Runner):
        self.runner = runner
        self.ready = False
        self.late: deque[float] = deque(maxlen=SPAN_SECONDS * 1000 // PROBE_MS)  # ms
        self._due = 0.0
        self._ask()

    def _ask(self) -> None:
        """Opens a short run of any seed. It is left at its first frame, so no store keeps it."""
        chapter = find(NAMES[0])
        seed = random.SystemRandom().randint(1, int(chapter.Settings.knobs()["seed"].high))
        self._asked = time.monotonic()
        self._first = self.runner.open(chapter.name, chapter.Settings(seed=seed), self)

    def start(self) -> "Pulse":
        """Looks at the loop from now on."""
        self._due = time.monotonic() + PROBE_MS / 1000
        self._timer = PeriodicCallback(self._probe, PROBE_MS)
        self._timer.start()
        return self

    def _probe(self) -> None:
        now = time.monotonic()
        self.late.append(max(0.0, 1000 * (now - self._due)))
        # PeriodicCallback skips what it has missed: so do we
        self._due += PROBE_MS / 1000 * max(1, math.ceil((now - self._due) / (PROBE_MS / 1000)))
        if not self.ready:
            self._check_first_run()

    def _check_first_run(self) -> None:
        """Is ready when the run that was opened has been trained; opens another when it has ended.

        A run that the store had proves nothing, nor does one whose process died while warming up.
        """
        run = self._first
        if run.begun_at is not None and run.frames:
            self.ready = True
            self.runner.leave(run, self)
            OURS.info("Ready: a worker has answered.")
        elif not run.live and time.monotonic() > self._asked + ASK_AGAIN_SECONDS:
            self.runner.leave(run, self)
            self._ask()

    def lateness(self) -> dict[str, float]:
        """p95 and maximum of the last ten seconds, in ms; empty at the start."""
        late = sorted(self.late)
        if not late:
            return {}
        return {"p95": round(late[int(0.95 * (len(late) - 1))], 1), "max": round(late[-1], 1)}


class Health(RequestHandler):
    """Answers 503 until a worker has answered, then 200."""

    pulse: Pulse
    room: int

    def get(self) -> None:
        runs = [run.status for run in self.pulse.runner.runs()]
        self.set_status(200 if self.pulse.ready else 503)
        self.set_header("Cache-Control", "no-store")
        self.write(
            {
                "born": BORN,
                "ready": self.pulse.ready,
                "sessions": count_sessions(self.application),
                "room": self.room,
                "waiting": runs.count("waiting"),
                "training": runs.count("training"),
                "workers": self.pulse.runner.processes,
                "late_ms": self.pulse.lateness(),
            }
        )


def count_sessions(application) -> int:
    """How many sessions there are or are being made, of all pages together."""
    contexts = application._applications.values()
    return sum(len(c._sessions) + len(c._pending_sessions) for c in contexts)
