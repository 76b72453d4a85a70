"""Players: where a training generator is advanced, in this process or in a worker of its own."""

import os
from collections.abc import Iterator

import torch

from workbench.chapters import find
from workbench.frames import Frame
from workbench.settings import Settings, SettingsError


def pick_device(name: str | None = None) -> str:
    """`name`, else WORKBENCH_DEVICE, else "cuda" when there is one, else "cpu".

    Raises SettingsError when CUDA is asked for and absent.
    """
    name = name or os.environ.get("WORKBENCH_DEVICE") or ""
    if name not in ("", "cpu", "cuda"):
        raise SettingsError(f"The device must be cpu or cuda, not {name[:20]!r}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingsError("There is no CUDA device here; use cpu.")
    return name or ("cuda" if torch.cuda.is_available() else "cpu")


def frames(name: str, settings: Settings, device: str) -> Iterator[Frame]:
    """The frames of one run of chapter `name`, trained in this thread.

    One thread and no denormal numbers, whatever the process was doing: another number of threads
    gives other numbers, and is slower for small nets.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    yield from find(name).train(settings, device)


def play(name: str, device: str | None = None, **knobs) -> Iterator[Frame]:
    """Trains chapter `name` here and now: `for frame in play("beta-vae", beta=4): ...`

    Raises SettingsError at once for an unknown chapter, knob or value.
    """
    settings = find(name).Settings(**knobs)
    return frames(name, settings, pick_device(device))
