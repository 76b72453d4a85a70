"""Semantic hashing of texts: words into rows, rows into bits, bits into balls."""

from types import SimpleNamespace

import numpy as np
import pytest

from workbench.chapters.autoencoder import text_study
from workbench.data.texts.documents import Documents
from workbench.science import metrics

TOPICS = (("tree", "leaf", "root"), ("ship", "sail", "mast"))


@pytest.fixture(scope="module")
def rows():
    """Two hundred texts of two topics without a word in common, but for words of English."""
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    words = [[*rng.choice(TOPICS[label], 20), "the", "of"] for label in y]
    return text_study.as_rows(Documents(words, y, ("wood", "sea"), "made here"))


def test_rows_hold_the_commonest_words_that_mean_something(rows):
    assert rows.pixels == 6 and rows.images.classes == ("wood", "sea")
    assert len(rows.train) == 160 and len(rows.test) == 40
    assert np.allclose(rows.train.norm(dim=1), text_study.SCALE * 6**0.5)


def test_test_texts_choose_no_word():
    y = np.arange(40) % 2
    train, test = text_study.split(40, text_study.TEST_SHARE, y)
    words = [["held"] * 20 if row in test else ["learnt"] * 20 for row in range(40)]
    rows = text_study.as_rows(Documents(words, y, ("a", "b"), "made here"))
    assert rows.pixels == 1 and rows.train.min() > 0 and rows.test.max() == 0


def test_bits_of_one_topic_lie_in_one_ball(rows, monkeypatch):
    monkeypatch.setitem(text_study.KNOBS, "steps", 200)
    monkeypatch.setattr(text_study, "BITS", 4)
    monkeypatch.setitem(text_study.KNOBS, "latent", 4)
    codes = text_study.learn_codes(rows, 0, "cpu")
    assert list(codes) == ["hashing", "hashing, no noise", "signs of PCA"]
    ball, nearest = text_study.judge(rows, *codes["hashing"])
    assert nearest > 0.9 and ball.precision[0] > 0.9
    queries, base = codes["hashing"]
    assert queries.shape == (40, 4) and base.shape == (160, 4) and queries.dtype == bool


def test_the_table_has_a_row_for_each_radius_and_leaves_unknown_cells_empty():
    count = len(text_study.RADII)
    none = np.full(count, np.nan)
    ball = metrics.Ball(none, *(np.full(count, value) for value in (0.2, 0.1, 1.0)))
    images = SimpleNamespace(y_test=np.array([0, 1]), y_train=np.array([0, 0, 1, 1]))
    data = SimpleNamespace(images=images, pixels=7)
    texts = Documents([], np.array([]), ("a", "b"), "made here.")
    table = text_study.table({"hashing": [(ball, 0.5)]}, data, texts)
    assert table.rows[0] == ("hashing", 0, "", "0.200", "0.100", "1.000", "0.500")
    assert len(table.rows) == count and "guessing 0.500" in table.caption
