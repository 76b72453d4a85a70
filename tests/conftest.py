"""What every test process shares: one thread, and hypothesis that repeats itself."""

import os
import shutil
import subprocess
from unittest.mock import patch

import pytest
import torch
from hypothesis import settings

from workbench.running.runner import Runner

os.environ["WORKBENCH_STORE"] = "off"  # a test that wants a store makes its own
os.environ["WORKBENCH_LEDGER"] = "off"  # a test of the ledger turns it on in a folder of its own
torch.set_num_threads(1)  # another number of threads gives other numbers, and is slower here
settings.register_profile("workbench", deadline=None, derandomize=True)
settings.load_profile("workbench")


@pytest.fixture(autouse=True)
def same_environment():
    """What a test sets for a command, or a command for its server, is no other test's setting."""
    with patch.dict(os.environ):
        yield


@pytest.fixture
def small_disk(tmp_path):
    """An empty disk of 2 MB of its own; `mount -o remount,ro` makes it one to be read only."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "workbench-test", place], capture_output=True
        )
        if shutil.which("mount")
        else None
    )
    if mounted is None or mounted.returncode:
        pytest.skip("a disk of its own takes Linux and the right to mount one")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.fixture
def make():
    """make(player, ...) -> Runner; closed afterwards, with every gate opened."""
    runners = []

    def made(*players, **kw):
        runners.append(Runner(players, **kw))
        return runners[-1]

    yield made
    for runner in runners:
        for player in runner.players:
            player.let(1000)
        runner.close()
