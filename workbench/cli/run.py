"""`workbench run NAME`: train one chapter and print its numbers."""

import json
import shlex
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import click

from workbench.cli.common import (
    DEVICE,
    FILE,
    Door,
    Refused,
    did_you_mean,
    finite,
    one_sentence,
    write_file,
)
from workbench.core.frames import Frame
from workbench.core.settings import Knob, Settings
from workbench.data import DataError, source_of
from workbench.results import run_zip
from workbench.running import device as running_device


class Chapters(Door):
    """The chapters as commands of one class, each built when it is asked for."""

    def __init__(self, *args, made: type["ChapterCommand"], **kw):
        super().__init__(*args, **kw)
        self._command = made

    def list_commands(self, ctx):
        from workbench import chapters

        return list(chapters.NAMES)

    def get_command(self, ctx, cmd_name):
        from workbench import chapters

        return self._command(chapters.find(cmd_name))


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
            word = error.option_name[:40] + did_you_mean(error.option_name, known)
            raise Refused(f"{self.name} has no {word}; it has {', '.join(known)}.") from None
        except click.BadOptionUsage as error:  # the value is missing
            if knob := self.knobs.get(error.option_name):
                message = f"{error.option_name} needs a value, {knob.allowed()}."
                raise Refused(message) from None
            raise


def knob_option(knob: Knob) -> click.Option:
    """The command-line option of one knob."""
    # a switch may stand alone: --adversarial is --adversarial true
    lone = {"is_flag": False, "flag_value": "true"} if knob.kind == "switch" else {}
    return click.Option(
        [flag(knob.name), knob.name],
        metavar="NAME|PATH" if knob.kind == "data" else knob.kind.upper(),
        help=f"{knob.doc or knob.label}  [{range_of(knob)}]",
        **lone,
    )


def flag(knob: str) -> str:
    """The option of the knob: latent_size is --latent-size."""
    return "--" + knob.replace("_", "-")


def range_of(knob: Knob) -> str:
    default = knob.default
    if knob.kind in ("number", "integer"):
        default = f"{default:g}"
    return f"{knob.allowed()}; default {str(default).lower() if knob.kind == 'switch' else default}"


@click.group(
    cls=Chapters, made=ChapterCommand, subcommand_metavar="NAME [--KNOB VALUE ...] [--json]"
)
def run() -> None:
    """Train one chapter; `workbench run NAME --help` shows its knobs."""


def train(chapter, device: str | None, as_json: bool, zip_file: str | None, **given) -> None:
    """Train the chapter with the knobs that were given and print what it yields."""
    from workbench.running import players

    shown: list[Frame] = []
    given = {name: value for name, value in given.items() if value is not None}
    settings = chapter.Settings(**given)
    for name in given:
        if not settings.matters(name):
            click.echo(f"Note: {flag(name)} has no effect with these settings.", err=True)
    with one_sentence(given.get("data", "")):
        device = running_device.pick_device(device)
        remark(chapter, settings)
        frames = players.play(chapter.name, device, **settings.values_by_name())
        if zip_file:
            frames = keep_frames(frames, shown)
        if as_json:
            stream(frames, lambda: ending(chapter, settings, device))
        else:
            start = time.perf_counter()
            frame = last(frames)
            spent = f"{frame.step} steps in {time.perf_counter() - start:.1f} s on {device}"
            click.echo(f"{chapter.title}: {spent}")
            table(frame.scalars)
            again = ["workbench", "run", chapter.name, *arguments(settings)]
            click.echo(f"Again: {shlex.join(again)}")
    if zip_file:
        write_file(zip_file, run_zip.run_zip(chapter.name, settings, shown, device))


def remark(chapter, settings: Settings) -> None:
    """Says what was assumed of data of your own that a reader should know before training."""
    source = source_of(chapter, settings)
    with suppress(DataError):  # training says it
        report = source.report() if source.own else None
        for sentence in report.remarks if report else ():
            click.echo(f"Note: {report.name}: {sentence}", err=True)


def keep_frames(frames: Iterable[Frame], shown: list[Frame]) -> Iterator[Frame]:
    for frame in frames:
        shown.append(frame)
        yield frame


def ending(chapter, settings: Settings, device: str) -> dict[str, Any]:
    """What the last line of --json says beside its frame: settings, and how the data were read."""
    knobs = settings.values_by_name()
    where = {"device": device, "seed": knobs.get("seed")}
    read = source_of(chapter, settings).report().as_dict()
    return {"done": True, "chapter": chapter.name, "settings": knobs, **where, "data": read}


def arguments(settings: Settings) -> list[str]:
    """The options that give these settings; knobs at their defaults are left out."""
    knobs, changed = settings.knobs(), parse_qsl(settings.to_query())
    values = settings.values_by_name()
    pairs = [(k, text) for k, text in changed if values[k] != knobs[k].default]
    return [word for k, text in pairs for word in (flag(k), text)]


def stream(frames: Iterable[Frame], closing: Callable[[], dict[str, Any]]) -> None:
    """Prints one JSON line a frame, each as soon as the next is there; the last has `closing()`."""
    held = None
    try:
        for frame in frames:
            _emit(held)
            held = frame
    except Exception:
        _emit(held)
        raise
    _emit(held, closing())


def _emit(frame: Frame | None, extra: dict[str, Any] | None = None) -> None:
    if frame is not None:
        scalars = {name: finite(value) for name, value in frame.scalars.items()}
        line = {"step": frame.step, "steps": frame.steps, "scalars": scalars, "note": frame.note}
        click.echo(json.dumps(line | (extra or {}), allow_nan=False))


def last(frames: Iterable[Frame]) -> Frame:
    """Returns the last frame; a bar on the terminal follows the others."""
    from tqdm import tqdm

    with tqdm(unit="step", leave=False, disable=None) as bar:
        for frame in frames:
            bar.total = frame.steps
            bar.set_description(frame.note, refresh=False)
            bar.update(frame.step - bar.n)
    return frame


def table(scalars: dict[str, float]) -> None:
    """Prints names and numbers in two columns."""
    width = max(map(len, scalars), default=0)
    for name, value in scalars.items():
        click.echo(f"  {name:<{width}}  {value:.5g}")
