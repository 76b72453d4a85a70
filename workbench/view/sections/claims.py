"""The claims of a chapter on its page, and "Test it": five seeds, one after the other.

The list is plain HTML of the page (pages/claims.html); what is told to it is plain, too. Nothing
is read or measured before a reader opens it.
"""

from typing import Any

from workbench.core.chapter import Chapter
from workbench.running.claim_memory import Outcome
from workbench.running.claim_tests import SEEDS, ClaimTest, ClaimTests, shared_claim_tests, verdict
from workbench.view.page.timer import Timer

REFRESH_MS = 300
TEST, STOP, TESTED, AGAIN = "Test it", "Stop", "Tested", "Try again"
SIGNS = {True: "holds", False: "fails", None: "trouble"}
BEFORE = "Tested before on this server."


class ClaimsSection:
    """What one reader sees of a chapter's claims; one of them is tested at a time.

    wire: tells the page the state of the list ("claims"), and hears that the list is opened
    ("claims") and which button is pressed ("claim").
    """

    def __init__(self, chapter: Chapter, wire: Any, tests: ClaimTests | None = None):
        self.chapter = chapter
        self._wire = wire
        self._tests = tests
        self._reader = object()  # by which the tests know this page, without holding it
        self._opened = False
        self._wanted: list[str] = []  # ids whose button was pressed; the first is tested now
        self._stopped: set[str] = set()
        self._known: dict[str, dict[int, Outcome]] = {}
        self._before: set[str] = set()  # whose outcomes were there when the list was opened
        self._test: ClaimTest | None = None
        self._timer = Timer(self.refresh, REFRESH_MS)
        wire.on("claims", self.open)
        wire.on("claim", self.press)

    @property
    def tests(self) -> ClaimTests:
        if self._tests is None:
            self._tests = shared_claim_tests()
        return self._tests

    def open(self, _value: Any = None) -> None:
        """Shows what is known on this server."""
        if not self._opened:
            self._opened = True
            self._known = self.tests.memory.outcomes(self.chapter.name)
            self._before = {claim for claim, seeds in self._known.items() if self._is_whole(seeds)}
        self.refresh()

    def press(self, claim: Any) -> None:
        """Begins to test the claim of this id, puts it behind the one before, or stops it."""
        if claim not in [each.id for each in self.chapter.claims]:
            return
        self.open()
        if claim in self._wanted:
            self._wanted.remove(claim)
            self._stopped.add(claim)
            if self._test is not None and self._test.claim == claim:
                self._leave()
        elif not self._is_whole(self._known.get(claim, {})):
            self._wanted.append(claim)
            self._stopped.discard(claim)
            self._known[claim] = {
                seed: outcome
                for seed, outcome in self._known.get(claim, {}).items()
                if outcome.holds is not None
            }
        self.refresh()

    def refresh(self) -> None:
        """Goes on with what is wanted, and tells the page how it stands."""
        self._follow()
        if self._test is None and self._wanted:
            self._test = self.tests.open(self.chapter.name, self._wanted[0], self._reader)
            self._timer.start()
            self._follow()
        if not self._wanted:
            self._timer.stop()
        if self._opened:
            self._wire.show(
                "claims", {each.id: self._state(each.id) for each in self.chapter.claims}
            )

    def _follow(self) -> None:
        """Takes over what the test has shown; one that has ended gives way to the next."""
        test = self._test
        if test is None:
            return
        self._known[test.claim] = dict(test.outcomes)
        if test.ended:
            self._wanted.remove(test.claim)
            self._leave()

    def _leave(self) -> None:
        if self._test is not None:
            self.tests.leave(self._test, self._reader)
            self._test = None

    def _state(self, claim: str) -> dict[str, Any]:
        """The signs of the seeds, what was measured, a sentence, and what the button says."""
        known = self._known.get(claim, {})
        measured = [
            f"Seed {seed} {'holds' if each.holds else 'fails'}: {each.measured}"
            if each.holds is not None
            else f"Seed {seed}: {each.measured}"
            for seed, each in sorted(known.items())
        ]
        return {
            "seeds": [self._sign(claim, seed) for seed in SEEDS],
            "measured": measured,
            "words": self._words(claim, known),
            "button": self._label(claim, known),
        }

    def _sign(self, claim: str, seed: int) -> str:
        known = self._known.get(claim, {})
        if seed in known:
            return SIGNS[known[seed].holds]
        if claim not in self._wanted:
            return ""
        test = self._test
        return "runs" if test and (test.claim, test.measures) == (claim, seed) else "waits"

    def _label(self, claim: str, known: dict[int, Outcome]) -> str:
        if claim in self._wanted:
            return STOP
        if self._is_whole(known):
            return TESTED
        return AGAIN if any(each.holds is None for each in known.values()) else TEST

    def _words(self, claim: str, known: dict[int, Outcome]) -> str:
        words = [verdict(known)]
        if claim in self._wanted:
            words.append(self._progress(claim))
        elif any(each.holds is None for each in known.values()):
            missing = sum(known.get(seed, Outcome(None, "")).holds is None for seed in SEEDS)
            words.append(f"{missing} of {len(SEEDS)} seeds could not be measured.")
        elif claim in self._stopped and not self._is_whole(known):
            words.append("Stopped.")
        elif claim in self._before:
            words.append(BEFORE)
        return " ".join(filter(None, words))

    def _progress(self, claim: str) -> str:
        test = self._test
        if test is None or test.claim != claim:
            return "Waits for the claim that is tested now."
        if test.measures is not None:
            return f"Measuring seed {test.measures}."
        if self.tests.paused:
            return "The instructor has paused training; this goes on with it."
        others = self.tests.beside(test)
        return f"In turn with {others} other test{'s' * (others > 1)}." if others else "Begins."

    @staticmethod
    def _is_whole(known: dict[int, Outcome]) -> bool:
        """Whether every seed has been measured."""
        return all(seed in known and known[seed].holds is not None for seed in SEEDS)

    def rest(self) -> None:
        """Leaves a test that nobody sees."""
        self._timer.stop()
        self._leave()

    def wake(self) -> None:
        """Goes on with it."""
        if self._wanted:
            self.refresh()

    def close(self) -> None:
        """Leaves the test, and wants no other."""
        self._wanted.clear()
        self.rest()
