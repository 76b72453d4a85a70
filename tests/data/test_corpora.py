"""Texts to learn words from: what is read, what is refused, and in which words."""

from pathlib import Path

import pytest

from workbench.cli.main import main
from workbench.data import DataError, reading
from workbench.data.texts import corpora, docstrings, own_corpus, toy

WORDS = " ".join(f"{a}{b}" for a in "abcde" for b in "fghij")
ENOUGH = "\n".join([WORDS] * 90)  # 2250 words, 25 different


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder with a text, a folder of texts, and what is no text."""
    text = tmp_path / "text"
    (text / "books").mkdir(parents=True)
    (text / "one.txt").write_text(ENOUGH)
    (text / "books" / "first.txt").write_text(ENOUGH)
    (text / "books" / "second.txt").write_text("\ufeff" + ENOUGH, encoding="utf-8")
    (text / "books" / "cover.png").write_bytes(b"no picture")
    (text / "no good name.txt").write_text(ENOUGH)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    return tmp_path


def test_two_corpora_are_always_there(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert corpora.names() == ("toy", "docstrings")
    documentation = corpora.load("docstrings")
    assert len(documentation.tokens) > 500_000 and "array" in documentation.words[:50]
    listed = [word for words in docstrings.groups().values() for word in words]
    assert len(set(listed)) == len(listed)
    assert sum(word in documentation.words[:4000] for word in listed) >= 30
    assert "scipy" in documentation.source


def test_the_toy_is_the_grammar():
    sentences, slots = toy.sentences(), toy.groups()
    assert sentences == toy.sentences() and len(sentences) == 4000
    of = {word: slot for slot, words in slots.items() for word in words}
    assert len(of) == 48 and len(slots) == 11
    forms = [form.split() for form, _ in toy.FORMS]
    used = [[of[word] for word in sentence] for sentence in sentences]
    for form, share in toy.FORMS:
        assert used.count(form.split()) / 4000 == pytest.approx(share, abs=0.03)
    assert all(form in forms for form in used)
    corpus = corpora.load("toy")
    assert sorted(corpus.words) == sorted(of) and len(corpus.tokens) == sum(map(len, sentences))


def test_the_data_folders_texts_are_offered(folder):
    assert corpora.names() == ("toy", "docstrings", "books", "one", "all-texts")
    assert len(corpora.load("books").tokens) == 2 * 2250
    assert len(corpora.load("all-texts").tokens) == 4 * 2250
    (left,) = corpora.load("books").left_out
    assert str(left) == "1 file .png: only .txt is read, and no link is followed"


def test_numbers_stand_for_words_commonest_first(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(ENOUGH + "\n" + "af AF, af! rare " * 4)
    corpus = corpora.load(path)
    assert corpus.words[0] == "af" and corpus.counts[0] == 90 + 12 and "rare" not in corpus.words
    again = [corpus.words[i] for i in corpus.tokens[:3]]
    assert again == ["af", "ag", "ah"]
    assert str(corpus.left_out[0]).startswith("4 words: each occurs less than 5 times")
    few = corpus.limited(10)
    assert len(few.words) == 10 and few.tokens.max() == 9
    assert len(few.tokens) == corpus.counts[:10].sum()


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as refused:
        corpora.load(path)
    sentence = str(refused.value)
    assert sentence.startswith(path.name) and "\n" not in sentence and len(sentence) < 250
    return sentence


@pytest.mark.parametrize(
    "content, words",
    [
        (b"too short", "it has 2 words: give at least 2000"),
        (b"one and the same " * 700, "different words"),
        (ENOUGH.encode() + "\nKöln".encode("latin-1"), "line 91 holds the byte 0xf6"),
        (ENOUGH.encode("utf-16"), "UTF-16: save it as UTF-8"),
        (b"PK\0\0" + ENOUGH.encode(), "the byte 0"),
        (b"", "it has 0 words"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_in_one_sentence(content, words, tmp_path):
    path = tmp_path / "own.txt"
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_text_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "own.txt"
    path.write_text(ENOUGH)
    monkeypatch.setattr(own_corpus, "MOST_BYTES", 2**10)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    assert "give at most" in refusal(path)


def test_a_place_without_texts_is_refused(tmp_path):
    (tmp_path / "table.csv").write_text("a,b")
    assert "holds no .txt" in refusal(tmp_path)
    assert "it is no .txt" in refusal(tmp_path / "table.csv")
    with pytest.raises(DataError, match=r"nothing\.txt is not there: check the path"):
        corpora.load("nothing.txt")
    with pytest.raises(DataError, match="no text is called 'poems': choose from toy"):
        corpora.load("poems")


def test_a_text_that_has_changed_is_read_again(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(ENOUGH)
    before = corpora.load(path)
    assert corpora.load(path) is before
    path.write_text(ENOUGH + "\n" + "zz " * 9)
    assert "zz" in corpora.load(path).words
    assert corpora.check(path).fingerprint != before.describe().fingerprint


def test_the_command_line_says_how_a_text_was_read(folder, capsys):
    assert [each.kind for each in reading.check("one")] == ["text"]
    assert [each.kind for each in reading.check(str(folder / "text" / "one.txt"))] == ["text"]
    with pytest.raises(SystemExit):
        main(["data", "list"])
    listed = capsys.readouterr().out
    assert "books" in listed and "for chapter words" in listed
