"""Who may show our pages in a frame: nobody but ourselves, and origins that are named at the start.

A page in another's frame could be laid under what a reader believes to press. The instructor's page
and the questions for passwords are in no other's frame, whoever is named.
"""

import re
from urllib.parse import urlsplit

from tornado.web import RequestHandler

ORIGIN = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?")
ALLOWED: list[str] = []  # origins, as `workbench serve --allow-embed` names them


def host_of(origin: str) -> str:
    """Host and port of an origin, as a websocket's origin is compared. Raises ValueError."""
    if not ORIGIN.fullmatch(origin):
        raise ValueError(f"{origin[:80]!r} is no origin: write it as https://lms.example.")
    parts = urlsplit(origin)
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.hostname}:{parts.port or default}"


def frame_policy(embeds: bool) -> str:
    """What a browser is told of frames. embeds: whether the page may be in the named ones."""
    return " ".join(["frame-ancestors 'self'", *(ALLOWED if embeds else [])])


def guard_frame(handler: RequestHandler, embeds: bool = False) -> None:
    """Tells the browser who may show this answer in a frame."""
    handler.set_header("Content-Security-Policy", frame_policy(embeds))
