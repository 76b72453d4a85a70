"""A real Dask cluster of two worker processes: what comes back is what one would train here."""

import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from doubles import plain

from workbench import play
from workbench.chapters import find
from workbench.cli.main import main
from workbench.core.settings import SettingsError
from workbench.results.sweep import Sweep
from workbench.running.dask import connect, pick_address, train_if_equal
from workbench.running.run import RunFailed
from workbench.running.shared import on_cluster, shared_runner

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed")
NAME = "beta-vae"


def until(condition, patience=60):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


class Cluster:
    """A scheduler and worker processes, without Dask's nannies: who is killed stays dead."""

    def __init__(self, folder):
        self.file, self.log = folder / "scheduler.json", (folder / "log.txt").open("w")
        self.scheduler = self._start(
            "dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            self.file,
        )
        self.workers, self.folder = [], folder
        until(self.file.exists)

    def _start(self, program, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.{program}", *map(str, arguments)]
        environment = os.environ | {"WORKBENCH_STORE": "off"}
        return subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment)

    def add_worker(self):
        self.workers.append(
            self._start(
                "dask_worker",
                "--scheduler-file",
                self.file,
                "--no-nanny",
                "--nthreads",
                "1",
                "--no-dashboard",
                "--local-directory",
                self.folder,
            )
        )

    @property
    def address(self):
        import json

        return json.loads(self.file.read_text())["address"]

    def wait_for(self, count):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=90)

    def close(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A cluster with two workers. The test that kills one adds another."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.add_worker(), cluster.add_worker()
        cluster.wait_for(2)
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def runner(two, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", "off")
    made = on_cluster(two.address)
    yield made
    made.close()


def expect_the_frames_of_here(runs):
    for run in runs:
        assert run.status == "done", run.error
        here = list(play(run.name, "cpu", **run.settings.values_by_name()))
        assert plain(tuple(run.frames)) == plain(tuple(here))


def test_a_sweep_on_two_workers_comes_back_to_the_bit(runner):
    assert len(runner.players) == 2
    sweep = Sweep(NAME, {"beta": [0, 4]}, 2, runner, steps=200)
    until(lambda: all(run.status == "training" for run in sweep.runs))
    assert len({run.player for run in sweep.runs}) == 2  # a stack for each
    expect_the_frames_of_here(sweep.wait(120).runs)


def test_a_chapter_without_stacks_is_swept_run_by_run(runner):
    assert find("rad").stackable == ()
    low = find("rad").Settings.knobs()["steps"].low
    expect_the_frames_of_here(Sweep("rad", {"noise": [0, 0.4]}, 1, runner, steps=low).wait().runs)


def test_a_worker_that_is_killed_costs_no_frame_and_doubles_none(two, runner):
    sweep = Sweep(NAME, {"beta": [0, 4]}, 2, runner, steps=1500)
    until(lambda: all(len(run.frames) >= 4 for run in sweep.runs))
    assert not any(run.ended.is_set() for run in sweep.runs)
    victim = two.workers.pop(0)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    expect_the_frames_of_here(sweep.wait(180).runs)
    two.add_worker()
    two.wait_for(2)


def test_leaving_a_run_ends_it_at_once_here_and_soon_there(runner):
    client = runner.players[0].client

    def kept():
        return client.run_on_scheduler(queues_and_events)

    def queues_and_events(dask_scheduler):  # in here, because it travels by its code
        parts = dask_scheduler.extensions
        return sorted(parts["queues"].queues), sorted(parts["events"]._events)

    def busy():
        return sum(client.processing().values(), ())

    before = kept()
    run = runner.open(NAME, find(NAME).Settings(data="sprites", steps=20000), "me")
    until(lambda: len(run.frames) > 2)
    assert busy() and kept() != before
    runner.leave(run, "me")
    count = len(run.frames)
    assert run.status == "abandoned"
    runner.open(NAME, find(NAME).Settings(steps=100), "me").wait(30)
    until(lambda: not busy() and kept() == before, 30)  # the whole run takes minutes
    assert len(run.frames) == count


def test_what_goes_wrong_there_is_said_here(runner):
    with pytest.raises(RunFailed, match="no image set is called 'nowhere'"):
        runner.open(NAME, find(NAME).Settings(data="nowhere"), "me").wait(60)


def test_a_worker_with_another_version_refuses():
    runs = [find(NAME).Settings().values_by_name()]
    with pytest.raises(SettingsError, match="another version"):
        next(train_if_equal(NAME, runs, "cpu", ("older", "2.0")))


def test_the_command_sweeps_on_the_cluster(two, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", "off")
    arguments = ["sweep", NAME, "--over", "beta=0,4", "--seeds", "1", "--steps", "100", "--json"]
    here = CliRunner().invoke(main, [*arguments, "--device", "cpu"])
    there = CliRunner().invoke(main, [*arguments, "--scheduler", two.address])
    assert there.exit_code == 0 and there.stdout == here.stdout
    monkeypatch.setenv("WORKBENCH_SCHEDULER", two.address)
    shared = shared_runner.__wrapped__("workers")
    assert len(shared.players) == 2 and pick_address() == two.address
    shared.close()


def test_a_cluster_that_is_not_there_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.running.dask.PATIENCE_SECONDS", 0.5)
    with pytest.raises(SettingsError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        connect("tcp://127.0.0.1:9")
    with pytest.raises(SettingsError, match="No Dask scheduler answers at nonsense"):
        connect("nonsense:::")
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = CliRunner().invoke(
        main, ["sweep", NAME, "--over", "beta=0,1", "--scheduler", "tcp://x:1"]
    )
    assert said.exit_code == 2 and "pip install distributed" in said.stderr


def test_a_scheduler_without_workers_says_how_to_start_one(tmp_path):
    empty = Cluster(tmp_path)
    try:
        with pytest.raises(SettingsError, match="has no worker; start one: dask worker tcp"):
            connect(empty.address)
    finally:
        empty.close()
