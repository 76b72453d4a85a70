"""A run as a zip: settings, every number, the pictures, and a script that trains it again."""

import csv
import io
import json
import platform
import zipfile
from collections.abc import Sequence
from importlib import metadata

from workbench.chapters import find
from workbench.core.chapter import Chapter
from workbench.core.frames import Frame
from workbench.core.settings import Settings
from workbench.results.svg import svg

SCRIPT = '''\
"""Trains this run again and compares it with points.csv."""
import csv, json
from pathlib import Path
from workbench import play

folder = Path(__file__).parent
run = json.loads((folder / "settings.json").read_text())
points = csv.DictReader((folder / "points.csv").open())
frames = play(run["chapter"], run["device"], **run["settings"])
apart = 0.0
for frame, point in zip(frames, points, strict=True):
    for name, value in frame.scalars.items():
        apart = max(apart, abs(value - float(point[name])))
print(json.dumps(frame.scalars))
print(f"At most {apart:g} away from points.csv.")
'''


def run_zip(name: str, settings: Settings, frames: Sequence[Frame], device: str = "cpu") -> bytes:
    """A zip of one run of chapter `name`: settings.json, points.csv (a row a frame, every
    scalar), pictures/*.svg (the last frame's and the traces), again.py and a README.

    Raises ValueError without a frame.
    """
    if not frames:
        raise ValueError("The run has no frame yet; wait for its first one.")
    chapter, last = find(name), frames[-1]
    about = {
        "chapter": name,
        "device": device,
        "settings": settings.values_by_name(),
        "step": last.step,
        "steps": last.steps,
        "versions": versions(),
    }
    traces = {trace.title: trace.curves(frames) for trace in chapter.traces}
    files = {
        "README.txt": _readme(chapter, last),
        "settings.json": json.dumps(about, indent=1) + "\n",
        "points.csv": write_points(frames),
        "again.py": SCRIPT,
    }
    for title, picture in (traces | last.pictures).items():
        files[f"pictures/{_file_name(title)}.svg"] = svg(picture)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file, text in files.items():
            # one date for all: equal runs make equal bytes
            zipped.writestr(zipfile.ZipInfo(file), text, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def write_points(frames: Sequence[Frame]) -> str:
    """CSV with a row for each frame: its step and every scalar, to the last bit."""
    names = list(dict.fromkeys(name for frame in frames for name in frame.scalars))
    text = io.StringIO()
    table = csv.DictWriter(text, ["step", *names], lineterminator="\n")
    table.writeheader()
    for frame in frames:
        table.writerow({"step": frame.step} | {k: float(v) for k, v in frame.scalars.items()})
    return text.getvalue()


def versions() -> dict[str, str]:
    """What made the numbers."""
    packages = {"workbench": "dlwl-workbench", "torch": "torch", "numpy": "numpy"}
    versions = {name: metadata.version(package) for name, package in packages.items()}
    return versions | {"python": platform.python_version()}


def _readme(chapter: Chapter, last: Frame) -> str:
    numbers = "\n".join(f"{name:<20}{value:.6g}" for name, value in last.scalars.items())
    unfinished = (
        "" if last.step == last.steps else f"\nThe run was not over: {last.step} steps of it.\n"
    )
    return (
        f"{chapter.title}, after {last.step} of {last.steps} steps\n{unfinished}\n{numbers}\n\n"
        "settings.json  every knob, and the versions of what made the numbers\n"
        "points.csv     every number at every frame\n"
        "pictures/      what was shown at the end\n"
        "again.py       trains the run again: python again.py\n"
    )


def _file_name(title: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in title.lower()).strip("_")
