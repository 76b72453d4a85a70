"""The PNG writer: what it writes, another reader reads."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from workbench.results.png import data_url, png

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(3, 5), (1, 1), (3, 5, 3), (1, 4, 3)])
def test_a_file_holds_the_pixels(shape):
    pixels = RANDOM.integers(0, 256, shape).astype(np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png(pixels)))) == pixels).all()
    head, code = data_url(pixels).split(",")
    assert head == "data:image/png;base64" and base64.b64decode(code) == png(pixels)
