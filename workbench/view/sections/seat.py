"""A reader's seat in the class: a name if wanted, a raised hand, and following the instructor."""

import weakref
from contextlib import suppress
from functools import partial
from html import escape

import panel as pn
import panel_material_ui as pmui
from panel.io.state import set_curdoc

from workbench.chapters import find
from workbench.classroom.room import Seat, Shown, classroom
from workbench.core.settings import Settings
from workbench.view.page.board import Board
from workbench.view.page.widgets import TYPE, Sentence, button

TITLE = "In class: raise a hand, follow the instructor"


INTRODUCTION = (
    "The instructor sees how many pages are open and which hands are up, and you under no name "
    "but one that you choose. Follow, and this page takes the knobs that the instructor shows; "
    "you can always go back to yours."
)
FOLLOWING = "You follow the instructor."


def sit(board: Board, before: str = "") -> Seat:
    """The board's seat. It hears of what the instructor does in its own page's time.

    before: the id of the seat whose reader has followed the instructor here.
    """
    reference = weakref.ref(board)
    document = weakref.ref(pn.state.curdoc)

    def hear(what: str, *given) -> None:
        page = document()
        if page is not None and reference() is not None:
            with suppress(AttributeError):  # it is going: the others must hear all the same
                page.add_next_tick_callback(partial(_hear, reference, document, what, *given))

    lower = partial(hear, "lower")
    seat = classroom().sit(board.chapter.name, partial(hear, "take"), lower, before)
    board.live.session = seat.id
    if seat.follows:  # from the start, though nobody has opened the section yet
        board.seat_section = SeatSection(board, seat)
    pn.state.on_session_destroyed(lambda _context: classroom().leave(seat))
    return seat


def _hear(reference: "weakref.ref[Board]", document: weakref.ref, what: str, *given) -> None:
    board = reference()
    if board is not None and board.seat_section is not None:
        # Panel would go on with the page of the instructor's click: contexts are inherited
        with set_curdoc(document()):
            getattr(board.seat_section, what)(*given)


class SeatSection:
    """The widgets of one seat."""

    def __init__(self, board: Board, seat: Seat):
        self._board = weakref.ref(board)
        self.seat = seat
        self.before: Settings | None = None  # what the reader had chosen
        # what was last taken from the instructor
        self.taken: Settings | None = board.controls.settings if seat.follows else None
        self.name = pmui.TextInput(
            stylesheets=[TYPE],
            label="Name for the instructor (if you like)",
            size="small",
            value=seat.name,
            max_length=24,
            width=270,
        )
        self.name.param.watch(lambda event: seat.call_me(event.new), "value")
        self.hand = pmui.Switch(
            stylesheets=[TYPE], label="Raise my hand", value=seat.hand is not None
        )
        self.hand.param.watch(lambda event: seat.raise_hand(event.new), "value")
        self.follow = pmui.Switch(
            stylesheets=[TYPE], label="Follow the instructor", value=seat.follows
        )
        self.follow.param.watch(self._follow, "value")
        self.sentence = Sentence(FOLLOWING if seat.follows else "")
        self.undo = button("Back to my knobs", self._undo, visible=False)

    def view(self) -> pn.viewable.Viewable:
        return pn.Column(
            pn.FlexBox(self.name, self.hand, self.follow, align_items="center"),
            self.sentence,
            self.undo,
            sizing_mode="stretch_width",
        )

    def _follow(self, event) -> None:
        self.seat.follows = event.new
        shown = classroom().shown
        if event.new and shown is not None:
            self.take(shown)
        else:
            self._board().status.call.text = ""
            self.sentence.say(FOLLOWING if event.new else "You go your own way.")

    def take(self, shown: Shown) -> None:
        """Sets the instructor's knobs, or links to the chapter that is shown."""
        board = self._board()
        if not self.seat.follows:
            return
        if shown.chapter != board.chapter.name:
            # above the pictures, and here, where the reader may just have asked for it
            title = escape(find(shown.chapter).title)
            link = escape(self._link(shown))
            board.status.call.text = self.sentence.object = (
                f'<p role="status">The instructor shows <a href="{link}">{title}</a>.</p>'
            )
            return
        board.status.call.text = ""
        chosen = board.controls.settings
        if shown.settings != chosen:
            if chosen != self.taken:  # else the reader has chosen nothing since
                self.before = chosen
            self.taken = shown.settings
            board.set_knobs(shown.settings)
        self.undo.visible = self.before is not None
        self.sentence.say("These are the instructor's knobs.")

    def _link(self, shown: Shown) -> str:
        """To another chapter, where this reader goes on following."""
        return f"?chapter={shown.chapter}&{shown.settings.to_query()}&follow={self.seat.id}"

    def lower(self) -> None:
        """Lowers the hand: the instructor has come."""
        self.hand.value = False
        self.sentence.say("The instructor has lowered your hand.")

    def _undo(self, _event) -> None:
        self._board().set_knobs(self.before)
        self.before = None
        self.taken = None
        self.undo.visible = False
        self.sentence.say("These are your own knobs again.")


def build(board: Board) -> pn.viewable.Viewable:
    """The section for one reader."""
    board.seat_section = board.seat_section or SeatSection(board, board.seat)
    return board.seat_section.view()
