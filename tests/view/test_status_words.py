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


@pytest.mark.parametrize(
    "status, stage", [("training", "Training: step 5 of 10"), ("done", "Done")]
)
def test_a_remark_is_there_while_it_trains_and_when_it_is_done(status, stage):
    chapter, words = find("words"), SimpleNamespace(text="")
    frame = Frame(5, 10, {"loss": 1.0}, {}, f"training. {WORD}")
    run = SimpleNamespace(
        settings=chapter.Settings(steps=100), frames=[frame], status=status, error=""
    )
    runner = SimpleNamespace(
        in_turn_with=lambda _run: 0,
        paused=False,
        waiting_before=lambda _run: 0,
        seconds_before=lambda _run: 0,
    )
    Status(runner, chapter, words, SimpleNamespace(text="")).write(run, [frame])
    assert stage in words.text and WORD in words.text
