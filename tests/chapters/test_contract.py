"""What every chapter promises, whoever wrote it: one suite over the registry."""

import math
import pickle
from collections import defaultdict
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import chain, islice

import numpy as np
import pytest
from doubles import plain

from workbench.chapters import NAMES, find
from workbench.core.frames import Frame
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Scatter, Table
from workbench.core.settings import SettingsError
from workbench.running.players import play
from workbench.view.drawing.drawing import structure

WINDOWS = {"filters"}  # pictures that show what looks at a part of the data's pictures
FEWEST = 10  # frames of a run, however short it is
SMALLER = {"cdbn": {"half": True, "filters": 4}}  # what takes long on sprites
FEW = 4  # of its frames, in which runs that disturb each other show it
VOCABULARY = (Curves, Scatter, Images, Bars, HeatMap, Table)


def knobs(name):
    return find(name).Settings.knobs()


def kinds(name):
    """The values of the chapter's `kind`; without such a knob, one nameless kind."""
    return knobs(name)["kind"].choices if "kind" in knobs(name) else ("",)


def takes_pictures(name):
    """Whether the chapter's data are image sets; others are tested where their data are."""
    return knobs(name)["data"].sets is None


CASES = [(name, kind) for name in NAMES for kind in kinds(name)]
every_chapter = pytest.mark.parametrize("name", NAMES)
PICTURED = [case for case in CASES if takes_pictures(case[0])]
every_kind = pytest.mark.parametrize("name, kind", CASES)


def short(name, kind="", **more):
    """The shortest settings of this kind."""
    return find(name).Settings(
        **({"kind": kind} if kind else {}), **{"steps": int(knobs(name)["steps"].low)} | more
    )


def run(name, settings):
    """Its frames, in the way that all doors train; kept by no cache."""
    return play(name, "cpu", **settings.values_by_name())


@cache
def frames_of(name, kind="", **more):
    """All frames of the shortest run, trained once for all tests."""
    return tuple(run(name, short(name, kind, **more)))


def leaves(value):
    """Every value in a picture that holds no others."""
    if is_dataclass(value):
        for f in fields(value):
            yield from leaves(getattr(value, f.name))
    elif isinstance(value, tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


@every_kind
def test_a_drawing_made_once_shows_every_later_frame(name, kind):
    """Making it anew costs the server ten times what a patch costs, at every frame."""
    seen = {}
    for frame in frames_of(name, kind):
        for title, picture in frame.pictures.items():
            assert structure(picture) == seen.setdefault(title, structure(picture)), title


# --- knobs and words


@every_chapter
def test_every_knob_explains_itself_and_starts_inside_its_range(name):
    cls = find(name).Settings
    for knob in cls.knobs().values():
        assert knob.label[0].isupper() and knob.doc.endswith("."), knob.name
        assert cls.parse(knob.name, knob.default) == knob.default
        if knob.kind in ("number", "integer"):
            assert knob.low < knob.high
            assert list(knob.stops) == sorted(set(knob.stops))
            if knob.stops and knob.kind == "integer":
                assert knob.default in knob.stops, knob.name
    assert {"data", "steps", "seed"} <= set(cls.knobs())
    assert set(cls.relevant) <= set(cls.knobs())


@every_chapter
def test_a_chapter_has_words_for_its_page(name):
    chapter = find(name)
    assert chapter.name == name and chapter.title and chapter.question.endswith("?")
    assert chapter.doc.strip().startswith(chapter.question)
    assert set(chapter.stackable) <= set(knobs(name))
    for claim in chapter.claims:
        assert claim.sentence.endswith(".")
    assert len({claim.id for claim in chapter.claims}) == len(chapter.claims)
    for _, query in chapter.try_this:
        settings, notes = chapter.Settings.from_query(query)
        assert notes == [] and settings != chapter.Settings()


@every_chapter
def test_a_page_shows_what_its_layout_names(name):
    chapter = find(name)
    few = {"seeds": 1} if "seeds" in knobs(name) else {}  # networks that are drawn as a band
    runs = [frames_of(name, kind) for kind in kinds(name)]
    if takes_pictures(name):
        runs.append(frames_of(name, data="sprites", **SMALLER.get(name, {}), **few))
    for case, switches in extra_switches(name):
        runs.append(frames_of(*case, **switches, **few))
    pictures = {picture for frames in runs for picture in frames[-1].pictures}
    scalars = {scalar for frames in runs for scalar in frames[-1].scalars}
    traces = {trace.title: trace for trace in chapter.traces}
    assert len(set(chapter.layout)) == len(chapter.layout)
    assert set(chapter.layout) == pictures | set(traces)
    for trace in traces.values():
        assert {*trace.lines, *trace.dashed, *filter(None, [trace.against])} <= scalars
        assert any(trace.curves(frames).lines for frames in runs)
    assert set(chapter.reading or {}) <= scalars
    first = next(run(name, chapter.Settings()))
    curves = {title for title, trace in traces.items() if trace.curves([first]).lines}
    assert chapter.thumbnail in first.pictures.keys() | curves


def extra_switches(name):
    """Runs with switches turned, each in the first kind in which it matters."""
    turned = defaultdict(dict)
    for knob in knobs(name).values():
        if knob.kind == "switch":
            turned[matters_in(name, knob.name)][knob.name] = not knob.default
    return [((name, kind), more) for kind, more in turned.items()]


def matters_in(name, knob):
    """The first kind in which the knob has an effect."""
    return next(kind for kind in kinds(name) if short(name, kind).matters(knob))


# --- frames


@every_kind
def test_steps_count_up_to_the_last(name, kind):
    frames = frames_of(name, kind)
    steps = [frame.step for frame in frames]
    assert all(isinstance(frame, Frame) for frame in frames)
    assert steps == sorted(set(steps)) and steps[0] >= 1
    assert {frame.steps for frame in frames} == {short(name, kind).steps} == {steps[-1]}
    assert len(frames) >= FEWEST


@every_kind
def test_scalars_are_finite_floats_under_the_same_names(name, kind):
    frames = frames_of(name, kind)
    for frame in frames:
        assert all(type(value) is float for value in frame.scalars.values())
        assert all(map(math.isfinite, frame.scalars.values()))
        assert list(frame.scalars) == list(frames[0].scalars)


@every_kind
def test_pictures_keep_their_names_and_only_the_end_adds_some(name, kind):
    frames = frames_of(name, kind)
    first = frames[0].pictures
    assert first and all(list(frame.pictures) == list(first) for frame in frames[:-1])
    assert list(frames[-1].pictures)[: len(first)] == list(first)
    for frame in frames[1:-1]:
        kinds_now = [(type(p), p.title) for p in frame.pictures.values()]
        assert kinds_now == [(type(p), p.title) for p in first.values()]


TWO_LINES = 60  # characters that a page has room for beside "step 1500 of 1500": else it moves


@every_kind
def test_pictures_are_plain_numpy_and_say_what_they_show(name, kind):
    for frame in frames_of(name, kind):
        assert isinstance(frame.note, str) and len(frame.note) <= TWO_LINES
        for picture in frame.pictures.values():
            assert isinstance(picture, VOCABULARY)
            assert picture.title in picture.summary() and picture.caption
            for leaf in leaves(picture):
                assert leaf is None or isinstance(leaf, np.ndarray | str | bool | int | float)
                if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
                    assert np.isfinite(leaf).all(), picture.title


@every_kind
def test_a_run_ends_with_other_numbers_than_it_began(name, kind):
    first, last = frames_of(name, kind)[0], frames_of(name, kind)[-1]
    assert first.scalars != last.scalars
    assert plain(first.pictures) != plain(last.pictures)


@every_kind
def test_equal_settings_give_equal_frames_and_another_seed_others(name, kind):
    frames = frames_of(name, kind)
    few = 5
    again = tuple(islice(run(name, short(name, kind)), few))
    assert plain(again) == plain(frames[:few])
    other = tuple(islice(run(name, short(name, kind, seed=1)), few))
    assert all(a.scalars != b.scalars for a, b in zip(other, again, strict=True))


@every_kind
def test_frames_survive_the_way_to_another_process(name, kind):
    frame = frames_of(name, kind)[-1]
    assert plain(pickle.loads(pickle.dumps(frame))) == plain(frame)


@every_chapter
def test_two_runs_at_the_same_time_do_not_disturb_each_other(name):
    alone = [list(islice(run(name, short(name, seed=seed)), FEW)) for seed in (1, 2)]
    both = [run(name, short(name, seed=seed)) for seed in (1, 2)]
    turns = [[next(frames) for frames in both] for _ in range(FEW)]
    for each, expected in zip(zip(*turns, strict=True), alone, strict=True):
        assert plain(tuple(each)) == plain(tuple(expected))


@every_kind
def test_runs_that_can_train_together_give_their_own_frames(name, kind):
    chapter, plainest = find(name), short(name, kind)
    if not chapter.stackable:
        return
    ends = {"switch": lambda k: not k.default, "choice": lambda k: k.choices[-1]}
    changes = [
        {k: ends.get(knobs(name)[k].kind, lambda k: k.low)(knobs(name)[k])}
        for k in chapter.stackable
        if plainest.matters(k)
    ]
    runs = [plainest] + [short(name, kind, seed=3).replace(**change) for change in changes]
    together = list(zip(*islice(chapter.train(runs, "cpu"), FEW), strict=True))
    for settings, frames in zip(runs, together, strict=True):
        alone = list(islice(run(name, settings), FEW))
        for one, several in zip(alone, frames, strict=True):
            assert one.step == several.step and list(one.pictures) == list(several.pictures)
            assert several.scalars == one.scalars, settings


# --- other data, and the ends of every range


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """{name: path} of small sets of one's own: no labels and not square; labels and 28 x 28; one
    number an item."""
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("own")
    np.savez(folder / "bare.npz", x=rng.integers(0, 256, (60, 5, 7), np.uint8))
    np.savez(folder / "large.npz", x=rng.random((50, 28, 28), np.float32), y=np.arange(50) % 5)
    np.savez(folder / "narrow.npz", x=rng.random((60, 1)), y=np.arange(60) % 3)
    return {path.stem: str(path) for path in folder.iterdir()}


MOVING = {"prednet": (16, 16)}  # pictures move in a frame of this size, brought to half of it


@pytest.mark.parametrize("name, kind", PICTURED)
@pytest.mark.parametrize("which", ["bare", "large", "narrow"])
def test_it_trains_on_data_of_ones_own(name, kind, which, own):
    if not short(name, kind).matters("data"):
        return
    frames = list(islice(run(name, short(name, kind, data=own[which])), 3))
    shape = MOVING.get(name, {"bare": (5, 7), "large": (28, 28), "narrow": (1, 1)}[which])
    whole = (p for picture, p in frames[-1].pictures.items() if picture not in WINDOWS)
    grids = [p for p in whole if isinstance(p, Images)]
    assert grids and all(grid.tiles.shape[2:] == shape for grid in grids)


@pytest.mark.parametrize("name", [name for name in NAMES if takes_pictures(name)])
def test_it_ends_well_on_pictures_without_labels(name, own):
    *_, last = run(name, short(name, data=own["bare"]))
    assert last.step == last.steps


@every_kind
def test_a_code_of_one_number_works(name, kind):
    if "latent" not in knobs(name):
        return
    *_, last = run(name, short(name, kind, latent=1))
    assert last.step == last.steps


EXTREMES = [
    (name, knob.name, end)
    for name in NAMES
    for knob in knobs(name).values()
    for end in (knob.choices or ((False, True) if knob.kind == "switch" else (knob.low, knob.high)))
    if knob.kind not in ("data", "text") and end != knob.default  # all other tests run that
]


def where_it_matters(name, knob):
    """The shortest settings in which the knob has an effect: a kind, or another choice of one."""
    plainest = [short(name, kind) for kind in kinds(name)]
    others = (
        settings.replace(**{each.name: choice})
        for settings in plainest
        for each in knobs(name).values()
        for choice in each.choices
    )
    return next(each for each in chain(plainest, others) if each.matters(knob))


@pytest.mark.parametrize("name, knob, end", EXTREMES)
def test_every_knob_can_go_to_its_ends(name, knob, end):
    settings = where_it_matters(name, knob).replace(**{knob: end})
    frames = list(islice(run(name, settings), 3))
    assert len(frames) == 3 and all(map(math.isfinite, frames[-1].scalars.values()))
    for picture in frames[-1].pictures.values():
        assert picture.summary()


# --- the registry


def test_an_unknown_chapter_is_refused_with_those_there_are():
    with pytest.raises(SettingsError) as refused:
        find("beta-vea")
    assert all(name in str(refused.value) for name in NAMES)
    assert str(refused.value).endswith("Did you mean beta-vae?")
    for odd in ("", "x" * 5000, None, 3, "../chapters"):
        with pytest.raises(SettingsError) as refused:
            find(odd)
        assert len(str(refused.value)) < 300
