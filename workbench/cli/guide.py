"""`workbench guide CHAPTER`: what an instructor has in hand, answers included."""

import click


@click.command()
@click.argument("name", metavar="CHAPTER")
def guide(name: str) -> None:
    """Plans of 20, 50 and 90 minutes, and what each task comes to: as Markdown."""
    from workbench import chapters
    from workbench.results.guide import write_guide

    click.echo(write_guide(chapters.find(name)), nl=False)
