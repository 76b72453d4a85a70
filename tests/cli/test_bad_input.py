"""Every command answers what it cannot use in one sentence, and one bad value costs its row."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from click.testing import CliRunner
from doubles import PATIENCE, until

from workbench.cli.main import main
from workbench.core.settings import SettingsError
from workbench.running import variables

FEW = "Without clusters 30 (seed 0): ./few.npz has 20 pictures: ask for at most so many clusters."


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of bad files, to work in; runs are kept in another."""
    here = tmp_path / "here"
    (here / "folder").mkdir(parents=True)
    for name in ("empty.npz", "empty.csv", "empty.ipynb"):
        (here / name).touch()
    (here / "wrong.npz").write_text("no zip")
    (here / "wrong.csv").write_bytes(bytes(range(128, 256)) * 20)
    (here / "wrong.ipynb").write_text("[1, 2]")
    (here / "text.txt").write_text("hello")
    np.savez(here / "few.npz", images=np.random.default_rng(0).random((20, 8, 8)))
    monkeypatch.chdir(here)
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("WORKBENCH_DEVICE", "cpu")
    return here


def call(line):
    return CliRunner().invoke(main, line.split(), prog_name="workbench")


def is_one_sentence(result) -> bool:
    """Whether a command has said what is wrong in one line, and nothing else."""
    fair = result.exit_code in (1, 2) and not isinstance(result.exception, Exception)
    error = result.stderr.strip()
    return fair and error.count("\n") == 0 and error.startswith("Error: ") and not result.stdout


DATA = ("./missing.npz", "./empty.npz", "./empty.csv", "./wrong.npz", "./wrong.csv", "./text.txt")
COMMANDS = (
    *("run autoencoder --data {}", "run mil --data {}", "run rad --data {}"),
    *("sweep autoencoder --over latent=2,3 --data {}", "bake ceal --over lr=0.01 --data {}"),
    *("reproduce clustering --seeds 1 --data {}", "data check {}", "data get {}"),
    *("run {}", "sweep {}", "bake {}", "reproduce {}", "store {}", "serve {}"),
    *("run autoencoder --zip {}/x.zip", "sweep autoencoder --over latent=2,3 --html {}/x.html"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_file_is_answered_in_one_sentence(command):
    for file in (*DATA, "./folder"):
        if file != "./folder" or "/x." not in command:  # into a folder one can write
            result = call(command.format(file))
            assert is_one_sentence(result), (command, file, result.output, result.exception)


@pytest.mark.parametrize("name", ["run", "sweep --over latent=2,3", "bake --over latent=2,3"])
def test_a_misspelt_set_is_answered_with_the_near_name(name):
    command, _, options = name.partition(" ")
    result = call(f"{command} autoencoder {options} --data digit")
    assert is_one_sentence(result) and "did you mean digits?" in result.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_answered_in_one_sentence(folder):
    (folder / "few.npz").chmod(0)
    for command in COMMANDS[:7]:
        assert is_one_sentence(call(command.format("./few.npz"))), command


@pytest.mark.parametrize("file", ["missing.ipynb", "empty.ipynb", "wrong.ipynb", "folder"])
def test_what_is_no_notebook_is_not_served(file):
    assert is_one_sentence(call(f"serve {file}"))


def test_one_password_for_two_doors_is_refused(monkeypatch):
    monkeypatch.setenv("WORKBENCH_INSTRUCTOR", "same")
    assert "another than the instructor's" in call("serve --password same").stderr


@pytest.mark.parametrize("file", ["text.txt", "wrong.csv", "folder", "no/where.jsonl"])
def test_what_is_no_record_of_votes_is_not_written_to(folder, file):
    before = (folder / file).read_bytes() if (folder / file).is_file() else None
    assert is_one_sentence(call(f"serve --record {file}"))
    assert before is None or (folder / file).read_bytes() == before


@pytest.mark.parametrize("origin", ["lms.example", "https://a.example/course", "*", "https://x;"])
def test_what_is_no_origin_may_show_nothing(origin):
    assert "write it as https://lms.example" in call(f"serve --allow-embed {origin}").stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://"])
def test_a_rehearsal_without_a_server_says_so_at_once(url):
    assert is_one_sentence(call(f"rehearse --url {url} --password x"))


# --- a failing value


def test_a_value_that_fails_costs_its_row():
    for values in ("10,30", "30,10"):
        line = f"sweep clustering --data ./few.npz --over clusters={values} --seeds 1 --steps 100"
        result = call(line)
        rows = {row.split()[0]: row.split()[1:] for row in result.stdout.splitlines()[1:]}
        assert result.exit_code == 0 and result.stderr.strip() == FEW
        assert set(rows["30"]) == {"-"} and "elbo" in rows["clusters"] and "-" not in rows["10"]
        assert "+-" not in result.stdout  # a single seed has no interval
        first, second = map(json.loads, call(line + " --json").stdout.splitlines())
        assert {first["n"], second["n"]} == {0, 1}
    assert call(line + " --html x.html").exit_code == 0 and Path("x.html").stat().st_size > 10_000


def test_bake_says_what_it_has_kept_and_no_more(monkeypatch):
    line = "bake autoencoder --over latent=2,3 --seeds 1 --steps 100"
    with monkeypatch.context() as full:
        full.setenv("WORKBENCH_FAULTS", "full")
        with pytest.warns(UserWarning, match="No space left"):
            result = call(line)
        assert result.exit_code == 1 and "Kept 0 of 2 runs" in result.stdout
    result = call(line)
    assert result.exit_code == 0 and "Kept 2 of 2 runs" in result.stdout
    result = call("bake clustering --data ./few.npz --over clusters=10,30 --seeds 1 --steps 100")
    assert result.exit_code == 1 and "Kept 1 of 2 runs" in result.stdout


def test_bake_trains_nothing_where_nothing_can_be_kept(monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", "/proc/nope")
    result = call("bake autoencoder --over latent=2,3 --seeds 1 --steps 100")
    assert is_one_sentence(result) and "Nothing was trained" in result.stderr


# --- an interrupt

# what begins in the background hears no interrupt, and neither do its children
HEARS = (
    "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('workbench.cli', run_name='__main__')"
)
SWEEP = "sweep autoencoder --over latent=2:14:13 --seeds 1 --steps 20000 --yes"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_sweep_leaves_no_process_behind(folder):
    command = [sys.executable, "-c", HEARS, *SWEEP.split()]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as trains:
        own = psutil.Process(trains.pid)
        until(lambda: any(child.cpu_times().user > 1 for child in own.children(recursive=True)))
        begun = own.children(recursive=True)
        trains.send_signal(signal.SIGINT)
        assert trains.wait(PATIENCE) == 1
        assert "Traceback" not in trains.stderr.read()
    gone, alive = psutil.wait_procs(begun, PATIENCE)
    assert len(gone) == len(begun) > 1 and not alive


# --- variables


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 4 * 2**30),
        ("2", 2 * 2**30),
        ("1.5", 1536 * 2**20),
        ("4G", 4 * 2**30),
        ("2 GiB", 2 * 2**30),
        ("1500MB", 1500 * 10**6),
        (" 4gb ", 4 * 10**9),
        ("2000000000 b", 2 * 10**9),
    ],
)
def test_memory_is_read_with_its_unit(monkeypatch, text, size):
    monkeypatch.setenv(variables.MEMORY, text)
    assert variables.memory_bytes() == size


@pytest.mark.parametrize(("text", "seconds"), [("", 60), ("90", 90), ("90s", 90), ("1.5 min", 90)])
def test_a_budget_is_read_with_its_unit(monkeypatch, text, seconds):
    monkeypatch.setenv(variables.SECONDS, text)
    assert variables.budget_seconds() == seconds


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("MEMORY", value) for value in ("lots", "-4", "0", "4X", "4 5", "nan", "512MB", "1e9")),
        *(("SECONDS", value) for value in ("abc", "-1", "0", "inf", "1 day")),
        *(("DEVICE", "toaster"), ("SCHEDULER", "nonsense"), ("FAULTS", "flood")),
        *(("DATA", "text.txt"), ("STORE", "text.txt")),
    ],
)
def test_a_variable_that_cannot_be_read_is_one_sentence_at_the_start(monkeypatch, variable, value):
    monkeypatch.setenv(f"WORKBENCH_{variable}", value)
    for command in ("list", "serve --port 0", "run autoencoder", "store list", "data list"):
        result = call(command)
        assert is_one_sentence(result) and f"WORKBENCH_{variable}" in result.stderr
    with pytest.raises(SettingsError, match=variable):
        variables.check_variables()
