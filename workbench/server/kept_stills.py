"""The file of kept pictures that a page's slider looks up, for browsers to keep."""

import asyncio
import gzip

from tornado.web import HTTPError, RequestHandler

from workbench.chapters import NAMES, find
from workbench.results import stills

ADDRESS = "/kept/([a-z0-9-]{1,40})[.](light|dark)[.]json"
FOR_A_YEAR = "public, max-age=31536000, immutable"


class KeptStills(RequestHandler):
    """`kept/beta-vae.light.json?v=...`: made once and held in memory, as gzip.

    An address with the right version never changes its content.
    """

    async def get(self, name: str, theme: str) -> None:
        if name not in NAMES or not stills.has_track(find(name)):
            raise HTTPError(404)
        body = await asyncio.to_thread(stills.stills_file, name, theme)
        known = self.get_query_argument("v", "") == stills.version(name)
        self.set_header("Cache-Control", FOR_A_YEAR if known else "no-cache")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(body)
        else:
            self.finish(gzip.decompress(body))

    def write_error(self, status_code: int, **kwargs) -> None:
        self.finish({"sentence": "No pictures are kept under this address."})
