"""Where a page sends a reader's own file: `POST upload`, with the page's token in its head."""

import asyncio
from pathlib import Path
from urllib.parse import unquote

from tornado.web import RequestHandler, stream_request_body

from workbench.data import uploads
from workbench.view.page import uploads as pages

GONE = "This page is gone. Load it again, and bring the file then."
BUSY = "A file of this page is still on its way. Wait for it."


@stream_request_body
class Upload(RequestHandler):
    """Writes what comes to the disk, at most as much as is allowed, and hands it to the page."""

    page: "pages.Uploads | None" = None
    file = None
    name = ""
    refusal = ""

    def prepare(self) -> None:
        most = pages.limit
        self.request.connection.set_max_body_size(2 * most)  # so that too much gets a sentence
        self.left = most
        page = pages.PAGES.get(self.request.headers.get("X-Page", ""))
        length = self.request.headers.get("Content-Length", "")
        if page is None or page.closed:
            return self._refuse(403, GONE)
        if page.busy:
            return self._refuse(409, BUSY)
        if not length.isdecimal() or int(length) > most:
            return self._refuse(413, f"Bring a file of at most {most / 1e6:g} MB.")
        try:
            given = unquote(self.request.headers.get("X-Name", ""))
            self.name, self.path = uploads.new_place(given)
        except ValueError as error:
            return self._refuse(415, str(error))
        self.page, page.busy = page, True
        self.file = self.path.open("xb")

    def _refuse(self, status: int, sentence: str) -> None:
        self.refusal = sentence
        self.set_status(status)
        self.finish({"sentence": sentence})

    def data_received(self, chunk: bytes) -> None:
        self.left -= len(chunk)
        if self.file is not None and self.left >= 0:
            self.file.write(chunk)

    async def post(self) -> None:
        if self.page is None or self.file is None:
            return
        self.file.close()
        path: Path = self.path
        try:
            size = await asyncio.to_thread(self.page.take, self.name, path)
            self.finish({"sentence": f"{path.name}: {size}. It is gone with this page."})
        except ValueError as error:
            self.set_status(422)
            self.finish({"sentence": str(error)})

    def on_finish(self) -> None:
        self._end()

    def on_connection_close(self) -> None:
        if self.file is not None and not self.file.closed:  # it never came whole
            uploads.delete(self.name)
        self._end()

    def _end(self) -> None:
        if self.file is not None:
            self.file.close()
        if self.page is not None:
            self.page.busy = False
            self.page = None
