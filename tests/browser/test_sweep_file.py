"""A sweep taken home: opened from a file by a browser that has no network and no kernel."""

import pytest
from playwright.sync_api import expect

from workbench.results.sweep import Sweep
from workbench.results.sweep_page import sweep_html
from workbench.running.players import Here
from workbench.running.runner import Runner

pytestmark = pytest.mark.browser


def page_of(tmp_path, over, seeds, **knobs):
    runner = Runner([Here("cpu")])
    content = sweep_html(Sweep("beta-vae", over, seeds, runner, **knobs).wait())
    runner.close()
    (tmp_path / "sweep.html").write_bytes(content)
    return f"file://{tmp_path / 'sweep.html'}", len(content)


def move(page, name, to):
    slider = page.get_by_role("slider", name=name)
    slider.focus()
    slider.press(to)


def shown(page):
    """What stands on the page: numbers, and each drawing."""
    return page.locator("tbody").inner_text(), {
        figure.get_attribute("data-name"): figure.inner_html()
        for figure in page.locator("figure[data-name]:visible").all()
    }


def test_both_sliders_move_numbers_curves_and_pictures(offline, tmp_path):
    address, _ = page_of(tmp_path, {"beta": [0, 1, 16]}, 2, steps=200)
    offline.goto(address)
    row = offline.locator("tbody tr").filter(has_text="Effective beta")
    expect(row).to_contain_text("1")
    numbers, pictures = shown(offline)
    assert {"band", "course", "reconstructions", "rates", "latents"} <= set(pictures)
    move(offline, "Beta", "ArrowRight")
    expect(row).to_contain_text("16")
    other_numbers, other = shown(offline)
    assert other_numbers != numbers and all(other[name] != pictures[name] for name in pictures)
    assert "step 200 of 200" in offline.locator("#sliders").inner_text()
    move(offline, "Time", "Home")
    expect(offline.locator("#sliders")).to_contain_text("step 1 of 200")
    early_numbers, early = shown(offline)
    assert early_numbers != other_numbers and all(early[name] != other[name] for name in other)
    band = offline.locator("[data-name=band]")
    before = band.inner_html()
    offline.get_by_label("Number in the curves").select_option("Rate")
    assert band.inner_html() != before and "Rate" not in before
    offline.wait_for_function(
        "[...document.querySelectorAll('image')].length > 3"
    )  # the pictures are there as PNG


@pytest.mark.slow
def test_the_default_sweep_of_the_beta_vae_fits_in_8_megabytes(offline, tmp_path):
    address, size = page_of(tmp_path, {"beta": [0, 2, 4, 6, 8, 10, 12, 14, 16]}, 5)
    assert size <= 8 * 10**6
    offline.goto(address)
    expect(offline.locator("#about")).to_contain_text("45 of 45 runs")
    move(offline, "Beta", "Home")
    seconds = offline.evaluate("""() => {
        const sliders = [...document.querySelectorAll("input[type=range]")], spent = [];
        for (let i = 0; i < 200; i++) {
            const slider = sliders[i % 2];
            slider.value = Math.floor(Math.random() * (+slider.max + 1));
            const start = performance.now();
            slider.dispatchEvent(new Event("input"));
            document.body.getBoundingClientRect();  // lays the page out
            spent.push(performance.now() - start);
        }
        return spent.sort((a, b) => a - b)[190] / 1000;
    }""")
    assert seconds <= 0.1, seconds
