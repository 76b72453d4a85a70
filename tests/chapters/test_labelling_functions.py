"""The chapter on labelling functions: its claims, that nothing leaks, what it takes and says."""

from dataclasses import replace

import numpy as np
import pytest
from doubles import one_run, plain
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from workbench.chapters import find
from workbench.chapters.labelling import evaluation, lesson, pictures, suggest
from workbench.chapters.labelling.classifier import Judge
from workbench.chapters.labelling.evaluate import SILENT, vote_all
from workbench.chapters.labelling.evaluation import Measure, accuracy, count, worth
from workbench.chapters.labelling.frames import train
from workbench.chapters.labelling.items import open_course, with_copies
from workbench.chapters.labelling.knobs import MODELS, Settings
from workbench.chapters.labelling.language import parse_all
from workbench.core.settings import SettingsError
from workbench.data import DataError
from workbench.running.players import play
from workbench.science.compute import one_thread

SEEDS = range(5)


@pytest.fixture(autouse=True)
def same_threads():
    with one_thread():
        yield


@pytest.mark.parametrize("claim", find("labelling").claims, ids=lambda claim: claim.id)
def test_the_chapters_claims_hold(claim):
    measured = [claim.measure(seed) for seed in SEEDS]
    failed = [words for holds, words in measured if not holds]
    assert not failed, f"{claim.sentence} Measured: {failed}"


def test_learning_em_labels_gains_a_point_over_learning_the_vote_on_the_mean():
    gains = []
    for seed in SEEDS:
        end = ends(seed=seed, prior=0)
        gains.append(end["end"] - end["end_majority"])
    assert np.mean(gains) > 0.01


def beliefs_of(run, course):
    *_, (_, beliefs) = lesson.fit([run], course)
    return beliefs


def ends(**knobs):
    run = Settings(**knobs)
    course = open_course(run)
    return Measure(run, course).scalars(beliefs_of(run, course))


# --- nothing leaks


def spoilt(part):
    """The same items with wrong classes."""
    return replace(part, truth=1 - part.truth)


def test_hidden_labels_change_no_belief_and_no_classifier():
    run = Settings(gold=4)
    course = open_course(run)
    hidden = replace(course, train=spoilt(course.train))
    seen, blind = beliefs_of(run, course), beliefs_of(run, hidden)
    for name in MODELS:
        np.testing.assert_array_equal(seen[name].posterior, blind[name].posterior)
        np.testing.assert_array_equal(seen[name].accuracies, blind[name].accuracies)
    predicted = []
    for each in (course, hidden):
        measure = Measure(run, each)
        numbers = measure.scalars(seen)
        measure.ends.clear()
        measure.end("em", seen)
        predicted.append((measure.judge.predicted, numbers))
    (first, known), (second, unknown) = predicted
    np.testing.assert_array_equal(first, second)
    assert known["end"] == unknown["end"] and known["labels_right"] != unknown["labels_right"]
    assert known["end_gold"] != unknown["end_gold"]  # gold labels are the only ones that count


def test_test_items_move_held_out_numbers_and_nothing_else():
    run = Settings()
    course = open_course(run)
    noise = np.random.default_rng(9)
    test = replace(
        course.test,
        x=noise.random(course.test.x.shape),
        votes=noise.permuted(course.test.votes, axis=0),
    )
    other = replace(course, test=test)
    beliefs = beliefs_of(run, course)
    for name, belief in beliefs_of(run, other).items():
        np.testing.assert_array_equal(belief.posterior, beliefs[name].posterior)
    a, b = (Measure(run, each).scalars(beliefs) for each in (course, other))
    moved = {name for name in a if a[name] != b[name]}
    assert moved == {"end", "end_majority", "end_gold", "functions_right"}


def test_training_and_test_items_are_apart_and_the_left_out_video_is_whole():
    course = open_course(Settings(items="comments", video="LMFAO"))
    assert not set(course.train.texts) & set(course.test.texts)
    assert len(course.test.texts) == 332
    digits = open_course(Settings())
    rows = [tuple(x) for part in (digits.train, digits.test) for x in part.x.round(4)]
    assert len(rows) == 361 and len(digits.test.truth) == 121
    assert len(np.unique(digits.dev)) == len(digits.dev) == 40


# --- numbers


def test_coverage_overlap_and_conflict_are_counted_item_by_item():
    votes = np.array([[0, 1, SILENT], [0, 0, SILENT], [SILENT, 1, SILENT], [SILENT] * 3])
    counts = count(votes)
    assert counts.coverage.tolist() == [0.5, 0.75, 0]
    assert counts.overlap.tolist() == [0.5, 0.5, 0] and counts.conflict.tolist() == [0.25, 0.25, 0]


def test_a_tie_counts_its_share():
    q = np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]])
    assert accuracy(q, np.array([0, 0, 0])) == pytest.approx((0.5 + 1 + 0) / 3)


def test_worth_lies_between_the_points_of_the_curve():
    counts, curve = np.array([10, 20, 50]), np.array([0.5, 0.7, 0.9])
    assert worth(counts, curve, 0.6) == pytest.approx(15)
    assert worth(counts, curve, 0.8) == pytest.approx(35)
    assert worth(counts, curve, 0.4) == 10 and worth(counts, curve, 0.95) == np.inf
    assert evaluation.worth_in_words(np.inf, counts) == "more than 50 labels"
    words = evaluation.range_in_words
    assert words([15, 35, 20], counts) == "from about 15 to about 35 labels"
    assert words([10, np.inf], counts) == "from 10 labels or fewer to more than 50 labels"
    assert words([20.1, 20.2], counts) == "about 20 labels"


def test_the_classifier_is_that_of_scikit_learn():
    run = Settings(items="comments")
    course = open_course(run)
    rows = np.arange(0, len(course.votes), 2)
    q = np.eye(2)[course.train.truth[rows]]
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2).fit(course.train.texts)
    some = words.transform([course.train.texts[i] for i in rows])
    model = LogisticRegression(C=10, max_iter=300).fit(some, course.train.truth[rows])
    expected = model.score(words.transform(course.test.texts), course.test.truth)
    judge = Judge(course)
    assert judge.learn(q, rows) == pytest.approx(expected)
    # certain probabilities teach what hard labels teach, up to the solver's tolerance
    assert judge.learn(q, rows, hard=False) == pytest.approx(expected, abs=0.01)


def test_a_copy_votes_as_its_original_which_the_development_set_finds_worst():
    course = open_course(Settings())
    more = with_copies(course, Settings(copies=3))
    known = evaluation.right_shares(course.votes[course.dev], course.train.truth[course.dev])
    worst = int(more.names[-1].removeprefix("copy of ")) - 1
    assert known[worst] <= np.nanmin(known) + 0.1 and more.votes.shape[1] == 12
    assert (more.votes[:, 9:] == course.votes[:, [worst]]).all()
    assert (more.test.votes[:, 9:] == course.test.votes[:, [worst]]).all()


def test_drawn_votes_have_the_accuracies_and_the_coverage_that_were_asked_for():
    course = open_course(Settings(items="votes", count=5000, coverage=0.5))
    right = evaluation.right_shares(course.votes, course.train.truth)
    np.testing.assert_allclose(right, [0.9, 0.7, 0.65, 0.6, 0.55], atol=0.04)
    np.testing.assert_allclose((course.votes != SILENT).mean(0), 0.5, atol=0.03)


@pytest.mark.parametrize("likeness", [0, 0.5, 1])
def test_a_copy_repeats_as_many_votes_as_asked_for_and_is_as_often_right(likeness):
    knobs = dict(items="votes", count=5000, coverage=1, copies=2)
    course = open_course(Settings(**knobs, likeness=likeness))
    worst = int(course.names[-1].removeprefix("copy of ")) - 1
    right = evaluation.right_shares(course.votes, course.train.truth)
    a = [0.9, 0.7, 0.65, 0.6, 0.55][worst]
    np.testing.assert_allclose(right[5:], a, atol=0.03)  # 4 standard errors of 5000 votes
    # of the votes that a copy draws anew a^2 + (1 - a)^2 are those of its original by accident
    same = likeness + (1 - likeness) * (a * a + (1 - a) ** 2)
    agree = (course.votes[:, 5:] == course.votes[:, [worst]]).mean(0)
    np.testing.assert_allclose(agree, same, atol=0.03)
    assert likeness < 1 or (agree == 1).all()


# --- pictures


@pytest.fixture(scope="module")
def frames():
    with one_thread():
        return list(one_run(train, Settings(items="comments", prior=1)))


def test_tables_agree_with_the_numbers(frames):
    end = frames[-1]
    models = {row[0]: row for row in end.pictures["models"].rows}
    em = models[MODELS["em"]]
    assert em[1] == f"{end.scalars['em_right']:.1%}" and em[4] == f"{end.scalars['end']:.1%}"
    functions = end.pictures["functions"].rows
    assert len(functions) == 11 and functions[0][1:3] == ("spam if links > 0", "spam")
    matrix = end.pictures["matrix"]
    assert matrix.values.shape == (pictures.ROWS, 13) and matrix.values.min() == 0


def test_functions_that_can_vote_for_one_class_only_are_warned_of(frames):
    warning = "11 of 11 functions can vote for one class only"
    assert warning in frames[0].note and warning in frames[-1].pictures["functions"].caption
    (frame, *_) = one_run(train, Settings())
    assert "one class only" not in frame.note


def test_items_to_look_at_are_of_their_kind(frames):
    course = open_course(Settings(items="comments", prior=1))
    votes = {pictures.shorten(t): v for t, v in zip(course.train.texts, course.votes, strict=True)}
    for why, text, label, true in frames[-1].pictures["examples"].rows:
        given = votes[text][votes[text] != SILENT]
        if why == pictures.KINDS[0]:
            assert not len(given) and not label
        elif why == pictures.KINDS[1]:
            assert len(set(given)) == 2
        else:
            assert len(given) and label != true


# --- other items


def write_texts(path, n=60):
    rng = np.random.default_rng(0)
    good, bad = "sunny lovely warm walk".split(), "rainy cold awful mud".split()
    lines = [
        f'"{" ".join(rng.choice(good if k % 2 else bad, 3))}, today","{"good" if k % 2 else "bad"}"'
        for k in range(n)
    ]
    path.write_text("\n".join(["text,label", *lines]))


def test_texts_of_ones_own_are_labelled_with_words_from_the_development_set(tmp_path):
    path = tmp_path / "weather.csv"
    write_texts(path)
    *_, end = play("labelling", "cpu", data=str(path))
    assert all("' in text" in row[1] for row in end.pictures["functions"].rows)
    assert end.scalars["labels_right"] > 0.9 and end.scalars["end"] > 0.9
    own = "good if 'sunny' in text; bad if 'mud' in text or 'cold' in text; good if 'warm' in text"
    *_, end = play("labelling", "cpu", data=str(path), functions=own)
    assert len(end.pictures["functions"].rows) == 3


def test_texts_in_the_data_folder_are_found_by_their_name(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    write_texts(tmp_path / "weather.csv")
    frame = next(play("labelling", "cpu", data="weather"))
    assert frame.note.startswith("weather, 40 items")
    assert find("labelling").source(Settings(data="weather")).report().size == "60 texts"


def test_a_table_of_ones_own_has_its_columns_as_features(tmp_path):
    rng, path = np.random.default_rng(0), tmp_path / "flowers.csv"
    rows = [f"{rng.normal(k % 2, 0.3):.3f},{rng.normal():.3f},{'ab'[k % 2]}" for k in range(90)]
    path.write_text("\n".join(["Petal width (cm),import,label", *rows]))
    own = "b if petal_width_cm > 0.5 else a; b if c_import > 1; a if petal_width_cm < 0.2"
    *_, end = play("labelling", "cpu", data=str(path), functions=own)
    assert end.scalars["labels_right"] > 0.85
    *_, end = play("labelling", "cpu", data=str(path))
    assert end.pictures["functions"].rows[0][1].startswith("a if petal_width_cm <")
    assert end.scalars["end"] > 0.8


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("text,kind\na,b\n", "no columns text and label"),
        ("text,label\n" + "a,b\n" * 19, "19 texts: give at least 20"),
        ("text,label\n" + "a,b\n" * 30, "1 different labels: give 2 to 20"),
        ("text,label\n" + "a,b\n" * 30 + ",b\n", "row 31 has an empty text"),
        ("text,label\n" + "a,b\n" * 30 + "a,b,c\n", "line 32 has 3 fields"),
        ("text,label\n" + "".join(f"a,{i}\n" for i in range(30)), "30 different labels"),
        ("a,b\n" + "1,2\n" * 30, "no column label"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=sentence) as refused:
        next(play("labelling", "cpu", data=str(path)))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"functions": "1 if lenght > 2"}, "Function 1: there is no feature lenght"),
        ({"functions": "1 if ink > 0; 8 if ink > 0"}, "Function 2: there is no class 8"),
        ({"data": "sprites", "question": "loop or none"}, "Loops are a question about the digits"),
    ],
)
def test_functions_that_do_not_fit_the_items_are_refused_in_a_sentence(knobs, sentence):
    with pytest.raises(SettingsError, match=sentence):
        next(play("labelling", "cpu", **knobs))


def test_functions_that_never_vote_leave_everything_open():
    *_, end = play("labelling", "cpu", functions="1 if ink > 9; 7 if ink < 0")
    assert end.scalars["covered"] == 0 and np.isfinite(list(end.scalars.values())).all()
    *_, alone = play("labelling", "cpu", functions="1 if slant > 0 else 7")
    assert alone.scalars["covered"] == 1


@pytest.mark.parametrize("name", ["it's", 'a "b"', "two words", "class", "007", "3", "x_1", "é"])
def test_suggested_functions_can_be_read_whatever_the_classes_are_called(name):
    if name == 'a "b"':
        name = "a b"
    features = {"width": np.array([1.0, 2, 8, 9])}
    text = suggest.suggest(features, np.array([0, 0, 1, 1]), (name, "other"))
    votes = vote_all(parse_all(text), features, (name, "other"), 4)
    assert votes[:, 0].tolist() == [0, 0, 1, 1]


def test_a_readers_own_steps_take_the_place_of_the_lessons():
    def fit(runs, data, device="cpu"):
        def certain(votes, q, prior, believed):
            return np.full(votes.shape[1], 0.7)

        yield from lesson.fit(runs, data, device, m_step=certain)

    *_, end = one_run(train, Settings(), fit=fit)
    assert end.scalars["em_right"] == pytest.approx(end.scalars["majority_right"], abs=0.03)
    assert plain(end.pictures["examples"])
