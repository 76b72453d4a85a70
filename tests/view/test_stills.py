"""Stills of a notebook: one SVG, each picture with its caption, and a sentence for each."""

import re
import xml.etree.ElementTree as ET
from collections import deque

import numpy as np
import pytest

from workbench import play
from workbench.core import frames, pictures
from workbench.core.palette import LIGHT
from workbench.results.svg import HEIGHT, WIDTH
from workbench.view.notebook import Still, compare, still

SVG = "{http://www.w3.org/2000/svg}"
BAD = '<img src=x onerror="alert(1)">'
RANDOM = np.random.default_rng(0)


def line(name="loss", style="solid", **more):
    return pictures.Line(name, np.arange(1.0, 9), np.arange(8.0, 0, -1), style, **more)


PICTURES = [
    pictures.Curves("Loss", (line(), line("PCA", "dashed"), line("now", "dots")), caption="Low."),
    pictures.Curves("Band", (line(low=np.zeros(8), high=np.full(8, 9.0)),), log_y=True, log_x=True),
    pictures.Scatter(
        "Codes", RANDOM.normal(size=(600, 2)), np.arange(600) % 10, tuple("0123456789")
    ),
    pictures.Scatter("Plain", RANDOM.normal(size=(5, 2))),
    pictures.Images("Noise", RANDOM.random((4, 10, 28, 28)), tuple("abcd"), caption="Worst case."),
    pictures.Images("Tall", np.eye(8)[None, None].repeat(12, 0), tuple("abcdefghijkl")),
    pictures.Images(
        "Named",
        np.eye(8)[None, None].repeat(10, 0).repeat(9, 1),
        tuple("abcdefghij"),
        tuple("ABCDEFGHI"),
        "A caption long enough to be broken into two lines. " * 2,
    ),
    pictures.Bars("Rate", ("z1", "z2"), np.array([1.0, 0])),
    pictures.HeatMap("Knows", RANDOM.random((6, 5)), tuple("abcdef"), tuple("vwxyz")),
    pictures.Table("Scores", ("metric", "run"), (("MIG", "0.1"), ("SAP", "0.2"))),
    pictures.Bars(BAD, (BAD, "b"), np.ones(2), BAD, BAD, BAD),
]


def drawn(shown) -> ET.Element:
    return ET.fromstring(shown._repr_svg_())


def words(shown) -> str:
    return " ".join(text.strip() for text in drawn(shown).itertext())


def size(shown) -> tuple[int, int]:
    return int(drawn(shown).get("width")), int(drawn(shown).get("height"))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.title)
def test_a_still_is_small_and_says_what_it_shows(picture):
    shown = still(picture)
    assert repr(shown) == picture.summary()
    assert next(drawn(shown).iter(f"{SVG}title")).text == picture.summary()
    assert len(shown._repr_svg_()) < 45_000
    assert " ".join(picture.caption.split()) in words(shown)
    assert not hasattr(shown, "_repr_html_")  # which notebooks would take for it and clean
    assert "<img" not in shown._repr_svg_()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.title)
def test_nothing_lies_outside_a_still(picture):
    width, height = size(still(picture))
    assert width == WIDTH and height <= 480 + 15 * (1 + len(picture.caption) // 60)
    for text in drawn(still(picture)).iter(f"{SVG}text"):
        if text.get("x") and not text.get("transform"):
            assert 0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height


def test_the_named_pictures_of_a_frame_stand_side_by_side():
    frame = frames.Frame(1, 1, {}, {"a": PICTURES[0], "b": PICTURES[7]})
    single, both = still(frame, "a"), still(frame, "a", "b")
    assert size(both)[0] > 2 * WIDTH and size(both)[1] == size(single)[1]
    assert (
        repr(still(frame))
        == repr(both)
        == ("Loss: at step 8: loss 1, PCA 1, now 1. Rate: z1: 1, z2: 0.")
    )
    with pytest.raises(KeyError, match="'c'.*a, b"):
        still(frame, "c")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.title)
def test_letters_are_nine_points_high_in_a_cell_of_jupyterlab(picture):
    pair = Still([picture, picture])
    assert size(pair)[0] <= 1000  # pixels of a cell on a screen of 1440: nothing is made smaller
    sizes = [float(part.get("font-size")) for part in drawn(pair).iter() if part.get("font-size")]
    assert min(sizes) >= 12 and all(
        inner.get("font-size") for inner in drawn(pair).iter(f"{SVG}svg") if inner.get("role")
    )


def test_more_than_two_pictures_stand_in_rows():
    frame = frames.Frame(1, 1, {}, dict(zip("abc", PICTURES[:3], strict=True)))
    assert size(still(frame))[0] == size(still(frame, "a", "b"))[0]
    assert size(still(frame))[1] > 2 * HEIGHT


def test_silent_bars_look_silent():
    loud, silent = (still(pictures.Bars("Rate", ("z",), np.array([v]))) for v in (1, 0.001))
    high = [
        float(next(bar for bar in drawn(shown).iter(f"{SVG}rect") if bar.get("x")).get("height"))
        for shown in (loud, silent)
    ]
    assert high[1] < high[0] / 20


def run(values):
    return [frames.Frame(i + 1, 9, {"rate": v, "loss": -v}) for i, v in enumerate(values)]


def test_compare_draws_a_curve_for_each_run():
    shown = compare({"one": run([1, 2, 3]), "two": run([3, 2, 5])}, "rate", "Rate in nats")
    assert repr(shown) == "Rate in nats: at step 3: one 3, two 5."
    colours = set(re.findall(r'stroke="(#\w{6})"', shown._repr_svg_()))
    assert {*LIGHT.classes[:2]} <= colours and LIGHT.classes[2] not in colours
    assert {"one", "two"} <= set(words(shown).split())


def test_compare_draws_each_line_of_a_trace_for_itself():
    trace = frames.Trace("Both", {"rate": "rate", "loss": "the loss"}, "nats")
    shown = compare({"one": run([1, 2]), "two": run([3, 4])}, trace)
    assert repr(shown) == ("Rate: at step 2: one 2, two 4. The loss: at step 2: one -2, two -4.")


def test_every_picture_of_every_chapter_can_be_still():
    for name in ("beta-vae", "autoencoder"):
        last = deque(play(name, steps=100), maxlen=1).pop()
        for picture in last.pictures:
            assert len(still(last, picture)._repr_svg_()) < 45_000
