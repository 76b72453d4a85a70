"""The button with which an instructor shows a chapter's page, as it stands, to the class."""

from workbench.classroom.room import classroom
from workbench.view.pages.page_board import PageBoard
from workbench.view.pages.room_words import pages_reached

KIND = "show-class"  # of the page's message, and of the sentence that answers it


def stand(board: PageBoard) -> None:
    """Lets this page show its chapter and knobs to all who follow. Call it for nobody else."""

    def show(_value) -> None:
        room, knobs = classroom(), board.controls.settings.to_query()
        _, in_chapter, in_others = room.show(board.chapter.name, knobs)
        board.wire.show(KIND, f"{pages_reached(in_chapter, in_others)}.")

    board.wire.on(KIND, show)
