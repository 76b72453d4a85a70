"""A Dask cluster as players: runs train on many machines, their frames come back as they appear.

    dask scheduler                        # on one machine
    dask worker tcp://HOST:8786 --nthreads 1 --nworkers 4     # on each
    workbench sweep rad --over noise=0:0.4:5 --scheduler tcp://HOST:8786

A worker must have the same version of this package and of torch installed, and the same data. A
person who reaches the scheduler's port can run code on its workers, as with any Dask cluster.
"""

import os
import pickle
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.settings import Settings, SettingsError
from workbench.running.device import pick_device
from workbench.running.errors import KNOWN, WorkerDied
from workbench.running.store_key import version

if TYPE_CHECKING:
    from distributed import Client, Future, Queue

VARIABLE = "WORKBENCH_SCHEDULER"
LOOK_SECONDS = 0.05  # between two looks for new frames
PATIENCE_SECONDS = 10  # that a scheduler has to answer
_ONE_AT_A_TIME = threading.Lock()  # in a worker process: torch's number of threads is global


def pick_address(chosen: str | None = None) -> str | None:
    """The scheduler to use: what was chosen, else WORKBENCH_SCHEDULER, else None."""
    return chosen or os.environ.get(VARIABLE) or None


def connect(scheduler: str, device: str | None = None) -> list["Remote"]:
    """A player for each worker of the cluster at `scheduler`, such as tcp://10.0.0.1:8786.

    device: cpu (the default) or cuda, of the workers. Raises SettingsError in one sentence when
    `distributed` is missing, nobody answers, or there is no worker.
    """
    try:
        from distributed import Client
    except ImportError:
        raise SettingsError("A cluster needs one more package: pip install distributed.") from None
    try:
        try:
            client = _open_client(Client, scheduler)
        except AssertionError:  # on a busy machine Dask's thread may miss its ten seconds
            client = _open_client(Client, scheduler)
    except (OSError, ValueError) as error:
        raise SettingsError(f"No Dask scheduler answers at {scheduler[:80]}: {error}") from None
    count = len(client.scheduler_info(n_workers=-1)["workers"])
    if not count:
        client.close()
        raise SettingsError(
            f"The scheduler at {scheduler} has no worker; start one: dask worker {scheduler}."
        )
    device = device or os.environ.get("WORKBENCH_DEVICE") or "cpu"
    return [Remote(client, device) for _ in range(count)]


def _open_client(kind: type["Client"], scheduler: str) -> "Client":
    """A client of the scheduler. One that fails is closed here and now.

    The garbage collector would close it at any moment, also in one in which the next client holds
    the lock that this needs (distributed 2026.8), and both would wait for ever.
    """
    client = kind.__new__(kind)
    try:
        # not the process's default client: a notebook may have one of its own
        kind.__init__(client, scheduler, timeout=PATIENCE_SECONDS, set_as_default=False)
    except BaseException:
        with suppress(Exception):
            client.close()
        raise
    return client


class Remote:
    """Trains one run, or one stack of runs, at a time somewhere on a cluster.

    When a worker dies, another begins its runs anew; the frames that had come already come again
    and are left out, for equal settings make equal frames.
    """

    def __init__(self, client: "Client", device: str):
        self.client = client
        self.device = device
        self._left = threading.Event()

    def frames(self, name: str, runs: Sequence[Settings]) -> Iterator[list[Frame]]:
        """Raises what the training raised, or WorkerDied."""
        from distributed import Event, Queue

        self._left.clear()
        channel = f"workbench-{uuid.uuid4().hex}"
        finished = False
        queue = Queue(channel, client=self.client)
        knobs = [run.values_by_name() for run in runs]
        task = self.client.submit(
            _train, name, knobs, self.device, version(name), channel, key=channel, pure=False
        )
        try:
            due = 0
            for number, reply in self._receive(queue, task):
                if isinstance(reply, Exception):
                    finished = True
                    raise reply
                if number == due:  # a lower one was made again by another worker
                    due += 1
                    if reply is None:
                        finished = True
                        return
                    yield reply
        finally:
            with suppress(Exception):  # the cluster may be gone
                if not finished:
                    Event(channel, client=self.client).set()
                task.release() if finished else task.cancel()
                queue.close()

    def _receive(self, queue: "Queue", task: "Future") -> Iterator[tuple[int, Any]]:
        """What the worker sends, until this player is told to leave."""
        while not self._left.is_set():
            try:
                over = task.status in ("error", "cancelled", "lost")  # before the last look
                packed = queue.get(batch=True)
            except Exception as error:  # distributed has many for one thing
                raise WorkerDied(f"The cluster is gone ({type(error).__name__}).") from None
            yield from map(pickle.loads, packed)
            if over and not packed:
                raise WorkerDied("The cluster gave this run up: its workers died with it.")
            if not packed:
                self._left.wait(LOOK_SECONDS)

    def stop(self) -> None:
        """Leaves at once; the worker learns of it at its next frame."""
        self._left.set()

    def close(self) -> None:
        self._left.set()
        with suppress(Exception):
            self.client.close()


def _train(name: str, runs: list[dict], device: str, expected: tuple, channel: str) -> None:
    """The task of a worker: sends (number, frames) after (number, frames), then None.

    An exception that ends the runs is sent instead; a set event ends them without a word.
    """
    from distributed import Event, Queue

    queue, left = Queue(channel), Event(channel)
    number = 0
    try:
        with _ONE_AT_A_TIME:
            for reply in train_if_equal(name, runs, device, expected):
                if left.is_set():
                    left.clear()
                    return
                queue.put(pickle.dumps((number, reply)))
                number += 1
        queue.put(pickle.dumps((number, None)))
    except Exception as error:
        if not isinstance(error, KNOWN):  # its class may not be there, or not survive the way
            error = RuntimeError(f"{type(error).__name__}: {error}")
        queue.put(pickle.dumps((number, error)))
    finally:
        queue.close()


def train_if_equal(
    name: str, runs: list[dict], device: str, expected: tuple
) -> Iterator[list[Frame]]:
    """Trains these runs. Raises SettingsError where the version is another than expected."""
    from workbench.running.worker import frames

    if tuple(expected) != version(name):
        raise SettingsError(
            "A worker of the cluster has another version of workbench or torch; install the same."
        )
    settings = [find(name).Settings(**knobs) for knobs in runs]
    yield from frames(name, settings, pick_device(device))
