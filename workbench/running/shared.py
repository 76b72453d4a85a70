"""TODO."""

import os
from functools import cache

from workbench.running import dask as cluster
from workbench.running.device import pick_device
from workbench.running.players import Here, Worker
from workbench.running.process import FRAME, Process
from workbench.running.runner import Runner
from workbench.running.store import open_store
from workbench.science.compute import cores

PLACES = 64  # runs that train at once, by turns


@cache
def shared_runner(where: str = "workers") -> Runner:
    """The process's one Runner: `workers` for a server, `here` for a notebook.

    With WORKBENCH_SCHEDULER both train on that cluster instead.
    """
    if (scheduler := cluster.address()) is not None:
        return on_cluster(scheduler)
    device = pick_device()
    if where == "here":
        return Runner([Here(device)], store=open_store(device))
    count = max(1, cores() - 1) if device == "cpu" else 1
    places = -(-PLACES // count)
    processes = [Process(device, "runs", FRAME) for _ in range(count)]
    readers = [Worker(device, "runs", home) for home in processes for _ in range(places)]
    budget = float(os.environ.get("WORKBENCH_SECONDS") or 60)
    sweeps = Worker(device, "sweeps", Process(device, "sweeps", FRAME))
    return Runner([*readers, sweeps], store=open_store(device), budget=budget)


def on_cluster(scheduler: str, device: str | None = None) -> Runner:
    """A Runner over the workers of a Dask cluster. Raises SettingsError without one."""
    players = cluster.players(scheduler, device)
    return Runner(players, store=open_store(players[0].device))
