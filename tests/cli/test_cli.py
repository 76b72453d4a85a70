"""The command line: options from knobs, one sentence for every mistake, JSON that is JSON."""

import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import param
import pytest
from click.testing import CliRunner
from doubles import texts
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from workbench import __version__, chapters, data
from workbench.cli import doctor, run
from workbench.cli.main import main
from workbench.core.frames import Diverged, Frame
from workbench.core.settings import DataName, Settings
from workbench.data import DataError, reading
from workbench.running import players
from workbench.science import compute
from workbench.server import frames


class Knobs(Settings):
    data = DataName("digits", doc="what to look at")
    kind = param.Selector(default="calm", objects=["calm", "wild", "short"])
    rate = param.Number(0.5, bounds=(-1, 2), doc="how fast")
    noisy = param.Boolean(False)
    latent_size = param.Integer(3, bounds=(1, 8))
    steps = param.Integer(20, bounds=(1, 9000))
    seed = param.Integer(0, bounds=(0, 99))
    relevant = {"rate": lambda s: s.kind == "wild"}


@dataclass
class Toy:
    name: str = "toy"
    title: str = "A toy"
    Settings: Any = Knobs
    source: Any = None


def toy_frames(name, device=None, **knobs):
    settings = Knobs(**knobs)
    for step in (1, 5, 20):
        if step == 20 and settings.kind == "wild":
            raise Diverged("Training diverged at step 20 (loss is inf). Lower the rate.")
        if step == 20 and settings.kind == "short":
            raise DataError("digts is cut")
        yield Frame(step, 20, {"loss": 1 / step, "score": math.nan}, {}, f"step {step}")


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setattr(chapters, "NAMES", ("toy",))
    monkeypatch.setattr(chapters, "find", lambda name: Toy())
    monkeypatch.setattr(players, "play", toy_frames)
    monkeypatch.delenv("WORKBENCH_DEVICE", raising=False)


def call(line):
    return CliRunner().invoke(main, line.split(), prog_name="workbench")


def refuse_constant(word):
    raise AssertionError(f"{word} is not JSON")


def lines_of(result):
    rows = result.stdout.splitlines()
    return [json.loads(row, parse_constant=refuse_constant) for row in rows]


def test_json_is_one_object_a_frame_and_the_last_says_what_was_run(toy):
    result = call("run toy --latent-size 5 --noisy --seed 7 --device cpu --json")
    first, second, end = lines_of(result)
    assert result.exit_code == 0
    assert first == {
        "step": 1,
        "steps": 20,
        "scalars": {"loss": 1.0, "score": None},
        "note": "step 1",
    }
    assert "done" not in second and end["done"] is True
    assert (end["chapter"], end["device"], end["seed"], end["step"]) == ("toy", "cpu", 7, 20)
    assert end["settings"] == Knobs(latent_size=5, noisy=True, seed=7).values_by_name()
    assert end["data"] == data.report("digits").as_dict() and end["data"]["classes"]["0"] == 178


def test_without_json_the_last_numbers_and_the_command_that_repeats_them(toy):
    result = call("run toy --latent-size 5 --device cpu")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert result.stdout.startswith("A toy: 20 steps in ")
    assert ["loss", "0.05"] in rows and ["score", "nan"] in rows
    assert rows[-1] == "Again: workbench run toy --latent-size 5".split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run toy --rate 7", "rate must be a number from -1 to 2"),
        ("run toy --rate nan", "rate must be a number from -1 to 2"),
        ("run toy --latent-size 2.5", "latent_size must be a whole number from 1 to 8"),
        ("run toy --kind clam", "kind must be one of calm, wild, short"),
        ("run toy --noisy maybe", "noisy must be true or false"),
        ("run toy --rat 1", "toy has no --rat (did you mean --rate?); it has --data, --kind"),
        ("run toy --rate", "--rate needs a value, a number from -1 to 2"),
        ("run toy --device tpu", "The device must be cpu or cuda"),
        ("run toy more", "unexpected extra argument"),
        ("rnu toy", "Did you mean 'run'?"),
        ("serve --port 99999", "99999"),
        ("--jason", "--jason"),
    ],
)
def test_a_wrong_word_is_one_sentence_and_status_2(toy, line, words):
    result = call(line)
    assert result.exit_code == 2 and result.stdout == ""
    assert words in result.stderr and result.stderr.count("\n") == 1


def test_an_unknown_chapter_is_refused_with_the_names_there_are():
    result = call("run beta-vea")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1
    assert all(name in result.stderr for name in chapters.NAMES)
    assert "Did you mean beta-vae?" in result.stderr


@pytest.mark.parametrize(
    ("kind", "words"),
    [("wild", "diverged at step 20"), ("short", "digts is cut (did you mean digits?)")],
)
def test_a_run_that_fails_keeps_its_frames_and_says_why(toy, kind, words):
    result = call(f"run toy --kind {kind} --data digts --device cpu --json")
    assert result.exit_code == 1
    assert [line["step"] for line in lines_of(result)] == [1, 5]
    assert not any("done" in line for line in lines_of(result))
    assert words in result.stderr and result.stderr.count("\n") == 1


def test_a_knob_without_effect_is_named(toy):
    assert "--rate has no effect" in call("run toy --rate 1").stderr
    assert call("run toy --latent-size 4").stderr == ""


@pytest.mark.parametrize("name", chapters.NAMES)
def test_help_tells_every_knob_with_its_range(name):
    text = squeezed(call(f"run {name} --help").stdout)
    knobs = chapters.find(name).Settings.knobs()
    assert not {"device", "as_json", "help"} & set(knobs)
    for knob in knobs.values():
        assert run.flag(knob.name) in text
        assert squeezed(knob.doc) in text and squeezed(knob.allowed()) in text


def squeezed(text):
    """The text without spaces, because help is wrapped, at hyphens too."""
    return "".join(text.split())


def test_list_has_every_chapter_and_knob():
    listed = json.loads(call("list --json").stdout)
    assert [chapter["name"] for chapter in listed] == list(chapters.NAMES)
    for chapter in listed:
        knobs = chapters.find(chapter["name"]).Settings.knobs()
        assert [knob["name"] for knob in chapter["knobs"]] == list(knobs)
        fields = [{"name", "default", "label", "doc"} <= set(knob) for knob in chapter["knobs"]]
        assert all(fields)
    plain = call("list").stdout
    assert all(f"{name}: " in plain for name in chapters.NAMES) and "--beta " in plain


def value_of(knob):
    """Any value that the knob allows."""
    if knob.kind == "choice":
        return st.sampled_from(knob.choices)
    if knob.kind == "switch":
        return st.booleans()
    if knob.kind == "data":
        return st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1)
    if knob.kind == "text":
        return st.sampled_from(["", *texts(knob)])
    if knob.kind == "integer":
        return st.integers(math.ceil(knob.low), math.floor(knob.high))
    return st.floats(knob.low, knob.high)


@pytest.mark.parametrize("name", ["toy", *chapters.NAMES])
@hypothesis(max_examples=50)
@given(draw=st.data())
def test_settings_survive_the_way_through_the_command_line(name, draw):
    made = Knobs if name == "toy" else chapters.find(name).Settings
    values = {knob.name: draw.draw(value_of(knob)) for knob in made.knobs().values()}
    settings = made(**values)
    command = run.ChapterCommand(Toy(name=name, Settings=made))
    params = command.make_context(name, run.arguments(settings)).params
    knobs = {k: params[k] for k in made.knobs() if params[k] is not None}
    assert made(**knobs) == settings


def test_data_lists_what_there_is_and_how_to_get_the_rest(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    result = call("data list")
    assert result.stdout == call("data").stdout
    assert "digits" in result.stdout and "workbench data get mnist" in result.stdout
    assert call("data check digits").stdout.startswith("digits: 1438 + 359 images")
    assert "did you mean mnist?" in call("data get mnst").stderr
    got = []
    monkeypatch.setattr(data, "get", got.append)
    assert call("data get digits").stdout.startswith("digits: 1438") and got == ["digits"]


def test_a_set_cut_short_is_named_and_the_others_are_checked(monkeypatch, tmp_path):
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04 cut")
    images = np.random.default_rng(0).integers(0, 255, (30, 8, 8), np.uint8)
    np.savez(tmp_path / "whole.npz", images=images)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.setattr(reading, "names", lambda: ("cut", "whole"))
    everything, alone = call("data check"), call("data check cut")
    assert everything.exit_code == alone.exit_code == 1
    assert everything.stdout.startswith("whole: 24 + 6 images") and alone.stdout == ""
    assert "cut.npz" in everything.stderr and "cut.npz" in alone.stderr


def test_doctor_reports_device_versions_data_and_speed(toy, monkeypatch):
    monkeypatch.setattr(doctor.time, "perf_counter", iter([0, 9, 10, 12, 20, 26]).__next__)
    report = json.loads(call("doctor --json").stdout)
    assert report["device"]["cores"] == compute.cores() and report["device"]["threads"] >= 1
    assert report["versions"]["workbench"] == __version__
    assert report["data"]["digits"] == "embedded"
    # 2 s for 100 steps, 6 s for 300: 20 ms a step, so 6 - 280 * 0.02 for 20 steps
    assert report["run"]["seconds"] == 6 and report["run"]["default_seconds"] == 0.4


def served(monkeypatch, line):
    import panel.command

    seen = []
    monkeypatch.setattr("workbench.cli.serve.warm", lambda room: seen.append("warm"))
    monkeypatch.setattr(panel.command, "main", lambda: seen.extend(sys.argv))
    monkeypatch.setattr(sys, "argv", sys.argv)
    for name in ("BOKEH_SIGN_SESSIONS", "BOKEH_SECRET_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert call(line).exit_code == 0
    assert seen.pop(0) == "warm"  # before the first reader comes
    return seen


def test_an_origin_that_may_embed_may_open_websockets(monkeypatch):
    monkeypatch.setattr("workbench.server.frames.ALLOWED", [])
    line = "serve --allow-embed https://lms.example --allow-embed http://box.example:8080"
    words = served(monkeypatch, line)
    origins = [words[i + 1] for i, word in enumerate(words) if word == "--allow-websocket-origin"]
    assert {"lms.example:443", "box.example:8080"} <= set(origins)
    policy = "frame-ancestors 'self' https://lms.example http://box.example:8080"
    assert frames.frame_policy(embeds=True) == policy
    assert frames.frame_policy(embeds=False) == "frame-ancestors 'self'"


def test_serve_starts_panel_with_our_limits(monkeypatch):
    words = served(monkeypatch, "serve --show --port 5100 notebooks/02_beta_vae.ipynb")
    assert words[:2] == ["panel", "serve"] and Path(words[2]).name == "app.py"
    assert words[words.index("--port") + 1] == "5100"
    assert words[words.index("--address") + 1] == "127.0.0.1"
    assert words[words.index("--unused-session-lifetime") + 1] == "30000"
    origins = [words[i + 1] for i, word in enumerate(words) if word == "--allow-websocket-origin"]
    assert {"127.0.0.1:5100", "localhost:5100"} <= set(origins) and "*" not in str(origins)
    # Panel takes files in one place alone
    assert words[3] == "notebooks/02_beta_vae.ipynb" and words[-1] == "--show"
    assert os.environ["BOKEH_SIGN_SESSIONS"] == "yes"
    assert len(os.environ["BOKEH_SECRET_KEY"]) == 64


def test_help_needs_neither_torch_nor_panel():
    code = (
        "import sys; from workbench.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'panel', 'bokeh', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_installed_command_gives_the_numbers_of_python():
    workbench = shutil.which("workbench", path=Path(sys.executable).parent)
    line = "run beta-vae --steps 100 --beta 4 --device cpu --json".split()
    done = subprocess.run([workbench, *line], check=True, capture_output=True, text=True)
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    frames = list(players.play("beta-vae", "cpu", steps=100, beta=4))
    assert done.stderr == ""
    assert [row["step"] for row in rows] == [frame.step for frame in frames]
    assert [row["scalars"] for row in rows] == [frame.scalars for frame in frames]


def test_the_dashboard_answers_and_ends_when_it_is_told_to(tmp_path):
    port = str(free_port())
    with subprocess.Popen(
        [sys.executable, "-m", "workbench.cli", "serve", "--port", port],
        stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "log").open("w"),
    ) as server:
        try:
            page = fetch(f"http://127.0.0.1:{port}/", server)
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) in (0, -signal.SIGTERM)
    assert "bokeh" in page.lower()
    assert "Error" not in (tmp_path / "log").read_text()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(address, server, patience=90):
    """The page at the address, once the server is up."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=30).read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no page; the server's status is {server.poll()}")
