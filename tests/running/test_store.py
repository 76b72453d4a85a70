"""The store: what comes out is what went in to the bit, or nothing."""

import json
import os
import random
import subprocess
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from click.testing import CliRunner
from doubles import plain

from workbench import play
from workbench.chapters import NAMES, find
from workbench.cli.main import main
from workbench.core.frames import Diverged, Frame
from workbench.results.sweep import Sweep
from workbench.running import packing, store
from workbench.running.packing import pack, unpack
from workbench.running.players import Here
from workbench.running.runner import Runner
from workbench.running.store import Store

NAME = "beta-vae"
SHORT = find(NAME).Settings(steps=100)


@pytest.fixture(scope="module")
def frames():
    return list(play(NAME, "cpu", steps=100))


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "runs", "cpu")


@pytest.mark.parametrize("name", NAMES)
def test_every_chapters_frames_come_back_to_the_bit(name, kept):
    cls = find(name).Settings
    settings = cls(steps=cls.knobs()["steps"].low)
    shown = list(play(name, "cpu", **settings.values_by_name()))
    kept.put(name, settings, shown)
    assert plain(tuple(kept.get(name, settings))) == plain(tuple(shown))


def test_what_is_not_there_is_none(kept, frames):
    assert kept.get(NAME, SHORT) is None and kept.entries() == [] and kept.clear() == 0
    kept.put(NAME, SHORT, frames)
    assert kept.get(NAME, SHORT.replace(seed=1)) is None
    assert kept.get("autoencoder", find("autoencoder").Settings()) is None
    assert kept.clear() == 1 and kept.get(NAME, SHORT) is None


def test_damage_is_noticed_and_the_entry_made_anew(kept, frames):
    kept.put(NAME, SHORT, frames)
    (path,) = kept.entries()
    whole, dice = path.read_bytes(), random.Random(0)
    for i in range(1000):
        if i % 4 == 0:
            hurt = whole[: dice.randrange(len(whole))]
        else:
            place = dice.randrange(len(whole))
            other = bytes([whole[place] ^ dice.randrange(1, 256)])
            hurt = whole[:place] + other + whole[place + 1 :]
        with pytest.raises(ValueError, match="damaged"):
            unpack(hurt)
    path.write_bytes(hurt)
    assert kept.get(NAME, SHORT) is None and not path.exists()


def test_nothing_is_made_but_frames_and_pictures():
    body = json.dumps([{"kind": "Popen", "fields": {"args": "ls"}}])
    with pytest.raises(KeyError):
        packing.rebuild(json.loads(body), {})


def test_the_least_recently_used_goes_first(kept, frames):
    size = len(pack(frames))
    kept.most_bytes = int(3.5 * size)
    runs = [SHORT.replace(seed=seed) for seed in range(4)]
    for i, run in enumerate(runs[:3]):
        kept.put(NAME, run, frames)
        os.utime(kept.path(NAME, run), (i, i))
    assert kept.get(NAME, runs[0])  # used again: now 1 is the oldest
    kept.put(NAME, runs[3], frames)
    assert [kept.get(NAME, run) is not None for run in runs] == [True, False, True, True]


def test_a_disk_that_refuses_costs_one_warning(tmp_path, frames, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    kept = Store(blocked / "runs", "cpu")
    with pytest.warns(UserWarning, match="not kept any more") as said:
        kept.put(NAME, SHORT, frames)
        kept.put(NAME, SHORT, frames)
    assert len(said) == 1 and kept.get(NAME, SHORT) is None


def test_what_a_killed_process_left_is_removed_in_time(kept, frames):
    kept.put(NAME, SHORT, frames)
    fresh, dead = (kept.folder / name for name in ("fresh.part", "dead.part"))
    for part in (fresh, dead):
        part.write_bytes(b"half")
    os.utime(dead, (0, time.time() - store.DEAD_SECONDS - 1))
    kept.put(NAME, SHORT.replace(seed=1), frames)
    assert fresh.exists() and not dead.exists()  # the fresh one may be another process's


def test_an_entry_that_cannot_be_finished_leaves_nothing_behind(kept, frames, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="No space left"):
        kept.put(NAME, SHORT, frames)
    assert list(kept.folder.iterdir()) == []


def test_a_store_that_may_only_be_read_goes_on_giving(kept, frames, monkeypatch):
    def refused(*_, **__):
        raise OSError(30, "Read-only file system")

    kept.put(NAME, SHORT, frames)
    monkeypatch.setattr(store.tempfile, "NamedTemporaryFile", refused)
    monkeypatch.setattr(os, "utime", refused)
    with pytest.warns(UserWarning, match="Read-only"):
        kept.put(NAME, SHORT.replace(seed=1), frames)
    assert plain(tuple(kept.get(NAME, SHORT))) == plain(tuple(frames))


def test_a_full_disk_loses_nothing_that_was_kept(small_disk, frames):
    kept, runs = Store(small_disk / "runs", "cpu"), [SHORT.replace(seed=i) for i in range(100)]
    with pytest.warns(UserWarning, match="No space left on device") as said:
        for run in runs:
            kept.put(NAME, run, frames)
    whole = [run for run in runs if kept.get(NAME, run) is not None]
    assert len(said) == 1 and 1 <= len(whole) < 100
    assert all(plain(tuple(kept.get(NAME, run))) == plain(tuple(frames)) for run in whole)
    assert len(list(kept.folder.iterdir())) == len(whole)


def test_a_disk_that_may_only_be_read_goes_on_giving(small_disk, frames):
    Store(small_disk / "runs", "cpu").put(NAME, SHORT, frames)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    kept = Store(small_disk / "runs", "cpu")
    assert plain(tuple(kept.get(NAME, SHORT))) == plain(tuple(frames))
    with pytest.warns(UserWarning, match="Read-only file system"):
        kept.put(NAME, SHORT.replace(seed=1), frames)
    assert plain(tuple(kept.get(NAME, SHORT))) == plain(tuple(frames))


def keeps_and_takes(place, seed):
    """Another process's life: how often it got a run back whole. All keep under a few names."""
    dice, mine = random.Random(seed), list(play(NAME, "cpu", steps=100))
    size, got = len(pack(mine)), 0
    kept = Store(place, "cpu", most_bytes=3 * size)
    for _ in range(30):
        run = SHORT.replace(seed=dice.randrange(6))
        kept.put(NAME, run, mine)
        if (found := kept.get(NAME, SHORT.replace(seed=dice.randrange(6)))) is not None:
            assert plain(tuple(found)) == plain(tuple(mine))
            got += 1
    assert not kept.closed
    return got


def test_two_processes_keep_take_and_drop_in_one_store(tmp_path):
    with ProcessPoolExecutor(2, get_context("spawn")) as both:
        got = list(both.map(keeps_and_takes, [tmp_path] * 2, range(2)))
    assert min(got) > 0 and not list(tmp_path.glob("*.part"))


def test_what_another_process_has_dropped_already_is_no_fault(tmp_path, frames):
    """Each makes room while the other does: what it was about to drop may be gone already."""

    class Both(Store):
        def entries(self):
            found = super().entries()
            for path in found[:1]:
                path.unlink()  # by the other one
            return found

    kept = Both(tmp_path, "cpu", most_bytes=1)
    for seed in range(3):
        kept.put(NAME, SHORT.replace(seed=seed), frames)
    assert not kept.closed


class Counting(Here):
    """Trains, and counts what it trains."""

    def __init__(self):
        super().__init__("cpu")
        self.trained = []

    def frames(self, name, runs):
        self.trained += runs
        return super().frames(name, runs)


def test_another_process_takes_a_finished_run_from_the_store(kept, frames):
    for expected in (1, 0):
        player = Counting()
        runner = Runner([player], store=kept)
        run = runner.open(NAME, SHORT, "me").wait(60)
        assert plain(tuple(run.frames)) == plain(tuple(frames))
        runner.close()
        assert len(player.trained) == expected


def test_an_interrupted_sweep_goes_on_where_it_was(kept):
    first, second = Counting(), Counting()
    runner = Runner([first], store=kept)
    Sweep(NAME, {"beta": [0, 1]}, 2, runner, steps=100).wait(60)
    runner.close()
    runner = Runner([second], store=kept)
    Sweep(NAME, {"beta": [0, 1, 2]}, 2, runner, steps=100).wait(60)
    runner.close()
    assert sorted((run.beta, run.seed) for run in second.trained) == [(2, 0), (2, 1)]


def test_a_run_that_failed_is_not_kept(kept):
    class Failing(Counting):
        def frames(self, name, runs):
            yield [Frame(1, 2, {})]
            raise Diverged("no")

    runner = Runner([Failing()], store=kept)
    assert runner.open(NAME, SHORT, "me").ended.wait(30)
    runner.close()
    assert kept.entries() == []


def test_a_run_that_was_left_half_way_is_not_kept(kept):
    shown, go_on = threading.Event(), threading.Event()

    class Half(Counting):
        def frames(self, name, runs):
            yield [Frame(1, 2, {})]
            shown.set()
            go_on.wait(30)
            yield [Frame(2, 2, {})]

    runner = Runner([Half()], store=kept)
    run = runner.open(NAME, SHORT, "me")
    assert shown.wait(30)
    runner.leave(run, "me")
    go_on.set()
    runner.close()
    assert run.status == "abandoned" and run.frames and kept.entries() == []


def test_a_store_that_breaks_costs_nothing_but_time(kept):
    class Broken(Store):
        def get(self, name, settings):
            raise RuntimeError("broken")

    player = Counting()
    runner = Runner([player], store=Broken(kept.folder, "cpu"))
    assert runner.open(NAME, SHORT, "me").wait(60) and len(player.trained) == 1
    runner.close()


def test_a_run_left_while_it_is_sought_is_not_trained(kept):
    seeking, go_on = threading.Event(), threading.Event()

    class Slow(Store):
        def get(self, name, settings):
            seeking.set()
            go_on.wait(30)

    player = Counting()
    runner = Runner([player], store=Slow(kept.folder, "cpu"))
    run = runner.open(NAME, SHORT, "me")
    seeking.wait(30)
    runner.leave(run, "me")
    go_on.set()
    runner.close()
    assert run.status == "abandoned" and player.trained == []


def test_the_folder_is_chosen_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_STORE", "off")
    assert store.find_folder() is None
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path))
    assert store.find_folder() == tmp_path
    monkeypatch.delenv("WORKBENCH_STORE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert store.find_folder() == tmp_path / "cache" / "workbench"


def test_baking_fills_the_store_which_commands_list_and_clear(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path))
    bake = ["bake", NAME, "--over", "beta=0,1", "--seeds", "1", "--steps", "100", "--device", "cpu"]
    assert "2 runs" in CliRunner().invoke(main, bake).stdout
    assert len(Store(tmp_path, "cpu").entries()) == 2
    listed = CliRunner().invoke(main, ["store", "list"]).stdout
    assert "beta-vae" in listed and "2 runs" in listed and str(tmp_path) in listed
    assert "2 runs" in CliRunner().invoke(main, ["store", "clear"]).stdout
    assert Store(tmp_path, "cpu").entries() == []
    np.testing.assert_equal(len(list(tmp_path.iterdir())), 0)
