"""`workbench data`: the sets that are there, download, verify."""

import sys

import click

from workbench.cli.common import Door, one_sentence


@click.group("data", cls=Door, invoke_without_command=True)
@click.pass_context
def data_group(ctx: click.Context) -> None:
    """Image sets: what there is, download, verify."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(data_list)


@data_group.command("list")
def data_list() -> None:
    """Every known set, and the command that brings a missing one."""
    from workbench import data

    for entry in data.entries():
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

    with one_sentence(name):
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
            with one_sentence(each):
                click.echo(data.check(each))
        except click.ClickException as error:
            error.show()
            wrong = True
    sys.exit(wrong)
