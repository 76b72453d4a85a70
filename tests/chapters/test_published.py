"""What papers report, value by value: on the pages, in the studies, and in the studies' set-ups.

The numbers here were typed from the sources a second time, so that a slip of either shows.
"""

import re
from types import SimpleNamespace

import pytest

from workbench.chapters import NAMES, find
from workbench.science import corruption

# The numbers of each line of a page's table, in its order.
ON_PAGES = {
    "autoencoder": ["56.5", "44.5", "29.7"],
    "beta-vae": ["", "1 2 4 6 8 16", "2021 99.23"],
    "clustering": [
        "94.46",
        "71.6 4.4",
        "84.30",
        "91.2 83.0 96.4 0.869 0.856",
        "82.56",
        "72.94",
        "94.08",
        "96.50",
        "53.47",
    ],
    "selfsup": ["32", "38.1", "51.8", "72.8 82"],
    "mil": ["0.768", "0.898"],
    "bootstrap": [
        "0.950 0.952 0.973 0.982 0.004",
        "0.52 0.67 0.45 0.52",
        "0.725 0.735 0.82",
        "85.3 85.6 86.8 86.8",
        "1.5",
    ],
    "rad": ["98 11", "83 20", "98 11", "84 20", "74 28", "98.95 7", "85.03 14", "77.51 39"],
    "labelling": ["2.8", "45.5", "132", "3.60"],
    "multitask": ["2"],
    "online": [""],
    "gan": ["4 1 2", ""],
    "cdbn": ["0.82", "57.7 65.4"],
    "words": ["", "5 5 0.75 0.001"],
    "adversarial-codes": ["62 10 2", "0.0002 0.001", "1", "0.25 1 200", ""],
    "ceal": [
        "91.5 63",
        "81 99",
        "73.8 78",
        "0.05 0.0033 2000 20 0.01",
        "0.005 0.00033 1000 22 0.01 0.001",
        "5.53 1.37",
    ],
    "pseudo": [
        "25.81 21.89 16.15 10.49",
        "8.80 0.45 6.85 0.15 5.97 0.15",
        "37.55 32.15",
        "56.49 46.08",
    ],
    "two-learners": [
        "95 788",
        "5.0 11.1",
        "56.52 80.88 87.63",
        "66.05 90.05 91.32",
        "94.05 96.70 97.25",
        "66.74 77.86 87.63 97.89 69.47",
        "80",
        "",
    ],
    "prednet": ["0.007 0.008421", "0.017124 0.018259 0.021246"],
}


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text)


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_papers_on_a_page_are_those_that_were_printed(name):
    assert name in ON_PAGES, "Type the numbers of its table here, from the sources."
    expected = [sorted(line.split()) for line in ON_PAGES[name]]
    assert [sorted(numbers(row.value)) for row in find(name).published] == expected
    assert all(row.source for row in find(name).published)


def page_numbers(name: str) -> set[str]:
    """All numbers of the page's table of papers, those of what and where included."""
    rows = find(name).published
    return {number for row in rows for number in numbers(f"{row.what} {row.value} {row.source}")}


def test_the_clustering_study_prints_the_numbers_of_its_page():
    published = find("clustering").part("study").PUBLISHED
    assert published.keys() == {
        "K-Means on pixels",
        "mixture on pixels, diagonal",
        "autoencoder + K-Means",
        "DEC",
        "autoencoder + mixture",
        "VaDE",
        "VAE + mixture",
        "DAC",
        "DAC, ensemble of its seeds",
    }
    printed = {number for cell in published.values() for number in numbers(cell)}
    alone = {"53.73", "87.9"}  # stand in the study's table alone
    assert printed - page_numbers("clustering") <= alone | {"2016", "2017", "10", "20"}
    assert alone <= printed
    for cell in ("94.46", "71.6 +- 4.4"):
        assert cell in published["VaDE"]
    assert "94.08" in published["DAC"] and "72.94" in published["VAE + mixture"]
    assert "96.50" in published["DAC, ensemble of its seeds"]
    assert "84.30" in published["DEC"] and "91.2, 83.0 to 96.4" in published["DEC"]


def test_the_bootstrap_study_has_the_curve_of_figure_2():
    """Read off the figure: baseline, reconstruction, hard, soft, in thousandths."""
    study = find("bootstrap").part("published_study")
    figure = {
        30: "977 981 979 977",
        34: "974 980 978 978",
        36: "970 980 976 977",
        38: "963 981 975 972",
        40: "950 982 973 952",
        42: "917 979 973 920",
        44: "875 979 967 872",
        46: "763 975 931 828",
        48: "662 846 830 830",
        50: "523 519 449 674",
    }
    typed = {
        round(100 * level): " ".join(f"{1000 * value:.0f}" for value in row)
        for level, row in study.PUBLISHED.items()
    }
    assert typed == figure
    assert list(study.PAPER) == ["cross-entropy", "recon", "hard", "soft"]
    independent = {
        36: [0.96, None, None],
        40: [0.923, 0.952, 0.926],
        44: [0.81, 0.913, 0.85],
        46: [0.725, 0.82, 0.735],
        48: [None, 0.71, None],
        50: [0.51, 0.48, 0.55],
    }
    assert {round(100 * k): list(row) for k, row in study.INDEPENDENT.items()} == independent
    assert study.INDEPENDENT_LOSSES == ("cross-entropy", "hard", "soft")


def test_the_rad_study_has_the_headlines_of_its_page():
    headlines = find("rad").part("study").HEADLINES
    for headline in (line for lines in headlines.values() for line in lines):
        assert {f"{headline.accuracy:g}", f"{headline.gain:g}"} <= page_numbers("rad")
    assert [(h.accuracy, h.gain) for h in headlines["cluster", 0.4]] == [
        (83, 20),
        (84, 20),
        (85.03, 14),
    ]
    assert [(h.accuracy, h.gain) for h in headlines["faces", 0.3]] == [(74, 28), (77.51, 39)]
    assert [(h.accuracy, h.gain) for h in headlines["iot", 0.4]] == [(98, 11), (98, 11), (98.95, 7)]


@pytest.mark.parametrize("name", ["mil", "ceal"])
def test_the_studies_of_bags_and_questions_print_the_numbers_of_their_pages(name):
    published = find(name).part("study").PUBLISHED
    text = published if isinstance(published, str) else " ".join(set(published.values()))
    printed = set(numbers(text)) - {"2017", "256"}
    assert printed and printed <= page_numbers(name)


def test_ceals_links_have_the_papers_settings_with_k_in_proportion():
    """K is 2000 of 163,446 faces (CACD), and 1000 of 24,486 training pictures (Caltech-256)."""
    chapter = find("ceal")
    links = {words.split(",")[0]: query for words, query in chapter.try_this}
    cacd, caltech = (
        chapter.Settings.from_query(links[f"As on {name}"])[0] for name in ("CACD", "Caltech-256")
    )
    names = ("delta", "decay", "lr", "lower", "steps", "schedule", "paid")
    of = lambda settings: [getattr(settings, name) for name in names]  # noqa: E731
    assert of(cacd) == [0.05, 0.0033, 0.01, 1, 2 * 20, "linear", 0]
    assert of(caltech) == [0.005, 0.00033, 0.01, 0.1, 2 * 22, "linear", 0]
    pool = 1438  # digits
    assert cacd.k == pytest.approx(pool * 2000 / 163_446, abs=3)
    assert caltech.k == pytest.approx(pool * 1000 / 24_486, rel=0.2)


# --- the set-ups: a study is the paper's, value by value, or says what is ours


def test_bootstrapping_is_studied_as_reed_and_others_did():
    chapter = find("bootstrap")
    study, published = chapter.part("study"), chapter.part("published_study")
    assert published.PAPER == {"cross-entropy": 1.0, "recon": 0.005, "hard": 0.8, "soft": 0.95}
    paper = {"pattern": "permutation", "warm_up": 50, "decay": 1e-4}
    ours = {"lr": 0.001, "falling": True}  # the paper leaves the rate open
    assert paper | ours == study.KNOBS
    assert study.WIDTH == 500 and study.EPOCHS == 2
    assert sorted(study.LEVELS) == [0.30, *(round(0.34 + 0.02 * i, 2) for i in range(9))]
    mnist = SimpleNamespace(data=SimpleNamespace(pixels=784), classes=range(10))
    assert chapter.part("lesson").sizes(mnist, study.WIDTH) == [784, 500, 300, 10]


def test_the_permutation_is_that_of_the_figure():
    flips = corruption.FLIPS["permutation"](10)
    assert flips.argmax(1).tolist() == [7, 9, 0, 4, 2, 1, 3, 5, 6, 8]


def test_bags_are_studied_as_ilse_did():
    study = find("mil").part("study")
    assert study.SIZES == (10, 50, 100) and study.COUNTS == (50, 100, 150, 200, 300, 400, 500)
    settings = find("mil").Settings
    for size, deviation in ((10, 2), (50, 10), (100, 20)):
        assert settings(size=size).spread * size == pytest.approx(deviation)


def test_rad_is_studied_at_the_papers_noise():
    chapter = find("rad")
    assert chapter.part("study").NOISES == (0.3, 0.4)
    run = chapter.Settings()
    assert run.noise_std == 0.2 and run.spread == "relative"
    assert (run.label_model, run.classifier) == ("k-NN", "decision tree")


def test_ceal_is_studied_with_the_papers_thresholds():
    paper = find("ceal").part("study").PAPER
    assert paper == {"delta": 0.05, "decay": 0.0033, "schedule": "linear", "lr": 0.003}
