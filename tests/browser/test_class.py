"""The instructor's page and a follower's, in Chromium: show, follow, undo, hands, pause."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
KNOBS = "chapter=beta-vae&steps=100&beta=1&seed=91"
# and, where something has been shown already, takes it at once
FOLLOWS = re.compile("You follow the instructor|These are the instructor's knobs")
TRAINS = re.compile(r"\b\d+ of \d\d runs are done; the instructor has paused training")


@pytest.fixture
def instructor(tab, server):
    page = tab.context.new_page()
    page.set_default_timeout(180_000)
    page.goto(f"{server.url}/instructor")
    page.get_by_label("The instructor's password").fill(server.password)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Open pages")).to_be_visible()
    page.wait_for_function("window.Bokeh?.documents[0]?.is_idle")
    yield page
    page.close()


def test_who_follows_takes_the_instructors_knobs_and_can_go_back(tab, instructor):
    tab.open(KNOBS)
    tab.locator("summary", has_text="In class").click()
    tab.get_by_label("Name for the instructor").fill("Ada")
    tab.get_by_label("Name for the instructor").press("Enter")
    tab.get_by_label("Raise my hand").click()
    expect(instructor.get_by_role("button", name="Ada (VAE and beta-VAE)")).to_be_visible()
    instructor.get_by_role("button", name="Ada (VAE and beta-VAE)").click()
    expect(tab.get_by_text("The instructor has lowered your hand.")).to_be_visible()
    expect(tab.get_by_label("Raise my hand")).not_to_be_checked()
    tab.get_by_label("Follow the instructor").click()
    expect(tab.get_by_text("You follow the instructor.")).to_be_visible()

    chapter = instructor.get_by_label("Chapter", exact=True)
    chapter.select_option(index=1)
    knobs = instructor.get_by_label("Knobs, or a page's address")
    knobs.fill("beta=4&steps=100&seed=92")
    knobs.press("Enter")
    instructor.get_by_role("button", name="Show to all who follow").click()
    expect(instructor.get_by_text("Shown to 1 page")).to_be_visible()

    expect(tab.get_by_text("These are the instructor's knobs.")).to_be_visible()
    tab.wait_for_url(lambda url: "beta=4&" in url and "seed=92" in url)
    expect(tab.get_by_role("slider", name="Beta")).to_have_attribute("aria-valuetext", "4")
    expect(instructor.get_by_text("finished run")).to_contain_text("VAE and beta-VAE")
    tab.get_by_role("button", name="Back to my knobs").click()
    tab.wait_for_url(lambda url: "beta=1&" in url and "seed=91" in url)
    expect(tab.get_by_text("These are your own knobs again.")).to_be_visible()


def test_a_chapter_is_shown_to_the_class_from_its_own_page(chromium, tab, instructor, server):
    context = chromium.new_context()
    reader = context.new_page()
    reader.set_default_timeout(60_000)
    reader.goto(server.page(KNOBS))
    reader.locator("summary", has_text="In class").click()
    follow = reader.get_by_label("Follow the instructor")
    follow.click()
    expect(reader.get_by_text(FOLLOWS)).to_be_visible()
    assert reader.get_by_role("button", name="Show to the class").count() == 0
    tab.open("chapter=beta-vae&steps=100&beta=4&seed=94")
    tab.get_by_role("button", name="Show to the class").click()
    expect(tab.get_by_text("Shown to 1 page.")).to_be_visible()
    reader.wait_for_url(lambda url: "beta=4&" in url and "seed=94" in url)
    follow.click()  # the tests below count who follows
    expect(reader.get_by_text("You go your own way.")).to_be_visible()
    context.close()


def test_a_paused_class_waits_and_says_so(tab, instructor):
    pause = instructor.get_by_label("Pause new training")
    pause.click()
    expect(instructor.get_by_text("New training is paused.")).to_be_visible()
    try:
        tab.open("chapter=beta-vae&steps=100&seed=93")
        words = tab.get_by_role("region", name="The run")  # a while later it is said aloud, too
        expect(words.get_by_text("The instructor has paused training")).to_be_visible()
    finally:
        pause.click()
    expect(tab.get_by_text("Done:")).to_be_visible()


def test_without_the_password_there_is_the_home_page_and_a_sentence(tab, server):
    tab.goto(server.page("instructor="))
    expect(tab.get_by_role("alert")).to_contain_text("asks for a password")
    expect(tab.get_by_text("Open pages")).to_have_count(0)
    tab.goto(server.page(f"instructor={server.password}"))  # as links were once
    tab.wait_for_url(f"{server.url}/instructor")
    expect(tab.get_by_label("The instructor's password")).to_be_visible()


def test_the_instructors_password_is_in_no_address_and_no_page(tab, instructor, server):
    asked = []
    instructor.on("request", lambda request: asked.append((request.url, request.headers)))
    instructor.reload()
    expect(instructor.get_by_text("Open pages")).to_be_visible()
    instructor.goto(f"{server.url}/instructor")  # which it has given before
    expect(instructor.get_by_text("Open pages")).to_be_visible()
    assert instructor.url == server.page("instructor=")
    for place in (instructor.url, instructor.content(), repr(asked), server.log.read_text()):
        assert server.password not in place
    cookies = instructor.evaluate("document.cookie")
    assert "instructor" not in cookies  # no script reads it


def test_a_mistake_is_said_and_moves_nobody(tab, instructor):
    tab.open(KNOBS)
    tab.locator("summary", has_text="In class").click()
    shows(instructor, "chapter=beta-vae&steps=100&beta=2&seed=96")
    expect(instructor.get_by_text("Shown to")).to_be_visible()
    tab.get_by_label("Follow the instructor").click()
    expect(tab.get_by_text("These are the instructor's knobs.")).to_be_visible()
    tab.wait_for_url(lambda url: "beta=2&" in url and "seed=96" in url)
    shows(instructor, "chapter=beta-vae&oops=4&beta=hello")
    refusal = instructor.get_by_role("alert").filter(has_text="There is no knob 'oops'")
    expect(refusal).to_contain_text("Nothing was shown.")
    assert "beta=2&" in tab.url and "seed=96" in tab.url


def shows(instructor, knobs: str) -> None:
    """Shows these knobs, or an address, to all who follow."""
    field = instructor.get_by_label("Knobs, or a page's address")
    field.fill(knobs)
    field.press("Enter")
    instructor.get_by_role("button", name="Show to all who follow").click()


def test_who_follows_goes_along_to_another_chapter(tab, instructor, server):
    tab.open("chapter=autoencoder&steps=100&seed=94")
    section = tab.locator("summary", has_text="In class")
    section.click()
    tab.get_by_label("Raise my hand").click()
    tab.get_by_label("Name for the instructor").fill("Grace")  # after the hand was seen
    tab.get_by_label("Name for the instructor").press("Enter")
    expect(instructor.get_by_role("button", name="Grace (Autoencoders)")).to_be_visible()
    tab.get_by_label("Follow the instructor").click()
    expect(instructor.get_by_role("row", name="Autoencoders 1 1")).to_be_visible()
    section.click()  # closed, and the way is seen all the same

    shows(instructor, server.page(KNOBS + "#sweep"))
    said = "Shown to 0 pages; 1 on other chapters has a link. VAE and beta-VAE: Steps 100, Seed 91."
    expect(instructor.get_by_text(said)).to_be_visible()
    way = tab.locator("p", has_text="The instructor shows").locator("a")
    expect(way.first).to_be_visible()
    expect(way.first).to_have_attribute("href", re.compile("seed=91"))
    way.first.click()
    tab.wait_for_url(lambda url: "chapter=beta-vae" in url and "follow" not in url)
    expect(instructor.get_by_role("button", name="Grace (VAE and beta-VAE)")).to_have_count(1)
    expect(instructor.get_by_role("button", name="Grace (Autoencoders)")).to_have_count(0)
    shows(instructor, "beta=4&steps=100&seed=95")
    tab.wait_for_url(lambda url: "beta=4&" in url and "seed=95" in url)
    tab.locator("summary", has_text="In class").click()
    expect(tab.get_by_label("Follow the instructor")).to_be_checked()
    expect(tab.get_by_label("Raise my hand")).to_be_checked()
    expect(tab.get_by_label("Name for the instructor")).to_have_value("Grace")


def test_a_bake_says_how_far_it_is_and_survives_a_reload(instructor, server):
    expect(instructor.get_by_text("of 120 places")).to_be_visible()
    pause = instructor.get_by_label("Pause new training")
    pause.click()  # so that it is not over sooner than it is looked at
    instructor.get_by_role("slider", name="Seeds").press("ArrowRight")  # some nobody has trained
    instructor.get_by_role("button", name="Train the sweep").click()
    expect(instructor.get_by_text(TRAINS)).to_be_visible()
    instructor.reload()
    expect(instructor.get_by_text(TRAINS)).to_be_visible()
    instructor.get_by_role("button", name="Stop").click()
    expect(instructor.get_by_text("Stopped:")).to_be_visible()
    pause.click()
