"""scikit-learn's handwritten digits, which are always there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from workbench.data.imageset import ImageSet, split

NAME, TITLE, NOTE = "digits", "Handwritten digits, 8 x 8", "1797 images, 10 classes"
SHAPE = 8, 8


def read() -> ImageSet:
    """scikit-learn's digits: 1797 grey images of 8 x 8, split 80/20 class by class."""
    # the table in the installed package; importing that costs a second, and 100 MB in a server
    package = package_folder("sklearn")
    table = np.loadtxt(package / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    x = (table[:, :-1].reshape(-1, 8, 8) / 16).astype(np.float32)
    y = table[:, -1].astype(np.int64)
    train, test = split(len(x), 0.2, y)
    return ImageSet(
        name=NAME,
        title=TITLE,
        source="scikit-learn digits (UCI, E. Alpaydin and C. Kaynak 1998, CC BY 4.0)",
        classes=tuple("0123456789"),
        x_train=x[train],
        x_test=x[test],
        y_train=y[train],
        y_test=y[test],
    )


def package_folder(name: str) -> Path:
    """Where an installed package lies, found without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed.", name=name)
    return Path(spec.submodule_search_locations[0])
