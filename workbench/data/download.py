"""Brings a published file over the network: whole and right, or not at all.

torchvision's own downloader gives a file its name before it is whole, follows a link from https to
http and takes whatever a server sends, for as long as it sends; so only its addresses and
checksums are used here.
"""

import hashlib
import os
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from tqdm import tqdm

from workbench.data.imageset import DataError

TIMEOUT = 20  # seconds without a byte
MOST = 2**28  # bytes: more than any file that is offered, less than a disk
CHUNK = 2**16


class _StaysPrivate(HTTPRedirectHandler):
    """Follows what a server points to, but not from https to what others can read and change."""

    def redirect_request(self, request, file, code, words, headers, address):
        if request.type == "https" and urlsplit(address).scheme != "https":
            raise URLError("the server points from https to an open connection")
        return super().redirect_request(request, file, code, words, headers, address)


def bring(addresses: Sequence[str], path: Path, kind: str, checksum: str, place: str) -> None:
    """Writes `path` with the first of what `addresses` deliver that has this checksum.

    kind: of the checksum, as hashlib names it; its first digits are enough. place: the folder, in
    words. A terminal shows how far it is. Raises DataError when no address delivers the file or
    the disk refuses it; nothing is left then.
    """
    for address in addresses:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(prefix=".", dir=path.parent) as folder:
                part = Path(folder, path.name)
                if not _received(address, part, kind).startswith(checksum):
                    raise URLError(f"what arrived has another {kind} sum")
                return os.replace(part, path)
        except (OSError, HTTPException) as problem:  # URLError is an OSError
            reason = getattr(problem, "reason", None) or getattr(problem, "strerror", None)
            reason = reason or problem
    raise DataError(
        f"{path.name} could not be downloaded ({reason}): check the network, "
        f"or copy the file by hand into {place}"
    )


def _received(address: str, part: Path, kind: str) -> str:
    """The hexadecimal checksum of what came, which is in `part` now."""
    total = hashlib.new(kind, usedforsecurity=False)
    with build_opener(_StaysPrivate).open(address, timeout=TIMEOUT) as reply, part.open("xb") as to:
        size = int(reply.headers.get("Content-Length") or 0) or None
        shown = tqdm(desc=part.name, total=size, unit="B", unit_scale=True, disable=None)
        with shown:
            while chunk := reply.read(CHUNK):
                to.write(chunk)
                total.update(chunk)
                shown.update(len(chunk))
                if to.tell() > MOST:
                    raise URLError(f"it is larger than {MOST / 1e6:.0f} MB")
    return total.hexdigest()
