"""The Board without a browser: whose frames it draws, and what it does when something fails."""

import queue
import re

import numpy as np
import pytest
from bokeh.document import Document
from doubles import until

from workbench.chapters import find
from workbench.core.frames import Diverged, Frame
from workbench.core.pictures import Images, Scatter
from workbench.core.settings import SettingsError
from workbench.running.runner import Runner
from workbench.view.page.board import Board
from workbench.view.page.gallery import Gallery
from workbench.view.page.live import LiveRun
from workbench.view.page.status import REPEAT_SECONDS

NAME = "beta-vae"
BAD = '<img src=x onerror="alert(1)">'


class Fake:
    """Plays what the test puts into `script`: frames, an exception, or None for the end."""

    def __init__(self):
        self.script = queue.Queue()
        self.trained = []

    def frames(self, name, runs):
        self.trained += runs
        while (item := self.script.get(timeout=30)) is not None:
            if isinstance(item, Exception):
                raise item
            yield [item]

    def stop(self):
        pass

    def close(self):
        self.script.put(None)


def frame(step: int, elbo: float = -20.0, **pictures) -> Frame:
    return Frame(step, 100, {"elbo": elbo, "rate": 1.0, "distortion": -elbo}, pictures)


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def runner(fake):
    runner = Runner([fake])
    yield runner
    for _ in range(20):  # whatever still trains ends here
        fake.script.put(None)
    runner.close()


@pytest.fixture
def board(runner, monkeypatch):
    """A board without a timer: the test looks when it wants to."""
    monkeypatch.setattr(LiveRun, "watch", lambda self: None)
    board = Board(NAME, runner=runner, seed=1).start()
    yield board
    board.close()


def play(fake, run, *items):
    """Lets the player of this run go through the items, and waits until they are there."""
    before = len(run.frames)
    for item in items:
        fake.script.put(item)
    frames = sum(isinstance(item, Frame) for item in items)
    until(lambda: len(run.frames) == before + frames)
    if not isinstance(items[-1], Frame):
        assert run.ended.wait(30)


def move(board, **knobs):
    """What a reader does with a slider."""
    board.controls.choose(*next(iter(knobs.items())))


def shown(board) -> str:
    """The ELBO that the page shows."""
    found = re.search(r"ELBO <b>([^<]+)\u00a0nats</b>", board.status.text)
    return found and found[1]


def test_it_draws_its_own_run_and_says_how_far_it_is(board, fake):
    assert shown(board) is None
    play(fake, board.run, frame(1, -50), frame(2, -40))
    board.poll()
    assert shown(board) == "-40"
    assert "step 2 of 100" in board.status.text
    assert list(board.cards) == ["Learning curves", "Distortion and rate", "Rate-distortion plane"]
    assert board.cards.grid.children == [card.model for card in board.cards.values()]


def test_a_frame_of_an_earlier_run_is_never_drawn(board, fake, monkeypatch):
    drawn = []
    real = Gallery.draw
    monkeypatch.setattr(Gallery, "draw", lambda g, f, *how: drawn.append(f) or real(g, f, *how))
    first = board.run
    play(fake, first, frame(1, -50))
    move(board, seed=2)  # before the board has looked
    second = board.run
    fake.script.put(frame(2, -49))  # the abandoned run's next, and its end
    assert first.ended.wait(30) and first.status == "abandoned"
    board.poll()
    assert drawn == [] and shown(board) is None
    play(fake, second, frame(1, -30), None)
    board.poll()
    assert {id(f) for frames in drawn for f in frames} == {id(f) for f in second.frames}
    assert shown(board) == "-30"


def test_the_last_of_many_moves_wins_and_those_between_are_never_trained(board, fake):
    first = board.run
    play(fake, first, frame(1))
    for seed in range(2, 9):
        move(board, seed=seed)
    fake.script.put(frame(2))
    play(fake, board.run, frame(1), None)
    assert board.run.settings.seed == 8
    assert [settings.seed for settings in fake.trained] == [1, 8]
    assert not first.readers


def test_the_same_settings_again_keep_the_run_and_its_pictures(board, fake):
    run = board.run
    play(fake, run, frame(1, -50), None)
    board.poll()
    board.move(board.controls.settings)
    assert board.run is run and run.readers
    board.poll()
    assert shown(board) == "-50" and fake.trained == [run.settings]


def test_an_earlier_runs_pictures_are_pale_until_the_new_ones_come(board, fake):
    play(fake, board.run, frame(1))
    board.poll()
    plot = board.cards["Learning curves"].drawing.model
    move(board, seed=2)
    assert plot.styles == {"opacity": "0.4"}
    fake.script.put(frame(2))
    play(fake, board.run, frame(1))
    board.poll()
    assert plot.styles == {"opacity": "1.0"}
    assert board.cards["Learning curves"].drawing.model is plot


def test_later_frames_patch_the_page_and_make_no_model(board, fake):
    def pictures(seed):
        rng = np.random.default_rng(seed)
        return {
            "samples": Images("Samples", rng.random((2, 3, 4, 4))),
            "latents": Scatter("Codes", rng.random((9, 2)), np.arange(9) % 3, ("0", "1", "2")),
        }

    play(fake, board.run, frame(1, -50, **pictures(1)), frame(2, -40, **pictures(2)))
    board.poll()
    document = Document()
    document.add_root(board.cards.grid)
    before = {model.id for model in document.models}
    for step in range(3, 8):
        play(fake, board.run, frame(step, -40, **pictures(step)))
        board.poll()
    assert {model.id for model in document.models} == before


def seconds_told(board) -> int:
    """How long it will take, as a waiting reader is told."""
    return int(re.search(r"about (\d+) s\.", board.status.text)[1])


def test_who_waits_is_told_before_each_second_is_over_how_long_it_takes(board, runner, fake):
    runner.queue._seconds[NAME] = 9.0  # what runs took lately
    others = [Board(NAME, runner=runner, seed=seed).start() for seed in (2, 3)]
    second, third = others
    assert "Waiting for a free place, about " in second.status.text
    assert "Waiting: 1 before you, about " in third.status.text
    before = seconds_told(third)
    assert 1 <= seconds_told(second) <= 9 < before <= 18
    until(lambda: runner.seconds_before(third.run) < before - 0.6 and third.live.is_due())
    third.poll()
    assert seconds_told(third) < before
    play(fake, board.run, None)
    third.poll()
    assert "Waiting for a free place" in third.status.text and REPEAT_SECONDS < 1
    for each in others:
        each.close()


def test_a_failed_run_is_an_alert_and_can_be_trained_again(board, fake):
    play(fake, board.run, frame(1, -50), Diverged(f"It diverged. {BAD}"))
    board.poll()
    assert '<div class="alert" role="alert">It diverged. &lt;img' in board.status.text
    assert BAD not in board.status.text
    assert "Failed after step 1" in board.status.text and shown(board) == "-50"
    assert board.stop.label == "Train again"
    board.stop.param.trigger("clicks")
    assert 'role="alert"' not in board.status.text and board.stop.label == "Stop"
    play(fake, board.run, frame(1, -45), None)
    board.poll()
    assert shown(board) == "-45" and "Done" in board.status.text


def test_stop_leaves_the_run_and_keeps_what_is_shown(board, fake):
    run = board.run
    play(fake, run, frame(1, -50))
    board.poll()
    board.stop.param.trigger("clicks")
    fake.script.put(frame(2, -49))
    assert run.ended.wait(30)
    board.poll()
    assert run.status == "abandoned" and "Stopped at step 1 of 100" in board.status.text
    assert shown(board) == "-50" and board.stop.label == "Train again"


def test_a_run_that_has_spent_its_budget_goes_on_at_the_press_of_a_button(board, fake, runner):
    fake.halt = fake.go_on = lambda: None
    runner.players = [fake] * 4  # as many places as let one be held
    settings = board.controls.settings.replace(steps=20000)
    play(fake, board.run, None)
    board.move(settings)
    runner.budget = -1.0
    play(fake, board.run, frame(50, -50))
    until(lambda: board.run.status == "halted")
    board.poll()
    assert "Paused at step 50 of 100" in board.status.text and board.stop.label == "Continue"
    assert 'role="status">A run may compute for' in board.status.text
    runner.budget, run = None, board.run
    board.stop.param.trigger("clicks")
    assert board.run is run and board.stop.label == "Stop" and shown(board) == "-50"
    play(fake, run, frame(100, -40), None)
    board.poll()
    assert "Done" in board.status.text and [f.step for f in run.frames] == [50, 100]


def test_play_again_shows_the_frames_and_trains_nothing(board, fake):
    play(fake, board.run, *(frame(step, -step) for step in range(1, 81)), None)
    board.poll()
    assert board.stop.label == "Play again" and shown(board) == "-80"
    drawn, board.replay._show = [], lambda frames: drawn.append(len(frames))
    board.stop.param.trigger("clicks")
    assert "Nothing trains" in board.status.text and len(fake.trained) == 1
    for _ in range(100):
        board.replay.advance()
    assert drawn == [1, *range(3, 80, 2), 80] and board.stop.label == "Play again"
    board.stop.param.trigger("clicks")
    board.replay.slider.value = 40  # a reader takes over
    board.replay.advance()
    board.replay.advance()
    assert drawn[-1] == 40


def test_new_seed_trains_and_says_which(board, fake):
    board.new_seed.param.trigger("clicks")
    assert board.run.settings.seed == 2 and board.controls.widgets["seed"].value == 2
    assert "This trains anew with seed 2; the run before had seed 1." in board.status.text
    high = board.controls.settings.knobs()["seed"].high
    board.set_knobs(board.controls.settings.replace(seed=high))
    board.new_seed.param.trigger("clicks")
    assert board.run.settings.seed == 0


def test_reset_brings_the_defaults_back_and_keeps_the_data(board):
    board.controls.show(board.controls.settings.replace(data="sprites", beta=4))
    board.reset.param.trigger("clicks")
    assert board.run.settings == find(NAME).Settings(data="sprites")
    assert board.controls.widgets["beta"].value == 1


def test_every_suggestion_sets_the_knobs_it_names(board):
    for button, (_, query) in zip(board.presets, board.chapter.try_this, strict=True):
        button.param.trigger("clicks")
        expected, notes = board.chapter.Settings.from_query(query)
        assert board.run.settings == expected and not notes
        widgets = board.controls.widgets
        assert {name: made.value for name, made in widgets.items()} == expected.values_by_name()


def test_a_value_that_cannot_be_is_said_and_not_taken(board):
    run = board.run
    move(board, latent=10**9)
    assert "latent must be a whole number from 1 to 32" in board.status.text
    assert board.run is run and board.controls.widgets["latent"].value == 10


def test_what_a_slider_tells_on_release_is_its_value(board):
    """Panel 1.9.4 tells the position of a stop; and nothing at all if it was there before."""
    beta = board.controls.widgets["beta"]
    place = beta.values.index(3.5)
    beta._process_events({"value": place, "value_throttled": place})
    assert board.run.settings.beta == 3.5
    board.reset.param.trigger("clicks")
    assert beta.value_throttled == beta.values.index(1)
    assert board.controls.widgets["latent"].value_throttled == 10


def test_replay_draws_an_earlier_frame(board, fake):
    assert board.replay.slider.disabled
    play(fake, board.run, frame(1, -50), frame(2, -40), frame(3, -30), None)
    board.poll()
    assert (
        not board.replay.slider.disabled
        and board.replay.slider.value == board.replay.slider.end == 3
    )
    curves = board.cards["Learning curves"].drawing
    board.replay.slider.value = 1
    assert curves._picture.lines[0].y.tolist() == [-50]
    board.replay.slider.value = 3
    assert curves._picture.lines[0].y.tolist() == [-50, -40, -30]
    move(board, seed=2)
    assert board.replay.slider.disabled


def test_what_a_link_got_wrong_is_said_as_text(board):
    board.note(f"No {BAD}.")
    assert '<div class="note" role="status">No &lt;img' in board.status.text
    move(board, seed=2)
    assert "No &lt;img" not in board.status.text


def test_a_fault_while_drawing_is_not_swallowed(board, fake, monkeypatch):
    def fail(self, frames):
        raise ZeroDivisionError("drawn by nought")

    play(fake, board.run, frame(1), None)
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(Gallery, "draw", fail)
        board.poll()  # by the timer, where nobody hears it
    with pytest.raises(ZeroDivisionError):
        board.finish()


def test_closing_leaves_the_run(board):
    run = board.run
    board.close()
    assert not run.readers and board.run is None
    board.poll()  # a late look does nothing
    board.close()


def test_it_refuses_what_cannot_be(runner):
    with pytest.raises(SettingsError, match="no chapter"):
        Board("beta", runner=runner)
    with pytest.raises(SettingsError, match="no knob"):
        Board(NAME, runner=runner, gama=3)


def test_every_card_says_in_words_what_it_shows(board, fake):
    samples = Images("Samples", np.zeros((2, 3, 4, 4)))
    play(fake, board.run, frame(1, -50, samples=samples))
    board.poll()
    for card in board.cards.values():
        assert card.model.children[-1] is card.words.model
        sentence = card.words.text
        assert sentence.startswith('<p class="unseen">') and len(sentence) > 30
