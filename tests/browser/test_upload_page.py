"""A reader's own file on a chapter's page, in Chromium: it trains, and nobody else has it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from served import serving

pytestmark = pytest.mark.browser
QUERY = "chapter=beta-vae&steps=100&latent=2"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    with serving(folder / "log.txt", "--uploads", "1MB", TMPDIR=str(folder)) as server:
        server.folder = folder
        server.brought = lambda: list(folder.glob("workbench-uploads-*/*"))
        yield server
    assert not list(folder.glob("workbench-uploads-*"))


@pytest.fixture
def tab(chromium):
    """A tab, in which a refusal's status is no fault."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(180_000)
    yield page
    context.close()


def test_own_data_trains_on_its_page_and_goes_with_it(tab, server, tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "mine.npz", images=pictures)
    (tmp_path / "bad.npz").write_bytes(b"no zip")
    np.savez(tmp_path / "large.npz", images=np.zeros((2000, 32, 32), np.uint8))
    tab.goto(server.page(QUERY))
    tab.wait_for_function("window.Bokeh?.documents[0]?.is_idle")
    tab.locator("#free > summary").click()
    field, words = tab.locator("#upload"), tab.locator("#upload-say")
    field.set_input_files(tmp_path / "large.npz")
    expect(words).to_have_text("Bring a file of at most 1 MB.")
    field.set_input_files(tmp_path / "bad.npz")
    expect(words).to_contain_text("bad.npz: it is damaged")
    assert server.brought() == []
    field.set_input_files(tmp_path / "mine.npz")
    expect(words).to_contain_text("mine.npz: 48 + 12 images of 8 x 8")
    tab.wait_for_url(re.compile("data=upload-"))
    expect(tab.locator("#knob-data")).to_have_value(re.compile("^upload-"))
    assert tab.locator("#knob-data option:checked").inner_text() == "yours: mine.npz"
    expect(tab.get_by_text("Done:")).to_be_visible()
    address = tab.url
    other = tab.context.new_page()
    other.goto(address)
    expect(other.get_by_text("There is no data set").first).to_be_visible()
    assert other.locator("#knob-data").input_value() == "digits"
    other.close()
    assert len(server.brought()) == 1
    tab.goto(server.page(QUERY))
    for _ in range(100):
        if not server.brought():
            break
        tab.wait_for_timeout(100)
    assert server.brought() == []
    assert "upload-" not in server.log.read_text().replace("workbench-uploads", "")
