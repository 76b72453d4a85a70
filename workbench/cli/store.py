"""`workbench store`: the finished runs that are kept on disk."""

from collections import Counter

import click

from workbench.cli.common import Door


@click.group("store", cls=Door)
def store_group() -> None:
    """Finished runs that are kept on disk."""


@store_group.command("list")
def store_list() -> None:
    """How many runs of which chapter are kept, and where."""
    from workbench.running import store

    if (place := store.find_folder()) is None:
        return click.echo("WORKBENCH_STORE is off: nothing is kept.")
    entries = store.Store(place, "").entries()
    for name, count in sorted(Counter(path.name.rpartition("-")[0] for path in entries).items()):
        click.echo(f"{name}: {count} runs")
    size = sum(path.stat().st_size for path in entries) / 2**20
    click.echo(f"{len(entries)} runs, {size:.1f} MB, in {place}")


@store_group.command("clear")
def store_clear() -> None:
    """Remove every kept run."""
    from workbench.running import store

    place = store.find_folder()
    count = 0 if place is None else store.Store(place, "").clear()
    click.echo(f"Removed {count} runs.")
