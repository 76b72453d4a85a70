"""The classroom: seats come and go, hands keep their order, what is shown is parsed strictly."""

import gc

import pytest

from workbench.chapters import find
from workbench.classroom import instructor
from workbench.classroom import room as module
from workbench.classroom.room import Classroom
from workbench.core.frames import Frame
from workbench.core.settings import SettingsError
from workbench.running.run import Run

NAME = "beta-vae"


@pytest.fixture
def room():
    return Classroom()


def test_open_pages_are_counted_and_closed_ones_are_not(room):
    seats = [room.sit(name, print) for name in (NAME, NAME, "rad")]
    assert room.counts() == {NAME: 2, "rad": 1}
    room.leave(seats[0])
    assert room.counts() == {NAME: 1, "rad": 1}
    del seats
    gc.collect()
    assert room.counts() == {}


def test_hands_stand_in_the_order_in_which_they_were_raised(room, monkeypatch):
    ticks = iter(range(1, 9))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(ticks))
    a, b, c = (room.sit(NAME, print) for _ in range(3))
    for seat in (b, a, c):
        seat.raise_hand(True)
    b.raise_hand(True)  # again does not cost the place
    assert room.hands() == [b, a, c]
    a.raise_hand(False)
    assert room.hands() == [b, c]


def test_nobody_is_known_by_more_than_a_name_of_their_choice(room):
    seat, other = room.sit(NAME, print), room.sit(NAME, print)
    assert seat.title == f"page {seat.id}" and seat.id != other.id
    seat.call_me("  Ada\n of " + "x" * 99)
    assert seat.title.startswith("Ada of xxx") and len(seat.title) == module.LONGEST_NAME


def test_what_is_shown_reaches_those_who_follow_alone(room):
    heard = []
    follower, other = room.sit("rad", heard.append), room.sit(NAME, lambda _: 1 / 0)
    follower.follows = True
    query = f"https://host/app?chapter={NAME}&beta=4&theme=dark"
    shown, here, elsewhere = room.show(NAME, query)
    assert (here, elsewhere) == (0, 1) and heard == [shown] and shown.chapter == NAME
    assert shown.settings.beta == 4 and shown.settings.latent == find(NAME).Settings().latent
    assert room.show("rad", "")[1:] == (1, 0)
    assert other.follows is False


@pytest.mark.parametrize(
    "address",
    [
        "beta=4&seed=7",
        "?beta=4&seed=7",
        f"?chapter={NAME}&theme=dark&beta=4&seed=7#sweep",
        f"http://host:5006/app?chapter={NAME}&beta=4&seed=7#",
        " beta=4&seed=7#knobs",
    ],
)
def test_knobs_or_a_pages_address_are_read_whole(room, address):
    chapter = "rad" if "chapter" in address else NAME  # which the address knows better
    shown, *_ = room.show(chapter, address)
    assert shown.settings == find(NAME).Settings(beta=4, seed=7) and shown.chapter == NAME
    assert room.show(NAME, "http://host/app")[0].settings == find(NAME).Settings()


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("data=mnist9", "no data set 'mnist9'"),
        ("data=/etc/passwd", "no data set"),
        ("chapter=nowhere", "no chapter"),
        ("http://[", "not an address"),
        ("oops=4&beta=hello", r"no knob 'oops'.*beta must be a number from 0 to 16, not 'hello'"),
        ("https://host/app?chapter=beta-vae&beta=4&latent=1000", "latent must be"),
        ("beta=4&colour=red", "no knob 'colour'"),
        ("beta=", "beta must be a number"),
        ("beta 4", "Write knobs as beta=4&latent=10, not 'beta 4'"),
        ("beta=4 latent=10", "beta must be"),
        ("beta=4&latent", "Write knobs as .* not 'latent'"),
        ("beta=4&beta=1", "beta is given twice"),
    ],
)
def test_a_mistake_is_refused_in_words_and_changes_nothing(room, address, sentence):
    seat = room.sit(NAME, lambda _: 1 / 0)
    before, *_ = room.show(NAME, "beta=2")
    seat.follows = True
    with pytest.raises(SettingsError, match=sentence + r".* Nothing was shown\.$"):
        room.show(NAME, address)
    assert room.shown is before


def done(seed: int = 0, elbo: float = -25.0, **told) -> Run:
    """A run that has ended well."""
    run = Run(NAME, find(NAME).Settings(beta=4, seed=seed))
    run.frames = [Frame(1, 2, {"elbo": -30.0}, {}), Frame(2, 2, {"elbo": elbo}, {})]
    run.status = "done"
    vars(run).update(told)
    return run


def test_finished_runs_become_points_and_others_do_not(room, monkeypatch):
    monkeypatch.setattr(module, "MOST_POINTS", 3)
    room.ended(done(status="abandoned"))
    assert room.points(NAME) == []
    room.ended(done())
    (point,) = room.points(NAME)
    assert point["elbo"] == -25 and point["beta"] == 4 and room.points("rad") == []
    for seed in (1, 2, 0, 3):  # the first once more, as from the store
        room.ended(done(seed))
    assert [point["seed"] for point in room.points(NAME)] == [2, 0, 3]


def test_the_seconds_of_what_was_trained_lately_are_known(room, monkeypatch):
    monkeypatch.setattr(module.time, "monotonic", lambda: 100.0)
    room.ended(done())  # taken from the store
    assert room.seconds(NAME) == []
    room.ended(done(begun_at=98.0))
    stack = [done(seed, begun_at=90.0) for seed in range(4)]
    stack[0].group = stack
    room.ended(stack[0])
    assert room.seconds(NAME) == [2.0, 2.5] and room.seconds("rad") == []
    for _ in range(module.LATELY + 5):
        room.ended(done(begun_at=99.0))
    assert room.seconds(NAME) == [1.0] * module.LATELY


@pytest.mark.parametrize(
    "password, key, may",
    [
        ("s3cret", "s3cret", True),
        ("s3cret", "S3cret", False),
        ("s3cret", "", False),
        ("", "", False),
        ("ö", "ö", True),
    ],
)
def test_only_the_password_opens_the_instructors_page(monkeypatch, password, key, may):
    monkeypatch.setenv(instructor.KEY, password)
    assert instructor.may_instruct(key) is may


def test_a_cookie_is_good_for_the_password_that_it_was_made_with(monkeypatch):
    monkeypatch.delenv("PANEL_COOKIE_SECRET", raising=False)
    monkeypatch.setenv(instructor.KEY, "s3cret")
    cookie = instructor.make_cookie()
    assert instructor.is_instructor(cookie) and "s3cret" not in cookie
    for wrong in (None, "", "instructor", cookie[:-1], cookie.replace("2|", "1|", 1)):
        assert not instructor.is_instructor(wrong)
    monkeypatch.setattr(instructor, "MADE", "of another start")
    assert not instructor.is_instructor(cookie)
    monkeypatch.setenv("PANEL_COOKIE_SECRET", "lasting")
    lasting = instructor.make_cookie()
    monkeypatch.setattr(instructor, "MADE", "of a third")
    assert instructor.is_instructor(lasting)
    for password in ("another", ""):
        monkeypatch.setenv(instructor.KEY, password)
        assert not instructor.is_instructor(lasting)
