"""How the chosen data set was read, in a disclosure below its menu."""

from concurrent.futures import Future
from html import escape

import panel as pn

from workbench import data
from workbench.core.chapter import Chapter
from workbench.core.settings import Settings
from workbench.data import DataError, Report
from workbench.results.png import data_url
from workbench.view.page.session import in_thread, push
from workbench.view.page.status import Text
from workbench.view.page.widgets import Words

STYLE = """
details { margin: 0 8px; font-size: 13px; color: var(--wb-text, inherit); }
summary { cursor: pointer; padding: 4px 2px; color: var(--wb-accent, #0072B2); }
summary:focus-visible { outline: 3px solid var(--wb-accent, #0072B2); border-radius: 4px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 10px;
     margin: 4px 0; }
dt { color: var(--wb-muted, inherit); }
dd { margin: 0; overflow-wrap: anywhere; }
div { display: flex; flex-wrap: wrap; gap: 4px; margin: 4px 0; }
img { image-rendering: pixelated; outline: 1px solid var(--wb-line, #d0d7de); }
"""


SHOWN_SIDE = 32  # about so many pixels of the screen a picture takes


class Reading:
    """The disclosure. `show(settings)` renews it when the data are others.

    words: its place on a page; without one it has a pane of its own.
    """

    def __init__(self, chapter: Chapter, words: Text | None = None):
        self.chapter = chapter
        self.pane: pn.pane.Bokeh | None = None
        if words is None:
            words = Words(STYLE)
            self.pane = pn.pane.Bokeh(words.model, sizing_mode="stretch_width")
        self.words = words
        self.words.text = disclosure("", "<p>It is being read.</p>")  # it takes its room at once
        self._asked: object = None  # which files were asked about last

    def show(self, settings: Settings) -> None:
        """Says how the data of these settings were read, as soon as that is known."""
        source = data.source_of(self.chapter, settings)
        try:
            place = source.locate()
        except DataError:  # the run says it
            place = None
        if place != self._asked or place is None:
            self._asked = place
            in_thread(source.report, self._write, place)

    def _write(self, place: object, done: Future) -> None:
        if place != self._asked:
            return  # other data were chosen meanwhile
        error = done.exception()
        self.words.text = html(done.result()) if error is None else _trouble(error)
        if self.pane is not None:
            push(self.pane)


def html(report: Report) -> str:
    """The report as a disclosure that opens by keyboard."""
    rows = "".join(
        f"<dt>{escape(heading)}</dt><dd>{escape(sentence)}</dd>"
        for heading, sentence in report.lines()
    )
    count = len(report.remarks)
    look = f" <b>({count} to look at)</b>" if count else ""
    return disclosure(look, f"{_pictures(report)}<dl>{rows}</dl>")


def disclosure(mark: str, body: str) -> str:
    """HTML that opens by click and key, and needs no script."""
    return f"<details><summary>How this set was read{mark}</summary>{body}</details>"


def _trouble(error: BaseException) -> str:
    known = isinstance(error, DataError)
    sentence = str(error) if known else "It could not be read."
    return disclosure("", f"<p>{escape(sentence)}</p>")


def _pictures(report: Report) -> str:
    """Some of the pictures beside each other, each pixel a whole number of the screen's."""
    if report.pictures is None:
        return ""
    height, width = report.pictures.shape[1:3]
    scale = max(1, SHOWN_SIDE // max(height, width))
    size = f'width="{scale * width}" height="{scale * height}"'
    images = [f'<img alt="" src="{data_url(picture)}" {size}>' for picture in report.pictures]
    words = f"{len(images)} pictures of {report.name}"
    return f'<div role="img" aria-label="{escape(words)}">{"".join(images)}</div>'
