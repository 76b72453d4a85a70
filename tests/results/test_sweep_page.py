"""A sweep as one page: what it holds, how large it may be, and that it needs nothing else."""

import pytest
from click.testing import CliRunner

from workbench.cli.main import main
from workbench.core.frames import Diverged, Frame
from workbench.results import sweep_page
from workbench.results.album import Album, describe, nearest
from workbench.results.sweep import Sweep
from workbench.results.sweep_page import sweep_html
from workbench.running.players import Here
from workbench.running.runner import Runner

NAME = "beta-vae"


@pytest.fixture(scope="module")
def sweep():
    runner = Runner([Here("cpu")])
    yield Sweep(NAME, {"beta": [0, 4], "latent": [2, 3, 4]}, [5, 7], runner, steps=100).wait(120)
    runner.close()


def nats(text: str) -> float:
    """The number of a text such as -27.2 nats."""
    number, unit = text.split("\u00a0")
    assert unit == "nats"
    return float(number)


def test_a_page_holds_every_combination_with_means_over_seeds(sweep):
    data = Album(sweep).as_json()
    assert [knob["values"] for knob in data["knobs"]] == [["0", "4"], ["2", "3", "4"]]
    assert [knob["start"] for knob in data["knobs"]] == [0, 2]  # nearest to beta 1, latent 10
    assert len(data["combinations"]) == 6 and len(data["bands"]) == 3
    summary = sweep.summary()
    for combination, row in zip(data["combinations"], summary, strict=True):
        mean, half, n, _ = combination["frames"][-1]["numbers"][0]
        assert nats(mean) == pytest.approx(row["elbo"], rel=1e-3) and n == "2"
        assert nats(half.removeprefix("± ")) == pytest.approx(row["elbo_half"], rel=0.06)
        assert combination["seed"] == 5 and combination["steps"][-1] == 100
        assert len(combination["courses"][0]["marks"]) == len(combination["steps"])
    own = sweep.runs[2].frames[-1]  # beta 0, latent 3, seed 5
    shown = data["combinations"][1]["frames"][-1]["numbers"][0][3]
    assert nats(shown) == pytest.approx(own.scalars["elbo"], rel=1e-3)
    assert data["scalars"][0]["label"] == "Held-out ELBO"
    first, second = data["bands"][0]["scalars"][0]["marks"]
    assert first < second


def test_a_page_too_large_keeps_fewer_frames_and_says_so(sweep, monkeypatch):
    album = Album(sweep, 2)
    whole, halved = Album(sweep).frames[0][0], album.frames[0][0]
    assert len(halved) == -(-len(whole) // 2) and halved[-1] is whole[-1]
    assert "Of every 2 frames one" in describe(sweep, 2)
    assert "Of every" not in describe(sweep, 1)
    monkeypatch.setattr(sweep_page, "_page", lambda _, every: bytes(1000 // every))
    assert [len(sweep_html(sweep, most)) for most in (1000, 999, 300)] == [1000, 500, 250]
    assert len(sweep_html(sweep, most_bytes=1)) > 1  # the last frame is always there


def test_a_combination_without_a_finished_run_is_empty():
    class Failing(Here):
        def frames(self, name, runs):
            if any(run.beta == 1 for run in runs):
                raise Diverged("no")
            yield [Frame(1, 1, {"elbo": run.beta}) for run in runs]

    runner = Runner([Failing("cpu")])
    data = Album(Sweep(NAME, {"beta": [0, 1, 2]}, 2, runner).wait(30)).as_json()
    assert [len(combination["frames"]) for combination in data["combinations"]] == [1, 0, 1]
    assert "4 of 6 runs" in data["about"]
    failed = Sweep(NAME, {"beta": [1]}, 1, runner)
    failed.runs[0].ended.wait(30)
    with pytest.raises(ValueError, match="No run of this sweep is done"):
        sweep_html(failed)
    runner.close()


def test_a_page_begins_where_a_chapter_does():
    assert nearest([0.0, 2.0, 1.0], 1.0) == 2
    assert nearest([0, 4, 16], 3) == 1
    assert nearest(["soft", "hard"], "hard") == 1
    assert nearest(["soft", "recon"], "hard") == 0


def test_a_page_names_nothing_outside_itself(sweep):
    text = sweep_html(sweep).decode()
    assert "default-src 'none'" in text and "@DATA@" not in text and "@TITLE@" not in text
    assert "http://" not in text.partition('id="data"')[0] and "src=" not in text


def test_the_command_writes_the_page_only_into_a_folder(tmp_path):
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
    result = CliRunner().invoke(main, [*sweeping, str(tmp_path / "no" / "x.html")])
    assert result.exit_code == 2 and "no such folder" in result.stderr
