"""A `workbench serve` of a rehearsal's own, with its memory, CPU and workers."""

import math
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


class OwnServer:
    """`workbench serve` in a process of its own, on a free port, with a store of its own."""

    def __init__(self, log: Path, *arguments: str, **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = Path(log)
        command = [
            sys.executable,
            "-m",
            "workbench.cli",
            "serve",
            "--port",
            str(port),
            *arguments,
        ]
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | environment
            )

    def memory(self) -> float:
        """Megabytes that the server's own process holds; NaN when it is gone."""
        with suppress(psutil.NoSuchProcess):
            return self._process().memory_info().rss / 2**20
        return math.nan

    def cpu(self) -> float:
        """Seconds of CPU that the server's own process has used; NaN when it is gone."""
        with suppress(psutil.NoSuchProcess):
            times = self._process().cpu_times()
            return times.user + times.system
        return math.nan

    def workers(self) -> list[int]:
        """The processes that train: children of the server's fork server, oldest first."""
        with suppress(psutil.NoSuchProcess):
            forks = self._process().children()
            return sorted(child.pid for fork in forks for child in fork.children())
        return []

    def _process(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    def close(self) -> None:
        """Ends the server, and waits until it is gone."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def own_server(*arguments: str, **environment: str) -> Iterator[OwnServer]:
    """A server for one rehearsal; it keeps no run of the user's and leaves none."""
    with tempfile.TemporaryDirectory() as folder:
        store = {"WORKBENCH_STORE": str(Path(folder) / "store")}
        server = OwnServer(Path(folder) / "log.txt", *arguments, **(store | environment))
        try:
            yield server
        finally:
            server.close()
