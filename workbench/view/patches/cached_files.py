"""Panel 1.9.4: the tags for scripts and styles in a page's head are made once for all pages.

Panel asks each of 170 classes of widgets for them at every page, some 20 ms, and always gets the
same. `tests/view/test_cached_files.py` compares them with Panel's; when
`python benchmarks/page/opening.py` finds a page as cheap without this, the file may go.
"""

from panel.config import config
from panel.io import server
from panel.io.state import state

FILES: dict[tuple, tuple[str, str]] = {}  # the tags, by theme and address

_panels_files = server.bundle_resources


def cache_files() -> None:
    """Puts our answer in the place of Panel's. Calling it again changes nothing."""
    server.bundle_resources = _files


def _files(roots, resources, *rest, **how) -> tuple[str, str]:
    """The head's tags, whatever the page shows: no page of ours uses MathJax."""
    key = (resources.mode, resources.root_url, state.rel_path, config.theme, rest, *how.items())
    if key not in FILES:
        FILES[key] = tuple(_panels_files(roots, resources, *rest, **how))
    return FILES[key]
