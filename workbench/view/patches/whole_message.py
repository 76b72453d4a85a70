"""Bokeh 3.9.2: a change with arrays is sent in many small messages, two for each array.

The columns of three pictures are some ten arrays, so a live frame was 23 messages on the websocket,
each with a task of its own, which took a third of what the frame cost the server. Here the arrays
stand in the message itself, as Bokeh writes them into files (gzip in base64), with little or no
compression: the best one takes 16 ms for a mosaic of pictures. And what is most of a frame (arrays,
texts, numbers) takes a short way through the serializer, which asks each value up to twenty
questions. `tests/view/test_message_order.py` counts what is written; when Bokeh writes as little
itself, this file may go.
"""

import base64
import struct
import sys
import zlib
from itertools import count
from math import isfinite
from typing import Any

import numpy as np
from bokeh.core.serialization import BytesRep, Serializer
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.model import Model
from bokeh.protocol.messages.patch_doc import PatchJson, patch_doc
from bokeh.server.views.ws import WSHandler
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

PLAIN = frozenset((str, bool, type(None)))  # types that JSON writes as they are
PICTURES = {np.dtype(kind): kind for kind in ("uint8", "uint32")}  # worth their compression
ARRAYS = PICTURES | {np.dtype("float64"): "float64"}  # that Bokeh sends as they are
SMALL = 8192  # bytes up to which compression costs more than it saves
GZIP = 31  # zlib's number for a stream with the head and the tail of gzip
NUMBERS = count(1)  # of messages, which nobody answers


class Inside(Serializer):
    """Bokeh's serializer with arrays as text, and a short way for plain values.

    page: whose models, unless they are new, are spoken of by their ids.
    """

    def __init__(self, page: Document):
        super().__init__()
        self._models = page.models
        self._page = page

    def get_ref(self, obj: Any) -> Any:
        # Bokeh writes down the id of every model of the page before each message
        if isinstance(obj, Model) and self._is_known(obj):
            return obj.ref
        return super().get_ref(obj)

    def _is_known(self, model: Model) -> bool:
        return model.document is self._page and model not in self._models._new_models

    def has_ref(self, obj: Any) -> bool:
        return self.get_ref(obj) is not None

    def encode(self, obj: Any) -> Any:
        kind = type(obj)
        if kind in PLAIN or (kind is float and isfinite(obj)):
            return obj
        if kind is np.ndarray and obj.dtype in ARRAYS and obj.ndim:
            return self._encode_plain_array(obj)
        if kind is list:
            plain = all(type(each) is str for each in obj)
            return list(obj) if plain else [self.encode(each) for each in obj]
        if isinstance(obj, DocumentPatchedEvent):
            return obj.to_serializable(self)
        return super().encode(obj)

    def _encode_plain_array(self, obj: np.ndarray) -> dict[str, Any]:
        level = 1 if obj.dtype in PICTURES else 0
        return {
            "type": "ndarray",
            "array": _packed(np.ascontiguousarray(obj).data, level),
            "shape": obj.shape,
            "dtype": ARRAYS[obj.dtype],
            "order": sys.byteorder,
        }

    def _encode_bytes(self, obj: bytes | memoryview) -> BytesRep:
        return _packed(obj, level=1)


def _packed(data: bytes | memoryview, level: int) -> BytesRep:
    size = data.nbytes if isinstance(data, memoryview) else len(data)
    packed = zlib.compress(data, level if size > SMALL else 0, GZIP)
    return BytesRep(type="bytes", data=base64.b64encode(packed).decode("ascii"))


class OneWrite(patch_doc):
    """A message whose three parts are written at once: each has a frame, but no task of its own."""

    async def send(self, conn: WSHandler) -> int:
        with await conn.write_lock.acquire():
            socket = conn.ws_connection
            if socket is None or socket.is_closing():
                raise WebSocketClosedError()
            parts = self.header_json, self.metadata_json, self.content_json
            data = b"".join(frame(part.encode()) for part in parts)
            try:
                await socket.stream.write(data)
            except StreamClosedError:
                raise WebSocketClosedError() from None
        return len(data)


def frame(text: bytes) -> bytes:
    """A whole text as a server's frame of RFC 6455: final, unmasked, not compressed."""
    size = len(text)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + text
    if size < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, size) + text
    return struct.pack("!BBQ", 0x81, 127, size) + text


def whole_message(page: Document, events: list[DocumentPatchedEvent]) -> OneWrite:
    """The message of these changes of one page, with every array inside."""
    serializer = Inside(page)
    content = PatchJson(events=[event.to_serializable(serializer) for event in events])
    page.models.flush_synced(lambda model: not serializer.has_ref(model))
    header = {"msgid": f"whole-{next(NUMBERS)}", "msgtype": patch_doc.msgtype}
    return OneWrite(header, {}, content)
