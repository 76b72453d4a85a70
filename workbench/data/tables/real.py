"""Real streams, which are there when their files lie in the data folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.imageset import DataMissing, split
from workbench.data.inventory import data_folder
from workbench.data.tables.pictures import shrink
from workbench.data.tables.tableset import TableSet, assemble, magnitude, near_square

COMMONEST = 10  # classes of NSL-KDD that are kept
ROWS_A_FILE = 20_000
FILES = {
    "faces": ("cmu_faces/cmu_faces_60x64.npz",),
    "nsl-kdd": (
        "nsl_kdd/KDDTrain+.txt",
        "nsl_kdd/nsl_kdd_train.csv.gz",
        "nsl_kdd/nsl_kdd_train_20percent.csv.gz",
    ),
    "n-baiot": ("nbaiot", "nbaiot_sample/nbaiot_sample.csv.gz"),
}


def faces() -> TableSet:
    """CMU face images of 20 people, split 80/20 at random: an easy set, as clothes and rooms differ
    from person to person."""
    with np.load(find_file("faces"), allow_pickle=False) as file:
        images, person = file["images"], file["person"]
    pictures = images.astype(np.float32) / max(1, images.max())
    rows = shrink(pictures).reshape(len(pictures), -1)
    y = np.unique(person, return_inverse=True)[1].astype(np.int64)
    train, test = split(len(pictures), 0.2, y)
    return TableSet(
        name="faces",
        title="Faces of 20 people",
        source="CMU Face Images, T. Mitchell 1999, CC BY 4.0, half size",
        x_train=rows[train],
        y_train=y[train],
        x_test=rows[test],
        y_test=y[test],
        classes=tuple(f"person {k + 1}" for k in range(y.max() + 1)),
        shape=pictures.shape[1:],
        pictures_train=pictures[train],
        pictures_test=pictures[test],
    )


def nsl_kdd() -> TableSet:
    """NSL-KDD's training records of the COMMONEST labels, symbols as 0/1 columns, split 80/20.

    The official test file holds other attacks than the training file, so it cannot be the clean
    test of a stream. KDDTrain+.txt, which has no header, is read in the same way.
    """
    import pandas

    path = find_file("nsl-kdd")
    frame = pandas.read_csv(path, header=None if path.suffix == ".txt" else "infer")
    frame = frame.iloc[:, :42]  # 41 features and the label; a difficulty may follow
    label = frame.pop(frame.columns[-1]).astype(str)
    common = label.value_counts(sort=True).index[:COMMONEST]
    frame, label = frame[label.isin(common)], label[label.isin(common)]
    symbols = [column for column in frame if not pandas.api.types.is_numeric_dtype(frame[column])]
    x = magnitude(pandas.get_dummies(frame, columns=symbols, dtype=float).to_numpy())
    source = "NSL-KDD, Canadian Institute for Cybersecurity, Tavallaee et al. 2009"
    return assemble("nsl-kdd", "NSL-KDD intrusions", x, label.to_numpy(), source)


def n_baiot() -> TableSet:
    """N-BaIoT rows: one table with a column `label`, or the publisher's .csv files of a device,
    whose names are then the classes. Rows are split 80/20 at random: neighbours are near copies."""
    import pandas

    path = find_file("n-baiot")
    files = sorted(path.rglob("*.csv*")) if path.is_dir() else [path]
    frames = []
    for file in files:
        frame = pandas.read_csv(file, nrows=ROWS_A_FILE)
        if "label" not in frame:
            frame["label"] = file.name.split(".")[0]
        frames.append(frame.drop(columns="source_file", errors="ignore"))
    frame = pandas.concat(frames, ignore_index=True)
    label = frame.pop("label").astype(str).to_numpy()
    jitter = [column for column in frame if "HH_jit" in column and "mean" in column]
    frame[jitter] = frame[jitter].where(frame[jitter] < 1e9, 0)  # a first packet tells the date
    x, source = magnitude(frame.to_numpy(np.float64)), "N-BaIoT, Meidan et al. 2018, UCI, CC BY 4.0"
    return assemble("n-baiot", "N-BaIoT flows", x, label, source, iot_shape(x.shape[1]))


def iot_shape(columns: int) -> tuple[int, int]:
    """How a row of flow statistics is drawn: a line for each window."""
    return (5, columns // 5) if columns % 5 == 0 else near_square(columns)


READERS = {"faces": faces, "nsl-kdd": nsl_kdd, "n-baiot": n_baiot}


def is_there(name: str) -> bool:
    """Whether the table's file lies in the data folder."""
    return any(path.exists() for path in _paths(name))


def find_file(name: str) -> Path:
    """Where the table's file lies. Raises DataMissing."""
    for path in _paths(name):
        if path.exists():
            return path
    raise DataMissing(f"{name} is not there: put {FILES[name][0]} into the data folder")


def _paths(name: str) -> list[Path]:
    return [data_folder() / file for file in FILES[name]]
