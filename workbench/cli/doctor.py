"""`workbench doctor`: what this machine has, and how long a run takes on it."""

import json
import platform
import time
from importlib import metadata
from typing import Any

import click

from workbench import __version__
from workbench.cli.common import one_sentence
from workbench.running import device as running_device
from workbench.science import compute

SHORT, LONG = 100, 300  # steps of the two runs that `doctor` times


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(as_json: bool) -> None:
    """What this machine has, and how long a run takes on it."""
    with one_sentence():
        report = examine()
    if as_json:
        return click.echo(json.dumps(report, indent=1))
    for topic, facts in report.items():
        words = ", ".join(f"{name} {value}" for name, value in facts.items())
        click.echo(f"{topic:<10}{words}")


def examine() -> dict[str, dict[str, Any]]:
    """The facts that `doctor` prints, by topic."""
    import torch

    from workbench import data

    device = running_device.pick_device()
    speed = calibrate("beta-vae", device)
    where = {"kind": device, "cores": compute.cores(), "threads": torch.get_num_threads()}
    if device.startswith("cuda"):
        where["gpu"] = torch.cuda.get_device_name(device)
    names = ("torch", "torchvision", "panel", "bokeh", "holoviews", "param", "scikit-learn")
    versions = {"workbench": __version__, "python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in names}
    sets = {entry.name: entry.status for entry in data.entries()}
    folder = str(data.data_folder())
    return {"device": where, "versions": versions, "data": {"folder": folder} | sets, "run": speed}


def calibrate(name: str, device: str) -> dict[str, Any]:
    """Seconds of a short run, and from two of them about how long a default run takes."""
    from workbench import chapters
    from workbench.running import players

    def seconds(steps: int) -> float:
        start = time.perf_counter()
        for _ in players.play(name, device, steps=steps):
            pass
        return time.perf_counter() - start

    seconds(SHORT)  # the first run of a process imports and allocates
    short, long = seconds(SHORT), seconds(LONG)
    steps = chapters.find(name).Settings().steps
    whole = long + max(0.0, long - short) / (LONG - SHORT) * (steps - LONG)
    timed = {"steps": LONG, "seconds": round(long, 3)}
    return {"chapter": name, **timed, "default_steps": steps, "default_seconds": round(whole, 1)}
