"""A plug-in of the tested server (`--plugins spy`): /spy says what lives in it, as JSON."""

import gc
import json

import panel.io.document as panel_document
from bokeh.document import Document
from bokeh.server.session import ServerSession
from tornado.web import RequestHandler

from workbench.running.claim_tests import shared_claim_tests
from workbench.running.shared import shared_runner
from workbench.view.page.board import Board


class Spy(RequestHandler):
    def get(self):
        gc.collect()
        everything = gc.get_objects()
        alive = [type(each) for each in everything]
        runner = shared_runner("workers")
        self.write(
            json.dumps(
                {
                    # one that Bokeh has emptied may stay; it holds nothing, and it is always one
                    "documents": sum(
                        isinstance(each, Document) and hasattr(each, "_roots")
                        for each in everything
                    ),
                    "boards": sum(issubclass(each, Board) for each in alive),
                    "claims": sum(bool(each.readers) for each in shared_claim_tests()._open),
                    "sessions": [
                        {
                            "destroyed": each.destroyed,
                            "connections": each.connection_count,
                            "blocked": each.expiration_blocked_count,
                            "seconds": round(each.milliseconds_since_last_unsubscribe / 1000),
                        }
                        for each in everything
                        if type(each) is ServerSession
                    ],
                    "unsent": {
                        name: len(getattr(panel_document, name, ()))
                        for name in (
                            "_WRITE_MSGS",
                            "_WRITE_BLOCK",
                            "_WRITE_FUTURES",
                            "_write_tasks",
                        )
                    },
                    "workers": sorted({player.process.pid for player in runner.players}),
                    "runs": [
                        {
                            "seed": run.settings.seed,
                            "status": run.status,
                            "frames": len(run.frames),
                            "readers": len(run.readers),
                        }
                        for run in runner.runs()
                    ],
                }
            )
        )


class HangUp(RequestHandler):
    """Closes every websocket, as a server or a proxy does that has had enough."""

    def get(self):
        for each in list(self.application._clients):
            each._socket.close()


class Pause(RequestHandler):
    """Lets new runs wait, or go on: `/spy/pause/1`, `/spy/pause/0`."""

    def get(self, on: str):
        shared_runner("workers").paused = on == "1"


ROUTES = [("/spy", Spy, {}), ("/spy/hang-up", HangUp, {}), ("/spy/pause/([01])", Pause, {})]
