"""The address of what a lesson keeps for its slider, for pages/track.html."""

from workbench.core.chapter import Chapter
from workbench.results import stills


def track_of(chapter: Chapter, dark: bool) -> str:
    """The address of the file that a drag looks up; "" where nothing is kept."""
    if not stills.has_track(chapter):
        return ""
    theme = "dark" if dark else "light"
    return f"kept/{chapter.name}.{theme}.json?v={stills.version(chapter.name)}"
