"""`workbench sweep NAME` and `workbench bake NAME`: many values and seeds side by side."""

import json
import math
import time
from collections.abc import Collection
from typing import Any

import click

from workbench.cli.common import (
    FILE,
    SCHEDULER,
    Refused,
    finite,
    name_near,
    one_sentence,
    print_columns,
    write_file,
)
from workbench.cli.run import ChapterCommand, Chapters
from workbench.cli.tasks import bake_tasks
from workbench.core.settings import Knob, Settings
from workbench.data import names
from workbench.results import plan
from workbench.results.plan import write
from workbench.running import device as running_device
from workbench.running import shared
from workbench.running.run import RunFailed
from workbench.science import compute

TASKS = "--tasks"
RUNS_IN_THIS_PROCESS = 12  # runs that a sweep trains in this process


class SweepCommand(ChapterCommand):
    """`workbench sweep NAME --over KNOB=VALUES`, with an option for each other knob."""

    aim = "train it for many values and seeds side by side"

    def options(self) -> list[click.Option]:
        own = [
            click.Option(
                ["--over"],
                multiple=True,
                metavar="KNOB=LOW:HIGH:COUNT|A,B,C",
                help="The knob and its values; may be given again for another knob.",
            ),
            click.Option(
                ["--seeds"],
                type=click.IntRange(1, 100),
                default=5,
                show_default=True,
                help="How many seeds, from 0 on.",
            ),
            click.Option(["--yes"], is_flag=True, help="Do not ask before a large sweep."),
            click.Option(
                ["--html", "html_file"],
                type=FILE,
                help="Keep the whole sweep in this HTML file, which needs no kernel.",
            ),
            click.Option(["--scheduler"], metavar="ADDRESS", help=SCHEDULER),
        ]
        return own + [option for option in super().options() if option.name != "zip_file"]

    def act(self, chapter, **given) -> None:
        sweep_chapter(chapter, **given)


@click.group(cls=Chapters, made=SweepCommand, subcommand_metavar="NAME --over KNOB=VALUES ...")
def sweep() -> None:
    """Train a chapter for many values of a knob and several seeds."""


class BakeCommand(SweepCommand):
    """`workbench bake NAME --over KNOB=VALUES`: a sweep for the store."""

    aim = "train it for many values and seeds, to be there when a class asks for them"

    def act(self, chapter, **given) -> None:
        from workbench.running import store

        place = store.find_folder()
        if place is None:
            raise Refused("WORKBENCH_STORE is off: there is nowhere to keep what would be baked.")
        try:
            store.Store(place, "").try_writing()
        except OSError as error:
            reason = error.strerror or error
            raise click.ClickException(
                f"Nothing was trained, for nothing can be kept in {place}: {reason}."
            ) from None
        done = sweep_chapter(chapter, **given)
        kept = sum(done.runner.store.path(*run.key).exists() for run in done.runs)
        click.echo(f"Kept {kept} of {len(done.runs)} runs in {place}.", err=given["as_json"])
        if kept < len(done.runs):
            raise click.exceptions.Exit(1)


class Bakery(Chapters):
    """The chapters to bake a sweep of, and `--tasks` for what the package keeps of them."""

    def list_commands(self, ctx):
        return [TASKS, *super().list_commands(ctx)]

    def get_command(self, ctx, cmd_name):
        return bake_tasks if cmd_name == TASKS else super().get_command(ctx, cmd_name)

    def parse_args(self, ctx, args):
        ctx.ignore_unknown_options = TASKS in args[:1]
        return super().parse_args(ctx, args)


@click.group(cls=Bakery, made=BakeCommand, subcommand_metavar="NAME --over KNOB=VALUES ...")
def bake() -> None:
    """Train a sweep before class and keep it; --tasks: what the package keeps of its lessons."""


def sweep_chapter(
    chapter, over, seeds, yes, device, as_json, html_file, scheduler, **given
) -> None:
    """Trains every combination and prints a row for each value: means and 95 % intervals. Returns
    the sweep."""
    from workbench.results import sweep

    knobs = chapter.Settings.knobs()
    values = _values_by_knob(over, knobs)
    if html_file and not any(_is_number(knobs[name]) for name in values):
        raise Refused("--html needs a knob with numbers among those that are swept.")
    given = {name: value for name, value in given.items() if value is not None}
    count = math.prod(map(len, values.values())) * seeds
    if count > plan.RUNS_UNASKED and not yes:
        confirm_large_sweep(
            chapter.name, plan.plan(chapter.name, values, seeds, **given).runs, device
        )
    with one_sentence(given.get("data", "")):
        runner = _runner(device, scheduler, count)
        try:
            done = sweep.Sweep(chapter.name, values, seeds, runner, **given)
            watch_sweep(done, given.get("data", ""))
            rows = done.summary()
        finally:
            runner.close()  # also when it is interrupted
    if html_file:
        from workbench.results.sweep_page import sweep_html

        write_file(html_file, sweep_html(done))
    if as_json:
        click.echo("\n".join(json.dumps(_finite(row), allow_nan=False) for row in rows))
    else:
        spread = f"mean and 95 % interval of the mean over {seeds} seeds"
        click.echo(f"{chapter.title}: {count} runs; {spread if seeds > 1 else '1 seed each'}")
        _print_rows(rows, list(values), chapter.reading)
    return done


def _values_by_knob(over: Collection[str], knobs: dict[str, Knob]) -> dict[str, list]:
    """The values of each knob that is swept, numbers first."""
    asked = dict(knob_and_values(word, knobs) for word in over)
    asked = dict(sorted(asked.items(), key=lambda item: not _is_number(knobs[item[0]])))
    if not asked:
        raise Refused("Say what to sweep: --over KNOB=LOW:HIGH:COUNT, such as --over beta=0:4:5.")
    return {name: plan.parse_values(knobs[name], text) for name, text in asked.items()}


def _print_rows(rows: list[dict[str, Any]], swept: list[str], reading: Collection[str]) -> None:
    """Prints a line for each value of the swept knobs; a number that it lacks is a dash."""
    known = dict.fromkeys(name for row in rows for name in row)
    shown = [name for name in reading or known if f"{name}_half" in known]
    lines = [
        [*(write(row[name]) for name in swept), *(_interval(row, name) for name in shown)]
        for row in rows
    ]
    print_columns([[*swept, *shown], *lines])


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    return {name: finite(x) if isinstance(x, float) else x for name, x in row.items()}


def confirm_large_sweep(name: str, settings: list[Settings], device: str | None) -> None:
    """Asks whether a large sweep is meant: so many runs, about so long."""
    from workbench.results.duration import estimate_seconds, in_words

    click.echo("Measuring how long this takes.", err=True)
    with one_sentence():
        device = running_device.pick_device(device)
        seconds = estimate_seconds(name, settings, device)
    long = in_words(seconds / _processes(device, len(settings)))
    click.confirm(
        f"These are {len(settings)} runs, about {long} on this machine. Train them all?",
        abort=True,
        err=True,
    )


def _runner(device: str | None, scheduler: str | None, count: int):
    """A Runner for so many runs: on a cluster, with a process a core, or in this thread."""
    from workbench.running import dask as cluster
    from workbench.running import players, store
    from workbench.running import runner as runs

    if (address := cluster.pick_address(scheduler)) is not None:
        return shared.on_cluster(address, device)
    device = running_device.pick_device(device)
    if (many := _processes(device, count)) > 1:
        who = [players.Place(device, "sweeps") for _ in range(many)]
    else:
        who = [players.Here(device)]
    return runs.Runner(who, store=store.open_store(device))


def _processes(device: str, count: int) -> int:
    """How many processes train so many runs on this machine; 1: this one does."""
    # a few are done before another process is there
    return min(compute.cores(), count) if device == "cpu" and count >= RUNS_IN_THIS_PROCESS else 1


def knob_and_values(word: str, knobs: dict[str, Knob]) -> tuple[str, str]:
    name, _, text = word.partition("=")
    name = name.strip().replace("-", "_")
    sweepable = [
        n for n, k in knobs.items() if n != "seed" and (_is_number(k) or k.kind == "choice")
    ]
    if name not in sweepable or not text:
        raise Refused(
            f"--over takes KNOB=VALUES with one of {', '.join(sweepable)}, not {word[:40]!r}."
        )
    return name, text


def _is_number(knob: Knob) -> bool:
    return knob.kind in ("number", "integer")


def _interval(row: dict[str, Any], name: str) -> str:
    if name not in row:
        return "-"
    mean = f"{row[name]:.4g}"
    return f"{mean} +- {row[name + '_half']:.2g}" if row["n"] > 1 else mean


def watch_sweep(done, data: str = "") -> None:
    """Shows a bar until every run has ended, then prints a line for each value that failed.

    data: the set that was asked for. Raises ClickException, in one sentence, if all have failed.
    """
    from tqdm import tqdm

    total = sum(run.settings.values_by_name().get("steps", 1) for run in done.runs)
    with tqdm(total=total, unit="step", disable=None) as bar:
        while done.done < len(done.runs):
            time.sleep(0.1)
            bar.update(sum(run.frames[-1].step for run in done.runs if run.frames[:]) - bar.n)
    errors = {run.error for run in done.runs if run.status != "done"}
    if len(errors) == 1 and all(run.status != "done" for run in done.runs):
        hint = name_near(data) if data not in names() else ""
        raise click.ClickException(f"{errors.pop()}{hint}")
    for sentence in done.failures():
        click.echo(sentence, err=True)
    try:
        done.wait()
    except RunFailed:
        raise click.ClickException("No run has come to its end.") from None
