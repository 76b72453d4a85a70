"""What several tests need: stand-ins for parts of the workbench, and ways to compare."""

import threading
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

import numpy as np
import pytest

from workbench.chapters import find
from workbench.core.frames import Frame
from workbench.core.pictures import Images
from workbench.core.settings import SettingsError
from workbench.running.claim_memory import Outcome
from workbench.running.players import play

NAME = "beta-vae"
# five seeds, of which the first is tested every time
OVER_SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))]
PATIENCE = 300  # seconds that nothing in a test needs unless it hangs, on a busy machine, too


def one_run(train, settings, *args, **kw) -> Iterator:
    """The frames of one run: `train` takes runs and yields lists, and one run is a list of one."""
    for (frame,) in train([settings], *args, **kw):
        yield frame


def one_played(player, name, settings) -> Iterator:
    """The frames of one run, as a player plays them."""
    return one_run(lambda runs: player.frames(name, runs), settings)


class Changed:
    """A chapter with some of its parts replaced: Changed(find(name), train=broken)."""

    def __init__(self, chapter, **parts):
        self._chapter = chapter
        vars(self).update(parts)

    def __getattr__(self, name):
        return getattr(self._chapter, name)


def plain(value):
    """Everything in a frame, down to the bytes of its arrays, as values that compare."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if is_dataclass(value):
        return type(value).__name__, [plain(getattr(value, f.name)) for f in fields(value)]
    if isinstance(value, dict):
        return [(key, plain(inner)) for key, inner in value.items()]
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return value


def short(name):
    """The chapter's shortest run."""
    cls = find(name).Settings
    return cls(steps=cls.knobs()["steps"].low)


@cache
def shortest(name) -> tuple[Frame, ...]:
    """The frames of the chapter's shortest run, trained once for all tests."""
    return tuple(play(name, "cpu", steps=short(name).steps))


def long(seed=0):
    """A run that goes on for a while, with frames close together at its beginning."""
    return find(NAME).Settings(steps=20000, seed=seed)


def until(condition):
    """Waits for what is going to happen in another thread."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.001)


class Fake:
    """Plays frames that carry their settings. With `gated`, one for each `let()`.

    A seed in `faults` ends its run with that error at the second frame.
    """

    def __init__(self, length=4, gated=False, faults=(), size=0):
        self.length = length
        self.gated = gated
        self.faults = dict(faults)
        self.size = size
        self.gate = threading.Semaphore(0)
        self.asked = threading.Semaphore(0)
        self.trained = []
        self.left = []
        self.stopped = 0
        self.closed = False

    def frames(self, name, runs):
        (settings,) = runs
        seed = settings.seed
        self.trained.append(seed)
        step = 0
        try:
            for step in range(1, self.length + 1):
                self.asked.release()
                if self.gated:
                    assert self.gate.acquire(timeout=PATIENCE)
                if step == 2 and seed in self.faults:
                    raise self.faults[seed]
                tiles = np.zeros((1, 1, 1, self.size), np.uint8)
                yield [Frame(step, self.length, {"seed": seed}, {"x": Images("x", tiles)})]
        finally:
            self.left.append((seed, step))

    def let(self, frames=1):
        """Lets so many frames through."""
        for _ in range(frames):
            self.gate.release()

    def stop(self):
        self.stopped += 1

    def close(self):
        self.closed = True


def fake_claim(name: str, claim: str, seed: int) -> Outcome:
    """Measures a claim whose name says what becomes of it; another process can import this."""
    if claim == "endless":
        while True:
            time.sleep(0.01)
    if claim == "raises":
        raise (
            ZeroDivisionError("seed 1 has nothing to divide by")
            if seed == 1
            else (SettingsError("That knob is not here."))
        )
    return Outcome(claim == "holds" or seed != 3, f"{name} {claim} {seed}")


def texts(knob) -> list[str]:
    """Texts that a knob takes: rules, of the awkward kind, too, or points."""
    rules = ["1 if ink > 0", "spam if 'a&b=c;\"% #+ä' in text\nham if 2 > 1", "1,0 0,-1"]
    return [text for text in rules if takes(knob, text)]


def takes(knob, text: str) -> bool:
    """Whether the knob can be set to this text."""
    try:
        knob.check(text)
    except ValueError:
        return False
    return True
