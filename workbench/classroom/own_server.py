"""TODO."""

import math
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class OwnServer:
    """`workbench serve` in a process of its own, on a free port, with a store that is thrown away.

    Its memory, CPU and workers are read from /proc, so they are known on Linux alone.
    """

    def __init__(self, log: Path, *arguments: str, **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url, self.log = f"http://127.0.0.1:{port}", Path(log)
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
        """Megabytes that the server's own process holds; NaN where there is no /proc."""
        with suppress(OSError):
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
        return math.nan

    def cpu(self) -> float:
        """Seconds of CPU that the server's own process has used; NaN where there is no /proc."""
        with suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return math.nan

    def workers(self) -> list[int]:
        """The processes that train: children of the server's fork server, oldest first."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        mine = {pid for pid, parent in parents.items() if parent == self.process.pid}
        return sorted(pid for pid, parent in parents.items() if parent in mine)

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
