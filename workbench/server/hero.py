"""The home page's example is trained here when a reader lets go of its slider.

A page asks again and again for how its run stands. Only the runs of `hero.read_settings` can be
asked for, some sixty in all; equal ones are shared, and one that nobody asks about is left.
"""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bokeh.server.views.auth_request_handler import AuthRequestHandler
from tornado.ioloop import IOLoop

from workbench.core.settings import Settings
from workbench.running.run import Run
from workbench.running.runner import Runner
from workbench.view.pages import hero

LEFT_SECONDS = 3.0  # without a question, after which a run is left


@dataclass
class Trainer:
    """The runs that home pages ask about, and when each was asked about last."""

    runner: Runner
    asked: dict[Run, float] = field(default_factory=dict)

    def state(self, settings: Settings) -> dict[str, Any]:
        """How the run of these settings stands; it is opened at the first question."""
        run = self.runner.open(hero.CHAPTER, settings, self)
        if run.live:
            if run not in self.asked:
                IOLoop.current().call_later(LEFT_SECONDS, self._leave_if_alone, run)
            self.asked[run] = time.monotonic()
        else:
            self._leave(run)
        return _state(run, len(run.frames), run.status)

    def _leave_if_alone(self, run: Run) -> None:
        if run not in self.asked:
            return
        if run.live and time.monotonic() - self.asked[run] < LEFT_SECONDS:
            IOLoop.current().call_later(LEFT_SECONDS, self._leave_if_alone, run)
        else:
            self._leave(run)

    def _leave(self, run: Run) -> None:
        self.asked.pop(run, None)
        self.runner.leave(run, self)


@lru_cache(maxsize=16)
def _state(run: Run, count: int, status: str) -> dict[str, Any]:
    """What a page shows of the run after so many frames; made once for all that show it."""
    state: dict[str, Any] = dict(status=status, error=run.error)
    return state | (hero.show(run.settings, run.frames[count - 1]) if count else {})


class HeroRun(AuthRequestHandler):
    """app/hero?beta=2&seed=3: how this run stands, as JSON."""

    trainer: Trainer

    def initialize(self, **_of_the_page) -> None:
        pass

    def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        if not self.current_user:
            self.set_status(403)
            return self.finish({"error": "Log in first."})
        asked = self.get_query_argument("beta", ""), self.get_query_argument("seed", "")
        try:
            settings = hero.read_settings(*asked)
        except ValueError as error:
            self.set_status(400)
            return self.finish({"error": str(error)})
        self.finish(self.trainer.state(settings))
