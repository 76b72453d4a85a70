"""A Board in a notebook's cell: how it is arranged, and how a cell waits for its end."""

import panel as pn

from workbench.core.frames import Frame
from workbench.view.page.cards import Card
from workbench.view.page.gallery import pictures_of
from workbench.view.page.meanings import LIST, explanations, folded, meanings
from workbench.view.page.session import served
from workbench.view.page.widgets import Words
from workbench.view.patches.page_built import PageBuilt

KNOBS_WIDTH, MAIN_WIDTH = 300, 340  # pixels; the second is the least


def arrange(board) -> pn.viewable.Viewable:
    """Knobs to the left, words and pictures to the right; what is not yet trained begins."""
    if board.run is None:
        board.start()
    board.controls.open_details()
    wide = dict(sizing_mode="stretch_width")
    knobs = pn.Column(
        board.controls.main,
        board.controls.details,
        pn.Row(board.stop, board.new_seed, board.reset),
        board.replay.row,
        *board.presets,
        width=KNOBS_WIDTH,
    )
    words = Words(LIST)
    words.text = folded("What the knobs mean", explanations(board.chapter)) + folded(
        "What the numbers mean", meanings(board.chapter)
    )
    main = pn.Column(
        board.words_pane,
        board.gallery.pane,
        board.gallery.more,
        pn.pane.Bokeh(words.model, **wide),
        min_width=MAIN_WIDTH,
        **wide,
    )
    if served():
        return pn.Row(knobs, main, **wide)
    built = board.live.built = PageBuilt(width=0, height=0, margin=0)
    built.param.watch(lambda _event: board.poll(), "yes")
    return pn.Row(knobs, main, built, **wide)


def finish(board, timeout: float) -> Frame:
    """Waits for the board's run, draws its end and returns the last frame.

    Raises what went wrong in the training or in a drawing, also one that nobody has seen.
    """
    if board.run is None:
        board.start()
    board.run.wait(timeout)
    board.poll()
    if board.live.trouble is not None:
        raise board.live.trouble
    if board.live.held:  # the page comes after this cell: draw without it
        for picture in pictures_of(board.chapter, board.run.frames).values():
            Card(picture, board.dark)
    return board.run.frames[-1]
