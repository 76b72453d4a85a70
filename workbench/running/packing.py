"""Frames as bytes and back, to the bit: a digest, then a zip of arrays with JSON beside them.

There is no pickle in it, and nothing is ever made from it but frames and pictures.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_args

import numpy as np

from workbench.core.frames import Frame
from workbench.core.pictures import Field, Line, Picture

KINDS = {kind.__name__: kind for kind in (*get_args(Picture), Line, Field, Frame)}
DIGEST_BYTES = hashlib.sha256().digest_size


def pack(frames: Sequence[Frame]) -> bytes:
    """The frames as bytes."""
    arrays: list[np.ndarray] = []
    text = json.dumps([_as_json(frame, arrays) for frame in frames])
    named: dict[str, Any] = {f"a{i}": array for i, array in enumerate(arrays)}
    body = io.BytesIO()
    np.savez_compressed(body, frames=np.frombuffer(text.encode(), np.uint8), **named)
    return hashlib.sha256(body.getvalue()).digest() + body.getvalue()


def unpack(packed: bytes) -> list[Frame]:
    """The frames that `pack` packed. Raises ValueError for bytes that are not whole."""
    digest, body = packed[:DIGEST_BYTES], packed[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError("The entry is damaged.")
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            frames = json.loads(arrays["frames"].tobytes())
            return [rebuild(frame, arrays) for frame in frames]
    except (KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"The entry cannot be read: {error}") from None


def _as_json(value: Any, arrays: list[np.ndarray]) -> Any:
    """The value as JSON; its arrays are put aside. Floats keep every bit."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": f"a{len(arrays) - 1}"}
    if is_dataclass(value):
        inside = {f.name: _as_json(getattr(value, f.name), arrays) for f in fields(value)}
        return {"kind": type(value).__name__, "fields": inside}
    if isinstance(value, dict):
        return {"dict": [[k, _as_json(v, arrays)] for k, v in value.items()]}
    if isinstance(value, tuple | list):
        return [_as_json(v, arrays) for v in value]
    return value.item() if isinstance(value, np.generic) else value


def rebuild(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """The value that was put into JSON. Raises KeyError for a kind that is no frame or picture."""
    if isinstance(value, list):
        return tuple(rebuild(v, arrays) for v in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    if "dict" in value:
        return {k: rebuild(v, arrays) for k, v in value["dict"]}
    return KINDS[value["kind"]](**{k: rebuild(v, arrays) for k, v in value["fields"].items()})
