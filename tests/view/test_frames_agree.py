"""At any frame of any chapter the numbers, the words and the pictures of a page say the same."""

import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from bokeh.models import Column, LogAxis
from doubles import shortest

from workbench.chapters import NAMES, find
from workbench.core.covered import covering
from workbench.core.pictures import Curves, Table
from workbench.core.quantity import is_bounded
from workbench.running.run import Run
from workbench.view.drawing.drawing import draw
from workbench.view.page.board import Board
from workbench.view.page.gallery import pictures_of

RANDOM_FRAMES = 3
FAR = 0.05  # above 1 or below 0 that no axis of shares reaches, but for the numbers over bars


def some_frames(name: str) -> list[int]:
    """How many frames of the run a reader has seen, at some random moments."""
    frames = len(shortest(name))
    chosen = np.random.default_rng(frames).integers(1, frames + 1, RANDOM_FRAMES)
    return [*map(int, chosen), frames, 1]


def page_of(name: str) -> Board:
    """A page on which the chapter's shortest run has ended."""
    settings = find(name).Settings(steps=shortest(name)[-1].steps)
    run = Run(name, settings)
    run.frames, run.status = list(shortest(name)), "done"
    nothing = dict.fromkeys(("waiting_before", "seconds_before", "in_turn_with"), lambda _run: 0)
    board = Board(name, runner=SimpleNamespace(move=lambda *_: run, paused=False, **nothing))
    board.live.watch = lambda: None
    board.live.move(settings)
    return board


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_words_are_those_of_the_frame_that_is_drawn(name):
    board, chapter = page_of(name), find(name)
    board.gallery._all_wanted = True
    for count in some_frames(name):
        frames = shortest(name)[:count]
        board.live.show(frames)
        scalars = frames[-1].scalars
        numbers = dict(re.findall(r'">([^<]+) <b>([^<]+)</b>', unescape(board.status.text)))
        shown = [scalar for scalar in scalars if scalar in chapter.reading]
        assert numbers == {
            chapter.quantity(s).label: chapter.quantity(s).write(scalars[s]) for s in shown
        }
        pictures = pictures_of(chapter, frames)
        assert list(board.cards) == list(pictures)
        for key, picture in pictures.items():
            words = picture.summary().removeprefix(f"{picture.title}: ")
            assert words in unescape(board.cards[key].words.text) or isinstance(picture, Table)
            assert board.cards[key].drawing._picture.summary() == picture.summary()


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_over_training_ends_at_the_number_that_the_page_reads_out(name):
    chapter = find(name)
    for count in some_frames(name):
        frames = shortest(name)[:count]
        for trace in chapter.traces:
            ends = {line.name: line.y[-1] for line in trace.curves(frames).lines}
            for scalar, label in trace.lines.items():
                if scalar in frames[-1].scalars:
                    assert ends[label] == frames[-1].scalars[scalar]
                    assert f"{label} " in trace.curves(frames).summary()


@pytest.mark.parametrize("name", NAMES)
def test_a_number_and_the_axis_of_its_curve_are_written_alike(name):
    chapter = find(name)
    for trace in chapter.traces:
        drawn = draw(trace.curves(shortest(name))).model.left[0]
        percent = "%" in getattr(drawn.formatter, "format", "")
        for scalar in trace.lines:
            if scalar in chapter.reading:
                assert (chapter.quantity(scalar).unit == "%") == percent, (trace.title, scalar)


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_has_an_impossible_axis_or_a_hidden_line(name):
    frames = shortest(name)
    for count in some_frames(name):
        for key, picture in pictures_of(find(name), frames[:count]).items():
            drawing = draw(picture, x_end=frames[-1].steps)
            plot = drawing.model
            plot = plot.children[0] if isinstance(plot, Column) else plot
            label = getattr(picture, "y_label", "")
            if is_bounded(label, getattr(picture, "y_unit", "")) and drawing._art.spans:
                span = drawing._art.spans[-1]
                if span.inside and not isinstance(plot.left[0], LogAxis):
                    assert plot.left[0].bounds == (0.0, 1.0), key
                    assert -FAR < plot.y_range.start < plot.y_range.end < 1 + FAR + span.head
            if isinstance(picture, Curves):
                assert covering(picture) <= drawing._art.dashed


def test_words_are_never_older_than_the_picture_while_a_run_trains():
    board, frames = page_of("beta-vae"), shortest("beta-vae")
    run = board.live.run
    run.status, run.frames = "training", []
    for frame in frames[:12]:
        run.frames.append(frame)
        board.live.refresh()
        shown = board.cards["Learning curves"]
        assert f"at step {frame.step}:" in shown.words.text
        assert find("beta-vae").quantity("elbo").write(frame.scalars["elbo"]) in board.status.text
    run.frames.append(frames[12])  # there is a newer frame, which is not drawn yet
    board.live.write()
    assert f"step {frames[12].step} of" in board.status.text  # how far the run is
    assert find("beta-vae").quantity("rate").write(frames[11].scalars["rate"]) in board.status.text


def test_loading_a_data_set_says_which():
    board = page_of("beta-vae")
    run = board.live.run
    run.status, run.frames, board.live._shown = "training", [], ()
    for name, title in (("digits", "Handwritten digits, 8 x 8"), ("my-own", "my-own")):
        run.settings = run.settings.replace(data=name)
        board.live.write()
        assert f"<div>Loading {title}</div>" in board.status.text
        assert "<b>" not in board.status.text  # no number of a run before


def test_going_back_over_a_run_shows_the_numbers_of_then():
    board, frames = page_of("beta-vae"), shortest("beta-vae")
    board.live.refresh()
    board.replay._show(frames[:5])
    assert f"Replay: step {frames[4].step} of {frames[-1].steps}" in board.status.text
    assert find("beta-vae").quantity("elbo").write(frames[4].scalars["elbo"]) in board.status.text
