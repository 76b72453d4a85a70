"""What the commands share: refusals in one sentence, files to write, columns to print."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from workbench.core.frames import Diverged
from workbench.core.settings import SettingsError

DEVICE = "Where to train  [default: cuda when there, else cpu]"
SCHEDULER = "Train on the Dask cluster at tcp://HOST:PORT  [default: $WORKBENCH_SCHEDULER]"


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
def one_sentence(data: str = "") -> Iterator[None]:
    """Turns what may end a run into one sentence and status 1; `data` is the set asked for."""
    from workbench.data import DataError

    try:
        yield
    except Diverged as error:
        raise click.ClickException(str(error)) from None
    except DataError as error:
        raise click.ClickException(f"{error}{name_near(data)}") from None


def name_near(data: str) -> str:
    """A hint at the data set whose name is near the one that was asked for."""
    from workbench.data import entries

    return did_you_mean(data, [entry.name for entry in entries() if entry.name != data])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, 1)
    return f" (did you mean {near[0]}?)" if near else ""


class NewFile(click.Path):
    """A file to be written at the end: its folder must be there before hours of training."""

    def convert(self, value, param, ctx):
        path = Path(super().convert(value, param, ctx))
        if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            self.fail(f"cannot be in {str(path.parent)!r}: there is no such folder to write to.")
        return str(path)


FILE = NewFile(dir_okay=False, writable=True)


def write_file(file: str, content: bytes) -> None:
    try:
        Path(file).write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"{file}: {len(content) / 1e6:.1f} MB", err=True)


def finite(value: float) -> float | None:
    """The number, or None for the NaN and infinities that JSON does not have."""
    return float(value) if math.isfinite(value) else None


def print_columns(rows: Iterable[Iterable[Any]]) -> None:
    """Prints rows below each other, each column as wide as its longest word."""
    words = [[str(word) for word in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    for row in words:
        padded = (word.ljust(width) for word, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
