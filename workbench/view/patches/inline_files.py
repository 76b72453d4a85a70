"""Panel 1.9.4: a file that is saved with inline resources asks nobody for anything.

Panel puts its scripts into such a file, and yet leaves the addresses of icons and of its
components' style sheets: opened without a network, the file waits for them in vain.
`tests/view/test_explore.py` saves one and looks for addresses; when it passes without this, the
file may go.
"""

import re

from bokeh.document import Document
from bokeh.models import UIElement
from panel.io import save
from panel.io.notebook import patch_inline_stylesheets
from panel.io.resources import CDN_DIST

_file_html = save.file_html


def keep_files_offline() -> None:
    """Puts our writer of files in the place of Panel's. Calling it again changes nothing."""
    save.file_html = _offline_file_html


def _offline_file_html(models, resources, *rest, **how) -> str:
    if resources.mode != "inline":
        return _file_html(models, resources, *rest, **how)
    roots = models.roots if isinstance(models, Document) else models
    for root in roots if isinstance(roots, list | tuple) else [roots]:
        for model in root.select({"type": UIElement}):
            patch_inline_stylesheets(model)
    page = _file_html(models, resources, *rest, **how)
    page = page.replace(f'href="{CDN_DIST}images/', 'href="data:,')  # the icons of its tab
    return re.sub(r'<link rel="stylesheet" href="static/[^>]*>', "", page)  # those of a server
