"""Files such as a reader brings: made for a test, and how their refusal must read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench import data
from workbench.data import DataError

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (40, 8, 8), dtype=np.uint8)
LABELS = np.arange(40) % 4


def refused(path, *words):
    """The sentence with which `path` is refused; it names the file and is a single line."""
    with pytest.raises(DataError) as caught:
        data.load(path)
    sentence = str(caught.value)
    assert Path(path).name in sentence
    assert "\n" not in sentence and "Traceback" not in sentence and len(sentence) < 300
    assert str(Path(path).parent) not in sentence
    for word in words:
        assert word in sentence
    return sentence


def save_pictures(folder, n, size=(40, 30), kind="png"):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        noise = RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{i:03d}.{kind}")
    return folder
