"""CMU Face Images: 20 people look left, right, up or forward. There when its file is.

One file gives three sets of the same pictures: `faces` asks where they look, `people` who they are,
`expressions` what they were asked to express. The last one is judged by four people of whom none
is trained on: with pictures split at random the most similar training picture of almost every test
picture is the same head with another expression, and every method does worse than guessing.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from workbench.data.imageset import DataError, ImageSet, split

NAME = "faces"
TITLES = {
    NAME: "CMU faces, where they look",
    "people": "CMU faces, who they are",
    "expressions": "CMU faces, what they express",
}
LABELS = {NAME: "pose", "people": "person", "expressions": "expression"}  # the file's key
NOTES = {
    NAME: "624 images, 4 poses, 20 people",
    "people": "624 images, 20 people, 4 poses",
    "expressions": "624 images, 4 expressions, 20 people",
}
SHAPE = 30, 32
FILE = Path("cmu_faces", "cmu_faces_60x64.npz")
SHA256 = "53ba25f4d6273e29efd7825f6e944977075041c959355d4f5ed49ea86e5910cf"
BRIGHTEST = 153  # of the file's uint8
TEST_SHARE = 0.2


def read(root: Path, name: str = NAME) -> ImageSet:
    """Grey images of 30 x 32, means of 2 x 2 pixels of the file; the label is the set's own.

    Raises DataError when the file is cut or altered.
    """
    packed = (root / FILE).read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise DataError(f"{FILE.name} is cut or altered (its sha256 sum is wrong): copy it again")
    file = np.load(io.BytesIO(packed), allow_pickle=False)
    images = file["images"].reshape(-1, 30, 2, 32, 2).mean((2, 4), dtype=np.float32) / BRIGHTEST
    classes, y = np.unique(file[LABELS[name]], return_inverse=True)
    train, test = split(len(y), TEST_SHARE, y)
    if name == "expressions":
        _, strangers = split(len(file["person_names"]), TEST_SHARE)
        apart = np.isin(file["person"], strangers)
        train, test = np.flatnonzero(~apart), np.flatnonzero(apart)
    return ImageSet(
        name=name,
        title=TITLES[name],
        source="CMU Face Images, T. Mitchell, UCI, CC BY 4.0; half of half size",
        classes=tuple(map(_class_name, classes)),
        x_train=images[train],
        x_test=images[test],
        y_train=y[train].astype(np.int64),
        y_test=y[test].astype(np.int64),
    )


def _class_name(label: str | int) -> str:
    """A pose or an expression by its word, a person by a number from 1."""
    return f"person {int(label) + 1}" if np.issubdtype(type(label), np.integer) else str(label)
