"""`workbench tasks [CHAPTER]` and `workbench bake --tasks [CHAPTER ...]`."""

from collections.abc import Sequence

import click

from workbench.cli.common import print_columns


@click.command()
@click.argument("name", metavar="[CHAPTER]", required=False)
@click.option("--check", is_flag=True, help="Train solutions, near misses and kept numbers anew.")
def tasks(name: str | None, check: bool) -> None:
    """The tasks of a chapter, or of all, with the minutes that they take."""
    from workbench import chapters
    from workbench.results.attempts import make_id
    from workbench.results.kept import kept, minutes

    course = [chapters.find(each) for each in ([name] if name else chapters.NAMES)]
    rows = [
        (
            make_id(chapter, task),
            f"{minutes(task, kept(chapter.name).values(task.id))} min",
            task.title,
        )
        for chapter in course
        for task in chapter.teaching.tasks
    ]
    if not rows:
        return click.echo("There are no tasks yet.")
    print_columns(rows)
    if check:
        faults = [fault for chapter in course for fault in _check(chapter)]
        for fault in faults:
            click.echo(fault, err=True)
        if faults:
            raise click.exceptions.Exit(1)
        click.echo("Solutions pass, near misses fail, and kept numbers are what the code gives.")


def _check(chapter) -> list[str]:
    from workbench.results import task_checks
    from workbench.results.task_baking import Trainer

    train = Trainer(chapter, lambda sentence: click.echo(sentence, err=True)).train
    return [
        fault
        for task in chapter.teaching.tasks
        for fault in (
            *task_checks.find_goal_faults(chapter, task, train),
            *task_checks.find_kept_faults(chapter, task, train),
            *task_checks.find_outcome_faults(chapter, task),
        )
    ]


@click.command("bake --tasks")
@click.argument("names", metavar="[CHAPTER] ...", nargs=-1)
def bake_tasks(names: Sequence[str]) -> None:
    """Train what the lessons of these chapters show at once, and keep it in the package."""
    from workbench import chapters
    from workbench.results.task_baking import bake

    for chapter in [chapters.find(name) for name in names or chapters.NAMES]:
        if not chapter.teaching.tasks:
            if names:
                raise click.ClickException(f"{chapter.name} has no tasks yet.")
            continue
        try:
            size = bake(chapter, lambda sentence: click.echo(sentence, err=True))
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{chapter.name}: {size / 2**20:.2f} MB of at most 1")
