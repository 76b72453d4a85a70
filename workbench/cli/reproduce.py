"""`workbench reproduce NAME`: a paper's comparison over seeds, ours beside what was published."""

import json
import math
import shlex
import time
from collections import deque
from contextlib import suppress
from importlib import metadata
from typing import Any

import click

from workbench.cli.common import DEVICE, one_sentence, print_columns
from workbench.core.pictures import Table
from workbench.running import device as running_device
from workbench.science import compute


class Duration(click.ParamType):
    """A stretch of time such as 90s, 20m or 1h, as seconds."""

    name = "time"

    def convert(self, value, param, ctx):
        with suppress(ValueError, KeyError, IndexError):
            text = str(value)
            seconds = float(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]
            if 0 < seconds < math.inf:
                return seconds
        self.fail(f"must be a time such as 90s, 20m or 1h, not {str(value)[:40]!r}.", param, ctx)


@click.command()
@click.argument("name")
@click.option("--data", help="The data set  [default: the study's own]")
@click.option("--seeds", type=click.IntRange(1, 100), help="Seeds  [default: the study's own]")
@click.option("--budget", type=Duration(), help="Stop after this time: 90s, 20m, 1h.")
@click.option("--device", metavar="cpu|cuda", help=DEVICE)
@click.option("--json", "as_json", is_flag=True, help="The table as one JSON object.")
@click.option("--save", is_flag=True, help="Keep the table for the pages and the documents.")
def reproduce(name, data, seeds, budget, device, as_json, save) -> None:
    """Train a paper's comparison over seeds and print it beside what was published."""
    from workbench.results import studies

    study = studies.find(name)
    data = data or study.data
    grown: deque[Table] = deque(maxlen=1)
    with one_sentence(data), compute.one_thread():
        device = running_device.pick_device(device)
        for table in study.reproduce(data, seeds or study.seeds, budget, device):
            grown.append(table)
            click.echo(".", nl=False, err=True)  # a sign of life for every line that has grown
        click.echo(err=True)
    (table,) = grown
    if save:
        asked = {
            "--data": data if data != study.data else None,
            "--seeds": seeds,
            "--budget": budget and f"{budget:g}s",
        }
        _save(table, name, {key: value for key, value in asked.items() if value}, device)
    if as_json:
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        return click.echo(json.dumps({"title": table.title, "rows": rows}))
    click.echo(table.title)
    print_columns([table.columns, *table.rows])
    click.echo(table.caption)


def _save(table: Table, name: str, asked: dict[str, Any], device: str) -> None:
    from workbench.results import studies

    options = [str(word) for pair in asked.items() for word in pair]
    kept = studies.Measured(
        table.title,
        list(table.columns),
        [list(row) for row in table.rows],
        table.caption,
        shlex.join(["workbench", "reproduce", name, *options]),
        time.strftime("%Y-%m-%d"),
        device,
        metadata.version("torch"),
    )
    data = asked.get("--data")
    path = studies.save(name if data is None else f"{name}-{data}", kept)
    click.echo(f"Kept in {path.name}.", err=True)
