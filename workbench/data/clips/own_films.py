"""Films of your own: a folder of frames, an animated GIF, or an .npz of arrays.

Sizes are read and checked before anything is allocated, and what is wrong becomes one sentence
that names the file. What was assumed, the order of the frames above all, stands in the report.
"""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data import own
from workbench.data.clips.film import Film
from workbench.data.imageset import DataError
from workbench.data.own.arrays import pick, read_array
from workbench.data.own.folder import is_class, left_out, pictures, subfolders
from workbench.data.own.limits import MAX_BYTES, check_size
from workbench.data.own.picture import LUMA, MAX_SIDE, lay, read_pictures, square
from workbench.data.own.scaling import scale
from workbench.data.report import LeftOut, Report, listed

FEWEST, MOST = 30, 5_000  # frames of a shot: two clips of 15, of which one is held out; of a film
SIDE = 64  # frames are cropped square and brought to this side
KEYS = ("frames", "clips")  # of an .npz: one shot [n, h, w], or several of one length [k, n, h, w]
STILL = 1 / 255  # in a film in which no pixel ever moves by more than this nothing moves
GIVE = f"give {FEWEST} to {MOST} frames"


def is_own(path: Path) -> bool:
    """Whether this is a film by its form: a .gif, a flat folder of pictures, or an .npz with one
    of KEYS."""
    try:
        if path.is_dir():
            return bool(pictures(path)) and not any(map(is_class, subfolders(path)))
        if path.suffix.lower() == ".npz":
            with zipfile.ZipFile(path) as archive:
                names = {name.removesuffix(".npy").lower() for name in archive.namelist()}
            return bool(names & set(KEYS))
        return path.suffix.lower() == ".gif" and path.is_file()
    except (OSError, zipfile.BadZipFile):
        return False


def read(path: Path, name: str = "", credit: str = "") -> Film:
    """The film at this place. Raises DataError, whatever is wrong with it."""
    with own.naming(path):
        readers = {".npz": read_arrays, ".gif": read_gif}
        reader = read_folder if path.is_dir() else readers.get(path.suffix.lower())
        if reader is None:
            raise DataError("it is no film: give a folder of frames, a .gif or an .npz")
        shots, report = reader(path)
        check_motion(shots)
    count = sum(map(len, shots))
    several = f" in {len(shots)} shots" if len(shots) > 1 else ""
    report = report.extended(
        kind="clips",
        size=f"{count} frames of {SIDE} x {SIDE}{several}",
        scaling=f"{report.scaling or 'divided by 255'}, in grey, the middle square",
        label="none: of a film neither velocity nor class is known",
        notes=("The last fifth of each shot, 15 frames at least, is held out.",),
        **({"name": name, "source": credit} if name else {}),
    )
    return Film(name=name or own.name_of(path), shots=shots, report=report)


def read_folder(path: Path) -> tuple[tuple[NDArray, ...], Report]:
    """The pictures of a folder as one shot, in the order of the numbers in their names."""
    files = sorted(pictures(path), key=in_order)
    check_count(len(files))
    colours, notes = read_pictures(files, SIDE)
    first, last = files[0].name, files[-1].name
    order = f"Frames are in the order of the numbers in their names, from {first} to {last}."
    report = Report(
        name=path.name,
        kind="clips",
        source=f"your own frames, {path.name}",
        low=float(colours.min()),
        high=float(colours.max()),
        left_out=tuple(left_out(path, [])),
        notes=(order, *notes),
    )
    return (in_grey(colours),), report


def in_order(file: Path) -> list[tuple[int, int, str]]:
    """What sorts names as people count: frame9 comes before frame10."""
    parts = re.split(r"(\d+)", file.name.lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def read_gif(path: Path) -> tuple[tuple[NDArray, ...], Report]:
    """The frames of an animated GIF as one shot."""
    from PIL import Image

    check_size(path.stat().st_size)
    with Image.open(path, formats=["GIF"]) as picture:
        count = getattr(picture, "n_frames", 1)
        check_count(count)
        if max(picture.size) > MAX_SIDE:
            raise DataError(f"it is {picture.size} pixels: at most {MAX_SIDE} a side")
        durations, frames = set(), []
        for number in range(count):
            picture.seek(number)
            durations.add(picture.info.get("duration", 0))
            frames.append(square(picture, SIDE))
    notes = []
    if any(frame.shape[2] == 4 for frame in frames):
        padded = [opaque(frame) for frame in frames]
        colours, how = lay(np.stack(padded))
        notes.append(f"{how}: the frames have transparent parts.")
    else:
        colours = np.stack(frames)
    if len(durations) > 1:
        notes.append("Its frames last unlike times, and are taken as equally long.")
    report = Report(
        name=path.stem,
        kind="clips",
        source=f"your own film, {path.name}",
        low=float(colours.min()),
        high=float(colours.max()),
        notes=tuple(notes),
    )
    return (in_grey(colours),), report


def opaque(frame: NDArray) -> NDArray:
    """A frame [h, w, 3 or 4] with its opacity."""
    full = np.full((*frame.shape[:2], 1), 255, np.uint8)
    return frame if frame.shape[2] == 4 else np.concatenate([frame, full], 2)


def read_arrays(path: Path) -> tuple[tuple[NDArray, ...], Report]:
    """Key `frames` [n, h, w] or `clips` [k, n, h, w], each with a last axis of 3 in colour."""
    check_size(path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        check_size(sum(member.file_size for member in archive.infolist()))
        if bad := archive.testzip():
            raise DataError(f"its member {bad[:40]} is damaged: write the file again")
        keys = sorted(member.removesuffix(".npy") for member in archive.namelist())
        key = pick(keys, KEYS)
        if key is None:
            raise DataError("it has neither the key frames nor clips: numpy.savez(..., frames=...)")
        several = key.lower() == "clips"
        array = read_array(archive, key, lambda *header: check_array(*header, several))
    pixels, scaling, doubts = scale(array)
    shots = tuple(pixels) if several else (pixels,)
    low, high = float(array.min()), float(array.max())
    others = [other for other in keys if other != key]
    why = f"only {key!r} is read"
    report = Report(
        name=path.stem,
        kind="clips",
        source=f"your own arrays, {path.name}",
        scaling=scaling,
        low=low,
        high=high,
        left_out=(LeftOut(len(others), f"key {listed(others)}", why),) if others else (),
        notes=doubts,
    )
    return tuple(map(fit_square, shots)), report


def check_array(shape: tuple[int, ...], dtype: np.dtype, several: bool) -> None:
    """Refuses what is no film, by its header."""
    if dtype != np.uint8 and not (dtype.kind == "f" and dtype.itemsize <= 8):
        raise DataError(f"its frames are {dtype}: save them as uint8 or float32")
    inner = shape[1:] if several else shape
    if len(inner) not in (3, 4) or (len(inner) == 4 and inner[3] != 3):
        form = "(k, n, h, w) or (k, n, h, w, 3)" if several else "(n, h, w) or (n, h, w, 3)"
        raise DataError(f"an array of shape {shape}: give {form}")
    if not 1 <= min(inner[1:3]) <= max(inner[1:3]) <= MAX_SIDE:
        raise DataError(f"its frames are {inner[1]} x {inner[2]}: at most {MAX_SIDE} a side")
    check_count(inner[0], shape[0] if several else 1)
    if 4 * math.prod(shape) > MAX_BYTES:
        raise DataError(f"its frames take more than {MAX_BYTES >> 20} MiB: give fewer or smaller")


def check_count(frames: int, shots: int = 1) -> None:
    """Refuses too few frames of a shot, or too many of a film."""
    if frames < FEWEST or shots < 1 or frames * shots > MOST:
        raise DataError(f"it has {frames * shots} frames: {GIVE}, {FEWEST} at least in a shot")


def check_motion(shots: tuple[NDArray, ...]) -> None:
    """Refuses a film in which nothing moves."""
    if all(np.abs(np.diff(shot, axis=0)).max() <= STILL for shot in shots):
        raise DataError("its frames are all alike: nothing moves, so there is nothing to predict")


def in_grey(colours: NDArray) -> NDArray:
    """Frames uint8 [n, h, w, 3] as float32 [n, h, w] in [0, 1]."""
    return (colours @ LUMA / 255).astype(np.float32)


def fit_square(shot: NDArray) -> NDArray:
    """The middle square of frames [n, h, w] or [n, h, w, 3], in grey, brought to SIDE x SIDE."""
    from PIL import Image

    side = min(shot.shape[1:3])
    top, left = (shot.shape[1] - side) // 2, (shot.shape[2] - side) // 2
    middle = shot[:, top : top + side, left : left + side]
    grey = middle @ LUMA.astype(np.float32) if middle.ndim == 4 else middle
    frames = [Image.fromarray(frame) for frame in grey]
    small = [frame.resize((SIDE, SIDE), Image.Resampling.BILINEAR) for frame in frames]
    return np.stack([np.asarray(frame) for frame in small]).clip(0, 1)
