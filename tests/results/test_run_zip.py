"""A run as a zip: everything that was shown, and a script that trains it again."""

import csv
import io
import json
import subprocess
import sys
import zipfile

import pytest
from click.testing import CliRunner

from workbench import play
from workbench.chapters import find
from workbench.cli.main import main
from workbench.results.run_zip import run_zip

NAME = "beta-vae"
SETTINGS = find(NAME).Settings(beta=2.5, steps=100, seed=3)


@pytest.fixture(scope="module")
def frames():
    return list(play(NAME, "cpu", **SETTINGS.values_by_name()))


def opened(packed):
    return zipfile.ZipFile(io.BytesIO(packed))


def test_the_script_of_a_zip_trains_the_same_numbers_again(frames, tmp_path):
    opened(run_zip(NAME, SETTINGS, frames)).extractall(tmp_path)
    assert len((tmp_path / "again.py").read_text().splitlines()) <= 15
    lines = subprocess.run(
        [sys.executable, tmp_path / "again.py"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert json.loads(lines[0]) == frames[-1].scalars
    assert lines[1] == "At most 0 away from points.csv."


def test_a_zip_holds_every_point_knob_and_picture(frames):
    packed = run_zip(NAME, SETTINGS, frames)
    assert packed == run_zip(NAME, SETTINGS, frames)
    unpacked = opened(packed)
    about = json.loads(unpacked.read("settings.json"))
    assert find(NAME).Settings(**about["settings"]) == SETTINGS and about["chapter"] == NAME
    assert {"workbench", "torch", "numpy", "python"} == set(about["versions"])
    rows = list(csv.DictReader(io.StringIO(unpacked.read("points.csv").decode())))
    assert [int(row["step"]) for row in rows] == [frame.step for frame in frames]
    for row, frame in zip(rows, frames, strict=True):
        assert {name: float(row[name]) for name in frame.scalars} == frame.scalars
    drawn = {name for name in unpacked.namelist() if name.startswith("pictures/")}
    assert len(drawn) == len(frames[-1].pictures) + len(find(NAME).traces)
    assert unpacked.read("pictures/rates.svg").startswith(b"<svg")


def test_a_zip_of_a_run_that_goes_on_says_so_and_needs_one_frame(frames):
    assert b"was not over" in opened(run_zip(NAME, SETTINGS, frames[:3])).read("README.txt")
    assert b"was not over" not in opened(run_zip(NAME, SETTINGS, frames)).read("README.txt")
    with pytest.raises(ValueError, match="no frame yet"):
        run_zip(NAME, SETTINGS, [])


def test_the_command_writes_the_zip(tmp_path):
    file = tmp_path / "run.zip"
    arguments = ["run", NAME, "--steps", "100", "--device", "cpu", "--zip", str(file)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert len(opened(file.read_bytes()).read("points.csv").splitlines()) > 10
