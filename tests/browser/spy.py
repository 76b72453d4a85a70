"""A plug-in of the tested server (`--plugins spy`): what lives in it, as JSON at /spy."""

import gc
import json

from bokeh.document import Document
from tornado.web import RequestHandler

from workbench.runs import shared_runner
from workbench.view.board import Board
from workbench.view.home import Thumb


class Spy(RequestHandler):
    def get(self):
        gc.collect()
        alive = [type(each) for each in gc.get_objects()]
        runner = shared_runner("workers")
        self.write(json.dumps({
            "documents": sum(issubclass(each, Document) for each in alive),
            "boards": sum(issubclass(each, Board) for each in alive),
            "thumbs": sum(issubclass(each, Thumb) for each in alive),
            "workers": [player.process.pid for player in runner.players],
            "runs": [
                {"seed": run.settings.seed, "status": run.status, "frames": len(run.frames),
                 "readers": len(run.readers)}
                for run in list(runner._runs.values())
            ],
        }))  # fmt: skip


ROUTES = [("/spy", Spy, {})]
