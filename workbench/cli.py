"""The command line: `workbench list | run | sweep | bake | store | reproduce | data | doctor |
serve | rehearse`.

The options of `workbench run NAME` are made from the chapter's knobs. Torch and Panel are imported
by the commands that need them, so that help comes at once. A wrong word ends with status 2, a run
or a file that fails with status 1, and each says why in one sentence on standard error.
"""

import gc
import json
import math
import os
import platform
import secrets
import shlex
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import click

from workbench import __version__
from workbench.frames import Diverged, Frame, Table
from workbench.settings import Knob, Settings, SettingsError

DEVICE = "Where to train  [default: cuda when there, else cpu]"
HERE = ("127.0.0.1", "localhost", "::1")  # addresses that only this machine reaches
SCHEDULER = "Train on the Dask cluster at tcp://HOST:PORT  [default: $WORKBENCH_SCHEDULER]"
SHORT, LONG = 100, 300  # steps of the two runs that `doctor` times


class Refused(click.ClickException):
    """A command, chapter, knob or value that does not exist, in one sentence."""

    exit_code = 2


class Door(click.Group):
    """A group that answers a wrong word with one sentence instead of a page of usage."""

    def make_context(self, *args, **kw):
        with _refusals():
            return super().make_context(*args, **kw)

    def invoke(self, ctx):
        with _refusals():
            return super().invoke(ctx)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise Refused(error.format_message()) from None
    except SettingsError as error:
        raise Refused(str(error)) from None


@contextmanager
def _failures(data: str = "") -> Iterator[None]:
    """What ends a run with one sentence and status 1; `data` is the set that was asked for."""
    from workbench.data import DataError, catalog

    try:
        yield
    except Diverged as error:
        raise click.ClickException(str(error)) from None
    except DataError as error:
        hint = _meant(data, [entry.name for entry in catalog() if entry.name != data])
        raise click.ClickException(f"{error}{hint}") from None


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, 1)
    return f" (did you mean {near[0]}?)" if near else ""


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workbench")
def main() -> None:
    """Deep learning without labels: train the chapters' small models, or serve the dashboard."""


# ---- list


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_chapters(as_json: bool) -> None:
    """The chapters and their knobs."""
    from workbench import chapters

    found = [chapters.find(name) for name in chapters.NAMES]
    if as_json:
        return click.echo(json.dumps([describe(chapter) for chapter in found], indent=1))
    for chapter in found:
        click.echo(f"{chapter.name}: {chapter.title}")
        for knob in chapter.Settings.knobs().values():
            click.echo(f"  {flag(knob.name):<16}{knob.label}: {_range(knob)}")


def describe(chapter) -> dict[str, Any]:
    """A chapter's name, title and knobs as plain values."""
    knobs = [knob.as_dict() for knob in chapter.Settings.knobs().values()]
    return {"name": chapter.name, "title": chapter.title, "knobs": knobs}


# ---- run: a command for each chapter, an option for each knob


class Chapters(Door):
    """The chapters as commands of one class, each built when it is asked for."""

    def __init__(self, *args, made: str = "ChapterCommand", **kw):
        super().__init__(*args, **kw)
        self._made = made

    def list_commands(self, ctx):
        from workbench import chapters

        return list(chapters.NAMES)

    def get_command(self, ctx, cmd_name):
        from workbench import chapters

        return globals()[self._made](chapters.find(cmd_name))


class ChapterCommand(click.Command):
    """`workbench run NAME`: an option for each knob, all as text for the Settings to judge.

    A wrong option is answered with the options there are, a bare one with its range.
    """

    aim = "train it once and print its numbers"

    def __init__(self, chapter):
        self.knobs = {flag(name): knob for name, knob in chapter.Settings.knobs().items()}
        super().__init__(
            chapter.name,
            params=[*map(knob_option, self.knobs.values()), *self.options()],
            callback=partial(self.act, chapter),
            help=f"{chapter.title}: {self.aim}.",
            short_help=chapter.title,
        )

    def options(self) -> list[click.Option]:
        """The options that are not knobs."""
        return [
            click.Option(["--device"], metavar="cpu|cuda", help=DEVICE),
            click.Option(["--json", "as_json"], is_flag=True, help="A JSON line a frame."),
            click.Option(
                ["--zip", "zip_file"],
                type=FILE,
                help="Keep settings, points, pictures and a script in this zip.",
            ),
        ]

    def act(self, chapter, **given) -> None:
        train(chapter, **given)

    def parse_args(self, ctx, args):
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            known = [option.opts[0] for option in self.params]
            word = error.option_name[:40] + _meant(error.option_name, known)
            raise Refused(f"{self.name} has no {word}; it has {', '.join(known)}.") from None
        except click.BadOptionUsage as error:  # the value is missing
            if knob := self.knobs.get(error.option_name):
                message = f"{error.option_name} needs a value, {knob.allowed()}."
                raise Refused(message) from None
            raise


class NewFile(click.Path):
    """A file to be written at the end: its folder must be there before hours of training."""

    def convert(self, value, param, ctx):
        path = Path(super().convert(value, param, ctx))
        if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            self.fail(f"cannot be in {str(path.parent)!r}: there is no such folder to write to.")
        return str(path)


FEW = 12  # runs that a sweep trains in this process
FILE = NewFile(dir_okay=False, writable=True)


def knob_option(knob: Knob) -> click.Option:
    """The command-line option of one knob."""
    # a switch may stand alone: --adversarial is --adversarial true
    lone = {"is_flag": False, "flag_value": "true"} if knob.kind == "switch" else {}
    return click.Option(
        [flag(knob.name), knob.name],
        metavar="NAME|PATH" if knob.kind == "data" else knob.kind.upper(),
        help=f"{knob.doc or knob.label}  [{_range(knob)}]",
        **lone,
    )


def flag(knob: str) -> str:
    """The option of the knob: latent_size is --latent-size."""
    return "--" + knob.replace("_", "-")


def _range(knob: Knob) -> str:
    default = knob.default
    if knob.kind in ("number", "integer"):
        default = f"{default:g}"
    return f"{knob.allowed()}; default {str(default).lower() if knob.kind == 'switch' else default}"


@main.group(cls=Chapters, subcommand_metavar="NAME [--KNOB VALUE ...] [--json]")
def run() -> None:
    """Train one chapter; `workbench run NAME --help` shows its knobs."""


def train(chapter, device: str | None, as_json: bool, zip_file: str | None, **given) -> None:
    """Train the chapter with the knobs that were given and print what it yields."""
    from workbench import players

    shown: list[Frame] = []
    given = {name: value for name, value in given.items() if value is not None}
    settings = chapter.Settings(**given)
    for name in given:
        if not settings.matters(name):
            click.echo(f"Note: {flag(name)} has no effect with these settings.", err=True)
    with _failures(given.get("data", "")):
        device = players.pick_device(device)
        frames = players.play(chapter.name, device, **settings.values_by_name())
        if zip_file:
            frames = _kept(frames, shown)
        if as_json:
            stream(frames, ending(chapter.name, settings, device))
        else:
            start = time.perf_counter()
            frame = last(frames)
            spent = f"{frame.step} steps in {time.perf_counter() - start:.1f} s on {device}"
            click.echo(f"{chapter.title}: {spent}")
            table(frame.scalars)
            again = ["workbench", "run", chapter.name, *arguments(settings)]
            click.echo(f"Again: {shlex.join(again)}")
    if zip_file:
        from workbench import take_home

        _write(zip_file, take_home.run_zip(chapter.name, settings, shown, device))


def _kept(frames: Iterable[Frame], shown: list[Frame]) -> Iterator[Frame]:
    for frame in frames:
        shown.append(frame)
        yield frame


def _write(file: str, content: bytes) -> None:
    try:
        Path(file).write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"{file}: {len(content) / 1e6:.1f} MB", err=True)


def ending(name: str, settings: Settings, device: str) -> dict[str, Any]:
    """What the last line of --json says beside its frame."""
    knobs = settings.values_by_name()
    where = {"device": device, "seed": knobs.get("seed")}
    return {"done": True, "chapter": name, "settings": knobs, **where}


def arguments(settings: Settings) -> list[str]:
    """The options that give these settings; knobs at their defaults are left out."""
    knobs, changed = settings.knobs(), parse_qsl(settings.to_query())
    values = settings.values_by_name()
    pairs = [(k, text) for k, text in changed if values[k] != knobs[k].default]
    return [word for k, text in pairs for word in (flag(k), text)]


def stream(frames: Iterable[Frame], closing: dict[str, Any]) -> None:
    """One JSON line a frame, each as soon as the next is there; the last also has `closing`."""
    held = None
    try:
        for frame in frames:
            _emit(held)
            held = frame
    except Exception:
        _emit(held)
        raise
    _emit(held, closing)


def _emit(frame: Frame | None, extra: dict[str, Any] | None = None) -> None:
    if frame is not None:
        scalars = {name: _finite(value) for name, value in frame.scalars.items()}
        line = {"step": frame.step, "steps": frame.steps, "scalars": scalars, "note": frame.note}
        click.echo(json.dumps(line | (extra or {}), allow_nan=False))


def _finite(value: float) -> float | None:
    """The number, or None for the NaN and infinities that JSON does not have."""
    return float(value) if math.isfinite(value) else None


def last(frames: Iterable[Frame]) -> Frame:
    """The last frame; a bar on the terminal follows the others."""
    from tqdm import tqdm

    with tqdm(unit="step", leave=False, disable=None) as bar:
        for frame in frames:
            bar.total = frame.steps
            bar.set_description(frame.note, refresh=False)
            bar.update(frame.step - bar.n)
    return frame


def table(scalars: dict[str, float]) -> None:
    """Names and numbers in two columns."""
    width = max(map(len, scalars), default=0)
    for name, value in scalars.items():
        click.echo(f"  {name:<{width}}  {value:.5g}")


# ---- sweep


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


@main.group(cls=Chapters, made="SweepCommand", subcommand_metavar="NAME --over KNOB=VALUES ...")
def sweep() -> None:
    """Train a chapter for many values of a knob and several seeds."""


class BakeCommand(SweepCommand):
    """`workbench bake NAME --over KNOB=VALUES`: a sweep for the store."""

    aim = "train it for many values and seeds, to be there when a class asks for them"

    def act(self, chapter, **given) -> None:
        from workbench import store

        place = store.folder()
        if place is None:
            raise Refused("WORKBENCH_STORE is off: there is nowhere to keep what would be baked.")
        sweep_chapter(chapter, **given)
        click.echo(f"Kept in {place}.")


@main.group(cls=Chapters, made="BakeCommand", subcommand_metavar="NAME --over KNOB=VALUES ...")
def bake() -> None:
    """Train a sweep before class and keep it."""


@main.group("store", cls=Door)
def store_group() -> None:
    """Finished runs that are kept on disk."""


@store_group.command("list")
def store_list() -> None:
    """How many runs of which chapter are kept, and where."""
    from workbench import store

    if (place := store.folder()) is None:
        return click.echo("WORKBENCH_STORE is off: nothing is kept.")
    found = store.Store(place, "").entries()
    for name, count in sorted(Counter(path.name.rpartition("-")[0] for path in found).items()):
        click.echo(f"{name}: {count} runs")
    size = sum(path.stat().st_size for path in found) / 2**20
    click.echo(f"{len(found)} runs, {size:.1f} MB, in {place}")


@store_group.command("clear")
def store_clear() -> None:
    """Remove every kept run."""
    from workbench import store

    place = store.folder()
    count = 0 if place is None else store.Store(place, "").clear()
    click.echo(f"Removed {count} runs.")


def sweep_chapter(
    chapter, over, seeds, yes, device, as_json, html_file, scheduler, **given
) -> None:
    """Trains every combination and prints a row for each value: means and 95 % intervals."""
    from workbench import sweeps

    knobs = chapter.Settings.knobs()
    asked = dict(_parted(word, knobs) for word in over)
    asked = dict(sorted(asked.items(), key=lambda item: not _is_number(knobs[item[0]])))
    if not asked:
        raise Refused("Say what to sweep: --over KNOB=LOW:HIGH:COUNT, such as --over beta=0:4:5.")
    found = {name: sweeps.values(knobs[name], text) for name, text in asked.items()}
    if html_file and not any(_is_number(knobs[name]) for name in found):
        raise Refused("--html needs a knob with numbers among those that are swept.")
    given = {name: value for name, value in given.items() if value is not None}
    count = math.prod(map(len, found.values())) * seeds
    if count > sweeps.MOST and not yes:
        _ask(chapter.name, sweeps.planned(chapter.name, found, seeds, **given)[-1], device)
    with _failures(given.get("data", "")):
        runner = _runner(device, scheduler, count)
        done = sweeps.Sweep(chapter.name, found, seeds, runner, **given)
        _watch_sweep(done)
        rows = done.summary()
        runner.close()
    if html_file:
        from workbench import take_home

        _write(html_file, take_home.sweep_html(done))
    if as_json:
        return click.echo("\n".join(json.dumps(row) for row in rows))
    click.echo(
        f"{chapter.title}: {count} runs; mean and 95 % interval of the mean over {seeds} "
        f"seed{'s' * (seeds > 1)}"
    )
    shown = [name for name in chapter.reading or rows[0] if name in rows[0]]
    head = [*found, *shown]
    lines = [
        [sweeps.written(row[name]) if name in found else _interval(row, name) for name in head]
        for row in rows
    ]
    _columns([head, *lines])


def _ask(name: str, settings: list[Settings], device: str | None) -> None:
    """Whether a large sweep is meant: how many runs, and about how long."""
    from workbench import players, sweeps

    click.echo("Measuring how long this takes.", err=True)
    with _failures():
        device = players.pick_device(device)
        seconds = sweeps.about_seconds(name, settings, device)
    long = sweeps.in_words(seconds / _processes(device, len(settings)))
    click.confirm(
        f"These are {len(settings)} runs, about {long} on this machine. Train them all?",
        abort=True,
        err=True,
    )


def _runner(device: str | None, scheduler: str | None, count: int):
    """Who trains a sweep of so many runs: a cluster, a process a core, or this thread."""
    from workbench import cluster, players, runs

    if (found := cluster.address(scheduler)) is not None:
        return runs.on_cluster(found, device)
    device = players.pick_device(device)
    if (many := _processes(device, count)) > 1:
        who = [players.Worker(device, "sweeps") for _ in range(many)]
    else:
        who = [players.Here(device)]
    return runs.Runner(who, store=runs.kept(device))


def _processes(device: str, count: int) -> int:
    """How many processes train so many runs on this machine; 1: this one does."""
    from workbench import turns

    # a few are done before another process is there
    return min(turns.cores(), count) if device == "cpu" and count >= FEW else 1


def _parted(word: str, knobs: dict[str, Knob]) -> tuple[str, str]:
    name, _, text = word.partition("=")
    name = name.strip().replace("-", "_")
    there = [n for n, k in knobs.items() if n != "seed" and (_is_number(k) or k.kind == "choice")]
    if name not in there or not text:
        raise Refused(
            f"--over takes KNOB=VALUES with one of {', '.join(there)}, not {word[:40]!r}."
        )
    return name, text


def _is_number(knob: Knob) -> bool:
    return knob.kind in ("number", "integer")


def _interval(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.4g} +- {row[name + '_half']:.2g}"


def _watch_sweep(done) -> None:
    """A bar on a terminal until every run has ended; then what failed, a line each."""
    from tqdm import tqdm

    from workbench.sweeps import written

    total = sum(run.settings.values_by_name().get("steps", 1) for run in done.runs)
    with tqdm(total=total, unit="step", disable=None) as bar:
        while done.done < len(done.runs):
            time.sleep(0.1)
            bar.update(sum(run.frames[-1].step for run in done.runs if run.frames[:]) - bar.n)
    for cell, run in zip(done.cells, done.runs, strict=True):
        if run.status != "done":
            where = ", ".join(f"{name} {written(value)}" for name, value in cell.items())
            click.echo(f"Without {where}: {run.error}", err=True)
    done.wait()


# ---- reproduce


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


@main.command()
@click.argument("name")
@click.option("--data", help="The data set  [default: the study's own]")
@click.option("--seeds", type=click.IntRange(1, 100), help="Seeds  [default: the study's own]")
@click.option("--budget", type=Duration(), help="Stop after this time: 90s, 20m, 1h.")
@click.option("--device", metavar="cpu|cuda", help=DEVICE)
@click.option("--json", "as_json", is_flag=True, help="The table as one JSON object.")
@click.option("--save", is_flag=True, help="Keep the table for the pages and the README.")
def reproduce(name, data, seeds, budget, device, as_json, save) -> None:
    """Train a paper's comparison over seeds and print it beside what was published."""
    from workbench import players, studies, turns

    study = studies.find(name)
    data = data or study.data
    grown: deque[Table] = deque(maxlen=1)
    with _failures(data), turns.one_thread():
        device = players.pick_device(device)
        for found in study.reproduce(data, seeds or study.seeds, budget, device):
            grown.append(found)
            click.echo(".", nl=False, err=True)  # a sign of life for every line that has grown
        click.echo(err=True)
    (found,) = grown
    if save:
        asked = {
            "--data": data if data != study.data else None,
            "--seeds": seeds,
            "--budget": budget and f"{budget:g}s",
        }
        _save(found, name, {key: value for key, value in asked.items() if value}, device)
    if as_json:
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        return click.echo(json.dumps({"title": found.title, "rows": rows}))
    click.echo(found.title)
    _columns([found.columns, *found.rows])
    click.echo(found.caption)


def _save(found: Table, name: str, asked: dict[str, Any], device: str) -> None:
    from workbench import studies

    options = [str(word) for pair in asked.items() for word in pair]
    kept = studies.Measured(
        found.title,
        list(found.columns),
        [list(row) for row in found.rows],
        found.caption,
        shlex.join(["workbench", "reproduce", name, *options]),
        time.strftime("%Y-%m-%d"),
        device,
        metadata.version("torch"),
    )
    data = asked.get("--data")
    path = studies.save(name if data is None else f"{name}-{data}", kept)
    click.echo(f"Kept in {path.name}.", err=True)


def _columns(rows: Iterable[Iterable[Any]]) -> None:
    """Rows of words below each other, each column as wide as its longest word."""
    words = [[str(word) for word in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    for row in words:
        padded = (word.ljust(width) for word, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


# ---- data


@main.group("data", cls=Door, invoke_without_command=True)
@click.pass_context
def data_group(ctx: click.Context) -> None:
    """Image sets: what there is, download, verify."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(data_list)


@data_group.command("list")
def data_list() -> None:
    """Every known set, and the command that brings a missing one."""
    from workbench import data

    for entry in data.catalog():
        click.echo(f"{entry.name:<16}{entry.status:<10}{entry.how or entry.note}")
    there = data.weights.find(data.data_folder())
    status, note = ("on disk", data.weights.TITLE) if there else ("absent", data.weights.HOW)
    click.echo(f"{data.weights.NAME:<16}{status:<10}{note}")
    click.echo(f"Your own: a .npz, a .csv or a folder of pictures in {data.data_folder()}")


@data_group.command("get")
@click.argument("name")
def data_get(name: str) -> None:
    """Download NAME into the data folder and verify its checksums."""
    from workbench import data

    with _failures(name):
        data.get(name)
        click.echo(data.check(name))


@data_group.command("check")
@click.argument("name", required=False)
def data_check(name: str | None) -> None:
    """Verify NAME (a set, or the path of your own), or everything that is there."""
    from workbench import data

    wrong = False
    for each in [name] if name else data.names():
        try:
            with _failures(each):
                click.echo(data.check(each))
        except click.ClickException as error:
            error.show()
            wrong = True
    sys.exit(wrong)


# ---- doctor


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(as_json: bool) -> None:
    """What this machine has, and how long a run takes on it."""
    with _failures():
        report = examine()
    if as_json:
        return click.echo(json.dumps(report, indent=1))
    for topic, facts in report.items():
        words = ", ".join(f"{name} {value}" for name, value in facts.items())
        click.echo(f"{topic:<10}{words}")


def examine() -> dict[str, dict[str, Any]]:
    """The facts that `doctor` prints, by topic."""
    import torch

    from workbench import data, players, turns

    device = players.pick_device()
    speed = calibrate("beta-vae", device)
    where = {"kind": device, "cores": turns.cores(), "threads": torch.get_num_threads()}
    if device.startswith("cuda"):
        where["gpu"] = torch.cuda.get_device_name(device)
    names = ("torch", "torchvision", "panel", "bokeh", "holoviews", "param", "scikit-learn")
    versions = {"workbench": __version__, "python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in names}
    sets = {entry.name: entry.status for entry in data.catalog()}
    folder = str(data.data_folder())
    return {"device": where, "versions": versions, "data": {"folder": folder} | sets, "run": speed}


def calibrate(name: str, device: str) -> dict[str, Any]:
    """Seconds of a short run, and from two of them about how long a default run takes."""
    from workbench import chapters, players

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


# ---- serve


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--port", default=5006, show_default=True, type=click.IntRange(0, 65535))
@click.option("--address", default="127.0.0.1", show_default=True, help="0.0.0.0 for a class.")
@click.option(
    "--password",
    envvar="WORKBENCH_PASSWORD",
    show_envvar=True,
    help="What a reader must know  [default: none on this machine alone, else one is made]",
)
@click.option(
    "--room",
    type=click.IntRange(1, 10_000),
    default=120,
    show_default=True,
    help="Sessions at once; more are asked to try again.",
)
@click.option("--prefix", default="", help="What every address begins with, behind a proxy.")
@click.option("--scheduler", metavar="ADDRESS", help=SCHEDULER)
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
def serve(
    port: int,
    address: str,
    password: str | None,
    room: int,
    prefix: str,
    scheduler: str | None,
    extra: tuple[str, ...],
) -> None:
    """Serve the dashboard; further arguments go to `panel serve` (--show, a notebook ...)."""
    if scheduler:
        os.environ["WORKBENCH_SCHEDULER"] = scheduler
    # Signed session ids, with a key of this start: without them hand-made tokens open sessions.
    # Bokeh reads both when it is imported.
    os.environ.setdefault("BOKEH_SIGN_SESSIONS", "yes")
    os.environ.setdefault("BOKEH_SECRET_KEY", secrets.token_hex(32))
    guarded = any(word.startswith(("--basic-auth", "--oauth")) for word in extra)
    if address not in HERE and not password and not guarded:
        password = secrets.token_urlsafe(6)
        click.echo(f"The password of the class is {password}")
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    if address not in HERE:
        key = os.environ.setdefault("WORKBENCH_INSTRUCTOR", secrets.token_urlsafe(9))
        pages = f"http://{outer_address()}:{port}{prefix}/app"
        click.echo(f"Readers open {pages}\nThe instructor opens {pages}?instructor={key}")
    if password:
        extra = (*extra, *log_in_arguments(password))
    if prefix:  # a log-in leads to our own pages, and its cookie goes nowhere else
        extra = ("--prefix", prefix, "--root-path", f"{prefix}/", "--cookie-path", prefix, *extra)
    warm(room)
    # In this process, because Panel's own launcher would be imported again by every worker.
    sys.argv = ["panel", "serve", *serve_arguments(port, address, extra)]
    from panel.command import main as panel

    from workbench.view import serving

    try:
        panel()
    finally:
        serving.end()


def log_in_arguments(password: str) -> list[str]:
    """The arguments of `panel serve` for a class that has a password. The name is not asked for."""
    if os.path.isfile(password):
        raise Refused(
            "The password is the name of a file here, which Panel would read; take another."
        )
    page = str(Path(__file__).parent / "view" / "login.html")
    # of this start, so that a log-in ends with it, unless a key is given that Panel reads itself
    made = ["--cookie-secret", secrets.token_hex(32)]
    secret = [] if os.environ.get("PANEL_COOKIE_SECRET") else made
    return ["--basic-auth", password, *secret, "--basic-login-template", page]


def warm(room: int) -> None:
    """Imports what pages need and starts the workers, so that the first reader need not wait."""
    from workbench import chapters, logs
    from workbench.view import collecting, home, serving  # noqa: F401

    logs.install()
    collecting.one_heap()
    serving.raise_file_limit()
    serving.install(room)
    for name in chapters.NAMES:
        chapters.find(name)
    gc.collect()
    collecting.collect_when_calm()


def outer_address() -> str:
    """This machine's address in the network that leads out of it. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # an address for documentation, of nobody
        return probe.getsockname()[0]
    return "127.0.0.1"


def serve_arguments(port: int, address: str, extra: Iterable[str] = ()) -> list[str]:
    """The arguments of `panel serve` for the dashboard."""
    names = [address, "127.0.0.1", "localhost", socket.gethostname()]
    hosts = dict.fromkeys(names if address in HERE else [*names, outer_address()])
    origins = [word for host in hosts for word in ("--allow-websocket-origin", f"{host}:{port}")]
    # who loses the network for half a minute finds the page as it was, a lesson long; and no
    # message needs more than a megabyte
    limits = {
        "--unused-session-lifetime": 30_000,
        "--session-token-expiration": 86_400,
        "--check-unused-sessions": 2000,
        "--keep-alive": 10000,
        "--websocket-max-message-size": 1_000_000,
    }
    numbers = [word for name, value in limits.items() for word in (name, str(value))]
    app = str(Path(__file__).with_name("app.py"))
    return [app, "--port", str(port), "--address", address, *origins, *numbers, *extra]


# ---- rehearse


@main.command()
@click.option("--people", type=click.IntRange(1, 500), default=40, show_default=True)
@click.option("--minutes", type=click.FloatRange(0.05, 120), default=3, show_default=True)
@click.option("--url", help="A server that runs already  [default: one is started for this]")
@click.option("--password", envvar="WORKBENCH_PASSWORD", show_envvar=True, help="Of that server.")
@click.option(
    "--kill/--no-kill",
    default=None,
    help="Kill a worker half-way  [default: where the server is ours]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def rehearse(people, minutes, url, password, kill, as_json) -> None:
    """Fill a server with people who move sliders, and say whether it is fit for them."""
    import asyncio
    from contextlib import nullcontext

    from workbench import rehearse

    if url and kill:
        raise click.UsageError("--kill takes a server of this command's own: leave out --url.")
    kill, say = not url and kill is not False, partial(click.echo, err=True)
    with nullcontext() if url else rehearse.own_server("--room", str(2 * people + 20)) as own:
        try:
            report = asyncio.run(
                rehearse.rehearse(
                    url or own.url, people, 60 * minutes, password or "", own, kill, say
                )
            )
        except rehearse.Refused as error:
            raise click.ClickException(str(error)) from None
    busy = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    if as_json:
        numbers = {name: _finite(value) for name, value in report.numbers.items()}
        click.echo(json.dumps({"people": people, "fit": not report.misses(), "numbers": numbers}))
    else:
        _columns([("what", "measured", "a class needs"), *report.rows()])
        click.echo("\n".join(report.notes + [f"Load average {busy} on {os.cpu_count()} cores."]))
        click.echo(report.sentence())
    sys.exit(bool(report.misses()))


if __name__ == "__main__":
    main()
