"""The one writer of PNG files: 8-bit grey or colour, without a library for images."""

import base64
import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB = 0, 2  # the format's colour types
AS_IT_IS, UP = 0, 2  # its filters of a row: the pixels, or how they differ from the row above


def png(pixels: np.ndarray) -> bytes:
    """A PNG file of uint8 pixels, [height, width] in grey or [height, width, 3] in sRGB."""
    height, width = pixels.shape[:2]
    rows, kind, kept_as = pixels.reshape(height, -1), GREY, AS_IT_IS
    if pixels.ndim == 3:  # photographs change little from row to row
        rows, kind, kept_as = np.diff(rows, axis=0, prepend=np.uint8(0)), RGB, UP
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    body = np.pad(rows, ((0, 0), (1, 0)), constant_values=kept_as).tobytes()
    parts = _chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(body, 9)), _chunk(b"IEND", b"")
    return SIGNATURE + b"".join(parts)


def data_url(pixels: np.ndarray) -> str:
    """The same as an address that holds the whole file."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def contact_sheet(pictures: np.ndarray) -> np.ndarray:
    """uint8 pictures [n, height, width] or [n, height, width, 3] beside each other, a gap between
    them: [height, n (width + 1) - 1] or in colour."""
    gap = np.full_like(pictures[:, :, :1], 128)
    framed = np.concatenate([pictures, gap], 2)
    return np.concatenate(list(framed), 1)[:, :-1]


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check
