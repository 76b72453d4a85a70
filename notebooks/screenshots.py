"""PNG of what a notebook shows, so that a reader without a kernel sees it, too.

JupyterLab shows the SVG of a notebook only to those who trust it; a live cell shows nothing without
a kernel. Chromium draws both here, and what the notebook keeps is a small PNG.
"""

import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import panel_material_ui
from nbformat.v4 import new_output
from PIL import Image, ImageChops

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "benchmarks" / "page"))

from served import browsing  # noqa: E402

WIDTH = 1000  # pixels of an output in JupyterLab, on a screen of 1440
COLOURS = 64  # of a PNG; twice the pixels or all colours would double the notebooks
BLANK = 10_000  # bytes of a page on which hardly anything is drawn
ALT = "As this cell looks when its run has ended. Run it, and its knobs can be moved."

# What the kernel saves of a live cell: the page of the Board or of what `explore` returned.
SAVE = """
import holoviews, panel
from workbench import Board
from workbench.view.patches.inline_files import keep_files_offline
keep_files_offline()
_live = {shown}
if isinstance(_live, Board):
    _page = _live.__panel__()
    _live.live.built.yes = True  # draws what no page was there to show
    panel.io.save.save(_page, {path!r}, resources="inline")
else:
    holoviews.save(_live, {path!r}, resources="inline")
"""


class Browser:
    """Chromium, without a network."""

    def __init__(self, chromium):
        self.chromium = chromium

    def draw(self, markup: str, width: int, height: int) -> bytes:
        """An SVG drawing as PNG."""
        page = self._open()
        page.set_content(f'<body style="margin:0">{markup}</body>')
        clip = {"x": 0, "y": 0, "width": width, "height": height}
        png = page.screenshot(clip=clip, full_page=True)
        page.close()
        return png

    def photograph(self, path: Path) -> bytes:
        """A saved page as PNG, once it looks the same for a while. Raises TimeoutError."""
        page = self._open()
        page.goto(path.as_uri())
        before = b""
        for _look in range(30):
            page.wait_for_timeout(2000)  # ms; Material UI takes longer than Bokeh
            png = page.screenshot(full_page=True)
            if png == before and len(png) > BLANK:
                page.close()
                return png
            before = png
        raise TimeoutError(f"{path} did not come to rest within a minute.")

    def _open(self):
        page = self.chromium.new_page(viewport={"width": WIDTH, "height": 200})
        page.route(lambda url: url.startswith("http"), _serve_material_ui)
        return page


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that is ready, and gone afterwards."""
    with browsing() as chromium:
        yield Browser(chromium)


def _serve_material_ui(route) -> None:
    """Answers with a file of panel-material-ui, which a saved page does not hold."""
    file = Path(panel_material_ui.__file__).parent / "dist" / Path(route.request.url).name
    if not file.is_file():
        return route.abort()
    kind = "text/css" if file.suffix == ".css" else "text/javascript"
    headers = {"access-control-allow-origin": "*", "content-type": kind}
    return route.fulfill(path=file, headers=headers)


def small(png: bytes) -> bytes:
    """The picture in a few colours, without the empty rows and columns at its end."""
    image = Image.open(BytesIO(png)).convert("RGB")
    page = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
    *_, right, bottom = ImageChops.difference(image, page).getbbox() or (0, 0, *image.size)
    image = image.crop((0, 0, min(right + 8, image.width), min(bottom + 8, image.height)))
    file = BytesIO()
    few = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


def picture_output(png: bytes, words: str, count: int):
    """The output of a cell with a PNG, and with what it shows in words."""
    data = {"image/png": b64encode(small(png)).decode(), "text/plain": words}
    return new_output("execute_result", execution_count=count, data=data)
