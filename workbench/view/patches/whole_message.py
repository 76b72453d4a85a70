"""Bokeh 3.9.2: a change with arrays is sent in many small messages, two for each array.

The columns of three pictures are some ten arrays, so a live frame was 23 messages on the websocket,
each with a task of its own, which took a third of what the frame cost the server. Here the arrays
stand in the message itself, as Bokeh writes them into files (gzip in base64), with little or no
compression: the best one takes 16 ms for a mosaic of pictures. `tests/view/test_message_order.py`
counts what is written; when Bokeh writes as little itself, this file may go.
"""

import base64
import gzip
from math import isfinite
from typing import Any

from bokeh.core.serialization import BytesRep, Serializer
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.model import Model
from bokeh.protocol.messages.patch_doc import PatchJson, patch_doc

PLAIN = frozenset((str, bool, type(None)))  # types that JSON writes as they are
SMALL = 1024  # bytes up to which compression costs more than it saves


class Inside(Serializer):
    """Bokeh's serializer with arrays as text, and a short way for plain values.

    known: the models that the page has, which are spoken of by their ids.
    """

    def __init__(self, known: set[Model]):
        super().__init__()
        self._known = known

    def get_ref(self, obj: Any) -> Any:
        # Bokeh writes down the id of every model of the page before each message
        return obj.ref if isinstance(obj, Model) and obj in self._known else super().get_ref(obj)

    def has_ref(self, obj: Any) -> bool:
        return self.get_ref(obj) is not None

    def encode(self, obj: Any) -> Any:
        kind = type(obj)
        if kind in PLAIN or (kind is float and isfinite(obj)):
            return obj
        if kind is list and all(type(each) is str for each in obj):
            return list(obj)
        return super().encode(obj)

    def _encode_bytes(self, obj: bytes | memoryview) -> BytesRep:
        data = obj.tobytes() if isinstance(obj, memoryview) else obj
        level = 1 if len(data) > SMALL else 0
        packed = gzip.compress(data, compresslevel=level, mtime=1)
        return BytesRep(type="bytes", data=base64.b64encode(packed).decode("ascii"))


def whole_message(page: Document, events: list[DocumentPatchedEvent]) -> patch_doc:
    """The message of these changes of one page, with every array inside."""
    serializer = Inside(page.models.synced_references)
    content = PatchJson(events=serializer.encode(events))
    page.models.flush_synced(lambda model: not serializer.has_ref(model))
    return patch_doc(patch_doc.create_header(), {}, content)
