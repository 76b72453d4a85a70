"""The command line: `workbench list | run | sweep | bake | tasks | guide | store | claims |
reproduce | data | doctor | serve | rehearse`.

The options of `workbench run NAME` are made from the chapter's knobs. Torch and Panel are imported
by the commands that need them, so that help comes at once. A wrong word ends with status 2, a run
or a file that fails with status 1, and each says why in one sentence on standard error.
"""

import json
import warnings
from typing import Any

import click

from workbench import __version__
from workbench.cli.claims import claims
from workbench.cli.common import Door
from workbench.cli.data import data_group
from workbench.cli.doctor import doctor
from workbench.cli.guide import guide
from workbench.cli.rehearse import rehearse
from workbench.cli.reproduce import reproduce
from workbench.cli.run import flag, range_of, run
from workbench.cli.serve import serve
from workbench.cli.store import store_group
from workbench.cli.sweep import bake, sweep
from workbench.cli.tasks import tasks
from workbench.running.variables import check_variables


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workbench")
def main() -> None:
    """Deep learning without labels: train the chapters' small models, or serve the dashboard."""
    check_variables()
    warnings.formatwarning = lambda message, *_given, **_more: f"{message}\n"  # one sentence


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_chapters(as_json: bool) -> None:
    """The chapters and their knobs."""
    from workbench import chapters

    course = [chapters.find(name) for name in chapters.NAMES]
    if as_json:
        return click.echo(json.dumps([describe(chapter) for chapter in course], indent=1))
    for chapter in course:
        click.echo(f"{chapter.name}: {chapter.title}")
        for knob in chapter.Settings.knobs().values():
            click.echo(f"  {flag(knob.name):<16}{knob.label}: {range_of(knob)}")


def describe(chapter) -> dict[str, Any]:
    """A chapter's name, title and knobs as plain values."""
    knobs = [knob.as_dict() for knob in chapter.Settings.knobs().values()]
    return {"name": chapter.name, "title": chapter.title, "knobs": knobs}


COMMANDS = (
    *(list_chapters, run, sweep, bake, tasks, store_group),
    *(claims, guide, reproduce, data_group, doctor, serve, rehearse),
)
for command in COMMANDS:
    main.add_command(command)
