"""torchvision's pre-trained ResNet-18: where its file lies, whether it is whole, how to bring it.

It is downloaded by `workbench data get resnet18` alone, never because a run would like to have it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from workbench.data.imageset import DataError, DataMissing

NAME = "resnet18"


# of ResNet18_Weights.IMAGENET1K_V1; the name ends with the first digits of the file's sha256 sum
FILE = "resnet18-f37072fd.pth"
MIRROR = "https://download.pytorch.org/models/"
TITLE = "ResNet-18 trained on ImageNet, torchvision's weights"
HOW = f"workbench data get {NAME}"


def places(root: Path) -> tuple[Path, Path]:
    """The data folder `root`, and the cache where torchvision itself keeps the file."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    hub = Path(os.environ.get("TORCH_HOME", Path(cache, "torch")), "hub").expanduser()
    return root / FILE, hub / "checkpoints" / FILE


def find(root: Path) -> Path | None:
    """Where the file is, if it is there; it is not opened."""
    return next((path for path in places(root) if path.is_file()), None)


def read(root: Path) -> bytes:
    """The file's bytes. Raises DataMissing when it is absent, DataError when it is cut or altered.

    As torchvision does for what it downloads, the sum must begin as the file's name says.
    """
    if (path := find(root)) is None:
        raise DataMissing(f"{TITLE} are not here: run `{HOW}` once with a network")
    content = path.read_bytes()
    if not hashlib.sha256(content).hexdigest().startswith(_digits()):
        raise DataError(
            f"{path.name} is cut or altered (its sha256 sum is wrong): remove it and run `{HOW}`"
        )
    return content


def check(root: Path) -> str:
    """Reads the file again and describes it in one line. Raises as `read`."""
    return f"{NAME}: {TITLE}, {len(read(root)) / 1e6:.0f} MB, sha256 {_digits()}..."


def get(root: Path) -> None:
    """Downloads the file below `root`, unless it is there and whole.

    Raises DataError when the network or the disk fails.
    """
    try:
        read(root)
    except DataError:
        from workbench.data.download import bring

        bring([MIRROR + FILE], root / FILE, "sha256", _digits(), "the data folder")


def _digits() -> str:
    return FILE.removesuffix(".pth").rpartition("-")[2]
