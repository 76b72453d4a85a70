"""What is taken home: a zip that repeats its run, a page that holds a sweep."""

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
from workbench.core.frames import Diverged, Frame
from workbench.results import sweep_page as take_home
from workbench.results.run_zip import run_zip
from workbench.results.sweep import Sweep
from workbench.results.sweep_page import Album, sweep_html
from workbench.running.players import Here
from workbench.running.runner import Runner

NAME = "beta-vae"
SETTINGS = find(NAME).Settings(beta=2.5, steps=100, seed=3)


@pytest.fixture(scope="module")
def frames():
    return list(play(NAME, "cpu", **SETTINGS.values_by_name()))


@pytest.fixture(scope="module")
def sweep():
    runner = Runner([Here("cpu")])
    yield Sweep(NAME, {"beta": [0, 4], "latent": [2, 3, 4]}, [5, 7], runner, steps=100).wait(120)
    runner.close()


def opened(packed):
    return zipfile.ZipFile(io.BytesIO(packed))


# ---- a run


def test_the_script_of_a_zip_trains_the_same_numbers_again(frames, tmp_path):
    opened(run_zip(NAME, SETTINGS, frames)).extractall(tmp_path)
    assert len((tmp_path / "again.py").read_text().splitlines()) <= 15
    said = subprocess.run(
        [sys.executable, tmp_path / "again.py"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert json.loads(said[0]) == frames[-1].scalars
    assert said[1] == "At most 0 away from points.csv."


def test_a_zip_holds_every_point_knob_and_picture(frames):
    packed = run_zip(NAME, SETTINGS, frames)
    assert packed == run_zip(NAME, SETTINGS, frames)
    found = opened(packed)
    about = json.loads(found.read("settings.json"))
    assert find(NAME).Settings(**about["settings"]) == SETTINGS and about["chapter"] == NAME
    assert {"workbench", "torch", "numpy", "python"} == set(about["versions"])
    rows = list(csv.DictReader(io.StringIO(found.read("points.csv").decode())))
    assert [int(row["step"]) for row in rows] == [frame.step for frame in frames]
    for row, frame in zip(rows, frames, strict=True):
        assert {name: float(row[name]) for name in frame.scalars} == frame.scalars
    drawn = {name for name in found.namelist() if name.startswith("pictures/")}
    assert len(drawn) == len(frames[-1].pictures) + len(find(NAME).traces)
    assert found.read("pictures/rates.svg").startswith(b"<svg")


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


# ---- a sweep


def test_a_page_holds_every_place_with_means_over_seeds(sweep):
    held = Album(sweep).held()
    assert [knob["values"] for knob in held["knobs"]] == [["0", "4"], ["2", "3", "4"]]
    assert [knob["start"] for knob in held["knobs"]] == [0, 2]  # nearest to beta 1, latent 10
    assert len(held["places"]) == 6 and len(held["bands"]) == 3
    summary = sweep.summary()
    for place, row in zip(held["places"], summary, strict=True):
        mean, half, n, _ = place["frames"][-1]["numbers"][0]
        assert (mean, half) == (f"{row['elbo']:.4g}", f"± {row['elbo_half']:.2g}") and n == "2"
        assert place["seed"] == 5 and place["steps"][-1] == 100
        assert len(place["courses"][0]["marks"]) == len(place["steps"])
    own = sweep.runs[2].frames[-1]  # beta 0, latent 3, seed 5
    assert held["places"][1]["frames"][-1]["numbers"][0][3] == f"{own.scalars['elbo']:.4g}"
    assert held["scalars"][0]["label"] == "ELBO"
    first, second = held["bands"][0]["scalars"][0]["marks"]
    assert first < second


def test_a_page_that_would_be_too_large_keeps_fewer_frames_and_says_so(sweep, monkeypatch):
    album = Album(sweep, 2)
    whole, halved = Album(sweep).shots[0][0], album.shots[0][0]
    assert len(halved) == -(-len(whole) // 2) and halved[-1] is whole[-1]
    assert "Of every 2 frames one" in album._about() and "Of every" not in Album(sweep)._about()
    monkeypatch.setattr(take_home, "_page", lambda _, every: bytes(1000 // every))
    assert [len(sweep_html(sweep, most)) for most in (1000, 999, 300)] == [1000, 500, 250]
    assert len(sweep_html(sweep, most_bytes=1)) > 1  # the last frame is always there


def test_a_place_without_a_finished_run_is_empty():
    class Failing(Here):
        def frames_together(self, name, runs):
            if any(run.beta == 1 for run in runs):
                raise Diverged("no")
            yield [Frame(1, 1, {"elbo": run.beta}) for run in runs]

        def frames(self, name, settings):
            return (frames[0] for frames in self.frames_together(name, [settings]))

    runner = Runner([Failing("cpu")])
    held = Album(Sweep(NAME, {"beta": [0, 1, 2]}, 2, runner).wait(30)).held()
    assert [len(place["frames"]) for place in held["places"]] == [1, 0, 1]
    assert "4 of 6 runs" in held["about"]
    failed = Sweep(NAME, {"beta": [1]}, 1, runner)
    failed.runs[0].ended.wait(30)
    with pytest.raises(ValueError, match="No run of this sweep is done"):
        sweep_html(failed)
    runner.close()


def test_a_page_begins_where_a_chapter_does():
    assert take_home._nearest([0.0, 2.0, 1.0], 1.0) == 2
    assert take_home._nearest([0, 4, 16], 3) == 1
    assert take_home._nearest(["soft", "hard"], "hard") == 1
    assert take_home._nearest(["soft", "recon"], "hard") == 0


def test_a_page_names_nothing_outside_itself(sweep):
    text = sweep_html(sweep).decode()
    assert "default-src 'none'" in text and "@HELD@" not in text and "@TITLE@" not in text
    assert "http://" not in text.partition('id="held"')[0] and "src=" not in text


def test_the_command_writes_the_page_and_refuses_a_place_that_is_not_there(tmp_path):
    sweeping = [
        "sweep",
        NAME,
        "--over",
        "beta=0,1",
        "--seeds",
        "1",
        "--steps",
        "100",
        "--device",
        "cpu",
        "--html",
    ]
    file = tmp_path / "sweep.html"
    assert CliRunner().invoke(main, [*sweeping, str(file)]).exit_code == 0
    assert file.read_text().startswith("<!DOCTYPE html>")
    said = CliRunner().invoke(main, [*sweeping, str(tmp_path / "no" / "x.html")])
    assert said.exit_code == 2 and "no such folder" in said.stderr
