""" "Test it" on the claims of a chapter, in Chromium: dots, words, Stop, and the next reader."""

import pytest
from focus import done
from playwright.sync_api import expect

from workbench.chapters import find

pytestmark = pytest.mark.browser
PAGE = "chapter=clustering&kind=kmeans&features=pixels&steps=100"


def claims(page):
    page.open(PAGE)
    page.locator("[data-claims] > summary").click()
    return page.locator("[data-claim]")


def item(page, claim: str):
    return page.locator(f"[data-claim={claim}]")


def test_a_claim_is_tested_seed_by_seed_and_the_next_reader_sees_it(tab):
    assert claims(tab).count() == len(find("clustering").claims)
    done(tab)  # the end of the run is told, too
    quick = item(tab, "singletons")
    button = quick.get_by_role("button", name="Test it")
    expect(button).to_have_accessible_description(
        "If every digit is a cluster of its own, NMI is 0.47 and ARI 0."
    )
    button.focus()
    tab.keyboard.press("Enter")
    expect(quick.get_by_text("Holds on 5 of 5 seeds.")).to_be_visible()
    assert quick.locator(".seeds li").all_inner_texts() == [
        f"Seed {seed}:\n✓\nholds" for seed in range(5)
    ]
    lines = quick.locator(".measured li")
    assert lines.all_inner_texts() == [f"Seed {s} holds: NMI 0.470, ARI 0.000" for s in range(5)]
    expect(quick.locator("button:focus")).to_have_text("Tested")
    expect(tab.locator("#speech")).to_have_text("Holds on 5 of 5 seeds.")

    claims(tab)  # another page
    expect(quick.locator(".verdict")).to_have_text(
        "Holds on 5 of 5 seeds. Tested before on this server."
    )
    assert quick.locator("[data-sign=holds]").count() == 5


def test_a_test_is_stopped_and_goes_with_its_page(tab, server):
    claims(tab)
    slow, next_one = item(tab, "vade-keeps"), item(tab, "collapse")
    slow.get_by_role("button").click()
    next_one.get_by_role("button").click()
    expect(next_one.locator(".verdict")).to_have_text("Waits for the claim that is tested now.")
    expect(slow.locator("[data-sign=runs]")).to_have_count(1)
    slow.get_by_role("button", name="Stop").click()
    expect(slow.locator(".verdict")).to_contain_text("Stopped.")
    expect(slow.get_by_role("button")).to_have_text("Test it")
    expect(next_one.locator("[data-sign=runs]")).to_have_count(1)
    assert server.spy()["claims"] == 1
    tab.open("")
    tab.wait_for_timeout(500)
    for _ in range(100):
        if not server.spy()["claims"]:
            return
        tab.wait_for_timeout(200)
    raise AssertionError("its page is gone, and it is still tested")
