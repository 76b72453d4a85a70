"""The process's one Runner, over whatever trains: workers, this thread, or a cluster."""

from functools import cache

from workbench.running import dask
from workbench.running.device import pick_device
from workbench.running.players import Here, Place
from workbench.running.process import FRAME_SECONDS, Process
from workbench.running.runner import Runner
from workbench.running.store import open_store
from workbench.running.variables import budget_seconds, check_variables
from workbench.science.compute import cores

PLACES = 64  # runs that train at once, by turns


@cache
def shared_runner(where: str = "workers") -> Runner:
    """The process's one Runner: `workers` for a server, `here` for a notebook.

    With WORKBENCH_SCHEDULER both train on that cluster instead. Raises SettingsError for a variable
    that cannot be read.
    """
    check_variables()
    if (scheduler := dask.pick_address()) is not None:
        return on_cluster(scheduler)
    device = pick_device()
    if where == "here":
        return Runner([Here(device)], store=open_store(device))
    count = max(1, cores() - 1) if device == "cpu" else 1
    each = -(-PLACES // count)
    processes = [Process(device, "runs", FRAME_SECONDS) for _ in range(count)]
    readers = [Place(device, "runs", process) for process in processes for _ in range(each)]
    sweeps = Place(device, "sweeps", Process(device, "sweeps", FRAME_SECONDS))
    return Runner([*readers, sweeps], store=open_store(device), budget=budget_seconds())


def on_cluster(scheduler: str, device: str | None = None) -> Runner:
    """A Runner over the workers of a Dask cluster. Raises SettingsError without one."""
    players = dask.connect(scheduler, device)
    return Runner(players, store=open_store(players[0].device))
