"""The disclosure below the data menu: what it says, when, and that nothing in it is markup."""

import own_files as own
import pytest

from workbench import data
from workbench.chapters import find
from workbench.view.page.board import Board
from workbench.view.page.controls import Controls
from workbench.view.page.reading import Reading, html

BAD = "<img src=x onerror=alert(1)>"


@pytest.fixture
def reading():
    return Reading(find("autoencoder"))


def settings(path, name="autoencoder", **knobs):
    return find(name).Settings(data=str(path), **knobs)


def test_it_shows_the_report_of_the_chosen_set(reading, tmp_path):
    assert "It is being read." in reading.words.text
    path = own.write_table(tmp_path / "t.csv", "t,a,b,target", own.with_column(0, range(60)))
    reading.show(settings(path))
    text = reading.words.text
    assert "<summary>How this set was read <b>(1 to look at)</b></summary>" in text
    assert "<dt>Label</dt><dd>column &#x27;target&#x27;, by its name</dd>" in text
    assert text.count("<img ") == 10 and 'role="img" aria-label="10 pictures of t"' in text
    reading.show(settings("digits"))
    assert "scikit-learn" in reading.words.text and "to look at" not in reading.words.text


def test_it_says_why_a_set_is_refused(reading, tmp_path):
    reading.show(settings(own.write_table(tmp_path / "t.csv", sep=";")))
    assert "separated by semicolons" in reading.words.text
    reading.show(settings(tmp_path / "gone.csv"))
    assert "gone.csv is not there" in reading.words.text


def test_the_same_files_are_asked_once_and_changed_ones_again(reading, tmp_path, monkeypatch):
    asked = []
    report = data.catalog.report
    monkeypatch.setattr(data.catalog, "report", lambda name: asked.append(name) or report(name))
    path = own.write_table(tmp_path / "t.csv")
    for _ in range(3):
        reading.show(settings(path))
    assert len(asked) == 1
    own.write_table(path, "a,b,species")
    reading.show(settings(path))
    assert len(asked) == 2 and "&#x27;species&#x27;" in reading.words.text


def test_nothing_in_it_is_markup(tmp_path):
    text = html(data.report(own.write_table(tmp_path / "t.csv", f"a,{BAD},label")))
    assert BAD not in text and "&lt;img src=x" in text


@pytest.mark.parametrize(
    ("name", "knobs", "before"),
    [
        ("autoencoder", {}, "data"),
        ("mil", {"source": "pictures"}, "source"),
        ("rad", {"stream": "iot"}, "stream"),
        ("rad", {"stream": "pictures"}, "data"),
    ],
)
def test_it_stands_below_the_menu_of_data(name, knobs, before):
    mark = Reading(find(name)).pane
    controls = Controls(find(name).Settings(**knobs), print, print, mark)
    shown = controls.main.objects
    menus = [
        controls.widgets[menu] for menu in ("data", "stream", "source") if menu in controls.widgets
    ]
    place = shown.index(mark)
    assert shown[place - 1] in menus and not any(menu in shown[place:] for menu in menus)
    assert controls.widgets[before] in shown[:place]


def test_a_board_asks_for_its_own_chapters_data(monkeypatch):
    board = Board("rad", stream="iot", steps=int(find("rad").Settings.knobs()["steps"].low))
    monkeypatch.setattr(board.live, "move", lambda settings: None)
    board.start()
    assert "<dt>Kind</dt><dd>stream</dd>" in board.reading.words.text
    board.close()
