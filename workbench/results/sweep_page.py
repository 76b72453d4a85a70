"""A whole sweep as one HTML file that needs no kernel and no network.

    sweep_html(Sweep("beta-vae", {"beta": [0, 1, 4]}).wait())        # bytes

The page only looks up: everything it can show was drawn before.
"""

import base64
import gzip
import json
from html import escape
from pathlib import Path

from workbench.results.album import Album
from workbench.results.sweep import Sweep

MOST_BYTES = 8 * 10**6  # of a sweep's page
TEMPLATE = Path(__file__).with_suffix(".html")


def sweep_html(sweep: Sweep, most_bytes: int = MOST_BYTES) -> bytes:
    """The sweep as one HTML file that needs no kernel and no network.

    It has a slider for each swept knob and one for time; curves are means over seeds with the 95 %
    interval of the mean; pictures are those of the first seed. When it would be larger than
    `most_bytes`, it holds every other frame only, or every fourth ..., and says so.
    Raises ValueError when no run is done.
    """
    if not any(run.status == "done" for run in sweep.runs):
        raise ValueError("No run of this sweep is done yet; wait for the first one.")
    every = 1
    while True:
        page = _page(sweep, every)
        most = max(len(run.frames) for run in sweep.runs)
        if len(page) <= most_bytes or every >= most:
            return page
        every *= 2


def _page(sweep: Sweep, every: int) -> bytes:
    data = gzip.compress(json.dumps(Album(sweep, every).as_json()).encode(), 9, mtime=0)
    words = {"TITLE": escape(sweep.chapter.title), "DATA": base64.b64encode(data).decode()}
    text = TEMPLATE.read_text()
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text.encode()
