"""What the status line says of a frame's note: what a run does, and a remark that stays."""

from types import SimpleNamespace

import pytest

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.view.page.status import Status, parts_of

WORD = "This text has no word kingg; the nearest spelling is king"


@pytest.mark.parametrize(
    "note, parts",
    [
        ("training", ("Training", "")),
        ("", ("Training", "")),
        (f"training. {WORD}", ("Training", WORD)),
        ("AL_MS asks", ("AL_MS asks", "")),
    ],
)
def test_a_note_is_what_the_run_does_and_a_remark(note, parts):
    assert parts_of(note) == parts


def said(name: str, note: str, status: str = "training", others: int = 0) -> str:
    """What the status line says of a run at step 5 that takes turns with so many others."""
    chapter, words = find(name), SimpleNamespace(text="")
    frame = Frame(5, 10, {"loss": 1.0}, {}, note)
    run = SimpleNamespace(settings=chapter.Settings(), frames=[frame], status=status, error="")
    runner = SimpleNamespace(
        in_turn_with=lambda _run: others,
        paused=False,
        waiting_before=lambda _run: 0,
        seconds_before=lambda _run: 0,
    )
    Status(runner, chapter, words, SimpleNamespace(text="")).write(run, [frame])
    return words.text


@pytest.mark.parametrize(
    "status, stage", [("training", "Training: step 5 of 10"), ("done", "Done")]
)
def test_a_remark_is_there_while_it_trains_and_when_it_is_done(status, stage):
    words = said("words", f"training. {WORD}", status)
    assert stage in words and WORD in words


def test_turns_with_others_are_said_in_place_of_the_stage_which_would_take_a_third_line():
    note = "round 7: learnt, pseudo-labels forgotten"
    assert "Round 7: learnt, pseudo-labels forgotten: step 5 of 10<" in said("ceal", note)
    assert ">Step 5 of 10, in turn with 3 other runs<" in said("ceal", note, others=3)
