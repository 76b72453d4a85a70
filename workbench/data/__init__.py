"""Image sets: small ones that are always there, MNIST when you have it, and your own.

    from workbench.data import load
    digits = load("digits")
    digits.x_train.shape            # (1438, 8, 8)

See data/README.md for origin, licence and checksum of each set, and for how to bring your own.
"""

from . import weights
from .imageset import DataError, DataMissing, ImageSet
from .sets import Entry, catalog, check, data_folder, fingerprint, get, load, names

__all__ = [
    "DataError",
    "DataMissing",
    "Entry",
    "ImageSet",
    "catalog",
    "check",
    "data_folder",
    "fingerprint",
    "get",
    "load",
    "names",
    "weights",
]
