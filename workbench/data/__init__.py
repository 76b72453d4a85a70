"""Image sets: small ones that are always there, MNIST when you have it, and your own.

    from workbench.data import load
    digits = load("digits")
    digits.x_train.shape            # (1438, 8, 8)

See data/README.md for origin, licence and checksum of each set, and for how to bring your own.
"""

from workbench.data.catalog import (
    Entry,
    check,
    data_folder,
    entries,
    fingerprint,
    get,
    load,
    locate,
    names,
    report,
    source,
    source_of,
)
from workbench.data.imageset import DataError, DataMissing, ImageSet
from workbench.data.report import Report
from workbench.data.source import Source
from workbench.data.stamp import cache_by, looking_once

__all__ = [
    "DataError",
    "DataMissing",
    "Entry",
    "ImageSet",
    "Report",
    "Source",
    "cache_by",
    "check",
    "data_folder",
    "entries",
    "fingerprint",
    "get",
    "load",
    "locate",
    "looking_once",
    "names",
    "report",
    "source",
    "source_of",
]
