"""The labs on a page, driven through their widgets: each shows its machine, and clicks count."""

import re
from html import unescape
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from bokeh.document import Document

from workbench.chapters import NAMES
from workbench.chapters import find as find_chapter
from workbench.chapters.mil.lab_knobs import POOLINGS
from workbench.view.labs import (
    bag,
    ceal_stepper,
    contrast_step,
    em_stepper,
    find,
    hole,
    metric_lab,
    own_points,
    picks,
    rad_stepper,
    seam_lab,
)
from workbench.view.labs.stepper import Stepper

LABS = list(chain.from_iterable(find(name).values() for name in NAMES))


def click(button):
    button.param.trigger("clicks")


def widgets(section, kind: str) -> list:
    return [widget for widget in section.select() if type(widget).__name__ == kind]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.__name__.split(".")[-1])
@pytest.mark.parametrize("dark", [False, True])
def test_a_lab_can_be_put_into_a_document(lab, dark):
    assert lab.TITLE and lab.INTRODUCTION.endswith(".")
    document = Document()
    lab.build(dark).server_doc(document)
    assert document.roots and document.to_json()


@pytest.mark.parametrize("lab", [metric_lab, em_stepper, contrast_step])
def test_every_button_and_choice_of_a_lab_can_be_used(lab):
    section = lab.build()
    buttons = widgets(section, "Button")
    assert len(buttons) >= 3
    for button in buttons:
        button.clicks += 1
    for select in widgets(section, "Select"):
        options = select.options
        select.value = (list(options.values()) if isinstance(options, dict) else options)[-1]
    for button in buttons:
        button.clicks += 1


def test_a_click_on_the_em_stepper_is_one_half_step():
    panel = em_stepper.Panel(False)
    panel.view()
    assert panel.next.label == "E-step"
    panel.next.clicks += 1
    assert panel.next.label == "M-step" and panel.stepper.calls == (("step",),)
    panel.kind.value = "mixture"
    assert panel.stepper.given == ("mixture", "Good") and not panel.stepper.calls


def test_the_bag_has_a_button_for_every_instance():
    page = bag.Panel(False)
    assert len(page.buttons) == page.state.size == len(page.row.objects)
    page.buttons[4].clicks += 1
    assert page.state.out == {4} and page.buttons[4].name == "5: out"
    assert "Without 5" in page.sentence.object
    page.witnesses.value = True
    witness = int(np.flatnonzero(page.state.witnesses)[0])
    assert "witness" in page.buttons[witness].name and "positive" in page.sentence.object
    page.bag.value = 5
    assert len(page.buttons) == page.state.size and not page.state.positive
    assert page.cards["weights"].drawing is not None


def test_every_bag_and_pooling_on_offer_can_be_had():
    page = bag.Panel(False)
    for page.bag.value in bag.BAGS.values():
        assert page.state.bag[1] == page.bag.value
    for page.pooling.value in POOLINGS.values():
        assert page.state.bag[0] == page.pooling.value


def test_other_puzzles_are_of_the_same_pictures():
    page = seam_lab.Panel(False)
    page.side.value = 3
    page.shuffle()
    assert page.lab.given == ("photos", 3, "Open", 1) and "Comparing edges" in page.sentence.object


def test_the_line_and_the_buttons_of_the_selection_lab_do_what_they_say():
    page = picks.Panel(False)
    page.count.value = 6
    assert "You keep 6 of 16" in page.sentence.object and page.machine.calls == (("draw", 6),)
    click(page.show_wrong)
    assert "precision" in page.sentence.object and page.show_wrong.disabled
    page.next_batch()
    assert page.count.value == 16 and not page.show_wrong.disabled
    assert page.machine.given[2] == 1 and "hidden" in page.sentence.object
    page.networks.value = "late"
    assert page.machine.given[1] == "late" and not page.machine.calls


def test_the_rad_stepper_goes_through_its_stages_click_by_click():
    page = Stepper(rad_stepper.LAB)
    for stage in ("batch", "judge", "vote", "ask", "retrain"):
        assert f"Batch 1 of 8, stage {stage}." in page.sentence.object
        click(page.next)
    assert "Batch 2 of 8, stage batch." in page.sentence.object
    click(page.again)
    assert "Batch 1 of 8, stage batch." in page.sentence.object


@pytest.mark.parametrize("lab", [ceal_stepper, rad_stepper])
def test_a_stepper_ends_after_eight_times_five_stages(lab):
    page = Stepper(lab.LAB)
    first = page.sentence.object
    for _ in range(8 * 5 - 1):
        assert not page.next.disabled
        click(page.next)
    assert page.next.disabled and page.sentence.object != first
    click(page.again)
    assert page.sentence.object == first and not page.next.disabled


def test_a_click_puts_a_point_and_a_click_on_it_takes_it_away():
    panel = own_points.Panel(False)
    assert panel.link.object == ""
    panel.click(1.234, -0.5)
    panel.click(9.0, 2.0)  # beyond the edge
    assert panel.points == [(1.23, -0.5), (3.0, 2.0)] and panel.source.data["x"] == [1.23, 3.0]
    query = parse_qs(urlsplit(unescape(re.search('href="([^"]*)"', panel.link.object)[1])).query)
    settings, notes = find_chapter("gan").Settings.from_query(
        {name: value[0] for name, value in query.items() if name != "chapter"}
    )
    assert settings.points == "1.23,-0.5 3,2" and not notes
    panel.click(1.3, -0.4)
    assert panel.points == [(3.0, 2.0)]
    panel.begin([(0.1 * i, 0.0) for i in range(24)])
    panel.click(0.0, 2.5)
    assert len(panel.points) == 24 and "take one away" in panel.sentence.object


def test_a_hole_is_drawn_by_strokes_by_clicks_and_by_menus():
    panel = hole.Panel(False)
    assert len(panel.hole) == 16 and panel.canvas.picture.data["image"][0].shape == (8, 8)
    assert len(panel.canvas.cells.data["x"]) == 16 and "16 of 64" in panel.count.object
    panel.stroke.data = {"xs": [[0.5, 3.5]], "ys": [[0.5, 0.5]]}
    assert panel.hole >= {0, 1, 2, 3} and len(panel.hole) == 20
    assert panel.stroke.data["xs"] == []  # the cells say it from here on
    panel.click(0.2, 0.9)
    assert 0 not in panel.hole
    panel.click(0.2, 0.9)
    assert 0 in panel.hole
    drawn = tuple(sorted(panel.hole))
    panel.begin()
    assert panel.lab.given == ("digits", drawn, 0) and "context loss" in panel.sentence.object
    panel.ends[0].value = 1
    assert panel.hole == set(panel.rectangle()) and len(panel.hole) == 24
    panel.begin_hole(())
    panel.begin()
    assert "draw a hole first" in panel.sentence.object and "0 of 64" in panel.count.object
