"""Where a run's clips come from. A page asks here, so nothing loads a model."""

from pathlib import Path

from workbench.chapters.prednet.knobs import MOTIONS, Settings
from workbench.data import catalog, clips
from workbench.data.inventory import NO_FILES
from workbench.data.report import Report
from workbench.data.source import Source


def film_of(run: Settings) -> str | Path | None:
    """The name or the place of the film that the clips are cut of; None where they are drawn."""
    if run.source not in MOTIONS:
        return run.source
    if run.source != "pictures":
        return None
    kind, path, _ = catalog.locate(run.data)
    return path if kind == "" and path is not None and clips.is_own(path) else None


def source(run: Settings) -> Source:
    """What asks for the files of a run, and says how they were read."""
    if run.source in MOTIONS and run.source != "pictures":
        drawn = Report(
            name=run.source, kind="clips", source="drawn by the seed", fingerprint=run.source
        )
        return Source(lambda: (run.source, None, NO_FILES), lambda: drawn)
    name = film_of(run)
    return catalog.source(run.data) if name is None else clips.source(name)
