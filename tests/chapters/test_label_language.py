"""The language of labelling functions: what it means, what it refuses, and that it runs nothing."""

import string
import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.chapters.labelling import defaults, features, language
from workbench.chapters.labelling.evaluate import SILENT, vote, vote_all
from workbench.chapters.labelling.knobs import Settings
from workbench.chapters.labelling.language import Refused, parse, parse_all
from workbench.core.settings import SettingsError
from workbench.data.texts import load_comments

CLASSES = ("ham", "spam")
TEXTS = np.array(["see my channel", "nice song", "love it; really"], object)
FEATURES = {"text": TEXTS, "words": np.array([3.0, 2, 3]), "links": np.array([1.0, 0, 0])}
CPU_SECONDS = 0.05


def votes(line, names=FEATURES, classes=CLASSES):
    return vote(parse(line), names, classes, 3).tolist()


# --- what functions mean


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("spam if links > 0", [1, -1, -1]),
        ("spam if links > 0 else ham", [1, 0, 0]),
        ("spam if links > 0 else ham if words < 3", [1, 0, -1]),
        ("spam if links > 0 else abstain if words < 3 else ham", [1, -1, 0]),
        ("spam if 'CHANNEL' in text", [1, -1, -1]),
        ('spam if "song" not in text and not links > 0', [-1, -1, 1]),
        ("spam if 1 < words <= 2 or 'love' in text", [-1, 1, 1]),
        ("ham if (words + 1) * 2 - 1 == 7", [0, -1, 0]),
        ("ham if -words < -2", [0, -1, 0]),
        ("ham if words / links > 1", [0, 0, 0]),
        ("ham if 0 / links > 1 or 0 / links < 1", [0, -1, -1]),  # 0 / 0 is no number
        ("spam", [1, 1, 1]),
        ("'spam' if words != 3", [-1, 1, -1]),
        ("spam if 2 > 1", [1, 1, 1]),
    ],
)
def test_a_function_votes_as_it_reads(line, expected):
    assert votes(line) == expected


def test_the_first_branch_that_holds_votes():
    assert votes("spam if words > 2 else ham if words > 1") == [1, 0, 1]


def test_classes_may_be_numbers_and_functions_stand_on_lines_or_between_semicolons():
    text = "1 if slant > 0 else 7 if slant < -0.7; 7 if 'a;b' in text\n\n  1 if slant == 0  "
    functions = parse_all(text)
    assert [f.outcomes for f in functions] == [("1", "7"), ("7",), ("1",)]
    assert functions[1].text == "7 if 'a;b' in text"
    names = {"slant": np.array([1.0, 0, -1]), "text": np.array(["", "a;b", ""], object)}
    first, second, third = vote_all(functions, names, ("1", "7"), 3).T.tolist()
    assert (first, second, third) == ([0, -1, 1], [-1, 1, -1], [-1, 0, -1])


def test_arithmetic_cannot_leave_its_bounds():
    big = " * ".join(["1000000"] * 12)
    assert votes(f"spam if {big} == 1000000 * 1000000") == [1, 1, 1]
    assert votes(f"spam if -{big} == -1000000 * 1000000") == [1, 1, 1]


# --- what it refuses, and where it points

REFUSED = {
    "spam if 2**9999999 > 1": "character 12",
    "spam if 9**9**9 > 1": "power",
    "spam if 2 ** 3 > 1": "2 ** 3 at character 9",
    "spam if links // 2 > 1": "whole division",
    "spam if 1 << 9999 > 1": "this is not allowed: 1 << 9999 at character 9",
    "spam if text.__class__ == 3": "'.' at character 13",
    "__import__('os').system('x')": "'.' at character 17",
    "spam if open('x') > 1": "a call is not allowed: open('x') at character 9",
    "spam if [x for x in text]": "'[' at character 9",
    "spam if {1: 2}": "'{' at character 9",
    "spam if (lambda x: x)": "':' at character 18",
    "spam if (x := 3) > 2": "':' at character 12",
    "spam if f'{words}' in text": "missing before '{words}' at character 10",
    "spam if words > 1 # ok": "'#' at character 19",
    "spam if 'never closed": "no end",
    "spam if words @ links > 1": "'@' at character 15",
    "spam if words > 1e5": "missing before e5 at character 18",
    "spam if words > 99999999": "character 17 is too large",
    "spam if words > " + "9" * 180: "character 17 is too large",
    "spam if '" + "x" * 250 + "' in text": "268 characters",
    "spam if " + "(" * 20 + "words > 1" + ")" * 20: "nested too deeply",
    "spam if " + "-" * 120 + "words > 1": "parts",
    "spam if words": "words at character 9 is a number, not a condition",
    "spam if text": "is a text, not a condition",
    "spam if words > 'song'": "'song' at character 17 is a word",
    "spam if 'song' > words": "'song' at character 9 is a word",
    "spam if text in text": "a word is needed",
    "spam if words is 3": "comparison is not allowed",
    "spam if True": "True at character 9",
    "spam if None": "None at character 9",
    "spam if not words": "words at character 13 is a number",
    "spam if (words > 1) + 1 > 1": "a number is needed",
    "spam if (1 if words > 1 else 2) > 1": "an if within a condition",
    "spam if await words > 1": "not allowed",
    "spam if yield": "cannot be read at character 9",
    "links > 0": "links > 0 at character 1 is no class",
    "3.5 if links > 0": "is no class",
    "abstain if links > 0": "no class",
    "": "cannot be read",
    "spam if": "cannot be read",
    "spam if links > 0 spam": "cannot be read",
    "spam if \\d in text": "has no meaning",
    "spam if words > \ud800": "has no meaning",
    "spam if 'a\u202eb' in text": "at character 11 has no meaning",  # it turns the line around
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_refusal_is_one_sentence_that_points_at_the_place(line):
    with pytest.raises(Refused) as refused:
        parse(line)
    sentence = str(refused.value)
    assert REFUSED[line] in sentence and sentence.endswith(".") and len(sentence) < 300
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("spam if lenght > 3", "no feature lenght at character 9; there are text, words, links"),
        ("spam if wrods > 3", "Did you mean words?"),
        ("scam if words > 3", "no class scam; there are ham, spam"),
        ("spam if __builtins__ > 3", "no feature __builtins__"),
    ],
)
def test_unknown_names_are_refused_with_those_there_are(line, words):
    with pytest.raises(Refused) as refused:
        vote_all([parse(line)], FEATURES, CLASSES, 3)
    assert words in str(refused.value) and str(refused.value).startswith("Function 1: ")


def test_a_function_is_named_by_its_number_and_there_are_at_most_forty():
    with pytest.raises(Refused, match="^Function 2: .* is no class"):
        parse_all("spam if links > 0\nlinks > 0")
    assert len(parse_all("\n".join(["spam if links > 0"] * 40))) == 40
    with pytest.raises(Refused, match="41 functions; write at most 40"):
        parse_all("\n".join(["spam if links > 0"] * 41))


def test_the_place_is_counted_in_letters_not_in_bytes():
    with pytest.raises(Refused, match="länge at character 22"):
        parse("spam if größe > 1 or länge")


def test_settings_take_functions_and_refuse_with_the_same_sentence():
    text = "spam if links > 0\nham if 'a;b&c=d' in text"
    run = Settings(items="comments", functions=text)
    assert Settings.from_query(run.to_query()) == (run, [])
    with pytest.raises(SettingsError, match="^Function 1: a call is not allowed: abs"):
        Settings(functions="spam if abs(words) > 1")
    with pytest.raises(SettingsError, match="a text of at most"):
        Settings(functions="x" * 10_000)
    _, notes = Settings.from_query({"functions": "spam if words.real > 1"})
    assert "'.' at character" in notes[0]


# --- nothing but a result or a refusal, soon


def judged(text, names=FEATURES, classes=CLASSES, n=3):
    """Votes, or the sentence of the refusal; anything else is a fault."""
    begin = time.process_time()
    try:
        functions = parse_all(text)[:1]
        result = vote_all(functions, names, classes, n)
    except Refused as refused:
        result = str(refused)
    return result, time.process_time() - begin


LETTERS = st.text(st.sampled_from(string.printable + "äß€\u200b\ud800\x00"), max_size=220)
WORDS = st.sampled_from(
    "spam ham abstain if else and or not in is text words links 'song' \"a\" 0 1 2.5 1000000 1e9 "
    "( ) + - * / ** // % < <= == != > >= lambda : := . [ ] { } for await yield import True None , ;"
    " f'' __class__ @ ~ ^ & | << # \\ ''' x.y abs(".split()
)
SENTENCES = st.lists(WORDS, max_size=45).map(" ".join)
CLOSE = st.lists(WORDS, max_size=30).map(lambda words: "spam if " + " ".join(words))


@settings(max_examples=300)
@given(st.one_of(LETTERS, SENTENCES, CLOSE))
def test_any_text_gives_votes_or_one_sentence_soon(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the parser warns of nothing, either
        result, spent = judged(text)
    assert spent < CPU_SECONDS
    if isinstance(result, str):
        assert result.endswith((".", "?")) and "\n" not in result and len(result) < 600
    else:
        assert set(np.unique(result)) <= {SILENT, 0, 1}


@pytest.mark.parametrize(
    "line",
    [
        "spam if " + " or ".join(["'a' in text"] * 19),
        "spam if " + "not " * 40 + "words > 1",
        "spam if 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' in text",
        "spam if " + "(" * 190,
        "spam if " + "-" * 190,
        "spam if " + "'" * 190,
        "((((((((((" * 19,
        "not " * 49,
        "x if " * 39,
        "x if x else " * 16 + "x",
    ],
)
def test_the_worst_texts_are_judged_soon_on_all_comments(line):
    comments = load_comments()
    names = features.of_texts(comments.texts)
    result, spent = judged(line, names, comments.classes, len(comments.texts))
    assert spent < CPU_SECONDS and (isinstance(result, str) or len(result) == len(comments.texts))


def test_nothing_that_is_written_is_run(monkeypatch):
    import builtins

    run = []
    for name in ("eval", "exec"):
        monkeypatch.setattr(builtins, name, lambda *given: run.append(given))
    for line in (*REFUSED, "spam if words > 1"):
        judged(line)
    assert run == []


def test_the_chapters_own_functions_are_of_the_language():
    names = features.of_pictures(np.random.default_rng(0).random((5, 8, 8)))
    for text in defaults.OF_DIGITS.values():
        functions = parse_all(text)
        classes = sorted({c for f in functions for c in f.outcomes})
        vote_all(functions, names, classes, 5)
    for function in parse_all(defaults.COMMENTS):
        assert len(function.text) <= language.MOST_LETTERS
