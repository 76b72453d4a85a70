"""The link to a page as a QR code, which a phone's camera reads."""

import asyncio
import io
import re

import segno
from tornado.web import RequestHandler

LINK = re.compile(r"https?://[\x21-\x7e]{1,1000}")  # longer ones make codes that no camera reads
REFUSED = "A QR code is made of a link of at most 1000 letters."


class QrCode(RequestHandler):
    """`qr.svg?text=https://...`: the browser alone knows by which address it came."""

    async def get(self) -> None:
        text = self.get_query_argument("text", "")
        if not LINK.fullmatch(text):
            self.set_status(400)
            self.finish({"sentence": REFUSED})
            return
        body = await asyncio.to_thread(qr_code, text)
        self.set_header("Content-Type", "image/svg+xml")
        self.set_header("Cache-Control", "private, max-age=3600")
        self.finish(body)


def qr_code(text: str) -> bytes:
    """The text as SVG, with the border that a camera needs."""
    body = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        body, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return body.getvalue()
