"""`workbench rehearse`: fill a server with raw clients and say whether it is fit for a class."""

import json
import os
import secrets
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from workbench.classroom.rehearsal import client, own_server
from workbench.cli.common import finite, print_columns


@contextmanager
def own_class(people: int, instructor: str):
    """A server of this rehearsal's own, with room for all, that records their votes."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("--room", str(2 * people + 20), "--record", str(Path(folder) / "class.jsonl"))
        with own_server.own_server(*arguments, WORKBENCH_INSTRUCTOR=instructor) as own:
            yield own


@click.command()
@click.option("--people", type=click.IntRange(1, 500), default=40, show_default=True)
@click.option("--minutes", type=click.FloatRange(0.05, 120), default=3, show_default=True)
@click.option("--url", help="A server that runs already  [default: one is started for this]")
@click.option("--password", envvar="WORKBENCH_PASSWORD", show_envvar=True, help="Of that server.")
@click.option(
    "--instructor",
    envvar="WORKBENCH_INSTRUCTOR",
    show_envvar=True,
    help="The instructor's password there; without it nobody votes.",
)
@click.option(
    "--kill/--no-kill",
    default=None,
    help="Kill a worker half-way  [default: where the server is ours]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def rehearse(people, minutes, url, password, instructor, kill, as_json) -> None:
    """Fill a server with people who move sliders and vote, and say whether it is fit for them."""
    import asyncio
    from contextlib import nullcontext

    from workbench.classroom.rehearsal import rehearse

    if url and kill:
        raise click.UsageError("--kill takes a server of this command's own: leave out --url.")
    kill, say = not url and kill is not False, partial(click.echo, err=True)
    instructor = instructor or ("" if url else secrets.token_urlsafe(9))
    with nullcontext() if url else own_class(people, instructor) as own:
        try:
            report = asyncio.run(
                rehearse.rehearse(
                    url or own.url, people, 60 * minutes, password or "", own, kill, say, instructor
                )
            )
        except client.Refused as error:
            raise click.ClickException(str(error)) from None
    busy = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    if as_json:
        numbers = {name: finite(value) for name, value in report.numbers.items()}
        click.echo(json.dumps({"people": people, "fit": not report.misses(), "numbers": numbers}))
    else:
        print_columns([("what", "measured", "a class needs"), *report.rows()])
        click.echo("\n".join(report.notes + [f"Load average {busy} on {os.cpu_count()} cores."]))
        click.echo(report.sentence())
    sys.exit(bool(report.misses()))
