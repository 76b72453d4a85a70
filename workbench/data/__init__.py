"""Image sets: small ones that are always there, MNIST when you have it, and your own.

    from workbench.data import load
    digits = load("digits")
    digits.x_train.shape            # (1438, 8, 8)

See data/README.md for origin, licence and checksum of each set, and for how to bring your own.
"""

from workbench.data.catalog import Entry, check, data_folder, entries, fingerprint, get, load, names
from workbench.data.imageset import DataError, DataMissing, ImageSet

__all__ = [
    "DataError",
    "DataMissing",
    "Entry",
    "ImageSet",
    "check",
    "data_folder",
    "entries",
    "fingerprint",
    "get",
    "load",
    "names",
]
