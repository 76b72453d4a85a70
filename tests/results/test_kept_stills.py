"""What a drag looks up: one file a chapter, with the same limits for every value."""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.chapters import NAMES, find
from workbench.core.frames import Frame
from workbench.core.lesson import Lesson
from workbench.core.palette import DARK, LIGHT
from workbench.core.pictures import Bars, Curves, HeatMap, Images, Line, Scatter
from workbench.results import stills
from workbench.results.kept import Kept, Track, kept
from workbench.results.svg import extent, svg

NAME, VALUES = "beta-vae", (0, 1, 4, 16)
MOST_BYTES = 300_000  # of a file, as it is sent
SEEDS = np.array([-0.1, -0.05, 0.0, 0.05, 0.1])


def picture(kind: str, scale: float):
    """A picture of this kind whose numbers are `scale` times as large."""
    numbers = scale * np.array([[1.0, 2.0], [3.0, 4.0]])
    x = np.arange(4.0)
    return {
        "curves": Curves("T", (Line("a", x, numbers.ravel()), Line("b", x, -numbers.ravel()))),
        "points": Scatter("T", numbers),
        "bars": Bars("T", tuple("abcd"), numbers.ravel()),
        "heat map": HeatMap("T", numbers, ("a", "b"), ("c", "d")),
        "tiles": Images("T", np.clip(numbers, 0, 1)[:, :, None, None]),
    }[kind]


@pytest.fixture(params=["curves", "points", "bars", "heat map", "tiles"])
def frames(request, monkeypatch):
    """A chapter whose kept numbers and pictures are ours."""
    chapter = find(NAME)
    track = Track("beta", VALUES, {"rate": tuple(tuple(10.0 / (1 + v) + SEEDS) for v in VALUES)})
    states = tuple(chapter.Settings(beta=value) for value in VALUES)
    ours = Kept(Path(), track, {}, states)
    made = [
        Frame(
            9,
            9,
            {"rate": 1.0 / (1 + v), "active": v},
            {"main": picture(request.param, 1 / (1 + v))},
        )
        for v in VALUES
    ]
    vars(ours)["_frames"] = made
    lesson = Lesson(
        main="main",
        knob="beta",
        track="rate",
        values=VALUES,
        numbers=("rate", "active"),
        finding=lambda run, numbers: f"{run.beta:g} gives {numbers['active']:g}",
    )
    monkeypatch.setattr(stills, "kept", lambda _name: ours)
    monkeypatch.setitem(vars(chapter), "teaching", lesson)
    stills.stills_file.cache_clear()
    yield made
    stills.stills_file.cache_clear()


def test_what_tasks_keep_is_told_with_all_knobs_that_matter():
    chapter, made = find("autoencoder"), stills.stills("autoencoder")
    values = [chapter.Settings(latent=place["value"]) for place in made["places"]]
    others = [state for state in kept("autoencoder").states if state not in values]
    assert len(made["states"]) == len(others) > 1
    for state, told in zip(others, made["states"], strict=True):
        assert told["still"].startswith("<svg") and told["settings"]["kind"] == state.kind
        assert chapter.Settings.from_query(told["settings"])[0] == state.replace(seed=0)
        assert "latent" in told["settings"] and "seed" not in told["settings"]


def test_every_still_is_its_frames_picture_in_the_same_limits(frames):
    places = stills.stills(NAME)["places"]
    limits = stills.common_limits("main", frames)
    assert [place["value"] for place in places] == list(VALUES)
    for place, frame in zip(places, frames, strict=True):
        assert place["still"] == svg(frame.pictures["main"], limits, titled=False)
        ET.fromstring(place["still"])
    for frame in frames:  # they hold every picture
        own = extent(frame.pictures["main"])
        if own is not None:
            assert limits[0] <= own[0] and own[1] <= limits[1]
            assert limits[2] <= own[2] and own[3] <= limits[3]


def test_all_stills_of_a_picture_with_axes_have_the_same_axes(frames):
    drawn = [place["still"] for place in stills.stills(NAME)["places"]]
    if isinstance(frames[0].pictures["main"], Images | HeatMap):
        pytest.skip("it has no axes")
    grids = [re.findall(r'<path d="M[\d. ]+[hv]\d+" stroke="#\w+"/>', text) for text in drawn]
    assert grids[0] and all(grid == grids[0] for grid in grids)


@pytest.mark.parametrize("frames", ["heat map"], indirect=True)
def test_a_heat_map_that_collapses_is_dark_beside_the_others(frames):
    def cells(still: str) -> list[str]:
        return re.findall(r'<rect [^>]*fill="(#\w+)"', still)

    first, *_, last = (cells(place["still"]) for place in stills.stills(NAME)["places"])
    assert len(set(last)) < len(set(first)) or set(last).isdisjoint(first[1:])
    assert cells(svg(frames[-1].pictures["main"])) == cells(
        svg(frames[0].pictures["main"])
    )  # alone it would look like the first


def test_each_value_has_its_sentence_and_its_numbers(frames):
    place = stills.stills(NAME)["places"][2]
    assert place["finding"] == "4 gives 4"
    assert place["numbers"] == [["Rate", "0.200\u00a0nats"], ["Latents in use", "4"]]


def test_what_is_kept_holds_for_the_other_knobs_as_they_are_at_first(frames):
    others = stills.stills(NAME)["settings"]
    assert others["data"] == "digits" and others["kind"] == "beta"
    assert {"beta", "seed", "capacity"}.isdisjoint(others)  # capacity has no effect on this kind


def test_the_numbers_of_every_seed_stand_at_their_value(frames):
    made = stills.stills(NAME)
    assert [place["seeds"] for place in made["places"]] == [
        list(row) for row in stills.kept(NAME).track.numbers["rate"]
    ]
    assert made["ends"] == "0.49 to 10\u00a0nats"
    assert made["label"] == "Rate (nats): five seeds and their mean"


def test_a_number_that_is_not_finite_is_left_out_of_the_curve(frames, monkeypatch):
    rows = ((float("nan"), 1.0, 2.0, 3.0, 4.0),) * len(VALUES)
    ours = replace(stills.kept(NAME), track=Track("beta", VALUES, {"rate": rows}))
    vars(ours)["_frames"] = frames
    monkeypatch.setattr(stills, "kept", lambda _name: ours)
    text = gzip.decompress(stills.stills_file(NAME, "light")).decode()
    assert "NaN" not in text  # which no browser reads
    assert json.loads(text)["places"][0]["seeds"] == [None, 1, 2, 3, 4]


def test_axes_keep_room_for_what_is_kept_if_the_other_knobs_are_the_same(frames):
    chapter = find(NAME)
    stills._by_name.cache_clear()
    shown = [frame.pictures["main"] for frame in frames]
    assert stills.kept_pictures(chapter, chapter.Settings(beta=3, seed=7)) == {"main": shown}
    assert stills.kept_pictures(chapter, chapter.Settings(data="faces")) == {}
    assert stills.kept_pictures(chapter, chapter.Settings(latent=2)) == {}
    stills._by_name.cache_clear()


def test_the_file_is_made_once_and_equal_numbers_make_equal_bytes(frames):
    light = stills.stills_file(NAME, "light")
    assert stills.stills_file(NAME, "light") is light
    assert json.loads(gzip.decompress(light)) == json.loads(json.dumps(stills.stills(NAME, LIGHT)))
    stills.stills_file.cache_clear()
    assert stills.stills_file(NAME, "light") == light
    dark = gzip.decompress(stills.stills_file(NAME, "dark")).decode()
    assert DARK.text in dark and LIGHT.text not in dark


@pytest.mark.parametrize("name", [name for name in NAMES if kept(name).track])
def test_the_file_of_a_chapter_is_small_and_has_a_still_for_every_value(name):
    assert stills.has_track(find(name))
    made = stills.stills(name)
    assert all(place["still"] for place in made["places"])
    assert all(len(place["seeds"]) == 5 for place in made["places"])
    assert len(stills.stills_file(name, "light")) < MOST_BYTES


@pytest.mark.parametrize("knob", ["data", "kind"])
def test_a_menu_has_no_track(frames, monkeypatch, knob):
    chapter = find(NAME)
    monkeypatch.setitem(vars(chapter), "teaching", Lesson(main="main", knob=knob, track="rate"))
    ours = replace(stills.kept(NAME), track=Track(knob, ("a",), {"rate": ((1.0,) * 5,)}))
    monkeypatch.setattr(stills, "kept", lambda _name: ours)
    assert not stills.has_track(chapter)
    with pytest.raises(ValueError, match="Nothing is kept"):
        stills.stills(NAME)
