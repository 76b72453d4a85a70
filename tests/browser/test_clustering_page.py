"""The clustering page in headless Chromium: each method shows its numbers, a preset retrains."""

from urllib.parse import urlencode

import numpy as np
import pytest
from focus import all_numbers, play_freely
from playwright.sync_api import expect
from served import serving

from workbench.chapters import find
from workbench.view.labs import em_stepper, metric_lab

pytestmark = pytest.mark.browser


def shown(tab, **knobs) -> str:
    """The labels of all numbers on the page once the run of these knobs has ended."""
    tab.open(urlencode({"chapter": "clustering", "steps": 100} | knobs))
    expect(tab.get_by_text("Done:", exact=False)).to_be_visible()
    return " ".join(all_numbers(tab))


def test_each_method_shows_its_own_objective(tab):
    for kind, objective in (("kmeans", "inertia"), ("mixture", "log-likelihood"), ("dec", "kl")):
        text = shown(tab, kind=kind).lower()
        assert objective in text and "elbo" not in text


def test_a_preset_of_the_failure_gallery_retrains(tab):
    shown(tab)
    text = next(text for text, _ in find("clustering").try_this if "without pre-training" in text)
    play_freely(tab)
    tab.get_by_role("button", name=text).click()
    tab.wait_for_url(lambda url: "pretrain=0&" in url)
    expect(tab.get_by_role("slider", name="Pre-training")).to_have_attribute("aria-valuetext", "0")
    expect(tab.get_by_text("Done:")).to_be_visible()


def lab(tab, title: str):
    """A tab whose section of this title is open."""
    shown(tab, kind="kmeans")
    tab.get_by_text(title, exact=True).click()
    return tab


def test_the_metric_lab_shows_what_each_number_notices(tab):
    lab(tab, metric_lab.TITLE)
    tab.get_by_role("button", name="Every digit alone").click()
    expect(tab.get_by_text("0.470", exact=True)).to_be_visible()
    tab.get_by_role("button", name="Perfect").click()
    expect(tab.get_by_text("1.000", exact=True)).to_have_count(3)
    tab.get_by_role("button", name="Shuffle names").click()
    expect(tab.get_by_text("+0.000", exact=True)).to_have_count(3)


def test_the_stepper_makes_one_half_step_a_click_and_gets_stuck(tab):
    lab(tab, em_stepper.TITLE)
    titles = [
        tab.locator(".labs").get_by_role("heading", name=each, exact=True)
        for each in ("Points and clusters", "Objective")
    ]
    expect(titles[1]).to_be_visible()
    left, right = (title.bounding_box() for title in titles)
    assert left["y"] == right["y"] and left["x"] < right["x"]  # the lab has the page's width
    tab.get_by_role("button", name="E-step", exact=True).click()
    expect(tab.get_by_text("After the E-step J =", exact=False)).to_be_visible()
    tab.get_by_role("button", name="M-step", exact=True).click()
    expect(tab.get_by_text("After the M-step J =", exact=False)).to_be_visible()
    tab.get_by_role("button", name="Run to the end").click()
    expect(tab.get_by_text("Settled: nothing moves any more, J = 1.1", exact=False)).to_be_visible()
    tab.get_by_label("Start", exact=True).select_option("Stuck")
    expect(tab.get_by_text("no point belongs to one yet", exact=False)).to_be_visible()
    tab.get_by_role("button", name="Run to the end").click()
    expect(tab.get_by_text("Settled: nothing moves any more, J = 2.2", exact=False)).to_be_visible()


@pytest.fixture
def bare(tmp_path, chromium):
    """A tab on a server whose data folder has pictures without labels."""
    pictures = np.random.default_rng(0).integers(0, 255, (200, 6, 8), np.uint8)
    np.savez(tmp_path / "bare.npz", images=pictures)
    with serving(tmp_path / "log.txt", WORKBENCH_DATA=str(tmp_path)) as server:
        page = chromium.new_page()
        page.goto(server.page(urlencode({"chapter": "clustering", "data": "bare", "steps": 100})))
        yield page
        page.close()


def test_own_pictures_without_labels_are_clustered_and_nothing_judges_them(bare):
    expect(bare.get_by_text("Done:", exact=False)).to_be_visible()
    numbers = " ".join(all_numbers(bare))
    assert "ELBO" in numbers and "Clusters in use" in numbers
    assert not any(word in numbers for word in ("ACC", "NMI", "ARI"))
    expect(bare.get_by_text("Clusters against labels")).to_have_count(0)
    expect(bare.get_by_text("Agreement with the labels", exact=True)).to_have_count(0)
    typical = bare.get_by_role("heading", name="Typical pictures of each cluster")
    expect(typical).to_be_visible()
