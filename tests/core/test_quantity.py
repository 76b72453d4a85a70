"""How numbers are written: a unit, sensible digits, and the labels that a page gives them."""

import pytest

from workbench.chapters import NAMES, find
from workbench.core.page import read_page
from workbench.core.quantity import Quantity, digits, is_bounded, is_share, write, write_alike

PAGE = """# Title

A question?

## Reading the numbers

- `no_sel` No selection (%): Accuracy when every label is believed.
- `elbo` Held-out ELBO (nats): Higher is better. `rate`: is another.
- `noise`: Share of the labels that is wrong.
- `mse`: Squared error.
- `asked` Questions asked (count): So many.
"""


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (0.6267, "%", "62.7 %"),
        (1.0, "%", "100 %"),
        (0.0, "%", "0 %"),
        (0.9999, "%", "100 %"),
        (-0.0, "%", "0 %"),
        (61.0, "count", "61"),
        (604.67, "count", "604.7"),
        (-24.26, "nats", "-24.3 nats"),
        (-25.0, "nats", "-25 nats"),
        (6.48e-05, "nats", "0.00006 nats"),
        (0.00217, "per pixel", "0.00217 per pixel"),
        (0.15589, "", "0.156"),
        (3e-7, "", "3e-07"),
        (1234.5, "", "1234"),
        (12345678.0, "", "1.23e+07"),
        (float("nan"), "%", "nan"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, unit, text):
    assert write(value, unit).replace("\u00a0", " ") == text
    assert " " not in write(value, "%")  # a number and its unit stay on one line


def test_more_digits_are_for_what_is_compared():
    assert digits(-69.764, 4) == "-69.76" and digits(-69.764) == "-69.8"
    assert Quantity("ELBO", "nats").write(-69.764, 4) == "-69.76\u00a0nats"


def test_an_axis_names_its_unit_once():
    assert Quantity("ELBO", "nats").axis == "ELBO (nats)"
    assert Quantity("ELBO (nats)", "nats").axis == "ELBO (nats)"
    assert Quantity("Accuracy", "%").axis == "Accuracy"  # its ticks say percent


def test_labels_tell_shares_and_what_lies_between_0_and_1():
    for label in ("share", "test accuracy", "share right", "how often it is right", "recall"):
        assert is_share(label) and is_bounded(label)
    for label in ("area under ROC", "probability of a positive bag", "entropy, 0 to 1"):
        assert is_bounded(label) and not is_share(label)
    for label in ("nats", "labelled, % of the pool", "contrast, 1 is that of the true pixels"):
        assert not is_share(label) and not is_bounded(label)
    assert is_bounded("No selection", "%") and not is_bounded("No selection")


def test_a_page_gives_labels_and_units(tmp_path):
    file = tmp_path / "page.md"
    file.write_text(PAGE)
    page = read_page(file)
    assert page.quantities == {
        "no_sel": Quantity("No selection", "%"),
        "elbo": Quantity("Held-out ELBO", "nats"),
        "noise": Quantity("", "%"),  # its sentence begins with Share
        "mse": Quantity(""),
        "asked": Quantity("Questions asked", "count"),
    }
    assert page.reading["elbo"] == "Higher is better. `rate`: is another."


def test_a_page_keeps_what_comes_out_apart_from_what_it_explains(tmp_path):
    file = tmp_path / "page.md"
    file.write_text(
        "# T\n\nWhy?\n\nSo.\n\n## What comes out\n\nLess.\n\n## Try this\n\n- [a](?b=1)\n"
    )
    page = read_page(file)
    assert (page.doc, page.outcomes) == ("Why?\n\nSo.\n", "Less.")
    assert page.try_this == (("a", "b=1"),)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_that_a_page_shows_is_called_in_words(name):
    chapter = find(name)
    for scalar in chapter.reading:
        label = chapter.quantity(scalar).label
        assert label and "_" not in label and not label.startswith("no sel")
    labels = [chapter.quantity(scalar).label for scalar in chapter.reading]
    assert len(set(labels)) == len(labels)
    assert chapter.quantity("some_acc").label == "some ACC"  # one that no page names


@pytest.mark.parametrize(
    "values, unit, texts",
    [
        ((1.2, 0.8, 1.0), "", ["1.20", "0.80", "1.00"]),
        ((0.0, 0.00427, 0.151), "", ["0.000", "0.004", "0.151"]),
        ((-1.234, 0.557), "points", ["-1.23\u00a0points", "0.56\u00a0points"]),
        ((0.45, 0.523, 1.0), "%", ["45.0\u00a0%", "52.3\u00a0%", "100.0\u00a0%"]),
        ((1.0, 1.0), "%", ["100\u00a0%", "100\u00a0%"]),
        ((7, 8), "count", ["7", "8"]),
        ((3e-7, 1.0), "", ["3e-07", "1"]),
        ((), "", []),
    ],
)
def test_numbers_beside_each_other_have_as_many_decimals(values, unit, texts):
    assert write_alike(values, unit) == texts
