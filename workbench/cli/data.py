"""`workbench data`: the sets that are there, download, verify."""

import json
import sys
from pathlib import Path

import click

from workbench.cli.common import FILE, Door, one_sentence, write_file


@click.group("data", cls=Door, invoke_without_command=True)
@click.pass_context
def data_group(ctx: click.Context) -> None:
    """Data sets: what there is, download, verify."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(data_list)


@data_group.command("list")
def data_list() -> None:
    """Every known set, and the command that brings a missing one."""
    from workbench import data
    from workbench.data import clips, reading, tables
    from workbench.data.bags import real
    from workbench.data.texts import corpora

    for entry in data.entries():
        click.echo(f"{entry.name:<16}{entry.status:<10}{entry.how or entry.note}")
    others = {
        "rad": ("stream", tables),
        "mil": ("bags", real),
        "prednet": ("film", clips),
        "words": ("text", corpora),
    }
    for chapter, (kind, sets) in others.items():
        for name in sets.names():
            click.echo(f"{name:<16}{kind:<10}for chapter {chapter}")
    there = data.weights.find(data.data_folder())
    status, note = ("on disk", data.weights.TITLE) if there else ("absent", data.weights.HOW)
    click.echo(f"{data.weights.NAME:<16}{status:<10}{note}")
    click.echo(f"Your own: a .npz, a .csv or a folder of pictures in {data.data_folder()}")
    for name, reason in reading.left_aside().items():
        click.echo(f"Not offered: {name} ({reason})")


@data_group.command("get")
@click.argument("name")
def data_get(name: str) -> None:
    """Download NAME into the data folder and verify its checksums."""
    from workbench import data

    with one_sentence(name):
        data.get(name)
        click.echo(_check(name)[0])


@data_group.command("check")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="A JSON line a set.")
@click.option("--pictures", type=FILE, help="Write some of its pictures into this PNG.")
def data_check(name: str | None, as_json: bool, pictures: str | None) -> None:
    """Verify NAME (a set, or the path of your own) and say how it was read; or everything."""
    from workbench.data import reading

    wrong = False
    for each in [name] if name else reading.names():
        try:
            with one_sentence(each):
                reports = _check(each)
                for report in reports:
                    click.echo(json.dumps(report.as_dict()) if as_json else report)
                if pictures:
                    _write_pictures(reports[0].pictures, Path(pictures))
        except click.ClickException as error:
            error.show()
            wrong = True
    sys.exit(wrong)


def _check(name: str) -> list:
    """The reports of a set, read again, or a line about torchvision's weights."""
    from workbench import data
    from workbench.data import reading

    if name == data.weights.NAME:
        return [data.weights.check(data.data_folder())]
    return reading.check(name)


def _write_pictures(pictures, file: Path) -> None:
    from workbench.results.png import contact_sheet, png

    if pictures is None:
        raise click.ClickException("There are no pictures to look at: its rows are numbers.")
    write_file(str(file), png(contact_sheet(pictures)))
