"""Labelled rows of numbers that arrive as streams: simulated ones, and real ones when they lie in
the data folder. Image sets are another thing (`sets.py`); `from_images` makes rows of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import catalog as sets
from workbench.data import own
from workbench.data.imageset import DataError, DataMissing, ImageSet, split
from workbench.data.tables import cluster_trace as cluster
from workbench.data.tables import iot

SIDE = 16  # larger pictures are averaged down to at most this side: models see at most 256 numbers
GROUPS = 5  # classes of pictures that nobody labelled
COMMONEST = 10  # classes of NSL-KDD that are kept


@dataclass(frozen=True, eq=False, kw_only=True)
class TableSet:
    """Rows [n, d] float32 with a class each, split once into train and test.

    `shape` (height, width) is how a row is drawn as a small picture. For pictures `seen_train` and
    `seen_test` [n, height, width] in [0, 1] are what a reader sees; otherwise they are None, and
    the row itself is drawn. `source` is one line with origin and licence.
    """

    name: str
    title: str
    source: str
    x_train: NDArray
    y_train: NDArray
    x_test: NDArray
    y_test: NDArray
    classes: tuple[str, ...]
    shape: tuple[int, int]
    seen_train: NDArray | None = None
    seen_test: NDArray | None = None
    features: tuple[str, ...] = ()

    def __post_init__(self):
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)


def simulated(name: str, title: str, module, shape: tuple[int, int]) -> TableSet:
    """A table of one of the simulators."""
    x, y, x_test, y_test = module.simulate()
    return TableSet(
        name=name,
        title=title,
        source="simulated by the workbench; nothing was measured",
        x_train=magnitude(x),
        y_train=y,
        x_test=magnitude(x_test),
        y_test=y_test,
        classes=module.CLASSES,
        shape=shape,
        features=module.FEATURES,
    )


def magnitude(x: NDArray) -> NDArray:
    """sign(x) log(1 + |x|) as float32: rates and byte counts span many powers of ten."""
    return (np.sign(x) * np.log1p(np.abs(x))).astype(np.float32)


def from_images(images: ImageSet) -> TableSet:
    """The pictures as rows, averaged down to at most SIDE x SIDE for the models.

    Without labels the classes are GROUPS clusters of the pictures (K-means), and the source line
    says so. Raises DataError when there is only one class.
    """
    seen = [_grey(images.x_train), _grey(images.x_test)]
    rows = [shrink(part).reshape(len(part), -1) for part in seen]
    labels, classes, source = [images.y_train, images.y_test], images.classes, images.source
    if labels[0] is None:
        labels, source = _clusters(rows), f"{source}; classes: {GROUPS} clusters of K-means"
        classes = tuple(f"cluster {k + 1}" for k in range(GROUPS))
    if len(np.unique(labels[0])) < 2:
        raise DataError(f"{images.name} has one class only: a wrong label needs at least two")
    return TableSet(
        name=images.name,
        title=images.title,
        source=source,
        classes=classes,
        x_train=rows[0],
        y_train=labels[0],
        x_test=rows[1],
        y_test=labels[1],
        shape=seen[0].shape[1:],
        seen_train=seen[0],
        seen_test=seen[1],
    )


def _grey(x: NDArray) -> NDArray:
    return x.mean(-1, dtype=np.float32) if x.ndim == 4 else x.copy()


def shrink(x: NDArray) -> NDArray:
    """x [n, h, w] averaged over whole blocks so that no side is longer than SIDE."""
    for axis in (1, 2):
        block = -(-x.shape[axis] // SIDE)
        starts = np.arange(0, x.shape[axis], block)
        widths = np.diff(starts, append=x.shape[axis])
        size = widths.reshape([-1 if a == axis else 1 for a in range(3)])
        x = np.add.reduceat(x, starts, axis) / size.astype(np.float32)
    return x


def _clusters(rows: list[NDArray]) -> list[NDArray]:
    from sklearn.cluster import KMeans  # seconds of import

    model = KMeans(GROUPS, n_init=3, random_state=0).fit(rows[0])
    return [model.labels_.astype(np.int64), model.predict(rows[1]).astype(np.int64)]


def faces() -> TableSet:
    """CMU face images of 20 people, split 80/20 at random: an easy set, as clothes and rooms differ
    from person to person."""
    with np.load(_path("faces"), allow_pickle=False) as file:
        images, person = file["images"], file["person"]
    seen = images.astype(np.float32) / max(1, images.max())
    rows = shrink(seen).reshape(len(seen), -1)
    y = np.unique(person, return_inverse=True)[1].astype(np.int64)
    train, test = split(len(seen), 0.2, y)
    return TableSet(
        name="faces",
        title="Faces of 20 people",
        source="CMU Face Images, T. Mitchell 1999, CC BY 4.0, half size",
        x_train=rows[train],
        y_train=y[train],
        x_test=rows[test],
        y_test=y[test],
        classes=tuple(f"person {k + 1}" for k in range(y.max() + 1)),
        shape=seen.shape[1:],
        seen_train=seen[train],
        seen_test=seen[test],
    )


def nsl_kdd() -> TableSet:
    """NSL-KDD's training records of the COMMONEST labels, symbols as 0/1 columns, split 80/20.

    The official test file holds other attacks than the training file, so it cannot be the clean
    test of a stream. KDDTrain+.txt, which has no header, is read in the same way.
    """
    import pandas

    path = _path("nsl-kdd")
    frame = pandas.read_csv(path, header=None if path.suffix == ".txt" else "infer")
    frame = frame.iloc[:, :42]  # 41 features and the label; a difficulty may follow
    label = frame.pop(frame.columns[-1]).astype(str)
    common = label.value_counts(sort=True).index[:COMMONEST]
    frame, label = frame[label.isin(common)], label[label.isin(common)]
    symbols = [column for column in frame if not pandas.api.types.is_numeric_dtype(frame[column])]
    x = magnitude(pandas.get_dummies(frame, columns=symbols, dtype=float).to_numpy())
    source = "NSL-KDD, Canadian Institute for Cybersecurity, Tavallaee et al. 2009"
    return _assembled("nsl-kdd", "NSL-KDD intrusions", x, label.to_numpy(), source)


def n_baiot() -> TableSet:
    """N-BaIoT rows: one table with a column `label`, or the publisher's .csv files of a device,
    whose names are then the classes. Rows are split 80/20 at random: neighbours are near copies."""
    import pandas

    path = _path("n-baiot")
    files = sorted(path.rglob("*.csv*")) if path.is_dir() else [path]
    frames = []
    for file in files:
        frame = pandas.read_csv(file, nrows=20_000)
        if "label" not in frame:
            frame["label"] = file.name.split(".")[0]
        frames.append(frame.drop(columns="source_file", errors="ignore"))
    frame = pandas.concat(frames, ignore_index=True)
    label = frame.pop("label").astype(str).to_numpy()
    jitter = [column for column in frame if "HH_jit" in column and "mean" in column]
    frame[jitter] = frame[jitter].where(frame[jitter] < 1e9, 0)  # a first packet tells the date
    x, source = magnitude(frame.to_numpy(np.float64)), "N-BaIoT, Meidan et al. 2018, UCI, CC BY 4.0"
    return _assembled("n-baiot", "N-BaIoT flows", x, label, source, iot_shape(x.shape[1]))


def iot_shape(columns: int) -> tuple[int, int]:
    """How a row of flow statistics is drawn: a line for each window."""
    return (5, columns // 5) if columns % 5 == 0 else near_square(columns)


def _assembled(name, title, x, label, source, shape=None) -> TableSet:
    if not np.isfinite(x).all():
        raise DataError(f"{name} holds values that are no finite numbers: fetch the file again")
    classes, y = np.unique(label, return_inverse=True)
    train, test = split(len(x), 0.2, y)
    return TableSet(
        name=name,
        title=title,
        source=source,
        classes=tuple(map(str, classes)),
        x_train=x[train],
        y_train=y[train],
        x_test=x[test],
        y_test=y[test],
        shape=shape or near_square(x.shape[1]),
    )


def near_square(d: int) -> tuple[int, int]:
    """The smallest nearly square grid with room for d numbers."""
    width = int(np.ceil(np.sqrt(d)))
    return -(-d // width), width


def own_table(path: Path) -> TableSet:
    """A .csv of numbers with a column `label`. Raises DataError, whatever is wrong with it."""
    images = own.read(path)  # its checks
    values, labels, source = own.read_csv(path)
    if labels is None:
        raise DataError(f"{path.name} has no column label: a stream needs the classes")
    if len(images.classes) < 2:
        raise DataError(f"{path.name} has one class only: a wrong label needs at least two")
    return _assembled(images.name, images.title, magnitude(values), labels, f"your own {source}")


FILES = {
    "faces": ("cmu_faces/cmu_faces_60x64.npz",),
    "nsl-kdd": (
        "nsl_kdd/KDDTrain+.txt",
        "nsl_kdd/nsl_kdd_train.csv.gz",
        "nsl_kdd/nsl_kdd_train_20percent.csv.gz",
    ),
    "n-baiot": ("nbaiot", "nbaiot_sample/nbaiot_sample.csv.gz"),
}


READERS: dict[str, Callable[[], TableSet]] = {
    "iot": lambda: simulated("iot", "IoT attacks (simulated)", iot, (5, 23)),
    "cluster": lambda: simulated("cluster", "Cluster tasks (simulated)", cluster, (3, 9)),
    "faces": faces,
    "nsl-kdd": nsl_kdd,
    "n-baiot": n_baiot,
}


def _places(name: str) -> list[Path]:
    return [sets.data_folder() / file for file in FILES.get(name, ())]


def _path(name: str) -> Path:
    for path in _places(name):
        if path.exists():
            return path
    raise DataMissing(f"{name} is not there: put {FILES[name][0]} into the data folder")


def names() -> tuple[str, ...]:
    """The tables that `load` takes right now: simulated ones, then those in the data folder."""
    return tuple(n for n in READERS if n not in FILES or any(p.exists() for p in _places(n)))


def load(name: str) -> TableSet:
    """The table of this name. The last few stay in memory and are shared.

    Raises DataMissing when its file is not in the data folder, DataError when it cannot be used.
    """
    if name not in READERS:
        raise DataMissing(f"no table is called {name[:40]!r}: choose from {', '.join(names())}")
    return _load(name, _path(name).resolve() if name in FILES else None)


@lru_cache(maxsize=4)
def _load(name: str, path: Path | None) -> TableSet:
    try:
        return READERS[name]()
    except DataError:
        raise
    except Exception as problem:  # parsers of foreign files raise nearly anything
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise DataError(f"{name} is damaged or of another format ({reason})") from None


def rows_of(name: str | Path) -> TableSet:
    """The image set of this name as rows, or a .csv of your own as a table."""
    kind, path, stamp = sets.locate(name)
    if kind == "" and path is not None and path.suffix.lower() == ".csv":
        return own_table(path)
    return _rows_of(name, path, stamp)


@lru_cache(maxsize=2)
def _rows_of(name: str | Path, path: Path | None, stamp: tuple[int, ...]) -> TableSet:
    return from_images(sets.load(name))
