"""What a rehearsal measured, beside what a class needs."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workbench.classroom.rehearsal.people import Move

# what a class needs: (what is measured, its limit), in the units of Report.numbers
BARS = {
    "last home page s": 3.0,
    "last chapter page s": 15.0,
    "move p95 ms": 250.0,
    "move p99 ms": 1000.0,
    "moves lost": 0.0,
    "foreign answers": 0.0,
    "first frame, new p95 s": 5.0,
    "first frame, kept p95 s": 0.5,
    "loop late p95 ms": 50.0,
    "loop late max ms": 500.0,
    "errors": 0.0,
    "vote p95 ms": 250.0,
    "votes lost": 0.0,
    "votes miscounted": 0.0,
    "killed worker, its reader told s": 1.0,
    "killed worker, next frame s": 3.0,
}


# what a rehearsal may be too short or too quiet for, so that not to have seen it is no miss
SELDOM = {
    *("first frame, new p95 s", "first frame, kept p95 s", "killed worker, its reader told s"),
    *("vote p95 ms", "votes miscounted"),
}


WORDS = [f"{'a word' * 9} {i}" for i in range(20_000)]
SORTINGS = 350.0  # in a CPU second, on the machine of docs/serving.md: its speed is 1


def measure_speed(rounds: int = 5) -> float:
    """How fast one core runs Python, beside the machine that docs/serving.md was measured on.

    It sorts words by their letters: a page is such work, and costs as much more as this is slower.
    The best of some rounds counts, because others may be at work.
    """
    took = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(5):
            sorted(WORDS, key=lambda word: word[::-1])
        took.append((time.process_time() - begun) / 5)
    return 1 / (SORTINGS * min(took))


@dataclass
class Report:
    """The numbers of one rehearsal, beside what a class needs."""

    people: int
    numbers: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def misses(self) -> list[str]:
        """What is worse than its limit, or should have been seen and was not, in words."""
        worse = [name for name, value in self.numbers.items() if value > BARS.get(name, math.inf)]
        unseen = [
            name
            for name, value in self.numbers.items()
            if math.isnan(value) and name in BARS and name not in SELDOM
        ]
        return [f"{name} {self.numbers[name]:.3g} (at most {BARS[name]:g})" for name in worse] + [
            f"{name} was not seen" for name in unseen
        ]

    def limits(self) -> dict[str, float]:
        """What a class needs, and what is promised besides of a server of our own."""
        return BARS | {"CPU a home page ms": 20.0, "server MB": 150.0 + 3 * self.people}

    def sentence(self) -> str:
        """The one line that an instructor reads."""
        misses = self.misses()
        summary = (
            f"p95 {self.numbers.get('move p95 ms', math.nan):.0f} ms, "
            f"last page {self.numbers.get('last chapter page s', math.nan):.0f} s"
        )
        if not misses:
            return f"{summary}, fit for {self.people}."
        return f"{summary}, not fit for {self.people}: {'; '.join(misses)}."

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Name, number and limit of everything that was measured."""
        limits = self.limits()
        for name, value in self.numbers.items():
            limit = f"<= {limits[name]:g}" if name in limits else ""
            yield name, f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}", limit


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed; NaN for none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def waits(moves: Sequence[Move], least: float) -> list[float]:
    """Seconds until the first frame, for those who stayed `least` seconds or longer.

    A person who moves on sooner is not counted, because the server drops that run. A person who
    stayed and saw no frame counts with the seconds until leaving.
    """
    stayed = [m for m in moves if (m.left or math.inf) - m.asked >= least]
    return [(m.framed or m.left or math.inf) - m.asked for m in stayed]
