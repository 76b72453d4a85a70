"""Counting beside prediction, the tests that people made, and what a reader sees of both."""

from itertools import pairwise

import numpy as np
import pytest

from workbench.chapters import find
from workbench.chapters.words import counting, evaluation, people
from workbench.chapters.words.plane import Plane, look_up
from workbench.data.texts import corpora
from workbench.data.texts.corpus import make_corpus
from workbench.running.players import play

CHAPTER = find("words")


def little(texts=None):
    """A corpus of a few words, each often enough."""
    rng = np.random.default_rng(0)
    words = [f"{a}{b}" for a in "abcde" for b in "fghij"]
    texts = texts or [[words[i] for i in rng.integers(0, 25, 90)] for _ in range(40)]
    return make_corpus("little", "Little", "made up", texts)


def test_pairs_are_counted_as_a_loop_counts_them():
    corpus, window = little(), 3
    rng = np.random.default_rng(1)
    keep = rng.random(len(corpus.words))
    expected = np.zeros((len(corpus.words),) * 2)
    for i, a in enumerate(corpus.tokens):
        for j in range(max(0, i - window), min(len(corpus.tokens), i + window + 1)):
            if i != j and corpus.text[i] == corpus.text[j]:
                near = (window - abs(i - j) + 1) / window
                expected[a, corpus.tokens[j]] += near * keep[a] * keep[corpus.tokens[j]]
    counted = counting.count_pairs(corpus, window, keep).toarray()
    assert counted == pytest.approx(expected)


def test_the_truncated_decomposition_is_that_of_the_whole(monkeypatch):
    logs = counting.count(little(), 3, 0, 0.75).logs
    whole = counting.decompose(logs, 4)
    monkeypatch.setattr(counting, "DENSE", 0)
    part = counting.decompose(logs, 4)
    assert part @ part.T == pytest.approx(whole @ whole.T, abs=1e-8)
    best = np.linalg.svd(np.maximum(logs.toarray(), 0))[1][:4]
    assert (np.linalg.norm(whole, axis=0) ** 2) == pytest.approx(best)


def test_pairs_that_are_compared_occur_often():
    often = np.array([25.0, 3.0, 20.0] * 200)
    assert set(often[counting.choose(often)]) == {25.0, 20.0}
    rare = np.arange(500) / 100
    assert (rare[counting.choose(rare)] >= 4).all()  # the hundred commonest


def test_a_line_is_read_off_where_it_is_known():
    counts = counting.counts_of(CHAPTER.Settings())
    line = evaluation.read_off(counts.smoothed * 0.5 - 2, counts, k=1)
    assert (line.r, line.slope, line.bias) == pytest.approx((1, 0.5, -2))
    shifted = evaluation.read_off(counts.smoothed - np.log(5), counts, k=5)
    assert (shifted.slope, shifted.bias) == pytest.approx((1, 0), abs=1e-6)
    assert shifted.offset == pytest.approx(np.log(5))
    assert shifted.r_plain < 0.99


def test_neighbours_of_the_same_group_are_counted():
    words, group = np.arange(4), np.array([0, 0, 1, 1])
    own = evaluation.Grouped(words, group)
    together = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]])
    apart = together[[0, 2, 1, 3]]
    assert own.share(together) == 1 and own.share(apart) == 0
    assert own.chance == pytest.approx(1 / 3)


def test_the_nearest_words_are_by_angle_and_not_the_word_itself():
    vectors = np.array([[1, 0], [5, 0.1], [0, 1], [0, 0]])
    order, cosine = evaluation.nearest(vectors, 0, 3)
    assert order.tolist() == [1, 2, 3] and cosine[0] > 0.99 and cosine[1:].tolist() == [0, 0]


# --- tests that people made


@pytest.fixture
def tests_of_people(tmp_path, monkeypatch):
    """Files of both tests in a data folder of their own, about the words of `little`."""
    folder = tmp_path / "word_tests"
    folder.mkdir()
    words = little().words
    scores = [f"{a} {b} {i % 11}" for i, (a, b) in enumerate(pairwise(words))]
    (folder / "EN-WS-353-ALL.txt").write_text("\n".join([*scores, "zz aa 3"]))
    asked = [" ".join(words[i : i + 4]) for i in range(21)]
    (folder / "questions-words.txt").write_text("\n".join([": some", *asked, "a b c zz"]))
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    return folder


def test_similarity_is_spearmans_with_its_standard_error(tests_of_people):
    corpus = little()
    vectors = np.random.default_rng(0).normal(size=(len(corpus.words), 5))
    verdict = people.similarity(corpus, vectors)
    own = evaluation.unit(vectors)
    cosine = (own[:-1] * own[1:]).sum(1)
    score = np.arange(len(cosine)) % 11

    def rank(x):
        return np.array([(x < each).sum() + ((x == each).sum() + 1) / 2 for each in x])

    expected = np.corrcoef(rank(cosine), rank(score))[0, 1]
    assert verdict.value == pytest.approx(expected) and verdict.questions == 24
    assert verdict.error == pytest.approx(1 / 23**0.5)


def test_an_analogy_is_right_where_the_nearest_is_the_fourth(tests_of_people):
    corpus = little()
    turn = np.linspace(0, 2, len(corpus.words))
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)  # b - a + c points to d, as steps are equal
    verdict = people.analogy(corpus, circle)
    assert verdict == (1.0, 0.0, 21)
    turn[3] = 3  # the fourth word of the first question, and a word of three others
    other = people.analogy(corpus, np.stack([np.cos(turn), np.sin(turn)], 1))
    assert 0 < other.value < 1
    assert other.error == pytest.approx((other.value * (1 - other.value) / 21) ** 0.5)


def test_without_files_nothing_is_judged(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    corpus = little()
    vectors = np.ones((len(corpus.words), 2))
    assert people.similarity(corpus, vectors) is None and people.analogy(corpus, vectors) is None


# --- what a reader sees


def test_a_word_that_is_not_there_gets_the_nearest_spelling():
    corpus = corpora.load("toy")

    def asked(word):
        number, note = look_up(CHAPTER.Settings(word=word), corpus)
        return corpus.words[number], note

    assert asked("") == ("king", "") and asked("Queen") == ("queen", "")
    assert asked("queen of the garden") == ("queen", "") and asked("42 > 1")[1] == ""
    word, note = asked("quen")
    assert word == "queen" and "quen" in note and "nearest spelling" in note
    *_, last = play("words", "cpu", word="breadd", steps=100)
    assert "bread" in last.pictures["neighbours"].title and "breadd" in last.note


def test_the_plane_does_not_flip_from_frame_to_frame():
    corpus = corpora.load("toy")
    plane = Plane(corpus, 0)
    vectors = np.random.default_rng(0).normal(size=(48, 8))
    first = plane.draw(vectors)
    turned = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    again = plane.draw(vectors @ turned)  # angles are as they were
    assert again.xy == pytest.approx(first.xy, abs=1e-8)
    assert sum(map(bool, first.names)) >= 11 and len(first.names) == len(first.xy)


def test_counting_stands_beside_prediction_in_every_frame():
    frames = list(play("words", "cpu", steps=100))
    assert all(len(frame.pictures["neighbours"].columns) == 4 for frame in frames)
    assert {frame.scalars["same_group_counts"] for frame in frames} == {1.0}
    (row,) = frames[-1].pictures["tests"].rows
    assert row[1] == 48 and row[3] == "100\u00a0%"


def test_a_text_of_ones_own_is_learnt(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("\n".join(" ".join(words) for words in corpora.toy.sentences()[:600]))
    *_, last = play("words", "cpu", data=str(path), steps=100)
    assert "same_group" not in last.scalars and last.scalars["loss"] < last.scalars["start"]
    assert last.pictures["plane"].names and last.pictures["tests"].rows
