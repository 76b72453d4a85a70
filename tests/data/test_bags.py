"""Bags made by a rule, real bags, and your own: what is in them, and what they refuse."""

import numpy as np
import pytest
from PIL import Image

from workbench import data
from workbench.chapters.mil.bags import make_task
from workbench.chapters.mil.knobs import Settings
from workbench.data import DataError, bags
from workbench.data.bags import RULES, Recipe, blood, draw, judge, real
from workbench.science import formulas

Y = np.repeat(np.arange(10), 100)


def recipe(rule="one", size=10, spread=0.2, share=0.1, witness=9):
    return Recipe(rule, witness, size, spread, share)


def kinds(drawn, rule="one"):
    return np.where(drawn.mask, bags.kinds_of(Y, recipe(rule))[drawn.items], 0)


@pytest.mark.parametrize("rule", RULES)
def test_balanced_bags_have_the_labels_that_were_asked_for(rule):
    wanted = np.arange(300) % 3 == 0
    drawn = draw(Y, recipe(rule), wanted, np.random.default_rng(0))
    assert (drawn.y == wanted).all() and (judge(kinds(drawn, rule), rule) == wanted).all()
    assert ((kinds(drawn, rule) > 0) == drawn.truth).all()
    assert (drawn.items[~drawn.mask] == 0).all() and not drawn.truth[~drawn.mask].any()


def test_sizes_follow_mean_and_spread_within_two_deviations():
    drawn = draw(Y, recipe(size=50), np.arange(2000) % 2 == 0, np.random.default_rng(0))
    sizes = drawn.mask.sum(1)
    assert abs(sizes.mean() - 50) < 1 and 8 < sizes.std() < 10
    assert sizes.min() >= 30 and sizes.max() <= 70 == drawn.mask.shape[1]


@pytest.mark.parametrize("share, expected", [(0.01, 1), (0.1, 5), (0.5, 25)])
def test_positive_bags_have_their_share_of_witnesses(share, expected):
    drawn = draw(
        Y, recipe(size=50, spread=0, share=share), np.ones(64, bool), np.random.default_rng(0)
    )
    assert (drawn.truth.sum(1) == expected).all()


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_positive_bags_are_bags_at_random_that_have_a_witness(share):
    blind = recipe(size=50, spread=0, share=share)._replace(exact=False)
    many = draw(Y, blind, np.ones(4000, bool), np.random.default_rng(0)).truth.sum(1)
    at_all = 1 - (1 - share) ** 50
    assert many.min() >= 1 and many.mean() == pytest.approx(50 * share / at_all, rel=0.03)
    squares = (50 * share * (1 - share) + (50 * share) ** 2) / at_all
    assert (many**2).mean() == pytest.approx(squares, rel=0.05)


def test_witnesses_are_at_random_places():
    drawn = draw(Y, recipe(spread=0), np.ones(4000, bool), np.random.default_rng(0))
    assert np.abs(drawn.truth.mean(0) - 0.1).max() < 0.03


@pytest.mark.parametrize("rule", ["count", "two"])
def test_negative_bags_of_the_harder_rules_tempt(rule):
    drawn = draw(Y, recipe(rule, size=20), np.zeros(400, bool), np.random.default_rng(0))
    tempted = drawn.truth.any(1).mean()
    assert tempted == 1 if rule == "two" else 0.4 < tempted < 0.6
    both = [(kinds(drawn, rule) == k).any(1).mean() for k in (1, 2)]
    assert rule != "two" or (0.4 < both[0] < 0.6 and 0.4 < both[1] < 0.6)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [5, 10, 50])
def test_chance_makes_as_many_positive_bags_as_the_formula_says(rule, size):
    drawn = draw(Y, recipe(rule, size, spread=0), 20_000, np.random.default_rng(0))
    assert abs(drawn.y.mean() - formulas.chance_positive(size, 0.1, rule)) < 0.01


def test_the_public_loaders_bags_are_nearly_all_positive():
    chances = [round(formulas.chance_positive(size, 0.1), 4) for size in (10, 50)]
    assert chances == [0.6513, 0.9948]


def test_a_missing_class_is_refused_in_one_sentence():
    with pytest.raises(DataError, match="other than the witnesses"):
        draw(np.zeros(9, int) + 1, recipe(witness=1), np.ones(3, bool), np.random.default_rng(0))
    with pytest.raises(DataError, match="other than the witnesses"):
        draw(np.arange(8) % 2, recipe("two"), np.ones(3, bool), np.random.default_rng(0))


def test_train_and_test_bags_share_no_instance_and_seeds_differ():
    task, other = (make_task(Settings(seed=seed)) for seed in (0, 1))
    train, test = (set(b.items[b.mask].tolist()) for b in (task.train, task.test))
    split = len(data.load("digits").x_train)
    assert max(train) < split <= min(test)
    assert (task.train.items != other.train.items).any()
    assert task.test.y.mean() == 0.5 and task.train.y.mean() == 0.5


@pytest.mark.parametrize("positives, count", [(0, 100), (1, 1), (10, 10)])
def test_few_shots_are_so_many_positive_bags(positives, count):
    assert make_task(Settings(positives=positives)).train.y.sum() == count


def test_bags_at_random_are_tested_on_balanced_ones():
    task = make_task(Settings(size=50, balanced=False))
    assert task.train.y.mean() > 0.95 and task.test.y.mean() == 0.5


# --- bags that exist


@pytest.fixture
def folder(tmp_path):
    """LABEL/BAG/*.png: five bags of two labels, the pictures of "sick" with a bright corner."""
    rng = np.random.default_rng(0)
    for label, count in (("healthy", 3), ("sick", 4)):
        for b in range(count):
            place = tmp_path / "mine" / label / f"bag {b}"
            place.mkdir(parents=True)
            for i in range(3 + b):
                Image.fromarray(rng.integers(0, 99, (40, 30), np.uint8)).save(place / f"{i}.png")
    return tmp_path / "mine"


def table(path, rows, head="bag,label,a,b"):
    path.write_text("\n".join([head, *rows]))
    return path


ROWS = [f"m{b},{b % 2},{b + i},{i}" for b in range(8) for i in range(3)]


def test_a_folder_of_folders_is_bags(folder):
    assert real.is_own(folder)
    bag_set = real.read(folder)
    assert bag_set.classes == ("healthy", "sick") and bag_set.bags.y.tolist() == [
        0,
        0,
        0,
        1,
        1,
        1,
        1,
    ]
    assert bag_set.bags.mask.sum(1).tolist() == [3, 4, 5, 3, 4, 5, 6] and bag_set.bags.truth is None
    assert bag_set.x.shape == (30, 32 * 32) and bag_set.pictures.shape == (30, 32, 32)
    task = make_task(Settings(data=str(folder), bags=10))
    assert len(task.train.y) == 4 and len(task.test.y) == 3 and not task.known


def test_a_table_with_a_column_bag_is_bags(tmp_path):
    path = table(tmp_path / "t.csv", ROWS)
    assert real.is_own(path) and not real.is_own(table(tmp_path / "u.csv", [], "label,a"))
    bag_set = real.read(path)
    assert bag_set.bags.y.tolist() == [False, True] * 4 and bag_set.x.shape == (24, 2)
    assert abs(bag_set.x.mean(0)).max() < 1e-6 and bag_set.bags.truth is None
    known = table(
        tmp_path / "k.csv",
        [f"{r},{i % 3 == 0:d}" for i, r in enumerate(ROWS)],
        "bag,label,a,b,witness",
    )
    bag_set = real.read(known)
    assert bag_set.x.shape == (24, 2) and (bag_set.bags.truth.sum(1) == 1).all()


@pytest.mark.parametrize(
    "rows, head, words",
    [
        (ROWS, "bag,name,a,b", "no column label"),
        ([*ROWS, "m0,1,0,0"], "bag,label,a,b", "unlike labels"),
        ([*ROWS, "x,2,0,0"], "bag,label,a,b", "3 labels"),
        (ROWS[:9], "bag,label,a,b", "fewer than three"),
        ([*ROWS, "m0,0,word,0"], "bag,label,a,b", "word"),
    ],
)
def test_a_bad_table_is_refused_in_one_sentence(tmp_path, rows, head, words):
    with pytest.raises(DataError, match=words) as refused:
        real.read(table(tmp_path / "t.csv", rows, head))
    assert "t.csv" in str(refused.value) and "\n" not in str(refused.value)


def test_bags_without_an_official_split_follow_the_seed(tmp_path):
    path = str(table(tmp_path / "t.csv", ROWS))
    tasks = [make_task(Settings(data=path, seed=seed)) for seed in (0, 0, 1, 2)]
    assert all(task.test.y.any() and not task.test.y.all() for task in tasks)
    first, same, *others = (task.test.items for task in tasks)
    assert (first == same).all() and any((first != other).any() for other in others)
    few = make_task(Settings(data=path, positives=1))
    assert few.train.y.sum() == 1 and (~few.train.y).sum() == 2


BOXES = """<annotation><object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax>
<ymax>{}</ymax></bndbox></object></annotation>"""


@pytest.fixture
def smears(tmp_path):
    """BCCD in small: three pictures, a platelet in the first, with an edge in the tile beside, and
    on the corner of four tiles in the last, which is the test."""
    root = tmp_path / "BCCD"
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (root / part).mkdir(parents=True)
    rng = np.random.default_rng(0)
    boxes = {
        "a": ("Platelets", 70, 10, 140, 50),
        "b": ("RBC", 0, 0, 99, 99),
        "c": ("Platelets", 60, 60, 100, 100),
    }
    for name, box in boxes.items():
        picture = Image.fromarray(rng.integers(0, 255, (480, 640, 3), np.uint8))
        picture.save(root / "JPEGImages" / f"{name}.jpg")
        (root / "Annotations" / f"{name}.xml").write_text(BOXES.format(*box))
    (root / "ImageSets/Main/trainval.txt").write_text("a\nb\n")
    (root / "ImageSets/Main/test.txt").write_text("c\n")
    return tmp_path


def test_blood_images_become_bags_of_tiles(smears):
    bag_set = blood.read(smears)
    assert bag_set.bags.y.tolist() == [True, False, True] and bag_set.test.tolist() == [0, 0, 1]
    assert bag_set.bags.mask.shape == (3, 48) and bag_set.pictures.shape == (144, 16, 16)
    assert np.flatnonzero(bag_set.bags.truth[0]).tolist() == [1]  # column 1 of row 0
    assert np.flatnonzero(bag_set.bags.truth[2]).tolist() == [0, 1, 8, 9]  # a quarter in each
    assert np.isfinite(bag_set.x).all()
    with Image.open(smears / "BCCD/JPEGImages/b.jpg") as picture:
        small = np.asarray(picture.reduce(5)) / 255
    tile = bag_set.pictures[bag_set.bags.items[1, 8 + 2]]  # column 2 of row 1
    np.testing.assert_allclose(tile, small[16:32, 32:48, 1], atol=1e-6)


def test_names_are_those_in_the_data_folder(smears, folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(smears))
    assert real.names() == ("blood",)
    (smears / "bags").mkdir()
    folder.rename(smears / "bags" / "mine")
    assert real.names() == ("blood", "mine")
    assert real.load("mine").classes == ("healthy", "sick")
    with pytest.raises(data.DataMissing, match="blood, mine"):
        real.load("theirs")


def test_damaged_real_bags_are_refused_in_one_sentence(smears, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(smears))
    (smears / "BCCD/Annotations/a.xml").write_text("<annotation>")
    with pytest.raises(DataError, match="blood is damaged"):
        real.load("blood")
