"""Claims that readers test: each seed measured in a process beside the server, in turns.

One process serves all pages, so a class that tests everything takes one core at most, and stands
behind what is trained for readers. Pages that test the same claim share one test.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from workbench.chapters import find
from workbench.running.claim_memory import ClaimMemory, Outcome, shared_memory
from workbench.running.errors import KNOWN, TookTooLong, WorkerDied
from workbench.running.lab_process import LabProcess
from workbench.running.limits import NICE
from workbench.running.shared import shared_runner

SEEDS = tuple(range(5))
SEED_SECONDS = 120.0  # of CPU that a seed may take; the longest of ours takes 17
PAUSE_SECONDS = 0.5  # between two looks whether the instructor still pauses

Measure = Callable[[str, str, int], Outcome]  # of a chapter's claim, by names, on a seed


class ClaimTest:
    """One claim on several seeds: what they have shown up to now.

    It goes on while it has readers and seeds without an outcome.
    """

    def __init__(self, name: str, claim: str, outcomes: dict[int, Outcome], seeds: Sequence[int]):
        self.name = name
        self.claim = claim
        self.seeds = tuple(seeds)
        self.outcomes = dict(outcomes)
        self.readers: set[Any] = set()
        self.measures: int | None = None  # the seed that is measured just now
        self.gave_up = False  # after a seed that took too long

    @property
    def missing(self) -> list[int]:
        """The seeds that are still to be measured."""
        return [seed for seed in self.seeds if seed not in self.outcomes]

    @property
    def ended(self) -> bool:
        return self.gave_up or not self.missing


class ClaimTests:
    """The tests that readers wait for, a seed at a time in turn, and the thread that does them.

    measure: a function of a module, which is called in the other process; is_paused: whether the
    instructor lets nothing new begin.
    """

    def __init__(
        self,
        measure: Measure,
        memory: ClaimMemory,
        is_paused: Callable[[], bool] = lambda: False,
        seconds: float = SEED_SECONDS,
    ):
        self.memory = memory
        self.process = LabProcess(seconds, NICE["sweeps"])
        self._measure = measure
        self._is_paused = is_paused
        self._changed = threading.Condition()
        self._open: deque[ClaimTest] = deque()
        self._ended_early = False  # the seed that is measured just now: its last reader has left
        self._thread: threading.Thread | None = None

    def open(self, name: str, claim: str, reader: Any) -> ClaimTest:
        """A test of this claim for one more reader; what is remembered is not measured again."""
        with self._changed:
            for test in self._open:
                if (test.name, test.claim) == (name, claim) and not test.ended:
                    break
            else:
                known = self.memory.outcomes(name).get(claim, {})
                test = ClaimTest(name, claim, known, SEEDS)
                self._open.append(test)
            test.readers.add(reader)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._live, daemon=True)
                self._thread.start()
            self._changed.notify()
        return test

    def leave(self, test: ClaimTest, reader: Any) -> None:
        """The reader is gone, or has had enough; what nobody waits for is ended at once."""
        with self._changed:
            test.readers.discard(reader)
            if not test.readers and test.measures is not None:
                self._ended_early = True
                self.process.end()

    def beside(self, test: ClaimTest) -> int:
        """How many other tests take their turns with this one."""
        with self._changed:
            return sum(each is not test and bool(each.readers) for each in self._open)

    @property
    def paused(self) -> bool:
        """Whether nothing new begins, because the instructor wants it so."""
        return self._is_paused()

    def _live(self) -> None:
        """The life of the thread."""
        while True:
            with self._changed:
                while (test := self._next()) is None or self._is_paused():
                    self._changed.wait(PAUSE_SECONDS if test else None)
                seed = test.measures = test.missing[0]
            outcome, late = self._try(test, seed)
            with self._changed:
                test.measures = None
                if outcome.holds is not None or not self._ended_early:
                    test.outcomes[seed] = outcome
                    test.gave_up = late
                    self.memory.put(test.name, test.claim, seed, outcome)
                self._ended_early = False
                self._open.rotate(-1)

    def _next(self) -> ClaimTest | None:
        """The test whose turn it is; those that have ended or are left go."""
        while self._open and (self._open[0].ended or not self._open[0].readers):
            self._open.popleft()
        return self._open[0] if self._open else None

    def _try(self, test: ClaimTest, seed: int) -> tuple[Outcome, bool]:
        """What the seed has shown, and whether it took too long."""
        try:
            return self.process(partial(self._measure, test.name, test.claim, seed)), False
        except TookTooLong as error:
            return Outcome(None, str(error)), True
        except (*KNOWN, WorkerDied) as error:
            return Outcome(None, str(error)), False
        except Exception as error:  # of the claim: its type and text, in a sentence
            return Outcome(None, f"This could not be measured ({error})."), False


def measure_claim(name: str, claim: str, seed: int) -> Outcome:
    """What this seed shows of this claim of a chapter."""
    (wanted,) = (each for each in find(name).claims if each.id == claim)
    holds, measured = wanted.measure(seed)
    return Outcome(bool(holds), str(measured))


@cache
def shared_claim_tests() -> ClaimTests:
    """The server's one ClaimTests."""
    return ClaimTests(measure_claim, shared_memory(), lambda: shared_runner("workers").paused)


def verdict(outcomes: dict[int, Outcome], seeds: Sequence[int] = SEEDS) -> str:
    """One sentence about the seeds: Holds on 4 of 5 seeds; fails on seed 3."""
    shown = [seed for seed in seeds if seed in outcomes and outcomes[seed].holds is not None]
    if not shown:
        return ""
    fails = [seed for seed in shown if not outcomes[seed].holds]
    so_far = "" if len(shown) == len(seeds) else " so far"
    words = f"Holds on {len(shown) - len(fails)} of {len(shown)} seeds{so_far}"
    return words + (f"; fails on seed {', '.join(map(str, fails))}." if fails else ".")
