"""Pinning runs and pairing them on a chapter's page."""

import json
import zipfile

import pytest
from focus import play_freely
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_two_pinned_runs_are_overlaid_and_paired_over_seeds(tab):
    tab.open("chapter=beta-vae&steps=100&beta=1&latent=10")
    tab.locator("summary", has_text="Compare and take home").click()
    with tab.expect_download() as download:
        tab.get_by_text("Save this run (zip)").click()
    with zipfile.ZipFile(download.value.path()) as taken:
        assert json.loads(taken.read("settings.json"))["settings"]["latent"] == 10
        assert {"again.py", "points.csv", "pictures/learning_curves.svg"} <= set(taken.namelist())
    tab.get_by_role("button", name="Pin this run").click()
    expect(tab.get_by_text("1 run is pinned.")).to_be_visible()
    tab.get_by_role("button", name="Pin this run").click()
    expect(tab.get_by_text("This run is pinned already")).to_be_visible()
    play_freely(tab)
    slider = tab.get_by_role("slider", name="Latents")
    slider.focus()
    slider.press("Home")
    tab.wait_for_url(lambda url: "latent=1&" in url)
    tab.get_by_role("button", name="Pin this run").click()
    expect(tab.get_by_role("button", name="B: latents 1")).to_be_visible()
    tab.get_by_role("button", name="Train the pairs").click()
    expect(tab.get_by_text("10 of 10 runs are done")).to_be_visible()
    expect(tab.get_by_text("B is higher in")).to_be_visible()
    expect(tab.get_by_role("cell", name="of 5").first).to_be_visible()
    tab.get_by_role("button", name="A: latents 10").click()
    expect(tab.get_by_text("1 run is pinned.")).to_be_visible()
    expect(tab.get_by_role("button", name="Train the pairs")).to_be_disabled()
