"""The rehearsal: what its numbers mean. The client itself is tested by what test_serving does."""

import itertools
import math

import numpy as np
import pytest
from visits import run

from workbench.chapters import find
from workbench.classroom.rehearsal import own_server, rehearse, report
from workbench.classroom.rehearsal.people import Move, Person
from workbench.classroom.rehearsal.report import BARS, Report, quantile, waits


def test_a_quantile_is_one_of_the_values():
    assert quantile([3, 1, 2, 4], 0.5) == 2 and quantile([3, 1, 2, 4], 0.95) == 4
    assert quantile(range(1, 101), 0.95) == 95 and math.isnan(quantile([], 0.5))


def test_only_who_stays_has_waited():
    seen = [
        Move(1, asked=0.0, framed=2.0, left=9.0),
        Move(2, asked=0.0, framed=1.0, left=3.0),  # went on sooner: says nothing of long waits
        Move(3, asked=1.0, left=4.0),
        Move(4, asked=1.0, left=8.5),  # saw nothing for 7.5 seconds
        Move(5, asked=2.0),
    ]
    assert waits(seen, 5) == [2.0, 7.5, math.inf]


def test_who_leaves_for_reasons_of_their_own_does_not_change_the_median():
    random = np.random.default_rng(0)
    times, patience = random.exponential(4, 20_000), random.exponential(3, 20_000)
    seen = [
        Move(0, 0.0, framed=float(t) if t < p else None, left=float(p))
        for t, p in zip(times, patience, strict=True)
    ]
    assert quantile(waits(seen, 5), 0.5) == pytest.approx(4 * math.log(2), rel=0.05)


def test_one_sentence_says_fit_or_what_is_not():
    fine = {name: most for name, most in BARS.items()}
    report = Report(40, fine | {"move p95 ms": 180, "last chapter page s": 9.2})
    assert report.sentence() == "p95 180 ms, last page 9 s, fit for 40."
    report.numbers["moves lost"] = 3
    assert "not fit for 40: moves lost 3 (at most 0)." in report.sentence()
    report.numbers["last chapter page s"] = math.inf
    assert len(report.misses()) == 2
    report.numbers["server MB"] = 200
    assert [(name, limit) for name, _, limit in report.rows() if limit][-1] == (
        "server MB",
        "<= 270",
    )
    assert [name for name, _, limit in report.rows() if limit][:-1] == list(BARS)


def test_what_was_not_seen_makes_nobody_fit():
    report = Report(40, {name: most for name, most in BARS.items()})
    report.numbers["first frame, kept p95 s"] = math.nan  # a short rehearsal without a kept run
    assert report.misses() == []
    report.numbers["loop late max ms"] = math.nan
    assert report.misses() == ["loop late max ms was not seen"]


class Toy(Person):
    """A person without a server who has asked for 2, then 4, of a slider `beta`."""

    def __init__(self, trained):
        super().__init__("http://nowhere", "", 7, trained)
        self.knob = find("beta-vae").Settings.knobs()["beta"]
        self.expected = {"chapter": "beta-vae"}
        self.moves = [Move(2.0, 0.0, left=1.0), Move(4.0, 1.0)]


def test_an_answer_is_the_pages_address_with_the_asked_value():
    toy = Toy({"?chapter=beta-vae&beta=4"})
    toy.on_show("finding", "?chapter=rad")
    assert toy.foreign == 0  # another kind's business
    toy.on_show("address", "?chapter=beta-vae&beta=2")
    assert toy.moves[0].answered and not toy.moves[0].kept and toy.moves[1].answered is None
    toy.on_show("status", "<div>Training</div>")
    toy.on_show("drawn", 0)  # the picture of the run before
    assert toy.moves[0].framed is None
    toy.on_show("address", "?chapter=beta-vae&beta=4")
    toy.on_show("drawn", 5)
    toy.on_show("status", "<div>Done: 5 steps</div>")
    assert toy.moves[1].kept and toy.moves[1].framed and toy.foreign == 0


@pytest.mark.parametrize("tags", ["?chapter=beta-vae&beta=3", "?chapter=rad&beta=2", "?"])
def test_an_answer_about_anything_else_is_foreign(tags):
    toy = Toy(set())
    toy.on_show("address", tags)
    assert toy.foreign == 1 and toy.moves[0].answered is None


def test_a_newer_answer_answers_what_it_overtook():
    toy = Toy(set())
    toy.on_show("address", "?chapter=beta-vae&beta=4")
    assert all(move.answered for move in toy.moves) and toy.foreign == 0


def test_the_same_value_twice_is_answered_twice():
    toy = Toy(set())
    toy.moves.append(Move(2.0, 2.0))
    for value in (2, 4, 2):
        assert toy.moves[-1].answered is None
        toy.on_show("address", f"?chapter=beta-vae&beta={value}")
    assert toy.moves[-1].answered and toy.foreign == 0


@pytest.mark.slow
def test_a_small_rehearsal_from_end_to_end():

    with own_server.own_server() as own:
        report = run(rehearse.rehearse(own.url, 6, 20, own=own, kill=True))
    assert report.numbers["moves"] >= 20
    assert report.numbers["moves lost"] == report.numbers["foreign answers"] == 0
    assert report.numbers["errors"] == 0
    assert report.numbers["killed worker, next frame s"] < 60
    assert own.process.poll() is not None


def test_a_machine_that_needs_twice_the_cpu_has_half_the_speed(monkeypatch):
    def speed_where_five_sortings_take(seconds: float) -> float:
        clock = (seconds * calls for calls in itertools.count())
        monkeypatch.setattr(report.time, "process_time", lambda: next(clock))
        return report.measure_speed()

    assert speed_where_five_sortings_take(5 / report.SORTINGS) == pytest.approx(1)
    assert speed_where_five_sortings_take(10 / report.SORTINGS) == pytest.approx(0.5)
