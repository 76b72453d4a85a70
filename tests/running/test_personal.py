"""What a reader writes is nobody else's business: no store, log, list or memory keeps it."""

from types import SimpleNamespace

import pytest
from doubles import Fake, until

from workbench.chapters import find
from workbench.classroom.room import Classroom
from workbench.core import log
from workbench.running.store import Store

NAME = "labelling"
SECRET = "1 if ink > 0.123"


def settings(**knobs):
    return find(NAME).Settings(**knobs)


class Shelf:
    """A store that notes what it is asked for and given."""

    def __init__(self):
        self.calls = []

    def get(self, name, run):
        self.calls.append(("get", run))

    def put(self, name, run, frames):
        self.calls.append(("put", run))


def done(runner, run, reader):
    opened = runner.open(NAME, run, reader)
    opened.wait(60)
    return opened


def test_only_a_text_makes_settings_personal():
    assert not settings().personal and not settings(prior=1, items="comments").personal
    assert settings(functions=SECRET).personal
    assert not find("beta-vae").Settings(beta=4).personal


def test_no_store_is_asked_for_a_text_or_given_one(make):
    shelf, reader = Shelf(), object()
    runner = make(Fake(), store=shelf)
    done(runner, settings(functions=SECRET), reader)
    done(runner, settings(), reader)
    runner.memory.close()
    assert [(call, run.functions) for call, run in shelf.calls] == [("get", ""), ("put", "")]


def test_a_run_with_a_text_is_forgotten_when_its_last_reader_leaves(make):
    runner, first, second = make(Fake()), object(), object()
    run = done(runner, settings(functions=SECRET), first)
    assert runner.open(NAME, run.settings, second) is run
    runner.leave(run, first)
    assert run in runner.memory.runs
    runner.leave(run, second)
    assert run not in runner.memory.runs
    other = done(runner, settings(), first)
    runner.leave(other, first)
    until(lambda: other in runner.memory.runs)


def test_the_class_and_its_table_have_no_point_with_a_text():
    room = Classroom()
    frame = SimpleNamespace(scalars={"end": 0.9})
    for functions in ("", SECRET):
        run = settings(functions=functions)
        room.ended(
            SimpleNamespace(
                status="done",
                frames=[frame],
                settings=run,
                key=(NAME, run),
                name=NAME,
                begun_at=None,
                group=[1],
            )
        )
    (point,) = room.points(NAME)
    assert point["functions"] == "" and SECRET not in repr(vars(room))


def test_the_log_says_that_there_is_a_text_and_not_which(caplog):
    with caplog.at_level("INFO", logger=log.RUNS.name):
        log.run_line("a1", NAME, settings(functions=SECRET, prior=1), 0.5, "done")
    assert "functions=(text) prior=1" in caplog.text.replace("1.0", "1")
    assert "ink" not in caplog.text


@pytest.mark.parametrize("functions", ["", SECRET])
def test_a_store_on_disk_tells_texts_apart(tmp_path, functions):
    """Should anybody keep one by hand: other functions are another run."""
    store = Store(tmp_path, "cpu")
    paths = {store.path(NAME, settings(functions=f)) for f in ("", SECRET, "1 if ink > 0.124")}
    assert len(paths) == 3 and not any("ink" in path.name for path in paths)
